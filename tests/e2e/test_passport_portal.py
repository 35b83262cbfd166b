"""People prove themselves by their passports, in a whole deployment, and none of it is left."""

import base64
import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx2
import pytest

from tests.worlds.door import Door, opened_door
from tests.worlds.passports import (
    DAY,
    Booklet,
    Chip,
    Family,
    Passport,
    authority,
    master_list,
    passport,
    signer,
)
from writ.clock import SECOND, parse_instant, wall
from writ.model.subject import Subject, Value

SPAN: dict[str, Any] = {"since": wall() - DAY, "until": wall() + 3000 * DAY}
AMERICAN = authority(Family("pss"), country="US", **SPAN)
SIGNER = signer(AMERICAN, **SPAN)
PUBLISHER = authority(Family("ecdsa", "sha384", "BP-384", explicit=True), **SPAN)
LISTS = signer(PUBLISHER, purpose="2.23.136.1.1.3", **SPAN)
LIST = master_list([PUBLISHER, AMERICAN], PUBLISHER, LISTS)
CHIP = Chip(Family("rsa", "sha1"))
SECTION = f'[passport]\nsigned_under = ["{PUBLISHER.pin}"]\n'


@dataclass
class Opened:
    """A portal that takes passports; `shown` gathers the files that went through it."""

    door: Door
    shown: list[bytes] = field(default_factory=list)

    def begin(self, name: str) -> str:
        """Enter with a new key and choose the passport; return where the reader app sends files."""
        self.door.cookies.clear()
        self.door.enter(self.door.key(name))
        self.door.ask("GET", "/question?model=fable-5")
        page = self.door.post("/begin", method="passport", question="0").text
        link = re.search(r'href="(writ-passport:[^"]+)"', page)
        assert link, page
        return within(urlsplit(unquote(link[1])).query.removeprefix("at="))

    def read(self, where: str, held: Passport) -> httpx2.Response:
        """Read a passport with the app, in a browser that was never here."""
        cookies, self.door.cookies = self.door.cookies, {}
        challenge = base64.b64decode(self.door.ask("GET", where).json()["challenge"])
        files = {"sod": held.sod, "dg1": held.dg1}
        if held.chip:
            files |= {"dg15": held.chip.dg15, "answer": held.chip.answer(challenge)}
        self.shown += files.values()
        body = json.dumps({key: base64.b64encode(data).decode() for key, data in files.items()})
        headers = {"content-type": "application/json"}
        answer = self.door.ask("POST", where, content=body, headers=headers)
        self.door.cookies = cookies
        return answer

    def back(self, answered: httpx2.Response) -> str:
        """Open the address that the app was given, in the browser that began."""
        assert 200 == answered.status_code, answered.text
        led = self.door.ask("GET", within(answered.json()["redirect_uri"]))
        assert 303 == led.status_code
        return self.door.ask("GET", within(led.headers["location"])).text


def within(address: str) -> str:
    """Return an address as the door wants it."""
    split = urlsplit(address)
    return split.path.removeprefix("/verify") + (f"?{split.query}" if split.query else "")


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """A deployment that imported a master list."""
    folder = tmp_path_factory.mktemp("passports")
    (folder / "passport-lists").mkdir()
    (folder / "passport-lists" / "DE.ml").write_bytes(LIST)
    with opened_door(folder, more={"passport": 3}, section=SECTION) as door:
        yield Opened(door)


def american(chip: Chip | None = CHIP, **page: str) -> Passport:
    """Issue a US passport."""
    return passport(AMERICAN, Booklet("USA", "USA", **page), chip=chip, ds=SIGNER)


def test_a_passport_opens_the_model(opened: Opened) -> None:
    """Key, chip, back in the same browser: done, and the fact ends with the passport, as was told."""
    told = opened.door.ask("GET", "").text
    done = opened.back(opened.read(opened.begin("alice"), american()))
    [fact] = [item.fact for item in opened.door.site.registry.facts.carried("alice")]
    assert "<h1>Done</h1>" in done
    assert ("citizenships", (Value(("US", "")),), "passport", "US (ICAO 9303)", 2) == (
        fact.attribute, fact.values, fact.method, fact.issuer, fact.assurance,
    )  # fmt: skip
    assert abs((fact.expires_at or 0) - parse_instant("2031-10-01T00:00:00Z")) < 10 * SECOND
    assert "It counts until your document ends; for a year at most where people" in told


def test_a_second_passport_settles_what_the_first_left_open(opened: Opened) -> None:
    """Who shows that she is German is no foreigner for that; her US passport opens the model."""
    opened.door.site.registry.subjects.add([Subject("gina", "person")])
    german = passport(PUBLISHER, chip=CHIP, ds=signer(PUBLISHER, **SPAN))
    first = opened.back(opened.read(opened.begin("gina"), german))
    second = opened.back(opened.read(opened.begin("gina"), american(number="C01X00T48")))
    assert "Not enough yet" in first
    assert "<h1>Done</h1>" in second


def test_files_alone_are_not_enough(opened: Opened) -> None:
    """What anybody could have copied leaves the question open: its floor is A2, and this is A1."""
    page = opened.back(opened.read(opened.begin("bob"), american(None, number="C77X00T11")))
    [item] = opened.door.site.registry.facts.carried("bob")
    assert "Not enough yet" in page
    assert 1 == item.fact.assurance


def test_the_code_for_another_device_is_there_in_every_language(opened: Opened) -> None:
    """Whoever chooses another language where the code is shown sees the same code again."""
    answered = opened.read(opened.begin("bob"), american(number="C77X00T14"))
    opened.door.cookies.clear()
    where = within(answered.json()["redirect_uri"])
    english = opened.door.ask("GET", where).text
    link = re.search(r'href="([^"]*lang=fr[^"]*)"', english)
    assert link
    french = opened.door.ask("GET", where.partition("?")[0] + html.unescape(link[1])).text
    first, second = (
        re.search(r"<strong>(\d{4} \d{4})</strong>", page) for page in (english, french)
    )
    assert '<html lang="fr">' in french
    assert first is not None
    assert second is not None
    assert first[1] == second[1]


def test_a_short_key_counts_for_little(opened: Opened) -> None:
    """A chip whose key is short answers, and is worth no more than a copy."""
    chip = Chip(Family("rsa", "sha1", bits=1024))
    page = opened.back(opened.read(opened.begin("bob"), american(chip, number="C77X00T12")))
    assert "Not enough yet" in page


def test_a_forged_one_ends_the_attempt(opened: Opened) -> None:
    """Another's zone under a genuine signature is refused, and so is whatever comes after it."""
    where = opened.begin("bob")
    genuine = american(None, number="C77X00T13")
    forged = Passport(genuine.sod, american(number="C99X00T99").dg1, None, SIGNER, AMERICAN)
    refused = opened.read(where, forged)
    assert 403 == refused.status_code
    assert "not the one that the state signed" in refused.json()["error_description"]
    assert 403 == opened.door.ask("GET", where).status_code


def test_one_passport_backs_one_account(opened: Opened) -> None:
    """Alice's passport opens nothing for Bob: people decide first."""
    page = opened.back(opened.read(opened.begin("bob"), american()))
    assert "<h1>Done</h1>" not in page
    assert 1 == len(opened.door.site.registry.reviews.all())


def test_nothing_of_a_passport_is_left(opened: Opened) -> None:
    """Number, name, birth, files, in whatever spelling, are in no file of the deployment."""
    needles = {b"MUSTERMANN", b"UNVERGESS", b"C01X00T47", b"C77X00T11", b"830412", b"1983-04-12"}
    for data in opened.shown:
        for part in (data[:32], data[-32:]):
            needles |= {part, part.hex().encode(), base64.b64encode(part)[:40]}
    assert len(opened.shown) >= 8
    files = [file for file in Path(opened.door.office.folder).rglob("*") if file.is_file()]
    left = [
        (file.name, needle)
        for file in files
        for data in [file.read_bytes()]
        for needle in needles
        if needle in data
    ]
    assert [] == left
    assert any(file.name.startswith("writ.sqlite") for file in files)
