from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from tests.worlds.small_case import BEFORE, IMPOSED, LIFTED, SHOWN, SmallCase
from writ.drill.folder import CaseFolder, read_case_folder
from writ.drill.record import (
    Attempt,
    Change,
    Digest,
    Fate,
    Journal,
    Line,
    Pack,
    Population,
    Receipt,
    Report,
    Request,
    Return,
    Signed,
    Watch,
    read_lines,
)
from writ.drill.scorecard import Scorecard, score

RIGHT: list[Line] = [
    Digest(when="before", rules_digest="sha256:0"),
    Digest(when="after", rules_digest="sha256:0"),
    Digest(when="remaining", rules_digest="sha256:0"),
]
REQUEST = Request(
    number=1,
    party=7,
    case="american",
    source="case",
    model="fable-5",
    asked_as="fable",
    dialect="openai",
    api="chat",
    stream=False,
    at=IMPOSED,
    phase="us-test-1 v1",
    sent_ms=100.0,
    ended_ms=110.0,
    expected=["permit"],
    answer="permit",
    status=200,
    code=None,
    served_by="fable",
    decision=None,
    in_transition=False,
    touched=True,
)
CHANGE = Change(
    number=1,
    what="activated",
    name="us-test-1 v1",
    from_at=BEFORE,
    to_at=IMPOSED,
    from_ms=10.0,
    to_ms=60.0,
    phase="us-test-1 v1",
)
WATCH = Watch(
    party=7,
    case="french",
    model="fable-5",
    dialect="openai",
    change=1,
    expected="cut",
    fate="cut",
    ended_ms=65.0,
    touched=True,
)
changed = msgspec.structs.replace


@dataclass
class Case:
    """A small folder, and the card of some lines over it."""

    folder: CaseFolder
    extra: list[Line] = field(default_factory=lambda: list(RIGHT))

    def card(self, *lines: Line) -> Scorecard:
        return score([*self.extra, *lines], self.folder.expected, self.folder.book)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """Return a small folder and what is right at the end of a drill."""
    return Case(read_case_folder(SmallCase().write(tmp_path)))


def wrongs(card: Scorecard) -> tuple[int, int, int, int]:
    """Return the four counts that must be 0."""
    return card.wrong_outcomes, card.wrongly_served, card.wrongly_barred, card.unaffected_lost


def test_all_right(case: Case) -> None:
    """A request that came out as its row says is counted and nothing else."""
    card = case.card(REQUEST)
    assert card.right
    assert (0, 0, 0, 0) == wrongs(card)
    assert (1, 1, 0) == (card.requests, card.probes, card.in_transition)
    assert [("us-test-1 v1", 1, 1)] == [(p.phase, p.requests, p.permit) for p in card.phases]


def test_wrongly_served(case: Case) -> None:
    """Somebody who must be denied was served."""
    card = case.card(changed(REQUEST, case="french"))
    assert (1, 1, 0, 0) == wrongs(card)
    assert not card.right
    assert [
        f"request 1: case `french` on fable-5 at {IMPOSED} must be deny, was permit (200)"
    ] == card.mistakes


def test_a_wrong_substitute_is_wrongly_served_and_barred(case: Case) -> None:
    """An answer by another model is an answer too many, and the right one is missing."""
    assert (1, 1, 1, 0) == wrongs(case.card(changed(REQUEST, answer="substitute")))


@pytest.mark.parametrize("answer", ["deny", "verify", "refused", "error"])
def test_wrongly_barred(case: Case, answer: str) -> None:
    """Somebody who must be served got anything else."""
    card = case.card(msgspec.convert({**msgspec.to_builtins(REQUEST), "answer": answer}, Request))
    assert (1, 0, 1, 0) == wrongs(card)


def test_unaffected_lost(case: Case) -> None:
    """What goes wrong on a model that no order of the drill names is counted apart, too."""
    lost = changed(REQUEST, model="opus-4-8", answer="error", status=503, touched=False)
    assert (1, 0, 1, 1) == wrongs(case.card(lost))


def test_deny_for_verify_is_wrong(case: Case) -> None:
    """Both refuse, and still it is the wrong one."""
    denied = changed(REQUEST, case="company", answer="deny", status=451)
    verified = changed(REQUEST, case="french", answer="verify", status=403)
    assert (2, 0, 0, 0) == wrongs(case.card(denied, verified))


def test_hiding_without_need_is_wrong(case: Case) -> None:
    """With disclosure and no end user, a deny must say what it is."""
    hidden = changed(REQUEST, case="french", answer="refused", status=403)
    assert (1, 0, 0, 0) == wrongs(case.card(hidden))
    told = changed(hidden, answer="deny", status=451)
    assert (0, 0, 0, 0) == wrongs(case.card(told))


def test_the_uniform_refusal_is_held_against_the_receipt(case: Case) -> None:
    """Where an end user hides which refusal it was, the gateway's own receipt tells."""
    uniform = changed(REQUEST, case="company-names-french", answer="refused", status=403)
    agreed = case.card(uniform, Receipt(request=1, outcome="deny"))
    assert ((0, 0, 0, 0), 1) == (wrongs(agreed), agreed.receipts_checked)
    assert (1, 0, 0, 0) == wrongs(case.card(uniform, Receipt(request=1, outcome="verify")))
    assert (1, 0, 0, 0) == wrongs(case.card(uniform, Receipt(request=1, outcome=None)))


def test_a_change_allows_either_side(case: Case) -> None:
    """A request that overlaps a change may have the outcome of either side, and no third."""
    early = changed(REQUEST, case="french", at=BEFORE, sent_ms=5.0, ended_ms=15.0)
    late = changed(early, answer="deny", status=451)
    third = changed(early, answer="verify", status=403)
    card = case.card(CHANGE, early, late, third)
    assert (1, 0, 0, 0) == wrongs(card)
    assert 3 == card.in_transition


def test_before_and_after_a_change_only_one_side_counts(case: Case) -> None:
    """A request that ended before the change began, or was sent after its end, has no choice."""
    before = changed(REQUEST, case="french", at=BEFORE, sent_ms=1.0, ended_ms=9.9, answer="deny")
    after = changed(REQUEST, case="french", sent_ms=60.1, ended_ms=70.0)
    card = case.card(CHANGE, before, after)
    assert (2, 1, 1, 0) == wrongs(card)
    assert 0 == card.in_transition


def test_one_persons_change_is_nobody_elses(case: Case) -> None:
    """While one person's fact arrives, everybody else's outcome stands."""
    fact = changed(CHANGE, what="fact", from_at=IMPOSED, to_at=SHOWN, party=7)
    mine = changed(REQUEST, case="later", at=SHOWN, sent_ms=20.0, ended_ms=30.0, answer="verify")
    other = changed(mine, party=8)
    assert (0, 0, 0, 0) == wrongs(case.card(fact, mine))
    assert (1, 0, 1, 0) == wrongs(case.card(fact, other))


def test_nothing_may_come_of_an_activation_ahead(case: Case) -> None:
    """A request under way while a later version is activated has today's outcome."""
    ahead = changed(CHANGE, what="activated_ahead", from_at=SHOWN, to_at=SHOWN)
    early = changed(REQUEST, case="french", at=SHOWN, sent_ms=20.0, ended_ms=30.0)
    card = case.card(ahead, early)
    assert (1, 1, 0, 0) == wrongs(card)
    assert 1 == card.in_transition


def test_streams(case: Case) -> None:
    """Streams are cut or spared as their outcome changes or not, and what is not is wrong."""
    spared = changed(WATCH, case="american", expected="spared", fate="spared", ended_ms=None)
    card = case.card(CHANGE, REQUEST, WATCH, spared)
    assert ((0, 0, 0, 0), 1, 1) == (wrongs(card), card.streams_cut, card.streams_spared)
    assert 55.0 == card.last_cut_ms


@pytest.mark.parametrize(
    ("expected", "fate", "touched", "counts"),
    [
        ("cut", "spared", True, (1, 1, 0, 0)),
        ("cut", "lost", True, (1, 0, 0, 0)),
        ("spared", "cut", True, (1, 0, 1, 0)),
        ("spared", "lost", False, (1, 0, 1, 1)),
    ],
)
def test_wrong_fates(
    case: Case, expected: str, fate: Fate, *, touched: bool, counts: tuple[int, ...]
) -> None:
    """A stream that runs on, is cut without need, or ends as if complete is wrong."""
    line = msgspec.convert(
        {**msgspec.to_builtins(WATCH), "expected": expected, "fate": fate, "touched": touched},
        Watch,
    )
    card = case.card(CHANGE, line)
    assert (counts, 0, 0) == (wrongs(card), card.streams_cut, card.streams_spared)


def test_restored_needs_every_digest_alike(case: Case) -> None:
    """The rules that remain must be exactly those that stood before, by all accounts."""
    after = [
        changed(RIGHT[1], rules_digest="sha256:1") if n == 1 else x for n, x in enumerate(RIGHT)
    ]
    assert not Case(case.folder, after).card(REQUEST).restored
    assert not Case(case.folder, RIGHT[:2]).card(REQUEST).restored
    assert Case(case.folder, RIGHT[1:]).card(REQUEST).restored
    assert not Case(case.folder, []).card(REQUEST).right


def test_no_requests_are_not_right(case: Case) -> None:
    """A drill that asked nothing has shown nothing."""
    assert not case.card().right


def test_a_pack_that_is_not_proved_is_not_right(case: Case) -> None:
    """Each pack of evidence counts, and what was wrong with one is told."""
    good = Pack(name="evidence-a.zip", size=9, proved=True)
    bad = Pack(name="evidence-b.zip", size=9, proved=False, note="`order/v1.yaml` was changed")
    assert case.card(REQUEST, good).right
    card = case.card(REQUEST, good, bad)
    assert (False, 2, 1) == (card.right, card.packs, card.packs_proved)
    assert ["evidence-b.zip: `order/v1.yaml` was changed"] == card.mistakes


def test_times(case: Case) -> None:
    """The slowest activation and return count, and the first refusal of somebody served before."""
    ahead = changed(CHANGE, number=2, what="activated_ahead", name="us-test-1 v2", to_ms=100.0)
    asked = changed(REQUEST, case="french", answer="deny", status=451, sent_ms=50.0, ended_ms=58.0)
    unmoved = changed(asked, case="american", answer="error", ended_ms=20.0)
    back = Return(
        party=7, case="later", model="fable-5", way="facts", from_ms=200.0, served_ms=230.0
    )
    signed = Signed(name="us-test-1 v1", from_ms=1.0, to_ms=9.0)
    wallet = changed(back, way="wallet", served_ms=215.0)
    employer = changed(back, way="employer", served_ms=207.0)
    card = case.card(CHANGE, ahead, asked, unmoved, back, wallet, employer, signed)
    assert (15.0, 7.0) == (card.wallet_return_ms, card.employer_return_ms)
    assert 8.0 == card.signed_ms
    assert (90.0, 48.0, 30.0) == (card.in_force_ms, card.first_refusal_ms, card.time_to_return_ms)
    assert [50.0] == [phase.in_force_ms for phase in card.phases]


def test_share_left_unnamed(case: Case) -> None:
    """The share is of what was asked about touched models, in the phase where it is largest."""
    unnamed = changed(REQUEST, case="company", answer="verify", status=403)
    untouched = changed(REQUEST, model="opus-4-8", touched=False)
    lifted = changed(REQUEST, at=LIFTED, phase="us-test-1 v2")
    card = case.card(unnamed, REQUEST, REQUEST, REQUEST, untouched, lifted)
    assert 0.25 == card.unnamed_share
    assert [1, 0] == [phase.left_unnamed for phase in card.phases]


def test_population_is_told(case: Case) -> None:
    """How many people took part stands on the card."""
    card = case.card(Population(parties=3, subjects=5, keys=3), REQUEST)
    assert (3, 5) == (card.parties, card.subjects)


def test_a_row_that_is_missing_is_wrong(case: Case) -> None:
    """A request for which nothing is expected proves nothing, so it is not right."""
    stray = changed(REQUEST, at="2026-01-01T00:00:00Z")
    card = case.card(stray)
    assert 1 == card.wrong_outcomes
    assert "must be asked elsewhere" in card.mistakes[0]


def test_lines_come_back(case: Case, tmp_path: Path) -> None:
    """A journal is read back as it was written, so a card can be computed from the file."""
    journal = Journal(tmp_path / "drill.jsonl")
    lines: list[Line] = [*RIGHT, CHANGE, REQUEST, WATCH, Receipt(request=1, outcome=None)]
    for line in lines:
        journal.write(line)
    journal.close()
    assert lines == read_lines(tmp_path / "drill.jsonl")


def test_a_card_is_plain(case: Case) -> None:
    """What is printed as JSON has the figures and the verdict."""
    plain = case.card(REQUEST).plain()
    wanted = {"right", "wrong_outcomes", "in_force_ms", "restored", "phases", "unnamed_share"}
    assert wanted <= plain.keys()
    assert plain["right"] is True


def test_the_phases_have_every_count_of_the_whole(case: Case) -> None:
    """What is counted of a drill is counted of its phase, streams and times included."""
    fact = changed(
        CHANGE, number=2, what="fact", name="company", party=9, from_ms=200.0, to_ms=210.0
    )
    card = case.card(
        CHANGE,
        fact,
        changed(REQUEST, case="french"),
        changed(REQUEST, number=2, answer="error", status=503),
        changed(REQUEST, number=3, model="opus-4-8", answer="error", status=503, touched=False),
        changed(REQUEST, number=4, case="french", answer="deny", status=451, ended_ms=95.0),
        WATCH,
        changed(WATCH, fate="spared"),
        changed(WATCH, case="american", expected="spared", fate="spared"),
        Return(
            party=9, case="company", model="fable-5", way="facts", from_ms=200.0, served_ms=230.0
        ),
    )
    counts = (
        "requests", "in_transition", "wrong_outcomes", "wrongly_served", "wrongly_barred",
        "unaffected_lost", "streams_cut", "streams_spared",
    )  # fmt: skip
    [phase] = card.phases

    assert [getattr(card, name) for name in counts] == [getattr(phase, name) for name in counts]
    assert (4, 2, 2, 1, 1, 1) == (
        card.wrong_outcomes, card.wrongly_served, card.wrongly_barred,
        card.unaffected_lost, card.streams_cut, card.streams_spared,
    )  # fmt: skip
    assert (50.0, card.first_refusal_ms, 30.0) == (
        phase.in_force_ms,
        phase.first_refusal_ms,
        phase.time_to_return_ms,
    )
    assert 85.0 == phase.first_refusal_ms


def test_the_slowest_report_of_each_kind_counts(case: Case) -> None:
    """Proofs and simulations are timed apart; what two people did without is counted, not timed."""
    proof = Report(kind="proof", name="o v1", verdict="proved", met=True, from_ms=1.0, to_ms=9.0)
    lines = [
        proof,
        msgspec.structs.replace(proof, to_ms=5.0),
        msgspec.structs.replace(proof, kind="simulation", to_ms=3.0),
        msgspec.structs.replace(proof, met=False, to_ms=90.0),
    ]
    card = score(lines, case.folder.expected, case.folder.book)
    assert (8.0, 2.0, 1) == (card.proof_ms, card.simulation_ms, card.reports_skipped)


def test_a_lent_link_that_opens_something_is_a_mistake(case: Case) -> None:
    """Links that somebody else's wallet answered are counted; one that opened a model is wrong."""
    lent = Attempt(party=3, case="nobody", model="fable-5", how="lent", answer="verify")
    tried = [
        lent,
        msgspec.structs.replace(lent, how="stolen"),
        msgspec.structs.replace(lent, how="half"),
    ]
    opened = msgspec.structs.replace(lent, how="told", answer="permit")
    good = score([*RIGHT, REQUEST, *tried], case.folder.expected, case.folder.book)
    bad = score([*RIGHT, REQUEST, *tried, opened], case.folder.expected, case.folder.book)
    assert (1, 1, 1) == (good.links_lent, good.links_stolen, good.half_shown)
    assert (0, True) == (good.links_opened, good.right)
    assert (2, 1, False) == (bad.links_lent, bad.links_opened, bad.right)
    assert [
        (
            "a wallet link that somebody else's wallet answered, with the code told opened fable-5 for"
            " case `nobody`"
        )
    ] == bad.mistakes
