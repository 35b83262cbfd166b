"""When a credential counts: not before, not after, with as much skew of clocks as we excuse.

1. Clocks may differ by 60 s, where others say when something was made or begins; nothing counts
   longer than it says.
"""

from writ.errors import Refused

SKEW = 60.0


def check_span(since: float | None, until: float | None, now: float, what: str) -> None:
    """Refuse what is not valid yet, or no longer (None: not told)."""
    if since is not None and since > now + SKEW:
        raise Refused(f"{what} is not valid yet; try again later, or check the clocks")
    if until is not None and until <= now:
        raise Refused(f"{what} has expired; ask its issuer for a new one")


def check_made(made: float | None, since: float, now: float, what: str) -> None:
    """Refuse what was not made between two instants."""
    if made is None:
        raise Refused(f"{what} does not say when it was made")
    if made > now + SKEW:
        raise Refused(f"{what} is from the future; check the clocks")
    if made < since - SKEW:
        raise Refused(f"{what} was made before it was asked for; start again")
