"""Laws of the meaning, over random lawbooks, chains and boundary instants; see docs/meaning.md."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.worlds.chains import (
    boundaries,
    chain,
    instant,
    true_chain,
    true_fact,
    with_fact,
)
from tests.worlds.lawbooks import EXEMPT, MODELS, Pool, lawbook, order, pick, placed, pool, version
from writ.clock import Instant
from writ.errors import InvalidInput
from writ.law.compiled.decide import decide as decide_compiled
from writ.law.digest import rules_digest
from writ.law.literal.decide import decide, questions, triple
from writ.model.order import Lawbook, OrderVersion, Stay
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Subject

anything = st.randoms(use_true_random=False)
often = settings(max_examples=150)


def draw(random: Random) -> tuple[Pool, Lawbook, Chain, Instant]:
    """Draw a lawbook with what it is made of, a chain and an instant."""
    material = pool(random)
    book, asked = lawbook(random, material), chain(random)
    return material, book, asked, instant(random, book, asked)


def outcomes(book: Lawbook, asked: Chain, at: Instant) -> list[Outcome]:
    """The outcome for every model."""
    return [decide(book, asked, model, at).outcome for model in MODELS]


@often
@given(anything)
def test_more_rules_never_permit(random: Random) -> None:
    """What one more order permits was permitted without it."""
    material, book, asked, at = draw(random)
    more = replace(book, versions=(*book.versions, *order(random, material, "o9")))
    turned = [
        model
        for model in MODELS
        if decide(more, asked, model, at).outcome == Outcome.PERMIT
        and decide(book, asked, model, at).outcome != Outcome.PERMIT
    ]
    assert [] == turned


@often
@given(anything)
def test_settled_stays_settled(random: Random) -> None:
    """Where every fact is true of one case, another true one never moves a settled outcome."""
    _, book, _, _ = draw(random)
    asked, cases = true_chain(random)
    at = instant(random, book, asked)
    link = pick(random, sorted(cases) or [""])
    attributes = {name: of for name, of in cases.get(link, {}).items() if name != "users_certified"}
    if not attributes:
        return
    told = with_fact(asked, link, true_fact(random, attributes))
    before = {model: triple(book, asked, model, at) for model in MODELS}
    settled = {model: by.outcome for model, by in before.items() if by.least == by.most}
    assert settled == {model: triple(book, told, model, at).outcome for model in settled}


@often
@given(anything)
def test_scope(random: Random) -> None:
    """An order leaves every model that it does not name as it was."""
    material, book, asked, at = draw(random)
    extra = order(random, material, "o9")
    more = replace(book, versions=(*book.versions, *extra))
    named = {model for item in extra for rule in item.rules for model in rule.models}
    untouched = [model for model in MODELS if model not in named]
    assert [triple(book, asked, model, at) for model in untouched] == [
        triple(more, asked, model, at) for model in untouched
    ]
    assert Outcome.PERMIT == decide(more, asked, EXEMPT, at).outcome


@often
@given(anything)
def test_leaving_the_end_user_out(random: Random) -> None:
    """Whatever a service or company may use for nobody in particular, it may use for anybody.

    Orders may say otherwise: by a standing that carries users nobody names, by permitting at a
    stated risk what is not determined.
    """
    _, book, asked, at = draw(random)
    strict = replace(book, versions=tuple(map(without_leave, book.versions)))
    if asked.requester.kind == "person" or asked.end_user is None:
        return
    unnamed = replace(asked, end_user=None)
    helped = [
        model
        for model in MODELS
        if decide(strict, unnamed, model, at).outcome == Outcome.PERMIT
        and decide(strict, asked, model, at).outcome != Outcome.PERMIT
    ]
    assert [] == helped


def without_leave(item: OrderVersion) -> OrderVersion:
    """The version without the standings and risks by which leaving somebody out may help."""
    return replace(
        item,
        rules=tuple(
            replace(
                rule,
                standing="natural_person",
                undetermined=rule.barred
                if rule.undetermined.outcome == Outcome.PERMIT
                else rule.undetermined,
            )
            for rule in item.rules
        ),
    )


@often
@given(anything)
def test_file_order(random: Random) -> None:
    """Files, rules, exceptions and facts may come in any order."""
    _, book, asked, at = draw(random)
    versions = list(book.versions)
    random.shuffle(versions)
    turned = replace(
        book,
        versions=tuple(
            replace(item, rules=item.rules[::-1], exemptions=item.exemptions[::-1])
            for item in versions
        ),
    )
    about = asked.requester
    back = replace(asked, requester=replace(about, facts=about.facts[::-1]))
    assert [decide(book, asked, model, at) for model in MODELS] == [
        decide(turned, back, model, at) for model in MODELS
    ]


@often
@given(anything)
def test_withdrawing_restores(random: Random) -> None:
    """After a rescission everything is as if the order had never been, and before it as it was."""
    material, book, asked, _ = draw(random)
    extra = order(random, material, "o9")
    withdrawal = replace(
        version(random, material, "o9", len(extra) + 1),
        kind="rescission",
        rules=(),
        exemptions=(),
        until=None,
    )
    more = replace(book, versions=(*book.versions, *extra))
    withdrawn = replace(more, versions=(*more.versions, withdrawal))
    at = instant(random, withdrawn, asked)
    restored = book if at >= withdrawal.effective else more
    assert outcomes(restored, asked, at) == outcomes(withdrawn, asked, at)
    assert rules_digest(restored, at) == rules_digest(withdrawn, at)


@often
@given(anything)
def test_rules_that_do_not_cover_a_deployment_are_as_if_they_were_not_there(
    random: Random,
) -> None:
    """There, more rules count than were none of those written, and no more than if none is told."""
    _, drawn, asked, at = draw(random)
    book = placed(random, drawn)
    for deployment in book.catalogue.deployments.values():
        bare = replace(
            book,
            versions=tuple(
                replace(item, rules=tuple(rule for rule in item.rules if rule.covers(deployment)))
                for item in book.versions
            ),
        )
        there = [decide(book, asked, model, at, deployment).outcome for model in MODELS]
        assert outcomes(bare, asked, at) == there
        told = zip(there, outcomes(book, asked, at), strict=True)
        assert [] == [
            pair for pair in told if pair[1] == Outcome.PERMIT and pair[0] != Outcome.PERMIT
        ]


@often
@given(anything)
def test_a_stay_takes_rules_out_and_puts_them_back(random: Random) -> None:
    """Within it, all is as if the rules were not there; before and after as if it were not."""
    _, book, asked, _ = draw(random)
    place = random.randrange(len(book.versions))
    target = book.versions[place]
    stayed = frozenset(rule.id for rule in target.rules[:1])
    since = instant(random, book, asked)
    stay = Stay("s", stayed, "a court", since, since + random.randint(1, 60))

    def put(version: OrderVersion) -> Lawbook:
        return replace(
            book, versions=(*book.versions[:place], version, *book.versions[place + 1 :])
        )

    more = put(replace(target, stays=(stay,)))
    left = tuple(rule for rule in target.rules if rule.id not in stayed)
    less = put(replace(target, rules=left))
    at = instant(random, more, asked)
    other = less if stay.since <= at < (stay.until or 0) else book
    assert outcomes(other, asked, at) == outcomes(more, asked, at)
    assert rules_digest(other, at) == rules_digest(more, at)
    assert [decide_compiled(more, asked, model, at).outcome for model in MODELS] == outcomes(
        more, asked, at
    )


@often
@given(anything)
def test_nothing_changes_between_boundaries(random: Random) -> None:
    """An answer holds from one boundary of the lawbook and the facts until the next."""
    _, book, asked, _ = draw(random)
    edges = boundaries(book, asked)
    place = random.randrange(len(edges) - 1) if len(edges) > 1 else 0
    start, end = (*edges, edges[-1] + 100)[place : place + 2]
    assert outcomes(book, asked, start) == outcomes(book, asked, end - 1)


@often
@given(anything)
def test_errors_refuse(random: Random) -> None:
    """Unknown and held models are denied, and a chain of the wrong kinds is no chain."""
    _, book, asked, at = draw(random)
    wrong = replace(asked, end_user=Subject("s1", "service"))
    held = {hold.model for hold in book.holds_at(at)}
    assert Outcome.DENY == decide(book, asked, "elm", at).outcome
    assert [Outcome.DENY] * len(held) == [decide(book, asked, name, at).outcome for name in held]
    with pytest.raises(InvalidInput, match="is no person"):
        decide(replace(book, holds=()), wrong, "amber", at)


@often
@given(anything)
def test_reasons_and_outcomes_agree(random: Random) -> None:
    """Whoever is not permitted is told why, and whoever gives no rule pause is permitted."""
    _, book, asked, at = draw(random)
    for model in MODELS:
        decision = decide(book, asked, model, at)
        assert decision.outcome == Outcome.PERMIT or decision.reasons
        assert (decision.served_by is None) == (decision.outcome >= Outcome.VERIFY)


@often
@given(anything)
def test_least_is_no_stricter_than_most(random: Random) -> None:
    """Nothing is certain that is not also possible: whom every rule lets pass, none refuses."""
    _, book, asked, at = draw(random)
    asked_of = [question for model in MODELS for question in questions(book, asked, model, at)]
    assert [] == [item.link for item in asked_of if (by := item.triple()).least > by.most]
