"""Templates of plausible orders: those that come with Writ, and a folder of one's own."""

from pathlib import Path

import pytest

from writ.clock import parse_instant
from writ.errors import InvalidInput
from writ.law.folder import Checked, check_sources
from writ.study.readiness.library import LeftOut, Plausible, answers_for, read_library
from writ.study.readiness.substitutes import substitutes

AT = parse_instant("2026-06-12T12:00:00Z")
CATALOGUE = """\
provider: us
models:
  one: {family: f, capabilities: [text], dialects: [openai]}
  two: {family: f, capabilities: [text, images], dialects: [openai, anthropic]}
  three: {capabilities: [text]}
  open: {capabilities: [text], controlled: false}
"""
OWN = """\
order: no-{{model:bare}}
version: 1
kind: restriction
title: Nobody but residents
authority: {name: A ministry, jurisdiction: FR}
effective: {{at}}
clauses: {c1: Nobody.}
rules:
  - id: residents
    clauses: [c1]
    models: [{{model}}]
    only: {person: {resident_in: [FR]}}
    standing: natural_person
    evidence: {to_serve: A1, to_bar: A1}
    barred: {{barred:bare}}
"""


def law(catalogue: str = CATALOGUE) -> tuple[Checked, dict[str, bytes]]:
    """Read a catalogue without orders."""
    files = {"catalogue.yaml": catalogue.encode()}
    return check_sources(files), files


def read(own: Path | None, **asked: str) -> tuple[tuple[Plausible, ...], tuple[LeftOut, ...]]:
    """Read the library over that catalogue."""
    base, files = law(asked.get("catalogue", CATALOGUE))
    answers = answers_for(base.book, AT, asked.get("model"), ["acme"])
    return read_library(base, files, answers, own)


def test_what_could_stand_in_for_what() -> None:
    """Another family with all dialects and capabilities; exempt models first."""
    base, _ = law()

    assert {
        "one": ("open", "three"),
        "two": (),
        "three": ("open", "two"),
    } == substitutes(base.book, AT)


def test_the_one_model_is_the_hardest_unless_it_is_named() -> None:
    """Of models that nothing could stand in for, the first; or any that is named, by any name."""
    base, _ = law()

    assert "two" == answers_for(base.book, AT, None, [])["model"]
    assert "{substitute: open}" == answers_for(base.book, AT, "one", [])["barred"]
    with pytest.raises(
        InvalidInput, match=r"`thre` is no controlled model .*; did you mean `three`"
    ):
        answers_for(base.book, AT, "thre", [])
    with pytest.raises(InvalidInput, match="`open` is no controlled model"):
        answers_for(base.book, AT, "open", [])


def test_a_folder_of_ones_own_adds_to_the_library(tmp_path: Path) -> None:
    """Its holes are filled alike, and it lies on top of what is in force."""
    (tmp_path / "residents.yaml").write_text(OWN)
    found, left = read(tmp_path, model="one")
    item = next(item for item in found if item.name == "residents")

    assert ((), 8) == (left, len(found))
    assert ("no-one", ("one",)) == (item.version.order, item.models)
    assert item.version in item.book.versions


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("us-persons", OWN, r"us-persons.yaml`: the name is taken"),
        ("mine", OWN.replace("{{at}}", "{{on}}"), r"mine.yaml: nothing fills the hole `on`"),
        ("mine", OWN.replace("only:", "onyl:"), r"mine.yaml:12:5: unknown key `onyl`; did you"),
        ("", "", r"has no template; one is an order file"),
    ],
)
def test_a_faulty_folder_is_refused(tmp_path: Path, name: str, text: str, said: str) -> None:
    """With the file and the place."""
    if name:
        (tmp_path / f"{name}.yaml").write_text(text)
    with pytest.raises(InvalidInput, match=said):
        read(tmp_path)


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    """Rather than measured without it."""
    with pytest.raises(InvalidInput, match="is no folder of templates"):
        read(tmp_path / "nowhere")


def test_a_template_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """By its name."""
    (tmp_path / "mine.yaml").write_bytes(b"\xff")
    with pytest.raises(InvalidInput, match=r"mine.yaml: cannot be read as UTF-8 text"):
        read(tmp_path)


def test_without_a_controlled_model_nothing_can_be_asked() -> None:
    """Everything is left out, and why is said."""
    found, left = read(None, catalogue="provider: us\nmodels: {open: {controlled: false}}\n")

    assert ((), {"the catalogue has no controlled model"}) == (found, {item.why for item in left})
