import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.worlds.signers import FIRST, NOW, Signers, letter
from writ.canonical import decode, digest_bytes, encode
from writ.clock import DAY
from writ.desk import review
from writ.desk.desk import Desk
from writ.desk.proposal import read_docket, read_submission
from writ.desk.sources import Compiled, Sources, compile_sources
from writ.errors import InvalidInput, Refused
from writ.model.order import Hold as Stop
from writ.signing.approval import add_signature, sign_approval, write_approval
from writ.signing.dsse import Envelope
from writ.signing.form import to_base64

WORLD = Signers.make()
# Any: JSON to be bent out of shape
Bend = Callable[[dict[str, Any]], object]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Open a desk with one order in force, a model held, and another order proposed."""
    desk = WORLD.desk(tmp_path / "writ.db")
    WORLD.enact(desk, FIRST)
    desk.hold(WORLD.stop(desk, "mythos-5", until=NOW + DAY))
    WORLD.submit(desk, {"saga.yaml": letter("saga")})
    return desk


def docket(desk: Desk) -> dict[str, Any]:
    """Return the docket as it travels."""
    found = desk.docket()
    assert found is not None
    value: dict[str, Any] = json.loads(encode(found.plain()))
    return value


def test_a_docket_travels(desk: Desk) -> None:
    """What a signer's machine reads is what the desk has."""
    assert desk.docket() == read_docket(docket(desk), WORLD.trust)


def test_the_first_docket_travels(tmp_path: Path) -> None:
    """Before anything is in force a docket says so."""
    desk = WORLD.desk(tmp_path / "first.db")
    WORLD.submit(desk)
    found = read_docket(docket(desk), WORLD.trust)
    assert desk.docket() == found
    assert "p1" == review.review(found, WORLD.trust).proposal


def test_a_submission_travels(desk: Desk) -> None:
    """What a submitter's machine sends is what the desk reads."""
    changes = {"new.yaml": letter("new"), "us-bis.v1.yaml": None}
    made = review.submit(desk.current(), changes, ["mythos-5"], WORLD.trust, WORLD.keys["ana"])
    assert made == read_submission(decode(encode(made.plain())))


def test_a_review_says_what_changes(desk: Desk) -> None:
    """The signer reads the change in words, beside the digest computed here."""
    reviewed = review.review(read_docket(docket(desk), WORLD.trust), WORLD.trust)
    found = desk.docket()
    assert found is not None
    place = found.force.next(WORLD.trust)
    assert compile_sources(found.proposal.sources, place).digest == reviewed.digest
    assert "order saga version 1 comes: restriction" in "\n".join(reviewed.words)
    assert ("ana", ()) == (reviewed.approval.submitter, reviewed.approval.signers)


def test_others_sign(desk: Desk) -> None:
    """The submitter, and who signed already, are told so before anything is sent."""
    reviewed = review.review(read_docket(docket(desk), WORLD.trust), WORLD.trust)
    with pytest.raises(Refused, match="`ana` submitted this; others sign it"):
        review.sign(reviewed, WORLD.trust, WORLD.keys["ana"])
    WORLD.sign(desk, "ben")
    reviewed = review.review(read_docket(docket(desk), WORLD.trust), WORLD.trust)
    with pytest.raises(Refused, match="`ben` signed this already"):
        review.sign(reviewed, WORLD.trust, WORLD.keys["ben"])
    with pytest.raises(Refused, match="is nobody's"):
        review.sign(reviewed, WORLD.trust, WORLD.keys["online"])


def file(value: dict[str, Any], place: str, name: str, data: bytes | None) -> None:
    """Replace a file of a docket."""
    files = value[place]["files"]
    files.pop(name)
    if data is not None:
        files[name] = to_base64(data)


def bundle(value: dict[str, Any], bend: Bend) -> None:
    """Bend the bundle that says what is in force."""
    inner: Any = decode(value["in_force"]["bundle"].encode())
    bend(inner)
    value["in_force"]["bundle"] = encode(inner).decode()


BENT: dict[str, tuple[Bend, str]] = {
    "other order": (
        lambda v: file(v, "proposal", "saga.yaml", letter("saga", model="mythos-5")),
        "but its orders compile to",
    ),
    "other comment": (
        lambda v: file(v, "proposal", "saga.yaml", letter("saga") + b"#\n"),
        "but its orders compile to",
    ),
    "order left out": (
        lambda v: file(v, "proposal", "us-bis.v1.yaml", None),
        "but its orders compile to",
    ),
    "hold left out": (lambda v: v["proposal"].update(holds=[]), "but its orders compile to"),
    "older base": (lambda v: v["proposal"].update(base=1), "made on epoch 1, in force is 2"),
    "other base order": (
        lambda v: file(v, "in_force", "us-bis.v1.yaml", letter() + b"#\n"),
        "not those that were approved",
    ),
    "base hold left out": (
        lambda v: v["in_force"].update(holds=[]),
        "do not compile to the snapshot",
    ),
    "base order broken": (
        lambda v: file(v, "in_force", "us-bis.v1.yaml", b"order: x"),
        "the orders in force cannot be read",
    ),
    "base without its hold": (
        lambda v: bundle(v, lambda inner: inner.update(holds=[], snapshot=None)),
        "not those that were approved",
    ),
    "base signed by fewer": (
        lambda v: bundle(v, lambda inner: inner["approval"]["signatures"].pop()),
        "1 of 2 signatures",
    ),
    "nothing said to be in force": (
        lambda v: v["in_force"].update(bundle="", files={}, holds=[]),
        "made on epoch 2, in force is 0",
    ),
    "no bundle": (lambda v: v["in_force"].update(bundle=""), "not canonical JSON"),
    "proposal of another form": (lambda v: v["proposal"].update(id=7), "not in its form"),
    "file of another form": (
        lambda v: v["proposal"]["files"].update({"saga.yaml": "?"}),
        "`saga.yaml` is not base64",
    ),
}


@pytest.mark.parametrize("how", BENT)
def test_a_signer_is_not_deceived(desk: Desk, how: str) -> None:
    """Whatever a docket says that does not fit its signatures is refused."""
    bend, why = BENT[how]
    value = docket(desk)
    bend(value)
    with pytest.raises(Refused, match=why):
        review.review(read_docket(value, WORLD.trust), WORLD.trust)


def submitted(compiled: Compiled) -> Envelope:
    """Sign anything as Ana, without asking whether she should."""
    statement = write_approval(compiled.digest, digest_bytes(compiled.manifest), "ana", WORLD.trust)
    return sign_approval(statement, WORLD.keys["ana"])


def test_a_hold_that_nobody_signed_is_refused(desk: Desk) -> None:
    """A submitter cannot bring a hold in through a proposal, though the digest fits."""
    found = desk.docket()
    assert found is not None
    stop = Stop("fable-5", "eva", NOW, NOW + DAY)
    sources = Sources(found.proposal.sources.files, (*found.force.sources.holds, stop))
    compiled = compile_sources(sources, found.force.next(WORLD.trust))
    forged = replace(
        found.proposal,
        sources=sources,
        envelope=submitted(compiled),
    )
    with pytest.raises(Refused, match="a hold that nobody signed"):
        review.review(replace(found, proposal=forged), WORLD.trust)


def test_a_version_with_other_bytes_is_refused(desk: Desk) -> None:
    """A submitter cannot change a version in force, though the digest fits."""
    found = desk.docket()
    assert found is not None
    files = {**found.proposal.sources.files, "us-bis.v1.yaml": letter(model="mythos-5")}
    sources = Sources(files, found.proposal.sources.holds)
    compiled = compile_sources(sources, found.force.next(WORLD.trust))
    forged = replace(
        found.proposal,
        sources=sources,
        envelope=submitted(compiled),
    )
    with pytest.raises(Refused, match="`us-bis/1` was in force with other bytes"):
        review.review(replace(found, proposal=forged), WORLD.trust)


def test_nothing_to_change_is_said(desk: Desk) -> None:
    """The same bytes again are no proposal."""
    with pytest.raises(Refused, match="nothing changes"):
        review.prepare(desk.current(), FIRST, (), WORLD.trust)


def test_an_order_that_is_not_there_is_not_withdrawn(desk: Desk) -> None:
    """Withdrawing names an order in force."""
    with pytest.raises(Refused, match="there is no order `saga` to withdraw"):
        review.withdraw(desk.current(), "saga", WORLD.trust, WORLD.keys["ana"])


def test_faults_are_told_on_the_submitters_machine(desk: Desk) -> None:
    """An order with faults is not signed."""
    with pytest.raises(InvalidInput, match=r"x.yaml:1:1"):
        review.submit(desk.current(), {"x.yaml": b"- 1"}, (), WORLD.trust, WORLD.keys["ana"])


def test_signatures_join_whatever_their_order(desk: Desk) -> None:
    """Two signers who reviewed at the same time both count."""
    reviewed = review.review(read_docket(docket(desk), WORLD.trust), WORLD.trust)
    both = [review.sign(reviewed, WORLD.trust, WORLD.keys[name]) for name in ("eva", "ben")]
    for envelope in both:
        desk.sign("p2", envelope)
    found = desk.proposal()
    assert found is not None
    assert ("ben", "eva") == found.signers
    assert add_signature(add_signature(reviewed.envelope, both[0]), both[1]) == found.envelope
