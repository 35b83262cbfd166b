import asyncio
import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from tests.worlds.passports import DAY, NOW, Booklet, Chip, Family, Passport, authority, passport
from tests.worlds.passports import master_list as publish
from tests.worlds.wallet import US_CITIZEN, Standing, session
from writ.clock import SECOND
from writ.errors import Failed, InvalidInput, Refused
from writ.model.decision import Settlement
from writ.model.listeners import PassportFiles
from writ.model.subject import Value
from writ.people.document_names import document_name
from writ.people.methods import Arrival, Finding, Reply, Session, Show
from writ.people.passport.document import Authorities
from writ.people.passport.masterlist import read_master_list
from writ.people.passport.method import Passport as Method
from writ.people.passport.opened import list_file, open_passport, open_trusted

AMERICAN = authority(Family("rsa"), country="US")
CHIP = Chip(Family("ecdsa", "sha256"))
BOOKLET = Booklet("USA", "USA")
OLD = authority(Family("rsa", "sha1"), country="FR", number=2)
LIST = publish([AMERICAN, OLD], AMERICAN)
CLOCK = Standing()
REFUGEE = Settlement("requester", "protection", (("refugee", ""),), "at_least", 1, ("review",))


def method() -> Method:
    """Make the method as the portal does."""
    trusted = read_master_list(LIST, {AMERICAN.pin}, NOW)
    return Method(Authorities(trusted.authorities), "writ-passport://read", CLOCK, lambda: NOW)


def begun(made: Method, *wanted: Settlement) -> Session:
    """Open an attempt."""
    attempt = session(*wanted)
    assert isinstance(asyncio.run(made.begin(attempt, "en")), Show)
    return attempt


def heard(made: Method, attempt: Session, leg: str, **how: Any) -> Any:
    """Bring something to a leg."""
    return asyncio.run(made.hear(attempt, Arrival(leg, **{"browser": False, **how})))


def sent(shown: Passport, challenge: bytes = b"", **changes: bytes) -> bytes:
    """Write what a reader app sends; with a challenge, the chip answers it."""
    files = {"sod": shown.sod, "dg1": shown.dg1, **changes}
    if shown.chip and challenge:
        files |= {"dg15": shown.chip.dg15, "answer": shown.chip.answer(challenge)}
    return json.dumps(
        {key: base64.b64encode(data).decode() for key, data in files.items()}
    ).encode()


def asked(made: Method, attempt: Session) -> bytes:
    """Fetch the challenge, as a reader app does."""
    told = json.loads(heard(made, attempt, "chip").body)
    assert ["sod", "dg1", "dg15"] == told["files"]
    return base64.b64decode(told["challenge"])


def code_of(reply: Any) -> str:
    """Return the code in the address that the app opens."""
    assert isinstance(reply, Reply)
    address: str = json.loads(reply.body)["redirect_uri"]
    assert address.startswith("https://verify.example/w/1/return?code=")
    return address.partition("=")[2]


def found(shown: Passport, *, answering: bool = True) -> Finding:
    """Read a passport and come back in the browser that began."""
    made = method()
    attempt = begun(made)
    challenge = asked(made, attempt) if answering else b""
    code = code_of(heard(made, attempt, "chip", body=sent(shown, challenge)))
    step = heard(made, attempt, "return", browser=True, fields={"code": code})
    assert isinstance(step, Finding)
    return step


def test_a_passport_whose_chip_answers_proves_a_citizenship() -> None:
    """The fact is at least that, graded, and ends with the document."""
    [proof] = found(passport(AMERICAN, BOOKLET, chip=CHIP)).proved
    assert ("citizenships", (Value(("US", "")),), "at_least", "US (ICAO 9303)") == (
        proof.attribute, proof.values, proof.completeness, proof.issuer,
    )  # fmt: skip
    grade = proof.grade
    assert (3, 2, 3, 2) == (grade.issuer, grade.binding, grade.transport, grade.freshness)
    assert ("icao-9303", "active authentication") == (grade.scheme, grade.value)
    left = 1_948_579_200.0 - NOW  # the end of 2031-09-30
    assert (CLOCK.now(), CLOCK.now() + int(left * SECOND)) == (proof.verified_at, proof.expires_at)
    assert '{"passport":[{"issuer":' in (proof.revocation or "")


def test_what_could_be_copied_or_forged_counts_for_little() -> None:
    """Files without the chip's answer, and signatures over SHA-1, are worth A1."""
    copied = found(passport(AMERICAN, BOOKLET, chip=CHIP), answering=False).proved[0].grade
    old = found(passport(OLD, Booklet("FRA", "FRA"), chip=CHIP)).proved[0].grade
    assert ((3, 1), (1, 2)) == ((copied.issuer, copied.binding), (old.issuer, old.binding))
    assert (1, 1, "passive authentication") == (copied.level, old.level, copied.value)


def test_a_refugee_s_document_shows_a_protection() -> None:
    """The state that issued it grants it, and that counts for A1 until somebody confirms it."""
    [proof] = found(passport(AMERICAN, Booklet("XXB", "USA"), chip=CHIP)).proved
    assert ("protection", (Value(("refugee", "US")),), 1) == (
        proof.attribute, proof.values, proof.grade.level,
    )  # fmt: skip


def test_a_document_is_known_by_its_number() -> None:
    """The same whenever it is shown, another for another number or issuer, and never the number."""
    one, again, other = (
        found(passport(AMERICAN, booklet)).credential
        for booklet in (BOOKLET, BOOKLET, replace(BOOKLET, number="C01X00T48"))
    )
    assert one == again != other
    assert document_name("US", "C01X00T47") == one
    assert b"C01X00T47" not in (one or b"")


def test_it_is_offered_where_it_could_help() -> None:
    """A citizenship up to A2, a protection up to A1; no complete lists, and nothing else."""
    made = method()
    offers = [
        made.offer(session(item).question)
        for item in (
            US_CITIZEN,
            replace(US_CITIZEN, assurance=3),
            replace(US_CITIZEN, completeness="exhaustive"),
            REFUGEE,
            replace(REFUGEE, assurance=2),
            replace(US_CITIZEN, attribute="residence"),
        )
    ]
    assert [(0,), None, None, (0,), None, None] == [item and item.shows for item in offers]


def test_another_device_shows_a_code() -> None:
    """Where the app opens another browser, its person carries the code, and is trusted less."""
    made = method()
    attempt = begun(made)
    code = code_of(heard(made, attempt, "chip", body=sent(passport(AMERICAN, BOOKLET))))
    shown = heard(made, attempt, "return", fields={"code": code})
    assert isinstance(shown, Show)
    assert "elsewhere" == shown.page
    step = heard(made, attempt, "return", browser=True, fields={"code": str(shown.data["code"])})
    assert isinstance(step, Finding)
    assert 2 == step.proved[0].grade.transport


def test_the_page_leads_to_the_app() -> None:
    """The link names where the files go; the page can be seen again; a browser reads no chip."""
    made = method()
    attempt = begun(made)
    page = heard(made, attempt, "look", browser=True)
    assert isinstance(page, Show)
    link = str(page.data["link"])
    assert "writ-passport://read?at=https://verify.example/w/1/chip" == unquote(link)
    for leg, browser in (("chip", True), ("look", False), ("elsewhere", False)):
        with pytest.raises(InvalidInput, match="open it with that"):
            heard(made, attempt, leg, browser=browser)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"sod": "AA=="}',
        b'{"sod": "AA==", "dg1": "A"}',
        b'{"sod": "AA==", "dg1": "AA==", "dg2": "AA=="}',
    ],
)
def test_a_message_that_is_none_can_be_sent_again(body: bytes) -> None:
    """A mistake of the app's ends nothing, and is told without quoting it."""
    made = method()
    attempt = begun(made)
    with pytest.raises(InvalidInput, match="send JSON with `sod` and `dg1`"):
        heard(made, attempt, "chip", body=body)
    assert code_of(heard(made, attempt, "chip", body=sent(passport(AMERICAN, BOOKLET))))


def test_an_answer_to_another_attempt_is_refused() -> None:
    """What the chip signed for one challenge proves nothing to the next."""
    made = method()
    first, second = begun(made), begun(made)
    body = sent(passport(AMERICAN, BOOKLET, chip=CHIP), asked(made, first))
    with pytest.raises(Refused, match="is not to this challenge"):
        heard(made, second, "chip", body=body)


@pytest.mark.parametrize(
    ("nationality", "message"),
    [("UTO", "a specimen"), ("EUE", "no nationality of a country"), ("DZA", "another state")],
)
def test_what_shows_no_citizenship_is_refused(nationality: str, message: str) -> None:
    """A specimen's nationality, an organisation's, another state's."""
    made = method()
    attempt = begun(made)
    body = sent(passport(AMERICAN, Booklet(nationality, "USA")))
    with pytest.raises(Refused, match=message):
        heard(made, attempt, "chip", body=body)


def test_the_portal_opens_what_was_imported(tmp_path: Path) -> None:
    """The list is proved again when it is opened, though its signer's certificate has ended."""
    files = PassportFiles(tmp_path / "lists", frozenset({AMERICAN.pin}), "app://read")
    with pytest.raises(Failed, match="import one with `writ passport import`"):
        open_passport(files, CLOCK)
    files.lists.mkdir()
    file = files.lists / "US.ml"
    file.write_bytes(LIST)
    assert "passport" == open_passport(files, CLOCK).name
    with pytest.raises(Refused, match=r"US\.ml`: the master list is signed under sha256:"):
        open_passport(replace(files, signed_under=frozenset()), CLOCK)
    file.write_bytes(LIST.replace(OLD.der[-20:], bytes(20)))
    with pytest.raises(Refused, match="was changed after it was signed"):
        open_passport(files, CLOCK)
    file.unlink()
    file.mkdir()
    with pytest.raises(Failed, match="cannot read"):
        open_passport(files, CLOCK)


def test_several_lists_count_together(tmp_path: Path) -> None:
    """Whoever is on any of them issues documents, each authority once."""
    both = frozenset({AMERICAN.pin, OLD.pin})
    files = PassportFiles(tmp_path, both, "app://read")
    list_file("US", files).write_bytes(publish([AMERICAN], AMERICAN))
    list_file("FR", files).write_bytes(publish([OLD, AMERICAN], OLD))
    assert {AMERICAN.der, OLD.der} == {item.der for item in open_trusted(files)}
    assert 2 == len(open_trusted(files))
    for nobody in ("", "../FR"):
        with pytest.raises(Refused, match="names no country"):
            list_file(nobody, files)


def test_facts_end_with_the_document() -> None:
    """One that ends tonight gives a fact until then."""
    [proof] = found(passport(AMERICAN, replace(BOOKLET, last_day="260921"))).proved
    assert CLOCK.now() + int((NOW - NOW % DAY + DAY - NOW) * SECOND) == proof.expires_at
