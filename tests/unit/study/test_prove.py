"""`writ order prove`: June is proved, and faults are shown by people."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
import z3

from writ.cli.order_prove import prove as command
from writ.errors import InvalidInput
from writ.law.compiled.book import Compiled
from writ.law.folder import read_folder
from writ.law.snapshot import law_digest
from writ.model.order import Hold, Lawbook
from writ.study.page import page
from writ.study.proof import people
from writ.study.proof.by_model import does_what_is_ordered
from writ.study.proof.equal import EQUALITIES, Subject
from writ.study.proof.findings import PROPERTIES, Proof
from writ.study.proof.picture import cells, values
from writ.study.proof.prove import prove
from writ.study.proof.report import lines, plain, proof_schema, request, summary, write

ORDERS = Path(__file__).parents[3] / "orders"
ENTITIES = ORDERS / "entities-with-annex"

CATALOGUE = "provider: acme\nmodels: {nova-1: {}}\n"
ORDER = """\
order: NAME
version: 1
kind: restriction
title: An order
authority: {name: Somebody, jurisdiction: US}
effective: 2026-01-01T00:00:00Z
clauses: {c1: Some clause.}
rules:
  - {id: r1, clauses: [c1], models: [nova-1], standing: organisation, evidence: {to_serve: A2, to_bar: A1}, RULE}
"""
AMERICANS = "only: {person: {citizen_of: [US]}, organisation: {incorporated_in: [US]}}"
NOBODY = "bar: {person: {citizen_of: [US]}, organisation: {incorporated_in: [US]}}"


def folder(path: Path, **orders: str) -> Path:
    """Write a folder of one-rule orders."""
    path.mkdir()
    (path / "catalogue.yaml").write_text(CATALOGUE)
    for name, rule in orders.items():
        text = ORDER.replace("NAME", name).replace("RULE", rule)
        (path / f"{name}.v1.yaml").write_text(text)
    return path


def failed(proof: Proof) -> dict[str, list[str]]:
    """Return what is said of each property that does not hold."""
    found: dict[str, list[str]] = {}
    for item in proof.findings:
        if not item.holds:
            found.setdefault(item.property, []).append(item.said)
    return found


@pytest.fixture(scope="module")
def proof() -> Proof:
    """The proof of an example folder."""
    return prove(read_folder(ENTITIES))


def test_an_example_is_proved_by_both_methods(proof: Proof) -> None:
    """Every property holds, and nobody counted fares otherwise."""
    assert ({}, True) == (failed(proof), proof.proved)
    assert set(PROPERTIES) == {item.property for item in proof.findings}
    assert [0] == [len(item.differing) for item in proof.counted]
    assert all(item.asked > 100 for item in proof.counted)


def test_the_report_is_of_its_schema_and_of_the_law(proof: Proof) -> None:
    """What the desk reads stands at the top, and the digest is that of the orders."""
    book = read_folder(ENTITIES)
    report = plain(book, proof)
    jsonschema.validate(report, json.loads(proof_schema()))
    assert ("proof", law_digest(book), "proved") == (
        report["kind"],
        report["digest"],
        report["verdict"],
    )


@pytest.fixture
def giving_up() -> Iterator[None]:
    """A solver that gives up before it has begun."""
    z3.set_param("rlimit", 1)
    yield
    z3.set_param("rlimit", 0)


@pytest.mark.usefixtures("giving_up")
@pytest.mark.parametrize("other", [AMERICANS, NOBODY])
def test_a_solver_that_gives_up_has_proved_nothing(tmp_path: Path, other: str) -> None:
    """No answer is no yes: what the solver is asked does not hold, be the orders opposed or not."""
    found = prove(read_folder(folder(tmp_path / "o", one=AMERICANS, other=other)))
    asked = {*EQUALITIES, "live", "consistent", "worthwhile"}
    assert (False, asked) == (found.proved, {*failed(found)})
    said = [line for name in asked for line in failed(found)[name]]
    assert ["the solver gave no answer in time"] * len(said) == [
        line.rpartition(": ")[2] for line in said
    ]


def test_a_long_annex_is_proved_by_both_methods(tmp_path: Path) -> None:
    """Counting goes through an annex once for all who are asked, not once for each of its rows."""
    path = folder(tmp_path / "o", one="bar: {person: {employee_of: big}}")
    file = path / "one.v1.yaml"
    file.write_text(file.read_text() + "annexes: {big: {file: big.csv, key: organisation}}\n")
    rows = "".join(f"org-{number},\n" for number in range(12_000))
    (path / "big.csv").write_text(f"organisation,name\n{rows}")
    found = prove(read_folder(path))
    assert ({}, True) == (failed(found), found.proved)
    assert (None, True) == (found.counted[0].left_out, found.counted[0].asked > 10)


def test_what_owners_come_to_is_no_less_certain_where_more_counts() -> None:
    """Two rules about owners, each barred by weaker facts than serve: to verify is worth it."""
    book = read_folder(ORDERS / "entity-ownership")
    asked = people.in_vain(Subject.of(book, Compiled(book), "atlas-3"))
    assert (None, True) == (asked.found, asked.sure)


def test_opposed_orders_are_shown_by_somebody_between(tmp_path: Path) -> None:
    """One order lets only Americans pass and the other stops them: an American stands between."""
    book = read_folder(folder(tmp_path / "o", one=AMERICANS, other=NOBODY))
    found = prove(book)
    assert not found.proved
    (case,) = [item.case for item in found.findings if item.property == "consistent"]
    assert case is not None
    shown = {(f.attribute, v.parts) for f in case.chain.requester.facts for v in f.values}
    assert {("citizenships", "US")} == {(attribute, parts[0]) for attribute, parts in shown}
    assert ("deny", "deny") == (case.ordered, case.served)


def test_orders_of_two_authorities_may_say_the_same(tmp_path: Path) -> None:
    """Each is shadowed by the other, which is said and fails nothing: either matters by itself."""
    found = prove(read_folder(folder(tmp_path / "o", one=AMERICANS, other=AMERICANS)))
    assert found.proved
    noted = [item.said for item in found.findings if item.noted]
    assert [
        f"rule `{name} v1 r1` matters by its own order; here another is always stricter"
        for name in ("one", "other")
    ] == noted
    assert [f"    nova-1: {said}" for said in noted] == [
        line for line in lines(found) if "own order" in line
    ]


def test_a_rule_that_its_own_order_shadows_is_dead(tmp_path: Path) -> None:
    """The same rule twice in one order: neither changes anything for anybody."""
    path = folder(tmp_path / "o", one=AMERICANS)
    file = path / "one.v1.yaml"
    file.write_text(file.read_text() + file.read_text().splitlines()[-1].replace("r1", "r2") + "\n")
    found = failed(prove(read_folder(path)))
    assert ["live"] == list(found)
    assert 2 == len(found["live"])


def test_a_hold_kills_no_rule(tmp_path: Path) -> None:
    """While a model is held nobody is served, and its rules are still live."""
    book = read_folder(folder(tmp_path / "o", one=AMERICANS))
    held = replace(book, holds=(Hold("nova-1", "ben", 0),))
    assert "live" not in failed(prove(held))


def test_one_order_of_several_is_asked_about(tmp_path: Path) -> None:
    """Its rules are, and the others only where they meet it; one that is not there is a fault."""
    book = read_folder(folder(tmp_path / "o", one=AMERICANS, other=NOBODY))
    assert {"one"} == {
        item.said.split("`")[1].split()[0]
        for item in prove(book, ["one"]).findings
        if item.property == "live"
    }
    with pytest.raises(InvalidInput, match="no order here is called `three`"):
        prove(book, ["three"])


def test_a_wrong_boundary_is_reported_with_files_that_replay(tmp_path: Path) -> None:
    """Whoever is found is written as `writ decide` reads them, with both outcomes."""
    book = read_folder(folder(tmp_path / "o", one=AMERICANS))
    late = tuple(replace(item, effective=item.effective + 1_000_000) for item in book.versions)
    found = prove(book, compiled=Compiled(replace(book, versions=late)))
    assert {"sufficient"} <= set(failed(found))
    write(tmp_path / "out", book, found, {})
    written = json.loads((tmp_path / "out" / "case-1" / "request.jsonl").read_text())
    assert ("nova-1", "2026-01-01T00:00:00Z") == (written["model"], written["at"][:20])
    assert "not proved: " in summary(found)


def test_the_command_says_so_and_keeps_the_questions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 4 where something is not proved; the report and the questions are in the folder."""
    orders = folder(tmp_path / "o", one=AMERICANS, other=NOBODY)
    assert 4 == command(orders, out=tmp_path / "out")
    assert "no  consistent: no two orders demand opposite things" in capsys.readouterr().out
    told = (tmp_path / "out" / "proof.html").read_text()
    assert "nova-1 is not consistent" in told
    assert "citizenships" in told.split("How it is known")[0]
    assert (tmp_path / "out" / "proof.svg").read_text().count(">no</text>")
    report = json.loads((tmp_path / "out" / "proof.json").read_text())
    assert set(report["files"]) == {item.name for item in (tmp_path / "out").glob("*.smt2")}
    assert 0 == command(ENTITIES, as_json=True)
    assert "proved" == json.loads(capsys.readouterr().out)["verdict"]
    assert 0 == command(ENTITIES, schema=True)
    with pytest.raises(InvalidInput, match="is not empty"):
        command(orders, out=tmp_path / "out")


def test_questions_about_names_that_files_cannot_have_are_kept_apart(tmp_path: Path) -> None:
    """`lab/nova` and `lab-nova` are two models, however long their names, and so are their files."""
    names = ["lab/nova", "lab-nova", "é" * 90, "é" * 91]
    path = folder(tmp_path / "o", one=AMERICANS)
    models = ", ".join(f"{name}: {{}}" for name in names)
    (path / "catalogue.yaml").write_text(f"provider: acme\nmodels: {{{models}}}\n")
    file = path / "one.v1.yaml"
    file.write_text(file.read_text().replace("[nova-1]", f"[{', '.join(names)}]"))
    book = read_folder(path)
    found = prove(book)
    write(tmp_path / "out", book, found, {})
    for name in names:
        (equal,) = {
            item.files
            for item in found.findings
            if (item.property, item.model) == ("minimal", name)
        }
        assert f"; {name}: is what the tables do" in (tmp_path / "out" / equal[0]).read_text()


def test_a_picture_says_how_each_property_is_known(proof: Proof) -> None:
    """A cell for each property and for counting; nothing but one order speaks of the model."""
    told = {cell["property"]: (cell["method"], cell["said"]) for cell in cells(proof)}
    assert [*PROPERTIES, "counted"] == list(told)
    assert ("by the solver", "yes") == told["sufficient"]
    assert ("list by list", "yes") == told["restores"]
    assert ("somebody shows it", "yes") == told["live"]
    assert ("nothing to ask", "-") == told["consistent"]
    assert ("by counting", "yes") == told["counted"]


def test_the_page_of_a_proof_allows_its_own_style_alone(proof: Proof) -> None:
    """It loads nothing, runs nothing, and says over what it is proved."""
    told = page("proof", {**values(read_folder(ENTITIES), proof), "picture": "<svg></svg>"})
    policy = told.split('Content-Security-Policy" content="')[1].split('"')[0]
    assert ["default-src 'none'", "base-uri 'none'", "form-action 'none'"] == [
        item for item in policy.split("; ") if "sha256" not in item
    ]
    assert "Nobody is treated otherwise than ordered." in told
    assert (0, 0) == (told.count("<script"), told.count("style="))


def test_the_page_shows_what_the_command_prints(proof: Proof) -> None:
    """docs/prove.md has the first lines word for word."""
    text = (ORDERS.parent / "docs" / "prove.md").read_text()
    shown = text.split("--out proof\n")[1].split("...")[0].splitlines()
    assert shown == list(lines(proof))[: len(shown)]


def test_a_proof_of_one_order_says_so() -> None:
    """The summary names the order where not all were asked about, and no gate takes it for proved."""
    book = read_folder(ORDERS / "entities-with-annex")
    order = book.versions[0].order
    others = replace(book, versions=(*book.versions, replace(book.versions[0], order="another")))
    assert () == prove(book, [order]).partly
    assert (order,) == (found := prove(others, [order])).partly
    assert summary(found).startswith(f"of {order} alone: ")
    whole = prove(book, [order])
    assert "proved" == plain(book, whole)["verdict"]
    assert "proved in part" == plain(book, replace(whole, partly=(order,)))["verdict"]


DEPLOYED = """\
provider: acme
models: {nova-1: {}}
deployments:
  us: {entity: acme, region: US}
  fr: {entity: acme, region: FR}
  de: {entity: acme, region: DE}
"""


def deployed(path: Path, **orders: str) -> Lawbook:
    """Read a folder of one-rule orders, served in three countries."""
    folder(path, **orders)
    (path / "catalogue.yaml").write_text(DEPLOYED)
    return read_folder(path)


def test_each_deployment_that_other_rules_cover_is_proved(tmp_path: Path) -> None:
    """Where one order counts in France alone, France is proved as well, and the other two as one."""
    book = deployed(tmp_path / "o", one=AMERICANS, fr=f"{NOBODY}, where: {{regions: [FR]}}")
    found = prove(book)
    places = {item.deployments for item in found.findings if item.property == "sufficient"}
    assert {(), ("de", "us")} == places
    assert places == {item.deployments for item in found.counted}
    assert all(not item.differing and item.asked for item in found.counted)
    assert {"nova-1", "nova-1 at de, us"} == {
        item.about() for item in found.findings if item.property == "worthwhile"
    }
    report = plain(book, found)
    jsonschema.validate(report, json.loads(proof_schema()))


def test_tables_that_obey_too_much_at_a_deployment_are_caught(tmp_path: Path) -> None:
    """The French order barring somebody in Germany is shown by that person, served there."""
    book = deployed(tmp_path / "o", fr=f"{NOBODY}, where: {{regions: [FR]}}")
    proof = Proof()
    germany = book.catalogue.deployments["de"]
    does_what_is_ordered(proof, Subject.of(book, Compiled(book), "nova-1", germany))
    (case,) = [item.case for item in proof.findings if item.property == "minimal"]
    assert case is not None
    assert ("permit", "de") == (case.ordered, case.deployment)
    assert case.served in {"deny", "verify"}
    assert "de" == request(case)["deployment"]


def test_a_rule_that_is_shadowed_wherever_it_counts_is_told_of(tmp_path: Path) -> None:
    """Twice the same in one order, and a deployment where neither counts, of which nothing is asked."""
    path = tmp_path / "o"
    deployed(path, one=f"{AMERICANS}, where: {{regions: [FR]}}")
    file = path / "one.v1.yaml"
    file.write_text(file.read_text() + file.read_text().splitlines()[-1].replace("r1", "r2") + "\n")
    found = failed(prove(read_folder(path)))
    assert {"live": 2} == {name: len(said) for name, said in found.items()}


def test_orders_that_never_meet_at_a_deployment_are_consistent(tmp_path: Path) -> None:
    """One lets only Americans pass in the US, the other stops them in France."""
    here, there = (f"where: {{regions: [{code}]}}" for code in ("US", "FR"))
    book = deployed(tmp_path / "o", one=f"{AMERICANS}, {here}", other=f"{NOBODY}, {there}")
    assert "consistent" not in failed(prove(book))
    assert "consistent" in failed(prove(deployed(tmp_path / "p", one=AMERICANS, other=NOBODY)))


REQUIRED = """\
order: serve
version: 1
kind: requirement
title: Residents are served
authority: {name: Somebody, jurisdiction: FR}
effective: 2026-02-01T00:00:00Z
clauses: {c1: Some clause.}
serve:
  - {id: residents, clauses: [c1], models: [nova-1], who: {person: {resident_in: [FR]}}WHERE}
"""


@pytest.mark.parametrize(("where", "said"), [("", 1), (", where: {regions: [FR]}", 0)])
def test_whom_one_order_bars_and_another_demands_to_serve_is_named(
    tmp_path: Path, where: str, said: int
) -> None:
    """A resident of France who is certainly no American, where both orders count at one deployment."""
    path = tmp_path / "o"
    deployed(path, one=f"{AMERICANS}, where: {{regions: [US]}}")
    (path / "serve.v1.yaml").write_text(REQUIRED.replace("WHERE", where))
    cases = [item for item in prove(read_folder(path)).findings if item.case is not None]
    assert said * ["consistent"] == [item.property for item in cases]
    for item in cases:
        assert item.case is not None
        assert "`serve v1 residents` demands to serve somebody whom `one v1 r1` bars" == item.said
        shown = {fact.attribute for fact in item.case.chain.requester.facts}
        assert {"citizenships", "residence"} <= shown
        assert "deny" == item.case.served


def test_who_is_asked_although_no_answer_would_serve_is_named(tmp_path: Path) -> None:
    """Known in full to be no American at A2, and asked to verify, for it takes A3 to bar."""
    rule = AMERICANS + ", undetermined: verify"
    path = folder(tmp_path / "o", one=rule)
    file = path / "one.v1.yaml"
    file.write_text(file.read_text().replace("to_bar: A1", "to_bar: A3"))
    found = prove(read_folder(path))
    assert ["worthwhile"] == list(failed(found))
    case = next(item.case for item in found.findings if item.property == "worthwhile")
    assert case is not None
    assert "verify" == case.served


@pytest.mark.parametrize("given", [(None, None), (ENTITIES, Path("writ.toml"))])
def test_there_is_one_thing_to_prove(given: tuple[Path | None, Path | None]) -> None:
    """A folder, or a deployment's open proposal: not both and not neither."""
    with pytest.raises(InvalidInput, match="a folder of orders, or --config"):
        command(given[0], config=given[1])
