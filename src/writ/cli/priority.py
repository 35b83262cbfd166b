"""Analyses give way: a gateway on the same machine serves as if they were not there (0161).

1. What counts, proves or exports takes every processor for seconds or minutes. Its process, and all
   that it starts, comes behind whatever else there is to do; where there is nothing, it loses nothing.
"""

import os
from collections.abc import Sequence

BEHIND = 10
ANALYSES = (("order", "simulate"), ("order", "prove"), ("order", "export"), ("readiness",))


def give_way(words: Sequence[str]) -> None:
    """Put this process behind others, if these are the words of an analysis."""
    if any(tuple(words[: len(analysis)]) == analysis for analysis in ANALYSES):
        os.nice(BEHIND)
