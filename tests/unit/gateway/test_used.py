"""A word about an end user is good for one request."""

import time
from math import ceil

from tests.worlds.control import citizen
from tests.worlds.gateway import ACME, Gateway, World
from writ.clock import wall
from writ.gateway.used import Used
from writ.signing.end_user import SKEW, sign_end_user

ACME_NAME, OTHER = bytes(16), bytes(15) + b"1"
SPAN = (100, 405)


def test_a_word_is_good_once() -> None:
    """Of one organisation; the same `jti` of another is another word."""
    used = Used()
    assert used.take(ACME_NAME, "a" * 16, SPAN, 100)
    assert not used.take(ACME_NAME, "a" * 16, SPAN, 404.9)
    assert used.take(OTHER, "a" * 16, SPAN, 100)
    assert used.take(ACME_NAME, "b" * 16, SPAN, 100)


def test_what_can_be_shown_no_more_is_forgotten() -> None:
    """Not a second earlier; and a clock that is set back brings nothing back."""
    used = Used()
    assert used.take(ACME_NAME, "a" * 16, SPAN, 100)
    assert used.take(ACME_NAME, "b" * 16, (100, 406), 404)
    assert 2 == len(used)
    assert used.take(ACME_NAME, "c" * 16, (405, 710), 405)
    assert 2 == len(used)
    assert not used.take(ACME_NAME, "a" * 16, SPAN, 104)


def test_where_there_is_no_room_the_next_word_is_refused() -> None:
    """One organisation uses up its own room only; nothing is forgotten early to make some."""
    used = Used(most=3, most_each=2)
    taken = [used.take(ACME_NAME, letter * 16, SPAN, 100) for letter in "abc"]
    assert [True, True, False] == taken
    assert used.take(OTHER, "a" * 16, SPAN, 100)
    assert not used.take(OTHER, "b" * 16, SPAN, 100)
    assert not used.take(ACME_NAME, "a" * 16, SPAN, 100)
    assert used.take(ACME_NAME, "c" * 16, (405, 710), 405)


def test_what_an_earlier_process_may_have_taken_is_refused() -> None:
    """What was issued before this one began, by a clock 5 s ahead too, may have been used."""
    used = Used(since=94.5)
    assert not used.take(ACME_NAME, "a" * 16, (99, 405), 95)
    assert used.take(ACME_NAME, "b" * 16, SPAN, 95)


def test_a_word_that_was_replayed_leaves_the_link_open(world: World) -> None:
    """A citizen is served by one word once, also while the first answer is under way."""
    world.enact()
    world.control.name("acme", "u-us", citizen("ann", "US"))
    word = sign_end_user("u-us", ACME.text, world.control.issuer, wall())
    answers = [world.chat(ACME, fields=f"X-Writ-End-User: {word}\r\n") for _ in range(2)]
    assert [200, 403] == [answer.status for answer in answers]
    assert 1 == world.metric("writ_gateway_words_used")
    again = sign_end_user("u-us", ACME.text, world.control.issuer, wall())
    assert 200 == world.chat(ACME, fields=f"X-Writ-End-User: {again}\r\n").status


def test_a_restart_brings_no_word_back(world: World) -> None:
    """A gateway that began anew takes words only that nobody can have used before it."""
    world.enact()
    world.control.name("acme", "u-us", citizen("ann", "US"))
    ahead, early = (
        sign_end_user("u-us", ACME.text, world.control.issuer, wall() + 4) for _ in range(2)
    )
    assert 200 == world.chat(ACME, fields=f"X-Writ-End-User: {ahead}\r\n").status
    world.gateway.close()
    world.control.hang_up()
    world.gateway = Gateway(world.control.config)
    world.control.await_gateway()
    began = ceil(wall())
    statuses = [
        world.chat(ACME, fields=f"X-Writ-End-User: {text}\r\n").status for text in (ahead, early)
    ]
    assert [403, 403] == statuses
    time.sleep(max(0.0, began + 0.1 - wall()))
    later = sign_end_user("u-us", ACME.text, world.control.issuer, began + SKEW)
    assert 200 == world.chat(ACME, fields=f"X-Writ-End-User: {later}\r\n").status


def test_a_word_is_not_used_up_where_nothing_can_be_decided(world: World) -> None:
    """A client that is told to try again shortly may do so with the same word."""
    world.control.leasing = False
    world.enact()
    world.control.name("acme", "u-us", citizen("ann", "US"))
    word = sign_end_user("u-us", ACME.text, world.control.issuer, wall())
    assert 503 == world.chat(ACME, fields=f"X-Writ-End-User: {word}\r\n").status
    world.control.renew()
    assert 200 == world.chat(ACME, fields=f"X-Writ-End-User: {word}\r\n").status
