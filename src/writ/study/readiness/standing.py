"""What else it takes to act tonight: people who sign, and a drill that is not long ago.

1. A signer counts as reachable who signed something, or confirmed to be reachable, within so many
   days. Whoever never did is not known to be.
2. Enough are reachable if one of them may submit and as many others as it takes may sign.
3. A drill is known by the scorecard that it wrote, or by whoever signed for it; one older than `DRILL_EVERY` days is old.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from writ.clock import DAY, Instant, parse_instant
from writ.errors import InvalidInput
from writ.model.json_form import read_form

WITHIN = 30
"""Days for which a sign of life is good."""
DRILL_EVERY = 92
"""Days: a drill each quarter."""


@dataclass(frozen=True, slots=True)
class Signer:
    """One person of the trust document; instants are the last ones known, None: never."""

    id: str
    may: tuple[str, ...]
    signed: Instant | None
    confirmed: Instant | None

    @property
    def seen(self) -> Instant | None:
        """When they last gave a sign of life."""
        return max((at for at in (self.signed, self.confirmed) if at is not None), default=None)

    def reachable(self, at: Instant, within: int) -> bool:
        """Rule 1."""
        return self.seen is not None and self.seen >= at - within * DAY


@dataclass(frozen=True, slots=True)
class Signers:
    """Everybody of the trust document, and how many signatures an order takes."""

    needed: int
    people: tuple[Signer, ...]
    within: int = WITHIN

    def enough(self, at: Instant) -> bool:
        """Rule 2."""
        there = [person for person in self.people if person.reachable(at, self.within)]
        signing = {person.id for person in there if "sign" in person.may}
        return any(
            len(signing - {person.id}) >= self.needed for person in there if "submit" in person.may
        )

    def unreachable(self, at: Instant) -> tuple[Signer, ...]:
        """Return those who submit or sign and are not known to be reachable."""
        acting = (person for person in self.people if {"submit", "sign"} & set(person.may))
        return tuple(person for person in acting if not person.reachable(at, self.within))


class _Card(msgspec.Struct, frozen=True):
    at: str
    right: bool
    requests: int
    wrong_outcomes: int
    signed_ms: float | None
    in_force_ms: float | None
    first_refusal_ms: float | None
    time_to_return_ms: float | None


@dataclass(frozen=True, slots=True)
class Drilled:
    """The last drill: when it ended, whether all came out as written, and what it measured."""

    at: Instant
    right: bool
    requests: int
    wrong_outcomes: int
    measured: dict[str, float | None]

    def old(self, at: Instant) -> bool:
        """Rule 3."""
        return self.at < at - DRILL_EVERY * DAY


def later(one: Drilled | None, other: Drilled | None) -> Drilled | None:
    """Return the later of two drills, if any; the first where they are the same one."""
    found = [item for item in (one, other) if item is not None]
    return max(found, key=lambda item: item.at, default=None)


MEASURED: Sequence[str] = ("signed_ms", "in_force_ms", "first_refusal_ms", "time_to_return_ms")


def read_drill(path: Path) -> Drilled | None:
    """Read the scorecard that a drill wrote; None: there is none at that path."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InvalidInput(f"cannot read `{path}`: {error.strerror}") from None
    card = read_form(data, _Card, f"`{path}` is no scorecard of a drill")
    measured = {name: getattr(card, name) for name in MEASURED}
    return Drilled(parse_instant(card.at), card.right, card.requests, card.wrong_outcomes, measured)
