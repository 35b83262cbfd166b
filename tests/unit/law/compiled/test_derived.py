"""Ownership, parents and histories, case by case; both meanings are asked of each."""

from dataclasses import replace

import pytest

from tests.worlds.june import CATALOGUE, RULE, V1, letter
from tests.worlds.owners import (
    AT,
    LISTED,
    OWNED,
    RUSSIAN,
    among,
    answered,
    answered_literally,
    company,
    told,
)
from writ.clock import FOREVER
from writ.errors import Failed
from writ.law.compiled.book import Compiled
from writ.model.expression import (
    Given,
    HeldAt,
    Listed,
    MostRecent,
    Not,
    OwnedBy,
    ParentIs,
    Predicate,
)
from writ.model.order import Evidence, Lawbook
from writ.model.subject import MOST_FOLLOWED, Fact, Subject, Value, followed

ANN = Subject("ann", "person")
BY_RUSSIANS = OwnedBy("50", Predicate(None, RUSSIAN))
CASES: dict[str, tuple[bool | None, Subject]] = {
    "exactly the threshold": (True, company("a", {"evil-co": "50"})),
    "just below it": (
        False,
        among(company("a", {"evil-co": "49.999999999", "ann": "50.000000001"}), ANN),
    ),
    "the threshold in aggregate": (
        True,
        company("a", {"evil-co": "25.000000000001", "evil-person": "24.999999999999"}),
    ),
    "a hair below it in aggregate": (
        False,
        company("a", {"evil-co": "25.000000000000", "evil-person": "24.999999999999"}),
    ),
    "through a holding that is owned so": (
        True,
        among(company("a", {"hold": "50"}), company("hold", {"evil-co": "50"})),
    ),
    "through a holding that is not": (
        False,
        among(company("a", {"hold": "100"}), company("hold", {"evil-co": "49.9"})),
    ),
    "a minority through each of two holdings": (
        True,
        among(
            company("a", {"one": "25", "two": "25"}),
            company("one", {"evil-co": "60"}),
            company("two", {"evil-person": "60"}),
        ),
    ),
    "a ring that nobody listed is in": (
        False,
        among(company("a", {"b": "60"}), company("b", {"a": "60"})),
    ),
    "a ring with somebody listed in it": (
        True,
        among(company("a", {"b": "60"}), company("b", {"a": "10", "evil-co": "50"})),
    ),
    "a company that owns itself": (False, company("a", {"a": "100"})),
    "nobody knows who owns the holding": (
        None,
        among(company("a", {"hold": "50"}), company("hold")),
    ),
    "a holding that is not on the books": (None, company("a", {"hold": "50"})),
    "a holding of which too little is known to matter": (False, company("a", {"hold": "49.9"})),
    "an unknown share of somebody listed": (None, company("a", {"evil-co": ""})),
    "an unknown share where too little is left": (
        False,
        among(company("a", {"evil-co": "", "ann": "50.1"}), ANN),
    ),
    "two unknown shares, of which one counts": (
        None,
        among(company("a", {"evil-co": "", "evil-person": "", "ann": "40"}), ANN),
    ),
    "an open list with enough left": (
        None,
        among(company("a", {"ann": "50"}, open_list=True), ANN),
    ),
    "an open list with too little left": (
        False,
        among(company("a", {"ann": "50.1"}, open_list=True), ANN),
    ),
    "more than the whole": (
        None,
        among(company("a", {"evil-co": "60", "ann": "60"}), ANN),
    ),
    "two lists that contradict each other": (
        None,
        company("a", {"evil-co": "60"}, told("owners", ("evil-person", "60"))),
    ),
    "one owner with two shares": (
        None,
        company(
            "a",
            {"evil-co": "60"},
            told("owners", ("evil-co", "10"), completeness="at_least"),
            open_list=True,
        ),
    ),
    "a service account as owner, of which nothing is known": (
        None,
        among(company("a", {"bot": "100"}), Subject("bot", "service")),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_owned_by(name: str) -> None:
    """Each case comes out as its name leads one to expect, whichever meaning is asked."""
    want, subject = CASES[name]
    assert [want] * 2 == [answered(OWNED, subject), answered_literally(OWNED, subject)]


def dated(attribute: str, since: int | None, seen: int = 100) -> Fact:
    """All that somebody holds or held: Canada, since when it is told."""
    return Fact(attribute, (Value(("CA", ""), since),), "exhaustive", 4, "m", "i", seen)


HISTORY: dict[str, tuple[bool | None, tuple[Fact, ...]]] = {
    "two told dates of one citizenship, both later": (
        True,
        (
            Fact("citizenships", (Value(("CA", ""), 50), Value(("IR", ""), 10)), "exhaustive", 4, "m", "i", 100),
            Fact("citizenships", (Value(("CA", ""), 60),), "at_least", 4, "m", "i", 100),
        ),
    ),
    "two told dates, one of them earlier": (
        None,
        (
            Fact("citizenships", (Value(("CA", ""), 5), Value(("IR", ""), 10)), "exhaustive", 4, "m", "i", 100),
            Fact("citizenships", (Value(("CA", ""), 60),), "at_least", 4, "m", "i", 100),
        ),
    ),
    "no date, and shown before the other began": (
        False,
        (
            Fact("citizenships", (Value(("CA", "")), Value(("IR", ""), 500)), "exhaustive", 4, "m", "i", 600),
            Fact("citizenships", (Value(("CA", "")),), "at_least", 4, "m", "i", 400),
        ),
    ),
    "begun this very instant, beside an open list": (
        True,
        (Fact("citizenships", (Value(("CA", ""), AT),), "at_least", 4, "m", "i", 100),),
    ),
    "nothing held at all": (False, (told("citizenships"),)),
}  # fmt: skip


@pytest.mark.parametrize("name", HISTORY)
def test_most_recent_of(name: str) -> None:
    """Each history comes out as its name leads one to expect, whichever meaning is asked."""
    want, facts = HISTORY[name]
    somebody = Subject("ann", "person", (), (*facts, told("permanent_residences")))
    atom = MostRecent(frozenset({"CA"}))
    assert [want] * 2 == [answered(atom, somebody), answered_literally(atom, somebody)]


HELD: dict[str, tuple[bool | None, tuple[Fact, ...]]] = {
    "begun before and not ended": (True, (dated("citizenships", 10),)),
    "begun at that very instant": (True, (dated("citizenships", 50),)),
    "begun after": (False, (dated("citizenships", 51),)),
    "no date, and shown before": (True, (dated("citizenships", None, seen=49),)),
    "no date, and shown after": (None, (dated("citizenships", None, seen=51),)),
    "lost after": (None, (dated("former_citizenships", 51),)),
    "lost at that very instant": (False, (dated("former_citizenships", 50),)),
    "complete lists that contradict each other": (
        None,
        (dated("citizenships", 51), told("citizenships", ("IR", ""))),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HELD)
def test_held_at(name: str) -> None:
    """Each history comes out as its name leads one to expect, whichever meaning is asked."""
    want, facts = HELD[name]
    atom = HeldAt(Listed("citizen_of", "citizenships", frozenset({("CA", "*")})), 50)
    none = {"citizenships", "former_citizenships"} - {fact.attribute for fact in facts}
    somebody = Subject("ann", "person", (), (*facts, *map(told, sorted(none))))
    assert [want] * 2 == [answered(atom, somebody), answered_literally(atom, somebody)]


def test_an_id_that_a_list_names_is_of_the_list_s_kind() -> None:
    """Nobody need register a listed company for it to count; what no list names may be anything."""
    only_companies = OwnedBy(
        "50", Predicate(Not(Given("person_in", LISTED)), Given("organisation_in", LISTED))
    )
    both = OwnedBy("50", Predicate(RUSSIAN, Not(RUSSIAN)))
    for atom, want in ((only_companies, None), (both, None), (BY_RUSSIANS, None)):
        subject = company("a", {"stranger": "50"})
        assert [want] * 2 == [answered(atom, subject), answered_literally(atom, subject)]
    one = OwnedBy("50", Predicate(RUSSIAN, Given("organisation_in", LISTED)))
    listed = company("a", {"evil-co": "50"})
    assert [True, True] == [answered(one, listed), answered_literally(one, listed)]


def test_a_parent_is_asked_by_its_own_facts() -> None:
    """Whoever is shown counts; an empty list is complete, and an open one may have another."""
    atom = ParentIs(RUSSIAN)
    parent = Subject("top", "organisation", (), (told("incorporated_in", ("RU", "")),))
    for want, facts, others in (
        (True, (told("ultimate_parent", ("top",)),), (parent,)),
        (None, (told("ultimate_parent", ("top",)),), ()),
        (False, (told("ultimate_parent", ("ann",)),), (ANN,)),
        (None, (told("ultimate_parent", ("ann",), completeness="at_least"),), (ANN,)),
        (False, (told("ultimate_parent"),), ()),
        (None, (), ()),
        (True, (told("ultimate_parent", ("a",)), told("incorporated_in", ("RU", ""))), ()),
    ):
        subject = among(Subject("a", "organisation", (), facts), *others)
        assert [want] * 2 == [answered(atom, subject), answered_literally(atom, subject)]


def test_owners_are_followed_nearest_first_up_to_a_limit() -> None:
    """A graph of any size costs what its first five hundred cost, and what is beyond stays open."""
    chain = {f"c{place}": company(f"c{place}", {f"c{place + 1}": "100"}) for place in range(10_000)}
    deep = Subject("c0", "organisation", (), chain["c0"].facts, chain)
    wide = company("a", {f"c{place}": "0.001" for place in range(50_000)})
    assert MOST_FOLLOWED == len(followed(deep))
    assert [None, None] == [answered(BY_RUSSIANS, deep), answered(OWNED, deep)]
    assert [None, None] == [answered(BY_RUSSIANS, wide), answered(OWNED, wide)]
    many = {f"o{place}": company(f"o{place}", {}) for place in range(MOST_FOLLOWED + 10)}
    crowd = company("a", dict.fromkeys(sorted(many), "0.1"))
    assert {"a", *sorted(many)[: MOST_FOLLOWED - 1]} == set(followed(among(crowd, *many.values())))


def test_what_is_too_much_to_count_out_is_said() -> None:
    """The literal meaning has a budget of cases, and says who has none."""
    unknown = company("a", {f"c{place}": "1" for place in range(20)})
    with pytest.raises(Failed, match="ask the compiled one"):
        answered_literally(BY_RUSSIANS, unknown)
    assert False is answered(BY_RUSSIANS, unknown)


def test_a_profile_ends_when_an_owners_fact_does() -> None:
    """What is computed ahead for a company ends at its owner's owner's instants, not at others'."""
    rule = replace(
        RULE, sense="bar", predicate=Predicate(None, OWNED), evidence=Evidence(2, 1, None)
    )
    book = Compiled(Lawbook(CATALOGUE, (letter(1, V1, rules=(rule,)),)))
    top = replace(
        company("top"),
        facts=(
            told("owners", ("evil-co", "50"), expires_at=V1 + 10),
            told("programmes", ("x",), expires_at=V1 + 5),
        ),
    )
    held = among(company("a", {"hold": "50"}), company("hold", {"top": "100"}), top)
    assert [V1 + 10, FOREVER] == [until for until, *_ in book.spans(held, V1)]
