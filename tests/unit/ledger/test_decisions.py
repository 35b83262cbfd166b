import asyncio
import json
import re
from pathlib import Path

import pytest

from tests.unit.ledger.test_log import ORIGIN, PAIR, Still
from tests.worlds.stores import store_at
from writ.clock import WallClock
from writ.errors import Failed, Refused
from writ.gateway.receipts import Receipts
from writ.ledger import decisions
from writ.ledger.decisions import Decisions
from writ.ledger.log import DECISIONS, Log
from writ.ledger.policy import read_policy
from writ.signing.checkpoint import read_checkpoint
from writ.signing.note import PLAIN, sign_note, write_vkey
from writ.store.events import read_events, read_payload
from writ.store.receipts import read_end, read_receipts, removed, set_taken

KNOWN = read_policy(f"log {write_vkey(ORIGIN, PLAIN, PAIR.public)}\nquorum none\n".encode())


@pytest.fixture
def kept(tmp_path: Path) -> Decisions:
    """A log over the receipts of a folder that is empty so far."""
    (tmp_path / "receipts").mkdir()
    store = store_at(tmp_path / "writ.db")
    sign = (lambda text, _: sign_note(text, ORIGIN, PAIR),)
    return Decisions(tmp_path / "receipts", Log(store, ORIGIN, sign, Still(), DECISIONS))


def write(folder: Path, text: str, gateway: str = "gateway-1") -> None:
    """Let a gateway write."""
    with (folder / "receipts" / f"{gateway}.jsonl").open("a") as file:
        file.write(text)


def lines(kept: Decisions) -> list[bytes]:
    """Return what was taken over."""
    with kept.log.store.view() as connection:
        return [row.bytes for row in read_receipts(connection)]


def test_each_receipt_is_taken_over_once(tmp_path: Path, kept: Decisions) -> None:
    """Whole lines of every gateway are taken, in order; half a line waits for its other half."""
    assert 0 == kept.take_in()
    write(tmp_path, '{"id":"a"}\n{"id":"b"}\n{"id":')
    assert (2, 0) == (kept.take_in(), kept.take_in())
    write(tmp_path, '"c"}\n')
    write(tmp_path, '{"id":"d"}\n', "gateway-2")
    assert 2 == kept.take_in()
    assert [b'{"id":"a"}', b'{"id":"b"}', b'{"id":"c"}', b'{"id":"d"}'] == lines(kept)


def test_large_files_are_taken_in_parts(
    tmp_path: Path, kept: Decisions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is longer than a part takes several units, and nothing is lost between them."""
    monkeypatch.setattr(decisions, "_PART", 64)
    written = [f'{{"id":"{number}"}}' for number in range(50)]
    write(tmp_path, "".join(line + "\n" for line in written))
    assert 50 == kept.take_in()
    assert written == [line.decode() for line in lines(kept)]


def test_receipts_that_are_gone_are_missed(tmp_path: Path, kept: Decisions) -> None:
    """A file shorter than what was taken of it is refused, and told until it is whole again."""
    write(tmp_path, '{"id":"a"}\n{"id":"b"}\n')
    kept.take_in()
    path = tmp_path / "receipts" / "gateway-1.jsonl"
    path.write_text('{"id":"a"}\n')
    with pytest.raises(Refused, match="receipts are lost"):
        kept.take_in()
    with pytest.raises(Refused, match="receipts are lost"):
        kept.keep_up()
    assert kept.lost
    path.write_text('{"id":"a"}\n{"id":"b"}\n')
    kept.keep_up()
    assert not kept.lost


@pytest.mark.parametrize(
    "anew",
    [
        '{"id":"x"}\n{"id":"y"}\n{"id":"z"}\n',
        '{"id":"x"}\n{"id":"y"}\n',
        '{"id":"a"}\n{"id":"b"}',
    ],
    ids=["longer", "as long", "its last line cut off"],
)
def test_a_file_that_was_rewritten_is_not_read_on_from_the_old_place(
    tmp_path: Path, kept: Decisions, anew: str
) -> None:
    """Restored from elsewhere, or begun anew: what stands before the place was never taken over."""
    write(tmp_path, '{"id":"a"}\n{"id":"b"}\n')
    kept.take_in()
    (tmp_path / "receipts" / "gateway-1.jsonl").write_text(anew)
    for _ in range(2):
        with pytest.raises(Refused, match=r"gateway-1.jsonl` is .*; receipts are lost"):
            kept.take_in()
    assert [b'{"id":"a"}', b'{"id":"b"}'] == lines(kept)


def early(tmp_path: Path, kept: Decisions) -> Decisions:
    """Change a byte early in a file that was taken over, far before the end that is compared."""
    write(tmp_path, "".join(f'{{"id":"{number:04}"}}\n' for number in range(1000)))
    kept.take_in()
    write(tmp_path, '{"id":"c"}\n')
    path = tmp_path / "receipts" / "gateway-1.jsonl"
    path.write_bytes(path.read_bytes().replace(b"0007", b"0070", 1))
    return kept


def test_a_byte_changed_early_in_a_file_is_told_before_anything_is_signed(
    tmp_path: Path, kept: Decisions
) -> None:
    """What was taken over is in the log all the same; no checkpoint comes until somebody looked."""
    early(tmp_path, kept)
    assert 1 == kept.take_in()
    with pytest.raises(Refused, match="is another than the one that was read; receipts are lost"):
        kept.sign()
    assert None is kept.log.last()
    assert (1001, b'{"id":"0007"}') == (len(lines(kept)), lines(kept)[7])
    with pytest.raises(Refused, match="is another than the one that was read"):
        kept.keep_up()
    assert kept.lost
    path = tmp_path / "receipts" / "gateway-1.jsonl"
    path.write_bytes(path.read_bytes().replace(b"0070", b"0007", 1))
    kept.keep_up()
    assert 1001 == read_checkpoint(kept.sign().text).size
    assert not kept.lost


def test_a_byte_changed_early_in_a_file_is_told_when_it_is_read_on(
    tmp_path: Path, kept: Decisions
) -> None:
    """By the first process that did not read it so far itself: it may be a file from elsewhere."""
    again = Decisions(tmp_path / "receipts", early(tmp_path, kept).log)
    with pytest.raises(Refused, match="is another than the one that was read; receipts are lost"):
        again.keep_up()
    assert (True, 1000) == (again.lost, len(lines(kept)))


def test_a_file_that_was_changed_is_never_removed(tmp_path: Path, kept: Decisions) -> None:
    """Its gateway went on, and the log has it whole: it stays, for somebody to look at."""
    write(tmp_path, '{"id":"d"}\n', "gateway-1+2")
    early(tmp_path, kept)
    with pytest.raises(Refused, match="is another than the one that was read"):
        kept.keep_up()
    assert ["gateway-1+2.jsonl", "gateway-1.jsonl"] == folder(tmp_path)


def test_a_file_that_was_read_before_there_was_a_digest_goes_on(
    tmp_path: Path, kept: Decisions
) -> None:
    """After an update the digest begins with what is in the file then; from there on it holds."""
    write(tmp_path, '{"id":"a"}\n{"id":"b"}\n')
    kept.take_in()
    with kept.log.store.unit() as connection:
        set_taken(connection, "gateway-1.jsonl", 22, read_end(connection, "gateway-1.jsonl"))
    again = Decisions(tmp_path / "receipts", kept.log)
    write(tmp_path, '{"id":"c"}\n')
    assert (1, 3) == (again.take_in(), read_checkpoint(again.sign().text).size)
    path = tmp_path / "receipts" / "gateway-1.jsonl"
    path.write_text('{"id":"x"}\n{"id":"b"}\n{"id":"c"}\n')
    with pytest.raises(Refused, match="is another than the one that was read"):
        again.sign()


@pytest.mark.parametrize("part", [1, 5, 12, 4096])
def test_the_digest_over_every_line_is_one_however_they_are_read(
    tmp_path: Path, kept: Decisions, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    """Taken over at once or line by line, and compared in parts that end within lines."""
    write(tmp_path, '{"id":"a"}\n\n')
    kept.take_in()
    write(tmp_path, '{"id":"b"}\r\n{"id":"c"}\n')
    kept.take_in()
    monkeypatch.setattr(decisions, "_PART", part)
    assert 4 == read_checkpoint(kept.sign().text).size


def folder(tmp_path: Path) -> list[str]:
    """Return which files are there."""
    return sorted(path.name for path in (tmp_path / "receipts").iterdir())


def test_files_go_once_the_log_has_them(tmp_path: Path, kept: Decisions) -> None:
    """Those a gateway went on from, whole and signed for; the last, and half a line, stay."""
    write(tmp_path, '{"id":"a"}\n')
    assert (1, 0) == (kept.take_in(), kept.tidy())
    write(tmp_path, '{"id":"b"}\n')
    write(tmp_path, '{"id":"c"}\n', "gateway-1+2")
    write(tmp_path, '{"id":"d"}\n{"id":', "gateway-1+3")
    write(tmp_path, '{"id":"e"}\n', "gateway-1+4")
    write(tmp_path, '{"id":"f"}\n', "gateway-1+5")
    assert 0 == kept.tidy()  # nothing was taken over of them yet
    kept.take_in()
    assert 2 == kept.tidy()
    assert ["gateway-1+3.jsonl", "gateway-1+4.jsonl", "gateway-1+5.jsonl"] == folder(tmp_path)
    note = kept.log.last()
    assert note is not None
    assert 6 == read_checkpoint(note.text).size
    write(tmp_path, '"g"}\n', "gateway-1+3")
    assert (1, 2) == (kept.take_in(), kept.tidy())
    assert ["gateway-1+5.jsonl"] == folder(tmp_path)
    write(tmp_path, '{"id":"h"}\n', "gateway-1+5")
    assert 1 == kept.take_in()
    assert [f'{{"id":"{name}"}}'.encode() for name in "abcdefgh"] == sorted(lines(kept))


def test_nothing_is_lost_or_taken_twice_while_a_gateway_writes(
    tmp_path: Path, kept: Decisions
) -> None:
    """Three hundred refusals through small files, taken over and tidied up meanwhile."""

    async def story() -> None:
        loop = asyncio.get_running_loop()
        receipts = Receipts(tmp_path / "receipts", "gateway-1", WallClock(), 16, 1500)
        for number in range(0, 300, 20):
            heard = [loop.create_future() for _ in range(20)]
            for place, done in enumerate(heard, number):
                receipts.errored(f"{place:04}", "fable-5", "unresolved", done.set_result)
            await asyncio.gather(*heard, asyncio.to_thread(kept.take_in))
            await asyncio.to_thread(kept.tidy)
        receipts.close()

    asyncio.run(story())
    kept.take_in()
    kept.tidy()
    told = [json.loads(line) for line in lines(kept)]
    assert [f"{number:04}" for number in range(300)] == [row["id"] for row in told if "id" in row]
    assert ["opened", "closed"] == [row["kind"] for row in told if "id" not in row]
    [last] = [name for name in folder(tmp_path) if name.endswith(".jsonl")]
    assert int(last.removeprefix("gateway-1+").removesuffix(".jsonl")) > 15


def test_a_kill_between_the_note_and_the_removal_is_made_good(
    tmp_path: Path, kept: Decisions
) -> None:
    """A file that was noted as removed is not read again; it goes."""
    write(tmp_path, '{"id":"a"}\n')
    write(tmp_path, '{"id":"b"}\n', "gateway-1+2")
    kept.take_in()
    with kept.log.store.unit() as connection:
        set_taken(connection, "gateway-1.jsonl", removed(len('{"id":"a"}\n')))
    assert 0 == kept._take(tmp_path / "receipts" / "gateway-1.jsonl")
    assert 0 == kept.take_in()
    assert ["gateway-1+2.jsonl"] == folder(tmp_path)
    assert 2 == len(lines(kept))


@pytest.mark.parametrize("names", [["gateway-1"], ["gateway-1", "gateway-1+2"]])
def test_what_a_gateway_began_anew_is_not_removed_unread(
    tmp_path: Path, kept: Decisions, names: list[str]
) -> None:
    """Somebody emptied its folder, and it begins again at one: its new receipts are missed, not lost."""
    write(tmp_path, '{"id":"a"}\n')
    write(tmp_path, '{"id":"b"}\n', "gateway-1+2")
    assert (2, 1) == (kept.take_in(), kept.tidy())
    (tmp_path / "receipts" / "gateway-1+2.jsonl").unlink()
    for name in names:
        write(tmp_path, '{"id":"new one"}\n', name)
    with pytest.raises(Refused, match=r"gateway-1.jsonl` was taken over and removed, and is there"):
        kept.take_in()
    assert [f"{name}.jsonl" for name in sorted(names, key=len, reverse=True)] == folder(tmp_path)


@pytest.mark.parametrize("gone", ["gateway-1.jsonl", "gateway-1+2.jsonl"])
def test_a_file_that_went_too_early_is_missed(tmp_path: Path, kept: Decisions, gone: str) -> None:
    """Whoever removes a file by hand, wholly taken over or not, is found out."""
    write(tmp_path, '{"id":"a"}\n')
    kept.take_in()
    write(tmp_path, '{"id":"b"}\n', "gateway-1+2")
    write(tmp_path, '{"id":"c"}\n', "gateway-1+3")
    (tmp_path / "receipts" / gone).unlink()
    with pytest.raises(Refused, match=rf"{re.escape(gone)}` is gone before all of it was taken"):
        kept.take_in()


def test_a_file_called_otherwise_is_refused(tmp_path: Path, kept: Decisions) -> None:
    """Nothing that may be a receipt is passed over in silence."""
    write(tmp_path, "{}\n", "gateway-1+0")
    with pytest.raises(Refused, match="is called as no gateway calls its receipts"):
        kept.take_in()


def test_a_file_that_cannot_be_removed_is_a_failure(tmp_path: Path, kept: Decisions) -> None:
    """It is told in one line, and so is one that cannot be looked at."""
    odd = tmp_path / "receipts" / "odd"
    odd.mkdir()
    with pytest.raises(Failed, match="cannot remove"):
        decisions._remove(odd)
    with kept.log.store.view() as connection, pytest.raises(Failed, match="cannot read"):
        decisions._is_whole(connection, odd / "none")
    with pytest.raises(Failed, match="cannot read"):
        decisions._chain_of(odd / "none", 1)


def test_a_decision_is_found_and_proved(tmp_path: Path, kept: Decisions) -> None:
    """By its id, whatever else the lines are; one that nobody made is not."""
    write(tmp_path, '{"kind":"opened"}\nno json\n{"id":"b","outcome":"deny"}\n')
    assert 3 == read_checkpoint(kept.sign().text).size
    proved = kept.prove("b")
    assert b'{"id":"b","outcome":"deny"}' == proved.opening.row
    assert 3 == proved.proof.check(proved.opening.entry(), KNOWN).checkpoint.size
    with pytest.raises(Refused, match="no receipt has the decision `c`"):
        kept.prove("c")


def test_every_checkpoint_leaves_an_event(tmp_path: Path, kept: Decisions) -> None:
    """A checkpoint is told to the other log, once."""
    for count in (1, 1, 0):
        write(tmp_path, '{"id":"a"}\n' * count)
        kept.sign()
    with kept.log.store.view() as connection:
        assert ["decisions.signed"] * 2 == [row.kind for row in read_events(connection)]


def test_a_kill_between_a_checkpoint_and_its_event_is_made_good(
    tmp_path: Path, kept: Decisions
) -> None:
    """The other log vouches for it though no receipt came since: a pack would lack the event."""
    write(tmp_path, '{"id":"a"}\n')
    kept.take_in()
    note = kept.log.sign()
    assert (note, note) == (kept.sign(), kept.sign())
    with kept.log.store.view() as connection:
        [row] = read_events(connection)
    assert 1 == read_payload(row)["size"]


def test_a_file_that_cannot_be_read_is_a_failure(tmp_path: Path, kept: Decisions) -> None:
    """It is told in one line."""
    (tmp_path / "receipts" / "odd.jsonl").mkdir()
    with pytest.raises(Failed, match="cannot read"):
        kept.take_in()
