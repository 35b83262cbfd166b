"""What a word says besides a name: served by it, refused in the same bytes, and soon forgotten."""

import hashlib
from collections.abc import Sequence

import pytest

from tests.unit.gateway.test_end_users import asserted
from tests.worlds.control import Key, citizen, company
from tests.worlds.gateway import ACME, CHAT, Answer, World, chat, post
from writ.canonical import Plain
from writ.clock import wall
from writ.gateway import assessing as module
from writ.signing.end_user import sign_end_user
from writ.signing.keys import KeyPair

US_FACT: dict[str, Plain] = {
    "attribute": "citizenships",
    "value": ["US"],
    "completeness": "at_least",
}
FR_FACT: dict[str, Plain] = {**US_FACT, "value": ["FR"], "completeness": "exhaustive"}


def word(  # noqa: PLR0913  what a word may say
    world: World,
    *facts: Plain,
    sub: str | None = "u-1",
    age: float = 0,
    eligible: Sequence[str] = (),
    pair: KeyPair | None = None,
    key: str = ACME.text,
) -> str:
    """Sign for an end user of acme, whom nobody registered, unless told otherwise."""
    pair = pair or world.control.issuer
    return sign_end_user(sub, key, pair, wall() - age, facts=facts, eligible=eligible)


def request(text: str, *, script: str = "") -> bytes:
    """Return a request with a word as bytes; a stream where it is held."""
    fields = f"X-Writ-End-User: {text}\r\n"
    return post(CHAT, chat(stream=bool(script)), ACME, fields=fields, script=script)


def asked(world: World, text: str, key: Key = ACME) -> Answer:
    """Ask with a word."""
    return world.chat(key, fields=f"X-Writ-End-User: {text}\r\n")


def test_facts_in_a_word_serve_whom_it_names(world: World) -> None:
    """At the assurance that is registered; somebody shown to be somebody else is not served."""
    world.enact()
    assert 403 == asked(world, word(world)).status
    assert 200 == asked(world, word(world, US_FACT)).status
    assert 403 == asked(world, word(world, FR_FACT)).status


def test_a_word_counts_for_no_more_than_is_registered(world: World) -> None:
    """Facts that are believed for A1 serve nobody where the rule asks for A2; they bar, though."""
    world.control.assurance = 1
    world.enact()
    assert 403 == asked(world, word(world, US_FACT)).status


def test_what_is_said_counts_for_that_request(world: World) -> None:
    """The next word for the same person says nothing, and nothing is what is known."""
    world.enact()
    assert [200, 403] == [asked(world, text).status for text in (word(world, US_FACT), word(world))]


def test_the_books_go_first(world: World) -> None:
    """Somebody known to be French and nothing else does not become American by a word."""
    world.control.name("acme", "u-fr", citizen("eva", "FR"))
    world.enact()
    assert 403 == asked(world, word(world, US_FACT, sub="u-fr")).status
    world.control.name("acme", "u-us", citizen("ann", "US"))
    assert 200 == asked(world, word(world, FR_FACT, sub="u-us")).status


def test_a_word_that_somebody_is_eligible_serves_where_the_rule_takes_it(world: World) -> None:
    """It certifies the organisation's users for once: for the rule's own definition, or nothing."""
    only, us = {"only": "ear.us_person@1"}, ["ear.us_person@1"]
    world.enact(standing="certified_organisation", **only)
    assert 403 == world.chat(ACME).status
    assert 200 == asked(world, word(world, sub=None, eligible=us)).status
    assert 403 == asked(world, word(world, sub=None, eligible=["ear.foreign_person@1"])).status
    assert 403 == world.chat(ACME).status
    world.enact(standing="natural_person", **only)
    assert 403 == asked(world, word(world, sub=None, eligible=us)).status


def test_a_word_that_names_nobody_is_none_for_a_person(world: World) -> None:
    """Who comes by a key of their own is the user; nobody is eligible in their place."""
    key = Key("wk_max", "max", "person", "acme")
    world.control.enrol(key, citizen("max", "FR"))
    world.enact(standing="certified_organisation", only="ear.us_person@1")
    text = word(world, sub=None, eligible=["ear.us_person@1"], key=key.text)
    assert 403 == asked(world, text, key).status


def test_whatever_is_wrong_with_a_word_is_the_same_bytes(world: World) -> None:
    """Unknown attributes, values and definitions, others' employees, other keys, late and early."""
    world.enact(disclosure="full")
    used = word(world, US_FACT)
    asserted(world, used)
    world.upstream.seen.clear()
    deep: Plain = "US"
    for _ in range(20):
        deep = [deep]
    works: Plain = {"organisation": "other", "relation": "employee"}
    wrong = [
        word(world, FR_FACT),
        word(world, {**US_FACT, "attribute": "citizenship"}),
        word(world, {**US_FACT, "attribute": "programmes", "value": ["defenders"]}),
        word(world, {**US_FACT, "value": ["USA"]}),
        word(world, {**US_FACT, "value": [7]}),
        word(world, {**US_FACT, "value": [deep]}),
        word(world, {**US_FACT, "completeness": "all"}),
        word(world, {**US_FACT, "assurance": "A4"}),
        word(world, {**US_FACT, "expires_at": "2020-01-01T00:00:00Z"}),
        word(world, US_FACT, {**US_FACT, "value": ["FR"]}),
        word(world, {**US_FACT, "value": ["US"] * 17}),
        word(world, {**US_FACT, "value": ["U" * 5000]}),
        word(world, {**US_FACT, "attribute": "employer", "value": [works]}),
        word(world, sub=None, eligible=["ear.us_person@99"]),
        word(world, US_FACT, age=400),
        word(world, US_FACT, age=-60),
        word(world, US_FACT, pair=KeyPair.generate()),
        word(world, US_FACT, key="wk_us"),
        used,
    ]
    answers = {asserted(world, text) for text in wrong}
    assert 1 == len(answers)
    assert next(iter(answers)).startswith(b"HTTP/1.1 403 ")
    assert [] == world.upstream.seen


def test_what_was_said_before_is_not_asked_again(world: World) -> None:
    """Within a minute, of the same person and by the same key; never for an earlier word."""
    world.enact()
    for text in (word(world, US_FACT), word(world, US_FACT), word(world, US_FACT, sub="u-2")):
        assert 200 == asked(world, text).status
    assert 2 == world.control.asked == world.metric("writ_gateway_words_asked_total")
    assert 200 == asked(world, word(world, US_FACT, age=9)).status
    assert 3 == world.control.asked


def test_a_change_of_what_it_was_judged_by_is_asked_about(world: World) -> None:
    """The organisation's facts, the person's, another epoch."""
    world.enact()
    assert 200 == asked(world, word(world, US_FACT)).status
    world.control.know(company("acme", "FR"))
    assert 451 == asked(world, word(world, US_FACT)).status
    world.control.know(company("acme", "US"))
    world.control.name("acme", "u-1", citizen("eva", "FR"))
    assert 403 == asked(world, word(world, US_FACT)).status
    world.enact(only="{person: {citizen_of: [FR]}, organisation: {incorporated_in: [US]}}")
    assert 200 == asked(world, word(world, US_FACT)).status
    assert 4 == world.control.asked


def test_the_least_used_is_let_go(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is room for so many, and no more."""
    monkeypatch.setattr(module, "MOST_KEPT", 2)
    world.enact()
    for sub in ("u-1", "u-2", "u-1", "u-3", "u-1", "u-2"):
        assert 200 == asked(world, word(world, US_FACT, sub=sub)).status
    assert 4 == world.control.asked


def test_who_is_not_answered_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """In time; few are asked about at once; a lost connection answers nobody."""
    monkeypatch.setattr(module, "PATIENCE", 0.2)
    monkeypatch.setattr(module, "MOST_OPEN_EACH", 1)
    world.enact()
    world.control.answering = False
    wires = [world.open() for _ in range(2)]
    for wire in wires:
        wire.send(request(word(world, US_FACT)))
    assert [403, 403] == [wire.answer().status for wire in wires]
    assert 1 == world.control.asked
    monkeypatch.setattr(module, "PATIENCE", 60)
    wires[0].send(request(word(world, US_FACT)))
    world.await_metric("writ_gateway_words_asked_total", 2)
    world.control.hang_up()
    assert 403 == wires[0].answer().status
    for wire in wires:
        wire.close()


def test_who_hangs_up_is_not_waited_for(world: World) -> None:
    """An answer for somebody gone goes nowhere, and others are served."""
    world.enact()
    world.control.answering = False
    wire = world.open()
    wire.send(request(word(world, US_FACT)))
    world.await_metric("writ_gateway_words_asked_total", 1)
    wire.close()
    world.control.answering = True
    assert 200 == asked(world, word(world, US_FACT)).status


def test_receipts_have_the_word_by_its_digest(world: World) -> None:
    """A permit names it among its evidence; what it says is nowhere on disk."""
    world.enact()
    text = word(world, US_FACT)
    assert 200 == asked(world, text).status
    permit = world.await_receipt("permit")
    assert hashlib.sha256(text.encode()).hexdigest() in str(permit["evidence"])
    folder = world.control.folder
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"citizenships" not in kept
    assert text.encode() not in kept
