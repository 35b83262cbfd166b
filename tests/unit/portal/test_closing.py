"""Whoever may use a model is told when that ends, and shows it again before: nothing is interrupted."""

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from tests.worlds.door import ADDRESS, Door, opened_door
from writ.clock import DAY, WallClock, format_instant
from writ.model.subject import Fact, Subject, Value
from writ.pages.words import LANGUAGES
from writ.people.methods import Finding, Grade, Proof, attested
from writ.people.reviews import Opinion, sign_opinion
from writ.people.statement import attest
from writ.portal.attempts import question_of
from writ.portal.counter import Standing
from writ.portal.words import words_in
from writ.signing.keys import KeyPair


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """One deployment for all of these."""
    with opened_door(tmp_path_factory.mktemp("closing")) as door:
        yield door


def know(door: Door, who: str, attribute: str, code: str, days: int) -> int:
    """Have `idv` vouch for something that ends in so many days; return when."""
    now = WallClock().now()
    ends = now + days * DAY + DAY // 2
    fact = Fact(attribute, (Value((code, "")),), "at_least", 3, "idv", "idv", now - DAY, ends)
    door.site.registry.facts.take_in(
        attest(who, fact, door.office.idv).json(), None, skip_bad=False
    )
    return ends


def status(door: Door, key: str, model: str) -> dict[str, Any]:
    """What a program is told."""
    headers = {"authorization": f"Bearer {key}"}
    found: dict[str, Any] = door.ask("GET", f"/status?model={model}", headers=headers).json()
    return found


def test_what_ends_soon_is_shown_again_before_it_does(door: Door) -> None:
    """From the status to the page to the form, with nobody refused; then it ends a year later."""
    key = door.key("bob")
    ends = know(door, "bob", "residence", "FR", 9)
    told = status(door, key, "saga-5")
    entered = door.enter(key)
    chosen = door.ask("GET", "/question").text
    page = door.ask("GET", "/question?model=saga-5").text
    form = door.form()
    door.post("/begin", method="declaration", question="0")
    done = door.ask("POST", "/with", data={"form": form, "choice": "0.0", "sworn": "yes"}).text
    after = status(door, key, "saga-5")

    assert {
        "model": "saga-5",
        "state": "done",
        "expires": format_instant(ends),
        "days": 9,
        "renew": f"{ADDRESS}/verify",
    } == told
    assert 303 == entered.status_code
    assert ("Soon to close" in chosen, 'question?model=saga-5"' in chosen) == (True, True)
    assert all(
        text in page for text in ("is open to this account", "days left: 9", "Say so yourself")
    )
    assert ("is open to this account" in done, "Say so yourself" in done) == (True, False)
    assert (364, False) == (after["days"], "renew" in after)


def test_what_ends_later_is_told_and_not_asked(door: Door) -> None:
    """When, and no link, while there is time."""
    know(door, "alice", "residence", "FR", 90)
    told = status(door, door.key("alice"), "saga-5")
    assert (90, False) == (told["days"], "renew" in told)


def test_a_sealed_order_tells_only_whom_it_asked(door: Door) -> None:
    """A citizen who was never asked learns nothing; who showed it here for that model learns when."""
    alice, bob = door.key("alice"), door.key("bob")
    asked = door.at_the_counter(
        "/standing", {"key": hashlib.sha256(bob.encode()).hexdigest(), "model": "fable-5"}
    )
    found = msgspec.json.decode(asked.content, type=Standing)
    know(door, "alice", "citizenships", "US", 9)
    now = WallClock().now()
    grade = Grade(4, 4, 4, 4, "eidas", "high")
    shown = Proof(
        "citizenships", (Value(("US", "")),), "at_least", grade, "a state", now, now + 9 * DAY
    )
    pair = KeyPair.load(door.site.config.method_key("review"))
    question = question_of("fable-5", found.questions[0])
    signed = attested(question, Finding((shown,), None), "review", pair)
    door.at_the_counter(
        "/found",
        {
            "key": hashlib.sha256(bob.encode()).hexdigest(),
            "model": "fable-5",
            "attested": [{"envelope": item.plain(), "revocation": None} for item in signed],
            "credential": None,
        },
    )

    assert {"model": "fable-5", "state": "done"} == status(door, alice, "fable-5")
    assert {"model": "mythos-5", "state": "done"} == status(door, bob, "mythos-5")
    told = status(door, bob, "fable-5")
    assert ("done", 8, f"{ADDRESS}/verify") == (told["state"], told["days"], told["renew"])


def test_a_paper_is_shown_for_a_model_too(door: Door) -> None:
    """Whose paper two people looked at, under a sealed order, learns when it ends."""
    registry, site = door.site.registry, door.site
    registry.subjects.add([Subject("cleo", "person")])
    key = door.key("cleo")
    claim = {"attribute": "citizenships", "value": ["US"], "completeness": "at_least"}
    whose = {"key": hashlib.sha256(key.encode()).hexdigest(), "model": "fable-5"}
    body = {**whose, "subject": "cleo", "document": "passport", "claimed": [claim]}
    first = door.at_the_counter("/papers", body).json()["id"]
    ends = WallClock().now() + 9 * DAY
    for by in ("rae", "sam"):
        said = Opinion(first, accept=True, reason="seen", seen="video", expires=ends)
        pair = KeyPair.load(door.office.folder / f"{by}.key")
        registry.reviews.give(sign_opinion(said, site.trust, pair))
    site.decided().settle(first)
    told = status(door, key, "fable-5")
    assert ("done", 8) == (told["state"], told["days"])
    assert "days" not in status(door, key, "mythos-5")


def test_the_page_says_so_in_every_language(door: Door) -> None:
    """Each has its own words for it."""
    know(door, "alice", "residence", "FR", 20)
    door.enter(door.key("alice"))
    ends = status(door, door.key("alice"), "saga-5")["expires"]
    for code in LANGUAGES:
        words = words_in(code)
        said = words("closes.on", date=words.date(ends), days="90")
        assert said in door.ask("GET", f"/question?model=saga-5&lang={code}").text
