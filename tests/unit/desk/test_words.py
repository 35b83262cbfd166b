from tests.worlds.signers import CATALOGUE, FIRST, NOW, letter
from writ.clock import FOREVER
from writ.desk.words import change
from writ.law.digest import rules_digest
from writ.law.folder import read_sources
from writ.model.order import Hold, Lawbook

BOOK = read_sources(FIRST)
AT = NOW + 10**12
EMPTY = rules_digest(Lawbook(BOOK.catalogue), 0)


def test_everything_is_new_at_first() -> None:
    """The first order comes with its models, its rule, and when it applies."""
    assert (
        "`self` means provider",
        "model fable-5 comes: controlled, also called fable",
        "model mythos-5 comes: controlled",
        "model opus-4-8 comes: exempt",
        (
            "order us-bis version 1 comes: restriction, from 2026-06-12T21:21:00Z, "
            "disclosure none: Licence requirement"
        ),
        (
            "  rule only-us-persons: only ear.us_person@1 may use fable-5; standing natural_person; "
            "evidence A2 to serve, A1 to bar; barred: deny; undetermined: verify; "
            "open streams are cut"
        ),
        (
            "  whoever is refused reads (en): "
            "“This model is not available to this account at present.”"
        ),
        "  clause c1: “No foreign person without a licence.”",
        (
            f"from 2026-06-12T21:21:00Z: us-bis version 1; rules {rules_digest(BOOK, AT)}, "
            f"before this change {EMPTY}"
        ),
    ) == change(None, BOOK)


def test_nothing_is_said_of_what_stays() -> None:
    """The same law is no change."""
    assert () == change(BOOK, BOOK)


def test_what_goes_is_said() -> None:
    """Models and orders that go are named, and the instants at which that shows."""
    catalogue = CATALOGUE.replace(b"provider: provider", b"provider: other")
    catalogue = catalogue.replace(b"  mythos-5: {}\n", b"").replace(b"[fable]", b"[fable, f]")
    after = read_sources({"catalogue.yaml": catalogue})
    assert (
        "`self` means other, not provider",
        "model fable-5 changes: controlled, also called f, fable",
        "model mythos-5 goes",
        "order us-bis version 1 goes",
        (
            f"from 2026-06-12T21:21:00Z: no order; rules {EMPTY}, "
            f"before this change {rules_digest(BOOK, AT)}"
        ),
    ) == change(BOOK, after)


def test_holds_are_said() -> None:
    """Holds that come and go are named with their spans."""
    before = read_sources(FIRST, [Hold("fable-5", "ana", NOW, NOW + 60_000_000)])
    after = read_sources(FIRST, [Hold("mythos-5", "ben", NOW, FOREVER)])
    said = change(before, after)
    assert (
        "the hold on fable-5 by ana ends",
        "mythos-5 is held by ben from 2026-06-12T21:00:00Z until released by two",
    ) == said[:2]
    assert said[2].startswith("from 2026-06-12T21:00:00Z: hold on mythos-5; rules ")
    coming = change(BOOK, before)
    assert (
        "fable-5 is held by ana from 2026-06-12T21:00:00Z until 2026-06-12T21:01:00Z" == coming[0]
    )


def test_a_rules_particulars_are_said() -> None:
    """Ages, substitutes, risks, drains, ends, bars and exceptions are spelled out."""
    order = letter().decode()
    order = order.replace("to_bar: A1}", "to_bar: A1, max_age: 365d}")
    order = order.replace("only: ear.us_person@1", "bar: {person: {citizen_of: [FR]}}")
    order = order.replace("barred: deny", "barred: {substitute: mythos-5}")
    order = order.replace("undetermined: verify", "undetermined: {permit: counsel on 1 June}")
    order = order.replace("in_flight: cut", "in_flight: {drain: 30s, clause: c1}")
    order = order.replace("clauses: {c1", "until: 2027-01-01T00:00:00Z\nclauses: {c1")
    order += (
        "exceptions:\n  - id: staff\n    to: only-us-persons\n    clauses: [c1]\n"
        "    models: [fable-5]\n    who: {any: [{organisation_in: list}, {all: [{employee_of: self}, {acting_for: list}]}]}\n    unproven: verify\n"
        "    unless: {person: {not: {citizen_of: [DE]}}}\n"
        "annexes: {list: {file: list.csv, key: id}}\n"
    )
    after = read_sources({**FIRST, "us-bis.v1.yaml": order.encode(), "list.csv": b"id\nacme\n"})
    said = change(BOOK, after)
    assert (
        (
            "order us-bis version 1 changes: restriction, from 2026-06-12T21:21:00Z "
            "until 2027-01-01T00:00:00Z, disclosure none: Licence requirement"
        ),
        (
            "  rule only-us-persons: people citizen_of FR may not use fable-5; "
            "standing natural_person; evidence A2 to serve, A1 to bar, 365d old at most; "
            "barred: mythos-5 instead; undetermined: permit, at the risk of counsel on 1 June; "
            "open streams run on for 30s"
        ),
        (
            "  exception staff to only-us-persons: people (employee_of self and acting_for list "
            "(1 listed)), organisations organisation_in list (1 listed) may use fable-5, "
            "unless people not citizen_of DE; unproven: verify"
        ),
    ) == said[:3]


def test_what_an_exception_rests_on_is_said() -> None:
    """An exception that takes weaker evidence than its rule does not come unnoticed."""
    weak = _STAFF + b"    evidence: {to_serve: A0, to_bar: A0}\n"
    said = change(BOOK, read_sources({**FIRST, "us-bis.v1.yaml": letter() + weak}))
    assert (
        "  exception staff to only-us-persons: people employee_of self may use fable-5; "
        "evidence A0 to serve, A0 to bar; unproven: barred"
    ) == said[2]


def test_signers_read_what_the_refused_will_read() -> None:
    """An order's notice is among the words that are signed, in every language and on one line."""
    notice = b'notice: {fr: Pas ici., en: "Not\\nhere."}\n'
    assert [
        "  whoever is refused reads (en): “Not here.”",
        "  whoever is refused reads (fr): “Pas ici.”",
    ] == list(change(BOOK, read_sources({**FIRST, "us-bis.v1.yaml": letter() + notice}))[2:4])


def test_what_cannot_be_asked_of_a_kind_is_left_out() -> None:
    """An exception for staff speaks of people only."""
    said = change(BOOK, read_sources({**FIRST, "us-bis.v1.yaml": letter() + _STAFF}))
    assert (
        "  exception staff to only-us-persons: people employee_of self may use fable-5; "
        "unproven: barred"
    ) == said[2]


_STAFF = b"""exceptions:
  - id: staff
    to: only-us-persons
    clauses: [c1]
    models: [fable-5]
    who: {employee_of: self}
"""


def test_an_exception_that_can_be_nobodys_says_so() -> None:
    """One that asks of the same subject what only people and only organisations can be."""
    order = letter().decode() + (
        "exceptions:\n  - id: nobody\n    to: only-us-persons\n    clauses: [c1]\n"
        "    models: [fable-5]\n    who: {all: [{organisation_in: list}, {employee_of: self}]}\n"
        "    unproven: barred\nannexes: {list: {file: list.csv, key: id}}\n"
    )
    after = read_sources({**FIRST, "us-bis.v1.yaml": order.encode(), "list.csv": b"id\nacme\n"})
    assert (
        "  exception nobody to only-us-persons: people never (organisation_in), "
        "organisations never (employee_of) may use fable-5; unproven: barred"
    ) == change(BOOK, after)[2]


DUTIES = b"""
obligations:
  - {id: report, clauses: [c1], what: Report., every: 1 month, zone: UTC, owner: trust, evidence: [receipt]}
  - {id: warn, clauses: [c1], what: Warn., within: 24h, from: {event: flaw}, until: 2027-01-01T00:00:00Z}
  - {id: detect, clauses: [c1], what: Look., within: 2 business days, calendar: us}
preserve:
  - {id: keep, clauses: [c1], what: Keep., records: [facts]}
  - {id: all, clauses: [c1], what: Keep., until: 2027-01-01T00:00:00Z}
"""
DAYS = b"calendars: {us: {title: US, zone: UTC, from: 2026-01-01, until: 2027-01-01, holidays: {}}}"
END = b"""
order: us-bis
version: 2
kind: rescission
title: Rescinded
authority: {name: Bureau, jurisdiction: US}
effective: 2026-06-12T17:21:00-04:00
clauses: {c1: It is lifted.}
lifts: [c1]
discharges: [report]
"""


def test_duties_come_and_go_in_words() -> None:
    """A signer reads what is to be done, kept and discharged, and what goes with an order."""
    files = {**FIRST, "us-bis.v1.yaml": letter() + DUTIES, "calendars.yaml": DAYS}
    more = read_sources(files)
    came = change(BOOK, more)
    assert (
        "  duty report: every 1 month, from 2026-06-12T21:21:00Z: Report.; trust sees to it; shown by receipt",
        "  duty warn: within 1d, whenever `flaw` occurs, until 2027-01-01T00:00:00Z: Warn.",
        "  duty detect: within 2 business days, from 2026-06-12T21:21:00Z, by the calendar `us`: Look.",
        "  keeps facts until it is lifted (keep): Keep.",
        "  keeps facts, receipts, subjects until 2027-01-01T00:00:00Z (all): Keep.",
    ) == came[3:8]
    assert "  duty report of earlier versions ends" in change(
        BOOK, read_sources({**FIRST, "v2.yaml": END})
    )
    gone = change(more, read_sources({"catalogue.yaml": CATALOGUE}))
    assert "  duty keep goes with it" in gone


def test_deployments_come_change_and_go_in_words() -> None:
    """What serves where is told like the models."""
    here = CATALOGUE + b"deployments: {us-east: {entity: acme-us, region: US, points: [g1]}}\n"
    there = here.replace(b"acme-us", b"acme-eu")
    before, after = (
        read_sources({**FIRST, "catalogue.yaml": catalogue}) for catalogue in (here, there)
    )
    told = [change(BOOK, before), change(before, after), change(after, BOOK)]
    assert [True] * 3 == [
        any(line.startswith(f"deployment us-east {word}") for line in lines)
        for lines, word in zip(told, ("comes", "changes", "goes"), strict=True)
    ]
    west = here.replace(b"{us-east:", b"{us-west: {entity: acme-us, region: US}, us-east:")
    added = change(before, read_sources({**FIRST, "catalogue.yaml": west}))
    assert ["deployment us-west comes"] == [
        line.partition(":")[0] for line in added if line.startswith("deployment")
    ]


def test_a_hold_that_stays_is_not_told_again() -> None:
    """Of two holds only the one that is new is said."""
    first, second = (Hold(model, "ben", NOW) for model in ("fable-5", "mythos-5"))
    one = Lawbook(BOOK.catalogue, BOOK.versions, (first,))
    both = Lawbook(BOOK.catalogue, BOOK.versions, (first, second))
    assert ["mythos-5 is held by ben"] == [
        line.partition(" from ")[0] for line in change(one, both) if " is held by " in line
    ]


def test_signers_read_the_letter_and_how_it_is_read() -> None:
    """Clauses, readings, licences and questions are said in the file's own words, on one line."""
    more = b"""
readings:
  - {clause: c1, reading: "people,\\n wherever they are", rejected: [companies, accounts], decided_by: counsel}
  - {clause: c1, reading: from now on, decided_by: counsel}
licences:
  - number: D1
    clauses: [c1]
    holder: list
    scope: {models: [fable-5], countries: [GB]}
    from: 2026-07-01T00:00:00Z
    until: 2027-07-01T00:00:00+01:00
  - {number: D2, clauses: [c1], holder: acme, from: 2026-07-01T00:00:00Z}
questions:
  - {id: weights, clause: c1, question: Are weights meant?, asked_at: 2026-06-13T09:00:00Z, to: the desk}
  - {id: when, clause: c1, question: When?, asked_at: 2026-06-13T09:00:00Z, to: the desk,
     answered_at: 2026-06-14T09:00:00Z, answer: Now.}
annexes: {list: {file: list.csv, key: id}}
"""
    files = {**FIRST, "us-bis.v1.yaml": letter() + more, "list.csv": b"id\nacme\n"}
    said = [line for line in change(None, read_sources(files)) if line.startswith("  ")]
    assert [
        "  c1 is read as: people, wherever they are, and not: companies or accounts (counsel)",
        "  c1 is read as: from now on (counsel)",
        (
            "  licence D1 (c1) of list; from 2026-07-01T00:00:00Z until 2027-07-01T00:00:00+01:00;"
            " models fable-5; countries GB"
        ),
        "  licence D2 (c1) of acme; from 2026-07-01T00:00:00Z until it is withdrawn",
        "  question weights (c1) to the desk: Are weights meant?; open",
        "  question when (c1) to the desk: When?; answered: Now.",
    ] == [
        line for line in said if not line.startswith(("  rule", "  whoever", "  annex", "  clause"))
    ]
    assert any(line.startswith("  clause c1: “") for line in said)
