"""Two people write one letter down, each by themselves: what differs between the two.

1. The second encoding is read beside the proposal's catalogue, groups, calendars and definitions,
   with annexes of its own.
2. What differs is said as `writ order diff` says it: in words, and as people who fare differently
   were each in force alone.
"""

from collections.abc import Mapping
from dataclasses import replace

from writ.errors import Refused
from writ.law.calendars import FILE as CALENDARS
from writ.law.catalogue import FILE as CATALOGUE
from writ.law.definitions import is_definition
from writ.law.difference import Found, Mover, moved
from writ.law.difference_words import version_words
from writ.law.folder import check_sources
from writ.law.groups import FILE as GROUPS
from writ.model.order import Lawbook, OrderVersion

BESIDE = frozenset({CATALOGUE, GROUPS, CALENDARS})


def read_encoding(proposed: Mapping[str, bytes], own: Mapping[str, bytes]) -> OrderVersion:
    """Read a second encoding beside the proposed files (rule 1); InvalidInput has every fault."""
    beside = {name: data for name, data in proposed.items() if is_beside(name)}
    odd = sorted(name for name in own if is_beside(name))
    if odd:
        raise Refused(f"`{odd[0]}` is the proposal's; an encoding brings an order and its annexes")
    checked = check_sources({**beside, **own})
    if len(checked.orders) != 1:
        raise Refused("an encoding is one order file, with the annexes it names")
    return checked.orders[0].version


def is_beside(name: str) -> bool:
    """Whether a file lies beside orders and is none."""
    return name in BESIDE or is_definition(name)


def firsts(before: Lawbook | None, after: Lawbook) -> tuple[OrderVersion, ...]:
    """Return the lowest version of each order that there was not before."""
    known = set() if before is None else {version.order for version in before.versions}
    found: dict[str, OrderVersion] = {}
    for version in after.versions:
        if version.order not in known:
            found.setdefault(version.order, version)
    return tuple(found.values())


def differences(book: Lawbook, first: OrderVersion, second: OrderVersion) -> tuple[str, ...]:
    """Say how two encodings of one version differ, one line each (rule 2)."""
    at = max(first.effective, second.effective)
    pair = [
        Lawbook(book.catalogue, (replace(version, effective=at, until=None),))
        for version in (first, second)
    ]
    found = moved(*pair)
    lines = [*version_words(first, second), *map(_mover, found.movers)]
    if not found.complete:
        lines.append("there are too many kinds of people to ask them all")
    return tuple(dict.fromkeys(lines))


def _mover(mover: Mover) -> str:
    return f"{mover.model}: {_outcome(mover.before)} becomes {_outcome(mover.after)}: {mover.who}"


def _outcome(found: Found) -> str:
    outcome, server = found
    return (
        f"{outcome.word} by {server}" if server and outcome.word == "substitute" else outcome.word
    )
