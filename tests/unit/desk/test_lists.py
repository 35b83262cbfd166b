"""A list of whom an order affects leaves by two people, with a purpose, once, and on record."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.worlds.signers import CATALOGUE, NOW, Signers, StandingClock, letter
from writ.canonical import Plain, digest_bytes
from writ.clock import DAY, HOUR
from writ.desk.desk import Desk
from writ.desk.lists import (
    APPROVED,
    COLUMNS,
    LONGEST,
    REQUESTED,
    Lists,
    Request,
    check_request,
    read_request,
    sign_approval,
    sign_request,
)
from writ.errors import InvalidInput, Refused
from writ.model.subject import Subject
from writ.people.registry import Registry
from writ.signing.dsse import Envelope
from writ.signing.word import sign_word
from writ.store.events import read_events, read_payload
from writ.store.people_tables import attestation

WORLD = Signers.make(eva=frozenset({"submit"}))
IN_FORCE = NOW + HOUR


@dataclass
class Office:
    """A desk with its registry and lists, at a time that a test sets."""

    desk: Desk
    registry: Registry
    lists: Lists
    clock: StandingClock

    def ask(self, by: str = "ana", **changes: Any) -> str:
        """Ask for a list, and return its id."""
        asked = replace_form(self.wanted(), **changes)
        envelope = sign_request(asked, WORLD.trust, WORLD.keys[by])
        return self.lists.request(self.desk.current(), envelope).id

    def wanted(self) -> Request:
        """Return a request in order."""
        return Request("us-bis", "calls to hospitals", ["id", "model"], self.clock.instant)

    def approve(self, name: str, by: str = "ben") -> str | None:
        """Approve what was asked, as the approver's machine does."""
        envelope = self.lists.find(name).envelope
        approval = sign_approval(name, envelope, WORLD.trust, WORLD.keys[by])
        return self.lists.approve(approval).approved_by

    def export(self, name: str) -> tuple[str, dict[str, Plain]]:
        """Export a list."""
        data, recorded = self.lists.export(self.desk.current(), name)
        return data.decode(), recorded


def replace_form(form: Request, **changes: object) -> Request:
    """Return a request with fields changed."""
    return msgspec.structs.replace(form, **changes)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An order in force, and three on the books whom it affects, one whom it does not."""
    clock = StandingClock(IN_FORCE)
    desk = Signers.make().desk(tmp_path / "writ.db", clock)
    desk = Desk(desk.store, WORLD.trust, clock)
    registry = Registry(desk.store, WORLD.trust, clock, tmp_path)
    registry.subjects.add(
        [
            Subject("acme", "organisation"),
            Subject("ann", "person", ("acme",)),
            Subject("bo", "person"),
            Subject("us", "person"),
        ]
    )
    line = {
        "subject": "us",
        "attribute": "citizenships",
        "value": ["US"],
        "completeness": "at_least",
        "assurance": "A3",
        "method": "visit",
        "issuer": "registrar",
        "verified_at": "2026-06-01T00:00:00Z",
    }
    registry.facts.take_in(msgspec.json.encode(line), WORLD.keys["registrar"], skip_bad=False)
    proposal = WORLD.submit(
        desk, {"catalogue.yaml": CATALOGUE, "us-bis.v1.yaml": letter()}, by="eva"
    )
    WORLD.sign(desk, "ana")
    WORLD.sign(desk, "ben")
    desk.activate(proposal.id)
    return Office(desk, registry, Lists(desk.store, registry, WORLD.trust, clock), clock)


def test_two_people_hand_a_list_out_and_it_is_recorded(office: Office) -> None:
    """Who is affected, by id and model, with nothing of why; the row has purpose, size and digest."""
    name = office.ask()
    assert ("a1", "ben") == (name, office.approve(name))
    text, recorded = office.export(name)

    assert "id,model\nacme,fable-5\nann,fable-5\nbo,fable-5\n" == text
    with office.desk.store.view() as connection:
        last = list(read_events(connection))[-1]
    assert ("list.exported", recorded) == (last.kind, dict(read_payload(last)))
    assert {
        "id": "a1",
        "order": "us-bis",
        "purpose": "calls to hospitals",
        "columns": ["id", "model"],
        "rows": 3,
        "subjects": 3,
        "unjudged": 0,
        "digest": digest_bytes(text.encode()),
        "at": IN_FORCE,
    } == recorded
    (listed,) = office.lists.listed()
    assert isinstance(listed, dict)
    assert ("ana", "ben", 3) == (listed["by"], listed["approved_by"], listed["rows"])


def test_every_column_there_is(office: Office) -> None:
    """Rows alike are one row; a pseudonym is the one that notices use; no column is an attribute."""
    name = office.ask(columns=list(COLUMNS))
    office.approve(name)
    alias = office.registry.books.alias("ann")
    assert f"ann,{alias},person,acme,fable-5,verify" == office.export(name)[0].splitlines()[2]
    kinds = office.ask(columns=["kind"], purpose="to know")
    office.approve(kinds)
    assert ("kind\norganisation\nperson\n", 2) == (
        (made := office.export(kinds))[0],
        made[1]["rows"],
    )


def test_an_id_is_no_formula(office: Office) -> None:
    """Whoever opens the list in a spreadsheet runs nothing that somebody chose to be called."""
    office.registry.subjects.add([Subject("=1+1", "person")])
    name = office.ask(columns=["id"])
    office.approve(name)

    assert "'=1+1" in office.export(name)[0].splitlines()


def test_who_cannot_be_judged_is_counted(office: Office) -> None:
    """Somebody whose facts do not prove right is on no list, and the row says that there is one."""
    with office.desk.store.unit() as connection:
        connection.execute(attestation.update().values(envelope=b"{}"))
    name = office.ask()
    office.approve(name)
    assert (3, 1) == ((made := office.export(name)[1])["rows"], made["unjudged"])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"columns": ["id", "citizenships"]},
            "`citizenships` is an attribute, and no list has any",
        ),
        ({"columns": ["residence"]}, "`residence` is an attribute"),
        ({"columns": ["modle"]}, "there is no column `modle`; did you mean `model`"),
        ({"columns": []}, "name columns, each once: id, recipient"),
        ({"columns": ["id", "id"]}, "name columns, each once"),
        ({"purpose": " "}, "what the list is for"),
        ({"purpose": "a\nb"}, "say in one line"),
        ({"purpose": "x" * (LONGEST + 1)}, "of 500 characters at most"),
        ({"order": "eu"}, "no order here is called `eu`"),
    ],
)
def test_a_request_in_disorder_is_said_to_be(
    office: Office, changes: dict[str, Any], said: str
) -> None:
    """A list without a purpose, or with somebody's citizenship, is not even asked for."""
    with pytest.raises(InvalidInput, match=said):
        office.ask(**changes)
    assert [] == office.lists.listed()


@pytest.mark.parametrize("ago", [DAY, -1])
def test_a_request_is_of_the_last_day(office: Office, ago: int) -> None:
    """An old one, or one from tomorrow, is refused."""
    with pytest.raises(Refused, match="was not signed within the last day"):
        office.ask(at=IN_FORCE - ago)


def test_a_request_is_taken_once(office: Office) -> None:
    """The same words again are refused; there is nothing under another id."""
    office.ask()
    with pytest.raises(Refused, match="handed in before"):
        office.ask()
    with pytest.raises(Refused, match="there is no request `a2`"):
        office.export("a2")


def test_nobody_approves_alone(office: Office) -> None:
    """Neither who asked, nor who may not sign, nor twice; and without an approval there is no list."""
    name = office.ask()
    with pytest.raises(Refused, match="waits for another person's"):
        office.export(name)
    with pytest.raises(Refused, match="`ana` asked for this"):
        office.approve(name, "ana")
    with pytest.raises(Refused, match="`eva` may not sign"):
        office.approve(name, "eva")
    office.approve(name)
    other = office.ask("eva", purpose="more")
    office.approve(other)
    with pytest.raises(Refused, match="`a2` is approved already, by `ben`"):
        office.approve(other, "ana")


def test_an_approval_made_around_the_check_is_refused_here(office: Office) -> None:
    """The desk judges for itself: the asker's own word, and one about another request."""
    name = office.ask()
    about = digest_bytes(office.lists.find(name).envelope.json())

    def word(by: str, digest: str) -> Envelope:
        return sign_word(APPROVED, digest, {"request": name}, WORLD.trust, WORLD.keys[by])

    with pytest.raises(Refused, match="`ana` asked for this"):
        office.lists.approve(word("ana", about))
    with pytest.raises(Refused, match="`eva` may not sign"):
        office.lists.approve(word("eva", about))
    with pytest.raises(Refused, match="of another request than it names"):
        office.lists.approve(word("ben", digest_bytes(b"")))


def test_a_word_about_another_request_is_none(office: Office) -> None:
    """What was signed is what is said."""
    said: dict[str, Plain] = {"order": "us-bis", "purpose": "x", "columns": ["id"], "at": IN_FORCE}
    wrong = sign_word(REQUESTED, digest_bytes(b""), said, WORLD.trust, WORLD.keys["ana"])
    with pytest.raises(Refused, match="about another request than it says"):
        read_request(wrong, WORLD.trust)
    check_request(office.wanted())


def test_a_list_is_made_once_and_within_the_day(office: Office) -> None:
    """A second export, a late one and a late approval are refused, and nothing more is recorded."""
    once, late = office.ask(), office.ask(purpose="later")
    office.approve(once)
    office.export(once)
    with pytest.raises(Refused, match="`a1` was exported already"):
        office.export(once)
    slow = office.ask(purpose="never")
    office.approve(late)
    office.clock.instant = IN_FORCE + DAY
    for refused in (lambda: office.export(late), lambda: office.approve(slow)):
        with pytest.raises(Refused, match="is more than a day old; ask again"):
            refused()
    with office.desk.store.view() as connection:
        assert 1 == len(list(read_events(connection, kinds=["list.exported"])))


def test_an_order_that_restricts_nothing_now_affects_nobody(office: Office) -> None:
    """Before it takes effect there is no list."""
    office.clock.instant = NOW
    name = office.ask()
    office.approve(name)
    with pytest.raises(Refused, match="no rule of `us-bis` is in force"):
        office.export(name)
