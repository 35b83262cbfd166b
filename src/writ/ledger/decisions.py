"""The decision log: every receipt of every gateway, in a tree of its own.

1. Whole lines that a gateway has synced are taken over in their order, each exactly once: lines
   and place in the file are one unit. What follows the last line feed may be torn, and waits.
2. A file that is shorter than what was taken of it lost receipts: that is Refused, loudly.
3. Each checkpoint of this log leaves an event in the governance log, so that the one vouches for
   the other.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from writ.canonical import Plain
from writ.errors import Failed, Refused
from writ.ledger.log import Log, Proved
from writ.signing.checkpoint import read_checkpoint
from writ.signing.form import to_base64
from writ.signing.note import Note
from writ.store.events import append
from writ.store.receipts import add_receipts, find_receipt, set_taken, taken

SIGNED = "decisions.signed"
_PART = 4 * 1024 * 1024
"""Bytes of a file taken over in one unit."""


class _Line(msgspec.Struct):
    id: str | None = None


class Decisions:
    """The receipts of a folder, and the log over them."""

    def __init__(self, folder: Path, log: Log) -> None:
        self._folder = folder
        self.log = log

    def take_in(self) -> int:
        """Take over what gateways have written since; returns how many receipts (rule 1)."""
        count = 0
        for path in sorted(self._folder.glob("*.jsonl")):
            while part := self._take(path):
                count += part
        return count

    def sign(self) -> Note:
        """Return a checkpoint over every receipt so far (rule 3)."""
        self.take_in()
        before, note = self.log.last(), self.log.sign()
        if note != before:
            checkpoint = read_checkpoint(note.text)
            with self.log.store.unit() as connection:
                payload: dict[str, Plain] = {
                    "size": checkpoint.size,
                    "root": to_base64(checkpoint.root),
                }
                append(connection, SIGNED, payload)
        return note

    def prove(self, decision: str, shown: Note | None = None) -> Proved:
        """Return the receipt of a decision with its proof; an unknown one is Refused."""
        with self.log.store.view() as connection:
            seq = find_receipt(connection, decision)
        if seq is None:
            raise Refused(f"no receipt has the decision `{decision}`")
        return self.log.prove(seq, shown)

    def _take(self, path: Path) -> int:
        with self.log.store.unit() as connection:
            place = taken(connection, path.name)
            data = _read(path, place)
            whole = data[: data.rfind(b"\n") + 1]
            if not whole:
                return 0
            before = add_receipts(connection, ())
            after = add_receipts(connection, _lines(whole))
            set_taken(connection, path.name, place + len(whole))
        return after - before


def _lines(data: bytes) -> Iterator[tuple[str | None, bytes]]:
    for line in data.removesuffix(b"\n").split(b"\n"):
        try:
            yield msgspec.json.decode(line, type=_Line).id, line
        except msgspec.DecodeError:
            yield None, line  # evidence all the same


def _read(path: Path, place: int) -> bytes:
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            if size < place:
                raise Refused(f"`{path}` is shorter than what was read of it; receipts are lost")
            file.seek(place)
            return file.read(_PART)
    except OSError as error:
        raise Failed(f"cannot read `{path}`: {error.strerror}") from None
