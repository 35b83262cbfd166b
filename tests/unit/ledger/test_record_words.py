"""The record in every language: nothing is wanting, links lead somewhere, and whose words are whose is marked."""

import posixpath
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.ledger.test_record_pages import page
from tests.unit.ledger.test_record_told import rich
from tests.worlds.record import CATALOGUE, first, recorded
from writ.ledger.record.editions import AFFECTED
from writ.ledger.record.statements import EVALUATIONS, FIELDS
from writ.ledger.record.words import words_in
from writ.pages.words import LANGUAGES, catalogue

PACKAGE = "writ.ledger.record"
SOURCE = Path(__file__).parents[3] / "src" / "writ" / "ledger" / "record"
OTHERS = sorted(set(LANGUAGES) - {"en"})
COUNTED = ("existing", "told", "organisations", "licences")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, bytes]]:
    """A record's files."""
    with recorded(tmp_path_factory.mktemp("languages")) as made:
        made.enact({"catalogue.yaml": CATALOGUE, "us-bis.v1.yaml": first()})
        made.build()
        yield made.files()


def blanks(text: str) -> set[str]:
    """What is filled in."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_every_text(language: str) -> None:
    """With the same blanks to fill in, and none of them left as it is in English."""
    english, other = catalogue("en", PACKAGE), catalogue(language, PACKAGE)
    assert list(english) == list(other)
    assert {key: blanks(text) for key, text in english.items()} == {
        key: blanks(text) for key, text in other.items()
    }
    long = {key for key, text in english.items() if len(text.split()) > 3}
    assert set() == {key for key in long if english[key] == other[key]}


def test_every_text_is_said_and_is_there() -> None:
    """What templates and sentences ask for is what the catalogue has."""
    sources = [*SOURCE.glob("pages/*.html"), SOURCE / "words.py"]
    text = "".join(file.read_text() for file in sources)
    text = text.replace("words.count(", "words(")
    asked = set(re.findall(r'(?:words|self)\("([a-z_.]+)"', text))
    asked |= set(re.findall(r'"((?:force|figure)\.[a-z]+|authenticated|unauthenticated)"', text))
    asked = (asked - set(COUNTED)) | {f"{key}.{end}" for key in COUNTED for end in ("one", "many")}
    families = ("evaluation.", "kind.", "unit.", "change.", "said.", "part.")
    there = {key for key in catalogue("en", PACKAGE) if not key.startswith(families)}
    assert there == {key for key in asked if not key.endswith(".")}
    words = words_in("en")
    for key in (*map("evaluation.{}".format, EVALUATIONS), *map("said.{}".format, FIELDS[:-1])):
        assert words(key)


@pytest.mark.parametrize("language", LANGUAGES)
def test_whose_words_are_whose_is_marked(language: str) -> None:
    """An order's own have no language that we know of; what was done is in English."""
    shown = page(rich(), language)
    assert f'<html lang="{language}">' in shown
    marked = [f"<h1{own}>Licence requirement</h1>" in shown for own in ("", ' lang=""')]
    assert [language == "en", language != "en"] == marked
    assert (language != "en") == ('<ul class="said" lang="en">' in shown)


@pytest.mark.parametrize("language", OTHERS)
def test_figures_and_instants_are_said_in_the_language(
    files: dict[str, bytes], language: str
) -> None:
    """And so is what an edition changed."""
    shown = files[f"{language}/orders/us-bis.html"].decode()
    words = words_in(language)
    assert words("figure", least="500", most="999", day="2026-06-12") in shown
    assert words.instant("2026-06-12T21:21:00Z") in shown
    assert words("change.first") in shown
    assert words(AFFECTED) in shown


def test_every_link_of_every_page_leads_somewhere(files: dict[str, bytes]) -> None:
    """In all languages, to pages, editions, feeds and style; each page names the others."""
    pages = {name: data.decode() for name, data in files.items() if name.endswith(".html")}
    assert 2 * len(LANGUAGES) + 1 == len(pages)
    for name, text in pages.items():
        links = re.findall(r'(?:href|src)="([^"#]+)', text)
        places = {
            posixpath.normpath(posixpath.join(posixpath.dirname(name), link))
            for link in links
            if "://" not in link
        }
        assert set() == places - files.keys(), name
        if name != "verify.html":
            assert len(LANGUAGES) == len(places & pages.keys() & _alike(name))


def _alike(name: str) -> set[str]:
    """The same page in each language."""
    plain = re.sub(rf"^({'|'.join(LANGUAGES)})/", "", name)
    return {plain} | {f"{code}/{plain}" for code in OTHERS}
