"""Differences in words."""

import pytest

from tests.unit.law.conftest import Write
from writ.law.difference_words import book_words, version_words
from writ.law.folder import read_sources
from writ.model.order import Lawbook, OrderVersion

MORE = """
exceptions:
  - {id: listed, to: only-us, clauses: [c1], models: [fable-5], who: {organisation_in: annex}}
annexes: {annex: {file: annex.csv, key: id}}
readings: [{clause: c1, reading: all of it, decided_by: counsel}]
obligations: [{id: report, clauses: [c1], what: Report., every: 30d}]
"""

KEEP = b"preserve: [{id: keep, clauses: [c1], what: Keep it.}]\n"
RESCISSION = b"""
order: sample
version: 2
kind: rescission
title: Rescinded
authority: {name: A ministry, jurisdiction: US}
effective: 2026-07-01T00:00:00Z
clauses: {c1: The requirement is lifted.}
lifts: [c1]
"""


def book(catalogue: bytes, order: bytes, rows: bytes = b"id\nacme\n") -> Lawbook:
    """Read one order."""
    files = {"catalogue.yaml": catalogue, "x.yaml": order}
    return read_sources({**files, "annex.csv": rows} if b"annex.csv" in order else files)


def one(catalogue: bytes, order: bytes, rows: bytes = b"id\nacme\n") -> OrderVersion:
    """Read one version."""
    return book(catalogue, order, rows).versions[0]


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("title: A sample", "title: Another", "title: Another, was A sample"),
        ("name: A ministry", "name: A bureau", "authority, name: A bureau, was A ministry"),
        (
            "until: null",
            "until: 2027-01-01T00:00:00Z",
            "until: 2027-01-01T00:00:00Z, was no end",
        ),
        ("Nobody may", "Few may", "clause c1: “Few may use it.”, was “Nobody may use it.”"),
        (
            "models: [fable-5]",
            "models: [fable-5, saga-5]",
            "rule only-us, models: fable-5, saga-5, was fable-5",
        ),
        (
            "to_serve: A2",
            "to_serve: A3",
            "rule only-us, evidence: A3 to serve, A1 to bar, was A2 to serve, A1 to bar",
        ),
        (
            "barred: deny",
            "barred: {substitute: opus-4-8}",
            "rule only-us, barred: opus-4-8 instead, was deny",
        ),
        (
            "standing: natural_person",
            "standing: organisation",
            "rule only-us, standing: organisation, was natural_person",
        ),
    ],
)
def test_one_change_is_one_line(
    catalogue: bytes, write: Write, was: str, now: str, said: str
) -> None:
    """What is so now, and what was."""
    new = write().replace(was.encode(), now.encode())
    assert [said] == list(version_words(one(catalogue, write()), one(catalogue, new)))


def test_no_text_of_an_order_looks_like_a_line_of_ours(catalogue: bytes, write: Write) -> None:
    """A title and a clause with line feeds in them are still one line each."""
    new = write().replace(b"title: A sample", b'title: "A\\nnobody fares differently"')
    new = new.replace(b"c1: Nobody may use it.", b'c1: "Few may.\\n\\nclause c1 goes"')
    assert [
        "title: A nobody fares differently, was A sample",
        "clause c1: “Few may. clause c1 goes”, was “Nobody may use it.”",
    ] == list(version_words(one(catalogue, write()), one(catalogue, new)))


def test_layout_is_no_difference(catalogue: bytes, write: Write) -> None:
    """Comments, and models in another order, are nothing."""
    old = write().replace(b"[fable-5]", b"[fable-5, saga-5]")
    new = b"# a comment\n" + write().replace(b"[fable-5]", b"[saga-5, fable-5]")
    assert [] == list(version_words(one(catalogue, old), one(catalogue, new)))


def test_what_comes_and_goes(catalogue: bytes, write: Write) -> None:
    """Exceptions, lists, readings and duties, either way."""
    plain, more = one(catalogue, write()), one(catalogue, write() + MORE.encode())
    digest = more.annexes["annex"].digest
    reading = '{"clause":"c1","decided_by":"counsel","reading":"all of it"}'
    duty = '{"clauses":["c1"],"every":"30d","id":"report","what":"Report."}'
    line = (
        "exception listed to only-us: organisations organisation_in annex (1 listed) may use"
        " fable-5; unproven: barred"
    )
    assert [
        f"comes: {line}",
        f"list annex comes: 1 row, {digest}",
        f"reading comes: {reading}",
        f"duty comes: {duty}",
    ] == list(version_words(plain, more))
    assert [
        f"goes: {line}",
        "list annex goes",
        f"reading goes: {reading}",
        f"duty goes: {duty}",
    ] == list(version_words(more, plain))


def test_a_rescission_keeps_duties_that_it_does_not_discharge(
    catalogue: bytes, write: Write
) -> None:
    """Nobody reads of a duty that goes, while it stays due as it was written."""
    old = one(catalogue, write() + MORE.encode() + KEEP)
    duty = '{"clauses":["c1"],"every":"30d","id":"report","what":"Report."}'
    kept = '{"clauses":["c1"],"id":"keep","what":"Keep it."}'
    silent, discharging, anew = (
        [line for line in version_words(old, one(catalogue, RESCISSION + more)) if "duty" in line]
        for more in (b"", b"discharges: [report]\n", KEEP.replace(b"Keep it", b"Keep all"))
    )
    assert [
        f"duty stays, though not repeated: {duty}",
        f"duty to preserve stays, though not repeated: {kept}",
    ] == silent
    assert [
        f"duty goes: {duty}",
        f"duty to preserve stays, though not repeated: {kept}",
    ] == discharging
    assert [
        f"duty stays, though not repeated: {duty}",
        f"duty to preserve goes: {kept}",
        f"duty to preserve comes: {kept.replace('Keep it', 'Keep all')}",
    ] == anew


def test_a_later_version_says_which_clocks_run_on(catalogue: bytes, write: Write) -> None:
    """Repeated as written, or by another clock; drafts of one version have none that runs."""
    duties = (
        "obligations: [{id: report, clauses: [c1], what: Report., every: 30d},"
        " {id: look, clauses: [c1], what: Look.}, {id: tell, clauses: [c1], what: Tell., within: 5d}]\n"
    )
    old = one(catalogue, write() + duties.encode())
    later = duties.replace("within: 5d", "within: 6d").replace("Report.", "Report all.")
    new = one(catalogue, write(version=2, effective="2026-07-01T00:00:00Z") + later.encode())
    draft = one(catalogue, write() + later.encode())
    runs = "duty report is repeated: its clock runs on, and does not start anew"
    anew = (
        "duty tell is written anew: its clock starts anew, and what was not due by"
        " 2026-07-01T00:00:00Z is owed no longer by the old one"
    )
    assert [[runs, anew], [], []] == [
        [line for line in version_words(*pair) if "clock" in line]
        for pair in ((old, new), (old, draft), (new, old))
    ]


def test_a_list_with_other_rows(catalogue: bytes, write: Write) -> None:
    """Counts and digests, and nobody's name."""
    order = write() + MORE.encode()
    old = one(catalogue, order, b"id\nacme\nbrit-co\n")
    new = one(catalogue, order, b"id\nacme\ncelt-co\ndane-co\n")
    lines = list(version_words(old, new))
    was, now = old.annexes["annex"].digest, new.annexes["annex"].digest
    assert f"list annex: 2 rows come, 1 goes; 3 rows, {now}, was 2 rows, {was}" in lines
    assert [] == [line for line in lines if "-co" in line]


def test_a_list_with_other_subsidiaries(catalogue: bytes, write: Write) -> None:
    """The same rows are another list where one of them becomes a subsidiary."""
    order = (write() + MORE.encode()).replace(b"key: id}", b"key: id, subsidiary_of: of}")
    old, new = (one(catalogue, order, b"id,of\nacme,\nlabs," + of) for of in (b"", b"acme"))
    (line,) = version_words(old, new)
    told = "0 rows come, 0 go, 1 become subsidiaries or cease to be; 2 rows"
    assert line.startswith(f"list annex: {told}")


def test_books(catalogue: bytes, write: Write) -> None:
    """Models, and versions that come (against the one before) and go."""
    old = read_sources({"catalogue.yaml": catalogue, "x.yaml": write()})
    other = catalogue.replace(b"aliases: [fable]", b"aliases: [f]").replace(b"  saga-5:\n", b"")
    second = write(version=2, effective="2026-07-01T00:00:00Z").replace(b"A2", b"A3")
    new = read_sources({"catalogue.yaml": other, "x.yaml": write(), "y.yaml": second})
    assert [
        "model fable-5: controlled, also called f, was controlled, also called fable",
        "model saga-5 goes",
        (
            "order sample version 2 comes: restriction, from 2026-07-01T00:00:00Z, disclosure none:"
            " A sample"
        ),
        "order sample version 2: order: sample version 2, was sample version 1",
        "order sample version 2: effective: 2026-07-01T00:00:00Z, was 2026-06-12T21:21:00Z",
        (
            "order sample version 2: rule only-us, evidence: A3 to serve, A1 to bar, was A2 to"
            " serve, A1 to bar"
        ),
    ] == list(book_words(old, new))
    gone = [line for line in book_words(new, old) if "goes" in line]
    assert [
        (
            "order sample version 2 goes: restriction, from 2026-07-01T00:00:00Z, disclosure none:"
            " A sample"
        )
    ] == gone


def test_another_provider(catalogue: bytes) -> None:
    """Who `self` is changes whom the rules mean, and is said first."""
    old = read_sources({"catalogue.yaml": catalogue})
    other = catalogue.replace(b"provider: acme-ai", b"provider: zenith-ai")
    other = other.replace(b"  saga-5:\n", b"")
    new = read_sources({"catalogue.yaml": other})
    assert ["`self` means zenith-ai, not acme-ai", "model saga-5 goes"] == list(
        book_words(old, new)
    )
    assert ["`self` means acme-ai, not zenith-ai", "model saga-5 comes: controlled"] == list(
        book_words(new, old)
    )


def test_a_first_version_is_told_whole(catalogue: bytes, write: Write) -> None:
    """With nothing before it to compare with, its rules and exceptions are spelt out."""
    old = read_sources({"catalogue.yaml": catalogue})
    assert [
        (
            "order sample version 1 comes: restriction, from 2026-06-12T21:21:00Z, disclosure none:"
            " A sample"
        ),
        (
            "order sample version 1: rule only-us: only ear.us_person@1 may use fable-5; standing"
            " natural_person; evidence A2 to serve, A1 to bar; barred: deny; undetermined: verify;"
            " open streams are cut"
        ),
        (
            "order sample version 1: exception listed to only-us: organisations organisation_in"
            " annex (1 listed) may use fable-5; unproven: barred"
        ),
    ] == list(book_words(old, book(catalogue, write() + MORE.encode())))


def test_a_clause_that_comes_or_goes(catalogue: bytes, write: Write) -> None:
    """Its text is told either way."""
    reading = b"readings: [{clause: c2, reading: no more, decided_by: counsel}]\n"
    wider = write().replace(b"use it.}", b"use it., c2: Report it.}") + reading
    old, new = one(catalogue, write()), one(catalogue, wider)
    assert "clause c2 comes: “Report it.”" == next(version_words(old, new))
    assert "clause c2 goes: “Report it.”" == next(version_words(new, old))


def test_more_scenarios(catalogue: bytes, write: Write) -> None:
    """They decide nothing: which come, go and change is enough."""
    scenarios = b"scenarios: [{name: a, at: effective, model: fable-5, person: {}, expect: verify}]"
    old, new = one(catalogue, write()), one(catalogue, write() + scenarios)
    changed = one(catalogue, write() + scenarios.replace(b"expect: verify", b"expect: deny"))
    assert ["scenario “a” comes"] == list(version_words(old, new))
    assert ["scenario “a” changes"] == list(version_words(new, changed))
    assert ["scenario “a” goes"] == list(version_words(new, old))
    more = scenarios.replace(b"}]", b"}, {name: b, at: effective, model: fable-5, expect: verify}]")
    assert ["scenario “b” comes"] == list(
        version_words(
            new,
            one(
                catalogue,
                write() + more.replace(b"fable-5, expect", b"fable-5, person: {}, expect"),
            ),
        )
    )


def test_a_list_with_the_same_rows(catalogue: bytes, write: Write) -> None:
    """Of a list that stays as it is nothing is said, whatever the order of its rows."""
    order = write() + MORE.encode()
    old = one(catalogue, order, b"id\nacme\nbrit-co\n")
    new = one(catalogue, order.replace(b"A sample", b"Another"), b"id\nbrit-co\nacme\n")
    assert ["title: Another, was A sample"] == list(version_words(old, new))
