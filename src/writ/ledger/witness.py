"""A witness: cosigns a log's checkpoint if the log continues what it showed before.

What c2sp.org/tlog-witness v1.0.0 asks of `add-checkpoint`, in its order:
1. The body is `old SIZE`, a consistency proof, an empty line and a checkpoint: else 400.
2. The log is one of those watched (404) and its key signed (403).
3. The old size is not larger than the new one (400), and is that of the last checkpoint cosigned
   (409, with that size).
4. The proof leads from the last root to the new one (422).
5. The new checkpoint is on disk before its cosignature leaves; checking and keeping are one step.
"""

import fcntl
import hashlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from writ.errors import Failed, Refused
from writ.ledger.merkle import EMPTY, check_consistency
from writ.signing.checkpoint import Checkpoint, read_checkpoint, read_hash, read_size
from writ.signing.form import to_base64
from writ.signing.note import Note, NoteSignature, Verifier, read_note, verify_note

SIZE_TYPE = "text/x.tlog.size"
TEXT_TYPE = "text/plain; charset=utf-8"
MOST_HASHES = 63

Cosign = Callable[[str, int], NoteSignature]
"""Cosigns a checkpoint's text at a time in seconds."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a witness answers."""

    status: int
    body: bytes
    type: str = TEXT_TYPE


@dataclass(frozen=True, slots=True)
class _Asked:
    old: int
    proof: tuple[bytes, ...]
    note: Note
    checkpoint: Checkpoint


class Witness:
    """Watches logs and remembers, in a folder, the last checkpoint of each; safe between threads."""

    def __init__(
        self, folder: Path, logs: Sequence[Verifier], cosign: Cosign, now: Callable[[], float]
    ) -> None:
        self._folder = folder
        self._logs = tuple(logs)
        self._cosign = cosign
        self._now = now
        self._lock = threading.Lock()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer one request to cosign."""
        try:
            asked = _read(body)  # 1
        except Refused as error:
            return _no(400, error)
        # 2
        known = [log for log in self._logs if log.name == asked.checkpoint.origin]
        if not known:
            return _no(404, f"the log `{asked.checkpoint.origin}` is not watched here")
        try:
            verify_note(asked.note, known)
        except Refused as error:
            return _no(403, error)
        with self._lock, self._kept(asked.checkpoint.origin) as path:
            return self._decide(asked, path)

    def last(self, origin: str) -> Checkpoint | None:
        """Return the last checkpoint of a log that was cosigned here."""
        return _last(self._path(origin))

    def _decide(self, asked: _Asked, path: Path) -> Answer:
        new = asked.checkpoint
        before = _last(path)
        size, head = (0, EMPTY) if before is None else (before.size, before.root)
        # 3
        if asked.old > new.size:
            return _no(400, "the old size is larger than the checkpoint's")
        if asked.old != size:
            return Answer(409, b"%d\n" % size, SIZE_TYPE)
        # 4
        if new.size == 0 and new.root != EMPTY:
            return _no(422, "an empty log has the hash of nothing")
        try:
            check_consistency((size, head), (new.size, new.root), asked.proof)
        except Refused as error:
            return _no(422, error)
        # 5
        _keep(path, asked.note.text)
        return Answer(200, self._cosign(asked.note.text, int(self._now())).line().encode())

    def _path(self, origin: str) -> Path:
        return self._folder / hashlib.sha256(origin.encode()).hexdigest()[:32]

    @contextmanager
    def _kept(self, origin: str) -> Iterator[Path]:
        """Hold a log's file against other processes."""
        path = self._path(origin)
        try:
            with path.with_suffix(".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield path
        except OSError as error:
            raise Failed(f"cannot keep `{path}`: {error.strerror}") from None


def ask_for(old: int, proof: Sequence[bytes], note: Note) -> bytes:
    """Write a request to cosign, as `add_checkpoint` reads it."""
    lines = [f"old {old}", *map(to_base64, proof), "", ""]
    return "\n".join(lines).encode() + note.write()


def _read(body: bytes) -> _Asked:
    head, gap, rest = body.partition(b"\n\n")
    if not gap:
        raise Refused("the body is `old SIZE`, a proof, an empty line and a checkpoint")
    first, *lines = head.decode("ascii", "replace").split("\n")
    if not first.startswith("old ") or len(lines) > MOST_HASHES:
        raise Refused(f"the body begins with `old SIZE`, and has at most {MOST_HASHES} hashes")
    note = read_note(rest)
    return _Asked(
        read_size(first.removeprefix("old ")),
        tuple(map(read_hash, lines)),
        note,
        read_checkpoint(note.text),
    )


def _last(path: Path) -> Checkpoint | None:
    return read_checkpoint(path.read_text(encoding="utf-8")) if path.exists() else None


def _keep(path: Path, text: str) -> None:
    draft = path.with_suffix(".draft")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _no(status: int, why: object) -> Answer:
    return Answer(status, f"{why}\n".encode())
