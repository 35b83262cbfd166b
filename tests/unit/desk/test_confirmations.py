"""Whom an annex lists was decided by two people, or is said to be typed by hand."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.law.test_annex_change import CATALOGUE, ORDER
from tests.worlds.signers import Signers
from writ.canonical import digest
from writ.desk import review
from writ.desk.desk import Desk
from writ.errors import InvalidInput, Refused
from writ.law.folder import check_sources
from writ.signing.annex import Decided, confirm
from writ.signing.dsse import Envelope

WORLD = Signers.make(gates=frozenset({"annexes"}))
IDS = ["brit-co", "gallic-co"]
DECIDED = Decided(digest(IDS), "sha256:11", "sha256:22", "out", {2: IDS})
HAND = "annex listed of order letter version 1 was typed by hand: nobody confirmed whom it lists"


def record(decided: Decided = DECIDED, *, second: bool = True) -> bytes:
    """Return the record of Ben's and Eva's decision, or of Ben's alone."""
    found: Envelope = confirm(decided, WORLD.trust, WORLD.keys["ben"])
    if second:
        found = confirm(decided, WORLD.trust, WORLD.keys["eva"], found)
    return found.json()


def folder(recorded: bytes | None) -> dict[str, bytes | None]:
    """Return an order with an annex, and the record of it if there is one."""
    order = ORDER.format(version=1, more="")
    files: dict[str, bytes | None] = {
        "catalogue.yaml": CATALOGUE,
        "v1.yaml": order.encode(),
        "v1.csv": "\n".join(["id", *IDS]).encode(),
    }
    if recorded is not None:
        named = order.replace("key: id}", "key: id, confirmed: v1.confirmed.json}")
        files |= {"v1.yaml": named.encode(), "v1.confirmed.json": recorded}
    return files


def words(desk: Desk) -> list[str]:
    """What a signer reads of the annexes of the open proposal."""
    docket = desk.docket()
    assert docket is not None
    return [line for line in review.review(docket, WORLD.trust).words if line.startswith("annex ")]


def gate(desk: Desk) -> dict[str, str]:
    """How the gates of the open proposal stand."""
    found = desk.status().proposal
    assert found is not None
    return {item.gate: item.state for item in found.gates}


def test_who_confirmed_an_annex_is_shown_and_it_comes_into_force(tmp_path: Path) -> None:
    """The record travels with the order, and is not asked for again once it is in force."""
    desk = WORLD.desk(tmp_path / "writ.db")
    WORLD.submit(desk, folder(record()))
    said = "annex listed of order letter version 1 was confirmed by ben and eva (v1.confirmed.json)"
    assert ([said], {"annexes": "met"}) == (words(desk), gate(desk))
    for name in ("ben", "eva"):
        WORLD.sign(desk, name)
    assert 1 == desk.activate("p1").epoch
    assert "v1.confirmed.json" in desk.current().sources.files
    WORLD.submit(desk, {"catalogue.yaml": CATALOGUE.replace(b"{m: {}}", b"{m: {}, n: {}}")})
    assert ([], {}) == (words(desk), gate(desk))


def test_an_annex_typed_by_hand_is_said_to_be(tmp_path: Path) -> None:
    """Under the gate it does not come into force; without the gate it is told, and does."""
    desk = WORLD.desk(tmp_path / "writ.db")
    WORLD.submit(desk, folder(None))
    assert ({"annexes": "missing"}, HAND) == (gate(desk), words(desk)[0])
    for name in ("ben", "eva"):
        WORLD.sign(desk, name)
    with pytest.raises(Refused, match="`writ annex confirm` does"):
        desk.activate("p1")
    open_world = Signers.make()
    other = open_world.desk(tmp_path / "other.db")
    assert 1 == open_world.enact(other, folder(None)).epoch


@pytest.mark.parametrize(
    ("recorded", "why"),
    [
        (record(second=False), "1 of 2 people confirmed this"),
        (record(replace(DECIDED, annex="sha256:" + "00" * 32)), "confirms another list than annex"),
        (b"{}", "the envelope is not in its form"),
    ],
)
def test_a_record_that_does_not_hold_is_refused(tmp_path: Path, recorded: bytes, why: str) -> None:
    """Before anything is stored: by one alone, of another list, or none at all."""
    desk = WORLD.desk(tmp_path / "writ.db")
    with pytest.raises((Refused, InvalidInput), match=why):
        WORLD.submit(desk, folder(recorded))
    assert desk.proposal() is None


@pytest.mark.parametrize(("of", "named"), [("brit-co", IDS), ("", IDS[:1])])
def test_a_record_says_who_is_a_subsidiary(tmp_path: Path, of: str, named: list[str]) -> None:
    """Somebody whom two people decided on is no subsidiary, and whom they did not is one."""
    recorded = record(replace(DECIDED, subsidiaries="in", decisions={2: named}))
    files = folder(recorded)
    order = (files["v1.yaml"] or b"").replace(b"key: id,", b"key: id, subsidiary_of: of,")
    rows = f"id,of\nbrit-co,\ngallic-co,{of}\n".encode()
    desk = WORLD.desk(tmp_path / "writ.db")
    with pytest.raises(Refused, match="confirms others as subsidiaries than annex listed of order"):
        WORLD.submit(desk, files | {"v1.yaml": order, "v1.csv": rows})


def test_a_record_of_subsidiaries_that_holds_is_met(tmp_path: Path) -> None:
    """The annex lists as its own whom rows mean, and the others as theirs."""
    recorded = record(replace(DECIDED, subsidiaries="in", decisions={2: IDS[:1]}))
    files = folder(recorded)
    order = (files["v1.yaml"] or b"").replace(b"key: id,", b"key: id, subsidiary_of: of,")
    rows = b"id,of\nbrit-co,\ngallic-co,brit-co\n"
    desk = WORLD.desk(tmp_path / "writ.db")
    WORLD.submit(desk, files | {"v1.yaml": order, "v1.csv": rows})
    assert {"annexes": "met"} == gate(desk)


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("v1.json", "v1.yaml:10:54: no file `v1.json` beside the order; did you mean `v1.csv`?"),
        (
            "../v1.json",
            "v1.yaml:10:54: `../v1.json` is not the name of a JSON file beside the order",
        ),
    ],
)
def test_a_record_lies_beside_the_order(name: str, fault: str) -> None:
    """Its name is one in the same folder."""
    files = {key: data for key, data in folder(record()).items() if data is not None}
    files["v1.yaml"] = files["v1.yaml"].replace(b"v1.confirmed.json", name.encode())
    with pytest.raises(InvalidInput) as told:
        check_sources(files)
    assert [fault] == [str(item) for item in told.value.faults]


def test_another_record_is_another_version() -> None:
    """Its digest is part of what the version rests on."""
    files = {key: data for key, data in folder(record()).items() if data is not None}
    other = {**files, "v1.confirmed.json": record(second=False)}
    first, second = (check_sources(item).orders[0].rests_on for item in (files, other))
    assert first != second
    assert {"v1.confirmed.json"} == set(first)
