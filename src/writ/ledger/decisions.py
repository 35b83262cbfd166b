"""The decision log: every receipt of every gateway, in a tree of its own.

1. Whole lines that a gateway has synced are taken over in their order, each exactly once: lines
   and place in the file are one unit. What follows the last line feed may be torn, and waits.
2. A file that is shorter than what was taken of it lost receipts, and so did one whose bytes before
   that place are others now, or that is gone before it was taken over whole: that is Refused, loudly.
   So is one that is there again, as another than it was: what a gateway began anew is never removed
   unread. The last bytes before the place are compared each time; every line, by a digest over all
   of them, when a process first reads a file on, and before a checkpoint is signed.
3. A file that the gateway has gone on from is removed once all of it is in the log and a checkpoint
   over it was signed. So files stay few, and nothing is gone before the log has it.
4. Each checkpoint of this log leaves an event in the governance log, so that the one vouches for
   the other; what a kill kept from being written is made good when the next is asked for.
"""

import hashlib
import itertools
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import msgspec

from writ.canonical import Plain, digest_bytes
from writ.errors import Failed, Refused
from writ.ledger.log import DECISIONS, Log, Proved
from writ.model.receipt_names import file_name, read_file_name
from writ.signing.checkpoint import read_checkpoint
from writ.signing.form import to_base64
from writ.signing.note import Note
from writ.store.database import Connection
from writ.store.events import append, last_event, read_events, read_payload
from writ.store.receipts import (
    REMOVED,
    add_receipts,
    find_receipt,
    read_chain,
    read_end,
    removed,
    set_taken,
    taken,
)
from writ.store.trees import signed_at

SIGNED = "decisions.signed"
_PART = 4 * 1024 * 1024
"""Bytes of a file taken over in one unit."""
_START = bytes(32).hex()
"""The digest over no lines."""
_END = 4096
"""Bytes before the place read to that must be those that were there."""


class _Line(msgspec.Struct):
    id: str | None = None


class Decisions:
    """The receipts of a folder, and the log over them."""

    def __init__(self, folder: Path, log: Log) -> None:
        self._folder = folder
        self.log = log
        self.lost = False
        self._compared = set[str]()

    def keep_up(self) -> None:
        """Take over what there is, and remove what is in the log; `lost`: receipts were missing."""
        try:
            self.take_in()
            self.tidy()
        except Refused:
            self.lost = True
            raise
        self.lost = False

    def take_in(self) -> int:
        """Take over what gateways have written since; returns how many receipts (rule 1)."""
        count = 0
        for paths in self._files().values():
            for path in paths:
                while part := self._take(path):
                    count += part
        return count

    def tidy(self) -> int:
        """Remove files that are in the log whole, and signed for; returns how many (rule 3)."""
        done = list[Path]()
        with self.log.store.view() as connection:
            for paths in self._files().values():
                done += itertools.takewhile(partial(_is_whole, connection), paths[:-1])
        if done:
            self.sign()
        for path in done:
            with self.log.store.unit() as connection:
                set_taken(connection, path.name, removed(_size(path)))
            _remove(path)
        return len(done)

    def sign(self) -> Note:
        """Return a checkpoint over every receipt so far (rule 4)."""
        self.take_in()
        for paths in self._files().values():
            for path in paths:
                with self.log.store.unit() as connection:  # nobody removes it meanwhile
                    self._compare(connection, path)
        note = self.log.sign()
        checkpoint = read_checkpoint(note.text)
        with self.log.store.unit() as connection:
            last = last_event(connection, (SIGNED,))
            told = read_payload(next(read_events(connection, last - 1))) if last else {}
            if told.get("size") != checkpoint.size:
                payload: dict[str, Plain] = {
                    "size": checkpoint.size,
                    "root": to_base64(checkpoint.root),
                    "at": signed_at(connection, DECISIONS, checkpoint.size),
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

    def _files(self) -> dict[str, list[Path]]:
        """Return each gateway's files that are there, in order, none missing between (rule 2)."""
        found = dict[str, dict[int, Path]]()
        for path in self._folder.glob("*.jsonl"):
            name = read_file_name(path.name)
            if name is None:
                raise Refused(f"`{path}` is called as no gateway calls its receipts")
            found.setdefault(name[0], {})[name[1]] = path
        with self.log.store.view() as connection:
            return {
                gateway: list(self._following(connection, gateway, found[gateway]))
                for gateway in sorted(found)
            }

    def _following(
        self, connection: Connection, gateway: str, numbered: dict[int, Path]
    ) -> Iterator[Path]:
        first, last = min(numbered), max(numbered)
        before = file_name(gateway, first - 1) if first > 1 else None
        gone = [number for number in range(first, last) if number not in numbered]
        if before is not None and taken(connection, before) > REMOVED:
            gone.append(first - 1)
        if gone:
            name = self._folder / file_name(gateway, gone[-1])
            raise Refused(f"`{name}` is gone before all of it was taken over; receipts are lost")
        for number in sorted(numbered):
            path = numbered[number]
            place = taken(connection, path.name)
            if place > REMOVED:
                yield path
            elif number < last and place == removed(_size(path)):
                _remove(path)  # a kill came between
            else:
                raise Refused(
                    f"`{path}` was taken over and removed, and is there again; let its gateway go"
                    " by another name, and the file too"
                )

    def _take(self, path: Path) -> int:
        with self.log.store.unit() as connection:
            place = taken(connection, path.name)
            if place <= REMOVED:
                return 0
            before, data = _read(path, place)
            if read_end(connection, path.name) not in {None, digest_bytes(before)}:
                raise Refused(f"`{path}` is another than the one that was read; receipts are lost")
            chain = read_chain(connection, path.name)
            if chain is None or path.name not in self._compared:
                chain = self._compare(connection, path)
            whole = data[: data.rfind(b"\n") + 1]
            if not whole:
                return 0
            count = add_receipts(connection, ())
            count = add_receipts(connection, _lines(whole)) - count
            end = digest_bytes((before + whole)[-_END:])
            set_taken(connection, path.name, place + len(whole), end, _chained(chain, whole))
        return count

    def _compare(self, connection: Connection, path: Path) -> str:
        """Return the digest over every line taken over of a file, proved to be in it still (rule 2)."""
        place, told = taken(connection, path.name), read_chain(connection, path.name)
        found = _START if place <= 0 else _chain_of(path, place)
        self._compared.discard(path.name)  # if it is another, each time from now on
        if told not in {None, found}:
            raise Refused(f"`{path}` is another than the one that was read; receipts are lost")
        self._compared.add(path.name)
        return found


def _chain_of(path: Path, place: int) -> str:
    """Return the digest over every line before a place in a file."""
    chain, rest = _START, b""
    try:
        with path.open("rb") as file:
            while data := file.read(min(place, _PART)):
                place -= len(data)
                whole, feed, rest = (rest + data).rpartition(b"\n")
                chain = _chained(chain, whole + feed)
    except OSError as error:
        raise Failed(f"cannot read `{path}`: {error.strerror}") from None
    return chain


def _chained(chain: str, lines: bytes) -> str:
    """Return a digest over whole lines and all before them, of which `chain` is the digest."""
    digest = bytes.fromhex(chain)
    for line in lines.split(b"\n")[:-1]:
        digest = hashlib.sha256(digest + line).digest()
    return digest.hex()


def _lines(data: bytes) -> Iterator[tuple[str | None, bytes]]:
    for line in data.removesuffix(b"\n").split(b"\n"):
        try:
            yield msgspec.json.decode(line, type=_Line).id, line
        except msgspec.DecodeError:
            yield None, line  # evidence all the same


def _read(path: Path, place: int) -> tuple[bytes, bytes]:
    """Return the last bytes before a place in a file, and those from there on."""
    before = min(place, _END)
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            if size < place:
                raise Refused(f"`{path}` is shorter than what was read of it; receipts are lost")
            file.seek(place - before)
            return file.read(before), file.read(_PART)
    except OSError as error:
        raise Failed(f"cannot read `{path}`: {error.strerror}") from None


def _is_whole(connection: Connection, path: Path) -> bool:
    """Whether all of a file was taken over."""
    return _size(path) == taken(connection, path.name)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise Failed(f"cannot read `{path}`: {error.strerror}") from None


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise Failed(f"cannot remove `{path}`: {error.strerror}") from None
