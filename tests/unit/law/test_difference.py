"""Changes of one order, and whom they move."""

from dataclasses import replace

import pytest

from tests.unit.law.conftest import Write
from writ.clock import FOREVER, parse_instant
from writ.law import difference
from writ.law.difference import Moved, Mover, moved
from writ.law.folder import read_sources
from writ.model.order import Hold, Lawbook

NOW = parse_instant("2026-06-20T00:00:00Z")
EXCEPTION = """
exceptions:
  - {id: listed, to: only-us, clauses: [c1], models: [fable-5], who: {organisation_in: annex}}
annexes: {annex: {file: annex.csv, key: id}}
"""


def book(catalogue: bytes, order: bytes, rows: str = "acme\n") -> Lawbook:
    """Read one order with a list."""
    annex = b"id\n" + rows.encode()
    files = {"catalogue.yaml": catalogue, "x.yaml": order}
    return read_sources({**files, "annex.csv": annex} if b"annex.csv" in order else files)


def kinds(found: Moved) -> list[str]:
    """Say which kinds of change there are an example of."""
    return [f"{mover.before[0].word} {mover.after[0].word}" for mover in found.movers]


def shortest(found: Moved, kind: str) -> Mover:
    """Return the example of a kind."""
    return found.movers[kinds(found).index(kind)]


def test_the_same_law_moves_nobody(catalogue: bytes, write: Write) -> None:
    """Nothing is even asked where the digests are the same."""
    same = book(catalogue, write())
    assert Moved((), 0, complete=True, listed=frozenset()) == moved(same, same)


@pytest.mark.parametrize(
    ("was", "now", "want"),
    [
        ("to_serve: A2", "to_serve: A3", ["permit verify"]),
        ("to_bar: A1", "to_bar: A2", ["deny verify"]),
        ("to_bar: A1}", "to_bar: A1, max_age: 30d}", ["permit verify", "deny verify"]),
        ("barred: deny", "barred: {substitute: opus-4-8}", ["deny substitute"]),
        ("standing: natural_person", "standing: organisation", ["verify permit"]),
        ("barred: deny", "barred: deny\n    undetermined: deny", ["verify deny"]),
        (
            "only: ear.us_person@1",
            "bar: ear.us_person@1",
            ["permit deny", "verify deny", "deny permit", "deny verify"],
        ),
        (
            "only: ear.us_person@1",
            "only: ear.us_person@1\n    in_flight: {drain: 30s, clause: c1}",
            [],
        ),
    ],
)
def test_one_change_and_the_kinds_of_people_it_moves(
    catalogue: bytes, write: Write, was: str, now: str, want: list[str]
) -> None:
    """Every kind of change is found, and no other; what moves nobody has been asked about."""
    old = book(catalogue, write())
    new = book(catalogue, write().replace(was.encode(), now.encode()))
    found = moved(old, new)
    assert (set(want), True, True) == (set(kinds(found)), found.asked > 0, found.complete)


def test_a_row_of_a_list_moves_who_is_on_it(catalogue: bytes, write: Write) -> None:
    """Somebody only listed after is found, and told apart without being named."""
    order = write(barred="deny") + EXCEPTION.encode()
    old, new = book(catalogue, order), book(catalogue, order, "acme\nbrit-co\n")
    found = moved(old, new)
    assert {"verify permit", "deny permit", "deny verify"} == set(kinds(found))
    mover = shortest(found, "deny verify")
    assert mover.chain.organisation is not None
    assert "brit-co" == mover.chain.organisation.id
    assert "one of `annex` (only after)" in mover.who
    assert "brit-co" not in mover.who


def test_a_list_that_is_new_is_told_by_its_name(catalogue: bytes, write: Write) -> None:
    """Where only one side has the list, nobody need say on which side its rows are."""
    order = write(barred="deny")
    found = moved(book(catalogue, order), book(catalogue, order + EXCEPTION.encode()))
    listed = [mover.who for mover in found.movers if "`annex`" in mover.who]
    assert listed
    assert not any("(only" in who for who in listed)


def test_the_simplest_person_is_shown(catalogue: bytes, write: Write) -> None:
    """An example shows one fact where one is enough, and is told in words."""
    old = book(catalogue, write())
    new = book(catalogue, write().replace(b"to_serve: A2", b"to_serve: A3"))
    mover = shortest(moved(old, new), "permit verify")
    assert (1, None) == (len(mover.chain.requester.facts), mover.chain.organisation)
    assert "a person with citizenships: the United States (US), perhaps more (A2)" in mover.who


def test_a_simpler_person_takes_the_place_of_another(catalogue: bytes, write: Write) -> None:
    """Empty lists bar, and are tried first; one value that bars is less to say."""
    asked = b"{all: [{citizen_of: [US]}, {resident_in: [US]}, {not: {citizen_of: [KP]}}]}"
    only = b"only: {person: " + asked + b"}"
    order = write().replace(b"only: ear.us_person@1", only)
    old = book(catalogue, order)
    new = book(catalogue, order.replace(b"barred: deny", b"barred: {substitute: opus-4-8}"))
    found = moved(old, new)
    assert ["deny substitute"] == kinds(found)
    assert (
        "a person with citizenships: North Korea (KP), perhaps more (A2), with a key of their own"
    ) == found.movers[0].who


def test_who_cannot_be_told_apart_is_one(catalogue: bytes, write: Write) -> None:
    """Dates that neither side can see make one person of many."""
    either = b"only: {person: {any: [{citizen_of: [US]}, {most_recent_of: [US]}]}}"
    order = write().replace(b"only: ear.us_person@1", either)
    found = moved(
        book(catalogue, order), book(catalogue, order.replace(b"to_serve: A2", b"to_serve: A3"))
    )
    assert (["permit verify"], True) == (kinds(found), found.complete)


def test_a_search_cut_off_says_so(
    catalogue: bytes, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No more are asked than the budget has, and the answer is not called complete."""
    old = book(catalogue, write())
    new = book(catalogue, write().replace(b"to_serve: A2", b"to_serve: A3"))
    every = moved(old, new)
    monkeypatch.setattr(difference, "MOST", 3)
    models = len(old.catalogue.models)
    found = moved(old, new)
    assert (False, True) == (found.complete, found.asked < every.asked)
    assert found.asked <= 3 * models


def test_only_where_the_rules_differ(catalogue: bytes, write: Write) -> None:
    """A version that ends earlier moves people from that instant on, not before."""
    old = book(catalogue, write())
    new = book(catalogue, write(until="2026-07-01T00:00:00Z"))
    found = moved(old, new)
    until = new.versions[0].until
    assert until is not None
    assert {"verify permit", "deny permit"} == set(kinds(found))
    assert {until} == {mover.at for mover in found.movers}
    assert {until} == {mover.spans[0][0] for mover in found.movers}


def test_a_rule_on_what_stands_in_counts(catalogue: bytes, write: Write) -> None:
    """Where the model that stands in is restricted, those it served are moved."""
    first = write(barred="{substitute: opus-4-8}")
    other = write(order="other").replace(b"models: [fable-5]", b"models: [opus-4-8]")
    files = {"catalogue.yaml": catalogue, "x.yaml": first}
    found = moved(read_sources(files), read_sources({**files, "y.yaml": other}))
    on_fable = [mover for mover in found.movers if mover.model == "fable-5"]
    assert ["substitute deny"] == [f"{m.before[0].word} {m.after[0].word}" for m in on_fable]


def test_a_hold_moves_everybody(catalogue: bytes, write: Write) -> None:
    """A model that no rule speaks of is compared too."""
    old = book(catalogue, write())
    found = moved(old, replace(old, holds=(Hold("saga-5", "ana", NOW),)))
    assert [("saga-5", "a person of whom nothing is shown, with a key of their own")] == [
        (mover.model, mover.who) for mover in found.movers
    ]


def test_spans_that_touch_are_one(catalogue: bytes, write: Write) -> None:
    """What else changes meanwhile does not cut a span; a stay on both sides leaves a gap in it."""
    stay = (
        b"stays: [{id: s, rules: [only-us], by: A court, from: 2026-07-10T00:00:00Z,"
        b" until: 2026-07-20T00:00:00Z}]\n"
    )
    later = write(order="other", effective="2026-07-15T00:00:00Z")
    later = later.replace(b"[fable-5]", b"[saga-5]")

    def spans(more: bytes) -> set[tuple[tuple[int, int], ...]]:
        pair = [
            read_sources(
                {
                    "catalogue.yaml": catalogue,
                    "x.yaml": write().replace(b"to_serve: A2", word) + more,
                    "y.yaml": later,
                }
            )
            for word in (b"to_serve: A2", b"to_serve: A3")
        ]
        return {mover.spans for mover in moved(*pair).movers}

    first, stayed, goes_on = map(
        parse_instant, ("2026-06-12T21:21:00Z", "2026-07-10T00:00:00Z", "2026-07-20T00:00:00Z")
    )
    assert {((first, FOREVER),)} == spans(b"")
    assert {((first, stayed), (goes_on, FOREVER))} == spans(stay)
