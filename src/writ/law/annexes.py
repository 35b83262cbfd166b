"""Annexes: lists of subjects in CSV files beside the order.

1. The file has a header row; the column that `key` names holds one subject's id in every row.
2. A row without an id is a fault, never nobody; a file without rows is a fault, never an empty list.
3. The digest is that of the ids alone, sorted: an annex means the same however it is laid out.
4. A column that `subsidiary_of` names tells subsidiaries apart: whoever has an id there is listed
   as one of that id, which the annex lists too; whoever is above all is no subsidiary. Without them
   it is another list, by another digest.
5. From one version of an order to the next, an annex may gain a tenth of its rows and lose a tenth
   (rounded up); as many may shift between those listed themselves and subsidiaries. More must be
   said in `annex_change`, with the numbers; and said numbers must be right, however small. So a
   file that was cut short empties nothing.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from writ.canonical import digest
from writ.errors import Fault, InvalidInput
from writ.law.document import Node, Place, quoted
from writ.law.reading import Keys, Reader, nearest
from writ.model.expression import Group
from writ.model.order import AnnexChange, OrderVersion

LARGEST = 16 * 1024 * 1024
ANNEX_KEYS = Keys(required=("file", "key"), optional=("subsidiary_of", "confirmed"))
CHANGE_KEYS = Keys(required=("come", "go"), optional=("shift",))
_PART = 10
TABLE, RECORD = ".csv", ".json"


def read_annexes(reader: Reader, node: Node | None, files: Mapping[str, bytes]) -> dict[str, Group]:
    """Read the annexes that an order names, from the files beside it."""
    return {
        name: _annex(reader, name, entry.node, files)
        for name, entry in reader.mapping(node).items()
    }


def read_alone(path: Path, key: str, subsidiary_of: str | None = None) -> Group:
    """Read an annex that lies by itself; InvalidInput has every fault."""
    reader = Reader()
    columns = (key,) if subsidiary_of is None else (key, subsidiary_of)
    try:
        with path.open("rb") as file:
            rows = _rows(reader, file.read(LARGEST + 1), str(path), columns)
    except OSError as error:
        raise InvalidInput([Fault(str(path), 0, 0, f"{error.strerror}".lower())]) from None
    reader.done()
    return _group(path.stem, rows, told=subsidiary_of is not None)


def _group(name: str, rows: Iterable[tuple[str, str]], *, told: bool) -> Group:
    members = frozenset(member for member, _ in rows)
    named = frozenset(member for member, above in rows if not above)
    return Group(name, members, digest(sorted(members)), members - named if told else None)


def without_subsidiaries(group: Group) -> Group:
    """Return those of an annex that it does not list as subsidiaries (rule 4)."""
    named = group.members - (group.below or frozenset())
    return Group(f"{group.name} (without subsidiaries)", named, digest(sorted(named)))


def read_changes(
    reader: Reader, node: Node | None, annexes: Mapping[str, Group]
) -> dict[str, AnnexChange]:
    """Read how many rows of which annexes are meant to come and go (rule 5)."""
    found = dict[str, AnnexChange]()
    for name, entry in reader.mapping(node).items():
        if name not in annexes and "annexes" not in reader.unread:
            known = nearest(name, annexes)
            reader.fault(entry.key, f"{quoted(name)} is no annex of this version{known}")
        fields = reader.fields(entry.node, CHANGE_KEYS)
        counts = (reader.whole(fields[key], 0) for key in CHANGE_KEYS.known)
        found[name] = AnnexChange(*counts)
    return found


def annex_limit(rows: int) -> int:
    """How many rows may come, and how many may go, without being said (rule 5)."""
    return -(-rows // _PART)


def unsaid_changes(versions: Iterable[OrderVersion]) -> Iterator[tuple[OrderVersion, str]]:
    """Say which version changes an annex by more than may be, or otherwise than it says (rule 5)."""
    before = dict[tuple[str, str], Group]()
    for version in sorted(versions, key=lambda item: (item.order, item.version)):
        for name, group in version.annexes.items():
            was = before.get((version.order, name))
            wrong = _unsaid(name, was, group, version.annex_change.get(name))
            if wrong is not None:
                yield version, wrong
            before[version.order, name] = group


def shifted(was: Group, now: Group) -> frozenset[str]:
    """Return who is in both, and a subsidiary in one alone; whoever is not told apart is none."""
    here, there = was.below or frozenset(), now.below or frozenset()
    return (here ^ there) & was.members & now.members


def _unsaid(name: str, was: Group | None, now: Group, said: AnnexChange | None) -> str | None:
    old = frozenset[str]() if was is None else was.members
    shift = 0 if was is None else len(shifted(was, now))
    change = AnnexChange(len(now.members - old), len(old - now.members), shift)
    told = f"{change.come} rows of annex {quoted(name)} come and {change.go} go"
    told += f", {shift} become subsidiaries or cease to be" if shift else ""
    if said is not None:
        wrong = f"{told}, but `annex_change` says {said_numbers(said)}"
        return None if said == change else wrong
    limit = annex_limit(len(old))
    if was is None or max(change.come, change.go, shift) <= limit:
        return None
    return (
        f"{told}, more than {limit} of {len(old)}; if that is meant, write"
        f" `annex_change: {{{name}: {{{said_numbers(change)}}}}}`"
    )


def said_numbers(change: AnnexChange) -> str:
    """Write a change as `annex_change` says it."""
    shift = f", shift: {change.shift}" if change.shift else ""
    return f"come: {change.come}, go: {change.go}{shift}"


def annex_files(node: Node) -> Iterator[str]:
    """Return the files that an order's annexes name, records too, before anything is judged."""
    annexes = _below(node, "annexes")
    for entry in annexes.value.values() if annexes and isinstance(annexes.value, Mapping) else ():
        for key, ending in (("file", TABLE), ("confirmed", RECORD)):
            file = _below(entry.node, key)
            if file is not None and isinstance(file.value, str) and _beside(file.value, ending):
                yield file.value


def confirmations(version: OrderVersion) -> dict[str, str]:
    """Return the records that annexes of a version name, by annex."""
    annexes = version.source.get("annexes")
    found = annexes if isinstance(annexes, Mapping) else {}
    return {
        str(name): str(entry["confirmed"])
        for name, entry in found.items()
        if isinstance(entry, Mapping) and entry.get("confirmed")
    }


def _below(node: Node, key: str) -> Node | None:
    entry = node.value.get(key) if isinstance(node.value, Mapping) else None
    return entry.node if entry else None


def _beside(file: str, ending: str) -> bool:
    return file.endswith(ending) and not set(file) & set("/\\\0") and not file.startswith(".")


def _annex(reader: Reader, name: str, node: Node, files: Mapping[str, bytes]) -> Group:
    fields = reader.fields(node, ANNEX_KEYS)
    file, key = reader.text(fields["file"]), reader.text(fields["key"])
    at, rows = fields["file"], list[tuple[str, str]]()
    columns = (key, reader.text(fields["subsidiary_of"])) if "subsidiary_of" in fields else (key,)
    if at is not None and file and not _beside(file, TABLE):
        reader.fault(at, f"{quoted(file)} is not the name of a CSV file beside the order")
    elif at is not None and file and file not in files:
        reader.fault(at, f"no file {quoted(file)} beside the order{nearest(file, files)}")
    elif file and key:
        rows = _rows(reader, files[file], file, columns)
    _record(reader, fields["confirmed"], files)
    return _group(name, rows, told=len(columns) > 1)


def _record(reader: Reader, node: Node | None, files: Mapping[str, bytes]) -> None:
    """Read the name of the record by which two people confirmed an annex; the desk proves it."""
    file = reader.text(node)
    if node is not None and file and not _beside(file, RECORD):
        reader.fault(node, f"{quoted(file)} is not the name of a JSON file beside the order")
    elif node is not None and file and file not in files:
        reader.fault(node, f"no file {quoted(file)} beside the order{nearest(file, files)}")


def _rows(reader: Reader, data: bytes, file: str, columns: Sequence[str]) -> list[tuple[str, str]]:
    """Read each row's id, and of which it is a subsidiary; empty: of none, or nothing is told."""
    top = Place(file, 1, 1)
    if len(data) > LARGEST:
        reader.fault(top, f"larger than {LARGEST} bytes")
        return []
    try:
        return _read(reader, data.decode("utf-8-sig"), file, columns)
    except UnicodeDecodeError:
        reader.fault(top, "not UTF-8")
    except csv.Error as error:
        reader.fault(top, f"not CSV: {error}")
    return []


def _read(reader: Reader, text: str, file: str, columns: Sequence[str]) -> list[tuple[str, str]]:
    table = csv.reader(io.StringIO(text, newline=""), strict=True)
    places = _places(reader, next(table, []), file, columns)
    if not places:
        return []
    lines = dict[tuple[str, str], int]()
    for row in table:
        member, above = ([row[at].strip() if at < len(row) else "" for at in places] + [""])[:2]
        if not member or not member.isprintable():
            reader.fault(Place(file, table.line_num, 1), f"a row without {quoted(columns[0])}")
        lines.setdefault((member, above), table.line_num)
    if not lines:
        reader.fault(Place(file, 1, 1), "has no rows")
    _check_parents(reader, lines, file)
    return list(lines)


def _places(reader: Reader, header: list[str], file: str, columns: Sequence[str]) -> list[int]:
    """Return where the columns stand; none of them unless each stands once."""
    top = Place(file, 1, 1)
    wrong = [name for name in dict.fromkeys(columns) if header.count(name) != 1]
    for name in wrong:
        missing = f"no column {quoted(name)}{nearest(name, header)}"
        reader.fault(top, f"column {quoted(name)} stands twice" if name in header else missing)
    return [] if wrong else [header.index(name) for name in columns]


def _check_parents(reader: Reader, lines: Mapping[tuple[str, str], int], file: str) -> None:
    """Whoever is above a subsidiary is listed, and somebody above it belongs to nobody (rule 4)."""
    children = defaultdict[str, list[str]](list)
    for member, above in lines:
        children[above].append(member)
    led, open_ids = set[str](), [""]
    while open_ids:
        new = [member for member in children[open_ids.pop()] if member not in led]
        led.update(new)
        open_ids += new
    listed = {member for member, _ in lines}
    for (member, above), line in lines.items():
        if above and above not in listed:
            hint = nearest(above, listed)
            reader.fault(Place(file, line, 1), f"{quoted(above)} is not listed itself{hint}")
        elif member not in led:
            said = "has only subsidiaries above it; leave empty whom nobody on the list is above"
            reader.fault(Place(file, line, 1), f"{quoted(member)} {said}")
