"""Named groups of countries, with dates: those that come with Writ, and a folder's own.

1. A group's name is in small letters, so that no country's code can be taken for it; no two groups
   have one name.
2. Whoever names a group means its members at one instant: an order version those at its own
   `effective`, a definition those at the definition's. Later changes move nobody silently.
3. A member, a country or a region of one, holds from its `since` up to its `until`; without dates,
   always.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from writ.canonical import digest
from writ.clock import Instant
from writ.law.countries import GROUPS_FILE, countries, read_place
from writ.law.document import Entry, Node, quoted, read_yaml
from writ.law.reading import Keys, Reader
from writ.law.shipped import data_bytes
from writ.model.subject import Value

FILE = GROUPS_FILE
FILE_KEYS = Keys(required=("groups",))
GROUP_KEYS = Keys(required=("title", "cites", "members"), optional=("limits",))
MEMBER_KEYS = Keys(required=("country",), nullable=("since", "until"))
_NAME = re.compile(r"eu|[a-z][a-z0-9-]{2,39}")


@dataclass(frozen=True, slots=True)
class CountryGroup:
    """Countries and regions named together; each member's parts are its code."""

    name: str
    title: str
    cites: tuple[str, ...]
    members: tuple[Value, ...]
    limits: tuple[str, ...] = ()

    def at(self, instant: Instant | None) -> tuple[str, ...]:
        """Return the codes of the members at an instant (None: of all there ever were), sorted."""
        held = (item for item in self.members if instant is None or item.holds(instant))
        return tuple(sorted({item.parts[0] for item in held}))

    @property
    def digest(self) -> str:
        """Digest of who is a member when."""
        return digest([[*item.parts, item.since, item.until] for item in sorted(self.members)])


@cache
def shipped_groups() -> Mapping[str, CountryGroup]:
    """Every group that comes with Writ, by name."""
    reader = Reader()
    groups = groups_of(reader, read_yaml(data_bytes(FILE), FILE), ())
    reader.done()
    return groups


def groups_of(reader: Reader, node: Node, taken: Iterable[str]) -> dict[str, CountryGroup]:
    """Read a file of groups; `taken` are names that it may not use again."""
    fields = reader.fields(node, FILE_KEYS)
    known, groups = set(taken), dict[str, CountryGroup]()
    for name, entry in reader.mapping(fields["groups"]).items():
        _name(reader, name, entry, known)
        groups[name] = _group(reader, name, entry.node)
    return groups


def members_at(
    groups: Mapping[str, CountryGroup], instant: Instant | None
) -> Mapping[str, tuple[str, ...]]:
    """Return every group's members at an instant (rule 2)."""
    return _Members(groups, instant)


class _Members(Mapping[str, tuple[str, ...]]):
    """Members by group, found when they are asked for: an order names few of many groups."""

    def __init__(self, groups: Mapping[str, CountryGroup], instant: Instant | None) -> None:
        self._groups, self._instant = groups, instant
        self._found: dict[str, tuple[str, ...]] = {}

    def __getitem__(self, name: str) -> tuple[str, ...]:
        if name not in self._found:
            self._found[name] = self._groups[name].at(self._instant)
        return self._found[name]

    def __contains__(self, name: object) -> bool:
        return name in self._groups

    def __iter__(self) -> Iterator[str]:
        return iter(self._groups)

    def __len__(self) -> int:
        return len(self._groups)


def _name(reader: Reader, name: str, entry: Entry, taken: set[str]) -> None:
    codes = {
        code.lower() for country in countries().values() for code in (country.code, country.alpha3)
    }
    if not _NAME.fullmatch(name) or name in codes:
        reader.fault(
            entry.key,
            f"{quoted(name)} is no name for a group of countries; use three or more small letters,"
            " digits and hyphens, and no country's code",
        )
    elif name in taken:
        reader.fault(
            entry.key, f"{quoted(name)} is a group that comes with Writ; take another name"
        )


def _group(reader: Reader, name: str, node: Node) -> CountryGroup:
    fields = reader.fields(node, GROUP_KEYS)
    return CountryGroup(
        name,
        reader.text(fields["title"]),
        tuple(reader.text(item) for item in reader.some(fields["cites"])),
        tuple(_member(reader, item) for item in reader.some(fields["members"])),
        tuple(reader.text(item) for item in reader.some(fields["limits"])),
    )


def _member(reader: Reader, node: Node) -> Value:
    if isinstance(node.value, str):
        return Value((_code(reader, node),))
    fields = reader.fields(node, MEMBER_KEYS)
    since, until, last = (
        reader.instant(fields["since"]),
        reader.instant(fields["until"]),
        fields["until"],
    )
    if last is not None and since is not None and until is not None and until <= since:
        reader.fault(last, "`until` is not after `since`")
    return Value((_code(reader, fields["country"]),), since, until)


def _code(reader: Reader, node: Node | None) -> str:
    code, region = read_place(reader, node)
    return region or code
