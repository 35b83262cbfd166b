"""The machine readable zone that a chip holds in DG1 (ICAO Doc 9303 parts 3 to 6).

1. Three shapes: a passport of two lines of 44 (TD3), cards of two of 36 (TD2) and three of 30 (TD1).
2. Read are who issued the document, the nationality, the number and the last day; names, birth and
   sex are passed over. Number and last day have their check digit. A number that does not fit goes
   on in the optional data (part 5, 4.2.2 note j).
3. The last day is one of this century: chips were not issued in the one before.
4. A visa is no document of its holder's state, and is refused.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from writ.errors import Refused
from writ.signing.der import read_der

_DG1, _ZONE = 0x61, 0x5F1F
_MOST = 200
_WHAT = "DG1"
_CHARACTERS = re.compile(r"[A-Z0-9<]*")
_WEIGHTS = (7, 3, 1)
_CENTURY = 2000


@dataclass(frozen=True, slots=True)
class Zone:
    """What is read of a zone; codes are as they stand there, without fillers.

    `ends` is the end of the last day in UTC, in seconds since the epoch.
    """

    issuer: str
    nationality: str
    number: str = field(repr=False)
    ends: float


@dataclass(frozen=True, slots=True)
class _Shape:
    """Where things stand in a zone whose lines are written one after the other."""

    issuer: int
    number: int
    nationality: int
    last_day: int
    more: slice


_SHAPES = {
    88: _Shape(2, 44, 54, 65, slice(0)),
    72: _Shape(2, 36, 46, 57, slice(64, 71)),
    90: _Shape(2, 5, 45, 38, slice(15, 30)),
}


def read_dg1(data: bytes) -> Zone:
    """Read the zone out of DG1 as the chip gave it."""
    held = read_der(data, _WHAT, _MOST)
    if held.tag != _DG1:
        raise Refused(f"{_WHAT} is another file of the chip; send DG1")
    text = held.only().need(_ZONE).text()
    shape = _SHAPES.get(len(text))
    if shape is None or not _CHARACTERS.fullmatch(text):
        raise Refused(f"{_WHAT} holds no machine readable zone in one of the three shapes")
    if text[0] == "V":
        raise Refused("a visa shows no citizenship; use a passport or an identity card")
    last_day = text[shape.last_day :][:7]
    _check(last_day[:6], last_day[6])
    return Zone(
        issuer=text[shape.issuer :][:3].rstrip("<"),
        nationality=text[shape.nationality :][:3].rstrip("<"),
        number=_number(text, shape),
        ends=_end(last_day[:6]),
    )


def _number(text: str, shape: _Shape) -> str:
    """Return the number, the part in the optional data too (rule 2)."""
    number, digit = text[shape.number :][:9], text[shape.number + 9]
    if digit == "<":
        more = text[shape.more].partition("<")[0]
        number, digit = number + more[:-1], more[-1:]
    _check(number, digit)
    return number.rstrip("<")


def _check(text: str, digit: str) -> None:
    """Refuse a wrong check digit (part 3, 4.9)."""
    values = (0 if c == "<" else int(c, 36) for c in text)
    weighed = sum(value * _WEIGHTS[at % 3] for at, value in enumerate(values))
    if digit != str(weighed % 10):
        raise Refused(f"a check digit of {_WHAT} is wrong; read the document again")


def _end(text: str) -> float:
    try:
        last = date(_CENTURY + int(text[:2]), int(text[2:4]), int(text[4:]))
    except ValueError:
        raise Refused("the document does not say until when it is valid") from None
    following = last + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=UTC).timestamp()
