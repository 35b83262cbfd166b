"""What we have from vendors: keys, secrets and what they are trusted for, in one TOML file.

1. Each `[[vendor]]` names the vendor, the file of our API key and the file of the secrets that sign
   notices, one a line, the current one first. Both files are for their owner alone.
2. `assurance` is how far the vendor's word goes: 2 at most, for nobody was in a room with anybody.
3. Persona wants the `template` that inquiries follow, and when one is `decided`: `approved` by a
   workflow, which is what is taken unless it says `completed`.
4. What came of a test is worth nothing outside a drill: `test = true` is refused elsewhere, and so
   is a key of a sandbox. A key of Persona's says which it is, one of Veriff's does not.
5. What is not known in the file is a fault; every vendor with a fault is told at once.
"""

import re
import stat
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from writ.errors import Failed, Fault, InvalidInput, Refused
from writ.signing.form import Form, as_form

MAX_FILE = 64 * 1024
MOST_SECRETS = 4
HIGHEST = 2
_OTHERS = 0o077
_HEAD = re.compile(r"\s*\[\[\s*vendor\s*\]\]")
_KEY = re.compile(r"[\x21-\x7e]{8,500}")
_LIVE, _SANDBOX = "persona_production_", "persona_sandbox_"
_ADDRESSES = {"persona": "https://api.withpersona.com", "veriff": "https://stationapi.veriff.com"}


@dataclass(frozen=True, slots=True)
class Access:
    """What we have from one vendor."""

    vendor: Literal["persona", "veriff"]
    address: str
    key: str = field(repr=False)
    secrets: tuple[bytes, ...] = field(repr=False)
    template: str
    decided: str
    assurance: int
    test: bool


class _Row(Form, frozen=True):
    vendor: Literal["persona", "veriff"]
    key: str
    secrets: str
    address: str = ""
    template: str = ""
    decided: Literal["approved", "completed"] = "approved"
    assurance: Annotated[int, msgspec.Meta(ge=1, le=HIGHEST)] = HIGHEST
    test: bool = False


def read_access(path: Path, *, drill: bool) -> tuple[Access, ...]:
    """Read the file; everything wrong with it is one InvalidInput, a file that is missing Failed."""
    name = str(path)
    faults: list[Fault] = []
    found: list[Access] = []
    for line, row in _rows(path, name):
        try:
            access = _access(as_form(row, _Row, "this vendor"), path.parent, drill=drill)
        except InvalidInput as error:
            faults += [Fault(name, line, 1, fault.message) for fault in error.faults]
        except Refused as error:
            faults.append(Fault(name, line, 1, str(error)))
        else:
            if any(access.vendor == item.vendor for item in found):
                faults.append(Fault(name, line, 1, f"`{access.vendor}` stands here twice"))
            found.append(access)
    if faults:
        raise InvalidInput(faults)
    return tuple(found)


def _rows(path: Path, name: str) -> Iterator[tuple[int, object]]:
    """Read the vendors, each with the line where it starts."""
    data = _read(path)
    try:
        text = data[: MAX_FILE + 1].decode()
        document = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidInput([Fault(name, 1, 1, f"not TOML: {error}")]) from None
    rows = document.pop("vendor", None)
    faults = [Fault(name, 1, 1, f"unknown key `{key}`; write [[vendor]]") for key in document]
    if not isinstance(rows, list) or not rows or len(data) > MAX_FILE:
        faults.append(Fault(name, 1, 1, "write the vendors, each a [[vendor]]"))
        rows = []
    if faults:
        raise InvalidInput(faults)
    heads = [at for at, line in enumerate(text.splitlines(), 1) if _HEAD.match(line)]
    yield from zip(heads if len(heads) == len(rows) else [1] * len(rows), rows, strict=True)


def _access(row: _Row, folder: Path, *, drill: bool) -> Access:
    wrong = list(_wrong(row, drill=drill))
    if wrong:
        raise InvalidInput([Fault("", 0, 0, message) for message in wrong])
    key, *more = _secret_lines(folder / row.key)
    if more:
        raise InvalidInput(f"`{row.key}` has more than one line; write the API key alone")
    if row.vendor == "persona" and not key.startswith(_SANDBOX if row.test else _LIVE):
        kind, start = ("the sandbox", _SANDBOX) if row.test else ("production", _LIVE)
        raise InvalidInput(f"`{row.key}` is no key of {kind}; those begin with {start}")
    secrets = tuple(text.encode() for text in _secret_lines(folder / row.secrets))
    address = row.address.rstrip("/") or _ADDRESSES[row.vendor]
    return Access(
        row.vendor, address, key, secrets, row.template, row.decided, row.assurance, row.test
    )


def _wrong(row: _Row, *, drill: bool) -> Iterator[str]:
    split = urlsplit(row.address)
    if row.address and (split.scheme != "https" or not split.hostname or split.query):
        yield f"`{row.address}` is no https address; leave it out for the vendor's own"
    if row.vendor == "persona" and not row.template.startswith("itmpl_"):
        yield "`template` is missing; Persona's begin with itmpl_"
    if row.vendor == "veriff" and (row.template or row.decided != "approved"):
        yield "`template` and `decided` are Persona's; leave them out"
    if row.test and not drill:
        yield "`test` is for drills; nothing is really verified there"


def _secret_lines(path: Path) -> list[str]:
    """Read a file with one secret a line (rule 1)."""
    data = _read(path)
    if stat.S_IMODE(path.stat().st_mode) & _OTHERS:
        raise Failed(f"`{path}` can be read by others; run `chmod 600 {path}`")
    lines = data.decode("ascii", "replace").split()
    if not 1 <= len(lines) <= MOST_SECRETS or not all(_KEY.fullmatch(line) for line in lines):
        raise InvalidInput(
            f"`{path}` is not 1 to {MOST_SECRETS} lines, each a key of 8 to 500 characters"
        )
    return lines


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Failed(f"cannot read `{path}`: {error.strerror}") from None
