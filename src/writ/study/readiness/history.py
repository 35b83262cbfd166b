"""How readiness went: a file to which every run appends one line of JSON, and which nobody rewrites.

1. A line is what a trend needs: the instant, the digest of the law, the population's rows and one
   number for each template. It names nobody.
2. A line that cannot be read is a fault: a history with holes is none.
3. But for a last one without an end: a run that was interrupted left it, and the next takes it away.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from writ.clock import Instant, format_instant, parse_instant
from writ.errors import Failed, Fault, InvalidInput
from writ.law.document import quoted
from writ.model.json_form import read_form

_SHARE = re.compile(r"0\.[0-9]+|1\.0+")


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    at: str
    law: str
    rows: int
    readiness: dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One run."""

    at: Instant
    law: str
    rows: int
    readiness: Mapping[str, str | None]


def read_history(path: Path) -> tuple[Entry, ...]:
    """Read every run so far, in the order in which they were made; none where there is no file."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise InvalidInput(f"cannot read `{path}`: {error.strerror}") from None
    entries: list[Entry] = []
    faults: list[Fault] = []
    for number, line in enumerate(_whole(data).splitlines(), 1):
        try:
            entries.append(_entry(line))
        except InvalidInput as error:
            faults.append(Fault(str(path), number, 1, str(error)))
    if faults:
        raise InvalidInput(faults)
    return tuple(entries)


def _entry(line: bytes) -> Entry:
    """Read a line (rule 2)."""
    said = "is no line of a history"
    read = read_form(line, _Line, said)
    for share in read.readiness.values():
        if share is not None and not _SHARE.fullmatch(share):
            raise InvalidInput(f"{said}: {quoted(share)} is no share from 0 to 1")
    try:
        return Entry(parse_instant(read.at), read.law, read.rows, read.readiness)
    except InvalidInput as error:
        raise InvalidInput(f"{said}: {error}") from None


def _whole(data: bytes) -> bytes:
    """Return whole lines (rule 3)."""
    kept, end, last = data.rpartition(b"\n")
    if not last:
        return data
    try:
        _entry(last)
    except InvalidInput:
        return kept + end
    return data + b"\n"


def append(path: Path, entry: Entry) -> None:
    """Append one run, durably."""
    line = _Line(format_instant(entry.at), entry.law, entry.rows, dict(entry.readiness))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            file.seek(0)
            there = file.read()
            whole = _whole(there)
            file.truncate(min(len(whole), len(there)))
            file.write(whole[len(there) :] + msgspec.json.encode(line) + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise Failed(f"cannot write `{path}`: {error.strerror}") from None
