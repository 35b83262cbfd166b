"""What the compiler put out of one model: phases, rules, what their formulas ask, the cells of values."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

from writ.clock import FOREVER, Instant
from writ.law.compiled.book import Compiled
from writ.law.compiled.decide import substitute_for
from writ.law.compiled.rule import CompiledRule
from writ.law.compiled.solve import Bits, Flag, Flip, Formula, Join
from writ.law.countries import countries
from writ.model.expression import WILD, Group
from writ.model.vocabulary import VOCABULARY, Shape
from writ.study.proof.symbols import OTHER, Level, Parts

UNSAID = {Shape.COUNTRY, Shape.PLACE}
"""What may leave its last part unsaid."""


@dataclass(frozen=True, slots=True)
class Phase:
    """One of the compiled phases of a model."""

    cell: int
    since: Instant
    until: Instant
    held: bool
    substitute: str | None


def spoken(cells: "Cells", model: str) -> object:
    """Return what tells a model's tables from those at another deployment of the same law."""
    return tuple(
        (
            phase.since,
            phase.held,
            tuple(id(rule.active) for rule in rules_of(cells.compiled, model, phase, "person")),
        )
        for phase in cells.phases(model)
    )


def formulas(cells: "Cells", model: str, kind: str) -> Iterator[Formula]:
    """Yield every formula that is asked of a kind of link."""
    for rule in _ever(cells, model, kind):
        yield rule.core
        yield from (item.holds for item in rule.exemptions)


def levels(cells: "Cells", model: str) -> Iterator[Level]:
    """Yield the floors and ages of everything that is asked about a model, as they stand together."""
    for rule in _ever(cells, model, "person"):
        own = [item for item in rule.exemptions if item.serve is not None]
        asked_of = [
            rule.serve,
            rule.bar,
            *(item.serve for item in own),
            *(item.bar for item in own),
        ]
        yield from (Level(*question) for question in asked_of if question is not None)


def masks(wanted: Iterable[Formula]) -> dict[int, set[int]]:
    """Return the masks of bits that formulas ask for, by place."""
    found: dict[int, set[int]] = {}
    for item in wanted:
        for leaf in leaves(item):
            if isinstance(leaf, Bits):
                found.setdefault(leaf.attribute, set()).add(leaf.mask)
    return found


def groups(compiled: Compiled, wanted: Iterable[Formula]) -> Iterator[Group]:
    """Yield the groups that formulas ask about."""
    parts = compiled.partitions
    for item in wanted:
        for leaf in leaves(item):
            if isinstance(leaf, Flag):
                yield from _chosen(parts.acting_groups, leaf.mask)
            elif leaf.attribute > len(parts.attributes):
                yield from _chosen(parts.own_groups, leaf.mask)


class Cells:
    """Phases of models, and the cells of values that some table tells apart, looked up once for all models.

    Every country is looked up, named or not: one that no list names has no cell of its own.
    """

    def __init__(self, compiled: Compiled) -> None:
        self.compiled, self._parts = compiled, compiled.partitions
        self._found: dict[str, list[tuple[Parts, int]]] = {}
        self._phases: dict[str, tuple[Phase, ...]] = {}
        self._bits: dict[str, Callable[[Parts], tuple[int, int]]] = {}
        self._within: dict[str, dict[int, list[Parts]]] = {}
        self._named: dict[tuple[str, tuple[bool, ...]], dict[Parts, list[Parts]]] = {}

    def phases(self, model: str) -> tuple[Phase, ...]:
        """Return a model's phases as compiled."""
        if model not in self._phases:
            compiled = self.compiled
            silent = (compiled.phases.cell(model, -FOREVER), -FOREVER)
            starts = list(compiled.phases.starts(model)) or [silent]
            ends = [start for _, start in starts[1:]] + [FOREVER]
            self._phases[model] = tuple(
                Phase(
                    cell,
                    start,
                    until,
                    compiled.speeches.at[cell].held,
                    substitute_for(compiled, model, start),
                )
                for (cell, start), until in zip(starts, ends, strict=True)
            )
        return self._phases[model]

    def of(self, attribute: str) -> Sequence[tuple[Parts, int]]:
        """Return values of an attribute with the bits they are in, or may be in."""
        place = self._parts.index.get(attribute)
        if place is None:
            return ()
        if attribute not in self._found:
            partition = self._parts.of[place]
            values = dict.fromkeys(partition.representatives)
            if VOCABULARY[attribute].shape in UNSAID:
                values |= dict.fromkeys((*parts[:-1], "") for parts in partition.representatives)
                values |= dict.fromkeys(product(sorted(countries()), ("", OTHER)))
            found = self.bits(attribute, values)
            self._found[attribute] = [
                (value, bit | finer) for value, (bit, finer) in zip(values, found, strict=True)
            ]
        return self._found[attribute]

    def bits(self, attribute: str, values: Iterable[Parts]) -> Iterator[tuple[int, int]]:
        """Yield the bit that each value is in, and those that it may be in."""
        if attribute not in self._bits:
            partition = self._parts.of[self._parts.index[attribute]]
            self._bits[attribute] = cache(
                lambda value: (partition.bit(value), partition.finer(value))
            )
        return map(self._bits[attribute], values)

    def within(self, attribute: str, mask: int) -> Iterator[Parts]:
        """Yield the values that are in some of these bits, or may be; each as often as it is."""
        if attribute not in self._within:
            index = self._within[attribute] = {}
            for value, cells in self.of(attribute):
                for bit in bits_of(cells):
                    index.setdefault(bit, []).append(value)
        for bit in bits_of(mask):
            yield from self._within[attribute].get(bit, ())

    def without(self, attribute: str, mask: int) -> Iterator[Parts]:
        """Yield one value of each form that is in none of these bits: said in full, and not."""
        seen: set[bool] = set()
        for value, cells in self.of(attribute):
            if not cells & mask and ("" in value) not in seen:
                seen.add("" in value)
                yield value
                if len(seen) > 1:
                    return

    def named(self, attribute: str, pattern: Parts) -> Sequence[Parts]:
        """Return those of the values that a pattern names."""
        wild = tuple(part == WILD for part in pattern)
        if (attribute, wild) not in self._named:
            index = self._named[attribute, wild] = {}
            for value, _ in self.of(attribute):
                if len(value) == len(wild):
                    said = (WILD if any_ else part for any_, part in zip(wild, value, strict=True))
                    index.setdefault(tuple(said), []).append(value)
        return self._named[attribute, wild].get(pattern, ())


def bits_of(mask: int) -> Iterator[int]:
    """Yield the bits that are set, each as a mask of its own, lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest
        mask ^= lowest


def rules_of(compiled: Compiled, model: str, phase: Phase, kind: str) -> tuple[CompiledRule, ...]:
    """Return the compiled rules of one phase for a kind of link."""
    return compiled.rules(model, phase.cell, "organisation" if kind == "organisation" else "person")


def _ever(cells: Cells, model: str, kind: str) -> Iterable[CompiledRule]:
    """Return the compiled rules of all phases, each once."""
    every = (rules_of(cells.compiled, model, phase, kind) for phase in cells.phases(model))
    return {id(rule): rule for rules in every for rule in rules}.values()


def leaves(formula: Formula) -> Iterator[Bits | Flag]:
    """Yield the lists and groups that a formula asks about."""
    match formula:
        case Bits() | Flag():
            yield formula
        case Join(items=items):
            for item in items:
                yield from leaves(item)
        case Flip(item):
            yield from leaves(item)
        case _:
            return


def _chosen(found: Sequence[Group], mask: int) -> Iterator[Group]:
    return (group for bit, group in enumerate(found) if mask >> bit & 1)
