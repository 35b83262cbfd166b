from dataclasses import replace
from typing import Literal

import pytest

from tests.worlds.june import CARVE_OUT, RULE, SELF, V1, fact, foreigner, letter
from writ.clock import DAY
from writ.law.literal.link import Question, Triple
from writ.law.literal.satisfy import Link
from writ.model.expression import Given, Group, Listed, Predicate
from writ.model.order import ActiveRule, Effect, Evidence, Exemption, Rule
from writ.model.outcome import Outcome
from writ.model.subject import Fact

PERMIT, SUBSTITUTE, VERIFY, DENY = Outcome
OPUS = Effect(SUBSTITUTE, "opus-4-8")
FRENCH = Predicate(Listed("citizen_of", "citizenships", frozenset({("FR", "*")})), None)
AMERICAN = Predicate(Listed("citizen_of", "citizenships", frozenset({("US", "*")})), None)
LICENSED = Predicate(Listed("holds_licence", "licences", frozenset({("x",)})), None)


def rule(
    name: str = "r", predicate: Predicate = AMERICAN, evidence: Evidence | None = None
) -> Rule:
    """A rule that only lets the people of a predicate pass."""
    return replace(RULE, id=name, predicate=predicate, evidence=evidence or RULE.evidence)


def licensed(
    unproven: Literal["barred", "verify"] = "barred", evidence: Evidence | None = None
) -> Exemption:
    """An exception for people with a licence."""
    return replace(
        CARVE_OUT,
        to="r",
        models=frozenset({"fable-5"}),
        who=LICENSED,
        unproven=unproven,
        evidence=evidence,
    )


def question(rules: tuple[Rule, ...], facts: tuple[Fact, ...], *exceptions: Exemption) -> Question:
    """A person with these facts before these rules, at the first letter's instant."""
    version = letter(1, V1, rules=rules, exemptions=exceptions)
    active = tuple(
        ActiveRule(version, item, tuple(one for one in exceptions if one.to == item.id))
        for item in rules
    )
    return Question(Link("requester", "person", "p", facts), "fable-5", V1, active, active)


def ask(rules: tuple[Rule, ...], facts: tuple[Fact, ...], *exceptions: Exemption) -> Triple:
    """The triple of that person."""
    return question(rules, facts, *exceptions).triple()


BARRED = Triple(DENY, DENY, DENY)
CLEAR = Triple(PERMIT, PERMIT, PERMIT)
OPEN = Triple(PERMIT, DENY, VERIFY)


@pytest.mark.parametrize(
    ("triple", "outcome"),
    [
        (CLEAR, PERMIT),
        (OPEN, VERIFY),
        (BARRED, DENY),
        (Triple(SUBSTITUTE, DENY, PERMIT), SUBSTITUTE),
        (Triple(PERMIT, DENY, PERMIT), PERMIT),
    ],
)
def test_outcome(triple: Triple, outcome: Outcome) -> None:
    """A settled link has its outcome, an open one the stricter of what is certain and the fallback."""
    assert outcome == triple.outcome


def test_join() -> None:
    """Links join by the strictest of each component."""
    one, other = Triple(SUBSTITUTE, SUBSTITUTE, VERIFY), Triple(PERMIT, DENY, SUBSTITUTE)
    assert Triple(SUBSTITUTE, DENY, VERIFY) == one.join(other)


def test_three_values() -> None:
    """Shown: clear; not shown: open; shown that there is no other: barred."""
    rules = (rule(),)
    assert [CLEAR, OPEN, BARRED] == [
        ask(rules, (fact("citizenships", ("US", "")),)),
        ask(rules, (fact("citizenships", ("FR", "")),)),
        ask(rules, foreigner("FR")),
    ]


def test_floors() -> None:
    """What is below the floor to serve does not clear; what is below the floor to bar does not bar."""
    rules = (rule(evidence=Evidence(3, 2)),)
    american = [fact("citizenships", ("US", ""), assurance=level) for level in (2, 3)]
    french = [fact("citizenships", ("FR", ""), complete=True, assurance=at) for at in (1, 2)]
    assert [OPEN, CLEAR] == [ask(rules, (item,)) for item in american]
    assert [OPEN, BARRED] == [ask(rules, (item,)) for item in french]


def test_greatest_age() -> None:
    """Facts as old as the greatest age neither clear nor bar."""
    old, young = Evidence(2, 1, 30 * DAY), Evidence(2, 1, 30 * DAY + 1)
    french = (fact("citizenships", ("FR", ""), complete=True),)
    assert [OPEN, BARRED] == [ask((rule(evidence=item),), french) for item in (old, young)]


def test_rules_that_exclude_each_other() -> None:
    """Two rules that no one case can satisfy together bar, though each alone would be open."""
    french = replace(rule("s"), sense="bar")
    assert BARRED.least == ask((rule(), french), ()).least
    assert OPEN == ask((rule(),), ())


def test_levels_of_other_rules() -> None:
    """Rules meet at every floor and age that one of them names, if they bar there."""
    first = rule(evidence=Evidence(2, 1, 40 * DAY))
    second = replace(rule("s", evidence=Evidence(4, 3, None)), sense="bar")
    assert [DENY, SUBSTITUTE] == [
        ask((first, other), ()).least for other in (second, replace(second, barred=OPUS))
    ]


def test_substitute_is_certain_where_deny_is_not() -> None:
    """Where a rule that substitutes cannot be satisfied, a substitute is what is certain."""
    assert Triple(SUBSTITUTE, SUBSTITUTE, SUBSTITUTE) == ask(
        (replace(rule(), barred=OPUS),), foreigner("FR")
    )
    mixed = (replace(rule(), barred=OPUS), rule("s", LICENSED))
    assert Triple(SUBSTITUTE, DENY, VERIFY) == ask(mixed, foreigner("FR"))


def test_exception_clears() -> None:
    """An exception that is shown clears the rule, for the models it speaks of."""
    shown = (*foreigner("FR"), fact("licences", ("x",)))
    elsewhere = replace(licensed(), models=frozenset({"mythos-5"}))
    assert CLEAR == ask((rule(),), shown, licensed())
    assert BARRED == ask((rule(),), shown, elsewhere)


def test_exception_not_shown() -> None:
    """A barred person who has not shown the exception is barred, or asked where the order says."""
    assert Triple(PERMIT, DENY, DENY) == ask((rule(),), foreigner("FR"), licensed())
    assert Triple(PERMIT, DENY, VERIFY) == ask((rule(),), foreigner("FR"), licensed("verify"))


def test_exception_shown_not_to_hold() -> None:
    """Somebody shown to have no licence is barred for certain."""
    facts = (*foreigner("FR"), fact("licences", complete=True))
    assert BARRED == ask((rule(),), facts, licensed("verify"))


def test_exception_with_limits() -> None:
    """`unless` takes out of an exception whom it names."""
    shown = (*foreigner("FR"), fact("licences", ("x",)))
    assert BARRED == ask((rule(),), shown, replace(licensed(), unless=FRENCH))


def test_exception_with_evidence_of_its_own() -> None:
    """Its own floor decides when it clears, and its own floor when it is out of the question."""
    own = Evidence(4, 3)
    weak = (*foreigner("FR"), fact("licences", ("x",), assurance=3))
    strong = (*foreigner("FR"), fact("licences", ("x",), assurance=4))
    assert [Triple(PERMIT, DENY, VERIFY), CLEAR] == [
        ask((rule(),), facts, licensed("verify", own)) for facts in (weak, strong)
    ]


@pytest.mark.parametrize(
    ("own_age", "rule_age", "triple"),
    [
        (None, None, BARRED),
        (None, 31 * DAY, BARRED),
        (31 * DAY, None, BARRED),
        (30 * DAY, None, Triple(PERMIT, DENY, VERIFY)),
        (30 * DAY, 31 * DAY, Triple(PERMIT, DENY, VERIFY)),
    ],
)
def test_exception_out_of_the_question(
    own_age: int | None, rule_age: int | None, triple: Triple
) -> None:
    """To be out of the question it must fail by facts young enough for it and for the rule."""
    facts = (*foreigner("FR"), fact("licences", complete=True))
    judged = rule(evidence=Evidence(2, 1, rule_age))
    assert triple == ask((judged,), facts, licensed("verify", Evidence(2, 1, own_age)))


def test_exception_with_own_evidence_out_of_the_question_by_floor() -> None:
    """Facts below its own floor to bar leave it open."""
    facts = (*foreigner("FR"), fact("licences", complete=True, assurance=2))
    assert [BARRED, Triple(PERMIT, DENY, VERIFY)] == [
        ask((rule(),), facts, licensed("verify", Evidence(3, floor))) for floor in (2, 3)
    ]


def test_exception_out_of_the_question_by_the_floor_of_the_rule() -> None:
    """Facts below the rule's floor to bar leave it open too, though its own floor is lower."""
    facts = (*foreigner("FR"), fact("licences", complete=True, assurance=2))
    own = licensed("verify", Evidence(2, 1))
    assert [BARRED, Triple(PERMIT, DENY, VERIFY)] == [
        ask((rule(evidence=Evidence(3, floor)),), facts, own) for floor in (2, 3)
    ]


def test_verdicts() -> None:
    """A rule that fails for certain says barred, unless an exception is worth asking for."""
    verdicts = [
        asked.verdict(asked.judging[0])
        for asked in (
            question((rule(),), foreigner("FR"), licensed()),
            question((rule(),), foreigner("FR"), licensed("verify")),
            question((rule(),), ()),
        )
    ]
    assert ["barred", "undetermined", "undetermined"] == verdicts


def test_given_atoms_need_no_cells() -> None:
    """A predicate that asks only what is given is decided without a fact."""
    staff = Group("staff", frozenset({"p"}))
    assert CLEAR == ask((rule(predicate=Predicate(Given("person_in", staff), None)),), ())
    assert BARRED == ask((rule(predicate=Predicate(Given("person_in", SELF), None)),), ())
