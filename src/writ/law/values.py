"""Values of facts, one reader for each shape of the vocabulary, and the same written back.

1. A place is a country and the region in it, if the source told one, so that `US-CA` answers both
   and `US` leaves its region unsaid.
2. A share is percent of the whole, 0 to 100, as decimal text; one that is not told is unknown.
   However it is written, `50` and `50.0` are the same share.
"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from writ.canonical import Plain
from writ.clock import format_instant
from writ.law.countries import nationality_classes, read_country, read_place
from writ.law.document import Node, quoted
from writ.law.reading import Fields, Keys, Reader
from writ.model.subject import Value
from writ.model.vocabulary import RELATIONS, Shape

PROTECTIONS = (
    "refugee", "asylee", "temporary_resident", "subsidiary", "stateless", "other",
)  # fmt: skip
"""What protection or status a state may have granted; `temporary_resident` is that of
8 USC 1160(a) and 1255a(a)(1)."""

COUNTRY_KEYS = Keys(required=("country",), optional=("class",), nullable=("since", "until"))
PLACE_KEYS = Keys(required=("country",), nullable=("since", "until"))
PROTECTION_KEYS = Keys(required=("status", "granted_by"))
EMPLOYER_KEYS = Keys(required=("organisation", "relation"), nullable=("since", "until"))
OWNER_KEYS = Keys(required=("owner",), nullable=("share",))

_SHARE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,12})?")
_DIGITS = re.compile(r"0|[1-9][0-9]{0,8}")


def read_value(reader: Reader, shape: Shape, node: Node) -> tuple[Value, ...]:
    """Read one value of a fact; where there is a fault, nothing."""
    before = len(reader.faults)
    values = tuple(_READERS[shape](reader, node))
    return values if len(reader.faults) == before else ()


def write_value(shape: Shape, value: Value) -> Plain:
    """Write a value as `read_value` reads it."""
    match shape:
        case Shape.COUNTRY:
            code, of_class = value.parts
            return _with_country({"country": code} | _given("class", of_class), value)
        case Shape.PLACE:
            code, region = value.parts
            return _with_country({"country": region or code}, value)  # 1
        case Shape.PROTECTION:
            status, by = value.parts
            return {"status": status} | _given("granted_by", by)  # no one state: any would do
        case Shape.EMPLOYER:
            return dict(zip(("organisation", "relation"), value.parts, strict=True)) | _span(value)
        case Shape.OWNER:
            owner, share = value.parts
            return {"owner": owner} | _given("share", share)
        case _:  # a name or a number
            return value.parts[0]


def _with_country(written: dict[str, str], value: Value) -> Plain:
    written |= _span(value)
    return written["country"] if len(written) == 1 else written


def _given(key: str, text: str) -> dict[str, str]:
    return {key: text} if text else {}


def _span(value: Value) -> dict[str, str]:
    ends = {"since": value.since, "until": value.until}
    return {key: format_instant(end) for key, end in ends.items() if end is not None}


def _dated(reader: Reader, fields: Fields, parts: tuple[str, ...]) -> Value:
    since, until = reader.instant(fields["since"]), reader.instant(fields["until"])
    last = fields["until"]
    if last is not None and since is not None and until is not None and until <= since:
        reader.fault(last, "`until` is not after `since`")
    return Value(parts, since, until)


def _country(reader: Reader, node: Node) -> Iterator[Value]:
    if isinstance(node.value, str):
        yield Value((read_country(reader, node), ""))
        return
    fields = reader.fields(node, COUNTRY_KEYS)
    of_class = read_class(reader, fields["class"]) if "class" in fields else ""
    yield _dated(reader, fields, (read_country(reader, fields["country"]), of_class))


def read_class(reader: Reader, node: Node | None) -> str:
    """Read the class of a nationality."""
    return reader.choice(node, sorted(nationality_classes()))


def _place(reader: Reader, node: Node) -> Iterator[Value]:
    if isinstance(node.value, str):
        yield Value(read_place(reader, node))
        return
    fields = reader.fields(node, PLACE_KEYS)
    yield _dated(reader, fields, read_place(reader, fields["country"]))


def _protection(reader: Reader, node: Node) -> Iterator[Value]:
    fields = reader.fields(node, PROTECTION_KEYS)
    status = reader.choice(fields["status"], PROTECTIONS)
    yield Value((status, read_country(reader, fields["granted_by"])))


def _employer(reader: Reader, node: Node) -> Iterator[Value]:
    fields = reader.fields(node, EMPLOYER_KEYS)
    organisation = reader.identifier(fields["organisation"])
    relation = reader.choice(fields["relation"], RELATIONS)
    yield _dated(reader, fields, (organisation, relation))


def _owner(reader: Reader, node: Node) -> Iterator[Value]:
    fields = reader.fields(node, OWNER_KEYS)
    yield Value((reader.identifier(fields["owner"]), read_share(reader, fields["share"])))


def read_share(reader: Reader, node: Node | None) -> str:
    """Read a share, always written the same way (rule 2); nothing where there is none."""
    text = reader.text(node)
    if node is None or not text.strip():
        return ""
    if _SHARE.fullmatch(text) is None or Decimal(text) > 100:  # noqa: PLR2004 rule 2
        reader.fault(node, f"{quoted(text)} is no share; {_how_shares_go(text)}")
        return ""
    whole, _, fraction = text.partition(".")
    return f"{int(whole)}.{fraction}".rstrip("0").rstrip(".")


def _how_shares_go(text: str) -> str:
    """Say what is wrong with a share."""
    if re.fullmatch(r"[0-9]{1,3}\.[0-9]+", text) and Decimal(text) <= 100:  # noqa: PLR2004 rule 2
        return "write at most 12 digits after the point"
    return "write percent as text, such as '50.0'"


def _name(reader: Reader, node: Node) -> Iterator[Value]:
    yield Value((reader.identifier(node),))


def _number(reader: Reader, node: Node) -> Iterator[Value]:
    if isinstance(node.value, str) and _DIGITS.fullmatch(node.value):
        yield Value((node.value,))
    else:
        yield Value((str(reader.whole(node, 0)),))


_READERS: dict[Shape, Callable[[Reader, Node], Iterator[Value]]] = {
    Shape.COUNTRY: _country,
    Shape.PLACE: _place,
    Shape.PROTECTION: _protection,
    Shape.EMPLOYER: _employer,
    Shape.OWNER: _owner,
    Shape.NAME: _name,
    Shape.NUMBER: _number,
}
