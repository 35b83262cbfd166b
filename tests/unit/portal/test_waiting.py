"""The page that people see who wait, over a real deployment."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import pytest

from tests.worlds.door import Door, opened_door
from writ.pages.words import LANGUAGES
from writ.portal.guard import VISIT
from writ.portal.line import Line, Place
from writ.portal.waiting import COOKIE, LASTS, Entrance, Ticket, Wait, wait_of
from writ.signing.jose import from_base64url, to_base64url
from writ.signing.seal import seal, unseal

SECRET = b"s" * 32


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A portal that lets one in a second."""
    with opened_door(tmp_path_factory.mktemp("waiting"), portal="per_second = 1\n") as door:
        yield door


@dataclass
class Clock:
    """Seconds that pass when a test says so."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


CLOCK = Clock()


def stand(door: Door) -> Clock:
    """Have the line go by the tests' clock, however slow the machine is."""
    line = door.entrance.line
    if line._clock is not CLOCK:
        line._clock, line._at, line._began = CLOCK, CLOCK.now, CLOCK.now
    return CLOCK


def waits(door: Door, address: str = "192.0.2.1") -> str:
    """Come when others came just before, and be led to the line; returns the page's address."""
    stand(door)
    door.cookies.clear()
    key, headers = door.key("alice"), {"x-forwarded-for": address}
    for _ in range(5):
        answer = door.ask("POST", "/account", data={"key": key}, headers=headers)
        if answer.headers["location"].endswith("/waiting"):
            return answer.headers["location"]
        door.cookies.clear()
    raise AssertionError("nobody has to wait")


def called(door: Door) -> str:
    """Look at the page until it leads on; returns where to."""
    while True:
        stand(door).now += 2.0
        answer = door.ask("GET", "/waiting")
        if answer.status_code == 303:
            return answer.headers["location"]
        assert 200 == answer.status_code, answer.text


def test_whoever_waited_is_let_in_without_their_key(door: Door) -> None:
    """The page looks again by itself; once called, the visit is open."""
    waits(door)
    page = door.ask("GET", "/waiting")
    assert re.search(r'<meta http-equiv="refresh" content="\d+">', page.text)
    assert "Your place: " in page.text
    assert "/verify/question" == called(door)
    assert "alice" in door.ask("GET", "/question").text


def used(door: Door) -> int:
    """How many visits the browser's place has opened."""
    line: Line = door.entrance.line
    data = unseal(door.entrance._secret, "place", from_base64url(door.cookies[COOKIE], "it"))
    return line.visits(msgspec.json.decode(data, type=Ticket).number)


def test_a_place_opens_one_visit_however_often_it_is_shown(door: Door) -> None:
    """Looking again leads to the visit that there is; leaving it gives the place up."""
    waits(door)
    called(door)
    visit = door.cookies[VISIT]
    again = [door.ask("GET", path).headers["location"] for path in ("", *["/waiting"] * 3)]
    assert (["/verify/waiting", *["/verify/question"] * 3], visit, 1) == (
        again, door.cookies[VISIT], used(door),
    )  # fmt: skip
    door.post("/leave")
    answer = door.ask("GET", "/waiting")
    assert (303, "/verify", 200) == (
        answer.status_code, answer.headers["location"], door.ask("GET", "").status_code,
    )  # fmt: skip


def test_a_place_that_is_passed_on_lets_in_nobody_beside_its_holder(door: Door) -> None:
    """Another browser that has it ends the visit there was, three have it in all, and then nobody."""
    waits(door)
    called(door)
    holder = door.cookies
    others = [replace(door, cookies={COOKIE: holder[COOKIE]}) for _ in range(3)]
    led = [other.ask("GET", "/waiting").headers["location"] for other in others]
    assert ["/verify/question", "/verify/question", "/verify"] == led
    seen = [item.ask("GET", "/question").status_code for item in (door, *others)]
    assert [403, 403, 200, 403] == seen


def test_a_visit_that_was_lost_goes_in_before_those_who_wait(door: Door) -> None:
    """After a restart its holder is in again at once, without a key, while others wait on."""
    waits(door)
    called(door)
    door.restart()
    CLOCK.now += 0.1
    other = replace(door, cookies={})
    waits(other)
    assert 200 == other.ask("GET", "/waiting").status_code
    assert 403 == door.ask("GET", "/question").status_code
    assert "/verify/waiting" == door.ask("GET", "").headers["location"]
    assert "/verify/question" == door.ask("GET", "/waiting").headers["location"]
    assert "alice" in door.ask("GET", "/question").text
    called(other)


def test_another_link_asks_whoever_was_in_and_their_key_is_taken_at_once(door: Door) -> None:
    """The place of who was in already is good for the other account's key too."""
    waits(door)
    called(door)
    other = replace(door, cookies={})
    waits(other)
    asked = door.ask("GET", "?t=another")
    entered = door.enter(door.key("bob"))
    assert (200, "/verify/question", 2) == (
        asked.status_code, entered.headers["location"], used(door),
    )  # fmt: skip
    assert "bob" in door.ask("GET", "/question").text
    called(other)


def test_two_who_show_a_place_for_the_last_time_at_once_have_one_visit(door: Door) -> None:
    """Whoever comes second, while the first is let in, begins at the start."""
    waits(door)
    called(door)
    line = door.entrance.line
    number = door.entrance.read(door.cookies[COOKIE]).number
    line.enter(number)
    others = [replace(door, cookies={COOKIE: door.cookies[COOKIE]}) for _ in range(2)]

    async def both() -> list[str]:
        asked = [other._send(other.app, "GET", "/verify/waiting", {}) for other in others]
        return [answer.headers["location"] for answer in await asyncio.gather(*asked)]

    assert ["/verify", "/verify/question"] == sorted(door.loop.run_until_complete(both()))


def test_whoever_comes_back_is_led_to_their_place(door: Door) -> None:
    """The start page leads on; who wants to use another key may."""
    waits(door)
    back = door.ask("GET", "")
    anew = door.ask("GET", "?new=1")
    assert (303, "/verify/waiting", 200) == (
        back.status_code, back.headers["location"], anew.status_code,
    )  # fmt: skip
    called(door)


def test_a_restart_loses_no_place(door: Door) -> None:
    """A process that starts anew lets in who waited before, with what they had shown."""
    waits(door)
    door.restart()
    assert "/verify/question" == called(door)
    assert "alice" in door.ask("GET", "/question").text


def test_a_thousand_junk_keys_lengthen_nobodys_wait(door: Door) -> None:
    """From as many addresses as there are: each is refused in the same bytes as when nobody waits."""
    waits(door)
    line, mine = door.entrance.line, door.entrance.read(door.cookies[COOKIE]).number
    held, before = dict(door.cookies), (line.waiting, line.place(mine))
    said = {junk(door, number) for number in range(1000)}
    assert (1, before) == (len(said), (line.waiting, line.place(mine)))
    door.cookies.update(held)
    called(door)
    CLOCK.now += 10.0
    assert (0, said) == (line.waiting, {junk(door, 1001)})


def junk(door: Door, number: int) -> tuple[int, str]:
    """Show a key that is none, from an address of its own; return the answer, and get no place."""
    door.cookies.clear()
    headers = {"x-forwarded-for": f"2001:db8::{number:x}"}
    answer = door.ask("POST", "/account", data={"key": f"wk_{number}"}, headers=headers)
    assert {} == door.cookies
    return answer.status_code, answer.text


def test_a_key_that_was_revoked_meanwhile_is_told_when_it_is_its_turn(door: Door) -> None:
    """The place stays good, also where a junk key is shown: the right one is taken at once."""
    waits(door)
    number = door.entrance.read(door.cookies[COOKIE]).number
    assert 403 == door.enter("wk_wrong").status_code
    assert number == door.entrance.read(door.cookies[COOKIE]).number
    for made in door.site.registry.keys.of("alice"):
        door.site.registry.keys.revoke(made.id)
    key = door.key("alice")
    while (answer := door.ask("GET", "/waiting")).status_code == 200:
        CLOCK.now += 1.0
    assert (403, True) == (answer.status_code, "this API key is not valid" in answer.text)
    assert ("/verify/question", 1) == (door.enter(key).headers["location"], used(door))


def test_a_company_that_waits_behind_one_address_is_not_sent_away(door: Door) -> None:
    """Looking again is counted by place, and not by address; whoever looks on and on is told to wait."""
    waits(door)
    held = dict(door.cookies)
    door.entrance.line._places = 0  # nobody is called meanwhile
    others = []
    for number in range(14):
        waits(door, f"198.51.100.{number}")
        others += [door.ask("GET", "/waiting").status_code for _ in range(10)]
    door.cookies.update(held)
    mine = [door.ask("GET", "/waiting").status_code for _ in range(21)]
    door.entrance.line._places = 10_000
    assert ({200}, {200}, 429) == (set(others), set(mine[:20]), mine[20])


def test_whoever_has_no_place_begins_at_the_start(door: Door) -> None:
    """A made-up place is none."""
    door.cookies.clear()
    door.cookies[COOKIE] = "made-up"
    answer = door.ask("GET", "/waiting")
    assert (303, "/verify") == (answer.status_code, answer.headers["location"])


def test_the_page_speaks_every_language(door: Door) -> None:
    """Each has its own words, and nothing of it needs a script."""
    waits(door)
    pages = [door.ask("GET", f"/waiting?lang={code}").text for code in LANGUAGES]
    assert len(LANGUAGES) == len({re.findall(r"<h1>(.*?)</h1>", page)[0] for page in pages})
    assert [] == [page for page in pages if "<script" in page]
    called(door)


@pytest.mark.parametrize(
    ("place", "waiting", "said"),
    [
        (Place(0, 0.2), 1, Wait(1, 1, 5)),
        (Place(9, 100.0), 10, Wait(10, 2, 25)),
        (Place(1233, 4000.0), 2000, Wait(1234, 67, 300)),
        (Place(3, 8.0), 20_000, Wait(4, 1, 200)),
        (Place(5, None), 6, Wait(6, None, 300)),
    ],
)
def test_who_waits_long_looks_less_often(place: Place, waiting: int, said: Wait) -> None:
    """A quarter of the time, at least five seconds, at most five minutes; rarer when many look."""
    assert said == wait_of(place, waiting)


def test_a_ticket_is_only_ours_and_for_a_day(tmp_path: Path) -> None:
    """What was altered, is of another deployment, in another form or too old, is none."""
    entrance = Entrance(Line(tmp_path / "line", 1, 1), SECRET)
    assert None is entrance.join(0, ("k", "t"), None)
    text = entrance.join(0, ("k", "t"), None)
    assert text
    read = entrance.read(text)
    assert read
    assert (1, "k", "t") == (read.number, read.key, read.token)
    old = Ticket(1, "k", "t", read.at - LASTS)
    others = [
        text[:-2],
        to_base64url(seal(b"o" * 32, "place", b"{}")),
        to_base64url(seal(SECRET, "other", b"{}")),
        to_base64url(seal(SECRET, "place", b"{}")),
        to_base64url(seal(SECRET, "place", msgspec.json.encode(old))),
    ]
    assert [None] * 5 == [entrance.read(item) for item in others]
