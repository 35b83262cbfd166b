"""What carries no meaning changes nothing: the order of things, and what people and countries are called."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws.agreement import ASKED, Said, said
from tests.worlds.chains import chain, instant
from tests.worlds.lawbooks import COMPANIES, COUNTRIES, PEOPLE, Item, lawbook, pool
from writ.clock import Instant
from writ.law.compiled.book import Compiled
from writ.law.compiled.decide import decide_compiled
from writ.law.digest import rules_digest
from writ.model.expression import AllOf, AnyOf
from writ.model.order import Lawbook, OrderVersion
from writ.model.subject import Chain, Subject

anything = st.randoms(use_true_random=False)
often = settings(max_examples=100)


def draw(random: Random) -> tuple[Lawbook, Chain, Instant]:
    """Draw a lawbook, a chain and an instant."""
    book, asked = lawbook(random, pool(random)), chain(random)
    return book, asked, instant(random, book, asked)


def answers(book: Lawbook, asked: Chain, at: Instant) -> list[Said]:
    """Return what the tables say of every model."""
    compiled = Compiled(book)
    return [said(decide_compiled(compiled, asked, model, at)) for model in ASKED]


def mixed(random: Random, items: Iterable[Item]) -> tuple[Item, ...]:
    """Return the items in any order."""
    turned = list(items)
    random.shuffle(turned)
    return tuple(turned)


def turned(random: Random, item: Any) -> Any:
    """Return an expression, or what has expressions in it, with what is joined in any order."""
    match item:
        case AnyOf() | AllOf():
            return type(item)(tuple(turned(random, one) for one in mixed(random, item.items)))
        case _ if is_dataclass(item) and not isinstance(item, type):
            changes = {
                field.name: turned(random, getattr(item, field.name)) for field in fields(item)
            }
            return replace(item, **changes)
        case tuple():
            return tuple(turned(random, one) for one in item)
        case _:
            return item


def version(random: Random, item: OrderVersion) -> OrderVersion:
    """Return a version with its rules, their exceptions, and what they join in any order."""
    rules = tuple(turned(random, rule) for rule in mixed(random, item.rules))
    exemptions = tuple(turned(random, one) for one in mixed(random, item.exemptions))
    return replace(item, rules=rules, exemptions=exemptions)


def told(random: Random, subject: Subject | None) -> Subject | None:
    """Return a subject with its facts, and the values of each, in any order."""
    if subject is None:
        return None
    facts = (
        replace(fact, values=mixed(random, fact.values)) for fact in mixed(random, subject.facts)
    )
    return replace(subject, facts=tuple(facts))


@often
@given(anything)
def test_order_never_matters(random: Random) -> None:
    """Rules, exceptions, what is joined in them, facts and values may come in any order."""
    book, asked, at = draw(random)
    versions = tuple(version(random, item) for item in mixed(random, book.versions))
    other = replace(book, versions=versions)
    requester = told(random, asked.requester)
    assert requester is not None
    again = Chain(requester, told(random, asked.organisation), told(random, asked.end_user))
    assert answers(book, asked, at) == answers(other, again, at)


@often
@given(anything)
def test_order_of_rules_is_not_in_the_digest(random: Random) -> None:
    """Nor does the digest of the rules depend on the order they stand in."""
    book, _, at = draw(random)
    versions = tuple(
        replace(item, rules=mixed(random, item.rules), exemptions=mixed(random, item.exemptions))
        for item in mixed(random, book.versions)
    )
    assert rules_digest(book, at) == rules_digest(replace(book, versions=versions), at)


def renamed(item: Any, names: Mapping[str, str]) -> Any:
    """Return the same with every text that is a name put as another."""
    match item:
        case str():
            return names.get(item, item)
        case tuple() | frozenset():
            return type(item)(renamed(one, names) for one in item)
        case Mapping():
            return {renamed(key, names): renamed(one, names) for key, one in item.items()}
        case _ if is_dataclass(item) and not isinstance(item, type):
            changes = {
                field.name: renamed(getattr(item, field.name), names) for field in fields(item)
            }
            return type(item)(**changes)
        case _:
            return item


def permuted(random: Random, *names: str) -> dict[str, str]:
    """Draw other names out of the same ones."""
    return dict(zip(names, mixed(random, names), strict=True))


@often
@given(anything)
def test_names_mean_nothing(random: Random) -> None:
    """With people, companies and countries renamed throughout, everybody fares as before.

    Regions go with their countries.
    """
    book, asked, at = draw(random)
    countries = permuted(random, *COUNTRIES, "DE")
    names = {
        **countries,
        **{f"{code}-1": f"{other}-1" for code, other in countries.items()},
        **permuted(random, *PEOPLE),
        **permuted(random, *COMPANIES, "c4"),
    }
    other, again = renamed(book, names), renamed(asked, names)
    assert renamed(tuple(answers(book, asked, at)), names) == tuple(answers(other, again, at))
