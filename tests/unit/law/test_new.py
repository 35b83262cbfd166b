"""New order files from templates."""

from pathlib import Path

import pytest

from writ.canonical import Plain
from writ.errors import InvalidInput, Refused
from writ.law.cases_run import run_case
from writ.law.cases_suite import read_suites
from writ.law.compiled.decide import decide
from writ.law.document import Node, read_yaml
from writ.law.flow import flow
from writ.law.folder import check_sources
from writ.law.new import make, read_answers, template, template_names
from writ.law.new_questions import MANY, ONE, read_question
from writ.law.reading import Reader

ALIKE: dict[str, Plain] = {
    "order": "letter-1",
    "title": "What it is: a title",
    "authority": "A #1 ministry",
    "jurisdiction": "NO",
    "received": "2026-06-12T17:21:00-04:00",
    "effective": "2026-06-12T17:21:00-04:00",
    "models": ["m-1", "m 2"],
    "clause": "Nobody: 'may'.",
}
OWN: dict[str, dict[str, Plain]] = {
    "class-of-person": {"definition": "ear.us_person@1", "cites": "15 CFR 744, 15 CFR 772.1"},
    "entities-on-a-list": {"entities": ['a "co"', "no", "c, d"]},
    "nationals-or-residents": {
        "countries": "BY, RU",
        "exempt": ["NO", "FR"],
        "exemption": "But some.",
        "provider": "acme",
    },
    "rescission": {},
    "requirement": {"definition": "eu.resident@1"},
    "mitigation": {
        "until": "2026-06-20T00:00:00+02:00",
        "model": "m-1",
        "capability": "cyber",
    },
    "trusted-access": {
        "model": "m-1",
        "capability": "cyber",
        "programme": "defenders",
        "admits": "Somebody: of trust",
        "evidence": "a letter, a #badge",
        "reviewer": "the board",
    },
}
TO_RESCIND = OWN["class-of-person"] | ALIKE | {"order": "letter-1"}


def given(answers: dict[str, Plain]) -> dict[str, Node]:
    """Return answers as a file gives them."""
    reader = Reader()
    node = read_yaml(flow(answers).encode(), "answers.yaml")
    return {key: entry.node for key, entry in reader.mapping(node).items()}


def made(name: str, answers: dict[str, Plain], files: dict[str, bytes]) -> dict[str, bytes]:
    """Make the files of a template."""
    reader, wanted = Reader(), template(name)
    read = read_answers(reader, wanted, given(answers))
    reader.done()
    return make(wanted, read, files)


def folder_of(name: str) -> dict[str, bytes]:
    """Return a folder with an order made from a template, where it takes one, made before it."""
    asked = {question.key for question in template(name).asks}
    answers = {key: value for key, value in ALIKE.items() if key in asked or name == "rescission"}
    answers |= OWN[name]
    if name != "rescission":
        return made(name, answers, {})
    files = made("class-of-person", TO_RESCIND, {})
    answers |= {"effective": "2026-07-01T00:00:00Z"}
    del answers["models"]
    orders = {key: data for key, data in files.items() if not key.endswith(".cases.yaml")}
    return files | made(name, answers, orders)


@pytest.mark.parametrize("name", template_names())
def test_what_is_made_is_a_whole_folder_whose_cases_come_out(tmp_path: Path, name: str) -> None:
    """Odd words or not, it has no fault, its scenarios hold and so do its cases."""
    for file, data in folder_of(name).items():
        (tmp_path / file).write_bytes(data)
    found = read_suites([tmp_path])
    assert [] == found.faults
    book = found.books[tmp_path]
    assert [] == [
        result.fault
        for suite in found.suites
        for case in suite.cases
        if (result := run_case(case, lambda *put: decide(book, *put))).wrong
    ]
    assert [] == [
        scenario.name
        for version in book.versions
        for scenario in version.scenarios
        if decide(book, scenario.chain, scenario.model, scenario.at).outcome is not scenario.expect
    ]
    assert "m-1" in book.catalogue.models


@pytest.mark.parametrize("name", template_names())
def test_templates_cite_nothing_of_their_own(name: str) -> None:
    """Clauses and citations are the user's words; a template makes no claim about the law."""
    for text in template(name).files.values():
        assert "CFR" not in text
        assert "cites" not in text or "cites: {{cites}}" in text
        assert "clauses:" not in text.split("rules:")[0] or "c1: {{clause}}" in text


def test_every_kind_of_answer_is_asked_for_or_refused() -> None:
    """Each question of each template has a kind that is read."""
    kinds = {ask.kind for name in template_names() for ask in template(name).asks}
    assert kinds == {*ONE, *MANY}


def test_the_page_lists_every_template() -> None:
    """A reader of the documentation knows which there are."""
    page = (Path(__file__).parents[3] / "docs" / "cases.md").read_text(encoding="utf-8")
    listed = page.partition("`writ order new` lists templates: ")[2].partition(". ")[0]
    assert {f"`{name}`" for name in template_names()} == set(listed.split(", "))


def test_a_name_that_is_no_template() -> None:
    """The nearest is offered, and all there are."""
    with pytest.raises(InvalidInput) as raised:
        template("recision")
    assert str(raised.value) == (
        "no template `recision`; did you mean `rescission`?; there are"
        " `class-of-person`, `entities-on-a-list`, `mitigation`, `nationals-or-residents`,"
        " `requirement`, `rescission`, `trusted-access`"
    )


def test_faults_of_answers_are_said_together() -> None:
    """What is missing, wrong, or not asked, with the place of what was given."""
    reader = Reader()
    answers: dict[str, Plain] = {
        "order": "a b",
        "jurisdiction": "",
        "effective": "2026-06-12",
        "models": [],
        "colour": "red",
        "definition": "ear.us_persons@1",
        "title": "t",
        "authority": "a",
        "received": "2026-06-12T00:00:00Z",
        "cites": [],
        "clause": "c",
    }
    read_answers(reader, template("class-of-person"), given(answers))
    said = [str(fault).split(";")[0] for fault in sorted(reader.faults)]
    assert [
        "answers.yaml:1:9: `a b` is not a name",
        "answers.yaml:1:28: is blank",
        "answers.yaml:1:43: `2026-06-12` is not an instant",
        "answers.yaml:1:65: `models` must name at least one",
        "answers.yaml:1:77: `class-of-person` does not ask for `colour`",
        "answers.yaml:1:94: unknown definition `ear.us_persons@1`",
    ] == said


def test_a_group_is_no_answer_where_countries_are_asked_for() -> None:
    """The template's people are citizens of a country; the order may name the group afterwards."""
    reader = Reader()
    read_answers(reader, template("nationals-or-residents"), given({"countries": "eea, CH"}))
    assert (
        "`eea` is a group of countries; answer with one of its countries, and write the group into"
        " the file that is made"
    ) in [fault.message for fault in reader.faults]


def test_what_is_missing_is_said_in_the_words_of_the_question() -> None:
    """Only what a catalogue or a default answers may be left out."""
    reader = Reader()
    read_answers(reader, template("rescission"), given({"order": "x"}))
    assert [
        "no answer for `title`: what the letter is about",
        "no answer for `authority`: who rescinded it",
        "no answer for `jurisdiction`: under whose law, such as US or EU",
        "no answer for `received`: when the letter came, with its zone",
        "no answer for `effective`: from when it applies, with its zone",
        "no answer for `clause`: the clause that lifts the order, in the letter's words",
    ] == [str(fault) for fault in reader.faults]
    known = [item.key for item in template("class-of-person").missing(has_catalogue=True)]
    assert ("provider" in known, "order" in known) == (False, True)


def test_a_catalogue_that_is_there_is_used() -> None:
    """The folder's own is kept, and what it does not have is a fault."""
    files = {"catalogue.yaml": b"provider: us\nmodels: {m-1: {}, m 2: {}}"}
    answers = ALIKE | OWN["class-of-person"]
    assert {"letter-1.v1.yaml", "letter-1.cases.yaml"} == set(
        made("class-of-person", answers, files)
    )
    with pytest.raises(InvalidInput, match="unknown model `m 3`"):
        made("class-of-person", answers | {"models": "m 3"}, files)


def test_nothing_is_written_over() -> None:
    """An order of that name is there already."""
    files = folder_of("class-of-person")
    orders = {key: data for key, data in files.items() if not key.endswith(".cases.yaml")}
    with pytest.raises(Refused) as raised:
        made("class-of-person", ALIKE | OWN["class-of-person"], orders)
    assert "`letter-1.v1.yaml` exists; nothing is written over" == str(raised.value)


@pytest.mark.parametrize("files", [{}, {"catalogue.yaml": b"provider: us\nmodels: {m-1: {}}"}])
def test_a_rescission_needs_an_order(files: dict[str, bytes]) -> None:
    """What is not there cannot be lifted."""
    answers = {key: value for key, value in ALIKE.items() if key != "models"}
    with pytest.raises(InvalidInput, match="the folder has no order `letter-1`"):
        made("rescission", answers, files)


def test_a_rescission_follows_the_last_version() -> None:
    """Its number is the next, and its case asks about a model that the order named."""
    files = folder_of("rescission")
    versions = check_sources(
        {name: data for name, data in files.items() if not name.endswith(".cases.yaml")}
    ).book.versions
    assert [(1, "restriction"), (2, "rescission")] == [
        (version.version, version.kind) for version in versions
    ]
    assert ["m 2"] == [scenario.model for scenario in versions[1].scenarios]


def test_a_question_with_a_default() -> None:
    """A default is read as an answer would be."""
    reader = Reader()
    node = read_yaml(b"{key: k, kind: countries, ask: Which, default: 'FR, DE'}", "x")
    question = read_question(reader, node)
    assert ([], ["FR", "DE"], False) == (reader.faults, question.default, question.once)
