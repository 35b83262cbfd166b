import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

import msgspec
import pytest

from tests.worlds.idv import (
    GREEN_CARD,
    PERSONA_KEY,
    SECRET,
    TEMPLATE,
    US_PASSPORT,
    VERIFF_KEY,
    House,
    mac,
    timed,
)
from writ.errors import Failed, Refused
from writ.people.https import HttpsFetch, inside
from writ.people.vendors.access import Access
from writ.people.vendors.opened import open_service
from writ.people.vendors.service import Document, Notice, Service, Turned, Undecided

T = TypeVar("T")
NOW = 1_781_300_000
BACK = "https://verify.example/verify/from/handle/return?code=c"
DOORS = ["persona", "veriff"]


def run(step: Coroutine[Any, Any, T]) -> T:
    """Run one step."""
    return asyncio.run(step)


def service(vendor: House, door: str, **changes: Any) -> Service:
    """Make a service as the portal does, allowed to speak with this machine."""
    key = PERSONA_KEY if door == "persona" else VERIFF_KEY
    template = TEMPLATE if door == "persona" else ""
    access = Access(door, vendor.address, key, (SECRET,), template, "approved", 2, test=False)  # type: ignore[arg-type]  # a test's text
    return open_service(replace(access, **changes), HttpsFetch(vendor.context, inside))


@pytest.mark.parametrize("door", DOORS)
def test_a_session_is_made_and_its_result_fetched(vendor: House, door: str) -> None:
    """Nothing is decided at first; then the document comes, with what the vendor says of it."""
    asked = service(vendor, door)
    opened = run(asked.open(BACK, 1800))
    assert (vendor.last.id, BACK) == (opened.id, vendor.last.back)
    assert f"{vendor.address}/verify?code={opened.id}" == opened.link
    assert Undecided() == run(asked.result(opened.id))
    vendor.show("approved", US_PASSPORT)
    word = "approved pp" if door == "persona" else "approved PASSPORT"
    wanted = Document(
        "passport", "US", "USA", "X97531864", date(2031, 4, 1), face=True, scheme=door, value=word
    )
    assert wanted == run(asked.result(opened.id))
    vendor.show("approved", US_PASSPORT, selfie=False)
    assert replace(wanted, face=False) == run(asked.result(opened.id))


def test_persona_is_asked_for_the_least(vendor: House) -> None:
    """No account is made, the inquiry ends with the attempt, and no name is sent here."""
    asked = service(vendor, "persona")
    run(asked.open(BACK, 1800))
    _, _, made = vendor.asked[0]
    assert {
        "auto-create-account": False,
        "expiration-after-create-interval-seconds": 1800,
        "expiration-after-start-interval-seconds": 1800,
    } == made["meta"]
    vendor.show("approved", US_PASSPORT)
    run(asked.result(vendor.last.id))
    verb, path, _ = vendor.asked[-1]
    assert "GET" == verb
    assert "name" not in path
    assert "fields%5Binquiry%5D=status&" in path


@pytest.mark.parametrize(
    ("class_", "paper"),
    [
        ("pp", "passport"), ("ppc", "passport"), ("id", "identity-card"),
        ("pr", "permanent-resident-card"), ("td", "refugee-travel-document"),
        ("cct", "certificate-of-citizenship"), ("rp", "other"), ("dl", "other"), ("visa", "other"),
        (None, "other"),
    ],
)  # fmt: skip
def test_personas_classes_of_document(vendor: House, class_: str | None, paper: str) -> None:
    """Those that show something here, and the rest."""
    asked = service(vendor, "persona")
    run(asked.open(BACK, 1800))
    vendor.show("approved", {"id-class": class_, "identification-number": "1"})
    found = run(asked.result(vendor.last.id))
    assert isinstance(found, Document)
    assert (paper, None) == (found.paper, found.ends)


@pytest.mark.parametrize(
    ("class_", "paper"),
    [("pp", "passport"), ("id", "identity-card"), ("pr", "other"), ("", "other")],
)
def test_veriffs_types_of_document(vendor: House, class_: str, paper: str) -> None:
    """A residence permit may be for good or not: it shows nothing."""
    asked = service(vendor, "veriff")
    run(asked.open(BACK, 1800))
    vendor.show("approved", {"id-class": class_})
    found = run(asked.result(vendor.last.id))
    assert isinstance(found, Document)
    assert (paper, "") == (found.paper, found.number)


@pytest.mark.parametrize(
    ("door", "status", "result"),
    [
        ("persona", "pending", Undecided()),
        ("persona", "needs_review", Undecided()),
        ("persona", "completed", Undecided()),
        ("persona", "something-new", Undecided()),
        ("persona", "declined", "did not accept what was shown; begin again"),
        ("persona", "failed", "did not accept what was shown"),
        ("persona", "expired", "the time for this attempt at Persona is over"),
        ("veriff", "review", Undecided()),
        ("veriff", "submitted", Undecided()),
        ("veriff", "resubmission_requested", Undecided(again=True)),
        ("veriff", "declined", "did not accept what was shown; begin again"),
        ("veriff", "expired", "the time for this attempt at Veriff is over"),
        ("veriff", "abandoned", "was not finished; begin again"),
    ],
)
def test_what_is_not_accepted(
    vendor: House, door: str, status: str, result: Undecided | str
) -> None:
    """Undecided, or turned down with what to do about it."""
    asked = service(vendor, door)
    run(asked.open(BACK, 1800))
    vendor.show(status, US_PASSPORT)
    found = run(asked.result(vendor.last.id))
    if isinstance(result, Undecided):
        assert result == found
    else:
        assert isinstance(found, Turned)
        assert result in found.why


def test_a_template_without_a_workflow_decides_by_completing(vendor: House) -> None:
    """Only where that was configured; approved is approved there too."""
    asked = service(vendor, "persona", decided="completed")
    run(asked.open(BACK, 1800))
    for status in ("completed", "approved"):
        vendor.show(status, US_PASSPORT)
        assert isinstance(run(asked.result(vendor.last.id)), Document)


@pytest.mark.parametrize(
    ("papers", "why"),
    [
        ([], "accepted no identity document, or more than one"),
        ([US_PASSPORT, GREEN_CARD], "accepted no identity document, or more than one"),
        ([US_PASSPORT | {"status": "failed"}], "accepted no identity document"),
        (
            [US_PASSPORT | {"from-reusable-persona": True}],
            "took over an earlier check; begin again",
        ),
    ],
)
def test_one_document_has_passed_now(vendor: House, papers: list[Any], why: str) -> None:
    """None, two, one that failed, or one from another time."""
    asked = service(vendor, "persona")
    run(asked.open(BACK, 1800))
    vendor.show("approved", *papers)
    found = run(asked.result(vendor.last.id))
    assert isinstance(found, Turned)
    assert why in found.why


@pytest.mark.parametrize("door", DOORS)
def test_what_was_shown_is_erased(vendor: House, door: str) -> None:
    """At the vendor, twice without harm; a vendor that refuses has failed."""
    asked = service(vendor, door)
    opened = run(asked.open(BACK, 1800))
    run(asked.erase(opened.id))
    run(asked.erase(opened.id))
    assert [opened.id, opened.id] == vendor.erased
    assert {} == vendor.sittings
    with pytest.raises(Failed, match="does not know this attempt any more; begin again"):
        run(asked.result(opened.id))
    vendor.keeps = True
    with pytest.raises(Failed, match="answers 403 to us"):
        run(asked.erase(opened.id))


@pytest.mark.parametrize("door", DOORS)
def test_another_key_or_secret_has_failed(vendor: House, door: str) -> None:
    """A vendor that refuses us is told as that, and nothing more of its answer."""
    with pytest.raises(Failed, match="answers 401 to us; try later, or take another way"):
        run(service(vendor, door, key="another-key").open(BACK, 1800))
    opened = run(service(vendor, "veriff").open(BACK, 1800))
    with pytest.raises(Failed, match="Veriff answers 401 to us"):
        run(service(vendor, "veriff", secrets=(b"another-secret",)).result(opened.id))


@pytest.mark.parametrize("door", DOORS)
def test_a_vendor_that_is_down_has_failed(vendor: House, door: str) -> None:
    """It may be there later."""
    vendor.down = True
    with pytest.raises(Failed, match="`localhost` answers 503; try again later"):
        run(service(vendor, door).open(BACK, 1800))


def made(id_: str, link: str) -> bytes:
    """What a vendor answers to whoever makes a session, in the form of both."""
    told = {
        "data": {"type": "inquiry", "id": id_},
        "meta": {"one-time-link": link},
        "verification": {"id": id_, "url": link},
    }
    return msgspec.json.encode(told)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    "odd",
    [
        b"<html>Unforgettable",
        b"{}",
        b'"\xff"',
        b'{"data": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        made("../../Unforgettable", "https://veriff.com/"),
        made("a", "https://evil.example/"),
        made("a", "http://veriff.com/"),
        made("a", "https://notveriff.com/"),
        made("a", "https://u@localhost/"),
        made("a", "https://[Unforgettable"),
    ],
    ids=range(10),
)
def test_an_answer_in_another_form_has_failed(vendor: House, door: str, odd: bytes) -> None:
    """No JSON, parts missing, an id that climbs, a link elsewhere: nothing of it is told on."""
    vendor.odd = odd
    with pytest.raises(Failed, match="does not answer as it documents") as caught:
        run(service(vendor, door).open(BACK, 1800))
    assert "Unforgettable" not in str(caught.value)


def test_links_of_the_vendors_own_are_taken(vendor: House) -> None:
    """Its domain, and what lies below it."""
    for door, link in (
        ("persona", "https://withpersona.com/verify?code=us1-a"),
        ("veriff", "https://magic.veriff.me/v/token"),
    ):
        vendor.odd = made("a", link)
        assert link == run(service(vendor, door).open(BACK, 1800)).link


@pytest.mark.parametrize("door", DOORS)
def test_an_answer_about_another_has_failed(vendor: House, door: str) -> None:
    """The result is of the session that was asked about."""
    asked = service(vendor, door)
    first = run(asked.open(BACK, 1800))
    vendor.sittings["mine"] = vendor.sittings[first.id]
    vendor.show("approved", US_PASSPORT)
    with pytest.raises(Failed, match="does not answer as it documents"):
        run(asked.result("mine"))


def test_a_date_that_is_none_has_failed(vendor: House) -> None:
    """Rather than a fact that never ends."""
    for door in DOORS:
        asked = service(vendor, door)
        run(asked.open(BACK, 1800))
        vendor.show("approved", US_PASSPORT | {"expiration-date": "04/01/2031"})
        with pytest.raises(Failed, match="does not answer as it documents"):
            run(asked.result(vendor.last.id))


def test_notices_name_their_session(vendor: House) -> None:
    """Signed, a Persona event by its id, a Veriff decision or event by the digest of its bytes."""
    persona, veriff = service(vendor, "persona"), service(vendor, "veriff")
    run(persona.open(BACK, 1800))
    headers, body = vendor.persona_event(vendor.show("approved", US_PASSPORT), NOW)
    told = persona.notice(headers, body, NOW)
    assert (vendor.last.id, True) == (told.id, told.event.startswith("evt_"))
    run(veriff.open(BACK, 1800))
    headers, body = vendor.veriff_event(vendor.show("approved", US_PASSPORT))
    first, again = veriff.notice(headers, body, NOW), veriff.notice(headers, body, NOW)
    assert (vendor.last.id, True) == (first.id, first == again)
    event = b'{"id": "s-1", "attemptId": "a", "code": 7002, "action": "submitted"}'
    signed = {"vrf-hmac-signature": vendor_mac(event)}
    assert "s-1" == veriff.notice(signed, event, NOW).id
    assert first != Notice(first.event, "s-1")


DEEP = b'{"id": ' + b"[" * 50_000 + b"]" * 50_000 + b"}"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"data": {}}', b'"\xff"', b'{"id": 7}', DEEP], ids=range(7)
)
def test_signed_notices_of_another_form_are_refused(vendor: House, body: bytes) -> None:
    """And unsigned ones before a byte of them is read."""
    persona, veriff = service(vendor, "persona"), service(vendor, "veriff")
    with pytest.raises(Refused, match="signed, and not an event of Persona's"):
        persona.notice({"persona-signature": timed(SECRET, NOW, body)}, body, NOW)
    if b"data" not in body:
        with pytest.raises(Refused, match="signed, and neither a decision nor an event"):
            veriff.notice({"x-hmac-signature": vendor_mac(body)}, body, NOW)
    with pytest.raises(Refused, match="no signature of the form"):
        persona.notice({}, body, NOW)
    with pytest.raises(Refused, match="no signature of 64 hex digits"):
        veriff.notice({}, body, NOW)


def vendor_mac(body: bytes) -> str:
    """Sign as Veriff does."""
    return mac(SECRET, body)
