"""How often this process looks for garbage that reference counts do not find.

1. Reading orders makes millions of small values that stay. Python's collector goes through the
   young ones each 700 values, which was half of the time it took to check a thousand orders.
"""

import gc

SELDOM = (50_000, 50, 10)


def collect_seldom() -> None:
    """Look for garbage seldom, for as long as the process lives (rule 1)."""
    gc.set_threshold(*SELDOM)
