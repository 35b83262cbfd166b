"""Countries under one code each: ISO 3166-1 alpha-2, and `XK` for Kosovo.

1. Other codes for the same country (alpha-3, the codes of passports under ICAO 9303) are refused
   with the code to write, so that no two spellings of one country can miss each other.
2. Codes of passports that are no nationality (organisations, refugees, nobody's) are refused with
   what they are.
3. A region is an ISO 3166-2 code, judged by its shape and its country, which is what stands before
   the hyphen: which regions a country has is not known here.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from writ.law.document import Node, quoted
from writ.law.reading import Reader, closest, nearest
from writ.law.shipped import data_bytes

GROUPS_FILE = "groups.yaml"
NO_GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType({})
_REGION = re.compile(r"([A-Z]{2})-[A-Z0-9]{1,3}")
_LIKE_A_GROUP = re.compile(r"[a-z][a-z0-9-]{2,}")


@dataclass(frozen=True, slots=True)
class Country:
    """One country; `alpha3` is ISO's, Kosovo's is the one in common use."""

    code: str
    alpha3: str
    name: str


@dataclass(frozen=True, slots=True)
class OtherCode:
    """A code of ICAO 9303 part 3 section 5 beside ISO's, or one that people write by mistake.

    `country` is empty where the code is no nationality; `nationality_class` is empty where the
    code says nothing of it.
    """

    code: str
    country: str
    nationality_class: str
    meaning: str


@cache
def countries() -> dict[str, Country]:
    """Every country by its code."""
    return {row[0]: Country(*row) for row in _rows("countries.csv")}


@cache
def other_codes() -> dict[str, OtherCode]:
    """Every code that is no country's own, by itself."""
    return {row[0]: OtherCode(*row) for row in _rows("other_codes.csv")}


@cache
def nationality_classes() -> frozenset[str]:
    """The classes a nationality may be said to have."""
    told = {code.nationality_class for code in other_codes().values()} - {""}
    return frozenset({"citizen", "national"} | told)


def read_country(reader: Reader, node: Node | None) -> str:
    """Read a country's code; empty where there is none."""
    text = reader.text(node)
    if node is None or not text.strip() or text in countries():
        return text
    reader.fault(node, _advice(text))
    return ""


def read_place(reader: Reader, node: Node | None) -> tuple[str, str]:
    """Read a country, or a region with the country it lies in; a part that is not there is empty."""
    text = reader.text(node)
    region = _REGION.fullmatch(text)
    if node is None or region is None:
        return (read_country(reader, node), "")
    if region[1] in countries():
        return (region[1], text)
    reader.fault(node, f"{quoted(text)} is no region: {_advice(region[1])}")
    return ("", "")


def read_countries(
    reader: Reader, node: Node | None, groups: Mapping[str, tuple[str, ...]] = NO_GROUPS
) -> tuple[str, ...]:
    """Read an order's list of countries and of groups, each of which stands for its members.

    A region is refused: what a list of countries is about belongs to no part of one.
    """
    found: list[str] = []
    for item, (code, region) in _listed(reader, node, groups):
        if region:
            reader.fault(item, f"{quoted(region)} is a region; countries alone are asked for here")
        else:
            found.append(code)
    return tuple(found)


def read_places(
    reader: Reader, node: Node | None, groups: Mapping[str, tuple[str, ...]] = NO_GROUPS
) -> tuple[tuple[str, str], ...]:
    """Read an order's list of countries, regions and groups; the region of a whole country is empty."""
    return tuple(place for _, place in _listed(reader, node, groups))


def parts_of(code: str) -> tuple[str, str]:
    """Split the code of a country or region into country and region; of a country the latter is empty."""
    country, hyphen, _ = code.partition("-")
    return country, code if hyphen else ""


def _listed(
    reader: Reader, node: Node | None, groups: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[Node, tuple[str, str]]]:
    """Yield the places that a list names, each with the item that names it."""
    for item in reader.some(node):
        name = item.value if isinstance(item.value, str) else ""
        if name in groups:
            if not groups[name]:
                reader.fault(item, f"the group {quoted(name)} has no members at that instant")
            yield from ((item, parts_of(code)) for code in groups[name])
        elif _LIKE_A_GROUP.fullmatch(name) and GROUPS_FILE in reader.unread:
            continue
        elif not _meant(name) and (hint := _near_group(name, groups)):
            reader.fault(item, f"{quoted(name)} is no country and no group of countries here{hint}")
        elif (place := read_place(reader, item))[0]:
            yield item, place


def _near_group(name: str, groups: Mapping[str, tuple[str, ...]]) -> str:
    region = _REGION.fullmatch(name.upper())
    return nearest(name, groups) if _LIKE_A_GROUP.fullmatch(name) and not region else ""


def _advice(text: str) -> str:
    other = other_codes().get(text)
    if other is not None and other.country:
        extra = other.nationality_class
        also = f" with the class {quoted(extra)}" if extra else ""
        return f"{quoted(text)} is {other.meaning}; write {quoted(other.country)}{also}"
    if other is not None:
        return f"{quoted(text)} is {other.meaning}, which is no country"
    region = _REGION.fullmatch(text.upper())
    if region is not None and region[1] in countries():
        wanted = region[1] if text == region[0] else region[0]
        return f"{quoted(text)} is no country's code; write {quoted(wanted)}"
    meant = _meant(text)
    if meant:
        return f"{quoted(text)} is not how a country is written; write {quoted(meant)}"
    by_name = {country.name: country.code for country in countries().values()}
    name = closest(text, by_name) if len(text) > 3 else ""  # noqa: PLR2004 longer than any code
    hint = f"; did you mean {quoted(by_name[name])}, {name}?" if name else ""
    return f"{quoted(text)} is no country known here; write its two-letter ISO 3166-1 code{hint}"


def _meant(text: str) -> str:
    """Return the code of the country that is spelt like this otherwise; empty where there is none."""
    return _spellings().get(text.upper(), "")


@cache
def _spellings() -> dict[str, str]:
    """Every way to spell a country, in capitals, to its code."""
    return {
        spelt.upper(): country.code
        for country in reversed(countries().values())
        for spelt in (country.name, country.alpha3, country.code)
    }


def _rows(file: str) -> list[list[str]]:
    rows = list(csv.reader(data_bytes(file).decode().splitlines()))
    return rows[1:]
