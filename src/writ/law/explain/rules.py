"""One rule and its exceptions in sentences: who, whose standing, on what evidence, and what then.

1. What is said comes from the compiled rule; the definition that it names adds its title, its
   sources and its limits, as they came with Writ.
2. `bar` turns the sense around: there, to be known *not* to be meant lets somebody pass.
"""

from collections.abc import Iterable, Iterator, Sequence

from writ.clock import FOREVER, format_duration, format_instant
from writ.law.compiled.cells import atoms
from writ.law.compiled.rule import LinkKind, branch
from writ.law.definitions import definition
from writ.law.explain.english import LEVELS, Line, Plain, joined, noun, phrase, simplified, tree
from writ.law.shipped import definition_names
from writ.model.expression import (
    AnyOf,
    Derived,
    EmployedBy,
    Expression,
    HeldAt,
    Listed,
    MostRecent,
    ParentIs,
    Predicate,
)
from writ.model.order import Effect, Evidence, Exemption, Rule

KINDS: tuple[tuple[LinkKind, str], ...] = (("person", "A person"), ("organisation", "A company"))


def who_lines(rule: Rule) -> Iterator[Line]:
    """Say whom a rule lets pass or bars, and when that is known."""
    if rule.sense == "only":
        yield Line("Only these may use it; whoever is known to be none of them is barred:")
    else:
        yield Line("These are barred; whoever is known to be none of them may use it:")
    for kind, name in KINDS:
        yield from _branch_lines(simplified(branch(rule.predicate, kind), kind), name)
    yield from _definition_lines(rule.predicate)
    for kind, name in KINDS:
        yield from _false_lines(branch(rule.predicate, kind), kind, name)


def _branch_lines(expression: Plain, name: str) -> Iterator[Line]:
    if isinstance(expression, bool):
        yield Line(f"{name}: {'every one' if expression else 'none at all'}", 1)
        return
    said = tree(expression, 2)
    if len(said) == 1:
        yield Line(
            f"{name} who {said[0].text}" if name == "A person" else f"{name} that {said[0].text}", 1
        )
        return
    yield Line(f"{name} of whom {said[0].text}", 1)
    yield from (Line(line.text, line.depth - 1) for line in said[1:])


def _definition_lines(predicate: Predicate) -> Iterator[Line]:
    if predicate.name is None:
        return
    if predicate.name not in definition_names():
        yield Line(f"This is the definition `{predicate.name}`, from a file beside the orders.")
        return
    known = definition(predicate.name)
    yield Line(f"This is the definition `{known.name}`: {known.title} ({'; '.join(known.cites)}).")
    yield Line("What the definition leaves out or counts in:")
    yield from (Line(limit, 1) for limit in known.limits)


def _false_lines(expression: Expression | None, kind: str, name: str) -> Iterator[Line]:
    """Say what it takes for the whole to be known to be false."""
    plain = simplified(expression, kind)
    if isinstance(plain, bool):
        return
    derived = (atom for atom in atoms(plain) if isinstance(atom, Derived))
    for line in dict.fromkeys(map(_derived_truth, derived)):
        yield Line(f"{name}: {line}")
    asked = dict.fromkeys(atom.attribute for atom in atoms(plain) if isinstance(atom, Listed))
    if not asked:
        return
    lists = joined((f"{noun(attribute)}" for attribute in asked), "and")
    simple = isinstance(plain, Listed) or (
        isinstance(plain, AnyOf) and all(isinstance(item, Listed) for item in plain.items)
    )
    if simple:
        yield Line(
            f"{name} is known not to be meant only once complete lists are shown of all of these,"
            f" with nothing of the above on them: {lists}. Short of that it is not known."
        )
    else:
        yield Line(
            f"{name}: each statement is known to be false only once a complete list without it is"
            f" shown (of {lists}); until it is shown to be true or false, it is not known."
        )


def _derived_truth(atom: Derived) -> str:
    """Say when what facts come to together is known (docs/meaning.md §3)."""
    match atom:
        case MostRecent():
            return (
                "which country is the most recent is known only from complete lists of citizenships"
                " and of permanent residences. What began last decides, by the dates told in them;"
                " of what began together each is the most recent."
            )
        case HeldAt():
            return (
                "what they were at that instant is known to be true once a nationality is shown with"
                " a date no later, or was verified by then, and to be false only from complete lists"
                " of citizenships and of former ones, on which nothing may have been held then."
            )
        case ParentIs():
            return (
                "what is asked of its ultimate parent is judged by that parent's own facts. It is"
                " known to be true once it is of a parent shown, and to be false once it is of each"
                " parent on a complete list."
            )
        case EmployedBy():
            return (
                "what is asked of their employer is judged by that company's own facts. It is known"
                " to be true once it is of a company shown to employ them, and to be false once it"
                " is of each such company on a complete list of employers."
            )
        case _:
            return (
                "that it is so owned is known to be true once the shares shown, of owners known to"
                " count, add up to it, and to be false once they cannot, even if everybody counts"
                " who may and holds whatever the shares shown leave. Owners are judged by their own"
                " facts. With 50.5 % shown to be held by others, at most 49.5 % is left: false of 50 %. A"
                " share that was left untold is not computed from the rest. Companies that own each"
                " other count only through somebody outside the ring who counts."
            )


def outcome_lines(rule: Rule) -> Iterator[Line]:
    """Say what happens to those who pass, are barred, or cannot yet be judged."""
    passes, bars = ("known to be meant", "known not to be meant")
    if rule.sense == "bar":
        passes, bars = bars, passes
    evidence = rule.evidence
    yield Line(f"Whoever is {passes}, by facts of {_level(evidence.to_serve)} or better: passes.")
    yield Line(
        f"Whoever is {bars}, by facts of {_level(evidence.to_bar)} or better:"
        f" {effect_sentence(rule.barred)}"
    )
    yield Line(
        f"Whoever cannot be judged yet (not known, or not well enough):"
        f" {effect_sentence(rule.undetermined)}"
    )
    if evidence.to_serve > evidence.to_bar:
        yield Line(
            f"Facts below A{evidence.to_serve} never let anybody pass: somebody who would pass by"
            f" them, had they been good enough, cannot be judged yet. Facts from A{evidence.to_bar}"
            " up are enough to bar."
        )
    yield Line(_age(evidence))


def effect_sentence(effect: Effect) -> str:
    """Say an effect as an outcome."""
    if effect.substitute is not None:
        return (
            f"substitute, `{effect.substitute}` answers instead (which must itself be permitted to"
            " them at that instant, else deny)."
        )
    if effect.risk is not None:
        return f"permit, at a risk that the order says was taken: {effect.risk}"
    return f"{effect.outcome.word}."


def _level(floor: int) -> str:
    return LEVELS[floor]


def _age(evidence: Evidence) -> str:
    if evidence.max_age is None:
        return "Facts count however long ago they were verified, until they expire."
    age = format_duration(evidence.max_age)
    return f"Facts count while they were verified less than {age} ago, and before they expire."


STANDING = {
    "natural_person": (
        "A company's key does not speak for people it does not name. Where a company's or service"
        " key names no person, a person of whom nothing is known is judged beside the company."
    ),
    "certified_organisation": (
        "A company's key speaks for people it does not name only if the company is certified for"
        " this very definition (`users_certified`, good enough to serve). Otherwise, where the key"
        " names no person, a person of whom nothing is known is judged beside the company."
    ),
    "organisation": (
        "A company's own standing carries the people it does not name: where its key names no"
        " person, the company alone is judged. This holds for a service account without a company"
        " too, as for a company of which nothing is known."
    ),
}
NAMED = "A person who is named is judged for themselves, and so is the company."


def exception_lines(item: Exemption, rule: Rule, beside: Iterable[Exemption]) -> Iterator[Line]:
    """Say whom an exception lets pass, from what, and what happens until it is shown.

    `beside` are all exceptions of the version: another one that is asked for keeps a rule open too.
    """
    others = sorted(rule.models - item.models)
    yield Line(
        f"Exception `{item.id}` to rule `{item.to}` (clauses {', '.join(item.clauses)}), for"
        f" {joined(map(_code, sorted(item.models)), 'and')} only"
        + (f"; not for {joined(map(_code, others))}:" if others else ":")
    )
    for kind, name in KINDS:
        yield from (
            Line(line.text, line.depth + 0)
            for line in _branch_lines(simplified(branch(item.who, kind), kind), name)
        )
    if item.unless is not None:
        yield Line("unless:", 1)
        for kind, name in KINDS:
            limit = simplified(branch(item.unless, kind), kind)
            if limit is not False:
                yield Line(f"{name.lower()} {phrase(limit)}", 2)
    yield Line(
        "It clears only the one of whom it is true: a company's exception does not clear the people"
        f" it names, nor a person's the company. It must be known to be true{_limit(item)}, by facts"
        f" good enough to serve{_own(item)}.",
        1,
    )
    if item.licence is not None:
        until = " on" if item.until >= FOREVER else f" until {format_instant(item.until)}"
        since = format_instant(item.since)
        yield Line(f"It rests on licence `{item.licence}` and holds from {since}{until}.", 1)
    asked = [
        _code(other.id)
        for other in beside
        if other.to == item.to
        and other.id != item.id
        and other.unproven == "verify"
        and other.models & item.models
    ]
    yield Line(_unproven(item, rule, asked), 1)


def _code(name: str) -> str:
    return f"`{name}`"


def _own(item: Exemption) -> str:
    own = item.evidence
    if own is None:
        return " under the rule"
    age = "" if own.max_age is None else f", verified less than {format_duration(own.max_age)} ago"
    return f" by its own measure: A{own.to_serve} to serve, A{own.to_bar} to rule it out{age}"


def _limit(item: Exemption) -> str:
    return "" if item.unless is None else ", and what follows `unless` known to be false"


def _unproven(item: Exemption, rule: Rule, asked: Sequence[str]) -> str:
    """Say what happens until it is shown; `asked` are other exceptions that may be shown instead."""
    barred = effect_sentence(rule.barred).removesuffix(".")
    if item.unproven == "verify":
        false = f"{joined(['it', *asked], 'and')} are" if asked else "it is"
        return (
            "Whoever is known to be barred by the rule, while the exception may still be true of"
            f" them: verify. Once {false} known to be false as well, by facts good enough to bar:"
            f" {barred}."
        )
    but = f", unless {joined(asked, 'or')} may still be true of them" if asked else ""
    return (
        "Whoever is known to be barred by the rule and has not shown the exception is not asked for"
        f" it: {barred}{but}. Whoever cannot be judged by the rule yet stays undecided, as above."
    )


def stream_line(rules: Sequence[Rule]) -> Iterator[Line]:
    """Say what happens to answers under way when somebody is no longer allowed."""
    for rule in rules:
        drain = rule.in_flight.drain
        end = (
            f"run on for {format_duration(drain)} at most, then are cut (clause"
            f" {rule.in_flight.clause})"
            if drain
            else "are cut at once"
        )
        yield Line(f"Rule `{rule.id}`: answers under way to people no longer allowed {end}.")
