"""The rules on one model over cells of their own: what they cannot tell apart is one cell.

1. The lawbook's cells are joined where no list in these rules tells them apart. A joined cell is
   yes where one of its cells is, free where one of the others may be.
2. A *state* is what is known of one attribute at every question; what it comes to in joined cells
   is found once. People alike in joined cells are judged once, in each phase of the model.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from writ.law.compiled.cells import Known
from writ.law.compiled.evidence import Question
from writ.law.compiled.judge import Judgement, Link, Together
from writ.law.compiled.rule import CompiledRule, questions
from writ.law.compiled.solve import Bits, Flag, Flip, Formula, Join

State = tuple[Known, ...]
"""What is known of one attribute, at every question of the lawbook in turn."""


class States:
    """The states met so far, by number: one number stands for one state of whatever attribute."""

    def __init__(self) -> None:
        self._numbers: dict[State, int] = {}
        self.states: list[State] = []

    def number(self, state: State) -> int:
        """Return the number of a state."""
        number = self._numbers.setdefault(state, len(self.states))
        if number == len(self.states):
            self.states.append(state)
        return number


class Narrowed:
    """The rules that ever speak of one model, for one kind of link."""

    def __init__(
        self, rules: Sequence[CompiledRule], asked: Mapping[Question, int], states: States
    ) -> None:
        """Join cells; `asked` gives the place of each question in a state."""
        self._states = states
        self._asked = {question: asked[question] for question in dict.fromkeys(questions(rules))}
        masks: dict[int, dict[int, None]] = {}
        self._acting = 0
        for atom in (
            atom for rule in rules for formula in _formulas(rule) for atom in _atoms(formula)
        ):
            if isinstance(atom, Flag):
                self._acting |= atom.mask
            else:
                masks.setdefault(atom.attribute, {})[atom.mask] = None
        self._cells = {attribute: _joined(found) for attribute, found in sorted(masks.items())}
        self._attributes = tuple(self._cells)
        self._rules = {id(rule): self._narrow(rule) for rule in rules}
        self._known: list[dict[int, int]] = [{} for _ in self._attributes]
        self._own = States()
        self._judged: dict[tuple[object, ...], Judgement] = {}
        self._together: dict[tuple[int, ...], Together] = {}
        self._last: tuple[tuple[int, ...], Link] | None = None

    def named(self) -> Iterator[tuple[int, int]]:
        """Yield each attribute with the lawbook's cells that these rules name."""
        for attribute, cells in self._cells.items():
            yield attribute, sum(cells)

    def key(self, numbers: Sequence[int], acting: int) -> tuple[int, ...]:
        """Return what is the same for all links that these rules cannot tell apart (rule 2).

        `numbers` are those of a link's states, attribute by attribute.
        """
        found = [acting & self._acting]
        for place, attribute in enumerate(self._attributes):
            number = numbers[attribute]
            told = self._known[place].get(number)
            found.append(self._told(place, number) if told is None else told)
        return tuple(found)

    def judgement(self, rules: Sequence[CompiledRule], key: tuple[int, ...]) -> Judgement:
        """Judge the links with a key under some of the rules."""
        numbers = tuple(map(id, rules))
        found = self._judged.get((numbers, key))
        if found is None:
            together = self._together.get(numbers)
            if together is None:
                together = Together([self._rules[number] for number in numbers])
                self._together[numbers] = together
            found = self._judged[numbers, key] = together.judge(self._link(key))
        return found

    def _link(self, key: tuple[int, ...]) -> Link:
        """Return the link of a key; it is asked about phase by phase."""
        last = self._last
        if last is not None and last[0] == key:
            return last[1]
        known = [self._own.states[number] for number in key[1:]]
        views = {
            question: tuple(state[place] for state in known)
            for place, question in enumerate(self._asked)
        }
        link = Link(views, key[0])
        self._last = key, link
        return link

    def _told(self, place: int, number: int) -> int:
        """Say what a state comes to in the joined cells of an attribute (rule 1)."""
        state = self._states.states[number]
        cells = self._cells[self._attributes[place]]
        asked = [state[place_of] for place_of in self._asked.values()]
        coarse = {known: _coarse(known, cells) for known in set(asked)}
        told = tuple(map(coarse.__getitem__, asked))
        found = self._known[place][number] = self._own.number(told)
        return found

    def _narrow(self, rule: CompiledRule) -> CompiledRule:
        return replace(
            rule,
            core=self._formula(rule.core),
            exemptions=tuple(
                replace(item, holds=self._formula(item.holds)) for item in rule.exemptions
            ),
        )

    def _formula(self, wanted: Formula) -> Formula:
        match wanted:
            case Bits(attribute, mask):
                cells = self._cells[attribute]
                joined = sum(1 << place for place, cell in enumerate(cells) if cell & mask)
                return Bits(self._attributes.index(attribute), joined)
            case Flip(item):
                inner = self._formula(item)
                return not inner if isinstance(inner, bool) else Flip(inner)
            case Join(every, items):
                return _simple(every, [self._formula(item) for item in items])
            case _:
                return wanted


def _simple(every: bool, items: Sequence[Formula]) -> Formula:  # noqa: FBT001  as `Join` has it
    """Join items without those that are settled already."""
    left = tuple(item for item in items if item is not every)
    if (not every) in left or not left:
        return bool(left) is not every
    return left[0] if len(left) == 1 else Join(every, left)


def _formulas(rule: CompiledRule) -> Iterator[Formula]:
    yield rule.core
    for item in rule.exemptions:
        yield item.holds


def _atoms(wanted: Formula) -> Iterator[Bits | Flag]:
    match wanted:
        case Bits() | Flag():
            yield wanted
        case Flip(item):
            yield from _atoms(item)
        case Join(_, items):
            for item in items:
                yield from _atoms(item)
        case _:
            return


def _joined(masks: Iterable[int]) -> tuple[int, ...]:
    """Return the cells that some of the masks name, joined where all masks agree on them."""
    cells: list[int] = []
    for mask in masks:
        rest, split = mask, list[int]()
        for cell in cells:
            split += [part for part in (cell & mask, cell & ~mask) if part]
            rest &= ~cell
        cells = [*split, rest] if rest else split
    return tuple(cells)


def _coarse(known: Known, cells: Sequence[int]) -> Known:
    yes = sum(1 << place for place, cell in enumerate(cells) if known.yes & cell)
    free = sum(1 << place for place, cell in enumerate(cells) if known.free & cell)
    return Known(yes, free & ~yes)
