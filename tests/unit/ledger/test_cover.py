from pathlib import Path

import msgspec
import pytest

from tests.worlds.signers import StandingClock
from tests.worlds.stores import store_at
from writ.clock import DAY, HOUR, MINUTE
from writ.errors import InvalidInput, Refused
from writ.ledger.audit import audit
from writ.ledger.cover import Cover, Stood, check_uncovered
from writ.ledger.folder import Folder
from writ.ledger.log import COVER, GOVERNANCE, Log
from writ.ledger.policy import Policy, read_policy
from writ.ledger.tiles import Tile
from writ.signing.checkpoint import read_checkpoint
from writ.signing.keys import KeyPair
from writ.signing.note import PLAIN, Note, sign_note, write_vkey
from writ.store.events import append

KEYS: dict[str, KeyPair] = {name: KeyPair.generate() for name in (GOVERNANCE, COVER)}


def known(name: str) -> Policy:
    """Return who trusts one log's key."""
    return read_policy(f"log {write_vkey(name, PLAIN, KEYS[name].public)}\nquorum none\n".encode())


def happen(cover: Cover, what: str = "an order") -> int:
    """Let something be decided."""
    with cover.log.store.unit() as connection:
        return append(connection, "test", {"what": what})


def pass_time(cover: Cover, span: int) -> Note:
    """Let time pass and the cover log be made; return its checkpoint."""
    assert isinstance(cover.clock, StandingClock)
    cover.clock.instant += span
    cover.tick()
    return cover.log.sign()


@pytest.fixture
def cover(tmp_path: Path) -> Cover:
    """A deployment that began just now; nothing was decided yet."""
    store, clock = store_at(tmp_path / "writ.db"), StandingClock()

    def log(name: str) -> Log:
        def sign(text: str, _: int) -> object:
            return sign_note(text, name, KEYS[name])

        return Log(store, name, (sign,), clock, name)  # type: ignore[arg-type]  # as told

    made = Cover(log(COVER), log(GOVERNANCE), clock, HOUR)
    assert 1 == made.tick()
    return made


def check(data: bytes) -> Stood:
    """Check as a stranger does."""
    return check_uncovered(data, known(GOVERNANCE), known(COVER))


def test_how_much_is_committed_to_follows_from_time_alone(cover: Cover, tmp_path: Path) -> None:
    """Whether nothing, one thing or a hundred happened, each hour adds one entry of one size."""
    folder, entries, note = Folder(tmp_path / "cover"), list[bytes](), cover.log.sign()
    for count in (0, 1, 0, 100):
        for _ in range(count):
            happen(cover)
        assert not cover.due()
        assert 0 == cover.tick()
        note = pass_time(cover, HOUR)
        cover.log.publish(folder, note)
        size = read_checkpoint(note.text).size
        entries = folder.entries(Tile("entries", 0, size))
    assert 5 == len(entries) == audit(folder, known(COVER).see(note).checkpoint)
    assert 1 == len({len(entry) for entry in entries})
    assert 5 == len(set(entries))


def test_what_was_missed_is_made_good_and_says_so(cover: Cover) -> None:
    """After a day without a process the periods are all there; the row says when it was made."""
    seq = happen(cover)
    assert 25 == read_checkpoint(pass_time(cover, DAY).text).size
    stood = check(cover.uncover(seq))
    assert (2, "2026-06-12T22:00:00Z", "2026-06-13T21:00:00Z") == (
        stood.entry,
        stood.period,
        stood.made_at,
    )


def test_a_clock_between_two_periods_makes_no_entry(cover: Cover) -> None:
    """An entry is made at the beginning of a period, and the next one at the next."""
    assert 1 == read_checkpoint(pass_time(cover, HOUR - MINUTE).text).size
    assert 2 == read_checkpoint(pass_time(cover, MINUTE).text).size


def test_an_order_is_shown_to_have_stood_there(cover: Cover) -> None:
    """Against the checkpoint that somebody kept from then, which told nothing, and the last one."""
    happen(cover, "before")
    pass_time(cover, HOUR)
    seq = happen(cover, "a sealed order")
    kept = pass_time(cover, HOUR)
    happen(cover, "later")
    last = pass_time(cover, 3 * HOUR)
    for note, seen in ((kept, kept), (last, None)):
        stood = check(cover.uncover(seq, seen))
        assert b"a sealed order" in stood.row
        assert (3, note.text) == (stood.entry, stood.cover.checkpoint.text())
        assert "2026-06-12T23:00:00Z" == stood.period
        assert 2 == stood.governance.checkpoint.size


def test_what_no_commitment_covers_is_not_uncovered(cover: Cover) -> None:
    """What came since the last entry, and to a checkpoint that this log never signed."""
    seq = happen(cover)
    with pytest.raises(Refused, match=f"no commitment was made since event {seq}"):
        cover.uncover(seq)
    kept = pass_time(cover, HOUR)
    later = happen(cover)
    pass_time(cover, HOUR)
    with pytest.raises(Refused, match="the checkpoint has entries 1 to 2, and no entry 3"):
        cover.uncover(later, kept)
    foreign = Note(kept.text.replace("\n2\n", "\n9\n"), kept.signatures)
    other = Note(cover.governance.sign().text, ())
    for note in (foreign, other):
        with pytest.raises(Refused, match="the log `cover` never signed that checkpoint"):
            cover.uncover(seq, note)


def test_another_event_or_another_log_does_not_fit(cover: Cover) -> None:
    """What is swapped, made up or by another key is refused; what is no such file says so."""
    first = happen(cover, "one")
    pass_time(cover, HOUR)
    second = happen(cover, "two")
    pass_time(cover, HOUR)
    one, two = (msgspec.json.decode(cover.uncover(seq)) for seq in (first, second))
    for part, why in (
        ("event", "does not lead from entry"),
        ("cover", "does not lead from entry"),
    ):
        with pytest.raises(Refused, match=why):
            check(msgspec.json.encode({**one, part: two[part]}))
    mixed = {**one, "event": two["event"], "event_proof": two["event_proof"]}
    with pytest.raises(Refused, match="leads to another checkpoint than was committed to"):
        check(msgspec.json.encode(mixed))
    with pytest.raises(Refused, match="is not known here"):
        check_uncovered(msgspec.json.encode(one), known(COVER), known(GOVERNANCE))
    with pytest.raises(InvalidInput, match="no event that was uncovered"):
        check(b"{}")
