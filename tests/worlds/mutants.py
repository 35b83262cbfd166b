"""A compiler that is wrong in one thing: what it put out, changed by a fixed list of operators.

1. Each operator changes compiled tables in one place, picked by a seed, or says that there is none.
2. Orders stay as they are; so whatever a mutant does differently is wrong.
"""

from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, replace
from random import Random

from writ.clock import SECOND
from writ.law.compiled.book import Compiled
from writ.law.compiled.evidence import Question
from writ.law.compiled.rule import CompiledRule
from writ.law.compiled.solve import Bits, Flag, Flip, Formula, Join
from writ.model.order import Effect, Lawbook
from writ.model.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Mutant:
    """What was changed, and the tables after it."""

    operator: str
    compiled: Compiled


def mutants(book: Lawbook, model: str, seed: int) -> Iterator[Mutant]:
    """Yield a mutant for every operator that applies."""
    for name, operator in OPERATORS.items():
        compiled = Compiled(book)
        if operator(compiled, model, Random(seed)):  # noqa: S311  to be repeated, not to be secret
            yield Mutant(name, compiled)


def _boundary(compiled: Compiled, model: str, random: Random) -> bool:
    edges = compiled.phases._edges
    if not edges[model]:
        return False
    place = random.randrange(len(edges[model]))
    edges[model] = tuple(
        edge + SECOND if number == place else edge for number, edge in enumerate(edges[model])
    )
    return True


def _on_rules(change: Callable[[CompiledRule, Compiled], CompiledRule]) -> "_Operator":
    """Make an operator that changes one compiled rule where it can."""

    def operator(compiled: Compiled, model: str, random: Random) -> bool:
        list(compiled.ever())
        keys = [
            key
            for key, rule in compiled._compiled.items()
            if model in rule.rule.models
            and key[1] in ("", model)
            and change(rule, compiled) is not rule
        ]
        if not keys:
            return False
        key = keys[random.randrange(len(keys))]
        compiled._compiled[key] = change(compiled._compiled[key], compiled)
        return True

    return operator


def _dropped(compiled: Compiled, model: str, random: Random) -> bool:
    """Leave a rule out of one phase."""
    cells = [cell for cell, _ in compiled.phases.starts(model) if compiled.speeches.at[cell].rules]
    if not cells:
        return False
    cell = cells[random.randrange(len(cells))]
    speech = compiled.speeches.at[cell]
    compiled.speeches.at[cell] = replace(speech, rules=speech.rules[1:])
    return True


def _country(rule: CompiledRule, compiled: Compiled) -> CompiledRule:
    """Let the first list of the rule name another cell than one it names."""

    def flipped(formula: Formula) -> Formula:
        match formula:
            case Bits(attribute, mask) if attribute < len(compiled.partitions.of):
                other = compiled.partitions.of[attribute].everything & ~mask
                return Bits(attribute, (mask & (mask - 1)) | (other & -other)) if other else formula
            case Join(every, items):
                for place, item in enumerate(items):
                    if (new := flipped(item)) != item:
                        return Join(every, (*items[:place], new, *items[place + 1 :]))
                return formula
            case Flip(item):
                return Flip(flipped(item))
            case _:
                return formula

    new = flipped(rule.core)
    return rule if new == rule.core else replace(rule, core=new)


def _floor(rule: CompiledRule, _: Compiled) -> CompiledRule:
    if not rule.serve.floor:
        return rule
    return replace(rule, serve=Question(rule.serve.floor - 1, rule.serve.age))


def _bar_floor(rule: CompiledRule, _: Compiled) -> CompiledRule:
    if not rule.bar.floor:
        return rule
    return replace(rule, bar=Question(rule.bar.floor - 1, rule.bar.age))


def _age(rule: CompiledRule, _: Compiled) -> CompiledRule:
    return rule if rule.serve.age is None else replace(rule, serve=Question(rule.serve.floor, None))


def _exception(rule: CompiledRule, _: Compiled) -> CompiledRule:
    return replace(rule, exemptions=rule.exemptions[1:]) if rule.exemptions else rule


def _everybody_exempt(rule: CompiledRule, _: Compiled) -> CompiledRule:
    if not rule.exemptions:
        return rule
    first = replace(rule.exemptions[0], holds=True)
    return replace(rule, exemptions=(first, *rule.exemptions[1:]))


def _sense(rule: CompiledRule, _: Compiled) -> CompiledRule:
    return replace(rule, core=Flip(rule.core))


def _link(rule: CompiledRule, _: Compiled) -> CompiledRule:
    """Forget to ask for the person whom nobody names."""
    if rule.rule.standing == "organisation":
        return rule
    loose = replace(rule.rule, standing="organisation")
    return replace(rule, active=replace(rule.active, rule=loose))


def _undetermined(rule: CompiledRule, _: Compiled) -> CompiledRule:
    if rule.undetermined is Outcome.PERMIT:
        return rule
    loose = replace(rule.rule, undetermined=Effect(Outcome.PERMIT))
    return replace(rule, active=replace(rule.active, rule=loose))


def _barred(rule: CompiledRule, _: Compiled) -> CompiledRule:
    loose = replace(rule.rule, barred=Effect(Outcome.PERMIT))
    return replace(rule, active=replace(rule.active, rule=loose))


def _acting(rule: CompiledRule, _: Compiled) -> CompiledRule:
    """Take it that everybody acts for whom an exception asks about."""

    def loose(formula: Formula) -> Formula:
        match formula:
            case Flag():
                return True
            case Join(every, items):
                return Join(every, tuple(map(loose, items)))
            case _:
                return formula

    found = tuple(replace(item, holds=loose(item.holds)) for item in rule.exemptions)
    return rule if found == rule.exemptions else replace(rule, exemptions=found)


def _completion(compiled: Compiled, _model: str, _random: Random) -> bool:
    """Take what was not shown for what is not there."""
    compiled.partitions.of = tuple(map(copy, compiled.partitions.of))
    for partition in compiled.partitions.of:
        partition.everything = 0
    compiled.partitions.unknown = tuple(
        item._replace(free=0) for item in compiled.partitions.unknown
    )
    return bool(compiled.partitions.of)


def _misplaced(compiled: Compiled, model: str, _random: Random) -> bool:
    """Take a country that no list names for one that a list does."""
    place = compiled.partitions.index["citizenships"]
    wrong = copy(compiled.partitions.of[place])
    american = wrong.bit(("US", ""))
    wrong._parts_of = {("NZ", part): american for part in ("", "citizen", "national", "\0other")}
    partitions = list(compiled.partitions.of)
    partitions[place] = wrong
    compiled.partitions.of = tuple(partitions)
    return True


def _hold(compiled: Compiled, model: str, _random: Random) -> bool:
    """Hold a model that nobody holds, before anything else."""
    cell, _ = next(compiled.phases.starts(model))
    compiled.speeches.at[cell] = replace(compiled.speeches.at[cell], held=True)
    return True


_Operator = Callable[[Compiled, str, Random], bool]

OPERATORS: dict[str, _Operator] = {
    "a boundary moved by a second": _boundary,
    "a country flipped": _on_rules(_country),
    "a floor to serve lowered": _on_rules(_floor),
    "a floor to bar lowered": _on_rules(_bar_floor),
    "an age forgotten": _on_rules(_age),
    "an exception dropped": _on_rules(_exception),
    "an exception for everybody": _on_rules(_everybody_exempt),
    "a sense turned round": _on_rules(_sense),
    "a rule dropped": _dropped,
    "a link forgotten": _on_rules(_link),
    "an open case let pass": _on_rules(_undetermined),
    "the barred let pass": _on_rules(_barred),
    "whom one acts for forgotten": _on_rules(_acting),
    "a completion skipped": _completion,
    "a country misplaced": _misplaced,
    "a hold that nobody placed": _hold,
}
