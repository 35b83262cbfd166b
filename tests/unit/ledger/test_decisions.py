from pathlib import Path

import pytest

from tests.unit.ledger.test_log import ORIGIN, PAIR, Still
from writ.errors import Failed, Refused
from writ.ledger import decisions
from writ.ledger.decisions import Decisions
from writ.ledger.log import DECISIONS, Log
from writ.ledger.policy import read_policy
from writ.signing.checkpoint import read_checkpoint
from writ.signing.note import PLAIN, sign_note, write_vkey
from writ.store.database import open_store
from writ.store.events import read_events
from writ.store.receipts import read_receipts

KNOWN = read_policy(f"log {write_vkey(ORIGIN, PLAIN, PAIR.public)}\nquorum none\n".encode())


@pytest.fixture
def kept(tmp_path: Path) -> Decisions:
    """A log over the receipts of a folder that is empty so far."""
    (tmp_path / "receipts").mkdir()
    store = open_store(tmp_path / "writ.db")
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
    """A file shorter than what was taken of it is refused."""
    write(tmp_path, '{"id":"a"}\n{"id":"b"}\n')
    kept.take_in()
    (tmp_path / "receipts" / "gateway-1.jsonl").write_text('{"id":"a"}\n')
    with pytest.raises(Refused, match="receipts are lost"):
        kept.take_in()


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


def test_a_file_that_cannot_be_read_is_a_failure(tmp_path: Path, kept: Decisions) -> None:
    """It is told in one line."""
    (tmp_path / "receipts" / "odd.jsonl").mkdir()
    with pytest.raises(Failed, match="cannot read"):
        kept.take_in()
