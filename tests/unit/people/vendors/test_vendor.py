import asyncio
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.worlds.idv import GREEN_CARD, PERSONA_KEY, SECRET, TEMPLATE, US_PASSPORT, House
from tests.worlds.wallet import US_CITIZEN, Standing, question
from writ.clock import wall
from writ.errors import Failed, InvalidInput, Refused
from writ.model.decision import Settlement
from writ.model.subject import Value
from writ.people.https import HttpsFetch, inside
from writ.people.methods import Arrival, Finding, Session, Show, Step
from writ.people.vendors.access import Access
from writ.people.vendors.erasures import Erasures
from writ.people.vendors.opened import open_service
from writ.people.vendors.vendor import LASTS, MARGIN, Times, Vendor

T = TypeVar("T")
SETTLES = ("identity_vendor",)
RESIDENT = Settlement("requester", "permanent_residences", (("US", ""),), "at_least", 2, SETTLES)
ASYLEE = Settlement("requester", "protection", (("asylee", "US"),), "at_least", 2, SETTLES)
PROTECTED = replace(ASYLEE, values=(("asylee", "US"), ("refugee", "US")))
WHOLE = replace(US_CITIZEN, completeness="exhaustive")
ADDRESS = "https://verify.example/verify/from/handle"


RUNNERS: list[asyncio.Runner] = []


@pytest.fixture(scope="module", autouse=True)
def runner() -> Iterator[None]:
    """One event loop for all of these, as the portal has one."""
    with asyncio.Runner() as opened:
        RUNNERS.append(opened)
        yield


def run(step: Coroutine[Any, Any, T]) -> T:
    """Run one step."""
    return RUNNERS[0].run(step)


@dataclass
class Clocks:
    """Elapsed time that is moved by hand."""

    elapsed: float = 1000.0

    def times(self, patience: float = 0.01) -> Times:
        """Make the method's clocks."""
        return Times(elapsed=lambda: self.elapsed, patience=patience)


@dataclass
class Desk:
    """A method at a house, with its clocks and what has to be erased."""

    vendor: House
    folder: Path
    clocks: Clocks = field(default_factory=Clocks)
    patience: float = 0.01
    door: str = "persona"
    assurance: int = 2

    def __post_init__(self) -> None:
        template = TEMPLATE if self.door == "persona" else ""
        key = PERSONA_KEY if self.door == "persona" else "veriff-key-0123456789"
        access = Access(
            self.door, self.vendor.address, key, (SECRET,), template, "approved", 2, test=False,  # type: ignore[arg-type]  # a test's text
        )  # fmt: skip
        service = open_service(access, HttpsFetch(self.vendor.context, inside))
        self.erasures = Erasures(self.folder / self.door)
        self.method = Vendor(
            service, self.assurance, self.erasures, Standing(), self.clocks.times(self.patience)
        )

    def begin(self, *wanted: Settlement, subject: str = "ana") -> Session:
        """Begin an attempt, and have somebody sit down at the house."""
        asked = replace(question(*wanted), subject=subject)
        session = Session(asked, ADDRESS, 0.0)
        step = run(self.method.begin(session, "en"))
        assert isinstance(step, Show)
        assert ("start", self.link) == (step.page, step.data["link"])
        return session

    @property
    def link(self) -> str:
        """Where the last visitor was sent."""
        return f"{self.vendor.address}/verify?code={self.vendor.last.id}"

    def hear(self, session: Session, leg: str, *, browser: bool = True, **fields: str) -> Step:
        """Let something arrive."""
        return run(self.method.hear(session, Arrival(leg, browser=browser, fields=fields)))

    def back(self, session: Session) -> Step:
        """Come back with the code that the vendor was given."""
        return self.hear(session, "return", code=self.code)

    @property
    def code(self) -> str:
        """The code that the vendor was given."""
        return self.vendor.last.back.partition("code=")[2]


@pytest.fixture
def desk(vendor: House, folder: Path) -> Desk:
    """Persona's method."""
    return Desk(vendor, folder)


def shown(step: Step) -> tuple[str, Any]:
    """Read which page is shown, and what with."""
    assert isinstance(step, Show)
    return step.page, dict(step.data)


@pytest.mark.parametrize("door", ["persona", "veriff"])
def test_a_document_is_found_for_the_browser_that_began(
    vendor: House, folder: Path, door: str
) -> None:
    """It comes back from the vendor, and what was asked is found; the vendor is made to forget."""
    desk = Desk(vendor, folder, door=door)
    session = desk.begin()
    vendor.show("approved", US_PASSPORT)
    sitting = vendor.last.id
    found = desk.back(session)
    assert isinstance(found, Finding)
    [proof] = found.proved
    assert (Value(("US", "")),) == proof.values
    assert (2, 2, door) == (proof.grade.level, proof.grade.transport, proof.issuer)
    assert [] == run(desk.method.erase_due())
    assert [sitting] == vendor.erased
    assert 0 == desk.erasures.count().sessions


def test_nothing_is_fetched_until_the_browser_is_back(desk: Desk) -> None:
    """Looking shows the way to the vendor again, although everything is decided there."""
    session = desk.begin()
    desk.vendor.show("approved", US_PASSPORT)
    calls = len(desk.vendor.asked)
    assert ("start", {"link": desk.link}) == shown(desk.hear(session, "look"))
    assert calls == len(desk.vendor.asked)


def test_whoever_was_sent_the_link_reads_whose_account_it_is(desk: Desk) -> None:
    """His browser is shown a code; without it, nothing is found where it began."""
    session = desk.begin()
    desk.vendor.show("approved", US_PASSPORT)
    page, data = shown(desk.hear(session, "return", browser=False, code=desk.code))
    assert ("elsewhere", 9) == (page, len(data["code"]))
    with pytest.raises(InvalidInput, match="that is not the code"):
        desk.hear(session, "return", code="0000 000x")
    found = desk.hear(session, "return", code=data["code"])
    assert isinstance(found, Finding)
    with pytest.raises(Refused, match="this attempt is over; begin again"):
        desk.hear(session, "return", browser=False, code="guessed")


def test_a_guessed_address_shows_no_code(desk: Desk) -> None:
    """The page with the short code is for whoever brings the long one."""
    session = desk.begin()
    with pytest.raises(InvalidInput, match="not the one that the vendor was given"):
        desk.hear(session, "return", browser=False, code="guessed")


def test_a_code_is_tried_five_times(desk: Desk) -> None:
    """Then the attempt is over."""
    session = desk.begin()
    for _ in range(4):
        with pytest.raises(InvalidInput, match="that is not the code; it is on the device"):
            desk.hear(session, "return", code="0000 000x")
    with pytest.raises(Refused, match="that was not the code, 5 times; begin again"):
        desk.hear(session, "return", code="0000 000x")


def test_other_addresses_lead_nowhere(desk: Desk) -> None:
    """Another leg, or a look from elsewhere; and an attempt that never began is over."""
    session = desk.begin()
    for leg, browser in (("there", True), ("look", False)):
        with pytest.raises(InvalidInput, match="there is nothing at this address"):
            desk.hear(session, leg, browser=browser)
    with pytest.raises(Refused, match="this attempt is over; begin again"):
        desk.hear(Session(question(), ADDRESS, 0.0), "look")


def test_a_decision_that_takes_longer_is_waited_for(desk: Desk) -> None:
    """A page to look again from; the vendor is asked every five seconds at most."""
    session = desk.begin()
    assert ("wait", {"link": ""}) == shown(desk.back(session))
    calls = len(desk.vendor.asked)
    assert ("wait", {"link": ""}) == shown(desk.hear(session, "look"))
    assert calls == len(desk.vendor.asked)
    desk.vendor.show("approved", US_PASSPORT)
    desk.clocks.elapsed += 5
    assert isinstance(desk.hear(session, "look"), Finding)


def test_a_notice_says_that_it_is_time(desk: Desk) -> None:
    """Then the next look fetches at once; the same notice again is not worth a call."""
    session = desk.begin()
    desk.back(session)
    headers, body = desk.vendor.persona_event(desk.vendor.show("pending"), wall())
    desk.method.notice(headers, body)
    calls = len(desk.vendor.asked)
    assert ("wait", {"link": ""}) == shown(desk.hear(session, "look"))
    assert calls + 1 == len(desk.vendor.asked)
    desk.method.notice(headers, body)
    desk.hear(session, "look")
    assert calls + 1 == len(desk.vendor.asked)


def test_a_browser_that_waits_hears_of_a_notice(vendor: House, folder: Path) -> None:
    """It is back before the decision, and is answered when the notice comes."""
    desk = Desk(vendor, folder, patience=20)
    session = desk.begin()

    async def both() -> Step:
        code = {"code": desk.code}
        waiting = asyncio.create_task(
            desk.method.hear(session, Arrival("return", browser=True, fields=code))
        )
        while not any(verb == "GET" for verb, _, _ in vendor.asked):  # noqa: ASYNC110  a test
            await asyncio.sleep(0.005)
        await asyncio.sleep(0.05)
        headers, body = vendor.persona_event(vendor.show("approved", US_PASSPORT), wall())
        desk.method.notice(headers, body)
        return await waiting

    assert isinstance(run(both()), Finding)


def test_a_notice_is_believed_for_nothing_else(desk: Desk) -> None:
    """One that says approved finds nothing where the vendor, asked, has not decided."""
    session = desk.begin()
    headers, body = desk.vendor.persona_event(desk.vendor.show("approved", US_PASSPORT), wall())
    desk.vendor.show("pending")
    desk.method.notice(headers, body)
    assert ("wait", {"link": ""}) == shown(desk.back(session))


def test_notices_that_are_not_signed_or_of_nobody_change_nothing(desk: Desk) -> None:
    """A stranger's ends no attempt; one about a session that we never made is taken and forgotten."""
    session = desk.begin()
    sitting = desk.vendor.show("approved", US_PASSPORT)
    headers, body = desk.vendor.persona_event(sitting, wall(), secret=b"guessed-secret")
    with pytest.raises(Refused, match="not signed with the secret that was agreed"):
        desk.method.notice(headers, body)
    old = desk.vendor.persona_event(sitting, wall() - 3600)
    with pytest.raises(Refused, match="older than 300 seconds"):
        desk.method.notice(*old)
    desk.method.notice(*desk.vendor.persona_event(replace(sitting, id="inq_other"), wall()))
    assert isinstance(desk.back(session), Finding)


def test_another_picture_is_asked_for_by_the_same_link(vendor: House, folder: Path) -> None:
    """Veriff's resubmission leaves the attempt open, and shows the way there again."""
    desk = Desk(vendor, folder, door="veriff")
    session = desk.begin()
    vendor.show("resubmission_requested", US_PASSPORT)
    assert ("wait", {"link": desk.link}) == shown(desk.back(session))
    desk.method.notice(*vendor.veriff_event(vendor.show("approved", US_PASSPORT)))
    assert isinstance(desk.hear(session, "look"), Finding)


@pytest.mark.parametrize(
    ("status", "papers", "why"),
    [
        ("declined", [US_PASSPORT], "Persona did not accept what was shown; begin again"),
        ("expired", [], "the time for this attempt at Persona is over; begin again"),
        ("approved", [US_PASSPORT | {"expiration-date": "2020-01-01"}], "has expired"),
        ("approved", [GREEN_CARD], "does not show what was asked"),
    ],
)
def test_what_is_turned_down_is_told_and_forgotten_too(
    desk: Desk, status: str, papers: list[Any], why: str
) -> None:
    """The reason says what to do; the vendor has to forget it all the same."""
    session = desk.begin()
    sitting = desk.vendor.show(status, *papers).id
    with pytest.raises(Refused, match=why):
        desk.back(session)
    run(desk.method.erase_due())
    assert [sitting] == desk.vendor.erased


def test_a_vendor_that_is_down_is_asked_again(desk: Desk) -> None:
    """The attempt stays: it has failed, and nothing was decided."""
    session = desk.begin()
    desk.vendor.show("approved", US_PASSPORT)
    desk.vendor.down = True
    with pytest.raises(Failed, match="answers 503; try again later"):
        desk.back(session)
    desk.vendor.down = False
    desk.clocks.elapsed += 5
    assert isinstance(desk.hear(session, "look"), Finding)


def test_somebody_who_never_comes_back_is_forgotten_too(desk: Desk) -> None:
    """The note stands from the beginning, due when the attempt must be over."""
    desk.begin()
    late = Erasures(desk.folder / "persona", lambda: wall() + LASTS + MARGIN + 1)
    assert [] == run(desk.method.erase_due())
    assert [] == desk.vendor.erased
    assert [] == run(late.once(desk.method._service.erase))
    assert 1 == len(desk.vendor.erased)


def test_two_looks_at_once_are_no_harm(desk: Desk) -> None:
    """Both may find it; the portal takes it once."""
    session = desk.begin()
    desk.vendor.show("approved", US_PASSPORT)
    arrival = Arrival("return", browser=True, fields={"code": desk.code})

    async def twice() -> list[Step]:
        first = asyncio.create_task(desk.method.hear(session, arrival))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        desk.clocks.elapsed += 5
        return [await desk.method.hear(session, arrival), await first]

    assert [True, True] == [isinstance(step, Finding) for step in run(twice())]


@pytest.mark.parametrize(
    ("door", "wanted", "shows"),
    [
        ("persona", [US_CITIZEN], (0,)),
        ("persona", [US_CITIZEN, RESIDENT, PROTECTED], (0, 1, 2)),
        ("persona", [ASYLEE, RESIDENT], (1,)),
        ("veriff", [PROTECTED, RESIDENT, US_CITIZEN], (2,)),
    ],
)
def test_what_a_document_could_show_is_offered(
    vendor: House, folder: Path, door: str, wanted: list[Settlement], shows: tuple[int, ...]
) -> None:
    """In five minutes, with a document, as far as it was registered."""
    offer = Desk(vendor, folder, door=door).method.offer(question(*wanted))
    assert offer
    assert (2, 5, "document", shows) == (offer.level, offer.minutes, offer.needs, offer.shows)


@pytest.mark.parametrize("wanted", [ASYLEE, WHOLE, replace(US_CITIZEN, assurance=3)])
def test_what_no_document_could_show_is_not(desk: Desk, wanted: Settlement) -> None:
    """Asylum, which no document tells; that there is no other citizenship; A3."""
    assert None is desk.method.offer(question(wanted))


def test_a_method_that_helps_with_nothing_finds_nothing(desk: Desk) -> None:
    """Begun all the same, it takes nothing out of a document."""
    session = desk.begin(ASYLEE)
    desk.vendor.show("approved", US_PASSPORT)
    with pytest.raises(Refused, match="does not show what was asked"):
        desk.back(session)


def test_a_person_begins_so_many_times_a_day(desk: Desk) -> None:
    """A vendor's session costs money; others are not held up, and the next day is another."""
    for _ in range(5):
        desk.begin()
    with pytest.raises(Refused, match="began 5 times at Persona within a day; try tomorrow"):
        desk.begin()
    desk.begin(subject="ben")
    desk.clocks.elapsed += 86_400
    desk.begin()


def test_a_vendor_that_is_down_costs_no_beginning(desk: Desk) -> None:
    """Nothing began, so nothing is counted."""
    desk.vendor.down = True
    for _ in range(6):
        with pytest.raises(Failed, match="answers 503"):
            run(desk.method.begin(Session(question(), ADDRESS, 0.0), "en"))
    desk.vendor.down = False
    desk.begin()


def test_there_are_so_many_attempts_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """More would have to wait; those that are over make room."""
    monkeypatch.setattr("writ.people.vendors.vendor.MOST", 1)
    desk.begin()
    with pytest.raises(Failed, match="too many people are proving themselves just now"):
        desk.begin(subject="ben")
    desk.clocks.elapsed += LASTS
    desk.begin(subject="ben")


def test_nobody_is_sent_to_a_vendor_without_a_note(desk: Desk) -> None:
    """Where it cannot be noted what has to be erased, nothing begins."""
    desk.folder.write_text("a file where the folder should be")
    with pytest.raises(Failed, match="without a note of it nobody is sent to a vendor"):
        desk.begin()
