"""Who is told that what opens a model to them ends soon: whom it concerns, once, and as far as may be told."""

from typing import Any

import pytest

from tests.unit.desk.test_notices import EFFECTIVE, PORTAL, House, house, open_letter, rescission
from tests.worlds.signers import letter
from writ.clock import DAY, format_instant
from writ.desk.notice_texts import LANGUAGES
from writ.errors import Refused
from writ.model.subject import Subject
from writ.people.backing import Source
from writ.people.end_users import EndUser
from writ.people.keys import Wanted

SOON, LATER = EFFECTIVE + 20 * DAY, EFFECTIVE + 60 * DAY
__all__ = ["house"]


@pytest.fixture
def there(house: House) -> House:
    """The letter is in force and told of, and `worker`, a US citizen, has a key; until when, tests say."""
    house.registry.subjects.add([Subject("worker", "person"), Subject("visitor", "person")])
    house.registry.keys.create([Wanted("worker")])
    house.clock.instant = EFFECTIVE
    return house


def ending(there: House) -> list[tuple[Any, ...]]:
    """Whom notices tell of an end, and of which models."""
    return [(item["who"], item["models"]) for item in there.box() if item["audience"] == "renew"]


def test_whoever_is_open_until_soon_is_told_when_and_where(there: House) -> None:
    """By person, once; nobody whose access lasts longer, or who has none; sending again sends nothing."""
    there.enact(a=open_letter())
    there.know("worker", "citizenships", ["US"], whole=False, ends=SOON)
    there.know("visitor", "citizenships", ["US"], whole=False, ends=LATER)
    assert {"renew": 1} == there.told()["ending"]
    assert ({}, [("worker", ["fable-5"])]) == (there.told(), ending(there))
    [told] = [item for item in there.box() if item["audience"] == "renew"]
    assert ("ending", {"order": "us-bis", "version": 1}) == (told["phase"], told["order"])
    for language in LANGUAGES:
        body = told["texts"][language]["body"]
        assert (True, True) == (format_instant(SOON) in body, f"{PORTAL}/verify" in body)


def test_an_ending_is_told_once_and_another_again(there: House) -> None:
    """What was shown anew stands longer, and is told of in its own time; what it is covered by is not told."""
    there.enact(a=open_letter())
    there.know("worker", "citizenships", ["US"], whole=False, ends=SOON)
    there.told()
    there.know("worker", "permanent_residences", ["US"], whole=False, ends=LATER)
    there.clock.instant = SOON - DAY
    assert ({}, 1) == (there.told(), len(ending(there)))
    there.clock.instant = LATER - 9 * DAY
    assert {"ending": {"renew": 1}} == there.told()
    assert 0 == there.notices.send_endings(there.desk.current())


def test_a_sealed_order_tells_only_who_showed_something_for_that_model(there: House) -> None:
    """With the end of it, and nothing of the order; who was never asked learns nothing."""
    there.enact(a=open_letter("none"))
    there.know("visitor", "citizenships", ["US"], whole=False, ends=SOON)
    shown = there.know("worker", "citizenships", ["US"], whole=False, ends=SOON)
    assert "ending" not in there.told()
    there.registry.backing.attach([Source(shown, None, None, "fable-5")])
    assert {"ending": {"renew": 1}} == there.told()
    [told] = [item for item in there.box() if item["audience"] == "renew"]
    assert ("worker", False, False) == (told["who"], "order" in told, "phase" in told)
    assert (
        f"fable-5: what was shown for this account ends on {format_instant(SOON)}. Show it again"
        f" before, and nothing is interrupted.\n\nShow it at {PORTAL}/verify, which asks for your API"
        " key first." == told["texts"]["en"]["body"]
    )


def test_the_strictest_order_among_the_reasons_says_how_much_is_told(there: House) -> None:
    """Two orders that an end brings to bear, one of them sealed: what is told is as of that one."""
    there.enact(a=open_letter(), b=letter("eu"))
    there.know("worker", "citizenships", ["US"], whole=False, ends=SOON)
    assert "ending" not in there.told()


def test_whom_a_company_names_is_told_of_their_own_end_alone(there: House) -> None:
    """Not where it is the company's that ends; who asks for themselves and for it learns of both."""
    there.registry.end_users.add([EndUser("acme", name, name) for name in ("us", "visitor")])
    there.registry.subjects.add([Subject("clerk-2", "person", ("acme",))])
    there.enact(a=open_letter())
    there.know("clerk-2", "citizenships", ["US"], whole=False)
    there.know("acme", "incorporated_in", ["US"], whole=False, ends=SOON)
    assert [("clerk-2", ["fable-5"])] == sent(there)
    there.know("acme", "incorporated_in", ["US"], whole=False)
    there.know("visitor", "citizenships", ["US"], whole=False, ends=SOON)
    assert [("visitor", ["fable-5"])] == sent(there)[1:]


def test_a_company_is_told_of_its_own(there: House) -> None:
    """That it is certified for its users ends, and with it what it asks for when it names none."""
    certified = open_letter().replace(b"natural_person", b"certified_organisation")
    there.enact(a=certified)
    there.know("acme", "incorporated_in", ["US"], whole=False)
    there.know("acme", "users_certified", ["ear.us_person@1"], whole=False, ends=SOON)
    assert [("acme", ["fable-5"])] == sent(there)


def sent(there: House) -> list[tuple[Any, ...]]:
    """Send endings; return all that were told."""
    there.notices.send_endings(there.desk.current())
    return ending(there)


def test_what_is_scheduled_is_told_by_no_notice_ahead(there: House) -> None:
    """That an order ends by itself meanwhile is not looked at, nor one that comes."""
    there.enact(a=open_letter(), b=rescission())
    there.know("worker", "citizenships", ["US"], whole=False, ends=SOON)
    assert [("worker", ["fable-5"])] == sent(there)


def test_one_order_at_a_time_may_be_told_of(there: House) -> None:
    """A preview of another has none of it; before anything is in force there is nothing to tell."""
    with pytest.raises(Refused, match="nothing is in force yet"):
        there.notices.send_endings(there.desk.current())
    other = open_letter().replace(b"us-bis", b"eu").replace(b"[fable-5]", b"[mythos-5]")
    there.enact(a=open_letter(), b=other)
    there.know("worker", "citizenships", ["US"], whole=False, ends=SOON)
    for order in ("eu", "us-bis"):
        due: Any = there.notices.preview(there.desk.current(), order)
        assert [(order, {"renew": 1})] == [
            (item["order"], item["counts"]) for item in due["rounds"] if item["phase"] == "ending"
        ]
