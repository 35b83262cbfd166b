"""What a proposal needs besides signatures, and how it is done without."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.worlds.signers import CATALOGUE, FIRST, NOW, Signers, letter
from writ.canonical import Plain
from writ.clock import DAY
from writ.desk import review
from writ.desk.desk import Desk
from writ.desk.notes import Note, files_digest, make_note, prove_note, read_note
from writ.errors import InvalidInput, Refused
from writ.law.snapshot import law_digest
from writ.signing.trust import GATES as ALL
from writ.signing.trust import Gate
from writ.store.events import read_events, read_payload

GATES = ALL - {"annexes"}
WORLD = Signers.make(gates=GATES)
CODED = Signers.make(gates={"encoding"})
TITLED = letter().replace(b"Licence requirement", b"A licence is required")


def opened(tmp_path: Path, world: Signers = WORLD, files: Mapping[str, bytes] = FIRST) -> Desk:
    """Open a desk with a proposal."""
    desk = world.desk(tmp_path / "writ.db")
    world.submit(desk, files)
    return desk


def states(desk: Desk) -> dict[str, str]:
    """Return how the gates of the open proposal stand."""
    found = desk.status().proposal
    assert found is not None
    return {item.gate: item.state for item in found.gates}


def words(desk: Desk) -> str:
    """Return what a signer is shown."""
    docket = desk.docket()
    assert docket is not None
    return "\n".join(review.review(docket, desk.trust).words)


def report(desk: Desk, kind: str, verdict: str = "proved", law: str = "") -> dict[str, Plain]:
    """Return what a report says of the open proposal's orders."""
    docket = desk.docket()
    assert docket is not None
    book = review.review(docket, desk.trust).compiled.book
    said = {"report": "sha256:00", "verdict": verdict, "summary": "three properties"}
    return {"kind": kind, "law": law or law_digest(book), **said}


def test_every_gate_is_passed(tmp_path: Path) -> None:
    """A second encoding, a proof and a simulation, then two signatures: it is in force."""
    desk = opened(tmp_path)
    assert dict.fromkeys(sorted(GATES), "missing") == states(desk)
    waiting = desk.status().plain()["proposal"]
    assert isinstance(waiting, dict)
    wanted = "a proof of these very orders is wanting; hand it in with `writ attach`"
    assert {"gate": "proof", "state": "missing", "words": [wanted]} in waiting["gates"]
    with pytest.raises(Refused, match="written down by ana alone; another person hands in"):
        WORLD.sign(desk, "ben")
    WORLD.encode(desk, "ben", letter())
    WORLD.sign(desk, "ben")
    WORLD.sign(desk, "eva")
    with pytest.raises(Refused, match="a proof of these very orders is wanting") as caught:
        desk.activate("p1")
    assert 2 == len(str(caught.value).splitlines())
    assert desk.approved() is None
    WORLD.note(desk, "ana", "report", report(desk, "proof"))
    WORLD.note(desk, "ben", "report", report(desk, "simulation", "complete"))
    assert dict.fromkeys(sorted(GATES), "met") == states(desk)
    assert "as ben wrote it down, says the same" in words(desk)
    said = "proof: proved; three properties (report sha256:00, by ana, who submitted this)"
    assert said in words(desk)
    assert "complete; three properties (report sha256:00, by ben)" in words(desk)
    assert desk.approved() is not None
    desk.activate("p1")
    with desk.store.view() as connection:
        last = [read_payload(row) for row in read_events(connection)][-1]
    assert dict.fromkeys(sorted(GATES), "met") == last["gates"]


def test_notes_outlive_a_restart(tmp_path: Path) -> None:
    """Another process over the same store has the same notes, files and all, and goes on."""
    desk = opened(tmp_path)
    WORLD.encode(desk, "ben", letter())
    WORLD.note(desk, "eva", "report", report(desk, "proof"))
    again = WORLD.desk(tmp_path / "writ.db")
    assert (desk.docket(), states(desk)) == (again.docket(), states(again))
    WORLD.sign(again, "ben")


def test_a_failed_proof_is_no_proof(tmp_path: Path) -> None:
    """It is recorded and told, and the gate stays shut."""
    desk = opened(tmp_path, Signers.make(gates={"proof"}))
    world = Signers.make(gates={"proof"})
    world.note(desk, "ana", "report", report(desk, "proof", "not proved"))
    assert {"proof": "missing"} == states(desk)
    assert "proof: not proved; three properties" in words(desk)


def test_a_report_speaks_of_these_orders(tmp_path: Path) -> None:
    """One on other orders is refused at the desk, and leaves nothing."""
    desk = opened(tmp_path)
    with pytest.raises(Refused, match="the proof speaks of `sha256:11`, and proposed is"):
        WORLD.note(desk, "ana", "report", report(desk, "proof", law="sha256:11"))
    assert () == desk.proposal().notes  # type: ignore[union-attr]  # is open


@pytest.mark.parametrize("line", ["x\nencoding: met", "\x1b[2J", "x" * 501])
def test_a_report_says_one_line(tmp_path: Path, line: str) -> None:
    """Whoever signs next reads it beside the other gates, and must not take it for one."""
    desk = opened(tmp_path)
    for said in (report(desk, "proof", line), report(desk, "proof") | {"summary": line}):
        with pytest.raises(Refused, match="one line of 500 characters"):
            WORLD.note(desk, "ana", "report", said)


def test_differences_are_explained_line_by_line(tmp_path: Path) -> None:
    """Until each line has its explanation nobody signs; then signers read both."""
    desk = opened(tmp_path, CODED)
    CODED.encode(desk, "ben", TITLED)
    with pytest.raises(Refused, match="differs: title: A licence is required, was Licence") as told:
        CODED.sign(desk, "eva")
    assert "not explained; see `writ encode --explain`" in str(told.value)
    line = "title: A licence is required, was Licence requirement"
    blank: dict[str, Plain] = {"order": "us-bis", "version": 1, "explained": {line: " "}}
    CODED.note(desk, "ana", "explanation", blank)
    other: dict[str, Plain] = {"order": "other", "version": 1, "explained": {line: "no"}}
    CODED.note(desk, "ana", "explanation", other)
    assert {"encoding": "missing"} == states(desk)
    with pytest.raises(Refused, match="each reason is one line"):
        CODED.note(desk, "ana", "explanation", blank | {"explained": {line: "so\nencoding: met"}})
    CODED.note(desk, "ana", "explanation", blank | {"explained": {line: "the same thing"}})
    assert f"differs: {line} (the same thing, says ana)" in words(desk)
    CODED.sign(desk, "eva")


def test_people_who_fare_differently_are_differences(tmp_path: Path) -> None:
    """A rule written otherwise moves somebody, and that is a line of its own."""
    desk = opened(tmp_path, CODED)
    CODED.encode(desk, "ben", letter().replace(b"undetermined: verify", b"undetermined: deny"))
    said = words(desk)
    assert "fable-5: verify becomes deny: a person" in said
    stands_in = letter().replace(b"barred: deny", b"barred: {substitute: mythos-5}")
    CODED.encode(desk, "eva", stands_in)
    assert "becomes substitute by mythos-5" in words(desk)


def test_a_comparison_that_asks_not_everybody_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the budget the rest of the people is a difference that has to be explained."""
    desk = opened(tmp_path, CODED)
    monkeypatch.setattr("writ.law.difference.MOST", 1)
    CODED.encode(desk, "ben", letter().replace(b"undetermined: verify", b"undetermined: deny"))
    assert "there are too many kinds of people to ask them all" in words(desk)


def test_the_submitter_is_not_another_person(tmp_path: Path) -> None:
    """Whoever submitted cannot encode once more, and does not count among those who skip."""
    desk = opened(tmp_path, CODED)
    with pytest.raises(Refused, match="`ana` submitted this; another person writes it down"):
        CODED.encode(desk, "ana", letter())
    skip: dict[str, Plain] = {"gates": ["encoding"], "why": "ten minutes left"}
    for name in ("ana", "ben"):
        CODED.note(desk, name, "skip", skip)
    assert {"encoding": "missing"} == states(desk)
    assert "encoding: it takes 2 to skip, neither the submitter" in words(desk)
    CODED.note(desk, "eva", "skip", skip)
    assert {"encoding": "skipped"} == states(desk)
    assert "encoding: SKIPPED by ben and eva" in words(desk)
    assert "encoding: to be skipped, says ben: ten minutes left" in words(desk)
    CODED.sign(desk, "ben")
    CODED.sign(desk, "eva")
    desk.activate("p1")
    with desk.store.view() as connection:
        last = [read_payload(row) for row in read_events(connection)][-1]
    assert {"encoding": "skipped"} == last["gates"]


def test_what_is_there_is_not_called_skipped(tmp_path: Path) -> None:
    """A gate that is met is met, whoever wanted to skip it."""
    desk = opened(tmp_path, CODED)
    CODED.encode(desk, "ben", letter())
    for name in ("ben", "eva"):
        CODED.note(desk, name, "skip", {"gates": ["encoding"], "why": "hurry"})
    assert {"encoding": "met"} == states(desk)


@pytest.mark.parametrize(
    ("by", "said", "why"),
    [
        ("zoe", {"gates": ["proof"], "why": "x"}, "`ana` may not sign"),
        ("ben", {"gates": ["proof"], "why": " "}, "whoever skips says what and why"),
        ("ben", {"gates": [], "why": "x"}, "whoever skips says what and why"),
        ("ben", {"gates": ["proof"], "why": "x\x1b[8m"}, "says what and why, in one line"),
        ("ben", {"gates": ["proofs"], "why": "x"}, "what was signed is not in its form"),
    ],
)
def test_a_skip_is_a_signers_and_has_a_reason(
    tmp_path: Path, by: str, said: dict[str, Plain], why: str
) -> None:
    """Whoever may not sign may not do without either."""
    world = Signers.make(gates=GATES, ana=frozenset({"submit"}))
    desk = opened(tmp_path, world)
    with pytest.raises(Refused, match=why):
        world.note(desk, "ana" if by == "zoe" else by, "skip", said)


def test_only_first_versions_are_encoded_twice(tmp_path: Path) -> None:
    """An amendment, a withdrawal and a catalogue alone ask for no second encoding."""
    desk = opened(tmp_path, CODED)
    CODED.encode(desk, "ben", letter())
    CODED.sign(desk, "ben")
    CODED.sign(desk, "eva")
    desk.activate("p1")
    CODED.submit(desk, {"us-bis.v2.yaml": letter(version=2)})
    assert {} == states(desk)


def test_a_change_that_orders_nothing_needs_no_report(tmp_path: Path) -> None:
    """Models alone, and the end of a hold, are no change to what orders say."""
    world = Signers.make(gates={"proof", "simulation"})
    desk = opened(tmp_path, world, {"catalogue.yaml": CATALOGUE})
    assert {} == states(desk)
    world.sign(desk, "ben")
    world.sign(desk, "eva")
    desk.activate("p1")
    desk.hold(world.stop(desk, "fable-5", until=NOW + DAY))
    world.submit(desk, {}, release=("fable-5",))
    assert {} == states(desk)
    world.submit(desk, {"us-bis.v1.yaml": letter()}, replace=True)
    assert {"proof": "missing", "simulation": "missing"} == states(desk)


def test_what_was_said_is_said_once(tmp_path: Path) -> None:
    """The same word again, or one about another proposal, is refused."""
    desk = opened(tmp_path)
    said = report(desk, "proof")
    WORLD.note(desk, "ana", "report", said)
    with pytest.raises(Refused, match="this was handed in before"):
        WORLD.note(desk, "ana", "report", said)
    docket = desk.docket()
    assert docket is not None
    old = docket.proposal.notes[0]
    WORLD.submit(desk, {**FIRST, "saga.yaml": letter("saga")}, replace=True)
    with pytest.raises(Refused, match="this was said of"):
        desk.note("p2", old)


def test_files_are_those_that_were_signed(tmp_path: Path) -> None:
    """Files bent on the way, left out, or brought along are refused."""
    desk = opened(tmp_path, CODED)
    CODED.encode(desk, "ben", letter())
    docket = desk.docket()
    assert docket is not None
    (note,) = docket.proposal.notes
    assert note == read_note(note.plain())
    digest = review.review(docket, CODED.trust).digest
    for files in ({}, {"mine.yaml": TITLED}, {**note.files, "more.yaml": b""}):
        with pytest.raises(Refused, match="not those that were signed"):
            prove_note(replace(note, files=files), digest, CODED.trust)
    with pytest.raises(Refused, match=r"`other\.yaml` is not among the files"):
        make_note(
            "encoding",
            digest,
            {"order": "o", "version": 1, "file": "other.yaml", "files": files_digest(note.files)},
            (CODED.trust, CODED.keys["ben"]),
            note.files,
        )


def test_an_encoding_is_one_order(tmp_path: Path) -> None:
    """A catalogue of its own, two orders or none are no encoding; faults are told as faults."""
    desk = opened(tmp_path, CODED)
    docket = desk.docket()
    assert docket is not None
    digest = review.review(docket, CODED.trust).digest

    def hand_in(files: dict[str, bytes]) -> None:
        said: dict[str, Plain] = {"order": "us-bis", "version": 1, "file": min(files)}
        said["files"] = files_digest(files)
        made = make_note("encoding", digest, said, (CODED.trust, CODED.keys["ben"]), files)
        desk.note("p1", made)

    with pytest.raises(Refused, match=r"`catalogue\.yaml` is the proposal's"):
        hand_in({"catalogue.yaml": CATALOGUE})
    with pytest.raises(Refused, match="one order file"):
        hand_in({"a.yaml": letter(), "b.yaml": letter("b")})
    with pytest.raises(InvalidInput, match=r"a.yaml:\d+"):
        hand_in({"a.yaml": letter(model="nothing-5")})


def test_a_kind_of_note_is_no_other(tmp_path: Path) -> None:
    """A word signed as one kind does not serve as another, nor under another trust document."""
    desk = opened(tmp_path)
    WORLD.note(desk, "ana", "report", report(desk, "proof"))
    docket = desk.docket()
    assert docket is not None
    (note,) = docket.proposal.notes
    digest = review.review(docket, WORLD.trust).digest
    with pytest.raises(Refused, match="urn:writ:report:1"):
        prove_note(Note("skip", note.envelope), digest, WORLD.trust)
    with pytest.raises(Refused, match="under another trust document"):
        prove_note(note, digest, CODED.trust)


def test_a_simulation_of_one_deployment_is_none(tmp_path: Path) -> None:
    """What is activated counts everywhere, so its report has to; nor is a verdict of another kind one."""
    asked: set[Gate] = {"simulation"}
    world = Signers.make(gates=asked)
    desk = opened(tmp_path, world)
    for verdict in ("in part", "proved", "as good as complete"):
        world.note(desk, "ana", "report", report(desk, "simulation", verdict))
        assert {"simulation": "missing"} == states(desk)
    world.note(desk, "ana", "report", report(desk, "simulation", "incomplete"))
    assert {"simulation": "met"} == states(desk)


def test_gates_that_nobody_asked_for_are_not_there(tmp_path: Path) -> None:
    """The trust document says which there are."""
    asked: set[Gate] = {"simulation"}
    desk = opened(tmp_path, Signers.make(gates=asked))
    assert {"simulation": "missing"} == states(desk)
