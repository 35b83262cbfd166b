"""What receivers of signals are told about people's access, and what stays here."""

import pytest

from tests.unit.desk.test_notices import (
    EFFECTIVE,
    LATER,
    WORLD,
    House,
    house,
    open_letter,
    rescission,
)
from tests.worlds.signers import letter
from writ.clock import DAY
from writ.desk.access import TOLD, Accesses, phase
from writ.model.subject import Subject
from writ.people.forgetting import Forgetting
from writ.people.signals.receivers import Receiver
from writ.store.events import read_events, read_payload
from writ.store.signal_tables import telling
from writ.store.tellings import count_tellings

__all__ = ["house"]
EVERYBODY = Receiver("idp", "https://idp", "https://idp/push", "opaque", "", None, frozenset())
ACME = Receiver("acme", "https://a", "https://a/push", "opaque", "", None, frozenset({"acme"}))


def tell(house: House, *receivers: Receiver) -> list[tuple[str, str, str, str]]:
    """Tell what is due; return receiver, person, access and models of the new rows."""
    accesses = Accesses(house.desk.store, house.registry, house.clock)
    with house.desk.store.view() as connection:
        before = sum(count_tellings(connection).values())
    book = house.desk.current().law().book
    count = accesses.tell(book, receivers or (EVERYBODY,))
    with house.desk.store.view() as connection:
        query = telling.select().where(telling.c.seq > before).order_by(telling.c.seq)
        rows = [(r.receiver, r.subject, r.access, r.models) for r in connection.execute(query)]
    assert len(rows) == count
    return rows


def test_who_loses_and_regains_access_is_told(house: House) -> None:
    """Nothing before the order takes effect; barred and asked look the same; each thing once."""
    house.enact(a=open_letter(), b=rescission())
    assert [] == tell(house)
    house.clock.instant = EFFECTIVE
    people = ["clerk", "foreign", "unknown"]
    assert [("idp", name, "closed", "fable-5") for name in people] == tell(house)
    assert [] == tell(house)
    house.clock.instant = LATER
    assert [("idp", name, "open", "fable-5") for name in people] == tell(house)
    assert [] == tell(house)


def test_who_shows_proof_is_told_to_be_open(house: House) -> None:
    """Access returns with a fact, as it does with the end of the order."""
    house.registry.subjects.add([Subject("new", "person")])
    house.enact(a=open_letter())
    house.clock.instant = EFFECTIVE
    tell(house)
    house.know("new", "citizenships", ["US"], whole=False)
    assert [("idp", "new", "open", "fable-5")] == tell(house)


@pytest.mark.parametrize("disclosure", ["none", "existence"])
def test_a_sealed_order_tells_nothing(house: House, disclosure: str) -> None:
    """Under `none` neither its effect nor its end leaves; from `existence` up both do."""
    house.enact(a=open_letter(disclosure), b=rescission(disclosure))
    said = []
    for instant in (EFFECTIVE, LATER):
        house.clock.instant = instant
        said.append(len(tell(house)))
    assert {"none": [0, 0], "existence": [3, 3]}[disclosure] == said


def test_what_a_sealed_order_still_closes_is_not_said_to_be_open(house: House) -> None:
    """An open order ends while a sealed one stands: nothing is told, until that one ends too."""
    sealed = letter("sealed").replace(b"clauses:", b"disclosure: none\nclauses:", 1)
    house.enact(a=open_letter(), z=sealed)
    house.clock.instant = EFFECTIVE
    assert 3 == len(tell(house))
    WORLD.enact(house.desk, {"a.yaml": None})
    assert [] == tell(house)
    WORLD.enact(house.desk, {"z.yaml": None})
    assert ["open"] * 3 == [access for _, _, access, _ in tell(house)]


def test_a_receiver_hears_of_its_own_people(house: House) -> None:
    """Acme's is told of who acts for Acme, and of nobody else."""
    house.enact(a=open_letter())
    house.clock.instant = EFFECTIVE
    assert [("acme", "unknown")] == [row[:2] for row in tell(house, ACME)]
    assert 3 == len(tell(house, EVERYBODY, ACME))


def test_rounds_are_on_record_in_numbers(house: House) -> None:
    """How many were closed and opened, to whom it was told, and nobody's name."""
    house.enact(a=open_letter())
    house.clock.instant = EFFECTIVE
    tell(house)
    with house.desk.store.view() as connection:
        [row] = [read_payload(item) for item in read_events(connection, kinds=(TOLD,))]
    assert {"at": EFFECTIVE, "receiver": "idp", "closed": 3} == row


def test_who_is_forgotten_is_told_of_no_more(house: House) -> None:
    """What waits about somebody goes with them."""
    house.enact(a=open_letter())
    house.clock.instant = EFFECTIVE + DAY
    tell(house)
    forgetting = Forgetting(house.registry)
    forgetting.take_back("foreign")
    forgetting.erase("foreign")
    with house.desk.store.view() as connection:
        left = {row.subject for row in connection.execute(telling.select())}
    assert {"clerk", "unknown"} == left


def test_an_amendment_with_the_same_rules_names_is_another_effect(house: House) -> None:
    """Everybody is judged anew when a version takes another's place, though no epoch does."""
    amended = open_letter(version="version: 2").replace(
        b"effective: 2026-06-12", b"effective: 2026-06-14"
    )
    house.enact(a=open_letter(), b=amended)
    book = house.desk.current().law().book
    found = [phase(book, EFFECTIVE + at * DAY) for at in (-1, 0, 1, 3)]
    assert [0, 1, 1, 2] == found
