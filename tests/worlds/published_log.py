"""A log of six hundred entries as it was published, each checkpoint that was signed, and a policy."""

from pathlib import Path

from tests.worlds.stores import store_at
from writ.ledger.folder import Folder
from writ.ledger.log import Log
from writ.signing.keys import KeyPair
from writ.signing.note import PLAIN, sign_note, write_vkey
from writ.store.events import append

ORIGIN = "example.org/writ/governance"
PAIR = KeyPair.from_seed(bytes(range(32)))
POLICY = f"log {write_vkey(ORIGIN, PLAIN, PAIR.public)}\nquorum none\n"
SIZES = (0, 1, 3, 255, 256, 257, 600)


class Still:
    """A clock that stands still."""

    def now(self) -> int:
        """Return a day in July."""
        return 1_782_000_000_000_000


def publish(folder: Path) -> Path:
    """Write `log/`, `SIZE.checkpoint` of each size, and `log.policy` into a folder; return it."""
    store = store_at(folder / "writ.db")
    log = Log(store, ORIGIN, (lambda text, _: sign_note(text, ORIGIN, PAIR),), Still())
    before = 0
    for size in SIZES:
        with store.unit() as connection:
            for number in range(before, size):
                append(connection, "test", {"number": number})
        note, before = log.sign(), size
        (folder / f"{size}.checkpoint").write_bytes(note.write())
    log.publish(Folder(folder / "log"), log.sign())
    (folder / "log.policy").write_text(POLICY)
    store.close()
    return folder
