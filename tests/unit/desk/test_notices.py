"""Who is told what when an order comes, changes and goes, and what may leave the house."""

import string
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.worlds.signers import CATALOGUE, Signers, StandingClock, letter
from writ.clock import DAY, HOUR, Instant, format_instant, parse_instant
from writ.desk.desk import Desk
from writ.desk.notice_texts import AUDIENCES, LANGUAGES, catalogue
from writ.desk.notices import Notices
from writ.errors import InvalidInput, Refused
from writ.model.subject import Subject
from writ.people.end_users import EndUser
from writ.people.keys import Wanted
from writ.people.registry import Registry
from writ.store.events import read_events, read_payload
from writ.store.people_tables import attestation

WORLD = Signers.make()
EFFECTIVE = parse_instant("2026-06-12T17:21:00-04:00")
PORTAL = "https://verify.example.org"
LATER = EFFECTIVE + 10 * DAY
ALL = {"citizenships": ["FR"], "permanent_residences": [], "protection": []}
BOOKS: Mapping[str, tuple[Subject, Mapping[str, list[Any]]]] = {
    "us": (Subject("us", "person"), {"citizenships": ["US"]}),
    "foreign": (Subject("foreign", "person"), ALL),
    "unknown": (Subject("unknown", "person", ("acme", "provider")), {}),
    "acme": (Subject("acme", "organisation"), {}),
    "acme-bot": (Subject("acme-bot", "service", ("acme",)), {}),
    "provider": (Subject("provider", "organisation"), {}),
    "clerk": (
        Subject("clerk", "person"),
        ALL | {"employer": [{"organisation": "provider", "relation": "employee"}]},
    ),
}


@dataclass
class House:
    """A desk, its registry and its notices, at a time that a test sets."""

    desk: Desk
    registry: Registry
    notices: Notices
    clock: StandingClock

    def enact(self, **orders: bytes) -> None:
        """Put orders in force; names are files without an ending."""
        files = {f"{name}.yaml": text for name, text in orders.items()}
        WORLD.enact(self.desk, {"catalogue.yaml": CATALOGUE, **files})

    def know(
        self,
        subject: str,
        attribute: str,
        value: list[Any],
        *,
        whole: bool = True,
        ends: Instant | None = None,
    ) -> bytes:
        """Have a fact attested; return the id of what attests it."""
        line = {
            "subject": subject,
            "attribute": attribute,
            "value": value,
            "completeness": "exhaustive" if whole else "at_least",
            "assurance": "A1" if attribute == "employer" else "A3",
            "method": "visit",
            "issuer": "registrar",
            "verified_at": "2026-06-01T00:00:00Z",
            "expires_at": None if ends is None else format_instant(ends),
        }
        operator = WORLD.keys["registrar"]
        self.registry.facts.take_in(msgspec.json.encode(line), operator, skip_bad=False)
        return self.registry.facts.carried(subject)[-1].id

    def told(self) -> dict[str, dict[str, int]]:
        """Send what is due; return it in numbers by phase, silent phases left out."""
        rounds: Any = self.notices.send(self.desk.current())["rounds"]
        found: dict[str, Counter[str]] = {}
        for item in rounds:
            if item["counts"]:
                found[item["phase"]] = found.get(item["phase"], Counter()) + Counter(item["counts"])
        return {phase: dict(counts) for phase, counts in found.items()}

    def box(self, after: int = 0) -> list[dict[str, Any]]:
        """Return the outbox as it leaves, with ids for pseudonyms."""
        everybody = (*BOOKS, "worker", "visitor", "clerk-2")
        names = {self.notices.name_of(name): name for name in everybody}
        found: Any = self.notices.read(after, 500)
        return [{**item, "who": names[item["recipient"]]} for item in found]


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A house an hour before the letter takes effect, with everybody on the books."""
    clock = StandingClock(EFFECTIVE - HOUR)
    desk = WORLD.desk(tmp_path / "writ.db", clock)
    registry = Registry(desk.store, WORLD.trust, clock, tmp_path)
    made = House(desk, registry, Notices(desk.store, registry, clock, PORTAL), clock)
    registry.subjects.add([subject for subject, _ in BOOKS.values()])
    for name, (_, facts) in BOOKS.items():
        for attribute, value in facts.items():
            made.know(name, attribute, value)
    return made


def said(**changes: str) -> bytes:
    """Return the first letter with lines changed; `_` in a name stands for nothing."""
    text = letter().decode()
    for line, instead in changes.items():
        text = text.replace(f"\n{line}:", f"\n{instead}\n# {line}:", 1)
    return text.encode()


def open_letter(disclosure: str = "full", **changes: str) -> bytes:
    """Return the first letter, with a disclosure and a notice."""
    head = f"disclosure: {disclosure}\nnotice: {{en: Not now., fr: '{{Pas}} maintenant.'}}\n"
    return said(**changes).replace(b"clauses:", head.encode() + b"clauses:", 1)


def rescission(disclosure: str = "full", version: int = 2) -> bytes:
    """Return the letter that takes the first one back ten days later."""
    return (
        f"order: us-bis\nversion: {version}\nkind: rescission\ntitle: Taken back\n"
        "authority: {name: Bureau, jurisdiction: US}\n"
        f"effective: 2026-06-22T17:21:00-04:00\ndisclosure: {disclosure}\n"
        "clauses: {c1: The requirement is lifted.}\nlifts: [c1]\nrules: []\n"
    ).encode()


def test_an_order_is_told_before_while_and_after_it_counts(house: House) -> None:
    """Each is told what concerns them, once; and afterwards only who was told less is told more."""
    house.enact(a=open_letter(), b=rescission())
    who = {"barred": 2, "must_verify": 1, "organisation_admin": 2, "staff": 2}

    assert {"before_effect": who} == house.told()
    assert {} == house.told()
    house.clock.instant = EFFECTIVE
    lifted = {"restored": 5}
    assert {"in_force": who, "before_effect": lifted | {"staff": 2}} == house.told()
    house.clock.instant = LATER
    assert {"withdrawn": {"restored": 5, "staff": 2}} == house.told()
    assert {} == house.told()
    assert [] == [item["who"] for item in house.box() if item["who"] in {"us", "acme-bot"}]


def test_who_shows_proof_meanwhile_is_told_nothing_and_who_loses_it_is(house: House) -> None:
    """Whoever verified knows it; another who is found to be foreign goes from asked to barred."""
    house.enact(a=open_letter())
    house.clock.instant = EFFECTIVE
    house.told()
    house.know("unknown", "citizenships", ["US"], whole=False)
    assert {} == house.told()
    for attribute, value in {**ALL, "citizenships": ["DE"]}.items():
        house.know("us", attribute, value)
    assert {"in_force": {"must_verify": 1}} == house.told()


def test_an_amendment_tells_what_it_changes_for_each(house: House) -> None:
    """Another model is added: only that is told; one who may use a model again is told that."""
    amended = open_letter(version="version: 2").replace(
        b"effective: 2026-06-12", b"effective: 2026-06-14"
    )
    house.enact(a=open_letter(), b=amended.replace(b"[fable-5]", b"[mythos-5]"))
    house.clock.instant = EFFECTIVE
    assert {"in_force", "before_effect"} == set(house.told())
    house.clock.instant = EFFECTIVE + 3 * DAY
    who = {"barred": 2, "must_verify": 1, "organisation_admin": 2, "restored": 5, "staff": 2}
    assert {"amended": who} == house.told()
    last = [item for item in house.box() if item["who"] == "foreign"][-2:]
    assert [("barred", ["mythos-5"]), ("restored", ["fable-5"])] == [
        (item["audience"], item["models"]) for item in last
    ]
    assert {} == house.told()


def test_taking_an_order_away_restores_and_names_nothing(house: House) -> None:
    """What is no longer there is told neutrally; what another order still bars is not told."""
    house.enact(a=open_letter())
    house.clock.instant = EFFECTIVE
    house.told()
    house.enact(a=letter("other"), b=open_letter())
    assert {"in_force": {"barred": 2, "must_verify": 1, "organisation_admin": 2, "staff": 2}} == (
        house.told()
    )
    WORLD.enact(house.desk, {"b.yaml": None})
    assert {"withdrawn": {"staff": 2}} == house.told()
    WORLD.enact(house.desk, {"a.yaml": None})
    before = len(house.box())
    assert {"withdrawn": {"restored": 10, "staff": 2}} == house.told()  # both orders tell them
    assert all("order" not in item and "phase" not in item for item in house.box()[before:])


def test_a_sealed_order_leaves_no_trace(house: House) -> None:
    """Under `none` the outbox has the neutral notice: no id, title, authority, clause or instant."""
    lifted = rescission("none").replace(b"clauses:", b"notice: {en: Again.}\nclauses:")
    house.enact(a=open_letter("none"), b=lifted)
    assert {} == house.told()
    house.clock.instant = EFFECTIVE
    house.told()
    house.clock.instant = LATER
    house.told()
    sent = msgspec.json.encode(house.notices.read(0, 500)).decode()
    for secret in ("us-bis", "Licence", "Bureau", "licence", "Taken back", "only-us", "2026", "foreign",
                   "order", "version", "in_force", "withdrawn", "before_effect", "ear.us"):  # fmt: skip
        assert (secret, False) == (secret, secret in sent)
    bodies = [item["texts"]["en"]["body"] for item in house.box() if item["who"] == "foreign"]
    assert ["fable-5: Not now.", "fable-5: Again."] == bodies
    bodies = [item["texts"]["de"]["body"] for item in house.box() if item["who"] == "foreign"]
    assert "fable-5: für dieses Konto verfügbar." == bodies[-1]


@pytest.mark.parametrize(
    ("disclosure", "there", "hidden"),
    [
        (
            "existence",
            ("A legal order requires this.", "in_force"),
            ("us-bis", "Bureau", "Licence"),
        ),
        ("full", ("us-bis", "Bureau", "Licence requirement", "in_force"), ("A legal order",)),
    ],
)
def test_disclosure_says_how_much_is_told(
    house: House, disclosure: str, there: tuple[str, ...], hidden: tuple[str, ...]
) -> None:
    """From `existence` up it says that an order requires it, under `full` which one."""
    house.enact(a=open_letter(disclosure))
    house.clock.instant = EFFECTIVE
    house.told()
    sent = msgspec.json.encode(house.notices.read(0, 500)).decode()
    assert (there, ()) == (
        tuple(item for item in there if item in sent),
        tuple(item for item in hidden if item in sent),
    )
    assert "Not now.\\n\\nfable-5: not available to your account." in sent
    assert "{Pas} maintenant." in sent


@pytest.mark.parametrize("disclosure", ["none", "full"])
def test_who_has_a_key_is_told_where_the_portal_is(house: House, disclosure: str) -> None:
    """It asks for the key, so nobody else is; a sealed order leads nobody to appeal against it."""
    house.registry.keys.create([Wanted("unknown", "acme"), Wanted("foreign")])
    house.enact(a=open_letter(disclosure))
    house.clock.instant = EFFECTIVE
    house.told()

    for language in LANGUAGES:
        told = {
            item["who"]
            for item in house.box()
            if f"{PORTAL}/verify" in item["texts"][language]["body"]
        }
        assert ({"unknown"} if disclosure == "none" else {"unknown", "foreign"}) == told


def test_who_has_no_key_is_told_of_what_companies_ask_for_them(house: House) -> None:
    """A company's end user is judged as one; how the company itself stands is not theirs to know."""
    house.registry.subjects.add([Subject("worker", "person"), Subject("visitor", "person")])
    named = [EndUser("acme", "u-1", "worker"), EndUser("provider", "u-1", "visitor")]
    house.registry.end_users.add(named)
    excepted = b"exceptions: [{id: e1, to: only-us-persons, clauses: [c1], models: [fable-5], who: {acting_for: acme}}]\n"
    house.enact(a=excepted + open_letter())
    house.clock.instant = EFFECTIVE

    assert 2 == house.told()["in_force"]["must_verify"]
    assert {"unknown", "visitor"} == {
        item["who"] for item in house.box() if item["audience"] == "must_verify"
    }
    house.know("visitor", "citizenships", ["US"], whole=False)
    house.registry.keys.create([Wanted("worker")])
    assert {"in_force": {"must_verify": 1}} == house.told()
    assert "worker" == house.box()[-1]["who"]


def test_what_ends_is_not_said_to_be_required(house: House) -> None:
    """Under `existence` a restriction's end is told without a reason; an order without rules is not."""
    house.enact(a=open_letter("existence"), b=rescission("existence"), c=rescission(version=1).replace(b"us-bis", b"eu"))  # fmt: skip
    house.clock.instant = EFFECTIVE
    house.told()
    house.clock.instant = LATER
    before = len(house.box())
    assert {"withdrawn": {"restored": 5, "staff": 2}} == house.told()
    bodies = {item["texts"]["en"]["body"] for item in house.box()[before:] if item["who"] == "acme"}
    ended = "A restriction that applied to your account has ended."
    assert {f"{ended}\n\nfable-5: available to your account. Your key stays the same."} == bodies


def test_nothing_about_anybody_leaves_or_is_recorded(house: House) -> None:
    """Neither outbox nor event rows have ids or attributes; a row has the digest and the counts."""
    house.enact(a=open_letter())
    house.clock.instant = EFFECTIVE
    house.told()
    with house.desk.store.view() as connection:
        rows = list(read_events(connection, kinds=["notices.sent"]))
        kept = b"".join(row.bytes for row in rows)
    sent = msgspec.json.encode(house.notices.read(0, 500)) + kept
    for secret in (*BOOKS, "FR", "citizenships"):
        assert f'"{secret}"'.encode() not in sent
    (payload,) = [read_payload(row) for row in rows]
    counts = {"barred": 2, "must_verify": 1, "organisation_admin": 2, "staff": 2}
    assert (counts, 7, "sha256:") == (
        payload["counts"],
        payload["through"],
        str(payload["digest"])[:7],
    )


def test_a_stand_in_is_named(house: House) -> None:
    """Whoever is served by another model is told which."""
    stands_in = b"barred: {substitute: opus-4-8}"
    house.enact(a=open_letter().replace(b"barred: deny", stands_in))
    house.clock.instant = EFFECTIVE
    assert 2 == house.told()["in_force"]["substituted"]
    (text,) = [item["texts"]["de"]["body"] for item in house.box() if item["who"] == "foreign"]
    assert "fable-5: Anfragen beantwortet opus-4-8" in text


def test_a_stay_restores_until_it_ends(house: House) -> None:
    """While a court has stayed the rule everybody is told so, and told again when it ends."""
    stay = "stays: [{id: court, rules: [only-us-persons], by: A court, from: 2026-06-14T00:00:00Z, until: 2026-06-16T00:00:00Z}]"
    house.enact(a=open_letter().replace(b"rules:\n", f"{stay}\nrules:\n".encode()))
    house.clock.instant = EFFECTIVE
    house.told()
    house.clock.instant = EFFECTIVE + 2 * DAY
    assert 5 == house.told()["withdrawn"]["restored"]
    house.clock.instant = EFFECTIVE + 5 * DAY
    assert 2 == house.told()["in_force"]["barred"]


def test_previews_send_nothing_and_unknown_orders_are_said(house: House) -> None:
    """A preview has numbers and texts, the outbox stays empty; an order that is not here is a fault."""
    with pytest.raises(Refused, match="nothing is in force yet"):
        house.notices.preview(house.desk.current())
    house.enact(a=open_letter())
    with house.desk.store.unit() as connection:
        here = attestation.c.subject == "clerk"
        connection.execute(attestation.update().where(here).values(envelope=b"{}"))
    due: Any = house.notices.preview(house.desk.current(), "us-bis")
    counts = {"barred": 1, "must_verify": 1, "organisation_admin": 2, "staff": 1}
    assert (1, [counts]) == (due["unjudged"], [item["counts"] for item in due["rounds"]])
    assert sorted(counts) == [item["audience"] for item in due["rounds"][0]["examples"]]
    assert ([], {"notices": []}) == (house.box(), house.notices.status())
    with pytest.raises(InvalidInput, match="no order here is called `eu`"):
        house.notices.send(house.desk.current(), "eu")


def test_what_is_taken_away_is_counted(house: House) -> None:
    """Notices are given from any number on until somebody says they have them."""
    house.enact(a=open_letter())
    house.told()
    assert (7, 5) == (len(house.box()), len(house.box(2)))
    assert (3, 0) == (house.notices.take(3), house.notices.take(3))
    rows: Any = house.notices.status()["notices"]
    assert (7, 4) == (sum(row["made"] for row in rows), sum(row["waiting"] for row in rows))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything(language: str) -> None:
    """Each catalogue has every sentence, and asks for what the English one asks for."""

    def asked(words: Mapping[Any, str]) -> dict[str, set[str]]:
        return {
            str(key): {name for _, name, _, _ in string.Formatter().parse(text) if name}
            for key, text in words.items()
        }

    ours, english = catalogue(language), catalogue("en")
    assert set(AUDIENCES) == set(ours.text) == set(ours.sealed)
    for part in ("subject", "lead", "text", "why", "sealed", "portal"):
        assert asked(getattr(english, part)) == asked(getattr(ours, part))
