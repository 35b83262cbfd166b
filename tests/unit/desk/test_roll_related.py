"""An organisation is judged by its owners' facts, and anew whenever one of those changes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.worlds.fed import NOW, Office
from tests.worlds.june import BOOK, RULE, V1, letter
from tests.worlds.owners import OWNED
from writ.desk.load import Load
from writ.law.compiled.book import Compiled
from writ.law.snapshot import snapshot
from writ.model.expression import EmployedBy, Predicate
from writ.model.order import Lawbook
from writ.model.outcome import Outcome
from writ.model.subject import Subject
from writ.people.books import Change
from writ.point import seam
from writ.point.board import Board
from writ.point.view import read_view

BARRING = replace(
    RULE, sense="bar", predicate=Predicate(None, OWNED), standing="organisation", id="owned"
)
LAW = Lawbook(BOOK.catalogue, (letter(1, V1, rules=(BARRING,)),))


class Listening:
    """A board that was told of everybody, and hears every change."""

    def __init__(self, office: Office, book: Lawbook = LAW) -> None:
        self.office = office
        self.load = Load(Compiled(book), 1, office.roll.name_of, NOW)
        office.roll.fill(self.load, NOW)
        self.board = Board()
        self.board.stage(read_view(snapshot(book, 1, None, 1)))
        for message in (*self.load.messages(), *office.roll.standing()):
            self.board.put(message)
        self.board.activate(1)
        self.changed: list[set[bytes]] = []
        office.roll.listen(self.hear)

    def hear(self, change: Change) -> None:
        """Apply what gateways are told of a change."""
        told = self.office.roll.changes(self.load, change, NOW)
        self.changed.append({item.name for item in told if isinstance(item, seam.Subject)})
        for message in told:
            self.board.put(message)

    def outcome(self, digest: bytes) -> Outcome | None:
        """What the board says of a key."""
        key = self.board.key(digest)
        assert key is not None
        links = self.board.links(key, None, NOW)
        assert links is not None
        verdict = self.board.judge(links, "fable-5", NOW, live=True)
        return None if verdict is None else verdict.outcome


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A registry in which Acme is owned by Hold, which is owned by Top."""
    made = Office(tmp_path)
    made.registry.subjects.add(
        [Subject("hold", "organisation"), Subject("top", "organisation"), Subject("x", "person")]
    )
    owned(made, "acme", "hold", "100")
    yield made
    made.store.close()


def owned(office: Office, company: str, owner: str, share: str) -> None:
    """Have the only owner of a company attested."""
    shown = {"owner": owner, "share": share}
    office.show(company, "owners", shown, completeness="exhaustive")


def test_an_owner_s_fact_changes_who_is_served(office: Office) -> None:
    """Acme itself has shown nothing new; whom it is owned by in the end has."""
    digest = office.key("bot")
    world = Listening(office)
    assert Outcome.VERIFY is world.outcome(digest)
    owned(office, "hold", "top", "100")
    assert Outcome.VERIFY is world.outcome(digest)
    owned(office, "top", "x", "100")
    assert Outcome.PERMIT is world.outcome(digest)
    acme = office.roll.name_of("acme")
    assert [{acme}, {acme}] == world.changed


def test_somebody_listed_far_up_bars(office: Office) -> None:
    """Through two holdings, of which nobody holds a key."""
    digest = office.key("bot")
    world = Listening(office)
    owned(office, "hold", "top", "50")
    owned(office, "top", "evil-co", "50")
    assert Outcome.DENY is world.outcome(digest)
    office.registry.facts.revoke(office.registry.facts.carried("top")[0].id)
    assert Outcome.VERIFY is world.outcome(digest)


def test_an_owner_who_comes_onto_the_books_is_asked(office: Office) -> None:
    """A stranger may be anybody; once known as a person, nobody owns them."""
    owned(office, "hold", "stranger", "100")
    digest = office.key("bot")
    world = Listening(office)
    assert Outcome.VERIFY is world.outcome(digest)
    office.registry.subjects.add([Subject("stranger", "person")])
    assert Outcome.PERMIT is world.outcome(digest)


def test_who_is_owned_no_more_is_left_alone(office: Office) -> None:
    """Once Acme rests on somebody else, what becomes known of Hold is nothing to it."""
    office.key("bot")
    world = Listening(office)
    [first] = office.registry.facts.carried("acme")
    office.registry.facts.revoke(first.id)
    owned(office, "hold", "x", "100")
    assert [{office.roll.name_of("acme")}, set()] == world.changed


def test_an_owner_with_a_broken_fact_is_as_if_not_on_the_books(office: Office) -> None:
    """Nobody is judged by half of what was known of an owner."""
    owned(office, "hold", "x", "100")
    digest = office.key("bot")
    assert Outcome.PERMIT is Listening(office).outcome(digest)
    with office.store.unit() as connection:
        connection.execute(
            text("UPDATE attestation SET envelope = zeroblob(9) WHERE subject = 'hold'")
        )
    assert Outcome.VERIFY is Listening(office).outcome(digest)


def test_receipts_name_the_evidence_of_owners(office: Office) -> None:
    """What a company was judged by is its own facts and those of whom it rests on."""
    owned(office, "hold", "x", "100")
    office.key("bot")
    told = [m for m in Listening(office).load.messages() if isinstance(m, seam.Subject)]
    [acme] = [item for item in told if item.name == office.roll.name_of("acme")]
    want = {office.registry.facts.carried(name)[0].id for name in ("acme", "hold")}
    assert want == set(acme.evidence)


EMPLOYED = replace(RULE, sense="bar", predicate=Predicate(EmployedBy(OWNED), None), id="employed")
AT_WORK = Lawbook(BOOK.catalogue, (letter(1, V1, rules=(EMPLOYED,)),))


def employed(office: Office, person: str, company: str) -> None:
    """Have the only employer of a person attested."""
    shown = {"organisation": company, "relation": "employee"}
    office.show(person, "employer", shown, completeness="exhaustive")


def test_who_owns_an_employer_changes_who_is_served(office: Office) -> None:
    """Alice has shown nothing new; by whom those are owned that she works for has."""
    employed(office, "alice", "acme")
    digest = office.key("alice")
    world = Listening(office, AT_WORK)
    assert Outcome.VERIFY is world.outcome(digest)
    owned(office, "hold", "x", "100")
    assert Outcome.PERMIT is world.outcome(digest)
    office.registry.facts.revoke(office.registry.facts.carried("hold")[0].id)
    owned(office, "hold", "evil-co", "100")
    assert Outcome.DENY is world.outcome(digest)
    assert [{office.roll.name_of("alice")}] * 3 == world.changed
    told = [m for m in world.load.messages() if isinstance(m, seam.Subject)]
    [alice] = [item for item in told if item.name == office.roll.name_of("alice")]
    want = {office.registry.facts.carried(name)[0].id for name in ("alice", "acme", "hold")}
    assert want == set(alice.evidence)


def test_where_owners_of_owners_work_is_nobodys_matter(office: Office) -> None:
    """A company's owners are followed, and not on into whom a person among them works for."""
    employed(office, "x", "top")
    owned(office, "hold", "x", "100")
    office.key("bot")
    world = Listening(office)
    owned(office, "top", "evil-co", "100")
    assert [set()] == world.changed


def test_nobody_is_followed_where_no_rule_asks(office: Office) -> None:
    """Orders that do not ask about owners cost nothing of this."""
    office.key("bot")
    world = Listening(office, BOOK)
    owned(office, "hold", "x", "100")
    assert [set()] == world.changed
    [acme] = office.registry.facts.carried("acme")
    told = [m for m in world.load.messages() if isinstance(m, seam.Subject)]
    assert [[acme.id]] == [m.evidence for m in told if m.name == office.roll.name_of("acme")]


def test_a_long_chain_of_owners_is_read_as_far_as_it_is_followed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading stops where following does; what is beyond stays open."""
    owned(office, "hold", "top", "100")
    owned(office, "top", "x", "100")
    digest = office.key("bot")
    monkeypatch.setattr("writ.desk.roll.MOST_FOLLOWED", 2)
    assert Outcome.VERIFY is Listening(office).outcome(digest)
