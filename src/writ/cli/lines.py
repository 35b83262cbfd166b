"""Files of JSON Lines as commands take them; `-` is standard input."""

import sys
from pathlib import Path

from writ.errors import Failed, Fault, InvalidInput


def read_file(file: Path) -> bytes:
    """Read a whole file, or standard input."""
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"cannot read `{file}`: {error.strerror}") from None


def write_file(file: Path, data: bytes) -> None:
    """Write a whole file, making its folder."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    except OSError as error:
        raise Failed(f"cannot write `{file}`: {error.strerror}") from None


def read_objects(file: Path) -> list[dict[str, object]]:
    """Read one JSON object a line, blank lines left out; InvalidInput has every bad line."""
    from writ.people.json_lines import read_json_line

    rows: list[dict[str, object]] = []
    faults: list[Fault] = []
    for number, line in enumerate(read_file(file).split(b"\n"), 1):
        if line.strip():
            try:
                rows.append(dict(read_json_line(line)))
            except InvalidInput as error:
                faults += [Fault(str(file), number, 1, fault.message) for fault in error.faults]
    if faults:
        raise InvalidInput(faults)
    return rows
