"""A place in the line, as a browser keeps it: a cookie that only this deployment can read.

1. It holds the number, the SHA-256 of the key that was shown and the token of the link, sealed, so
   that whoever waited is let in without showing their key again, also after a restart.
2. It is good for a day, and for one visit at a time (`writ.portal.line`, rule 5). One that does not
   open, is too old or used up is none: its holder begins anew.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec

from writ.clock import wall
from writ.errors import Refused
from writ.model.listeners import Portal
from writ.portal.line import VISITS, Line, Place
from writ.signing.form import Form, as_form
from writ.signing.jose import from_base64url, read_json, to_base64url
from writ.signing.seal import seal, unseal
from writ.signing.secret import read_secret

COOKIE = "writ_place"
LASTS = 86_400
SOONEST, LATEST = 5, 300
PAGES_A_SECOND = 100
"""Waiting pages that all who wait together look at in a second, at most."""

_PURPOSE = "place"


class Ticket(Form, frozen=True):
    """Rule 1; `at` are seconds since the epoch."""

    number: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    key: str
    token: str
    at: int


@dataclass(frozen=True, slots=True)
class Wait:
    """What the page says: the place, the minutes (None: cannot be told), when it looks again."""

    place: int
    minutes: int | None
    again: int


class Entrance:
    """The line, and the tickets of those who stand in it."""

    def __init__(self, line: Line, secret: bytes) -> None:
        self.line = line
        self._secret = secret

    def join(self, inside: int, shown: tuple[str, str], held: Ticket | None) -> str | None:
        """Let somebody walk in (None), or return the ticket that they wait with.

        `shown` are key and token. Whoever holds a place keeps it, whatever they show now.
        """
        if held is None:
            number = self.line.join(inside)
        else:
            number = None if self.line.come(held.number, inside) else held.number
        if number is None:
            return None
        data = msgspec.json.encode(Ticket(number, *shown, int(wall())))
        return to_base64url(seal(self._secret, _PURPOSE, data))

    def read(self, text: str) -> Ticket | None:
        """Read a ticket; None for what is none (rule 2)."""
        try:
            data = unseal(self._secret, _PURPOSE, from_base64url(text, "the place"))
            ticket = as_form(read_json(data, "the place"), Ticket, "the place")
        except Refused:
            return None
        good = wall() - ticket.at < LASTS and self.line.visits(ticket.number) < VISITS
        return ticket if good else None

    def stands(self, ticket: Ticket) -> bool:
        """Whether somebody stands in line, and has not been in yet."""
        return self.line.visits(ticket.number) == 0

    def wait(self, ticket: Ticket) -> Wait:
        """Say what somebody who waits is told."""
        return wait_of(self.line.place(ticket.number), self.line.waiting)


def open_entrance(portal: Portal, folder: Path) -> Entrance:
    """Open the line where it was."""
    line = Line(folder / "portal.line", portal.per_second, portal.places)
    return Entrance(line, read_secret(folder / "portal.secret", may_make=True))


def wait_of(place: Place, waiting: int) -> Wait:
    """Say what somebody at a place is told, of so many who wait.

    Whoever was called learns it when their page looks again, which the minutes allow for.
    """
    seconds = place.seconds
    soon = LATEST if seconds is None else seconds / 4
    again = min(LATEST, max(SOONEST, round(soon), waiting // PAGES_A_SECOND))
    minutes = None if seconds is None else math.ceil((seconds + SOONEST) / 60)
    return Wait(place.ahead + 1, minutes, again)
