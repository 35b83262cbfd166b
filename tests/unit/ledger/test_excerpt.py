"""Parts of a published log, by the tiles that they take, through the command that a stranger runs."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.worlds.published_log import ORIGIN, PAIR, POLICY, SIZES, publish
from writ.cli.log import app
from writ.errors import InvalidInput, Refused, WritError
from writ.ledger.excerpt import Excerpt
from writ.ledger.folder import Folder
from writ.ledger.policy import read_policy
from writ.signing.checkpoint import Checkpoint, read_checkpoint
from writ.signing.keys import KeyPair
from writ.signing.note import PLAIN, Note, read_note, sign_note, write_vkey

OTHER = "example.org/writ/decisions"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of 600 entries as it was published, each of its checkpoints, and a policy."""
    return publish(tmp_path_factory.mktemp("excerpt"))


@pytest.fixture
def here(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of all that, to change things in."""
    shutil.copytree(kept, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def verify(*words: str) -> dict[str, Any]:
    """Run `writ log verify` on the log, and return what it says."""
    said: dict[str, Any] = json.loads(_run(*words, "--json"))
    return said


def refused(*words: str) -> str:
    """Run `writ log verify` on what it refuses; return why."""
    with pytest.raises(Refused) as found:
        _run(*words)
    return str(found.value)


def _run(*words: str) -> str:
    call = ["verify", "log", "--policy", "log.policy", *words]
    return CliRunner().invoke(app, call, catch_exceptions=False).stdout


def signed(kept: Path, size: int) -> Checkpoint:
    """Return a checkpoint that was signed."""
    return read_checkpoint(read_note((kept / f"{size}.checkpoint").read_bytes()).text)


def sign(text: str, origin: str = ORIGIN, pair: KeyPair = PAIR) -> bytes:
    """Write a checkpoint, signed."""
    return Note(text, (sign_note(text, origin, pair),)).write()


def test_each_log_begins_with_every_earlier_one(kept: Path) -> None:
    """Any two checkpoints, by the tiles of the log as it is today."""
    for size in SIZES:
        for before in SIZES:
            excerpt = Excerpt(Folder(kept / "log"), signed(kept, size))
            if before <= size:
                excerpt.check_beginning(signed(kept, before))
                excerpt.check_root()
            else:
                with pytest.raises(Refused, match=f"the log shrank from {before} to {size}"):
                    excerpt.check_beginning(signed(kept, before))


def test_every_range_is_proved_by_any_checkpoint_that_has_it(kept: Path) -> None:
    """From its first entry to its last, over the edges of bundles, and the whole log."""
    places = (1, 2, 3, 255, 256, 257, 511, 512, 513, 599, 600)
    for size in SIZES[1:]:
        excerpt = Excerpt(Folder(kept / "log"), signed(kept, size))
        for first in places:
            for last in (place for place in places if place >= first):
                if last <= size:
                    excerpt.check_entries(first, last)
                else:
                    with pytest.raises(Refused, match=f"entries 1 to {size}, not {first} to "):
                        excerpt.check_entries(first, last)


def test_only_the_tiles_that_it_takes_are_read(here: Path) -> None:
    """A stranger need not have all of a log: bundles of a range's entries, tiles beside them."""
    tiles = here / "log" / "tile"
    shutil.copytree(tiles, here / "all")
    shutil.rmtree(tiles / "entries")
    told = verify("--since", "257.checkpoint", "--checkpoint", "600.checkpoint")
    assert {
        "origin": ORIGIN, "size": 600, "range": None, "continues": 257, "witnesses": [],
    } == told  # fmt: skip
    assert (600, None) == (verify()["size"], verify()["continues"])
    assert "the log lacks `tile/entries/000`" == refused("--range", "256-257")
    for name in ("000", "001"):
        (tiles / "entries").mkdir(exist_ok=True)
        shutil.copy(here / "all" / "entries" / name, tiles / "entries" / name)
    assert [256, 257] == verify("--range", "256-257")["range"]
    assert [300, 300] == verify("--range", "300")["range"]
    (tiles / "0" / "001").unlink()
    assert "the log lacks `tile/0/001`" == refused("--range", "300")
    assert "the log lacks `tile/0/001`" == refused("--since", "257.checkpoint")


def test_it_says_in_words_what_it_proved(here: Path) -> None:
    """A range and a beginning can be asked for at once."""
    said = _run("--range", "4-256", "--since", "3.checkpoint", "--checkpoint", "257.checkpoint")
    words = "257 entries; 4 to 256 are there, in this order; the first 3 are those of 3.checkpoint"
    assert f"{ORIGIN} signed {words}\n" == said
    assert f"{ORIGIN} signed 600 entries; the tiles have their root\n" == _run()


def test_changed_entries_and_tiles_are_found(here: Path) -> None:
    """An entry altered, two that changed places, one left out and one in its place, a hash."""
    bundle = here / "log" / "tile" / "entries" / "000"
    data = bundle.read_bytes()
    one = len(data) // 256
    flipped = bytes([data[40] ^ 1])
    for changed in (
        data[:40] + flipped + data[41:],
        data[one : 2 * one] + data[:one] + data[2 * one :],
        data[:one] + data[2 * one :] + data[:one],
    ):
        bundle.write_bytes(changed)
        assert "entries 1 to 256 and the tiles beside them do not have" in refused(
            "--range", "1-256"
        )
        assert [257, 600] == verify("--range", "257-600")["range"]
    bundle.write_bytes(data)
    tile = here / "log" / "tile" / "0" / "000"
    tile.write_bytes(bytes([tile.read_bytes()[0] ^ 1]) + tile.read_bytes()[1:])
    assert "do not have the root that was signed" in refused("--range", "2-3")
    tiles = "the log's tiles do not have the root that was signed"
    assert tiles == refused("--since", "3.checkpoint")
    assert tiles == refused("--checkpoint", "3.checkpoint")
    assert 600 == verify()["size"]  # by the tile above


def test_a_log_that_has_another_beginning_is_told_from_changed_tiles(here: Path) -> None:
    """Two checkpoints that no one log has show it for ever."""
    forked = Checkpoint(ORIGIN, 3, bytes(32)).text()
    (here / "forked.checkpoint").write_bytes(sign(forked))
    assert (
        "the log's first 3 entries are others than were signed before; keep both checkpoints, they"
        " show it"
    ) == refused("--since", "forked.checkpoint")
    (here / "forked.checkpoint").write_bytes(sign(Checkpoint(ORIGIN, 600, bytes(32)).text()))
    assert "the log's first 600 entries are others" in refused("--since", "forked.checkpoint")
    tiles = "the log's tiles do not have the root that was signed"
    assert tiles == refused("--checkpoint", "forked.checkpoint")
    assert tiles == refused("--since", "3.checkpoint", "--checkpoint", "forked.checkpoint")


def test_checkpoints_are_the_logs_own(here: Path) -> None:
    """A smaller one, one by another key, of a log not known, or of another that is known."""
    assert "the log shrank from 600 to 3 entries" == refused(
        "--since", "600.checkpoint", "--checkpoint", "3.checkpoint"
    )
    text = (here / "3.checkpoint").read_text().split("\n\n")[0] + "\n"
    stranger = KeyPair.from_seed(bytes(32))
    (here / "other.checkpoint").write_bytes(sign(text, ORIGIN, stranger))
    for option in ("--since", "--checkpoint"):
        assert "signed by no key that is known here" in refused(option, "other.checkpoint")
    (here / "other.checkpoint").write_bytes(sign(text.replace(ORIGIN, OTHER), OTHER, stranger))
    assert f"is of `{OTHER}`, a log that is not known" in refused("--since", "other.checkpoint")
    known = f"log {write_vkey(OTHER, PLAIN, stranger.public)}\n{POLICY}"
    assert 2 == len(read_policy(known.encode()).logs)
    (here / "log.policy").write_text(known)
    assert f"the checkpoints are of `{OTHER}` and of `{ORIGIN}`" == refused(
        "--since", "other.checkpoint"
    )


def test_what_is_wrong_with_a_file_is_told_with_its_name(here: Path) -> None:
    """Of the several that a command may be given."""
    (here / "odd.checkpoint").write_text("odd")
    assert "`odd.checkpoint`: a note is a text" in refused("--since", "odd.checkpoint")


def test_a_range_is_one_of_the_log(here: Path) -> None:
    """Nothing is proved of no entries, of those before the first, or of those to come."""
    for text in ("0-3", "5-4", "-3", "3-", "a", "", "1-2-3", "01"):
        with pytest.raises(InvalidInput, match=f"`{text}` is no range of entries; write"):
            _run("--range", text)
    assert "the checkpoint has entries 1 to 600, not 600 to 601" == refused("--range", "600-601")
    assert "the checkpoint has entries 1 to 0, not 1 to 1" == refused(
        "--range", "1", "--checkpoint", "0.checkpoint"
    )


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("log", "--opening", "x.json"), "--opening belongs to a proof file"),
        (("x.tlog-proof", "--range", "1"), "`x.tlog-proof` is none"),
        (("x.tlog-proof",), "cannot read `x.tlog-proof`"),
        (("empty",), "`empty` has no checkpoint"),
    ],
)
def test_what_does_not_go_together_is_said(here: Path, words: tuple[str, ...], why: str) -> None:
    """Options of a proof file with a log, of a log with a proof file, and nothing published."""
    (here / "empty").mkdir()
    with pytest.raises(WritError, match=why):
        CliRunner().invoke(
            app, ["verify", *words, "--policy", "log.policy"], catch_exceptions=False
        )


@pytest.mark.parametrize("size", [601, 600 * 10**9])
def test_a_checkpoint_that_lies_in_the_folder_decides_nothing(here: Path, size: int) -> None:
    """It only says how wide the last tiles are: one that says more finds none, and proves nothing."""
    (here / "log" / "checkpoint").write_bytes(
        sign(Checkpoint(ORIGIN, size, bytes(32)).text(), pair=KeyPair.from_seed(bytes(32)))
    )
    assert "the log lacks" in refused("--checkpoint", "600.checkpoint")
