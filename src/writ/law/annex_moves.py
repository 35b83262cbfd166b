"""Which rows of annexes come and go when orders change; for counting, never for showing.

1. A new version is compared with the last version before it that has an annex of this name, as its
   `annex_change` is (`writ.law.annexes`); what the version just before had and it has not, goes.
2. A version that changes is compared with itself; one that goes, with the one before it that stays.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from writ.canonical import Plain
from writ.law.annexes import shifted
from writ.law.wording import counted
from writ.model.expression import Group
from writ.model.order import OrderVersion

_Versions = Mapping[int, OrderVersion]
"""The versions of one order, by number."""


@dataclass(frozen=True, slots=True)
class AnnexMove:
    """The ids that come to an annex and go from it with one version; `rows` there are then.

    `shift` of those that stay become subsidiaries or cease to be.
    """

    order: str
    version: int
    annex: str
    come: frozenset[str] = field(repr=False)
    go: frozenset[str] = field(repr=False)
    rows: int
    were: int
    shift: int = 0

    def line(self) -> str:
        """Say how many come and go."""
        count = f"{come_words(len(self.come))}, {go_words(len(self.go))}"
        shift = f", {self.shift} become subsidiaries or cease to be" if self.shift else ""
        return f"annex {self.annex}: {count}{shift}; {counted(self.rows, 'row')}, were {self.were}"

    def plain(self) -> dict[str, Plain]:
        """Write its numbers as JSON values."""
        return {
            "order": self.order,
            "version": self.version,
            "annex": self.annex,
            "come": len(self.come),
            "go": len(self.go),
            "shift": self.shift,
            "rows": self.rows,
            "were": self.were,
        }


def come_words(number: int) -> str:
    """Say how many rows come."""
    return "1 row comes" if number == 1 else f"{number} rows come"


def go_words(number: int) -> str:
    """Say how many go."""
    return f"{number} {'goes' if number == 1 else 'go'}"


def annex_moves(old: Iterable[OrderVersion], new: Iterable[OrderVersion]) -> Iterator[AnnexMove]:
    """Yield what comes and goes for every version that comes, changes or goes; by order, version."""
    was, now = _by_order(old), _by_order(new)
    for order in sorted({*was, *now}):
        before, after = was.get(order, {}), now.get(order, {})
        for number in sorted({*before, *after}):
            if before.get(number) != after.get(number):
                for name, left, found in _pairs(number, before, after):
                    gone, there = _rows(left), _rows(found)
                    shift = len(shifted(left, found)) if left and found else 0
                    if gone != there or shift:
                        come, go = there - gone, gone - there
                        yield AnnexMove(order, number, name, come, go, len(there), len(gone), shift)


def _pairs(
    number: int, before: _Versions, after: _Versions
) -> Iterator[tuple[str, Group | None, Group | None]]:
    """Yield the annexes to compare: name, as it was, as it is to be."""
    ever: Mapping[str, Group] = {}
    if number not in after:  # rule 2
        was, now = before[number].annexes, _just_before(number, after)
    elif number in before:
        was, now = before[number].annexes, after[number].annexes
    else:  # rule 1
        both = {**before, **after}
        was, now, ever = _just_before(number, both), after[number].annexes, _ever(number, both)
    for name in sorted({*was, *now}):
        yield name, was.get(name, ever.get(name)), now.get(name)


def _just_before(number: int, versions: _Versions) -> Mapping[str, Group]:
    """Return the annexes of the version just before this one."""
    earlier = [item for item in versions if item < number]
    return versions[max(earlier)].annexes if earlier else {}


def _ever(number: int, versions: _Versions) -> Mapping[str, Group]:
    """Return every annex as the versions before this one last had it."""
    earlier = sorted(item for item in versions if item < number)
    return {name: group for item in earlier for name, group in versions[item].annexes.items()}


def _by_order(versions: Iterable[OrderVersion]) -> Mapping[str, _Versions]:
    found = defaultdict[str, dict[int, OrderVersion]](dict)
    for item in versions:
        found[item.order][item.version] = item
    return found


def _rows(group: Group | None) -> frozenset[str]:
    return frozenset() if group is None else group.members
