"""Ownership in aggregate over a graph with cycles, unknown shares and unknown owners.

1. An owner counts if the predicate is true of it, or if owners that count hold the threshold of it
   together. That is a least fixpoint: owners in a ring do not make each other count.
2. Shares are exact decimals, percent of the whole. An owner shown with several shares, or never
   with one, has an unknown one; shares of more than 100 together say nothing at all.
3. Certain is what the shares shown come to with the owners that certainly count. Possible is what
   they come to with those that may, who then hold all that is left: where the list of owners is
   open, or where the share of one who may count is unknown.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from writ.clock import Instant
from writ.law.compiled.evidence import combined
from writ.model.subject import Fact

WHOLE = Decimal(100)
NOTHING = Decimal(0)


class Holding(NamedTuple):
    """Who holds how much of one organisation (None: unknown), and whether others may hold some."""

    shares: Mapping[str, Decimal | None]
    closed: bool

    @property
    def left(self) -> Decimal:
        """What the shares shown leave of the whole."""
        return WHOLE - _total(self.shares)


class Threshold(NamedTuple):
    """So much of the whole, or (`beyond`) more than that."""

    share: Decimal
    beyond: bool = False

    def reached(self, amount: Decimal) -> bool:
        """Whether an amount is as much."""
        return amount > self.share if self.beyond else amount >= self.share


UNSEEN = Holding({}, closed=False)


def held(facts: Iterable[Fact], at: Instant) -> Holding:
    """Read the owners of one organisation off its present facts (rule 2)."""
    values, closed = combined(facts, at)
    said: dict[str, set[str]] = {}
    for owner, share in values:
        said.setdefault(owner, set()).update({share} - {""})
    shares = {owner: Decimal(min(told)) if len(told) == 1 else None for owner, told in said.items()}
    return UNSEEN if _total(shares) > WHOLE else Holding(shares, closed)


def owned(
    name: str,
    holdings: Mapping[str, Holding],
    counting: Mapping[str, bool | None],
    threshold: Threshold,
) -> bool | None:
    """Whether owners that count reach the threshold of `name`; None: it is open (rule 3)."""
    certain = {owner for owner, answer in counting.items() if answer is True}
    possible = {owner for owner, answer in counting.items() if answer is not False}
    if name in _owned(holdings, certain, threshold, {}):
        return True
    left = {of: holding.left for of, holding in holdings.items()}
    return None if name in _owned(holdings, possible, threshold, left) else False


def _owned(
    holdings: Mapping[str, Holding],
    counting: set[str],
    threshold: Threshold,
    left: dict[str, Decimal],
) -> set[str]:
    """Return all of whom the threshold is held (rule 1); `left` is what may be held besides."""
    held_by: dict[str, list[tuple[str, Decimal | None]]] = {}
    amounts: dict[str, Decimal] = {}
    for name, holding in holdings.items():
        for owner, share in holding.shares.items():
            held_by.setdefault(owner, []).append((name, share))
        amounts[name] = NOTHING if holding.closed else left.pop(name, NOTHING)
    found = {name for name, amount in amounts.items() if threshold.reached(amount)}
    seen = counting | found
    waiting = list(seen)
    while waiting:
        for name, share in held_by.get(waiting.pop(), ()):
            amounts[name] += left.pop(name, NOTHING) if share is None else share
            if threshold.reached(amounts[name]):
                found.add(name)
                if name not in seen:
                    seen.add(name)
                    waiting.append(name)
    return found


def _total(shares: Mapping[str, Decimal | None]) -> Decimal:
    return sum((share for share in shares.values() if share is not None), NOTHING)
