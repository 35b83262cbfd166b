"""Explanations, against what the orders they are made from do."""

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.unit.law.conftest import Write
from writ.clock import parse_instant
from writ.law.compiled.book import Compiled
from writ.law.compiled.decide import outcome_of
from writ.law.explain.examples import Examples, service
from writ.law.explain.people import Sketches
from writ.law.explain.reading import Part, explain, markdown, plain, text
from writ.law.folder import read_folder, read_sources
from writ.law.literal.decide import decide as literal
from writ.law.subjects import read_subject, write_subject
from writ.model.order import Lawbook
from writ.model.subject import Chain

JUNE = Path(__file__).parents[4] / "orders" / "june-2026"
NOW = parse_instant("2026-06-20T00:00:00Z")
EXCEPTION = b"""
exceptions:
  - {id: staff, to: only-us, clauses: [c1], models: [fable-5], who: {employee_of: self},
     unless: {person: {resident_in: [KP]}}, unproven: verify, evidence: {to_serve: A3, to_bar: A2}}
"""


def said(parts: Sequence[Part], section: str) -> list[str]:
    """Return the lines of one section of the last part."""
    return [line.text for item in parts[-1].sections if item.id == section for line in item.lines]


def explained(catalogue: bytes, order: bytes) -> tuple[Part, ...]:
    """Explain one order."""
    book = read_sources({"catalogue.yaml": catalogue, "x.yaml": order})
    return explain(book, book.versions)


def test_a_restriction_has_these_sections(catalogue: bytes, write: Write) -> None:
    """What does not apply has no heading."""
    parts = explained(catalogue, write())
    assert ["judging", "models", "timeline"] == [section.id for section in parts[0].sections]
    assert [
        "what", "when", "who", "exceptions", "outcomes", "standing", "settling", "streams",
        "outside", "clauses",
    ] == [section.id for section in parts[-1].sections]  # fmt: skip
    assert ["None."] == said(parts, "exceptions")


def test_a_list_of_those_allowed(catalogue: bytes, write: Write) -> None:
    """Unknown is told apart from false, and what makes it false is listed."""
    lines = said(explained(catalogue, write()), "who")
    assert "Only these may use it; whoever is known to be none of them is barred:" in lines
    assert "is a citizen of the United States (US)" in lines
    assert (
        "A person is known not to be meant only once complete lists are shown of all of these, with"
        " nothing of the above on them: citizenships, permanent residences and protection granted."
        " Short of that it is not known."
    ) in lines


def test_a_list_of_those_barred(catalogue: bytes, write: Write) -> None:
    """There, whoever is known to be meant is barred; a kind that is not asked about passes."""
    bar = b"bar: {person: {all: [{citizen_of: [FR]}, {resident_in: [FR]}]}}"
    order = write().replace(b"only: ear.us_person@1", bar)
    parts = explained(catalogue, order)
    assert [
        "Rule `only-us`, on `fable-5`:",
        "These are barred; whoever is known to be none of them may use it:",
        "A person of whom all of these are so:",
        "is a citizen of France (FR)",
        "resides in France (FR)",
        "A company: none at all",
        (
            "A person: each statement is known to be false only once a complete list without it is"
            " shown (of citizenships and places of residence); until it is shown to be true or"
            " false, it is not known."
        ),
    ] == said(parts, "who")
    outcomes = said(parts, "outcomes")
    assert outcomes[1].startswith("Whoever is known not to be meant, by facts of A2")
    assert outcomes[2].startswith("Whoever is known to be meant, by facts of A1")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (
            "{substitute: opus-4-8}",
            (
                "substitute, `opus-4-8` answers instead (which must itself be permitted to them at that"
                " instant, else deny)."
            ),
        ),
        ("{permit: the board, in June}", ""),
        ("deny", "deny."),
    ],
)
def test_what_happens_to_the_undetermined(
    catalogue: bytes, write: Write, written: str, read: str
) -> None:
    """Each effect is an outcome; a permit says at whose risk."""
    read = read or "permit, at a risk that the order says was taken: the board, in June"
    order = write() + f"    undetermined: {written}\n".encode().replace(
        b"the board, in June", b'"the board, in June"'
    )
    lines = said(explained(catalogue, order), "outcomes")
    want = f"Whoever cannot be judged yet (not known, or not well enough): {read}"
    assert want in lines


@pytest.mark.parametrize(
    ("standing", "start"),
    [
        ("natural_person", "A company's key does not speak for people it does not name. "),
        ("certified_organisation", "A company's key speaks for people it does not name only if "),
        ("organisation", "A company's own standing carries the people it does not name: "),
    ],
)
def test_whose_standing_counts(catalogue: bytes, write: Write, standing: str, start: str) -> None:
    """Whether a company's key speaks for people it does not name."""
    order = write().replace(b"standing: natural_person", f"standing: {standing}".encode())
    assert said(explained(catalogue, order), "standing")[1].startswith(start)


def test_an_exception_with_limits_and_evidence_of_its_own(catalogue: bytes, write: Write) -> None:
    """Whom it clears, unless what, on which evidence, and what until it is shown."""
    lines = said(explained(catalogue, write() + EXCEPTION), "exceptions")
    assert [
        "Exception `staff` to rule `only-us` (clauses c1), for `fable-5` only:",
        (
            "A person who is shown to be an employee of the provider itself (acme-ai); a contractor"
            " is none"
        ),
        "A company: none at all",
        "unless:",
        "a person resides in North Korea (KP)",
        (
            "It clears only the one of whom it is true: a company's exception does not clear the"
            " people it names, nor a person's the company. It must be known to be true, and what"
            " follows `unless` known to be false, by facts good enough to serve by its own measure:"
            " A3 to serve, A2 to rule it out."
        ),
        (
            "Whoever is known to be barred by the rule, while the exception may still be true of"
            " them: verify. Once it is known to be false as well, by facts good enough to bar: deny."
        ),
    ] == lines


def test_a_list_says_how_many_are_subsidiaries(catalogue: bytes, write: Write) -> None:
    """Where its file tells them apart, whoever reads it knows that they are counted."""
    listed = b"""
exceptions:
  - {id: listed, to: only-us, clauses: [c1], models: [fable-5],
     who: {organisation_in: annex, subsidiaries: in}}
annexes: {annex: {file: annex.csv, key: id, subsidiary_of: of}}
"""
    rows = b"id,of\nacme,\nacme-labs,acme\nbrit-co,\n"
    files = {"catalogue.yaml": catalogue, "x.yaml": write() + listed, "annex.csv": rows}
    book = read_sources(files)
    line = said(explain(book, book.versions), "exceptions")[-1]
    assert line.startswith("`annex`: 3 listed, 1 of them as subsidiaries, digest sha256:")


def test_another_exception_that_is_asked_for_keeps_the_rule_open(
    catalogue: bytes, write: Write
) -> None:
    """Only once nobody could be exempt by either is it a deny, whichever of the two is read."""
    two = b"""  - {id: members, to: only-us, clauses: [c1], models: [fable-5], who: {member_of: [m]}}
  - {id: adults, to: only-us, clauses: [c1], models: [fable-5], who: {age_over: 18}, unproven: verify}
"""
    parts = explained(catalogue, write() + EXCEPTION + two)
    lines = said(parts, "exceptions")
    assert [
        (
            "Whoever is known to be barred by the rule, while the exception may still be true of"
            " them: verify. Once it and `adults` are known to be false as well, by facts good"
            " enough to bar: deny."
        ),
        (
            "Whoever is known to be barred by the rule and has not shown the exception is not asked"
            " for it: deny, unless `staff` or `adults` may still be true of them. Whoever cannot be"
            " judged by the rule yet stays undecided, as above."
        ),
    ] == [line for line in lines if line.startswith("Whoever")][:2]
    rule = "rule `only-us` with exceptions `staff`, `members` and `adults`"
    timeline = [line.text for line in parts[0].sections[2].lines]
    assert f"`fable-5`: `sample` version 1, {rule}" in timeline


def test_what_changes_when() -> None:
    """Every boundary of the folder, and which rules speak of which model from then on."""
    book = read_folder(JUNE)
    lines = [line.text for line in explain(book, ())[0].sections[2].lines]
    assert 4 == len([line for line in lines if line.startswith("From ")])
    assert (
        "`mythos-5`: `us-bis-2026-06-12` version 2, rule `only-us-persons` with exception `annex-a`"
    ) in lines
    assert "`fable-5`: no rule any more: permit to everybody" in lines


def test_a_version_that_never_governs(catalogue: bytes, write: Write) -> None:
    """Two versions of one instant: the later one stands."""
    files = {"catalogue.yaml": catalogue, "x.yaml": write(), "y.yaml": write(version=2)}
    book = read_sources(files)
    first, second = explain(book, book.versions)[1:]
    never = "This version never governs: a later one takes effect no later."
    assert never == said((first,), "when")[0]
    assert "It governs from 2026-06-12T21:21:00Z on, without an end." == said((second,), "when")[0]


def test_who_is_on_an_annex_is_never_said() -> None:
    """Rows stay in their file: neither text nor JSON has an id of the annex."""
    book = read_folder(JUNE)
    written = text(explain(book, book.versions)) + str(plain(explain(book, book.versions)))
    rows = list(csv.reader((JUNE / "annex-a.csv").read_text(encoding="utf-8").splitlines()))
    ids = [row[rows[0].index("organisation")] for row in rows[1:]]
    assert 100 == len(ids)
    assert [] == [name for name in ids if name in written]


def test_all_forms_say_the_same(catalogue: bytes, write: Write) -> None:
    """Text, Markdown and JSON have every line."""
    parts = explained(catalogue, write() + EXCEPTION)
    lines = [line.text for part in parts for section in part.sections for line in section.lines]
    in_json = [
        line["text"]
        for part in plain(parts)
        if isinstance(part, dict)
        for section in part["sections"]
        for line in section["lines"]
    ]
    unwrapped = " ".join(text(parts).split())
    assert lines == in_json
    assert [] == [line for line in lines if f"- {line}" not in markdown(parts)]
    assert [] == [line for line in lines if " ".join(line.split()) not in unwrapped]


def books(catalogue: bytes, write: Write) -> Lawbook:
    """Return one order with an exception and an odd standing."""
    order = (write() + EXCEPTION).replace(b"natural_person", b"certified_organisation")
    return read_sources({"catalogue.yaml": catalogue, "x.yaml": order})


def test_examples_come_out_as_the_literal_meaning_says(catalogue: bytes, write: Write) -> None:
    """Everybody in the examples, alone and named by a company, is decided alike by both."""
    book = books(catalogue, write)
    compiled = Compiled(book)
    rules = book.rules_at(NOW)
    people = [who for item in Sketches(rules, {"fable-5"}, "person", NOW).ladders() for who in item]
    companies = list(Sketches(rules, {"fable-5"}, "organisation", NOW).subjects(1))
    chains = [Chain(who) for who in people]
    chains += [service(company) for company in companies]
    chains += [service(companies[-1], who) for who in people]
    assert len(people) > 40
    assert [literal(book, chain, "fable-5", NOW).outcome for chain in chains] == [
        outcome_of(compiled, chain, "fable-5", NOW)[0] for chain in chains
    ]


def test_a_certified_company_is_among_the_examples(catalogue: bytes, write: Write) -> None:
    """Where certificates count, one that has it speaks for people it does not name."""
    lines = [
        line.text for line in Examples(Compiled(books(catalogue, write)), "fable-5", NOW).lines()
    ]
    shown = [line for line in lines if "users certified: ear.us_person@1" in line]
    assert shown


def test_examples_can_be_written_as_subjects(catalogue: bytes, write: Write) -> None:
    """Everybody in the examples is a subject that files may hold."""
    rules = books(catalogue, write).rules_at(NOW)
    people = list(Sketches(rules, {"fable-5"}, "person", NOW).subjects(1))
    assert people == [read_subject(write_subject(who))[0] for who in people]


def test_duties_are_explained_with_their_clocks(catalogue: bytes, write: Write) -> None:
    """What is to be done, who sees to it, what shows it, what is kept, and what ends."""
    duties = b"""
obligations:
  - {id: report, clauses: [c1], what: Report it., every: 30d, owner: the lead, evidence: [a receipt]}
preserve:
  - {id: keep, clauses: [c1], what: For the court., records: [facts, receipts]}
  - {id: brief, clauses: [c1], what: Briefly., records: [facts], until: 2027-01-01T00:00:00Z}
"""
    parts = explained(catalogue, write() + duties)
    assert [
        "`report` (clauses c1), every 30d, from 2026-06-12T21:21:00Z: Report it.",
        "Seen to by: the lead.",
        "Shown by: a receipt.",
        (
            "`keep` (clauses c1): no facts or receipts may be erased from 2026-06-12T21:21:00Z until it"
            " is lifted. For the court."
        ),
        (
            "`brief` (clauses c1): no facts may be erased from 2026-06-12T21:21:00Z until"
            " 2027-01-01T00:00:00Z. Briefly."
        ),
    ] == said(parts, "obligations")
    (clause,) = said(parts, "clauses")
    assert "duty `report`, duty `keep` and duty `brief`" in clause


def test_when_what_is_asked_of_employers_and_of_the_past_is_known(
    catalogue: bytes, write: Write
) -> None:
    """Said under the rule that asks."""
    asked = (
        b"{person: {any: [{employed_by: {headquartered_in: [CN]}},"
        b" {citizen_of: [RU], held_at: 2022-02-24T00:00:00Z}]}}"
    )
    order = write().replace(b"only: ear.us_person@1", b"bar: " + asked)
    lines = said(explained(catalogue, order), "who")
    for begins in (
        "A person: what is asked of their employer is judged by that company's own facts.",
        "A person: what they were at that instant is known to be true once",
    ):
        assert 1 == len([line for line in lines if line.startswith(begins)])


def test_what_begins_is_told_once(catalogue: bytes, write: Write) -> None:
    """Of the version that governs then, and not of those that repeat it later."""
    more = b"""
exceptions: [{id: lic, to: only-us, clauses: [c1], models: [fable-5], licence: D1}]
licences: [{number: D1, clauses: [c1], holder: self, from: 2026-06-20T00:00:00Z}]
"""
    second = write(version=2, effective="2026-06-26T00:00:00Z")
    files = {"x.yaml": write() + more, "y.yaml": second + more}
    book = read_sources({"catalogue.yaml": catalogue, **files})
    told = [
        line.text
        for part in explain(book, book.versions)
        for section in part.sections
        for line in section.lines
    ]
    assert ["From 2026-06-20T00:00:00Z on: licence `D1` begins, and exception `lic` with it."] == [
        line for line in told if "licence `D1` begins" in line
    ]


def test_a_rescission_says_which_duties_end() -> None:
    """Duties of earlier versions that are discharged are named."""
    files = {path.name: path.read_bytes() for path in JUNE.glob("*.*") if path.suffix != ".md"}
    last = "us-bis-2026-06-12.v3.yaml"
    book = read_sources(
        {"catalogue.yaml": files["catalogue.yaml"], last: files[last] + b"discharges: [a, b]\n"}
    )
    assert "Duties of earlier versions that end: `a` and `b`." in said(
        explain(book, book.versions), "obligations"
    )


def test_a_rescission_says_which_duties_stay(catalogue: bytes, write: Write) -> None:
    """What earlier versions asked for and it does not discharge, of the version that wrote it last."""
    duties = b"""
obligations:
  - {id: report, clauses: [c1], what: Report it., every: 30d}
  - {id: look, clauses: [c1], what: Look.}
preserve: [{id: keep, clauses: [c1], what: Keep it.}]
"""
    last = b"""
order: sample
version: 3
kind: rescission
title: Rescinded
authority: {name: A ministry, jurisdiction: US}
effective: 2026-07-01T00:00:00Z
clauses: {c1: The requirement is lifted.}
lifts: [c1]
discharges: [look]
"""
    second = write(version=2, effective="2026-06-20T00:00:00Z")
    files = {"x.yaml": write() + duties, "y.yaml": second + duties, "z.yaml": last}
    book = read_sources({"catalogue.yaml": catalogue, **files})
    parts = explain(book, book.versions)
    assert [
        "Duties of earlier versions that end: `look`.",
        "`report` of version 2 stays as it was written there.",
        "`keep` of version 2 stays as it was written there.",
    ] == said(parts, "obligations")
    assert [] == [line for line in said(parts[:-1], "obligations") if "stays" in line]
