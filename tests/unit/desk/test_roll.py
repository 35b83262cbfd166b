"""What the registry has gateways told, without a gateway."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.worlds.fed import NOW, Office
from tests.worlds.june import BOOK
from writ.clock import FOREVER
from writ.desk import roll as module
from writ.desk.load import Load
from writ.law.compiled.book import Compiled
from writ.people.books import Change
from writ.people.end_users import EndUser
from writ.people.pseudonym import pseudonym
from writ.point import seam


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A registry in a folder of the test's."""
    made = Office(tmp_path)
    yield made
    made.store.close()


def load(office: Office) -> Load:
    """An epoch with everybody who can be asked about."""
    made = Load(Compiled(BOOK), 1, office.roll.name_of, NOW)
    office.roll.fill(made, NOW)
    return made


def names(messages: object) -> set[bytes]:
    """Names of the subjects among messages."""
    assert isinstance(messages, list)
    return {message.name for message in messages if isinstance(message, seam.Subject)}


def test_only_who_can_be_asked_about_is_told(office: Office) -> None:
    """Holders of live keys, whom they act for, registered end users; a service has no profile."""
    office.key("bot")
    office.key("bob")
    [key] = [key for key in office.registry.keys.all() if key.requester == "bob"]
    office.registry.keys.revoke(key.id)
    office.registry.end_users.add([EndUser("acme", "a", "alice")])
    name = office.roll.name_of
    reserved = {seam.FACTLESS_PERSON, seam.FACTLESS_ORGANISATION, seam.UNNAMED}
    told = names([m for m in load(office).messages() if isinstance(m, seam.Subject)])
    assert {name("acme"), name("alice"), seam.end_user_name(name("acme"), "a")} == told - reserved


def test_a_name_is_the_deployments_pseudonym(office: Office) -> None:
    """Gateways hear no ids."""
    assert pseudonym(office.registry.books.secret, "alice") == office.roll.name_of("alice")
    office.key("alice")
    spoken = b"".join(map(seam.frame, [*load(office).messages(), *office.roll.standing()]))
    assert [] == [word for word in (b"alice", b"acme", b"citizen") if word in spoken]


def test_standing_are_live_keys_and_issuers(office: Office) -> None:
    """Revoked ones are not told to whoever greets."""
    digest = office.key("bot")
    office.registry.issuers.add("acme", "old", office.idv.public)
    office.registry.issuers.add("acme", "new", office.online.public)
    office.registry.issuers.revoke("acme", "old")
    key, issuer = office.roll.standing()
    name = office.roll.name_of
    assert isinstance(key, seam.Key)
    assert (digest, name("bot"), "service", name("acme")) == (
        key.digest,
        key.requester,
        key.kind,
        key.organisation,
    )
    assert seam.Issuer(name("acme"), "new", office.online.public) == issuer


def test_a_change_of_somebody_nobody_asks_about_tells_nothing(office: Office) -> None:
    """Facts of a subject without a key or a name stay on the books."""
    made = load(office)
    assert [] == office.roll.changes(made, Change(subjects=frozenset({"alice"})), NOW)


def test_a_change_tells_rows_and_subjects_first(office: Office) -> None:
    """A key comes after what it needs; a revoked one as such."""
    made = load(office)
    office.key("alice")
    [key] = office.registry.keys.all()
    change = Change(keys=frozenset({key.id}))
    *before, last = office.roll.changes(made, change, NOW)
    assert isinstance(last, seam.Key)
    assert ({office.roll.name_of("alice")}, False) == (names(before), last.revoked)
    office.registry.keys.revoke(key.id)
    [revoked] = office.roll.changes(made, change, NOW)
    assert isinstance(revoked, seam.Key)
    assert (key.digest, True) == (revoked.digest, revoked.revoked)


def test_many_keys_are_read_at_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than a query may name are picked out afterwards."""
    monkeypatch.setattr(module, "MOST_NAMED", 1)
    for _ in range(3):
        office.key("alice")
    some = [key.id for key in office.registry.keys.all()][:2]
    told = office.roll.changes(load(office), Change(keys=frozenset(some)), NOW)
    assert some == [message.id for message in told if isinstance(message, seam.Key)]


def test_an_end_user_that_is_gone_tells_nothing(office: Office) -> None:
    """A change of what is not on the books is no news."""
    gone = Change(end_users=frozenset({("acme", "ghost")}), issuers=frozenset({("acme", "x")}))
    assert [] == office.roll.changes(load(office), gone, NOW)


def test_whose_evidence_is_told(office: Office) -> None:
    """Ids of attestations, thirty-two bytes each."""
    office.key("alice")
    office.show("alice", "citizenships", "US")
    [told] = [
        m
        for m in load(office).messages()
        if isinstance(m, seam.Subject) and m.name == office.roll.name_of("alice")
    ]
    assert [32] == [len(item) for item in told.evidence]
    assert FOREVER == told.spans[-1][0]


def test_listeners_come_and_go(office: Office) -> None:
    """Changes are told while somebody listens."""
    heard: list[Change] = []
    office.roll.listen(heard.append)
    office.show("alice", "citizenships", "US")
    office.roll.ignore(heard.append)
    office.show("bob", "citizenships", "US")
    assert [Change(subjects=frozenset({"alice"}))] == heard
