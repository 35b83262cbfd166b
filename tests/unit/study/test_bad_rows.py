"""Bad rows are counted, named and kept."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from writ.errors import InvalidInput
from writ.law.folder import read_folder
from writ.model.order import Lawbook
from writ.study.comparison import Comparison
from writ.study.engine import open_engine
from writ.study.report import plain, words
from writ.study.simulation import Simulation, simulate
from writ.study.subject_lines import Lines

JUNE = Path(__file__).parents[3] / "orders" / "june-2026"
FACT = (
    '{"attribute": "citizenships", "value": ["%s"], "completeness": "at_least", '
    '"assurance": "A3", "method": "papers", "issuer": "counter", "verified_at": "2026-01-01T00:00:00Z"}'
)


def simulated(folder: Path, people: list[str], traffic: str | None = None) -> Simulation:
    """Simulate the June letters over lines of people and rows of traffic."""
    (folder / "people.jsonl").write_text("\n".join(people), encoding="utf-8")
    name = None
    if traffic is not None:
        (folder / "traffic.csv").write_text(traffic, encoding="utf-8")
        name = str(folder / "traffic.csv")
    return _simulated(str(folder / "people.jsonl"), name)


def _simulated(people: str, traffic: str | None = None) -> Simulation:
    whole = read_folder(JUNE)
    letters = tuple(item for item in whole.versions if item.order.startswith("us-"))
    book = replace(whole, versions=letters)
    with open_engine("duckdb://", threads=1) as engine:
        return simulate(engine, Comparison(Lawbook(book.catalogue), book), people, traffic)


def person(name: str, facts: str = "") -> str:
    """Write a line."""
    return f'{{"id": "{name}", "kind": "person", "facts": [{facts}]}}'


def problems(found: Simulation) -> list[tuple[str, int, str]]:
    """Return what was wrong."""
    return [(item.what, item.count, item.example) for item in found.problems]


def subjects(found: Simulation) -> dict[str, int]:
    """Return who gets what, of the first model in the first phase."""
    return found.phases[0].models[0].all["subjects"].by(1)


def test_an_unknown_country_is_named_and_its_subject_not_judged(tmp_path: Path) -> None:
    """The fault is the one that a subject's file would have, with one subject as an example."""
    found = simulated(tmp_path, [person("ann", FACT % "USA"), person("bob", FACT % "US")])

    what, count, example = problems(found)[0]
    assert ("`USA`" in what, 1, "ann") == (True, count, example)
    assert {"unjudged": 1} == {key: n for key, n in subjects(found).items() if key == "unjudged"}
    assert 2 == sum(subjects(found).values())


def test_a_line_that_is_no_subject_is_counted(tmp_path: Path) -> None:
    """It is named by its file and number."""
    found = simulated(tmp_path, [person("ann"), "{"])

    assert f"{tmp_path / 'people.jsonl'}:2" == problems(found)[0][2]
    assert 1 == subjects(found)["unjudged"]


def test_a_key_that_no_subject_has_is_told(tmp_path: Path) -> None:
    """A slip of the pen would leave everybody without facts, and nobody the wiser."""
    found = simulated(tmp_path, [person("ann"), '{"id": "bob", "kind": "person", "fact": []}'])

    said = "a line is no subject: Object contains unknown field `fact`"
    assert (said, 1, f"{tmp_path / 'people.jsonl'}:2") == problems(found)[0]
    assert 1 == subjects(found)["unjudged"]


def test_a_key_that_stands_twice_is_told(tmp_path: Path) -> None:
    """Of a subject or of a fact: the last would count, and what was said before be gone in silence."""
    twice = person("bob", FACT % "US").replace('"facts"', '"facts": [], "facts"')
    fact = (FACT % "US").replace('"value"', '"value": ["FR"], "value"')
    found = simulated(tmp_path, [person("ann"), twice, person("cyd", fact)])

    said = "a line is no subject: a key stands twice in it"
    assert (said, 2, f"{tmp_path / 'people.jsonl'}:2") == problems(found)[0]
    assert 2 == subjects(found)["unjudged"]
    quoted = fact.replace('"', '""')
    (tmp_path / "people.csv").write_text(f'id,kind,facts\nann,person,\ncyd,person,"[{quoted}]"\n')
    found = _simulated(str(tmp_path / "people.csv"))
    assert ("a key stands twice in a fact", 1, "cyd") == problems(found)[0]


def test_what_no_reader_of_json_reads_is_counted(tmp_path: Path) -> None:
    """Lines nested without end, and bytes that are no text, are rows that cannot be read."""
    deep = "[" * 5000 + "]" * 5000
    lines = [person("ann"), person("bob", f'{{"value": {deep}}}'), person("?")]
    (tmp_path / "people.jsonl").write_bytes("\n".join(lines).replace("?", "\xff").encode("latin-1"))
    (tmp_path / "people.csv").write_text(f"id,kind,facts\nann,person,\nbob,person,{deep}\n")

    found = _simulated(str(tmp_path / "people.jsonl"))
    assert ("a line is no JSON", 2, f"{tmp_path / 'people.jsonl'}:2") == problems(found)[0]
    assert {"verify": 1, "unjudged": 2} == +_some(subjects(found))
    found = _simulated(str(tmp_path / "people.csv"))
    assert ("`facts` is no JSON list", 1, "bob") == problems(found)[0]
    assert {"verify": 1, "unjudged": 1} == +_some(subjects(found))


def test_an_empty_id_spoils_nobody_else(tmp_path: Path) -> None:
    """Lines that are no subject say why, and whoever looks like one of them is judged all the same."""
    lines = [
        person("ann"),
        person(""),
        '{"kind": "person"}',
        '{"id": "b", "kind": "person", "facts": [1]}',
    ]
    found = simulated(tmp_path, lines)

    assert {
        "`id` is empty": 1,
        "a line is no subject: Object missing required field `id`": 1,
        "a line is no subject: Expected `object`, got `int` - at `$.facts[]`": 1,
        "subjects that stand on a row that cannot be read": 3,
    } == {what: count for what, count, _ in problems(found)}
    assert (1, 3) == (subjects(found)["verify"], subjects(found)["unjudged"])


def test_faults_of_every_kind_are_counted_together_from_some_number_on(tmp_path: Path) -> None:
    """A population that is wrong throughout makes no report of a line for each of its rows."""
    found = simulated(
        tmp_path, [person(f"p{number}", FACT % f"Q{number}") for number in range(150)]
    )

    whats = [what for what, _, _ in problems(found) if "stand on" not in what]
    assert 101 == len(whats)
    assert [50] == [count for what, count, _ in problems(found) if what == "other faults"]


def test_nobody_at_all_is_told(tmp_path: Path) -> None:
    """An empty population, or a log of nothing, makes a report incomplete, in words too."""
    found = simulated(tmp_path, [], "subject,model,at\n")

    told = "0 subjects in the population: nothing of it is counted"
    assert {told, "0 requests in the log: nothing of it is counted"} <= set(words(found))
    assert "incomplete" == plain(found)["verdict"]


def test_no_terminal_obeys_a_name(tmp_path: Path) -> None:
    """An example is shown in characters that print."""
    found = simulated(tmp_path, [person("\\u001b[31mred", FACT % "USA")])

    assert not [line for line in words(found) if not line.isprintable()]


def test_subjects_given_twice(tmp_path: Path) -> None:
    """Alike they count once; not alike they cannot be judged."""
    twice = [person("ann"), person("ann"), person("bob", FACT % "US"), person("bob")]
    found = simulated(tmp_path, [*twice, person("cyd")])

    assert {
        ("subjects given more than once", 1, "ann"),
        ("subjects given more than once, and not alike", 1, "bob"),
    } <= set(problems(found))
    assert 3 == sum(subjects(found).values())
    assert 1 == subjects(found)["unjudged"]


def test_a_log_with_strangers_unknown_models_and_bad_rows(tmp_path: Path) -> None:
    """Every bad row is counted, and still in the sums."""
    traffic = (
        "subject,model,at,tokens\n"
        "ann,fable-5,2026-06-01 00:00:01,5\n"
        "ann,fable-5,2026-06-01 00:00:00,\n"
        "ghost,fable-5,,7\n"
        "ann,fabel,2026-06-01 00:00:02,-1\n"
        "ann,fable-5,never,1\n"
        f"ann,fable-5,2026-06-01 00:00:03,{2**63 - 1}\n"
        f"ann,fable-5,2026-06-01 00:00:04,{2**63 - 1}\n"
    )
    found = simulated(tmp_path, [person("ann")], traffic)

    assert {
        ("requests for a model that no catalogue has", 1, "fabel"),
        ("requests whose tokens are not told, counted as none", 1, "ann"),
        ("requests with fewer than no tokens, counted as none", 1, "ann"),
        ("requests with more than a billion tokens, counted as none", 2, "ann"),
        ("requests without an instant", 1, "ghost"),
        ("requests whose instant cannot be read", 1, "ann"),
        ("requests whose instant is before that of the row above", 1, "row 2"),
        ("requests that stand on a subject that the population does not have", 1, "ghost"),
    } == set(problems(found))
    tallies = found.phases[0].models[0].all
    assert {"verify": 5, "unjudged": 1} == +_some(tallies["requests"].by(1))
    assert {"verify": 6, "unjudged": 7} == +_some(tallies["tokens"].by(1))


def _some(counts: dict[str, int]) -> Counter[str]:
    return Counter(counts)


def test_models_that_no_catalogue_has_are_counted_together_from_some_number_on(
    tmp_path: Path,
) -> None:
    """Those asked for most are named."""
    rows = [f"ann,m{number},2026-06-01 00:00:00" for number in (*range(25), 24)]
    found = simulated(tmp_path, [person("ann")], "\n".join(["subject,model,at", *rows, ""]))

    told = [(count, shown) for what, count, shown in problems(found) if "no catalogue has" in what]
    assert ((2, "m24"), (5, ""), 21) == (told[0], told[-1], len(told))


def test_organisations_that_nobody_knows(tmp_path: Path) -> None:
    """Whoever acts for one, in the population or in the log, is refused, counted and named."""
    people = ['{"id": "ann", "kind": "person", "acts_for": ["nowhere"]}', person("bob")]
    traffic = "subject,model,at,organisation\nbob,fable-5,2026-06-01 00:00:01,elsewhere\n"
    found = simulated(tmp_path, people, traffic)

    unknown = "that stand on a subject that the population does not have"
    assert {(f"subjects {unknown}", 1, "nowhere"), (f"requests {unknown}", 1, "elsewhere")} == set(
        problems(found)
    )


def test_strangers_are_named_whatever_they_ask_for(tmp_path: Path) -> None:
    """Also where no rule changes, and as those in the log: nobody asked for whom `aside` stands."""
    people = [
        '{"id": "ann", "kind": "person", "acts_for": ["nowhere"]}',
        '{"id": "cyd", "kind": "person", "acts_for": ["aside"]}',
    ]
    traffic = "subject,model,at\nann,saga-5,2026-06-01 00:00:01\n"
    found = simulated(tmp_path, people, traffic)

    unknown = "requests that stand on a subject that the population does not have"
    assert "saga-5" not in [item.model for item in found.phases[0].models]
    assert [(unknown, 1, "nowhere")] == [item for item in problems(found) if item[0] == unknown]


def test_rows_out_of_order_are_found_across_gaps(tmp_path: Path) -> None:
    """Rows without an instant between them do not hide it, and the first one is named by number."""
    rows = ["03", "05", "", "04", "06", "", "01"]
    lines = [f"ann,fable-5,{f'2026-06-01 00:00:{at}' if at else ''}" for at in rows]
    found = simulated(tmp_path, [person("ann")], "\n".join(["subject,model,at", *lines, ""]))

    back = "requests whose instant is before that of the row above"
    assert [(2, "row 4")] == [(n, shown) for what, n, shown in problems(found) if what == back]


def test_columns_that_are_not_there_are_named(tmp_path: Path) -> None:
    """Without `kind` nothing is counted; what may be missing is said, in JSON and in words."""
    people = tmp_path / "people.csv"
    people.write_text("id,facts\nann,\n")
    book = read_folder(JUNE)
    comparison = Comparison(Lawbook(book.catalogue), book)
    with open_engine("duckdb://", threads=1) as engine:
        with pytest.raises(InvalidInput, match="has no column `kind`; it has facts, id"):
            simulate(engine, comparison, str(people))
        people.write_text("id,kind\nann,person\n")
        found = simulate(engine, comparison, str(people))
    lacking = ["acts_for", "facts", "verified_at", "expires_at", "plan"]
    assert {"rows": 1, "without": lacking, "missing": []} == plain(found)["population"]
    assert f"the population has no {', '.join(lacking)}" in list(words(found))


def test_what_a_registry_lacks_is_said() -> None:
    """In the words of whoever gives the lines; nothing is incomplete by it."""
    line = b'{"id": "ann", "kind": "person"}'
    book = read_folder(JUNE)
    with open_engine("duckdb://", threads=1) as engine:
        source = Lines("the registry", [line], ["two facts are gone"])
        found = simulate(engine, Comparison(Lawbook(book.catalogue), book), source)
    report: Any = plain(found)
    assert ["two facts are gone"] == report["population"]["missing"]
    assert "complete" == report["verdict"]
    assert "two facts are gone" in list(words(found))
