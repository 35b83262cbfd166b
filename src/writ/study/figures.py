"""Figures: who gets what before and after, by model, and by what else is asked.

1. A tally counts moves: pairs of an outcome before and one after.
2. Of those restricted after, a tally tells the barred (nothing that is open would change it) from
   the undetermined.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from writ.model.decision import Settlement
from writ.model.outcome import Outcome
from writ.study.comparison import Phase
from writ.study.verdicts import OUTCOMES, UNJUDGED, Verdict

FLOOR = 10
"""Fewer people than that are not told apart in what may be shown around."""
OTHERS = "others"
MEASURES = ("subjects", "requests", "tokens", "streams")
RANK = {word: place for place, word in enumerate(OUTCOMES)}


@dataclass(slots=True)
class Tally:
    """A count by outcome before and after; of those restricted after, how many are yet open."""

    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    barred: int = 0
    undetermined: int = 0

    def add(self, before: Verdict, after: Verdict, count: int) -> None:
        """Count some more."""
        self.moves[before.outcome, after.outcome] += count
        if after.outcome not in (Outcome.PERMIT.word, UNJUDGED):
            if after.open:
                self.undetermined += count
            else:
                self.barred += count

    def join(self, other: "Tally") -> None:
        """Count what another has counted."""
        self.moves.update(other.moves)
        self.barred += other.barred
        self.undetermined += other.undetermined

    def without(self, *parts: "Tally") -> "Tally":
        """Return what is left when parts of it are taken away."""
        moves = Counter(self.moves)
        for part in parts:
            moves.subtract(part.moves)
        return Tally(
            +moves,
            self.barred - sum(part.barred for part in parts),
            self.undetermined - sum(part.undetermined for part in parts),
        )

    @property
    def total(self) -> int:
        """How many there are."""
        return self.moves.total()

    def by(self, side: int) -> dict[str, int]:
        """Return the count by outcome, before (0) or after (1)."""
        found = dict.fromkeys(OUTCOMES, 0)
        for move, count in self.moves.items():
            found[move[side]] += count
        return found

    def changed(self, *, stricter: bool) -> int:
        """Count those for whom it becomes stricter, or easier."""
        return sum(
            count
            for (before, after), count in self.moves.items()
            if UNJUDGED not in (before, after)
            and (RANK[after] > RANK[before] if stricter else RANK[after] < RANK[before])
        )


Tallies = dict[str, Tally]
"""A tally for each measure that there is."""


def at_least(values: Mapping[str, Tallies], floor: int) -> dict[str, Tallies]:
    """Put values of fewer subjects together, and with them the next larger until they are enough.

    Else whoever knows the sum of all would know the one that is left out.
    """
    kept, small, few = dict(values), list[Tallies](), 0
    for value in sorted(values, key=lambda value: (_people(values[value]), value)):
        people = _people(values[value])
        if people >= floor and (few >= floor or not small):
            break
        small.append(kept.pop(value))
        few += people
    if small and OTHERS in kept:  # so called already, by whoever counted or by itself
        small.append(kept.pop(OTHERS))
    return {**kept, OTHERS: together(small)} if small else kept


def _people(tallies: Tallies) -> int:
    return tallies["subjects"].total if "subjects" in tallies else 0


def together(small: Iterable[Tallies]) -> Tallies:
    """Add up."""
    found: Tallies = {}
    for tallies in small:
        for measure, tally in tallies.items():
            found.setdefault(measure, Tally()).join(tally)
    return found


@dataclass(frozen=True, slots=True)
class Hit:
    """An organisation, and for how many of its subjects or requests it becomes stricter."""

    organisation: str
    count: int


@dataclass(slots=True)
class ModelFigures:
    """One model in one phase."""

    model: str
    all: Tallies = field(default_factory=dict)
    by: dict[str, dict[str, Tallies]] = field(default_factory=dict)
    settling: Counter[tuple[tuple[Settlement, ...], str]] = field(default_factory=Counter)
    hit: dict[str, list[Hit]] = field(default_factory=dict)
    """The organisations hit hardest, by measure; `organisations` says of how many."""
    organisations: dict[str, int] = field(default_factory=dict)

    def add(
        self,
        labels: Mapping[str, str],
        verdicts: tuple[Verdict, Verdict],
        counts: Mapping[str, int],
    ) -> None:
        """Count a class of subjects or requests under each of its labels."""
        for tallies in (self.all, *(self._labelled(*label) for label in labels.items())):
            for measure, count in counts.items():
                tallies.setdefault(measure, Tally()).add(*verdicts, count)

    def _labelled(self, dimension: str, value: str) -> Tallies:
        return self.by.setdefault(dimension, {}).setdefault(value, {})


@dataclass(frozen=True, slots=True)
class PhaseFigures:
    """One phase."""

    phase: Phase
    models: tuple[ModelFigures, ...]
