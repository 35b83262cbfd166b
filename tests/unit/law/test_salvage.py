"""Files that are no YAML: what can be read of them is judged, and nothing is told for what cannot."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.law.conftest import Write
from writ.errors import Fault, InvalidInput
from writ.law.document import Part
from writ.law.folder import load_files, read_sources
from writ.law.salvage import salvage

ROOT = Path(__file__).parents[3]
ORDERS = ROOT / "orders"
MORE = """
notice: {en: Not available.}
readings: [{clause: c1, reading: all of it, decided_by: counsel}]
exceptions:
  - {id: listed, to: only-us, clauses: [c1], models: [fable-5], who: {organisation_in: annex}}
  - {id: licensed, to: only-us, clauses: [c1], models: [fable-5], licence: D1}
annexes: {annex: {file: annex.csv, key: id}}
annex_change: {annex: {come: 1, go: 0}}
obligations: [{id: report, clauses: [c1], what: Report., every: 30d, until: comply_by}]
preserve: [{id: keep, clauses: [c1], what: Keep it.}]
licences:
  - {number: D1, clauses: [c1], holder: self, from: 2026-07-01T00:00:00Z, scope: {organisations: annex}}
stays: [{id: ca9, rules: [only-us], by: A court, from: 2026-07-01T00:00:00Z, until: null}]
questions: [{id: q, clause: c1, question: Who?, asked_at: 2026-06-13T00:00:00Z, to: the desk}]
received: 2026-06-12T17:21:00-04:00
comply_by: 2026-06-30T00:00:00Z
scenarios: [{name: a, at: comply_by, model: fable-5, person: {}, expect: verify}]
"""


def faults(catalogue: bytes, order: str, **more: bytes) -> list[str]:
    """Return what reading one order says."""
    files = {"catalogue.yaml": catalogue, "x.yaml": order.encode(), "annex.csv": b"id\nacme\n"}
    with pytest.raises(InvalidInput) as caught:
        read_sources(files | more)
    return str(caught.value).splitlines()


def sections(order: str) -> list[str]:
    """Split an order at its keys."""
    return [part for part in re.split(r"(?m)^(?=\w)", order) if part.strip()]


def test_no_section_that_is_no_yaml_makes_faults_of_the_others(
    catalogue: bytes, write: Write
) -> None:
    """Whichever it is, its own fault is the only one: nothing is missing or unknown for it."""
    whole = sections(write().decode() + MORE)
    assert 22 == len(whole)
    for place, section in enumerate(whole):
        key, _, _ = section.partition(":")
        broken = [*whole[:place], f"{key}: [\n", *whole[place + 1 :]]
        told = faults(catalogue, "".join(broken))
        assert (key, [], True) == (key, told[1:], "not YAML" in told[0])


@pytest.mark.parametrize("folder", sorted(ORDERS.iterdir()), ids=lambda path: path.name)
def test_nor_does_one_of_any_kind_of_order(folder: Path) -> None:
    """Whatever the kind, and whichever section cannot be read, its own fault is the only one."""
    for path in sorted(folder.glob("*.v*.yaml")):
        files = load_files([folder / "catalogue.yaml", path])
        whole = sections(path.read_text(encoding="utf-8"))
        for place, section in enumerate(whole):
            key, _, _ = section.partition(":")
            if key.startswith("#"):
                continue
            text = "".join([*whole[:place], f"{key}: {{\n", *whole[place + 1 :]])
            with pytest.raises(InvalidInput) as caught:
                read_sources({**files, path.name: text.encode()})
            assert (key, 1, ()) == (key, len(caught.value.faults), caught.value.faults[1:])


def test_everything_else_is_told_at_once(catalogue: bytes, write: Write) -> None:
    """Faults of other sections, of other items of a list, and of a second thing that is no YAML."""
    order = write().decode() + MORE
    order = order.replace("title: A sample", "title:")
    order = order.replace("    standing: natural_person", "    standing: [natural_person")
    order = order.replace("rules:\n", "rules:\n  # the first\n  - id: [odd]\n")
    order = order.replace("  - {id: listed, to: only-us, clauses: [c1]", "  - {id: listed, to: x")
    order = order.replace("who: {organisation_in: annex}", "who: {organisation_in: annexe}")
    order = order.replace("what: Report.", 'what: "Report.')
    order += "title: Another\n"
    order = order.replace("{en: Not available.}", "\n  en: Not available.\n  EN: Not.\n  de: {\n")
    assert [
        "x.yaml:5:7: must be text, not `null`",
        "x.yaml:12:5: `clauses` is missing",
        "x.yaml:12:5: `evidence` is missing",
        "x.yaml:12:5: `models` is missing",
        "x.yaml:12:5: `standing` is missing",
        "x.yaml:12:5: a rule needs `only` (who may) or `bar` (who may not)",
        "x.yaml:12:9: must be text, not a list",
        "x.yaml:18:13: not YAML: did not find expected ',' or ']'",
        "x.yaml:23:3: `EN` is no language; write `en` or `pt-BR`",
        "x.yaml:26:1: not YAML: did not find expected node content",
        "x.yaml:28:5: `clauses` is missing",
        "x.yaml:28:67: `annexe` is no annex of this version; did you mean `annex`?",
        "x.yaml:32:49: not YAML: while scanning a quoted scalar, found unexpected end of stream",
        "x.yaml:41:1: `title` stands twice",
    ] == faults(catalogue, order)


def test_where_a_text_begins_that_never_ends_is_told(catalogue: bytes, write: Write) -> None:
    """And not where the file does."""
    assert [
        "x.yaml:5:8: not YAML: while scanning a quoted scalar, found unexpected end of stream"
    ] == faults(catalogue, write().decode().replace("title: A", 'title: "A'))


def test_a_file_beside_orders_makes_no_name_unknown(catalogue: bytes, write: Write) -> None:
    """Neither a group nor a definition of one's own, where their files are no YAML."""
    named = "{person: {citizen_of: [our-group, US]}}"
    group = write().decode().replace("ear.us_person@1", named)
    assert ["groups.yaml"] == [
        line.partition(":")[0]
        for line in faults(catalogue, group, **{"groups.yaml": b"groups: {\n"})
    ]
    own = write().decode().replace("ear.us_person@1", "acme.adult@1")
    assert ["acme.adult@1.yaml"] == [
        line.partition(":")[0]
        for line in faults(catalogue, own, **{"acme.adult@1.yaml": b"definition: {\n"})
    ]


TEXT = st.text(st.sampled_from("ab: -[]{}\"'#&*!|>\n\r\t\x85\u2028é\0"), max_size=60)


@given(TEXT)
def test_whatever_is_read_stands_in_the_file(text: str) -> None:
    """Bytes of any kind are read or left out, and every fault has a line of the file."""
    told: list[Fault] = []
    node = salvage(text.encode(), "x.yaml", told)
    lines = len(re.split("\r\n|[\n\r\x85\u2028\u2029]", text))
    assert [] == [fault for fault in told if not 1 <= fault.line <= lines]
    assert node is None or isinstance(node.value, Part)


def test_what_is_no_text_is_left_alone() -> None:
    """Bytes that are not UTF-8 have no sections."""
    assert (None, None) == (salvage(b"a: \xff\n", "x", []), salvage(b"[1, 2\n", "x", []))
