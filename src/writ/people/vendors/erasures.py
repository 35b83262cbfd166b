"""What vendors have yet to forget: one small file for each session, until they have.

1. A session is noted before its visitor is sent to the vendor, due when the attempt must be over;
   what is decided, or abandoned, is due at once. So nothing stays at a vendor because somebody did
   not come back, or because this process ended.
2. What is due is erased at the vendor, by its API. What fails is tried again, after a minute, then
   twice as long each time, up to six hours; it is never dropped.
3. What waits is counted for the operator (`count`): how many sessions, and how many of them a
   vendor has refused to erase. A file holds the vendor's id and two numbers, nothing of anybody.
"""

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from writ.clock import wall
from writ.errors import Failed, WritError

FIRST_PAUSE = 60
LONGEST_PAUSE = 6 * 3600
EVERY = 15.0
"""Seconds between two looks at what is due."""


class _Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    due: int
    tries: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many sessions a vendor has yet to forget, and how many of those it refused to."""

    sessions: int
    refused: int


class Erasures:
    """The sessions of one vendor that have to be erased, in a folder of their own."""

    def __init__(self, folder: Path, now: Callable[[], float] = wall) -> None:
        self._folder = folder
        self._now = now

    def expect(self, id_: str, seconds: float = 0) -> None:
        """Note that a session is to be erased in so many seconds, or at once (rule 1)."""
        self._write(id_, _Note(int(self._now() + seconds), 0))

    async def once(self, erase: Callable[[str], Awaitable[None]]) -> list[str]:
        """Erase what is due (rule 2); return why that failed, once for each session."""
        failed: list[str] = []
        for id_, note in self._notes():
            if note.due > self._now():
                continue
            try:
                await erase(id_)
            except WritError as error:
                pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2**note.tries)
                self._write(id_, _Note(int(self._now()) + pause, note.tries + 1))
                failed.append(str(error))
            else:
                (self._folder / id_).unlink(missing_ok=True)
        return failed

    def count(self) -> Waiting:
        """Return what waits (rule 3)."""
        notes = [note for _, note in self._notes()]
        return Waiting(len(notes), sum(note.tries > 0 for note in notes))

    def _notes(self) -> list[tuple[str, _Note]]:
        try:
            files = sorted(self._folder.iterdir())
        except FileNotFoundError:
            return []
        return [(file.name, self._read(file)) for file in files if not file.name.startswith(".")]

    def _read(self, file: Path) -> _Note:
        try:
            return msgspec.json.decode(file.read_bytes(), type=_Note)
        except (OSError, msgspec.DecodeError):
            return _Note(0, 0)  # a damaged note is due: forgetting too early harms nobody

    def _write(self, id_: str, note: _Note) -> None:
        draft = self._folder / f".{id_}"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with draft.open("wb") as file:
                file.write(msgspec.json.encode(note))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._folder / id_)
        except OSError as error:
            raise Failed(
                f"cannot write in `{self._folder}`: {error.strerror}; without a note of it nobody "
                "is sent to a vendor"
            ) from None
