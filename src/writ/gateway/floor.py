"""The last epoch that was in force here, kept where a restart finds it: epochs only grow.

1. A floor is no leave to decide: that is the lease's alone, and no lease is kept.
2. It is written once an epoch is obeyed, and before that is said. A disk that will not take it
   keeps nobody from being refused: the epoch is obeyed all the same, and the log says so.
3. A store that was put back to an older copy is thus noticed here, also by a gateway that was
   started anew. Whoever restored a backup on purpose removes the file.
"""

import os
from pathlib import Path

import msgspec
import structlog

from writ.canonical import encode
from writ.errors import Failed, Refused

_log = structlog.get_logger("writ.gateway.floor")


class _Floor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    epoch: int = 0
    digest: str = ""


class Floor:
    """The floor of one gateway; `path` is its file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._held = msgspec.json.decode(path.read_bytes(), type=_Floor)
        except FileNotFoundError:
            self._held = _Floor()
        except OSError as error:
            raise Failed(f"cannot read `{path}`: {error.strerror}") from None
        except msgspec.DecodeError:
            raise Failed(
                f"`{path}` does not say which epoch was in force here; restore it, or remove it "
                "if the store is known to be the newest"
            ) from None

    @property
    def first(self) -> bool:
        """Whether no gateway of this name ever obeyed anything here."""
        return self._held.epoch == 0

    def check(self, epoch: int, digest: str) -> None:
        """Refuse an epoch before the floor, and the floor's own with other rules."""
        held = self._held
        if epoch < held.epoch:
            why = f"epoch {epoch} is older than epoch {held.epoch}, which was in force here"
        elif epoch == held.epoch and digest != held.digest:
            why = f"epoch {epoch} was in force here with other rules"
        else:
            return
        raise Refused(f"{why}; if a backup was restored on purpose, remove `{self._path}`")

    def lift(self, epoch: int, digest: str) -> None:
        """Raise the floor to an epoch that is obeyed, durably (rule 2)."""
        before, self._held = self._held, _Floor(epoch, digest)
        if before == self._held:
            return
        try:
            _write(self._path, encode({"epoch": epoch, "digest": digest}))
        except OSError as error:
            _log.error("floor not kept", epoch=epoch, why=error.strerror)


def _write(path: Path, data: bytes) -> None:
    """Replace the file so that a crash leaves the old or the new."""
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
