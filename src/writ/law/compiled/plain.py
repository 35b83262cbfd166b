"""Plain states: nothing is shown, and all is open or all is closed at each question.

1. The plain state of a state is open where every cell may still be, closed elsewhere.
2. A state differs from its plain one in a few cells. Rules that name none of these cells cannot
   tell the two apart, so rows differ only for models whose rules name one.
"""

from collections.abc import Iterable, Iterator, Sequence

from writ.law.compiled.cells import Known
from writ.law.compiled.narrow import Narrowed, State, States


class Plain:
    """Rule 2 for one kind of link; `everything` has the cells of each attribute."""

    def __init__(
        self, models: Iterable[Narrowed], everything: Sequence[int], states: States
    ) -> None:
        self._everything = everything
        self._states = states
        self._naming: dict[tuple[int, int], list[int]] = {}
        for place, narrowed in enumerate(models):
            for attribute, mask in narrowed.named():
                for cell in _bits(mask):
                    self._naming.setdefault((attribute, cell), []).append(place)
        self._found: dict[tuple[int, int], tuple[int, frozenset[int]]] = {}

    def of(self, numbers: Sequence[int]) -> tuple[tuple[int, ...], frozenset[int]]:
        """Return the numbers of the plain states, and the places of the models that differ."""
        found = [self._plain(attribute, number) for attribute, number in enumerate(numbers)]
        places = frozenset[int]().union(*(models for _, models in found))
        return tuple(plain for plain, _ in found), places

    def _plain(self, attribute: int, number: int) -> tuple[int, frozenset[int]]:
        key = attribute, number
        if key not in self._found:
            plain, differs = _apart(self._states.states[number], self._everything[attribute])
            naming = (self._naming.get((attribute, cell), ()) for cell in _bits(differs))
            self._found[key] = self._states.number(plain), frozenset[int]().union(*naming)
        return self._found[key]


def _apart(state: State, everything: int) -> tuple[State, int]:
    """Return the plain state, and the cells in which it differs at any question."""
    plain, differs = [], 0
    for known in state:
        is_open = known.yes | known.free == everything
        plain.append(Known(0, everything if is_open else 0))
        differs |= known.yes if is_open else known.yes | known.free
    return tuple(plain), differs


def _bits(mask: int) -> Iterator[int]:
    while mask:
        bit = mask & -mask
        yield bit.bit_length()
        mask ^= bit
