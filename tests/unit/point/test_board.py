"""A board told of a small world by hand: two segments, two models, a rule and a hold."""

import pytest
from msgspec import Raw
from msgspec.structs import replace

from writ.clock import FOREVER
from writ.errors import Refused
from writ.model.cell import HELD, Triple
from writ.model.outcome import Outcome
from writ.point import board as module
from writ.point.board import Against, Board, Verdict
from writ.point.decide import STALE, decide
from writ.point.seam import (
    FACTLESS_ORGANISATION,
    FACTLESS_PERSON,
    UNNAMED,
    Issuer,
    Key,
    Row,
    Subject,
    packed,
)
from writ.point.view import ModelView, RuleView, SegmentView, View

PERMIT, SUBSTITUTE, VERIFY, DENY = Outcome
OPEN = Triple(PERMIT, DENY, VERIFY).code
BARRED = Triple(DENY, DENY, DENY).code
OTHER = Triple(SUBSTITUTE, SUBSTITUTE, SUBSTITUTE).code
AMBER, BIRCH = 0, 1
SWITCH = 100
ANN, ACME, BOT, GUEST = (name * 4 for name in (b"ann.", b"acme", b"bot.", b"gues"))
RULE = RuleView("o1", 1, "r1", ["c1"], ["amber"], "none", {"en": "no"}, 0, spans=[(SWITCH, None)])
REPLACED = replace(RULE, substitute="birch")
HOLD = RuleView(None, None, None, [], ["birch"], "none", {"en": "no"}, 0)
PERSON = Key(b"1" * 32, "k1", ANN, "person", None)
SERVICE = Key(b"2" * 32, "k2", BOT, "service", ACME)
NOTHING, ALONE, COMPANY, NEVER = 1, 2, 3, -1


def view(epoch: int = 1, substitute: str | None = "birch") -> View:
    """Nothing is ruled before the switch; then a rule on amber and, where asked, a hold on birch."""
    models = {name: ModelView([], "", ["openai"], controlled=True) for name in ("amber", "birch")}
    return View(
        epoch,
        "sha256:x",
        models,
        (SegmentView("sha256:0", None), SegmentView("sha256:1", SWITCH)),
        (REPLACED if substitute else RULE,),
        {"birch": ((SWITCH, SWITCH if substitute else FOREVER),)},  # a phase of birch begins then
        {"en": "no"},
    )


def row(profile: int, *cells: int, capacity: int = 0, epoch: int = 1) -> Row:
    """A row of cells for amber and birch before the switch, and for both after it.

    Rule 0 is against amber from the switch on, where that is no permit; certain if it denies.
    """
    codes = (0, *cells[::2], *cells[1::2])
    against = {2: [(0, codes[2] == BARRED, False)]} if len(codes) > 2 and codes[2] else {}
    return Row(epoch, profile, capacity, bytes(codes), packed(against))


def subject(name: bytes, *spans: tuple[int, int, int], epoch: int = 1) -> Subject:
    """A subject with its profiles over time."""
    return Subject(epoch, name, list(spans), [name * 2])


def staged(epoch: int = 1, substitute: str | None = "birch") -> list[Row | Subject]:
    """What every epoch has, and Ann and a service of Acme's."""
    held = HELD.code if substitute is None else 0
    return [
        row(NOTHING, 0, 0, OPEN, held, epoch=epoch),
        row(NOTHING, 0, 0, OPEN, held, capacity=5, epoch=epoch),
        row(ALONE, 0, 0, 0, held, epoch=epoch),
        row(COMPANY, 0, 0, 0, held, capacity=5, epoch=epoch),
        subject(FACTLESS_PERSON, (FOREVER, NOTHING, 0), epoch=epoch),
        subject(FACTLESS_ORGANISATION, (FOREVER, NOTHING, 0), epoch=epoch),
        subject(UNNAMED, (FOREVER, NOTHING, 0), epoch=epoch),
        subject(ANN, (150, ALONE, 0), (FOREVER, NOTHING, 0), epoch=epoch),
        subject(ACME, (FOREVER, COMPANY, 5), epoch=epoch),
    ]


def fed(*more: Row | Subject | Key | Issuer, substitute: str | None = "birch") -> Board:
    """A board with epoch 1 in force."""
    board = Board()
    board.stage(view(substitute=substitute))
    for message in (*staged(substitute=substitute), PERSON, SERVICE, *more):
        board.put(message)
    board.activate(1)
    return board


def asked(
    board: Board, key: Key, at: int, end_user: bytes | None = None, model: str = "amber"
) -> Verdict:
    """Decide for a chain that can be resolved."""
    links = board.links(key, end_user, at)
    assert links is not None
    verdict = board.judge(links, model, at, live=True)
    assert verdict is not None
    return verdict


def test_an_empty_board_decides_nothing() -> None:
    """Before the first epoch there is no epoch, no view, and no links."""
    board = Board()
    assert (0, None) == (board.epoch, board.view)
    assert None is board.links(PERSON, None, 0)


def test_a_staged_epoch_is_swapped_in_whole() -> None:
    """Until it is activated nothing of it shows."""
    board = fed()
    board.stage(view(2))
    for message in staged(2):
        board.put(message)
    before = asked(board, PERSON, SWITCH)
    board.put(row(ALONE, 0, 0, BARRED, 0, epoch=2))
    assert (1, before) == (board.epoch, asked(board, PERSON, SWITCH))
    board.activate(2)
    assert (2, DENY) == (board.epoch, asked(board, PERSON, SWITCH).outcome)


def test_older_epochs_are_not_staged() -> None:
    """What was in force before does not come back; the same epoch may."""
    board = Board()
    board.stage(view(2))
    for message in staged(2):
        board.put(message)
    board.activate(2)
    with pytest.raises(Refused, match="epoch 1 is older than epoch 2 in force"):
        board.stage(view(1))
    board.stage(view(2))
    assert 2 == board.epoch


def test_what_is_not_staged_is_not_activated() -> None:
    """Neither nothing nor another epoch."""
    board = Board()
    with pytest.raises(Refused, match="epoch 1 is not staged"):
        board.activate(1)
    board.stage(view(2))
    with pytest.raises(Refused, match="epoch 1 is not staged"):
        board.activate(1)


@pytest.mark.parametrize("missing", [FACTLESS_PERSON, FACTLESS_ORGANISATION, UNNAMED])
def test_an_epoch_without_its_reserved_subjects_is_not_activated(missing: bytes) -> None:
    """Everybody unknown must be somebody; the old epoch stays in force."""
    board = fed()
    board.stage(view(2))
    for message in staged(2):
        if not (isinstance(message, Subject) and message.name == missing):
            board.put(message)
    with pytest.raises(Refused, match="without its reserved subjects"):
        board.activate(2)
    assert 1 == board.epoch


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        (row(9, 0, 0, 0), "has 4 cells, not 5"),
        (row(9, 0, 0, 0, 0, 0), "has 6 cells, not 5"),
        (row(9, 0, 0, 128, 0), "no code"),
        (Row(1, 9, 0, bytes(5), packed({5: [(0, True, False)]})), "for a cell it does not have"),
        (
            Row(1, 9, 0, bytes(5), packed({2: [(1, True, False)]})),
            "a rule that does not speak of its cell",
        ),
        (
            Row(1, 9, 0, bytes(5), packed({0: [(0, True, False)]})),
            "a rule that does not speak of its cell",
        ),
        (row(9, 0, 0, 0, 0, epoch=3), "epoch 3 is neither in force nor staged"),
        (Row(1, 9, 0, bytes(5), Raw(b"\xc3")), "reasons in another form"),
        (subject(ANN, (FOREVER, 1, 0), epoch=0), "epoch 0 is neither in force nor staged"),
    ],
)
def test_odd_deltas_are_refused(odd: Row | Subject, why: str) -> None:
    """Rows of another width, cells that are no codes, and other epochs."""
    with pytest.raises(Refused, match=why):
        fed().put(odd)


def test_a_view_without_models_takes_rows_of_one_cell() -> None:
    """A catalogue may be empty."""
    board = Board()
    board.stage(View(1, "sha256:x", {}, (SegmentView("sha256:0", None),)))
    board.put(Row(1, 1, 0, b"\0", packed({})))
    assert 0 == board.epoch


def test_keys_and_issuers_outlive_epochs_and_are_forgotten_when_revoked() -> None:
    """Rule 1 of the board."""
    issuer = Issuer(ACME, "2026", b"p" * 32)
    board = fed(issuer)
    board.stage(view(2))
    for message in staged(2):
        board.put(message)
    board.activate(2)
    assert (PERSON, b"p" * 32) == (board.key(PERSON.digest), board.issuer(ACME, "2026"))
    board.put(Key(PERSON.digest, "k1", ANN, "person", None, revoked=True))
    board.put(Issuer(ACME, "2026", b"p" * 32, revoked=True))
    assert (None, None) == (board.key(PERSON.digest), board.issuer(ACME, "2026"))
    board.put(Key(b"9" * 32, "k9", ANN, "person", None, revoked=True))
    assert None is board.key(b"9" * 32)


@pytest.mark.parametrize(
    "key",
    [
        Key(b"3" * 32, "k3", b"?" * 16, "person", None),
        Key(b"4" * 32, "k4", BOT, "service", b"?" * 16),
        Key(b"5" * 32, "k5", ANN, "person", b"?" * 16),
        Key(b"6" * 32, "k6", b"?" * 16, "organisation", None),
    ],
)
def test_whoever_is_unknown_has_no_links(key: Key) -> None:
    """An unknown requester or organisation is a refusal."""
    assert None is fed(key).links(key, None, SWITCH)


def test_whoever_cannot_be_judged_has_no_links() -> None:
    """A profile that no row has is a refusal, for a person and for whoever acts for a company."""
    person = fed(subject(ANN, (FOREVER, NEVER, 0)))
    assert None is person.links(PERSON, None, SWITCH)
    company = fed(subject(ACME, (FOREVER, NEVER, 0)))
    assert None is company.links(SERVICE, None, SWITCH)


def test_a_forgotten_subject_has_no_links() -> None:
    """A subject without spans is forgotten, once known or never."""
    board = fed(subject(ANN), subject(GUEST))
    assert None is board.links(PERSON, None, SWITCH)


def test_an_unknown_end_user_is_a_person_without_facts() -> None:
    """What is known of nobody is asked of somebody unknown."""
    told = asked(fed(), SERVICE, SWITCH, b"?" * 16)
    assert VERIFY is told.outcome
    assert (Against(REPLACED, certain=False, link="end_user"),) == told.against
    assert told.end_user_decides


@pytest.mark.parametrize(
    ("key", "end_user", "names"),
    [
        (PERSON, None, ("requester",)),
        (PERSON, GUEST, ("requester", "end_user")),
        (SERVICE, None, ("organisation", "end_user")),
        (SERVICE, GUEST, ("organisation", "end_user")),
        (Key(b"3" * 32, "k", BOT, "service", None), None, ("organisation", "end_user")),
        (Key(b"3" * 32, "k", ACME, "organisation", None), None, ("requester", "end_user")),
        (Key(b"3" * 32, "k", ANN, "person", ACME), None, ("requester", "organisation")),
    ],
)
def test_a_key_becomes_links(key: Key, end_user: bytes | None, names: tuple[str, ...]) -> None:
    """Requester unless a service, organisation, end user; somebody where no person is named."""
    rows = [row(profile, 0, 0, 0, 0, capacity=5) for profile in (NOTHING, ALONE, COMPANY)]
    found = fed(*rows).links(key, end_user, 0)
    assert found is not None
    assert names == found.names


def test_links_carry_what_they_rest_on() -> None:
    """Evidence of every link, the segment and the epoch."""
    links = fed().links(SERVICE, None, SWITCH)
    assert links is not None
    assert (ACME * 2, UNNAMED * 2) == links.evidence
    assert (1, 1, False) == (links.segment, links.epoch, links.asserted)


def test_spans_end_at_their_instant() -> None:
    """Good until, not at: the segment's end, then the profile's, exactly."""
    board = fed()
    told = []
    for at in (SWITCH - 1, SWITCH, 149, 150):
        links = board.links(PERSON, None, at)
        assert links is not None
        told.append((links.until, decide(links, AMBER, at, True)))  # noqa: FBT003  as the hot path calls it
    assert [(SWITCH, PERMIT), (150, PERMIT), (150, PERMIT), (FOREVER, VERIFY)] == told


def test_what_an_organisation_lends_ends_at_its_instant() -> None:
    """People of a company are looked up anew when its capacity changes."""
    board = fed(
        subject(ACME, (120, COMPANY, 5), (FOREVER, COMPANY, 0)), row(COMPANY, 0, 0, BARRED, 0)
    )
    first, second = board.links(SERVICE, None, 119), board.links(SERVICE, None, 120)
    assert first is not None
    assert second is not None
    assert [(120, 5), (FOREVER, 0)] == [(x.until, x.places[0][1]) for x in (first, second)]


def test_after_its_last_span_a_subject_is_stale() -> None:
    """A subject whose spans end decides nothing afterwards."""
    board = fed(subject(ANN, (150, ALONE, 0)))
    links = board.links(PERSON, None, 150)
    assert links is not None
    assert STALE == decide(links, AMBER, 150, True)  # noqa: FBT003  as the hot path calls it
    assert None is board.judge(links, "amber", 150, live=True)


def test_links_are_kept_while_good() -> None:
    """The same question is answered from the cache until something is told or time is up."""
    board = fed()
    first = board.links(PERSON, None, 0)
    assert first is board.links(PERSON, None, SWITCH - 1)
    assert first is not board.links(PERSON, None, SWITCH)
    assert board.links(PERSON, None, SWITCH) is not board.links(PERSON, GUEST, SWITCH)


@pytest.mark.parametrize("message", [PERSON, row(ALONE, 0, 0, BARRED, 0), subject(ANN)])
def test_every_delta_empties_the_cache(message: Row | Subject | Key) -> None:
    """Whatever is told, nobody is answered from before."""
    board = fed()
    before = board.links(PERSON, None, SWITCH)
    board.put(message)
    assert before is not board.links(PERSON, None, SWITCH)


def test_kept_links_of_a_later_segment_are_not_for_an_earlier_instant() -> None:
    """Asked about before, the board looks before."""
    board = fed()
    assert board.links(PERSON, None, SWITCH) is not board.links(PERSON, None, SWITCH - 1)


def test_the_cache_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """End users are anybody's to name: the oldest go."""
    monkeypatch.setattr(module, "MOST_CACHED", 3)
    board = fed()
    for number in range(10):
        board.links(SERVICE, bytes([number]) * 16, 0)
    assert len(board._cache) <= 3


def test_links_of_another_epoch_decide_nothing() -> None:
    """Links looked up before an activation are not judged after it."""
    board = fed()
    links = board.links(PERSON, None, SWITCH)
    assert links is not None
    board.stage(view(2))
    for message in staged(2):
        board.put(message)
    board.activate(2)
    assert None is board.judge(links, "amber", SWITCH, live=True)
    assert None is Board().judge(links, "amber", SWITCH, live=True)


def test_without_a_lease_nothing_is_decided() -> None:
    """Not live: no verdict."""
    board = fed()
    links = board.links(PERSON, None, SWITCH)
    assert links is not None
    assert None is board.judge(links, "amber", SWITCH, live=False)


def test_a_permit_is_told_without_reasons() -> None:
    """Served by the model asked for; ruled says whether any rule names it."""
    assert Verdict(PERMIT, "amber", 1, (), end_user_decides=False, ruled=True) == asked(
        fed(), PERSON, SWITCH
    )
    assert not asked(fed(), PERSON, SWITCH, model="birch").ruled
    assert not asked(fed(), PERSON, SWITCH - 1).ruled


def test_a_substitute_serves_if_it_is_permitted_itself() -> None:
    """The rule stays among the reasons."""
    told = asked(fed(row(ALONE, 0, 0, OTHER, 0)), PERSON, SWITCH)
    assert (SUBSTITUTE, "birch") == (told.outcome, told.served_by)
    assert (Against(REPLACED, certain=False, link="requester"),) == told.against


@pytest.mark.parametrize("cell", [OTHER, OPEN, BARRED])
def test_a_substitute_that_is_not_permitted_denies(cell: int) -> None:
    """A substitute is decided once: one of its own, verify and deny are all a deny."""
    told = asked(fed(row(ALONE, 0, 0, OTHER, cell)), PERSON, SWITCH)
    assert (DENY, None) == (told.outcome, told.served_by)


def test_a_substitute_that_nobody_named_denies() -> None:
    """Without a name there is nothing to serve with."""
    told = asked(fed(row(ALONE, 0, 0, OTHER, 0), substitute=None), PERSON, SWITCH)
    assert (DENY, None) == (told.outcome, told.served_by)


def test_a_hold_denies_and_is_the_reason() -> None:
    """A hold is a rule without an order, told once."""
    told = asked(fed(substitute=None), PERSON, SWITCH, model="birch")
    assert (DENY, (Against(HOLD, certain=True, link="requester", firm=True),)) == (
        told.outcome,
        told.against[:1],
    )


@pytest.mark.parametrize(
    ("company", "guest", "asserted", "hidden"),
    [
        (0, BARRED, True, True),
        (0, OPEN, True, True),
        (OPEN, BARRED, True, True),
        (OPEN, 0, True, True),
        (BARRED, BARRED, True, False),
        (BARRED, 0, True, False),
        (0, OPEN, False, False),
    ],
)
def test_when_the_end_user_decides(company: int, guest: int, asserted: bool, hidden: bool) -> None:  # noqa: FBT001  columns of the table
    """Only of one asserted, and never hiding a deny that stands without them."""
    board = fed(
        row(COMPANY, 0, 0, company, 0, capacity=5),
        row(NOTHING, 0, 0, guest, 0, capacity=5),
        row(8, 0, 0, guest, 0, capacity=5),
        subject(GUEST, (FOREVER, 8, 0)),
    )
    told = asked(board, SERVICE, SWITCH, GUEST if asserted else None)
    assert hidden is told.end_user_decides
