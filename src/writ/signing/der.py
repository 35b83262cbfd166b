"""DER (ITU-T X.690) that others wrote, read within a budget.

1. One value and nothing after it; every length is told beforehand, in as few bytes as it takes, and
   stays within the value around it (10.1). At most 24 levels and 2,000 values unless told otherwise.
2. All of it is read at once, so that what is broken anywhere is refused before any of it counts.
3. A value keeps its bytes as they came: digests and signatures are over those.
4. Some states write the outside of their signatures in BER. Two of its freedoms are taken: a length
   that is not told, with an end that is marked, and octets in pieces.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from writ.errors import Refused

BOOLEAN, INTEGER, BITS, OCTETS, NULL, OID, UTF8 = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0C
UTC_TIME, TIME, BMP, SEQUENCE, SET = 0x17, 0x18, 0x1E, 0x30, 0x31

MAX_BYTES = 64 * 1024
MAX_VALUES = 2000
MAX_DEPTH = 24
_CONSTRUCTED, _LONG_TAG, _LONG_LENGTH = 0x20, 0x1F, 0x80
_MOST_LENGTH = 4
_MOST_OID = 64
_CENTURY = 50
_END = b"\0\0"


@dataclass(frozen=True, slots=True)
class Value:
    """One value: its tag as it is written, its bytes with and without tag and length, its parts."""

    tag: int
    raw: bytes = field(repr=False)
    content: bytes = field(repr=False)
    parts: tuple["Value", ...] = field(repr=False)
    what: str

    def need(self, tag: int) -> "Value":
        """Return this value, if it has a tag; else Refused."""
        if self.tag != tag:
            raise self.bad()
        return self

    def only(self) -> "Value":
        """Return the one part."""
        if len(self.parts) != 1:
            raise self.bad()
        return self.parts[0]

    def fields(self, tag: int = SEQUENCE) -> "Fields":
        """Take a sequence apart."""
        return Fields(self.need(tag))

    def octets(self) -> bytes:
        """Return the bytes of an octet string."""
        return self.need(OCTETS).content

    def bits(self) -> bytes:
        """Return the bytes of a bit string that has whole ones."""
        if not self.need(BITS).content.startswith(b"\0"):
            raise self.bad()
        return self.content[1:]

    def integer(self) -> int:
        """Return a whole number."""
        if not self.need(INTEGER).content:
            raise self.bad()
        return int.from_bytes(self.content, signed=True)

    def oid(self) -> str:
        """Return an object identifier with dots."""
        numbers, number = [0], 0
        if len(self.need(OID).content) > _MOST_OID:
            raise self.bad()
        for byte in self.content:
            number = number << 7 | byte & 0x7F
            if not byte & 0x80:
                numbers.append(number)
                number = 0
        if len(numbers) == 1 or number:
            raise self.bad()
        first = min(numbers[1] // 40, 2)
        return ".".join(map(str, [first, numbers[1] - 40 * first, *numbers[2:]]))

    def text(self) -> str:
        """Return a text, in whichever kind of string it is written."""
        encoding = {UTF8: "utf-8", BMP: "utf-16-be"}.get(self.tag, "latin-1")
        return self.content.decode(encoding, "replace")

    def instant(self) -> float:
        """Return seconds since the epoch of a time in UTC, to the second (RFC 5280 4.1.2.5)."""
        text = self.content.decode("latin-1")
        if self.tag == UTC_TIME:
            text = ("20" if text[:2] < str(_CENTURY) else "19") + text
        elif self.tag != TIME:
            raise self.bad()
        try:
            return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC).timestamp()
        except ValueError:
            raise self.bad() from None

    def bad(self) -> Refused:
        """Make the refusal of a value that is not what belongs here."""
        return Refused(f"{self.what} is not in its form; read it from the document again")


class Fields:
    """The parts of a sequence, taken one after the other."""

    def __init__(self, value: Value) -> None:
        self._value = value
        self._left = list(value.parts)

    def take(self, tag: int | None = None) -> Value:
        """Return the next part; None takes any."""
        if not self._left or tag not in {None, self._left[0].tag}:
            raise self._value.bad()
        return self._left.pop(0)

    def maybe(self, tag: int) -> Value | None:
        """Return the next part if it has the tag."""
        return self._left.pop(0) if self._left and self._left[0].tag == tag else None

    def rest(self) -> list[Value]:
        """Return all parts that are left."""
        rest, self._left = self._left, []
        return rest

    def end(self) -> None:
        """Refuse what has more parts."""
        if self._left:
            raise self._value.bad()


class _Source:
    """Reads values out of bytes, counting them (rule 1)."""

    def __init__(self, data: bytes, what: str, most: int) -> None:
        self._data = data
        self._what = what
        self._left = most

    def value(self, at: int, end: int, depth: int) -> tuple[Value, int]:
        """Read the value that starts at a place; return it with the place after it."""
        self._left -= 1
        if self._left < 0 or depth > MAX_DEPTH:
            raise Refused(f"{self._what} is nested too deep, or has too many values")
        tag, body = self._tag(at, end)
        length, body = self._length(body, end)
        constructed = bool(self._data[at] & _CONSTRUCTED)
        if length is None and constructed:
            parts, close = self._marked(body, end, depth + 1)
            after = close + len(_END)
        else:
            close = after = body + (end if length is None else length)
            if after > end:
                raise self._broken()
            parts = self._parts(body, after, depth + 1) if constructed else ()
        raw, content = self._data[at:after], self._data[body:close]
        if tag == OCTETS | _CONSTRUCTED:
            tag, content, parts = OCTETS, b"".join(part.octets() for part in parts), ()
        return Value(tag, raw, content, parts, self._what), after

    def _parts(self, at: int, end: int, depth: int) -> tuple[Value, ...]:
        found: list[Value] = []
        while at < end:
            value, at = self.value(at, end, depth)
            found.append(value)
        return tuple(found)

    def _marked(self, at: int, end: int, depth: int) -> tuple[tuple[Value, ...], int]:
        """Read parts up to the mark of their end; return where that is (rule 4)."""
        found: list[Value] = []
        while self._data[at : min(end, at + len(_END))] != _END:
            value, at = self.value(at, end, depth)
            found.append(value)
        return tuple(found), at

    def _tag(self, at: int, end: int) -> tuple[int, int]:
        tag = self._byte(at, end)
        if tag & _LONG_TAG != _LONG_TAG:
            return tag, at + 1
        second = self._byte(at + 1, end)
        if second & _LONG_LENGTH or second < _LONG_TAG:
            raise self._broken()
        return tag << 8 | second, at + 2

    def _length(self, at: int, end: int) -> tuple[int | None, int]:
        first = self._byte(at, end)
        if first <= _LONG_LENGTH:
            return (first if first < _LONG_LENGTH else None), at + 1
        count = first - _LONG_LENGTH
        told = self._data[at + 1 : at + 1 + count]
        length = int.from_bytes(told)
        if not 0 < count <= _MOST_LENGTH or told[:1] in {b"", b"\0"} or length < _LONG_LENGTH:
            raise self._broken()
        return length, at + 1 + count

    def _byte(self, at: int, end: int) -> int:
        if at >= end:
            raise self._broken()
        return self._data[at]

    def _broken(self) -> Refused:
        return Refused(f"{self._what} is not DER; read it from the document again")


def read_der(data: bytes, what: str, limit: int = MAX_BYTES, most: int = MAX_VALUES) -> Value:
    """Read one value; what breaks rule 1 is Refused."""
    if len(data) > limit:
        raise Refused(f"{what} is larger than {limit} bytes")
    value, after = _Source(data, what, most).value(0, len(data), 1)
    if after != len(data):
        raise Refused(f"{what} is followed by something else")
    return value
