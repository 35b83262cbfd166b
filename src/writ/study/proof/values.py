"""Which values and ids a question tells apart: those that the orders or the tables do.

1. One value stands for all of which the same is told: by the orders which of their lists name it, by
   the tables which of their masks it is in, or may be. One id stands for all that are on the same lists.
2. A value with its last part unsaid that can only turn out to be what is told of it already is one
   like it.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from writ.model.expression import WILD, Given, Group, Listed
from writ.model.vocabulary import VOCABULARY
from writ.study.proof import ordered, worlds
from writ.study.proof.artefact import UNSAID, Cells, bits_of, formulas, groups, levels, masks
from writ.study.proof.symbols import CERTIFICATES, Domain, Level, Parts, alike, looked_up
from writ.study.proof.timeline import Span, levels_of


def domain(spans: Sequence[Span], tables: Iterable[Cells], model: str) -> Domain:
    """Return a value for all that neither the orders nor any of the tables tell apart."""
    sides = tuple(_side(cells, model) for cells in tables)
    kinds = ("person", "organisation")
    atoms = [atom for kind in kinds for atom in ordered.atoms(spans, kind)]
    lists: dict[str, list[Listed]] = {}
    for atom in atoms:
        if isinstance(atom, Listed):
            lists.setdefault(atom.attribute, []).append(atom)
    asked = dict.fromkeys(lists)
    for side in sides:
        asked |= dict.fromkeys(side.attributes)
    values = {name: _values(name, lists.get(name, []), sides) for name in asked}
    certified = {
        (demand.rule.predicate.name,)
        for span in spans
        for demand in span.demands
        if demand.rule.predicate.name and demand.rule.standing == "certified_organisation"
    }
    if certified:
        every = sorted({*values.get(CERTIFICATES, ()), *certified})
        values[CERTIFICATES] = {item: (item,) for item in every}
    given = [atom.group.members for atom in atoms if isinstance(atom, Given)]
    given += [group.members for side in sides for group in side.groups]
    members = sorted(frozenset[str]().union(*given))
    ids = alike(
        [("",), *((item,) for item in members)],
        lambda item: tuple([item[0] in group for group in given]),
    )
    asked_at = {Level(*level) for level in levels_of(spans)}
    asked_at |= {level for side in sides for level in levels(side.cells, model)}
    return Domain(values, tuple(item for (item,) in ids), frozenset(asked_at))


@dataclass(frozen=True, slots=True)
class _Side:
    """Tables, and all that they ask about one model: masks by attribute, and groups."""

    cells: Cells
    masks: Mapping[str, Sequence[int]]
    groups: tuple[Group, ...]

    @property
    def attributes(self) -> Iterable[str]:
        return self.masks

    def told(self, name: str, values: Iterable[Parts]) -> Iterator[Hashable]:
        """Yield what the tables can tell of values, for what they ask: that each is, or may be, named."""
        masks_with: dict[int, int] = {}
        asked = 0
        for place, mask in enumerate(self.masks[name]):
            asked |= mask
            for bit in bits_of(mask):
                masks_with[bit] = masks_with.get(bit, 0) | 1 << place
        for bit, finer in self.cells.bits(name, values):
            yes = may = masks_with.get(bit, 0)
            for one in bits_of(finer & asked):
                may |= masks_with[one]
            yield yes if yes == may else (yes, may)


def _side(cells: Cells, model: str) -> _Side:
    found = [item for kind in ("person", "organisation") for item in formulas(cells, model, kind)]
    names = cells.compiled.partitions.attributes
    asked = {
        names[place]: sorted(several)
        for place, several in sorted(masks(found).items())
        if place < len(names)
    }
    return _Side(cells, asked, tuple(dict.fromkeys(groups(cells.compiled, found))))


def _values(
    name: str, lists: Sequence[Listed], sides: Sequence[_Side]
) -> dict[Parts, tuple[Parts, ...]]:
    told = _told(name, lists, sides)
    if VOCABULARY[name].shape not in UNSAID:
        return alike((value for value in told if "" not in value), told.__getitem__)
    whole = [value for value in told if "" not in value]
    open_values = [value for value in told if "" in value and value != ("",) * len(value)]
    for value, others in _said(whole, open_values, told).items():
        if others and others != {told[value]}:  # rule 2
            told[value] = told[value], others
    return alike((*whole, *open_values), told.__getitem__)


def _told(name: str, lists: Sequence[Listed], sides: Sequence[_Side]) -> dict[Parts, Hashable]:
    """Return values with what is told of each (rule 1): in which lists it is, then what each side says."""
    found = dict.fromkeys(worlds.values_named(lists), 0)
    wild = sorted({one for item in lists for one in item.patterns if WILD in one})
    for side in sides:
        found |= dict.fromkeys(_told_apart(name, side, wild), 0)
    for place, patterns in enumerate(dict.fromkeys(item.patterns for item in lists)):
        for value in looked_up(patterns).naming(found):
            found[value] |= 1 << place
    by_tables = [list(side.told(name, found)) for side in sides if name in side.masks]
    return dict(zip(found, zip(found.values(), *by_tables, strict=True), strict=True))


def _told_apart(name: str, side: _Side, wild: Iterable[Parts]) -> Iterator[Parts]:
    """Yield the values that the tables or the orders tell from others, and one of each form else.

    A value that orders name in full is known already.
    """
    for pattern in wild:
        yield from side.cells.named(name, pattern)
    asked = 0
    for mask in side.masks.get(name, ()):
        asked |= mask
    yield from side.cells.within(name, asked)
    yield from side.cells.without(name, asked)


def _said(
    whole: Sequence[Parts], open_values: Iterable[Parts], told: Mapping[Parts, Hashable]
) -> dict[Parts, frozenset[Hashable]]:
    """Return, for each value whose last part is unsaid, what is told of all that it may turn out to be."""
    found: dict[Parts, set[Hashable]] = {value: set() for value in open_values}
    for value in whole:
        bare = (*value[:-1], "")
        if bare in found:
            found[bare].add(told[value])
    return {value: frozenset(others) for value, others in found.items()}
