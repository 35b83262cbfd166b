"""People show documents to vendors, through the portal, over a real deployment."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
import structlog

from tests.worlds.idv import GREEN_CARD, PERSONAL, US_PASSPORT, Sitting
from tests.worlds.vendor_door import VendorDoor, vendor_door
from writ.clock import wall
from writ.errors import Failed, WritError
from writ.model.config import read_config
from writ.model.subject import Subject
from writ.portal.server import _have_forgotten, ways_of


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VendorDoor]:
    """One deployment and one house for all of these."""
    with vendor_door(tmp_path_factory.mktemp("vendors")) as opened:
        yield opened


@pytest.fixture
def at(shared: VendorDoor) -> VendorDoor:
    """The shared door, to a browser that was never here; nobody has tried too often."""
    app = shared.portal("https://verify.example.org")
    return replace(shared, door=replace(shared.door, cookies={}, app=app))


def begin(at: VendorDoor, who: str, door: str = "persona") -> str:
    """Show a key, choose a vendor; return the key."""
    key = at.door.key(who)
    at.door.enter(key)
    at.door.ask("GET", "/question?model=fable-5")
    page = at.door.post("/begin", method=door, question="0")
    assert 200 == page.status_code, page.text
    assert f'href="{at.house.address}/verify?code={at.house.last.id}"' in page.text
    return key


def back(at: VendorDoor, sitting: Sitting) -> httpx2.Response:
    """Let the vendor send this browser back, and follow."""
    split = urlsplit(sitting.back)
    led = at.door.ask("GET", f"{split.path.removeprefix('/verify')}?{split.query}&status=completed")
    if led.status_code != 303:
        return led
    return at.door.ask("GET", led.headers["location"].removeprefix("/verify"))


def state(at: VendorDoor, key: str) -> str:
    """Ask how the account stands."""
    answer = at.door.ask(
        "GET", "/status?model=fable-5", headers={"authorization": f"Bearer {key}"}
    ).json()
    return str(answer["state"])


def tell(at: VendorDoor, event: Any, door: str = "persona") -> httpx2.Response:
    """Deliver a notice."""
    headers, body = event
    return at.door.ask("POST", f"/notices/{door}", headers=headers, content=body)


def test_a_green_card_opens_the_model(at: VendorDoor) -> None:
    """Alice goes to Persona and comes back; the model is hers with the same key."""
    key = begin(at, "alice")
    before = state(at, key)
    waiting = back(at, at.house.last)
    told = tell(at, at.house.persona_event(at.house.show("approved", GREEN_CARD), wall()))
    done = at.door.ask("GET", "/with/look")

    assert ("open", 200, True) == (before, waiting.status_code, "not decided yet" in waiting.text)
    assert (204, b"", "no-store") == (told.status_code, told.content, told.headers["cache-control"])
    assert ("done", True) == (state(at, key), "fable-5 is open to this account" in done.text)


def test_what_is_found_counts_as_far_as_it_goes(at: VendorDoor) -> None:
    """A French passport shows that somebody is French, and more is asked."""
    key = begin(at, "bob", "veriff")
    french = {"nationality": "FR", "country-code": "FR", "identification-number": "F1"}
    at.house.show("approved", US_PASSPORT | french)
    more = back(at, at.house.last)

    assert ("open", True) == (state(at, key), "Not enough yet" in more.text)
    [attestation] = at.door.site.registry.facts.carried("bob")
    fact = attestation.fact
    assert ("citizenships", 2, "veriff") == (fact.attribute, fact.assurance, fact.method)
    assert ("at_least", (("FR", ""),)) == (
        fact.completeness,
        tuple(value.parts for value in fact.values),
    )


def test_whoever_was_sent_the_link_unlocks_a_strangers_account(at: VendorDoor) -> None:
    """His browser reads so, and shows the code without which nothing is found."""
    begin(at, "bob")
    at.house.show("approved", US_PASSPORT | {"identification-number": "F2"})
    his = replace(at, door=replace(at.door, cookies={}))
    warned = back(his, at.house.last)
    form = re.search(r'name="form" value="([^"]+)"', at.door.ask("GET", "/with/look").text)
    assert form
    fields = {"form": form[1], "code": "0000 000x"}
    guessed = at.door.ask("POST", "/with/return", data=fields)

    assert (200, True) == (warned.status_code, "Whose account is it?" in warned.text)
    assert re.search(r"<strong>\d{4} \d{4}</strong>", warned.text)
    assert (422, True) == (guessed.status_code, "that is not the code" in guessed.text)
    assert "Continue to Persona" in guessed.text


def test_a_document_that_was_shown_before_backs_nobody_else(at: VendorDoor) -> None:
    """The same number by another vendor, for another account: people decide first."""
    begin(at, "bob", "veriff")
    card = GREEN_CARD | {"id-class": "pp", "nationality": "US"}
    at.house.show("approved", card)
    said = back(at, at.house.last)
    assert (403, True) == (said.status_code, "backs another account already" in said.text)


def test_what_is_turned_down_is_said_plainly(at: VendorDoor) -> None:
    """With what to do, and then the attempt is over."""
    begin(at, "zoe")
    at.house.show("declined", US_PASSPORT)
    said = back(at, at.house.last)
    again = at.door.ask("GET", "/with/look")
    assert (403, True) == (said.status_code, "Persona did not accept what was shown" in said.text)
    assert (403, True) == (again.status_code, "begin again" in again.text)


def test_another_picture_is_asked_for(at: VendorDoor) -> None:
    """The page leads to the vendor again."""
    begin(at, "zoe", "veriff")
    at.house.show("resubmission_requested", US_PASSPORT)
    page = back(at, at.house.last).text
    assert "Veriff asks for another picture" in page
    assert f"/verify?code={at.house.last.id}" in page


def test_notices_are_signed_or_refused(at: VendorDoor) -> None:
    """As JSON, to a method that takes them, within a budget; whoever guesses has to wait."""
    begin(at, "zoe")
    sitting = at.house.show("pending")
    headers, body = at.house.persona_event(sitting, wall(), secret=b"guessed-secret")
    wrong = tell(at, (headers, body))
    assert (403, "application/json") == (wrong.status_code, wrong.headers["content-type"])
    assert "not signed with the secret" in wrong.json()["error_description"]
    for door in ("wallet", "nobody"):
        assert 403 == tell(at, (headers, body), door).status_code
    assert 422 == tell(at, (headers, b"x" * 1_048_577)).status_code
    codes = {tell(at, (headers, body)).status_code for _ in range(130)}
    assert {403, 429} == codes
    good = at.house.persona_event(sitting, wall())
    assert 204 == tell(at, good).status_code


def test_the_portal_is_made_of_its_files(at: VendorDoor) -> None:
    """Vendors are offered where their access and their keys are, and take notices."""
    config = read_config(at.door.office.config)
    ways = ways_of(config)
    assert {"persona", "veriff"} == set(ways.notified)
    config.method_key("veriff").rename(at.door.office.folder / "aside.key")
    try:
        assert {"persona"} == set(ways_of(config).notified)
    finally:
        (at.door.office.folder / "aside.key").rename(config.method_key("veriff"))


def test_nothing_of_the_evidence_is_left(at: VendorDoor) -> None:
    """Of all that was shown above, names, dates, numbers and links are in no file."""
    assert len(at.house.sent) >= 3
    needles = {
        str(PERSONAL["name-last"]), str(PERSONAL["birthdate"]), "access-token",
        US_PASSPORT["identification-number"], str(GREEN_CARD["identification-number"]) + '"',
        "2031-04-01", at.house.last.back.partition("code=")[2],
    }  # fmt: skip
    files = [path for path in at.door.office.folder.rglob("*") if path.is_file()]
    found = [
        (path.name, needle)
        for path in files
        for needle in needles
        if needle.encode() in path.read_bytes()
    ]
    assert [] == found
    assert any(path.name.startswith("writ.sqlite") for path in files)


class Refusing:
    """A vendor that refuses to erase, then cannot be noted, and then the portal ends."""

    name = "persona"

    def __init__(self) -> None:
        self.says: list[list[str] | WritError] = [
            ["it answers 403"],
            Failed("the disk is full"),
            [],
        ]

    async def erase_due(self) -> list[str]:
        """Answer once more."""
        if not self.says:
            raise asyncio.CancelledError
        answer = self.says.pop(0)
        if isinstance(answer, WritError):
            raise answer
        return answer


def test_what_is_not_erased_is_logged_and_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever fails, the portal goes on asking for as long as it runs."""
    monkeypatch.setattr("writ.portal.server.EVERY", 0)
    refusing = Refusing()
    with structlog.testing.capture_logs() as logged, pytest.raises(asyncio.CancelledError):
        asyncio.run(_have_forgotten([refusing]))  # type: ignore[list-item]  # a vendor's erasing alone
    assert [("persona", "it answers 403"), ("persona", "the disk is full")] == [
        (item["vendor"], item["why"]) for item in logged
    ]
    assert [] == refusing.says


WAYS_BACK = [
    ("a citizen", US_PASSPORT),
    ("a citizen by a card", US_PASSPORT | {"id-class": "ppc"}),
    ("naturalised", {"id-class": "cct", "country-code": "US", "nationality": None}),
    ("a permanent resident", GREEN_CARD),
    ("a refugee", {"id-class": "td", "country-code": "US", "nationality": "SYR"}),
]


@pytest.mark.parametrize(("who", "paper"), WAYS_BACK, ids=[who for who, _ in WAYS_BACK])
def test_everybody_with_such_a_document_has_a_way_back(
    at: VendorDoor, who: str, paper: dict[str, Any]
) -> None:
    """By Persona, without an employer, from nothing known to the model."""
    name = who.replace(" ", "-")
    at.door.site.registry.subjects.add([Subject(name, "person")])
    key = begin(at, name)
    at.house.show("approved", paper | {"identification-number": name})
    done = back(at, at.house.last)
    assert ("done", True) == (state(at, key), "is open to this account" in done.text)
