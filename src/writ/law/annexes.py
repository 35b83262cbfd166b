"""Annexes: lists of subjects in CSV files beside the order.

1. The file has a header row; the column that `key` names holds one subject's id in every row.
2. A row without an id is a fault, never nobody; a file without rows is a fault, never an empty list.
3. The digest is that of the ids alone, sorted: an annex means the same however it is laid out.
"""

import csv
import io
from collections.abc import Iterator, Mapping

from writ.canonical import digest
from writ.law.document import Node, Place, quoted
from writ.law.reading import Keys, Reader, nearest
from writ.model.expression import Group

LARGEST = 16 * 1024 * 1024
ANNEX_KEYS = Keys(required=("file", "key"))


def read_annexes(reader: Reader, node: Node | None, files: Mapping[str, bytes]) -> dict[str, Group]:
    """Read the annexes that an order names, from the files beside it."""
    return {
        name: _annex(reader, name, entry.node, files)
        for name, entry in reader.mapping(node).items()
    }


def annex_files(node: Node) -> Iterator[str]:
    """Return the files that an order's annexes name, before anything is judged."""
    annexes = _below(node, "annexes")
    for entry in annexes.value.values() if annexes and isinstance(annexes.value, Mapping) else ():
        file = _below(entry.node, "file")
        if file is not None and isinstance(file.value, str) and _beside(file.value):
            yield file.value


def _below(node: Node, key: str) -> Node | None:
    entry = node.value.get(key) if isinstance(node.value, Mapping) else None
    return entry.node if entry else None


def _beside(file: str) -> bool:
    return file.endswith(".csv") and not set(file) & set("/\\\0") and not file.startswith(".")


def _annex(reader: Reader, name: str, node: Node, files: Mapping[str, bytes]) -> Group:
    fields = reader.fields(node, ANNEX_KEYS)
    file, key = reader.text(fields["file"]), reader.text(fields["key"])
    at, members = fields["file"], frozenset[str]()
    if at is not None and file and not _beside(file):
        reader.fault(at, f"{quoted(file)} is not the name of a CSV file beside the order")
    elif at is not None and file and file not in files:
        reader.fault(at, f"no file {quoted(file)} beside the order{nearest(file, files)}")
    elif file and key:
        members = _members(reader, files[file], file, key)
    return Group(name, members, digest(sorted(members)))


def _members(reader: Reader, data: bytes, file: str, key: str) -> frozenset[str]:
    top = Place(file, 1, 1)
    if len(data) > LARGEST:
        reader.fault(top, f"larger than {LARGEST} bytes")
        return frozenset()
    try:
        return _column(reader, data.decode("utf-8-sig"), file, key)
    except UnicodeDecodeError:
        reader.fault(top, "not UTF-8")
    except csv.Error as error:
        reader.fault(top, f"not CSV: {error}")
    return frozenset()


def _column(reader: Reader, text: str, file: str, key: str) -> frozenset[str]:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = next(rows, [])
    if key not in header:
        reader.fault(Place(file, 1, 1), f"no column {quoted(key)}{nearest(key, header)}")
        return frozenset()
    column, members = header.index(key), set[str]()
    for row in rows:
        member = row[column].strip() if column < len(row) else ""
        if not member or not member.isprintable():
            reader.fault(Place(file, rows.line_num, 1), f"a row without {quoted(key)}")
        members.add(member)
    if not members:
        reader.fault(Place(file, 1, 1), "has no rows")
    return frozenset(members)
