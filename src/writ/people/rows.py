"""Whose word counts, as operators write it down: a TOML file of one kind of row, `[[issuer]]` say.

1. Nothing else stands in the file, and it has 1 to 1000 rows in 4 MiB.
2. Every row with a fault is told at once, with the line on which it starts.
"""

import re
import tomllib
from collections.abc import Callable, Iterable
from typing import TypeVar

from writ.errors import Fault, InvalidInput, Refused

T = TypeVar("T")

MOST = 1000
MAX_FILE = 4 * 1024 * 1024


def read_rows(data: bytes, name: str, word: str, read: Callable[[object], T]) -> tuple[T, ...]:
    """Read the rows `[[word]]` of a file; everything wrong with it is one InvalidInput."""
    try:
        text = data[: MAX_FILE + 1].decode()
        document = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidInput([Fault(name, 1, 1, f"not TOML: {error}")]) from None
    rows = document.pop(word, None)
    faults = [Fault(name, 1, 1, f"unknown key `{key}`; write [[{word}]]") for key in document]
    if not isinstance(rows, list) or not len(rows) <= MOST or len(data) > MAX_FILE:
        faults.append(Fault(name, 1, 1, f"write 1 to {MOST} {word}s, each a [[{word}]]"))
        raise InvalidInput(faults)
    found: list[T] = []
    for line, row in zip(_lines(text, word, len(rows)), rows, strict=True):
        try:
            found.append(read(row))
        except InvalidInput as error:
            faults += [Fault(name, line, 1, fault.message) for fault in error.faults]
        except Refused as error:
            faults.append(Fault(name, line, 1, str(error)))
    if faults:
        raise InvalidInput(faults)
    return tuple(found)


def _lines(text: str, word: str, count: int) -> Iterable[int]:
    """Find where each row starts; where one is written in another way, the first line."""
    head = re.compile(rf"\s*\[\[\s*{word}\s*\]\]")
    found = [at for at, line in enumerate(text.splitlines(), 1) if head.match(line)]
    return found if len(found) == count else [1] * count
