"""The interval of Clopper and Pearson for a share, exact for every number drawn.

1. The lower end is the share at which so many hits or more have half the odds that are left over,
   the upper end that at which so many or fewer have them. It never covers less than its level.
2. Both are found by halving; the tails are summed from logarithms, so that no term is lost.
"""

import math

_HALVINGS = 60


def clopper_pearson(hits: int, drawn: int, level: float) -> tuple[float, float]:
    """Return the ends of the interval for `hits` of `drawn` at a level such as 0.95."""
    tail = (1 - level) / 2
    low = _share(hits, drawn, tail) if hits else 0.0
    high = 1 - _share(drawn - hits, drawn, tail) if hits < drawn else 1.0
    return low, high


def _share(hits: int, drawn: int, tail: float) -> float:
    """Return the share at which `hits` or more of `drawn` have the odds `tail`."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _at_least(hits, drawn, middle) < tail:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _at_least(hits: int, drawn: int, share: float) -> float:
    if hits > drawn - hits:
        return _sum(range(hits, drawn + 1), drawn, share)
    return 1 - _sum(range(hits), drawn, share)  # the shorter sum; at the odds sought as exact


def _sum(counts: range, drawn: int, share: float) -> float:
    yes, no = math.log(share), math.log1p(-share)
    whole = math.lgamma(drawn + 1)
    return math.fsum(
        math.exp(
            whole
            - math.lgamma(count + 1)
            - math.lgamma(drawn - count + 1)
            + count * yes
            + (drawn - count) * no
        )
        for count in counts
    )
