"""What a vendor's service can do for us, and what it can say of somebody's papers.

1. `open` makes a session there, by our API key; `result` fetches what came of it by its id, and
   nothing else is believed; `erase` has the vendor forget it.
2. `notice` reads what the vendor sends by itself: that it is signed, and of which session it
   speaks. It is a hint to fetch and no more.
3. What is fetched is undecided, turned down (with what to do about it), or a document.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol, TypeAlias

Paper: TypeAlias = Literal[
    "passport",
    "identity-card",
    "permanent-resident-card",
    "refugee-travel-document",
    "certificate-of-citizenship",
    "other",
]
"""What kind of document it is, as far as it matters here."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A session at the vendor: its id there, and where the visitor goes."""

    id: str
    link: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What a signed notice says: which event it is, and of which session."""

    event: str
    id: str


@dataclass(frozen=True, slots=True)
class Undecided:
    """Nothing came of it yet; `again`: the visitor is asked for another picture, by the same link."""

    again: bool = False


@dataclass(frozen=True, slots=True)
class Turned:
    """It came to nothing; `why` is one line that says what to do, and nothing of the evidence."""

    why: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document that the vendor accepted.

    `country` and `nationality` are the vendor's own codes, empty where it tells none; `face` says
    whether it compared the visitor's face with the portrait; `value` is its own word for all this.
    """

    paper: Paper
    country: str = field(repr=False)
    nationality: str = field(repr=False)
    number: str = field(repr=False)
    ends: date | None = field(repr=False)
    face: bool
    scheme: str
    value: str


Result: TypeAlias = Undecided | Turned | Document


class Service(Protocol):
    """One vendor."""

    name: str
    """As its key in the trust document is called, and its pages and words."""

    title: str
    """As people call it."""

    shows: tuple[str, ...]
    """The attributes that some document it knows can show."""

    async def open(self, back: str, lasts: int) -> Opened:
        """Make a session of so many seconds, after which the browser goes `back`."""
        ...

    async def result(self, id_: str) -> Result:
        """Fetch what came of a session (rule 1)."""
        ...

    async def erase(self, id_: str) -> None:
        """Have the vendor forget a session; one that it does not know any more is forgotten."""
        ...

    def notice(self, headers: Mapping[str, str], body: bytes, now: float) -> Notice:
        """Read a notice (rule 2); one that is not signed is Refused."""
        ...
