from dataclasses import replace

import pytest

from tests.worlds.june import (
    AMERICAN,
    BOOK,
    RULE,
    V1,
    V3,
    VISA_HOLDER,
    british,
    company,
    fact,
    letter,
    person,
    service,
)
from writ.errors import InvalidInput
from writ.law.literal.decide import decide, named_links, triple
from writ.law.literal.link import NOTHING_SAID
from writ.model.catalogue import Catalogue, Model
from writ.model.decision import Decision, LinkName, Reason, Verdict
from writ.model.order import Effect, Hold, Lawbook, Rule
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Fact, Subject

OPUS = Effect(Outcome.SUBSTITUTE, "opus-4-8")
NOTHING_SHOWN = Chain(person())
DELAWARE = fact("incorporated_in", ("US", ""))


def reason(verdict: Verdict, link: LinkName) -> Reason:
    """What the letter's rule says of a link."""
    return Reason(verdict, "us-bis-2026-06-12", 1, RULE.id, RULE.clauses, link)


def book(*rules: Rule, holds: tuple[Hold, ...] = ()) -> Lawbook:
    """The first letter with other rules."""
    return replace(BOOK, versions=(letter(1, V1, rules=rules),), holds=holds)


def test_permit() -> None:
    """Who is clear is served by the model asked for, and there are no reasons."""
    wanted = Decision(Outcome.PERMIT, "fable-5", "fable-5", (), (), "", V1)
    assert wanted == decide(BOOK, Chain(AMERICAN), "fable-5", V1)


def test_deny() -> None:
    """Who is barred is served by nobody and told by which rule."""
    wanted = Decision(Outcome.DENY, "fable-5", None, (reason("barred", "requester"),), (), "", V1)
    assert wanted == decide(BOOK, Chain(VISA_HOLDER), "fable-5", V1)


def test_reasons_by_link_then_rule() -> None:
    """Reasons come by link, then order, then rule."""
    twice = book(replace(RULE, id="b"), replace(RULE, id="a"))
    chain = Chain(person(), british(), VISA_HOLDER)
    assert [
        ("undetermined", "requester", "a"),
        ("undetermined", "requester", "b"),
        ("barred", "organisation", "a"),
        ("barred", "organisation", "b"),
        ("barred", "end_user", "a"),
        ("barred", "end_user", "b"),
    ] == [
        (item.verdict, item.link, item.rule) for item in decide(twice, chain, "fable-5", V1).reasons
    ]


def test_unknown_model() -> None:
    """A model that the catalogue does not have is denied under the name it was asked by."""
    wanted = Decision(Outcome.DENY, "Fable-5", None, (Reason("unknown_model"),), (), "", V1)
    assert wanted == decide(BOOK, NOTHING_SHOWN, "Fable-5", V1)


def test_alias() -> None:
    """An alias is the model."""
    models = {"fable-5": Model("fable-5", frozenset({"fable-latest"}))}
    aliased = replace(BOOK, catalogue=Catalogue("provider", models))
    decision = decide(aliased, Chain(AMERICAN), "fable-latest", V1)
    assert ("fable-5", "fable-5") == (decision.model, decision.served_by)


def test_hold() -> None:
    """A hold denies everybody from its first instant until its last, rules apart."""
    held = replace(BOOK, holds=(Hold("opus-4-8", "duty officer", V1, V3),))
    outcomes = [
        decide(held, Chain(AMERICAN), "opus-4-8", at).outcome for at in (V1 - 1, V1, V3 - 1, V3)
    ]
    assert [Outcome.PERMIT, Outcome.DENY, Outcome.DENY, Outcome.PERMIT] == outcomes


def test_hold_says_what_else() -> None:
    """A hold is the first reason; rules that would not let the chain pass follow."""
    held = replace(BOOK, holds=(Hold("fable-5", "duty officer", V1),))
    assert (Reason("held"), reason("undetermined", "requester")) == decide(
        held, NOTHING_SHOWN, "fable-5", V1
    ).reasons


def test_substitute() -> None:
    """A substitute serves where the order says so."""
    decision = decide(book(replace(RULE, barred=OPUS)), Chain(VISA_HOLDER), "fable-5", V1)
    assert (Outcome.SUBSTITUTE, "fable-5", "opus-4-8") == (
        decision.outcome,
        decision.model,
        decision.served_by,
    )


OPUS_RULE = replace(RULE, id="opus", models=frozenset({"opus-4-8"}))


@pytest.mark.parametrize(
    "law",
    [
        book(replace(RULE, barred=OPUS), OPUS_RULE),
        book(
            replace(RULE, barred=OPUS),
            replace(OPUS_RULE, barred=Effect(Outcome.SUBSTITUTE, "mythos-5")),
        ),
        book(replace(RULE, barred=OPUS), holds=(Hold("opus-4-8", "duty officer", V1),)),
        book(replace(RULE, barred=Effect(Outcome.SUBSTITUTE, "opus-9"))),
    ],
    ids=["barred", "substituted", "held", "unknown"],
)
def test_substitute_refused(law: Lawbook) -> None:
    """A substitute that is not itself permitted to the same chain makes it a deny."""
    decision = decide(law, Chain(VISA_HOLDER), "fable-5", V1)
    assert (Outcome.DENY, None) == (decision.outcome, decision.served_by)
    assert (reason("barred", "requester"), Reason("substitute_refused")) == decision.reasons


def test_substitutes_that_differ() -> None:
    """Two rules that name different substitutes are a fault, not a choice."""
    other = replace(RULE, id="b", barred=Effect(Outcome.SUBSTITUTE, "mythos-5"))
    with pytest.raises(InvalidInput, match="name 2 substitutes"):
        decide(book(replace(RULE, barred=OPUS), other), Chain(VISA_HOLDER), "fable-5", V1)


def test_permit_at_a_risk() -> None:
    """Where the order takes the risk, what is undetermined is permitted and still explained."""
    risk = replace(RULE, undetermined=Effect(Outcome.PERMIT, risk="counsel: weights only"))
    decision = decide(book(risk), NOTHING_SHOWN, "fable-5", V1)
    assert (Outcome.PERMIT, "fable-5") == (decision.outcome, decision.served_by)
    assert (reason("undetermined", "requester"),) == decision.reasons


def test_links() -> None:
    """Requester, organisation and end user are links in this order; a service is none."""
    organisation = company(name="c")
    full = Chain(person(), organisation, person(name="e"))
    alone = Chain(Subject("s", "service"))
    assert [
        [
            ("requester", "person", "somebody"),
            ("organisation", "organisation", "c"),
            ("end_user", "person", "e"),
        ],
        [("requester", "organisation", "c")],
        [("organisation", "organisation", "c")],
        [("organisation", "organisation", None)],
    ] == [
        [(link.name, link.kind, link.id) for link in named_links(chain)]
        for chain in (full, Chain(organisation), service(organisation), alone)
    ]


@pytest.mark.parametrize(
    ("chain", "message"),
    [
        (Chain(person(), person(name="p")), "`p` is no organisation"),
        (Chain(person(), None, company(name="c")), "`c` is no person"),
    ],
)
def test_wrong_kinds(chain: Chain, message: str) -> None:
    """A chain of the wrong kinds is refused."""
    with pytest.raises(InvalidInput, match=message):
        decide(BOOK, chain, "fable-5", V1)


def test_service_without_an_organisation() -> None:
    """A service that acts for nobody stands for a company and a person without facts."""
    decision = decide(BOOK, Chain(Subject("s", "service")), "fable-5", V1)
    assert (
        reason("undetermined", "organisation"),
        reason("undetermined", "end_user"),
    ) == decision.reasons


def test_person_is_the_user() -> None:
    """A person who names nobody else is the user."""
    assert Outcome.PERMIT == decide(BOOK, Chain(AMERICAN, company(DELAWARE)), "fable-5", V1).outcome


def test_organisations_standing() -> None:
    """Under `organisation` a company's own standing carries users it does not name."""
    law = book(replace(RULE, standing="organisation"))
    assert [Outcome.PERMIT, Outcome.DENY] == [
        decide(law, service(company(DELAWARE), named), "fable-5", V1).outcome
        for named in (None, VISA_HOLDER)
    ]


def certified(law: Lawbook, *facts: Fact) -> Outcome:
    """The outcome for a Delaware company's service that names nobody."""
    return decide(law, service(company(DELAWARE, *facts)), "fable-5", V1).outcome


def test_certified_organisation() -> None:
    """A company certified for the very predicate carries users it does not name."""
    law = book(replace(RULE, standing="certified_organisation"))
    right = fact("users_certified", ("ear.us_person@1",))
    weak = replace(right, assurance=1)
    other = fact("users_certified", ("ear.us_person@2",))
    assert [Outcome.PERMIT, Outcome.VERIFY, Outcome.VERIFY, Outcome.VERIFY] == [
        certified(law, *facts) for facts in ((right,), (weak,), (other,), ())
    ]


def test_certification_is_for_named_predicates_of_only() -> None:
    """No certificate speaks for a `bar`, for a predicate without a name, or for no company."""
    right = fact("users_certified", ("ear.us_person@1",))
    barring = replace(RULE, standing="certified_organisation", sense="bar")
    inline = replace(
        RULE, standing="certified_organisation", predicate=replace(RULE.predicate, name=None)
    )
    alone = Chain(Subject("s", "service"))
    law = book(replace(RULE, standing="certified_organisation"))
    assert [Outcome.DENY, Outcome.VERIFY] == [
        certified(book(item), right) for item in (barring, inline)
    ]
    assert ("organisation", "end_user") == tuple(
        item.link for item in decide(law, alone, "fable-5", V1).reasons
    )


def test_triple_of_nothing() -> None:
    """A model of which no rule speaks has nothing said about it."""
    assert NOTHING_SAID == triple(BOOK, NOTHING_SHOWN, "opus-4-8", V1)
