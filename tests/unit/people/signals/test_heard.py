import hashlib
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.unit.people.conftest import Deployment, line
from tests.worlds.transmitter import ISSUER, transmitter
from writ.clock import DAY, SECOND, WallClock, format_instant
from writ.law.subjects import read_fact
from writ.model.subject import Subject
from writ.people.accounts import account_credential
from writ.people.backing import Source
from writ.people.books import Change
from writ.people.registry import Registry
from writ.people.signals.events import ALL, Bearing
from writ.people.signals.heard import HEARD, STREAM
from writ.people.signals.sets import WINDOW, Signal
from writ.people.statement import attest
from writ.store.events import read_events, read_payload
from writ.store.signal_tables import signal as table

REVOKED = Bearing("credential-change", ALL)
IDP = transmitter()
PEOPLE = [
    Subject("acme", "organisation"),
    Subject("alice", "person", ("acme",)),
    Subject("bob", "person"),
]


def said(bearing: Bearing = REVOKED, who: str | None = "alice", jti: str = "j1") -> Signal:
    """What a provider says of Alice."""
    return Signal(IDP, jti, 0.0, bearing, who)


@pytest.fixture
def registry(deployment: Deployment) -> Registry:
    """Alice, of whom `idv` and another source vouch for something, and Bob."""
    registry = deployment.opened()
    registry.subjects.add(PEOPLE)
    lines = [
        line("alice"),
        line("alice", attribute="residence", value=["FR"]),
        line("alice", attribute="permanent_residences", issuer="other"),
        line("bob"),
    ]
    registry.facts.take_in(b"\n".join(lines), deployment.operator, skip_bad=False)
    return registry


def standing(registry: Registry, *names: str) -> list[str]:
    """Say which attributes of somebody stand."""
    known = registry.those(names or ["alice", "bob"])
    return sorted(fact.attribute for item in known.values() for fact in item.subject.facts)


def recorded(registry: Registry, kind: str) -> Sequence[dict[str, object]]:
    """Say what is on record of a kind."""
    with registry.books.store.view() as connection:
        return [dict(read_payload(row)) for row in read_events(connection, kinds=(kind,))]


def test_what_rests_on_the_sender_is_asked_again(registry: Registry) -> None:
    """What `idv` vouches for of Alice falls, and nothing of another source's or of Bob's."""
    heard: list[frozenset[str]] = []
    registry.books.listeners.append(lambda change: heard.append(change.subjects))
    assert 2 == registry.signals.take(said(), 0.0)
    assert ["citizenships", "permanent_residences"] == standing(registry)
    assert [{"alice"}, {"alice"}] == heard
    [row] = recorded(registry, HEARD)
    assert ("idp", "credential-change", 2) == (
        row["transmitter"], row["event"], len(row["fallen"]),  # type: ignore[arg-type]
    )  # fmt: skip
    assert "alice" not in str(row)


def test_a_change_of_claims_asks_again_what_they_are_about(registry: Registry) -> None:
    """A new nationality asks for citizenships; residence stands."""
    bearing = Bearing("token-claims-change", frozenset({"citizenships"}))
    assert 1 == registry.signals.take(said(bearing), 0.0)
    assert ["permanent_residences", "residence"] == standing(registry, "alice")


def test_a_set_is_taken_once(registry: Registry) -> None:
    """What comes again does nothing, also to what was proved since; another transmitter's may."""
    registry.signals.take(said(), 0.0)
    assert 0 == registry.signals.take(said(who="bob"), 0.0)
    other = replace(said(who="bob"), transmitter=replace(IDP, name="other"))
    assert 1 == registry.signals.take(other, 0.0)
    assert ["other", "idp"] == [row["transmitter"] for row in recorded(registry, HEARD)][::-1]


def test_a_set_that_two_hand_in_at_once_is_noted_once(registry: Registry) -> None:
    """Whoever comes second finds it noted, and counts nothing twice."""
    heard: list[frozenset[str]] = []

    def meanwhile(change: Change) -> None:
        heard.append(change.subjects)
        if len(heard) == 1:
            registry.signals.take(said(), 0.0)

    registry.books.listeners.append(meanwhile)
    registry.signals.take(said(), 0.0)
    assert [1] == [item.times for item in registry.signals.heard()]


def test_what_was_proved_after_it_was_issued_stands(deployment: Deployment) -> None:
    """A signal of an hour ago takes nothing from what was verified since."""
    registry = deployment.opened()
    registry.subjects.add(PEOPLE)
    now = WallClock().now()
    fresh = line("alice", verified_at=format_instant(now - 60 * SECOND))
    registry.facts.take_in(fresh, deployment.operator, skip_bad=False)
    assert 0 == registry.signals.take(said(), 3600.0)
    assert 1 == registry.signals.take(said(jti="j2"), 30.0)


def test_an_account_is_known_by_what_was_shown_with_it(deployment: Deployment) -> None:
    """The fact that was shown with the account falls; its `sub` alone names nobody on the books."""
    registry = deployment.opened()
    registry.subjects.add(PEOPLE)
    fact = read_fact(
        {"attribute": "citizenships", "value": ["US"], "completeness": "at_least",
         "assurance": "A2", "method": "oidc", "issuer": "another", "verified_at": "2026-06-01T00:00:00Z"}
    )  # fmt: skip
    envelope = attest("alice", fact, deployment.idv)
    registry.facts.take_in(
        envelope.json() + b"\n" + line("alice", attribute="residence", value=["FR"]),
        deployment.operator,
        skip_bad=False,
    )
    nullifier = registry.backing.nullifier(account_credential(ISSUER, "s-1"))
    name = hashlib.sha256(envelope.payload).digest()
    registry.backing.attach([Source(name, nullifier, None)])
    sender = transmitter(named="account", sources=None)
    for who, fallen in (("alice", 0), ("s-1", 1)):
        found = replace(said(who=who, jti=who), transmitter=sender)
        assert fallen == registry.signals.take(found, 0.0)
    assert ["residence"] == standing(registry, "alice")


@pytest.mark.parametrize(("who", "fallen"), [("alice", 2), ("acme", 0), ("bob", 0)])
def test_a_transmitter_speaks_of_its_own_organisations_people(
    registry: Registry, who: str, fallen: int
) -> None:
    """Alice acts for Acme and Bob does not; that Bob is on the books, nobody is told."""
    sender = transmitter(organisations=["acme"])
    assert fallen == registry.signals.take(replace(said(who=who), transmitter=sender), 0.0)


@pytest.mark.parametrize("who", [None, "nobody", "alice"])
def test_what_bears_on_nothing_is_counted(registry: Registry, who: str | None) -> None:
    """Unknown events, unknown people: taken, counted, and nothing on record."""
    bearing = REVOKED if who != "alice" else Bearing("unknown:x")
    assert 0 == registry.signals.take(said(bearing, who), 0.0)
    [found] = registry.signals.heard()
    assert (1, 0, bearing.event) == (found.times, found.fallen, found.event)
    assert [] == recorded(registry, HEARD)


def test_signals_are_counted_and_forgotten(registry: Registry) -> None:
    """Numbers by transmitter and event; what is older than a SET may be is not kept."""
    for jti in ("a", "b"):
        registry.signals.take(said(jti=jti), 0.0)
    with registry.books.store.unit() as connection:
        old = registry.books.clock.now() - WINDOW * SECOND - 2 * DAY
        connection.execute(table.update().values(at=old))
    registry.signals.take(said(Bearing("verification"), None, "c"), 0.0)
    [found] = registry.signals.heard()
    assert {"transmitter": "idp", "event": "verification", "times": 1, "fallen": 0} == {
        key: value for key, value in found.plain().items() if key != "last"
    }


def test_times_and_falls_add_up(registry: Registry) -> None:
    """Two of a kind are one row."""
    for who in ("alice", "bob"):
        registry.signals.take(said(who=who, jti=who), 0.0)
    assert [(2, 3)] == [(item.times, item.fallen) for item in registry.signals.heard()]


def test_a_stream_that_stops_is_on_record(registry: Registry) -> None:
    """The last state that its transmitter told is shown."""
    for status in ("paused", "enabled"):
        registry.signals.take(
            said(Bearing("stream-updated", status=status), None, status),
            0.0,
        )
    assert {"idp": "enabled"} == registry.signals.streams()
    assert ["paused", "enabled"] == [row["status"] for row in recorded(registry, STREAM)]
