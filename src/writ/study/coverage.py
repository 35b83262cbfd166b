"""The coverage register: every path on which people reach models, and what enforces orders on it.

1. A path has an owner, the day somebody last looked, and an enforcement point or `uncovered`.
2. A path is covered only if its enforcement point is registered with the control process: what the
   register says alone covers nothing.
3. Of every kind of path the register says something: a path, or that there is none, and who says so.
   What it says nothing of is unknown.
4. Whoever claims that something is in force says all of this with it, in one line. Without a
   register, paths outside the gateways are unknown; so they are with one that cannot be read.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from writ.canonical import Plain, digest_bytes
from writ.clock import DAY, Instant
from writ.errors import InvalidInput
from writ.law.document import LARGEST, Node, quoted, read_yaml
from writ.law.reading import Keys, Reader

FILE = "coverage.yaml"
Kind: TypeAlias = Literal[
    "gateway", "other_gateway", "staff_tool", "evaluation_harness", "notebook", "direct_upstream",
    "weight_store", "reseller",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
UNCOVERED = "uncovered"
UNKNOWN = "paths outside gateways unknown"
LONGEST = 3660
"""Days between reviews, at most."""
REVIEW = 90
"""Days after which a path has to be looked at again, where the register says nothing else."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

REGISTER_KEYS = Keys(required=("paths",), optional=("absent", "review_every"))
PATH_KEYS = Keys(required=("id", "kind", "what", "enforced_by", "owner", "reviewed"))
ABSENT_KEYS = Keys(required=("kind", "says", "reviewed"))


@dataclass(frozen=True, slots=True)
class PathEntry:
    """One path; `enforced_by` None: uncovered, and its owner has to see to it."""

    id: str
    kind: Kind
    what: str
    enforced_by: str | None
    owner: str
    reviewed: date


@dataclass(frozen=True, slots=True)
class Absent:
    """Somebody says that there is no path of a kind."""

    kind: Kind
    says: str
    reviewed: date


@dataclass(frozen=True, slots=True)
class Register:
    """A register as read; `digest` is that of its bytes, `review_every` days."""

    paths: tuple[PathEntry, ...]
    absent: tuple[Absent, ...]
    review_every: int
    digest: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A path on which nothing enforces orders: why, and who owns it."""

    path: str
    kind: Kind
    owner: str
    why: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """A register held against the points that are registered (rules 2, 3).

    `register` None: there is none, or `trouble` says why it cannot be read.
    """

    register: Register | None
    gaps: tuple[Gap, ...] = ()
    unsaid: tuple[Kind, ...] = ()
    stale: tuple[str, ...] = ()
    trouble: tuple[str, ...] = ()

    def sentence(self) -> str:
        """Say it in one line (rule 4)."""
        if self.trouble:
            return f"the coverage register cannot be read: {UNKNOWN} ({'; '.join(self.trouble)})"
        if self.register is None:
            return f"no coverage register: {UNKNOWN}"
        return "; ".join(_told(self, self.register))

    def plain(self) -> dict[str, Plain]:
        """Write it as JSON values."""
        register = self.register
        return {
            "register": None if register is None else register.digest,
            "paths": None if register is None else len(register.paths),
            "uncovered": [
                {"path": gap.path, "kind": gap.kind, "owner": gap.owner, "why": gap.why}
                for gap in self.gaps
            ],
            "unsaid": list(self.unsaid),
            "stale": list(self.stale),
            "trouble": list(self.trouble),
            "sentence": self.sentence(),
        }


NO_REGISTER = Coverage(None)


def schema() -> str:
    """Return the JSON Schema of a register."""
    return files("writ.study").joinpath("data/coverage.json").read_text(encoding="utf-8")


def read_register(data: bytes, file: str = FILE) -> Register:
    """Read a register; every fault is in one InvalidInput."""
    reader = Reader()
    fields = reader.fields(read_yaml(data, file), REGISTER_KEYS)
    paths = tuple(_path(reader, item) for item in reader.items(fields["paths"]))
    absent = tuple(_absent(reader, item) for item in reader.items(fields["absent"]))
    _check_once(reader, fields["paths"], paths)
    _check_absent(reader, fields["absent"], (paths, absent))
    every = _days(reader, fields["review_every"])
    reader.done()
    return Register(paths, absent, every, digest_bytes(data))


def look(path: Path, points: Collection[str], at: Instant) -> Coverage:
    """Read the register at a path, if there is one, and hold it against the registered points."""
    try:
        with path.open("rb") as file:
            register = read_register(file.read(LARGEST + 1), str(path))
    except FileNotFoundError:
        return NO_REGISTER
    except OSError as error:
        return Coverage(None, trouble=(f"`{path}`: {error.strerror}",))
    except InvalidInput as error:
        return Coverage(None, trouble=tuple(map(str, error.faults)))
    return held_against(register, points, at)


def held_against(register: Register, points: Collection[str], at: Instant) -> Coverage:
    """Hold a register against the registered points, at an instant."""
    entries: tuple[PathEntry | Absent, ...] = (*register.paths, *register.absent)
    said = {item.kind for item in entries}
    today = day_of(at)
    oldest, latest = today - timedelta(days=register.review_every), today + timedelta(days=1)
    return Coverage(
        register,
        tuple(_gaps(register, points)),
        tuple(kind for kind in KINDS if kind not in said),
        tuple(
            item.id if isinstance(item, PathEntry) else item.kind
            for item in entries
            if not oldest <= item.reviewed <= latest  # it may be tomorrow already where somebody is
        ),
    )


def day_of(at: Instant) -> date:
    """Return the day of an instant, in UTC."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).date()


def _gaps(register: Register, points: Collection[str]) -> Iterator[Gap]:
    for path in register.paths:
        if path.enforced_by is None:
            yield Gap(path.id, path.kind, path.owner, UNCOVERED)
        elif path.enforced_by not in points:
            why = f"its enforcement point {quoted(path.enforced_by)} is not registered"
            yield Gap(path.id, path.kind, path.owner, why)


def _told(found: Coverage, register: Register) -> Iterator[str]:
    number = len(register.paths)
    if found.gaps:
        named = ", ".join(_gap_words(gap) for gap in found.gaps)
        yield f"{len(found.gaps)} of {number} paths uncovered: {named}"
    elif not number:
        yield "the coverage register has no paths"
    else:
        yield f"all {number} paths of the coverage register covered"
    if found.unsaid:
        yield f"the register says nothing of {', '.join(map(_words, found.unsaid))}"
    if found.stale:
        yield f"not reviewed in the last {register.review_every} days: {', '.join(map(_words, found.stale))}"


def _gap_words(gap: Gap) -> str:
    why = "" if gap.why == UNCOVERED else f", {gap.why}"
    return f"{gap.path} (owner {gap.owner}{why})"


def _words(name: str) -> str:
    return name.replace("_", " ") if name in KINDS else name


def _path(reader: Reader, node: Node) -> PathEntry:
    fields = reader.fields(node, PATH_KEYS)
    point = reader.name(fields["enforced_by"])
    return PathEntry(
        reader.name(fields["id"]),
        _kind(reader, fields["kind"]),
        reader.text(fields["what"]),
        None if point == UNCOVERED else point,
        reader.text(fields["owner"]),
        _day(reader, fields["reviewed"]),
    )


def _absent(reader: Reader, node: Node) -> Absent:
    fields = reader.fields(node, ABSENT_KEYS)
    return Absent(
        _kind(reader, fields["kind"]),
        reader.text(fields["says"]),
        _day(reader, fields["reviewed"]),
    )


def _kind(reader: Reader, node: Node | None) -> Kind:
    words: Mapping[str, Kind] = {kind: kind for kind in KINDS}
    return words[reader.choice(node, words)]


def _day(reader: Reader, node: Node | None) -> date:
    text = reader.text(node)
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        if node is not None and text.strip():
            reader.fault(node, f"{quoted(text)} is not a day; write 2026-11-20")
        return date.min


def _days(reader: Reader, node: Node | None) -> int:
    every = reader.duration(node)
    if node is None or every is None:
        return REVIEW
    days = every // DAY
    if not 1 <= days <= LONGEST:
        reader.fault(node, f"must be a day at least and {LONGEST} at most, such as `90d`")
    return days


def _check_once(reader: Reader, node: Node | None, paths: tuple[PathEntry, ...]) -> None:
    names = [path.id for path in paths]
    for item, (place, name) in zip(reader.items(node), enumerate(names), strict=True):
        if name and name in names[:place]:
            reader.fault(item, f"{quoted(name)} is the id of another path already")


def _check_absent(
    reader: Reader, node: Node | None, found: tuple[tuple[PathEntry, ...], tuple[Absent, ...]]
) -> None:
    paths, absent = found
    kinds = {path.kind for path in paths}
    for item, said in zip(reader.items(node), absent, strict=True):
        if said.kind in kinds:
            reader.fault(item, f"there is a path of kind {quoted(said.kind)}; take one of both out")
