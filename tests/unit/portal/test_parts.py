"""The portal's small parts: buckets, visits, words, forms, methods' answers."""

import asyncio
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.worlds.office import office
from writ.errors import InvalidInput, Refused
from writ.law.values import PROTECTIONS
from writ.model.config import read_config
from writ.model.decision import Settlement
from writ.model.listeners import Address, Portal
from writ.model.vocabulary import RELATIONS, VOCABULARY
from writ.pages.words import LANGUAGES, catalogue
from writ.people.methods import Question
from writ.people.papers import documents
from writ.portal.arrivals import read_fields
from writ.portal.counter import Account
from writ.portal.forms import choices, papers
from writ.portal.limits import Buckets, TooMany
from writ.portal.server import run, ways_of
from writ.portal.visits import IDLE, Visits
from writ.portal.words import choose, words_in
from writ.signing.keys import KeyPair

ALICE = Account("alice", "person", None, "0a", "2026-06-01T00:00:00Z", None, None, [], {})


@dataclass
class Time:
    """Elapsed seconds, as a test has them."""

    now: float = 0.0
    tell: Callable[[], float] = field(init=False)

    def __post_init__(self) -> None:
        self.tell = lambda: self.now


# -- buckets ---------------------------------------------------------------------------------


def test_tries_come_back_with_time() -> None:
    """Two at once, then one each ten seconds; another visitor has tries of their own."""
    time = Time()
    buckets = Buckets(2, 10.0, time.tell)
    buckets.take("a")
    buckets.take("a")
    with pytest.raises(TooMany, match="wait 10 seconds"):
        buckets.take("a")
    buckets.take("b")
    time.now = 10.0
    buckets.take("a")
    with pytest.raises(TooMany) as caught:
        buckets.take("a")
    assert 10 == caught.value.after


def test_there_are_only_so_many_buckets() -> None:
    """The fullest are forgotten first: whoever tried most stays counted."""
    buckets = Buckets(2, 1000.0, Time().tell, most=4)
    for _ in range(2):
        buckets.take("often")
    for number in range(10):
        buckets.take(str(number))
    with pytest.raises(TooMany):
        buckets.take("often")


# -- visits ----------------------------------------------------------------------------------


def test_a_visit_ends_by_itself() -> None:
    """After half an hour without a request; each request begins it anew."""
    time = Time()
    visits = Visits(time.tell)
    visit = visits.open("00", ALICE)
    time.now = IDLE
    assert visits.find(visit.name) is visit
    time.now = 2 * IDLE + 1
    assert None is visits.find(visit.name)


def test_there_are_only_so_many_visits() -> None:
    """The one that has waited longest goes."""
    visits = Visits(Time().tell, most=2)
    first, second = visits.open("1", ALICE), visits.open("2", ALICE)
    visits.find(first.name)
    visits.open("3", ALICE)
    assert (first, None) == (visits.find(first.name), visits.find(second.name))


# -- words -----------------------------------------------------------------------------------


def _slots(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_every_language_says_everything(language: str) -> None:
    """The same keys as in English, the same things filled in, and not the English text itself."""
    english, other = catalogue("en", "writ.portal"), catalogue(language, "writ.portal")
    alike = [key for key, text in english.items() if other.get(key) == text and " " in text]

    assert english.keys() == other.keys()
    assert {key: _slots(text) for key, text in english.items()} == {
        key: _slots(text) for key, text in other.items()
    }
    assert [] == [key for key in alike if _slots(english[key]) != {"label", "what"}]


def test_whatever_can_be_asked_has_words() -> None:
    """Every attribute, status and relation of the vocabulary, and every paper."""
    names = {f"label.{name}" for name in VOCABULARY}
    names |= {f"status.{name}" for name in PROTECTIONS} | {f"relation.{n}" for n in RELATIONS}
    names |= {f"doc.{paper}" for attribute in VOCABULARY for paper in documents(attribute)}
    assert set() == names - catalogue("en", "writ.portal").keys()


@pytest.mark.parametrize(
    ("language", "days"),
    [("en", "90 days"), ("fr", "90 jours"), ("de", "90 Tage"), ("es", "90 días"), ("ja", "90 日")],
)
def test_days_are_written_as_the_language_does(language: str, days: str) -> None:
    """As days, not as months, and never by the name of the unit in CLDR."""
    assert days == words_in(language).days(90).replace("\N{NO-BREAK SPACE}", " ")


def test_values_are_named_in_the_visitors_language() -> None:
    """Countries by CLDR; groups, regions and ids as they are; a complete list as one."""
    german = words_in("de")
    said = [
        german.wanted("citizenships", [["US", ""], ["FR", ""]], "at_least"),
        german.wanted("protection", [["refugee", "US"], ["stateless", ""]], "at_least"),
        german.wanted("residence", [["UA", "UA-43"], ["eu", ""]], "at_least"),
        german.wanted("employer", [["acme", "employee"], ["acme", ""]], "at_least"),
        german.wanted("age_over", [["18"]], "at_least"),
        german.wanted("citizenships", [], "exhaustive"),
        german.wanted("citizenships", [["FR", ""]], "exhaustive"),
        german.date("2026-06-12T21:21:00Z"),
    ]
    assert [
        "Staatsangehörigkeit: Vereinigte Staaten oder Frankreich",
        "Gewährter Schutz: Flüchtling (Vereinigte Staaten) oder staatenlose Person",
        "Wohnsitz: UA-43 oder eu",
        "Beschäftigung: acme (angestellt) oder acme",
        "Alter mindestens: 18",
        "Staatsangehörigkeit, vollständige Liste: keine",
        "Staatsangehörigkeit, vollständige Liste: Frankreich",
        "12. Juni 2026",
    ] == said


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        (None, "", "en"),
        ("ja", "de", "ja"),
        ("tlh", "de-CH,de;q=0.9", "de"),
        (None, "pt, fr;q=0.3, es;q=0.8", "es"),
        (None, "fr;q=x, de;q=0.1", "de"),
        (None, "fr-CA", "fr"),
    ],
)
def test_the_language_is_the_visitors(asked: str | None, accepted: str, language: str) -> None:
    """By name, else the browser's best that there is, else English."""
    assert language == choose(asked, accepted)


# -- forms -----------------------------------------------------------------------------------


def test_a_form_offers_each_value_and_each_paper_once() -> None:
    """With the name by which it is read back, and whether the country is still to be said."""
    question = Question(
        "alice",
        "person",
        "requester",
        "fable-5",
        (
            Settlement("requester", "citizenships", (("US", ""), ("eu", "")), "at_least", 2, ()),
            Settlement("requester", "citizenships", (("FR", ""),), "exhaustive", 2, ()),
        ),
    )
    assert [
        ("0.0", "Citizenship: United States", False),
        ("0.1", "Citizenship: eu", True),
        ("1", "Citizenship, the complete list: France", False),
    ] == [(c.name, c.text, c.country) for c in choices(question, words_in("en"))]
    assert [*documents("citizenships")] == papers(question)


@pytest.mark.parametrize("data", [b"a=1&a=2", b"a=\xff", b"a", b"&".join([b"a=1"] * 50)])
def test_a_form_that_is_odd_is_not_read(data: bytes) -> None:
    """A name twice, what is no text, no pair, and too many."""
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_fields(data)


# -- the process -----------------------------------------------------------------------------


def test_a_portal_needs_its_section_and_its_own_keys(tmp_path: Path) -> None:
    """Without [portal] it does not start; a method's key that trust does not name is refused."""
    made = office(tmp_path, portal=True)
    config = read_config(made.config)
    assert (
        Portal(
            Address("127.0.0.1", 8082), "https://verify.example.org", frozenset({"127.0.0.1"}), ""
        )
        == config.portal
    )
    assert {"declaration", "review"} == set(ways_of(config).methods)
    path = config.method_key("declaration")
    path.unlink()
    assert {"review"} == set(ways_of(config).methods)
    KeyPair.generate().save(path)
    with pytest.raises(Refused, match="is not the key that the trust document names"):
        ways_of(config)
    bare = tmp_path / "bare.toml"
    bare.write_text("")
    with pytest.raises(Refused, match="has no \\[portal\\]"):
        asyncio.run(run(read_config(bare)))
