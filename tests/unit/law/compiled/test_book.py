"""Tables of a lawbook: what is told apart, and where one thing must not be taken for another."""

from dataclasses import replace
from random import Random

import pytest

from tests.worlds.chains import chain, instant
from tests.worlds.june import (
    AMERICAN,
    BOOK,
    CARVE_OUT,
    CATALOGUE,
    RULE,
    V1,
    V2,
    V3,
    VISA_HOLDER,
    british,
    fact,
    foreigner,
    letter,
    person,
    service,
)
from tests.worlds.lawbooks import MODELS, lawbook, pool
from writ.clock import DAY, FOREVER
from writ.law.compiled import book
from writ.law.compiled.book import Capacity, Compiled
from writ.law.compiled.cells import Known, Partition, atoms
from writ.law.compiled.decide import decide, decide_compiled, links, substitute_for
from writ.law.compiled.solve import Bits, Flag, Join, Situation, satisfiable
from writ.model.decision import Reason
from writ.model.expression import Listed, Never
from writ.model.order import Effect, Hold, Lawbook
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Subject

WORKER = replace(
    VISA_HOLDER,
    id="worker",
    facts=(*foreigner("GB"), fact("employer", ("albion", "employee"))),
)


def test_one_rule_in_two_versions_is_two_rules() -> None:
    """The same rule object with other exceptions is judged anew, and told under its own version."""
    compiled = Compiled(BOOK)
    asked = Chain(WORKER, british("albion"))
    first, second = (decide_compiled(compiled, asked, "mythos-5", at) for at in (V1, V2))
    assert [Outcome.DENY, Outcome.PERMIT] == [first.outcome, second.outcome]
    told = [decide_compiled(compiled, Chain(WORKER), "fable-5", at) for at in (V1, V2)]
    assert [1, 2] == [decision.reasons[0].version for decision in told]


def test_one_rule_in_two_orders_is_two_reasons() -> None:
    """Each is told by its own order, in the tables too."""
    other = replace(letter(1, V1), order="another")
    compiled = Compiled(Lawbook(CATALOGUE, (letter(1, V1), other)))
    chain = Chain(VISA_HOLDER)
    decision = decide_compiled(compiled, chain, "fable-5", V1)
    assert ["another", "us-bis-2026-06-12"] == [reason.order for reason in decision.reasons]
    [link] = links(compiled, chain, V1)
    row = compiled.row(link.profile, link.capacity)
    assert [((0, True, True), (1, True, True))] * 2 == list(row.against.values())
    assert row is compiled.row(link.profile, link.capacity)


def test_rows_are_kept_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then all are forgotten, and computed alike."""
    compiled = Compiled(BOOK)
    profile = compiled.profile(AMERICAN, V1)
    kept = compiled.row(profile, Capacity())
    monkeypatch.setattr(book, "MOST_ROWS", 1)
    compiled.row(compiled.factless("unnamed"), Capacity())
    assert kept == compiled.row(profile, Capacity())
    assert kept is not compiled.row(profile, Capacity())


def test_segments_hold_their_instants() -> None:
    """Half open: a segment has its first instant and not its last."""
    compiled = Compiled(BOOK)
    ats = (V1 - 1, V1, V2 - 1, V2, V3, FOREVER)
    assert [0, 1, 1, 2, 3, 3] == [compiled.segment_at(at) for at in ats]
    assert compiled.digest(0) == compiled.digest(3)
    assert compiled.digest(1) != compiled.digest(2)


def test_spans_follow_facts_and_ages() -> None:
    """A profile changes when a fact comes, expires or grows too old, and not otherwise."""
    compiled = Compiled(BOOK)
    shown = replace(AMERICAN.facts[0], verified_at=V1 + 1)
    subject = person(shown, replace(shown, expires_at=V2), fact("location", ("FR", "")))
    untils = [until for until, _, _ in compiled.spans(subject, V1)]
    assert [V1 + 1, V1 + 1 + 365 * DAY, FOREVER] == untils


def test_a_capacity_is_what_an_organisation_lends() -> None:
    """Groups and certificates; nobody lends nothing."""
    rule = replace(RULE, standing="certified_organisation")
    compiled = Compiled(
        Lawbook(CATALOGUE, (letter(2, V1, rules=(rule,), exemptions=(CARVE_OUT,)),))
    )
    certified = replace(british("albion"), facts=(fact("users_certified", ("ear.us_person@1",)),))
    none = compiled.capacity(None, V1)
    listed, both = compiled.capacity(british("albion"), V1), compiled.capacity(certified, V1)
    assert (Capacity(), Capacity(1)) == (none, listed)
    assert (1, {"ear.us_person@1"}) == (both.acting, {name for name, _ in both.certified})


def test_a_certificate_stands_for_people_nobody_named() -> None:
    """And for no one who is named."""
    rule = replace(RULE, standing="certified_organisation")
    lawbook = Lawbook(CATALOGUE, (letter(1, V1, rules=(rule,)),))
    us = Subject(
        "us",
        "organisation",
        (),
        (fact("incorporated_in", ("US", "")), fact("users_certified", ("ear.us_person@1",))),
    )
    weak = replace(us, facts=(us.facts[0], replace(us.facts[1], assurance=1)))
    told = [
        decide(lawbook, asked, "fable-5", V1).outcome
        for asked in (service(us), service(us, person()), service(us, VISA_HOLDER), service(weak))
    ]
    assert [Outcome.PERMIT, Outcome.VERIFY, Outcome.DENY, Outcome.VERIFY] == told


def test_a_hold_denies_with_whatever_else_there_is() -> None:
    """Held first, then the rules; nothing would settle it."""
    lawbook = replace(BOOK, holds=(Hold("fable-5", "officer", V1),))
    decision = decide(lawbook, Chain(VISA_HOLDER), "fable-5", V1)
    assert (Outcome.DENY, Reason("held"), "barred", ()) == (
        decision.outcome,
        decision.reasons[0],
        decision.reasons[1].verdict,
        decision.would_settle,
    )
    assert Outcome.DENY is decide(lawbook, Chain(AMERICAN), "fable-5", V3).outcome


@pytest.mark.parametrize(("held", "expected"), [(False, "opus-4-8"), (True, None)])
def test_a_substitute_must_be_permitted(held: bool, expected: str | None) -> None:  # noqa: FBT001  a column of the table
    """It is decided once, for the same chain; else deny, and the reason comes last."""
    rule = replace(RULE, barred=Effect(Outcome.SUBSTITUTE, "opus-4-8"))
    holds = (Hold("opus-4-8", "officer", V1),) if held else ()
    lawbook = Lawbook(CATALOGUE, (letter(1, V1, rules=(rule,)),), holds)
    decision = decide(lawbook, Chain(VISA_HOLDER), "fable-5", V1)
    assert expected == decision.served_by
    assert held == (decision.reasons[-1] == Reason("substitute_refused"))


def test_no_rule_names_a_substitute_where_none_is() -> None:
    """Without one there is nothing to follow."""
    assert [None, None] == [
        substitute_for(Compiled(BOOK), model, V1) for model in ("fable-5", "opus-4-8")
    ]


def test_an_unknown_model_is_denied_at_once() -> None:
    """With its name as it was asked, and the digest of the rules."""
    decision = decide(BOOK, Chain(AMERICAN), "Fable-5", V1)
    assert (Outcome.DENY, "Fable-5", (Reason("unknown_model"),)) == (
        decision.outcome,
        decision.model,
        decision.reasons,
    )


def test_values_that_the_same_lists_name_share_a_cell() -> None:
    """All that nobody names are one more; a star and a class make cells of their own."""
    lists = [
        Listed("citizen_of", "citizenships", frozenset(patterns))
        for patterns in ({("US", "*"), ("GB", "*")}, {("GB", "national")}, {("FR", "*")})
    ]
    cells = Partition(lists)
    us, gb, fr = cells.bit(("US", "")), cells.bit(("GB", "")), cells.bit(("FR", ""))
    assert us == gb == cells.bit(("US", "citizen"))
    assert 4 == len({us, fr, cells.bit(("GB", "national")), cells.bit(("DE", ""))})
    assert us | cells.bit(("GB", "national")) == cells.mask(lists[0])
    assert [] == list(atoms(Never("citizen_of")))


def test_values_of_other_lengths_are_told_apart() -> None:
    """A pattern names values of its own length only."""
    lists = [Listed("x", "x", frozenset({one})) for one in (("US",), ("US", "*"))]
    cells = Partition(lists)
    assert [cells.mask(one) for one in lists] == [cells.bit(("US",)), cells.bit(("US", "a"))]
    assert cells.bit(("US",)) != cells.bit(("US", "a"))


@pytest.mark.parametrize("seed", range(10))
def test_cells_found_for_other_law_are_those_found_anew(seed: int) -> None:
    """Law without one of its orders decides as if none had been compiled before it."""
    random = Random(seed)  # noqa: S311  to be repeated, not to be secret
    whole = lawbook(random, pool(random))
    order = whole.versions[0].order
    less = replace(whole, versions=tuple(item for item in whole.versions if item.order != order))
    first = Compiled(whole)
    anew, like = Compiled(less), Compiled(less, like=first)
    for asked in (chain(random) for _ in range(10)):
        at, model = instant(random, whole, asked), random.choice(MODELS)
        right, found = (
            decide_compiled(item, asked, model, at, settling=False) for item in (anew, like)
        )
        assert right == found
    pairs = [
        (first.partitions.of[first.partitions.index[name]], like.partitions.of[place])
        for place, name in enumerate(like.partitions.attributes)
    ]
    assert [one.patterns == other.patterns for one, other in pairs] == [
        one is other for one, other in pairs
    ]


def test_contradictions_between_rules_are_found() -> None:
    """Two formulas that no one world satisfies, each open by itself."""
    world = Situation((Known(0, 0b11),), 0)
    one, other = Bits(0, 0b01), Join(every=True, items=(Bits(0, 0b10), Flag(0)))
    assert [True, False] == [satisfiable((one,), world), satisfiable((one, other), world)]
