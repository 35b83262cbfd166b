"""What an account's holder is told of their own standing."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.worlds.fed import NOW, Office
from tests.worlds.june import BOOK, US_PERSON
from writ.clock import DAY, parse_instant
from writ.desk.inquiry import Inquiry
from writ.desk.renewal import _later
from writ.errors import Refused
from writ.law.compiled.book import Compiled
from writ.law.compiled.decide import outcome_of
from writ.model.order import Hold, Lawbook
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Fact, Subject, Value
from writ.people.keys import ApiKey
from writ.signing.invitation import question_named
from writ.store.people_tables import attestation


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A registry in a folder of the test's."""
    made = Office(tmp_path)
    yield made
    made.store.close()


VERIFIED = parse_instant("2026-06-01T00:00:00Z")
OPEN = replace(BOOK, versions=tuple(replace(v, disclosure="full") for v in BOOK.versions))
"""The letters, told of."""


def asked(
    office: Office, book: Lawbook | None = BOOK, shown: tuple[str, str] = ("", "")
) -> Inquiry:
    """An inquiry under a law; `shown` is what somebody showed something for."""
    return Inquiry(
        lambda: book, office.roll, office.clock, "gateway-1", lambda *asked: asked == shown
    )


def key(office: Office, requester: str, organisation: str | None = None) -> ApiKey:
    """A key of somebody's."""
    digest = office.key(requester, organisation)
    [made] = [key for key in office.registry.keys.all() if key.digest == digest]
    return made


def test_somebody_unknown_is_asked_what_would_settle_it(office: Office) -> None:
    """The question is about the requester, in the definition's order, and tells no order."""
    found = asked(office).standing(key(office, "alice"), "fable-5")
    [question] = found.questions

    assert (Outcome.VERIFY, False, False) == (found.outcome, found.others, found.held)
    assert ("alice", "person", "requester", "fable-5") == (
        question.subject,
        question.kind,
        question.link,
        question.model,
    )
    assert ("citizenships", (("US", ""),), 2) == (
        question.wanted[0].attribute,
        question.wanted[0].values,
        question.wanted[0].assurance,
    )
    assert ("none", ()) == (found.told.disclosure, found.told.orders)


def test_what_others_would_have_to_show_is_not_asked_here(office: Office) -> None:
    """A service key that names nobody is settled by naming somebody: no question to its holder."""
    office.show("acme", "incorporated_in", "US")
    found = asked(office).standing(key(office, "bot"), "fable-5")

    assert (Outcome.VERIFY, (), True) == (found.outcome, found.questions, found.others)


def test_a_company_is_asked_for_its_own_standing(office: Office) -> None:
    """The organisation a key acts for is a link of its own."""
    found = asked(office).standing(key(office, "bot"), "fable-5")

    assert [("acme", "organisation", "organisation")] == [
        (item.subject, item.kind, item.link) for item in found.questions
    ]


def test_full_disclosure_names_orders_and_a_hold_is_told(office: Office) -> None:
    """Order, version and title under `full`; a hold stops everybody, and nothing would settle it."""
    held = replace(OPEN, holds=(Hold("fable-5", "ben", NOW - 1),))
    alice = key(office, "alice")
    told = asked(office, OPEN).standing(alice, "fable-5").told
    stopped = asked(office, held).standing(alice, "fable-5")

    assert ("full", ["us-bis-2026-06-12"]) == (told.disclosure, [o.order for o in told.orders])
    assert (Outcome.DENY, True, ()) == (stopped.outcome, stopped.held, stopped.questions)


def test_models_that_a_key_may_not_use_are_listed(office: Office) -> None:
    """Those, and no others; once a passport is shown, none."""
    alice, inquiry = key(office, "alice"), asked(office)
    before = inquiry.wanting(alice)
    office.show("alice", "citizenships", "US")

    assert ("fable-5", "mythos-5") == before
    assert () == inquiry.wanting(alice)


def test_an_invitation_finds_its_model_under_the_rules_of_now(office: Office) -> None:
    """A question under other rules is nobody's."""
    inquiry, compiled = asked(office), Compiled(BOOK)
    digest = compiled.digest(compiled.segment_at(NOW))

    assert "mythos-5" == inquiry.model_named(question_named("mythos-5", digest))
    assert None is inquiry.model_named(question_named("mythos-5", "sha256:other"))


def test_what_cannot_be_asked_is_refused(office: Office) -> None:
    """No law, no such model, and facts that do not prove right."""
    alice = key(office, "alice")
    with pytest.raises(Refused, match="nothing is in force yet"):
        asked(office, None).wanting(alice)
    with pytest.raises(Refused, match="no such model"):
        asked(office).standing(alice, "gpt")
    office.show("alice", "citizenships", "US")
    with office.store.unit() as connection:
        connection.execute(attestation.update().values(envelope=b"{}"))
    with pytest.raises(Refused, match="cannot be read"):
        asked(office).standing(alice, "fable-5")


def test_a_model_that_closes_soon_asks_while_it_is_open(office: Office) -> None:
    """When, in how many days, and what would keep it open: what would have been asked."""
    alice = key(office, "alice")
    unknown = asked(office, OPEN).standing(alice, "fable-5")
    office.show("alice", "citizenships", "US", ends=NOW + 20 * DAY + 1)
    found = asked(office, OPEN).standing(alice, "fable-5")

    assert (Outcome.PERMIT, NOW + 20 * DAY + 1, 20) == (found.outcome, found.closes, found.days)
    assert unknown.questions == found.questions
    assert {"fable-5": found.closes, "mythos-5": found.closes} == asked(office, OPEN).closing(alice)


def test_one_that_closes_later_is_told_and_asks_nothing(office: Office) -> None:
    """Here by age: what was verified on the first of June counts for a year, whatever is scheduled."""
    alice = key(office, "alice")
    office.show("alice", "citizenships", "US")
    found = asked(office, OPEN).standing(alice, "fable-5")

    assert (VERIFIED + 365 * DAY, ()) == (found.closes, found.questions)
    assert {} == asked(office, OPEN).closing(alice)


def test_what_stands_beside_it_keeps_a_model_open(office: Office) -> None:
    """It closes with the last that suffices, and not with the first that ends."""
    alice = key(office, "alice")
    office.show("alice", "citizenships", "US", ends=NOW + 5 * DAY)
    office.show("alice", "permanent_residences", "US", ends=NOW + 9 * DAY)

    assert NOW + 9 * DAY == asked(office, OPEN).standing(alice, "fable-5").closes


def test_an_open_model_that_rests_on_nothing_does_not_close(office: Office) -> None:
    """No rule speaks of it, whatever ends."""
    alice = key(office, "alice")
    office.show("alice", "citizenships", "US", ends=NOW + 5 * DAY)
    found = asked(office, OPEN).standing(alice, "opus-4-8")

    assert (Outcome.PERMIT, None, ()) == (found.outcome, found.closes, found.questions)


def test_where_nothing_may_be_told_only_who_was_asked_is_told(office: Office) -> None:
    """A sealed order's end of access is told to whom showed something for that very model."""
    alice = key(office, "alice")
    office.show("alice", "citizenships", "US", ends=NOW + 5 * DAY)
    sealed = asked(office).standing(alice, "fable-5")
    other = asked(office, shown=("alice", "mythos-5"))

    assert (Outcome.PERMIT, None, ()) == (sealed.outcome, sealed.closes, sealed.questions)
    assert None is other.standing(alice, "fable-5").closes
    assert NOW + 5 * DAY == other.standing(alice, "mythos-5").closes
    assert {"mythos-5": NOW + 5 * DAY} == other.closing(alice)


def test_a_company_is_told_of_its_own(office: Office) -> None:
    """What the organisation showed, to a holder who speaks for it; the others name nobody."""
    office.show("acme", "incorporated_in", "US", ends=NOW + 5 * DAY)
    office.show("acme", "users_certified", US_PERSON.name)
    bot = key(office, "bot")
    rules = tuple(
        replace(rule, standing="certified_organisation") for rule in OPEN.versions[0].rules
    )
    book = replace(OPEN, versions=(replace(OPEN.versions[0], rules=rules), *OPEN.versions[1:]))
    found = asked(office, book, ("acme", "fable-5")).standing(bot, "fable-5")

    assert (Outcome.PERMIT, NOW + 5 * DAY) == (found.outcome, found.closes)
    assert ["acme"] == [item.subject for item in found.questions]


def test_what_will_be_known_is_what_is_known_by_then(office: Office) -> None:
    """Looked at as so much older, facts count as they will: ended, too old, no longer so."""
    compiled = Compiled(replace(OPEN, versions=OPEN.versions[:1]))
    values = (Value(("US", ""), VERIFIED - DAY, NOW + 50 * DAY),)
    about = Fact("citizenships", values, "at_least", 2, "passport", "idv", VERIFIED)
    facts = (
        replace(about, expires_at=NOW + 10 * DAY),
        replace(about, attribute="permanent_residences"),
        replace(about, attribute="protection", values=(Value(("refugee", "US")),)),
    )
    for some in (facts[:1], facts[1:2], facts[2:], facts):
        chain = Chain(Subject("alice", "person", (), some))
        for days in range(0, 400, 5):
            at, later = NOW + days * DAY, _later(chain, days * DAY)
            told = outcome_of(compiled, later, "fable-5", NOW)
            assert outcome_of(compiled, chain, "fable-5", at) == told
