"""What `rules_digest` covers and what it leaves out, one change at a time."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.worlds.june import (
    ANNEX,
    BOOK,
    CARVE_OUT,
    CATALOGUE,
    RULE,
    SELF,
    US_PERSON,
    V1,
    V2,
    V3,
    employee_of,
    letter,
)
from writ.clock import DAY
from writ.law.digest import Digests, rules_digest
from writ.model.expression import AnyOf, Expression, Given, Group, Listed, Never, Not, Predicate
from writ.model.order import (
    Effect,
    Evidence,
    Exemption,
    Hold,
    InFlight,
    Lawbook,
    OrderVersion,
    Rule,
)
from writ.model.outcome import Outcome

VERSION = letter(2, V2, exemptions=(CARVE_OUT,))


def digest(version: OrderVersion, *holds: Hold) -> str:
    """Digest of one version in force."""
    return rules_digest(Lawbook(CATALOGUE, (version,), holds), V2)


def ruled(change: Callable[[Rule], Rule]) -> OrderVersion:
    """The version with its rule changed."""
    return replace(VERSION, rules=(change(RULE),))


def exempting(change: Callable[[Exemption], Exemption]) -> OrderVersion:
    """The version with its exception changed."""
    return replace(VERSION, exemptions=(change(CARVE_OUT),))


def person(expression: Expression | None) -> OrderVersion:
    """The version with another expression for people."""
    return ruled(lambda rule: replace(rule, predicate=replace(US_PERSON, person=expression)))


OTHER_ANNEX = Group("annex-a", ANNEX.members, "sha256:other rows")
US = Listed("citizen_of", "citizenships", frozenset({("US", "*")}))
OTHER_WHO = Predicate(None, Given("organisation_in", OTHER_ANNEX))
COVERED = {
    "order": replace(VERSION, order="another"),
    "rule": replace(
        VERSION,
        rules=(replace(RULE, id="another"),),
        exemptions=(replace(CARVE_OUT, to="another"),),
    ),
    "models": ruled(lambda rule: replace(rule, models=rule.models | {"opus-4-8"})),
    "sense": ruled(lambda rule: replace(rule, sense="bar")),
    "definition": ruled(
        lambda rule: replace(rule, predicate=replace(US_PERSON, digest="sha256:new"))
    ),
    "definition-name": ruled(
        lambda rule: replace(rule, predicate=replace(US_PERSON, name="ear.us_person@2"))
    ),
    "person": person(None),
    "atom": person(US),
    "negated": person(Not(US)),
    "any": person(AnyOf((US,))),
    "never": person(Never("citizen_of")),
    "attribute": person(replace(US, attribute="former_citizenships")),
    "patterns": person(replace(US, patterns=frozenset({("US", "national")}))),
    "group": person(employee_of(SELF)),
    "members": person(employee_of(Group("self", frozenset({"somebody else"})))),
    "organisation": ruled(
        lambda rule: replace(rule, predicate=replace(US_PERSON, organisation=None))
    ),
    "standing": ruled(lambda rule: replace(rule, standing="organisation")),
    "to-serve": ruled(lambda rule: replace(rule, evidence=Evidence(3, 1, 365 * DAY))),
    "to-bar": ruled(lambda rule: replace(rule, evidence=Evidence(2, 2, 365 * DAY))),
    "max-age": ruled(lambda rule: replace(rule, evidence=Evidence(2, 1))),
    "barred": ruled(lambda rule: replace(rule, barred=Effect(Outcome.SUBSTITUTE, "opus-4-8"))),
    "undetermined": ruled(lambda rule: replace(rule, undetermined=Effect(Outcome.DENY))),
    "in-flight": ruled(lambda rule: replace(rule, in_flight=InFlight(drain=30))),
    "no-exception": replace(VERSION, exemptions=()),
    "exception": exempting(lambda item: replace(item, id="another")),
    "exception-models": exempting(lambda item: replace(item, models=frozenset({"fable-5"}))),
    "who": exempting(lambda item: replace(item, who=US_PERSON)),
    "annex": exempting(lambda item: replace(item, who=OTHER_WHO)),
    "unless": exempting(lambda item: replace(item, unless=US_PERSON)),
    "unproven": exempting(lambda item: replace(item, unproven="verify")),
    "own-evidence": exempting(lambda item: replace(item, evidence=Evidence(2, 1, 365 * DAY))),
}
LEFT_OUT = {
    "version": replace(VERSION, version=9),
    "title": replace(VERSION, title="another"),
    "effective": replace(VERSION, effective=V1),
    "until": replace(VERSION, until=V3),
    "disclosure": replace(VERSION, disclosure="full"),
    "notice": replace(VERSION, notice={"en": "another"}),
    "clauses": replace(VERSION, clauses={"c9": "another"}),
    "source": replace(VERSION, source={"title": "another"}),
    "rule-clauses": ruled(lambda rule: replace(rule, clauses=("c9",))),
    "exception-clauses": exempting(lambda item: replace(item, clauses=("c9",))),
}


def test_every_change_of_what_rules_do_has_a_digest_of_its_own() -> None:
    """No two of all the changes, and none at all, share one."""
    found = [
        digest(VERSION),
        *map(digest, COVERED.values()),
        digest(VERSION, Hold("fable-5", "x", V1)),
    ]
    assert len(COVERED) + 2 == len(set(found))


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_is_only_said_changes_nothing(name: str) -> None:
    """Dates, versions, clauses, notices, titles and sources are left out."""
    assert digest(VERSION) == digest(LEFT_OUT[name])


def test_a_hold_counts_while_it_holds_whoever_stated_it() -> None:
    """Holds are covered by their model, once, while they hold."""
    book = Lawbook(
        CATALOGUE, (VERSION,), (Hold("fable-5", "a", V1, V3), Hold("fable-5", "b", V1, V3))
    )
    assert digest(VERSION, Hold("fable-5", "c", V2)) == rules_digest(book, V2)
    assert rules_digest(Lawbook(CATALOGUE, (VERSION,)), V3) == rules_digest(book, V3)
    assert digest(VERSION, Hold("fable-5", "c", V2)) != digest(VERSION, Hold("mythos-5", "c", V2))


def test_withdrawing_one_of_several_gives_back_the_others() -> None:
    """After the rescission as if the order had never been; before the first, as with none."""
    standing = replace(letter(1, V1), order="another")
    several = replace(BOOK, versions=(*BOOK.versions, standing))
    assert rules_digest(Lawbook(CATALOGUE, (standing,)), V3) == rules_digest(several, V3)
    assert rules_digest(several, V2) != rules_digest(several, V3)
    assert rules_digest(Lawbook(CATALOGUE), V1) == rules_digest(several, V1 - 1)


def test_order_of_files_rules_and_exceptions_changes_nothing() -> None:
    """The digest is of a set of rules."""
    second = replace(CARVE_OUT, id="second")
    rules = (RULE, replace(RULE, id="another"))
    one = replace(VERSION, rules=rules, exemptions=(CARVE_OUT, second))
    other = replace(VERSION, rules=rules[::-1], exemptions=(second, CARVE_OUT))
    also = replace(letter(1, V1), order="another")
    assert rules_digest(Lawbook(CATALOGUE, (one, also)), V2) == rules_digest(
        Lawbook(CATALOGUE, (also, other)), V2
    )


def test_digests_do_not_depend_on_what_was_asked_before() -> None:
    """Whatever instants are asked in whatever order, also with rules by the hundred."""
    holds = (Hold("fable-5", "ann", V1, V1 + 50 * DAY),)
    versions = tuple(
        replace(VERSION, order=f"o{number:03}", effective=V1 + number % 9 * DAY, until=until)
        for number in range(150)
        for until in (None if number % 3 else V1 + (20 + number % 7) * DAY,)
    )
    book = Lawbook(CATALOGUE, versions, holds)
    instants = [V1 + day * DAY for day in (-1, 30, 3, 3, 21, 60, 4, 25, -1, 22)]
    digests = Digests(book)
    expected = [rules_digest(book, at) for at in instants]
    assert expected == [digests.at(at) for at in instants]
    assert 8 == len(set(expected))


def test_what_other_law_wrote_already_is_said_no_otherwise() -> None:
    """Law with versions in common, one of them gone and one rescinded, has the digests it has alone."""
    also, other = replace(letter(1, V1), order="another"), replace(letter(2, V2), order="third")
    whole = Digests(Lawbook(CATALOGUE, (VERSION, also, other)))
    for versions in (
        (VERSION, also),
        (also, replace(other, exemptions=())),
        (replace(also), VERSION),
    ):
        book = Lawbook(CATALOGUE, versions)
        for at in (V1, V2, V3):
            assert rules_digest(book, at) == Digests(book, whole).at(at)
