"""What is offered to whoever is asked to verify, in cases that people will meet."""

from dataclasses import replace

from tests.worlds.june import (
    AMERICAN,
    ANNEX,
    BOOK,
    CARVE_OUT,
    CATALOGUE,
    RULE,
    US_PERSON,
    V1,
    V2,
    VISA_HOLDER,
    british,
    fact,
    letter,
    person,
    service,
)
from writ.law.compiled.book import Capacity, Compiled
from writ.law.compiled.decide import decide
from writ.model.decision import Settlement
from writ.model.expression import AllOf, Expression, Listed, Not, Predicate, Settling
from writ.model.order import Lawbook
from writ.model.subject import Chain, Subject

US, FR, IR = (
    Listed("citizen_of", "citizenships", frozenset({(code, "*")})) for code in ("US", "FR", "IR")
)


def book(expression: Expression, sense: str = "only", *settling: Settling) -> Lawbook:
    """A letter about people of one expression."""
    predicate = Predicate(expression, None, settling=settling)
    rule = replace(RULE, predicate=predicate, sense="bar" if sense == "bar" else "only")
    return Lawbook(CATALOGUE, (letter(1, V1, rules=(rule,)),))


def offered(lawbook: Lawbook, subject: Subject, at: int = V1) -> list[tuple[object, ...]]:
    """What would settle a person who asks for fable-5."""
    found = decide(lawbook, Chain(subject), "fable-5", at).would_settle
    return [(item.attribute, item.values, item.completeness, item.together) for item in found]


def test_of_a_threshold_only_the_least_is_offered() -> None:
    """Whoever must be over 18 is not told of every greater age."""
    adults = Listed("age_over", "age_over", frozenset((str(age),) for age in range(18, 151)))
    assert [("age_over", (("18",),), "at_least", None)] == offered(book(adults), person())


def test_whoever_is_decided_is_offered_nothing() -> None:
    """Neither a permit nor a certain deny has anything to settle."""
    assert [[], []] == [offered(BOOK, subject) for subject in (AMERICAN, VISA_HOLDER)]


def test_the_definitions_evidence_comes_first_with_its_methods() -> None:
    """Cheapest first; a value already offered by the definition is not offered again."""
    settling = (
        Settling("organisation", "incorporated_in", (("US", ""),), "at_least", ("register",)),
        Settling("person", "citizenships", (("US", ""),), "at_least", ("passport",)),
    )
    found = decide(book(US, "only", *settling), Chain(person()), "fable-5", V1).would_settle
    assert (
        Settlement("requester", "citizenships", (("US", ""),), "at_least", 2, ("passport",)),
    ) == found


def test_a_definition_may_ask_for_a_complete_list() -> None:
    """What was shown already is part of it."""
    settling = (Settling("person", "citizenships", (("FR", ""),), "exhaustive", ("register",)),)
    lawbook = book(Not(IR), "only", *settling)
    shown = person(fact("citizenships", ("DE", "")))
    assert ("citizenships", (("DE", ""), ("FR", "")), "exhaustive", None) == offered(
        lawbook, shown
    )[0]


def test_a_bar_asks_for_a_complete_list() -> None:
    """Only all of somebody's citizenships show that one is not among them."""
    shown = person(fact("citizenships", ("DE", "")))
    assert [("citizenships", (("DE", ""),), "exhaustive", None)] == offered(book(IR, "bar"), shown)


def test_a_value_and_no_other_is_asked_for_as_one_list() -> None:
    """French and not Iranian: neither a passport nor a list without it would do."""
    expected = [("citizenships", (("FR", ""),), "exhaustive", None)]
    assert expected == offered(book(AllOf((FR, Not(IR)))), person())


def test_what_counts_no_more_need_not_be_repeated() -> None:
    """Somebody said to be Iranian long ago, or by a word below the floor, may show otherwise."""
    rumour = fact("citizenships", ("IR", ""), assurance=0)
    assert ("citizenships", (), "exhaustive", None) in offered(book(IR, "bar"), person(rumour))


def test_what_is_needed_together_is_marked() -> None:
    """Two attributes of one set have one number."""
    resident = Listed("resident_in", "residence", frozenset({("FR", "*")}))
    assert [
        ("citizenships", (("FR", ""),), "at_least", 0),
        ("residence", (("FR", ""),), "at_least", 0),
    ] == offered(book(AllOf((FR, resident))), person())


def test_members_of_an_annex_are_offered_by_its_name() -> None:
    """Somebody of a listed company is asked for an employer of the annex, not told who is on it."""
    exempt = replace(CARVE_OUT, unproven="verify")
    lawbook = Lawbook(CATALOGUE, (letter(2, V2, exemptions=(exempt,)),))
    foreign = replace(VISA_HOLDER, id="worker")
    found = decide(lawbook, Chain(foreign, british("albion")), "mythos-5", V2).would_settle
    assert {("employer", ANNEX.name), ("employer", "self")} <= {
        (item.attribute, item.values[0][0]) for item in found
    }
    assert not [item for item in found if any("albion" in parts for parts in item.values)]


def test_somebody_unnamed_is_settled_by_being_named() -> None:
    """A company's service is told what its user could show."""
    us = Subject("us", "organisation", (), (fact("incorporated_in", ("US", "")),))
    found = decide(BOOK, service(us), "fable-5", V1).would_settle
    assert {"end_user"} == {item.link for item in found}
    assert ("citizenships", (("US", ""),)) == (found[0].attribute, found[0].values)


def test_where_naming_the_user_does_not_help_nothing_is_offered() -> None:
    """A rule that carries the unnamed judges whoever is named, and bars all people here."""
    companies = replace(US_PERSON, person=None)
    carried = replace(RULE, id="carried", predicate=companies, standing="organisation")
    lawbook = Lawbook(CATALOGUE, (letter(1, V1, rules=(RULE, carried)),))
    us = Subject("us", "organisation", (), (fact("incorporated_in", ("US", "")),))
    assert () == decide(lawbook, service(us), "fable-5", V1).would_settle


def test_a_deny_by_weak_facts_may_be_settled_by_stronger_ones() -> None:
    """What bars below the floor to serve can still be shown to be otherwise."""
    weak = tuple(replace(item, assurance=1) for item in VISA_HOLDER.facts)
    found = offered(BOOK, person(*weak))
    assert ("citizenships", (("US", ""),), "at_least", None) in found


def test_beyond_many_candidates_only_single_ones_are_tried() -> None:
    """Nobody's request costs thousands of trials."""
    both = [
        Listed("citizen_of", "citizenships", frozenset({(f"{chr(65 + n)}A", "*")}))
        for n in range(20)
    ]
    assert [] == offered(book(AllOf((*both, US))), person())


def firm(subject: Subject, model: str, at: int) -> list[tuple[bool, bool]]:
    """Whether each rule against a person bars for certain, and for good."""
    compiled = Compiled(BOOK)
    cell = compiled.phases.cell(model, at)
    found = compiled.judgement(model, cell, compiled.profile(subject, at), Capacity())
    return list(zip(found.certain, found.firm, strict=True))


def test_a_bar_is_firm_where_facts_that_count_to_serve_bar() -> None:
    """Facts at A1 bar, and more could lift it; at A2 nothing could; who is not known is not barred."""
    weak = replace(VISA_HOLDER, facts=tuple(replace(f, assurance=1) for f in VISA_HOLDER.facts))

    assert [(True, True)] == firm(VISA_HOLDER, "fable-5", V1)
    assert [(True, False)] == firm(weak, "fable-5", V1)
    assert [(False, False)] == firm(person(), "fable-5", V1)


def test_an_exception_that_may_still_hold_leaves_a_bar_soft() -> None:
    """Under the second letter, employment by the provider would lift it; shown otherwise, nothing."""
    assert [(True, False)] == firm(VISA_HOLDER, "mythos-5", V2)
