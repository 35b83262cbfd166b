"""Whether two lawbooks' tables say the same of a model, list by list and without a solver.

1. The same phases, the same rules in each, by what the compiler put out of them; so whatever a question
   could ask of the one it would ask of the other.
2. Bits are numbered by lawbook. Lists of bits are the same if the same values are in them, or may be.
   Values are those that either lawbook tells apart.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TypeVar

from writ.law.compiled.rule import CompiledExemption, CompiledRule
from writ.law.compiled.solve import Bits, Flag, Flip, Formula, Join
from writ.study.proof.symbols import Parts
from writ.study.proof.tables import Cells, Phase, phases, rules_of

T = TypeVar("T")


class Same:
    """Two lawbooks' tables, compared model by model."""

    def __init__(self, one: Cells, other: Cells) -> None:
        self.sides = (one, other)
        self._named = tuple(cache(self._names(side)) for side in self.sides)
        self._places: dict[tuple[int, str], tuple[dict[int, list[Parts]], ...]] = {}

    def of(self, model: str) -> bool:
        """Whether the tables say the same of a model (rule 1)."""
        found = [phases(side.compiled, model) for side in self.sides]
        return _alike(found[0], found[1], self._phase_alike(model))

    def _phase_alike(self, model: str) -> Callable[[Phase, Phase], bool]:
        def alike(one: Phase, other: Phase) -> bool:
            told = [(item.since, item.until, item.held, item.substitute) for item in (one, other)]
            return told[0] == told[1] and all(
                _alike(
                    rules_of(self.sides[0].compiled, model, one, kind),
                    rules_of(self.sides[1].compiled, model, other, kind),
                    self._rule,
                )
                for kind in ("person", "organisation")
            )

        return alike

    def _rule(self, one: CompiledRule, other: CompiledRule) -> bool:
        return (
            one.rule == other.rule
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
            rest = bool(partition.everything & item.mask)
            return name, rest, self._values(side, name, item.mask)

        return named

    def _values(self, side: Cells, attribute: str, mask: int) -> tuple[frozenset[Parts], ...]:
        index = self._index(side, attribute)
        bits = [bit for bit in range(mask.bit_length()) if mask >> bit & 1]
        return tuple(
            frozenset[Parts]().union(*(found.get(bit, ()) for bit in bits)) for found in index
        )

    def _index(self, side: Cells, attribute: str) -> tuple[dict[int, list[Parts]], ...]:
        """Return values by the bit they are in, and by each that they may be in."""
        key = (id(side), attribute)
        if key not in self._places:
            parts = side.compiled.partitions
            partition = parts.of[parts.index[attribute]]
            yes, may = dict[int, list[Parts]](), dict[int, list[Parts]]()
            for value in {value for one in self.sides for value, _ in one.of(attribute)}:
                yes.setdefault(partition.bit(value).bit_length() - 1, []).append(value)
                finer = partition.finer(value)
                while finer:
                    may.setdefault(finer.bit_length() - 1, []).append(value)
                    finer ^= 1 << finer.bit_length() - 1
            self._places[key] = yes, may
        return self._places[key]


def _chosen(found: Sequence[object], mask: int) -> frozenset[object]:
    return frozenset(item for bit, item in enumerate(found) if mask >> bit & 1)


def _alike(one: Sequence[T], other: Sequence[T], same: Callable[[T, T], bool]) -> bool:
    return len(one) == len(other) and all(map(same, one, other))
