"""Orders to serve, and the provider's own orders."""

import pytest

from tests.unit.law.conftest import CATALOGUE, Write
from writ.desk.words import change
from writ.errors import InvalidInput
from writ.law.compiled.decide import decide
from writ.law.difference_words import book_words, version_words
from writ.law.digest import rules_digest
from writ.law.explain.conflict import Conflict, conflict_notes, conflicts
from writ.law.explain.reading import explain, text
from writ.law.folder import Checked, check_sources
from writ.law.snapshot import snapshot
from writ.model.order import OrderVersion
from writ.model.subject import Chain, Subject

FILES = {
    "catalogue.yaml": CATALOGUE.replace(b"{aliases", b"{capabilities: [cyber], aliases").replace(
        b"mythos-5: {}", b"mythos-5: {capabilities: [cyber, bio]}"
    )
}
SERVE = b"""serve:
  - {id: adults, clauses: [c1], models: [fable-5], who: {person: {age_over: 18}}}
"""
PROGRAMME = b"""programme:
  name: defenders
  admits: head of trust
  evidence: [a verified identity, an employer's letter]
  review: {every: 90d, by: the board}
"""
MANDATE = (
    b"mandate: {name: A ministry, jurisdiction: US, instrument: a directive, document: sha256:"
    + b"0" * 64
    + b", authenticated: {by: counsel, how: called back, at: 2026-06-01T00:00:00Z}}\n"
)
MEMBERS = b"only: {person: {member_of: [defenders]}, organisation: {member_of: [defenders]}}"


def required(write: Write, serve: bytes = SERVE, order: str = "duty") -> bytes:
    """Write a requirement."""
    told = write(order=order).partition(b"rules:")[0]
    return told.replace(b"kind: restriction", b"kind: requirement") + serve


def own(write: Write, kind: bytes, only: bytes = MEMBERS) -> bytes:
    """Write an order of the provider's own."""
    told = write().replace(b"kind: restriction", b"kind: " + kind)
    return told.replace(b"only: ear.us_person@1", only)


def mitigation(write: Write, only: bytes = MEMBERS) -> bytes:
    """Write a mitigation of a day."""
    told = own(write, b"mitigation", only).replace(b"models: [fable-5]", b"capabilities: [bio]")
    return told.replace(b"until: null", b"until: 2026-06-13T17:21:00-04:00")


def checked(*orders: bytes) -> Checked:
    """Read orders together."""
    return check_sources(FILES | {f"{place}.yaml": data for place, data in enumerate(orders)})


def only(order: bytes) -> OrderVersion:
    """Read one order."""
    [found] = checked(order).book.versions
    return found


def said(*orders: bytes) -> str:
    """Explain orders in one line."""
    book = checked(*orders).book
    return " ".join(text(explain(book, book.versions)).split())


def faults(*orders: bytes) -> list[str]:
    """Return what is wrong with orders."""
    with pytest.raises(InvalidInput) as caught:
        checked(*orders)
    return [fault.message for fault in caught.value.faults]


def test_a_requirement_permits_nothing(write: Write) -> None:
    """With it and without it, everybody gets the same, and the rules have the same digest."""
    bare, both = checked(write()).book, checked(write(), required(write)).book
    at = only(write()).effective
    stranger = Chain(Subject("p", "person"))
    assert "verify" == decide(both, stranger, "fable-5", at).outcome.word
    assert rules_digest(bare, at) == rules_digest(both, at)


def test_a_conflict_is_told_with_an_example(write: Write) -> None:
    """Somebody over 18 must be served, and is barred: which goes first is nobody's guess."""
    [note] = conflict_notes(checked(write(), required(write)))
    assert note.message.startswith(
        "requirement `adults` of `duty` version 1 and rule `only-us` of `sample` version 1 conflict"
        " on `fable-5` from 2026-06-12T21:21:00Z: a person with "
    )
    assert note.message.endswith(
        " must be served and is barred; which goes first is for counsel to settle"
    )
    assert ("1.yaml", 11) == (note.file, note.line)
    assert "Conflict: requirement `adults` of `duty`" in said(write(), required(write))
    assert "requirement adults: people age_over 18 must be served fable-5." in said(required(write))


def found(write: Write, restriction: bytes, serve: bytes = SERVE) -> list[Conflict]:
    """Return the conflicts of a restriction and a requirement."""
    return list(conflicts(checked(restriction, required(write, serve)).book))


def test_other_conflicts(write: Write) -> None:
    """A question asked, or another model given, stands against it as well; a risk does not."""
    instead = write(barred="{substitute: opus-4-8}\n    undetermined: {substitute: opus-4-8}")
    [given] = found(write, instead)
    assert "must be served and is given another model" in given.words
    risk = write().replace(b"    barred", b"    undetermined: {permit: counsel's risk}\n    barred")
    sure = found(write, risk)
    assert ["is barred" in item.words for item in sure] == [True]
    us = SERVE.replace(b"{age_over: 18}", b"{citizen_of: [US]}")
    stated = write().replace(b"only: ear.us_person@1", b"only: {person: {age_over: 18}}")
    assert [True] == [
        "must be served and is barred" in item.words for item in found(write, stated, us)
    ]


def test_no_conflict(write: Write) -> None:
    """Other models, or those who must be served and who may are the same."""
    us = SERVE.replace(b"{person: {age_over: 18}}", b"ear.us_person@1")
    assert [] == found(write, write(), us)
    assert [] == found(write, write(), SERVE.replace(b"fable-5", b"saga-5"))
    assert [] == found(write, write(effective="2026-06-01T00:00:00Z", until="2026-06-02T00:00:00Z"))
    assert [] == list(conflicts(checked(write()).book))


def test_requirements_in_other_places(write: Write) -> None:
    """Where no deployment obeys both, nothing conflicts; several are told once each."""
    deployed = (
        FILES["catalogue.yaml"]
        + b"deployments: {us: {entity: a, region: US}, eu: {entity: a, region: IE}}\n"
    )
    serve = SERVE.replace(b"18}}}", b"18}}, where: {regions: [IE]}}")
    files = {
        "catalogue.yaml": deployed,
        "x.yaml": write() + b"    where: {regions: [US]}\n",
        "y.yaml": required(write, serve),
        "z.yaml": required(write, SERVE, "other"),
    }
    book = check_sources(files).book
    assert ["other"] == [item.required.version.order for item in conflicts(book)]
    later = dict(files) | {"w.yaml": write(order="third", effective="2026-07-01T00:00:00Z")}
    assert ["other", "duty", "other"] == [
        item.required.version.order for item in conflicts(check_sources(later).book)
    ]
    assert any("must be served fable-5 served in IE" in line for line in change(None, book))


def test_a_requirement_in_words(write: Write) -> None:
    """Signers, differences and snapshots have it."""
    plain = required(write)
    wider = required(write, SERVE.replace(b"18", b"16"))
    told = ["requirement adults, who: people age_over 16, was people age_over 18"]
    assert told == list(version_words(only(plain), only(wider)))
    assert "  requirement adults: people age_over 18 must be served fable-5" in change(
        None, checked(plain).book
    )
    assert any(
        "requirement adults:" in line
        for line in book_words(checked(write()).book, checked(write(), plain).book)
    )
    named = required(write, SERVE.replace(b"{person: {age_over: 18}}", b"policy.age_over_18@1"))
    assert b'"policy.age_over_18@1"' in snapshot(checked(named).book, 1, None, 1)
    assert "It restricts nobody: it says who must be served." in said(plain)
    assert "Carried out by requirement `adults`." in said(plain)


def test_faults_of_requirements(write: Write) -> None:
    """Rules and `serve` stand in orders of different kinds."""
    assert "only a requirement says who must be served" in faults(write() + SERVE)
    rules = write().replace(b"kind: restriction", b"kind: requirement")
    assert "a requirement has no rules; write `serve`" in faults(rules + SERVE)
    assert "a requirement needs at least one entry of `serve`" in faults(
        required(write, b"obligations: []\n")
    )
    assert "a requirement needs at least one entry of `serve`" in faults(
        required(write, b"serve: []\n")
    )
    assert "a requirement has no rules; write `serve`" in faults(rules + SERVE)


def test_a_programme(write: Write) -> None:
    """It says who admits, on what, and who reviews; its members are asked for."""
    order = own(write, b"programme") + PROGRAMME
    assert "programme" == only(order).kind
    told = said(order)
    assert "It is the provider's own order." in told
    assert (
        "Programme `defenders`: head of trust admits, on a verified identity, an employer's letter."
        in told
    )
    assert "Reviewed every 90d by the board." in told


@pytest.mark.parametrize(
    ("part", "by", "fault"),
    [
        (PROGRAMME, b"", "a programme needs `programme`: who admits, on which evidence"),
        (
            b"name: defenders",
            b"name: defendres",
            "no rule or exception asks for members of `defendres`",
        ),
        (b"[a verified identity, an employer's letter]", b"[]", "must name at least one"),
        (
            PROGRAMME,
            PROGRAMME + b"licences: []\n",
            "a programme has no licences; an authority gives those",
        ),
    ],
)
def test_faults_of_programmes(write: Write, part: bytes, by: bytes, fault: str) -> None:
    """A programme that leaves something open admits nobody."""
    assert fault in faults((own(write, b"programme") + PROGRAMME).replace(part, by))


def test_members_may_be_asked_for_by_an_exception(write: Write) -> None:
    """Who is no member and not over 18 is asked to be."""
    order = own(write, b"programme", b"only: {person: {age_over: 18}}") + PROGRAMME
    order += (
        b"exceptions: [{id: x, to: only-us, clauses: [c1], models: [fable-5],"
        b" who: {member_of: [defenders]}, unless: {person: {age_over: 99}}}]\n"
    )
    assert 1 == len(only(order).exemptions)


@pytest.mark.parametrize(
    ("asks", "place", "word"),
    [
        (b"only: {person: {all: [{age_over: 18}, {citizen_of: [US]}]}}", (14, 44), "citizen_of"),
        (b"only: {person: {most_recent_of: [US]}}", (14, 21), "most_recent_of"),
        (
            b"only: {organisation: {ultimate_parent_is: {incorporated_in: [US]}}}",
            (14, 48),
            "incorporated_in",
        ),
        (
            b"only: {organisation: {owned_by: {share: '50', who: {organisation: {incorporated_in: [US]}, person: {resident_in: [US]}}}}}",
            (14, 72),
            "incorporated_in",
        ),
        (b"bar: {person: {not: {stateless: true}}}", (14, 26), "stateless"),
        (b"only: us.citizen@1", (14, 11), "us.citizen@1"),
    ],
)
def test_own_orders_ask_for_no_origin(
    write: Write, asks: bytes, place: tuple[int, int], word: str
) -> None:
    """Neither in a word, nor by a definition; an outside authority's instrument lets them."""
    with pytest.raises(InvalidInput) as caught:
        checked(mitigation(write, asks))
    first = min(caught.value.faults)
    assert f"`{word}` asks for `" in first.message
    assert place == (first.line, first.column)
    assert "which the provider's own order may not without a `mandate`" in first.message
    assert "mitigation" == only(mitigation(write, asks) + MANDATE).kind
    assert "It rests on a directive of A ministry." in said(mitigation(write, asks) + MANDATE)


def test_exceptions_of_own_orders_ask_for_no_origin_either(write: Write) -> None:
    """Nor do their limits."""
    order = mitigation(write) + (
        b"exceptions: [{id: x, to: only-us, clauses: [c1], models: [mythos-5],"
        b" who: {age_over: 18}, unless: {person: {resident_in: [KP]}}}]\n"
    )
    assert [
        "`resident_in` asks for `residence`, which the provider's own order may not without a `mandate`"
    ] == faults(order)


@pytest.mark.parametrize(
    ("part", "by", "fault"),
    [
        (b"2026-06-13T17", b"2026-07-13T17", "a mitigation lasts 30d at most"),
        (b"until: 2026-06-13T17:21:00-04:00", b"until: null", "a mitigation has an `until`: it ends by itself"),
        (b"capabilities: [bio]", b"capabilities: [bio, cyber]", "a mitigation names one capability: write `capabilities: [ONE]`"),
        (b"rules:\n", b"rules:\n  - {id: a, clauses: [c1], capabilities: [bio], only: policy.age_over_18@1, standing: organisation, evidence: {to_serve: A1, to_bar: A1}}\n", "a mitigation has one rule: one capability, one class of account"),
        (b"until: 2026-06-13T17:21:00-04:00", b"until: soon", "`soon` is not an instant; write 2026-06-12T17:21:00-04:00"),
    ],
)  # fmt: skip
def test_faults_of_mitigations(write: Write, part: bytes, by: bytes, fault: str) -> None:
    """One capability, one class of account, some days."""
    assert fault in faults(mitigation(write).replace(part, by))


def test_other_kinds_have_no_mandate(write: Write) -> None:
    """Nor a programme."""
    assert [
        "an order of the kind `restriction` has no `mandate`",
        "an order of the kind `restriction` has no `programme`",
    ] == faults(write() + MANDATE + PROGRAMME)


def test_a_mandate_is_authenticated(write: Write) -> None:
    """Without that, it is somebody's word."""
    bare = MANDATE.partition(b", authenticated")[0] + b"}\n"
    assert "`authenticated` is missing" in faults(mitigation(write) + bare)
