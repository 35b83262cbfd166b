"""DER as a state writes it: what passports in tests are made of, written apart from what reads them."""

from collections.abc import Iterable
from datetime import UTC, datetime


def tlv(tag: int, *parts: bytes) -> bytes:
    """Write a value with its tag and length."""
    content = b"".join(parts)
    size = len(content)
    length = size.to_bytes((size.bit_length() + 7) // 8 or 1)
    head = length if size < 0x80 else bytes([0x80 + len(length)]) + length
    return tag.to_bytes(2 if tag > 0xFF else 1) + head + content


def sequence(*parts: bytes) -> bytes:
    """Write a sequence."""
    return tlv(0x30, *parts)


def set_of(*parts: bytes) -> bytes:
    """Write a set, in the order that DER wants."""
    return tlv(0x31, *sorted(parts))


def integer(value: int) -> bytes:
    """Write a whole number."""
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, signed=True))


def octets(data: bytes) -> bytes:
    """Write an octet string."""
    return tlv(0x04, data)


def bits(data: bytes, unused: int = 0) -> bytes:
    """Write a bit string."""
    return tlv(0x03, bytes([unused]), data)


def oid(dotted: str) -> bytes:
    """Write an object identifier."""
    first, second, *rest = map(int, dotted.split("."))
    return tlv(0x06, *(_base128(number) for number in (40 * first + second, *rest)))


def utc(instant: float) -> bytes:
    """Write a time as RFC 5280 wants it: two digits of the year before 2050, four after."""
    moment = datetime.fromtimestamp(instant, UTC)
    if moment.year < 2050:
        return tlv(0x17, moment.strftime("%y%m%d%H%M%SZ").encode())
    return tlv(0x18, moment.strftime("%Y%m%d%H%M%SZ").encode())


def name(country: str, common: str, text: int = 0x13) -> bytes:
    """Write a distinguished name, in a kind of string."""
    pairs: Iterable[tuple[str, str]] = [("2.5.4.6", country), ("2.5.4.3", common)]
    return sequence(
        *(set_of(sequence(oid(kind), tlv(text, value.encode()))) for kind, value in pairs if value)
    )


NULL = b"\x05\x00"
TRUE = b"\x01\x01\xff"


def _base128(number: int) -> bytes:
    found = [number & 0x7F]
    while number := number >> 7:
        found.append(number & 0x7F | 0x80)
    return bytes(reversed(found))
