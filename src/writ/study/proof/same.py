"""Whether two lawbooks' tables say the same of a model, list by list and without a solver.

1. At every instant the same rules, by what the compiler put out of them; so whatever a question could
   ask of the one it would ask of the other.
2. Bits are numbered by lawbook. Lists of bits are the same if the same values are in them, or may be.
   Values are those that either lawbook tells apart. Where both number them alike, the bits say it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import product
from typing import TypeVar

from writ.clock import FOREVER, Instant
from writ.law.compiled.cells import Partition
from writ.law.compiled.rule import CompiledExemption, CompiledRule
from writ.law.compiled.solve import Bits, Flag, Flip, Formula, Join
from writ.study.proof.artefact import Cells, Phase, bits_of, rules_of
from writ.study.proof.symbols import Parts

T = TypeVar("T")

ALWAYS = ((-FOREVER, FOREVER),)


class Same:
    """Two lawbooks' tables, compared model by model."""

    def __init__(self, one: Cells, other: Cells) -> None:
        self.sides = (one, other)
        self._named = tuple(cache(self._names(side)) for side in self.sides)
        self._every = cache(self._all_values)
        self._rules: dict[tuple[int, int], bool] = {}
        self._places: dict[tuple[int, str], tuple[dict[int, int], dict[int, int]]] = {}

    def of(self, model: str, spans: Iterable[tuple[Instant, Instant]] = ALWAYS) -> bool:
        """Whether the tables say the same of a model within some spans (rule 1)."""
        found = [side.phases(model) for side in self.sides]
        return all(
            self._alike_in(model, one, other)
            for one, other in product(*found)
            for since, until in spans
            if max(since, one.since, other.since) < min(until, one.until, other.until)
        )

    def _alike_in(self, model: str, one: Phase, other: Phase) -> bool:
        if (one.held, one.substitute) != (other.held, other.substitute):
            return False
        return all(
            _alike(
                rules_of(self.sides[0].compiled, model, one, kind),
                rules_of(self.sides[1].compiled, model, other, kind),
                self._rule_known,
            )
            for kind in ("person", "organisation")
        )

    def _rule_known(self, one: CompiledRule, other: CompiledRule) -> bool:
        key = (id(one), id(other))
        if key not in self._rules:
            self._rules[key] = self._rule(one, other)
        return self._rules[key]

    def _rule(self, one: CompiledRule, other: CompiledRule) -> bool:
        return (
            (one.rule is other.rule or one.rule == other.rule)
            and (one.serve, one.bar) == (other.serve, other.bar)
            and self._formula(one.core, other.core)
            and _alike(one.exemptions, other.exemptions, self._exemption)
        )

    def _exemption(self, one: CompiledExemption, other: CompiledExemption) -> bool:
        told = [(item.unproven_verify, item.serve, item.bar) for item in (one, other)]
        return told[0] == told[1] and self._formula(one.holds, other.holds)

    def _formula(self, one: Formula, other: Formula) -> bool:
        match one, other:
            case ((Bits() | Flag()), (Bits() | Flag())):
                return self._named[0](one) == self._named[1](other)
            case Join(every, items), Join(also, others):
                return every == also and _alike(items, others, self._formula)
            case Flip(item), Flip(opposite):
                return self._formula(item, opposite)
            case bool(), bool():
                return one is other
            case _:
                return False

    def _names(self, side: Cells) -> Callable[[Bits | Flag], object]:
        """Return what a list of bits is about (rule 2)."""
        parts = side.compiled.partitions
        count = len(parts.attributes)

        def named(item: Bits | Flag) -> object:
            if isinstance(item, Flag):
                return "acting", _chosen(parts.acting_groups, item.mask)
            if item.attribute == count:
                return "derived", _chosen(parts.derived, item.mask)
            if item.attribute > count:
                return "own", _chosen(parts.own_groups, item.mask)
            name = parts.attributes[item.attribute]
            partition = parts.of[item.attribute]
            if all(partition is other for other in self._partitions(name)):
                return name, item.mask
            rest = bool(partition.everything & item.mask)
            return name, rest, self._values(side, name, item.mask)

        return named

    def _values(self, side: Cells, attribute: str, mask: int) -> tuple[int, int]:
        """Return the values that are in some bits, and those that may be: a bit for each."""
        yes, may = self._index(side, attribute)
        found = [0, 0]
        for bit in bits_of(mask):
            found[0] |= yes.get(bit, 0)
            found[1] |= may.get(bit, 0)
        return found[0], found[1]

    def _partitions(self, attribute: str) -> Iterator[Partition | None]:
        for side in self.sides:
            place = side.compiled.partitions.index.get(attribute)
            yield None if place is None else side.compiled.partitions.of[place]

    def _index(self, side: Cells, attribute: str) -> tuple[dict[int, int], dict[int, int]]:
        """Return the values that are in each bit, and those that may be (rule 2)."""
        key = (id(side), attribute)
        if key not in self._places:
            yes, may = dict[int, int](), dict[int, int]()
            for place, (bit, finer) in enumerate(side.bits(attribute, self._every(attribute))):
                yes[bit] = yes.get(bit, 0) | 1 << place
                for one in bits_of(finer):
                    may[one] = may.get(one, 0) | 1 << place
            self._places[key] = yes, may
        return self._places[key]

    def _all_values(self, attribute: str) -> Iterable[Parts]:
        return dict.fromkeys(value for side in self.sides for value, _ in side.of(attribute))


def _chosen(found: Sequence[object], mask: int) -> frozenset[object]:
    return frozenset(item for bit, item in enumerate(found) if mask >> bit & 1)


def _alike(one: Sequence[T], other: Sequence[T], same: Callable[[T, T], bool]) -> bool:
    return len(one) == len(other) and all(map(same, one, other))
