"""What an account's holder is told of their own standing."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.worlds.fed import NOW, Office
from tests.worlds.june import BOOK
from writ.desk.inquiry import Inquiry
from writ.errors import Refused
from writ.law.compiled.book import Compiled
from writ.model.order import Hold, Lawbook
from writ.model.outcome import Outcome
from writ.people.keys import ApiKey
from writ.signing.invitation import question_named
from writ.store.people_tables import attestation


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A registry in a folder of the test's."""
    made = Office(tmp_path)
    yield made
    made.store.close()


def asked(office: Office, book: Lawbook | None = BOOK) -> Inquiry:
    """An inquiry under a law."""
    return Inquiry(lambda: book, office.roll, office.clock, "gateway-1")


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
    open_book = replace(BOOK, versions=tuple(replace(v, disclosure="full") for v in BOOK.versions))
    held = replace(open_book, holds=(Hold("fable-5", "ben", NOW - 1),))
    alice = key(office, "alice")
    told = asked(office, open_book).standing(alice, "fable-5").told
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
