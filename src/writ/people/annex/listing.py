"""The two tables that are matched: a list of names as an authority sends it, and the directory.

1. A list has a column `name`, and perhaps `aliases`, `country` and `address`. Every row stays,
   one without a name too: it cannot be matched, and must be decided on all the same.
2. The directory is the provider's own: `id` and `name`, perhaps `aliases`, `country`, `parent`.
   An id stands once; a parent is the id of a row, so that nothing below it can be missed.
3. A country is known by code or by name; one that cannot be read is kept as it is written, and
   agrees with nothing and contradicts nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from writ.canonical import digest_bytes
from writ.errors import Fault, InvalidInput
from writ.law.countries import countries
from writ.law.document import quoted
from writ.law.reading import nearest
from writ.people.annex.table import SEPARATOR, Row, read_table
from writ.people.subjects import fit

NOBODY = "none"
"""What a decision says where a row means nobody on the directory; so no id."""


@dataclass(frozen=True, slots=True)
class Named:
    """Something with names: `country` is a code, or empty where it is not known."""

    names: tuple[str, ...]
    country: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as it came, by the numbers of its rows."""

    rows: Mapping[int, Named]
    digest: str
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Directory:
    """The provider's organisations or people by their ids in the registry."""

    entries: Mapping[str, Named]
    parents: Mapping[str, str]
    digest: str

    def below(self, tops: Iterable[str]) -> frozenset[str]:
        """Return every id whose parents lead to one of `tops`, without those; rings end."""
        children: dict[str, list[str]] = {}
        for child, parent in self.parents.items():
            children.setdefault(parent, []).append(child)
        start = set(tops)
        found, open_ids = set(start), list(start)
        while open_ids:
            new = [child for child in children.get(open_ids.pop(), ()) if child not in found]
            found.update(new)
            open_ids += new
        return frozenset(found - start)


def read_listing(data: bytes, file: str) -> Listing:
    """Read a list as it came (rule 1)."""
    table = read_table(data, file, ["name"], ["aliases", "country", "address"])
    rows = {row.number: _named(row) for row in table.rows}
    return Listing(rows, digest_bytes(data), table.left)


def read_directory(data: bytes, file: str) -> Directory:
    """Read the directory (rule 2); InvalidInput has every fault."""
    table = read_table(data, file, ["id", "name"], ["aliases", "country", "parent"])
    faults = list(_directory_faults(table.rows, file))
    if faults:
        raise InvalidInput(faults)
    entries = {row.cells["id"]: _named(row) for row in table.rows}
    parents = {row.cells["id"]: row.cells.get("parent", "") for row in table.rows}
    return Directory(
        entries, {key: parent for key, parent in parents.items() if parent}, digest_bytes(data)
    )


def country_code(text: str) -> str:
    """Return the code of a country by code or name; empty where there is none (rule 3)."""
    return _codes().get(text.strip().upper(), "")


@cache
def _codes() -> dict[str, str]:
    return {
        word.upper(): item.code
        for item in countries().values()
        for word in (item.code, item.alpha3, item.name)
    }


def _named(row: Row) -> Named:
    names = (row.cells.get("name", ""), *row.many("aliases"))
    country = country_code(row.cells.get("country", ""))
    return Named(tuple(filter(None, names)), country, row.cells.get("address", ""))


def _directory_faults(rows: Iterable[Row], file: str) -> Iterator[Fault]:
    seen = dict[str, int]()
    rows = tuple(rows)
    ids = {row.cells.get("id", "") for row in rows}
    for row in rows:
        name, parent = row.cells.get("id", ""), row.cells.get("parent", "")
        if not fit(name) or name == NOBODY or SEPARATOR in name:
            yield Fault(file, row.number, 1, f"{quoted(name)} cannot be an id here")
        if not row.cells.get("name", ""):
            yield Fault(file, row.number, 1, f"{quoted(name)} has no name")
        if seen.setdefault(name, row.number) != row.number:
            yield Fault(file, row.number, 1, f"{quoted(name)} stands in row {seen[name]} already")
        if parent and parent not in ids:
            yield Fault(
                file, row.number, 1, f"no row has the id {quoted(parent)}{nearest(parent, ids)}"
            )
