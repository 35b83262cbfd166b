"""Stays, licences, capabilities, and where a letter is open."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.unit.law.conftest import CATALOGUE, Write
from writ.clock import Instant, parse_instant
from writ.desk.words import change
from writ.errors import InvalidInput
from writ.law.compiled.decide import decide
from writ.law.difference_words import version_words
from writ.law.digest import rules_digest
from writ.law.explain.reading import explain, text
from writ.law.folder import Checked, check_sources
from writ.law.literal.decide import decide as decide_literally
from writ.model.decision import Decision
from writ.model.order import OrderVersion
from writ.model.subject import Chain, Fact, Subject, Value

BOTH = pytest.mark.parametrize("how", [decide, decide_literally], ids=["compiled", "literal"])
How = Callable[..., Decision]
FILES = {
    "catalogue.yaml": CATALOGUE.replace(
        b"mythos-5: {}",
        b"mythos-5: {capabilities: [cyber]}\n  lite: {capabilities: [chat], controlled: false}",
    ).replace(b"fable-5: {", b"fable-5: {capabilities: [cyber, code], "),
    "list.csv": b"id\nbrit-co\nann\n",
}
STAY = (
    b"stays: [{id: ninth, rules: [only-us], by: a court of appeals, from: 2026-07-01T00:00:00Z,"
    b" until: 2026-08-01T00:00:00-07:00}]\n"
)
LICENCE = b"""exceptions: [{id: licensed, to: only-us, clauses: [c1], models: [fable-5], licence: D1}]
licences:
  - number: D1
    clauses: [c1]
    holder: brit-co
    scope: {models: [fable-5], countries: [GB]}
    conditions: [No weights leave the building.]
    from: 2026-07-01T00:00:00Z
    until: 2026-08-01T00:00:00-07:00
"""


def checked(order: bytes) -> Checked:
    """Read one order."""
    return check_sources({**FILES, "x.yaml": order})


def version(order: bytes) -> OrderVersion:
    """Return the only version of a folder."""
    [found] = checked(order).book.versions
    return found


def at(text: str) -> Instant:
    """Read an instant."""
    return parse_instant(text)


def said(order: bytes) -> str:
    """Explain a folder in one line."""
    book = checked(order).book
    return " ".join(text(explain(book, book.versions)).split())


@BOTH
def test_a_stayed_rule_has_no_effect(write: Write, how: How) -> None:
    """From the first instant of the stay to the one before its last, and exactly as before after."""
    book, plain = checked(write() + STAY).book, checked(write()).book
    edges = [
        "2026-06-30T23:59:59Z",
        "2026-07-01T00:00:00Z",
        "2026-08-01T06:59:59Z",
        "2026-08-01T07:00:00Z",
    ]
    instants = [at(edge) for edge in edges]
    stranger = Chain(Subject("p", "person"))
    assert ["verify", "permit", "permit", "verify"] == [
        how(book, stranger, "fable-5", instant).outcome.word for instant in instants
    ]
    none = replace(plain, versions=())
    assert [
        rules_digest(side, instant)
        for side, instant in zip((plain, none, none, plain), instants, strict=True)
    ] == [rules_digest(book, instant) for instant in instants]
    assert {instants[1], instants[3]} < set(book.boundaries())


def test_a_stay_is_said(write: Write) -> None:
    """By explanations with its instants, by differences, and to signers."""
    book = checked(write() + STAY).book
    told = said(write() + STAY)
    assert "stay `ninth` of `only-us` begins" in told
    assert "stay `ninth` of `only-us` ends" in told
    late = STAY.replace(b"2026-07-01T00:00:00Z", b"2026-06-01T00:00:00Z")
    assert "takes effect and stay `ninth` of `only-us` goes on." in said(write() + late)
    assert "by a court of appeals: `only-us` and what is excepted from it have no effect" in told
    assert any(
        line.startswith("stay comes: ")
        for line in version_words(version(write()), book.versions[0])
    )
    assert (
        "  stay ninth of only-us by a court of appeals, from 2026-07-01T00:00:00Z until"
        " 2026-08-01T07:00:00Z"
    ) in change(None, book)
    endless = write() + STAY.replace(b", until: 2026-08-01T00:00:00-07:00", b", clauses: [c1]")
    assert "from 2026-07-01T00:00:00Z on. Nobody" in said(endless)
    assert "Carried out by rule `only-us` and stay `ninth`." in said(endless)


@BOTH
def test_a_stay_that_meets_another(write: Write, how: How) -> None:
    """Two that overlap are one span, and a rule stayed for good never stands."""
    two = STAY.replace(
        b"}]",
        b"}, {id: tenth, rules: [only-us], by: another, from: 2026-07-15T00:00:00Z, until: 2026-09-01T00:00:00Z}]",
    )
    book = checked(write() + two).book
    [active] = book.standing
    assert 2 == len(active.spans)
    for_good = write() + STAY.replace(b"2026-07-01", b"2026-01-01").replace(
        b", until: 2026-08-01T00:00:00-07:00", b""
    )
    assert () == checked(for_good).book.standing
    stranger = Chain(Subject("p", "person"))
    assert "permit" == how(book, stranger, "fable-5", at("2026-08-15T00:00:00Z")).outcome.word


def british(name: str = "brit-co") -> Subject:
    """A company shown to be British and nothing else."""
    return Subject(
        name,
        "organisation",
        (),
        tuple(
            Fact(attribute, (Value(("GB", "")),), "exhaustive", 4, "m", "i", 0)
            for attribute in ("incorporated_in", "organised_in")
        ),
    )


@BOTH
def test_a_licence_limits_its_exception(write: Write, how: How) -> None:
    """It counts for its holder, in its time, which ends at midnight of another zone."""
    book = checked(write() + LICENCE).book
    instants = (
        "2026-06-30T23:59:59Z",
        "2026-07-01T00:00:00Z",
        "2026-08-01T06:59:59Z",
        "2026-08-01T07:00:00Z",
    )
    licensed, other = Chain(british()), Chain(british("other-co"))
    french = Chain(
        Subject(
            "brit-co",
            "organisation",
            (),
            tuple(replace(fact, values=(Value(("FR", "")),)) for fact in british().facts),
        )
    )

    def outcomes(chain: Chain) -> list[str]:
        found = (how(book, chain, "fable-5", at(instant)) for instant in instants)
        return [
            "deny" if any(r.link == "requester" for r in item.reasons) else "pass" for item in found
        ]

    assert ["deny", "pass", "pass", "deny"] == outcomes(licensed)
    assert (["deny"] * 4, ["deny"] * 4) == (outcomes(other), outcomes(french))


def test_a_licence_and_who_else(write: Write) -> None:
    """`who` narrows it further; an annex may hold it, and its scope name persons of one."""
    told = LICENCE.replace(b"licence: D1}", b"licence: D1, who: {employee_of: self}}")
    told = told.replace(b"countries: [GB]", b"persons: list, organisations: list").replace(
        b"holder: brit-co", b"holder: list"
    )
    [item] = version(write() + told + b"annexes: {list: {file: list.csv, key: id}}\n").exemptions
    assert ("D1", True, True) == (
        item.licence,
        item.who.person is not None,
        item.who.organisation is not None,
    )
    only_people = told.replace(b"who: {employee_of: self}", b"who: {person: {age_over: 18}}")
    [item] = version(
        write() + only_people + b"annexes: {list: {file: list.csv, key: id}}\n"
    ).exemptions
    assert item.who.organisation is None
    bare = (
        LICENCE.replace(b"    scope: {models: [fable-5], countries: [GB]}\n", b"")
        .replace(b"    until: 2026-08-01T00:00:00-07:00\n", b"")
        .replace(b"holder: brit-co", b"holder: self")
    )
    assert "D1, held by self: from 2026-07-01T00:00:00Z, without an end." in said(write() + bare)
    only_company = told.replace(
        b"who: {employee_of: self}", b"who: {organisation: {incorporated_in: [GB]}}"
    )
    [item] = version(
        write() + only_company + b"annexes: {list: {file: list.csv, key: id}}\n"
    ).exemptions
    assert item.who.person is None


def test_a_licence_without_conditions(write: Write) -> None:
    """Nothing is said of any."""
    bare = LICENCE.replace(b"    conditions: [No weights leave the building.]\n", b"")
    assert "On condition" not in said(write() + bare)


def test_a_licence_is_said(write: Write) -> None:
    """Number, holder, scope, dates and conditions are read back, and compared."""
    told = said(write() + LICENCE)
    for line in (
        "D1, held by brit-co: from 2026-07-01T00:00:00Z until 2026-08-01T00:00:00-07:00.",
        "For these countries only: GB.",
        "On condition: No weights leave the building.",
        "It rests on licence `D1` and holds from 2026-07-01T00:00:00Z until 2026-08-01T07:00:00Z.",
        "licence `D1` ends, and exception `licensed` with it",
    ):
        assert line in told
    longer = version(write() + LICENCE.replace(b"2026-08-01", b"2026-09-01"))
    assert "exception licensed, until: 2026-09-01T07:00:00Z, was 2026-08-01T07:00:00Z" in list(
        version_words(version(write() + LICENCE), longer)
    )
    assert any(
        "under licence D1 from 2026-07-01T00:00:00Z until" in line
        for line in change(None, checked(write() + LICENCE).book)
    )


@pytest.mark.parametrize(
    ("part", "by", "fault"),
    [
        (b"licence: D1}", b"licence: D2}", "no licence `D2` in this version; did you mean `D1`?"),
        (b", licence: D1}", b"}", "`who` is missing"),
        (b"scope: {models: [fable-5]", b"scope: {models: [saga-5]", "the licence `D1` does not cover `fable-5`"),
        (b"countries: [GB]", b"persons: lits", "`lits` is no annex of this version"),
        (b"2026-08-01", b"2026-06-01", "an empty window: `until` is not after `from`"),
        (b"  - number: D1\n", b"  - {number: D1, clauses: [c1], holder: x, from: 2026-07-01T00:00:00Z}\n  - number: D1\n", "the licence `D1` stands twice"),
        (b"holder: brit-co", b"cites: [15 CFR 750.7, [15]]\n    holder: brit-co", "must be text, not a list"),
    ],
)  # fmt: skip
def test_faults_of_licences(write: Write, part: bytes, by: bytes, fault: str) -> None:
    """Nothing is excepted by a licence that is not there, or does not reach so far."""
    with pytest.raises(InvalidInput) as caught:
        checked(write() + LICENCE.replace(part, by))
    assert fault in str(caught.value)


@pytest.mark.parametrize(
    ("part", "by", "fault"),
    [
        (b"[only-us]", b"[only-su]", "no rule `only-su` in this version; did you mean `only-us`?"),
        (b"2026-08-01", b"2026-06-01", "an empty window: `until` is not after `from`"),
    ],
)
def test_faults_of_stays(write: Write, part: bytes, by: bytes, fault: str) -> None:
    """A stay names rules of its version, for some time."""
    with pytest.raises(InvalidInput) as caught:
        checked(write() + STAY.replace(part, by))
    assert fault in str(caught.value)


def test_capabilities_stand_for_models(write: Write) -> None:
    """Every model that has one is meant; which these are is said."""
    order = write().replace(b"models: [fable-5]", b"capabilities: [cyber]")
    [rule] = version(order).rules
    assert (["fable-5", "mythos-5"], ["cyber"]) == (
        sorted(rule.models),
        sorted(rule.capabilities),
    )
    assert "These are the models with the capability `cyber` in the catalogue." in said(order)


@pytest.mark.parametrize(
    ("by", "fault"),
    [
        (b"capabilities: [cybre]", "no model of the catalogue has `cybre`; did you mean `cyber`?"),
        (b"capabilities: [chat]", "`lite` has `chat` and is exempt"),
        (
            b"capabilities: [cyber]\n    models: [fable-5]",
            "write either `models` or `capabilities`",
        ),
        (b"standing: natural_person\n   ", "`models` is missing"),
    ],
)
def test_faults_of_capabilities(write: Write, by: bytes, fault: str) -> None:
    """A capability that nobody has, or an exempt model has, cannot be meant."""
    order = write().replace(b"models: [fable-5]", by)
    with pytest.raises(InvalidInput) as caught:
        checked(order.replace(b"    standing: natural_person\n    \n", b""))
    assert fault in str(caught.value)


OPEN = b"""readings: [{clause: c1, reading: r, rejected: [one, another], decided_by: counsel}]
questions:
  - {id: q1, clause: c1, question: Are weights meant?, asked_at: 2026-06-13T00:00:00Z, to: the ministry, answer_by: 2026-06-20T00:00:00Z}
  - {id: q2, clause: c1, question: And answers?, asked_at: 2026-06-13T00:00:00Z, to: the ministry, answered_at: 2026-06-14T00:00:00Z, answer: Yes.}
"""


def test_open_points_are_said(write: Write) -> None:
    """Several readings that were rejected, and questions with their answers."""
    told = said(write() + OPEN)
    assert "c1 is read as: r; rejected: one / another (decided by counsel)." in told
    assert "to be answered by 2026-06-20T00:00:00Z: Are weights meant? Not answered yet." in told
    assert "And answers? Answered at 2026-06-14T00:00:00Z: Yes." in told


@pytest.mark.parametrize(
    ("part", "by", "fault"),
    [
        (b", answer: Yes.", b"", "`answer` and `answered_at` stand together"),
        (b"2026-06-14", b"2026-06-12", "`answered_at` is before `asked_at`"),
        (b"2026-06-20", b"2026-06-10", "`answer_by` is before `asked_at`"),
        (b"id: q2, clause: c1", b"id: q2, clause: c2", "no clause `c2` in this version"),
        (b"id: q2", b"id: q1", "the id `q1` stands twice"),
        (b"[one, another]", b"[]", "must name at least one"),
    ],
)
def test_faults_of_open_points(write: Write, part: bytes, by: bytes, fault: str) -> None:
    """An answer comes with its instant, after the question."""
    with pytest.raises(InvalidInput) as caught:
        checked(write() + OPEN.replace(part, by))
    assert fault in str(caught.value)


def test_a_question_carries_nothing(write: Write) -> None:
    """A clause that is only asked about is still forgotten."""
    order = write().replace(b"{c1: Nobody may use it.}", b"{c1: Nobody may use it., c2: What?}")
    with pytest.raises(InvalidInput, match="the clause `c2` is carried by nothing"):
        checked(order + OPEN.replace(b"id: q2, clause: c1", b"id: q2, clause: c2"))


def test_nothing_is_authenticated_before_it_was_received(write: Write) -> None:
    """The proof is of the letter that came."""
    order = write().replace(
        b"jurisdiction: US}",
        b"jurisdiction: US, authenticated: {by: c, how: h, at: 2026-06-01T00:00:00Z}}\nreceived: 2026-06-02T00:00:00Z",
    )
    with pytest.raises(InvalidInput, match="authenticated before it was received"):
        checked(order)
