"""Events of a pack: rows of the governance log, opened, each proved by its own file.

1. `log/events/N.json` has the row and its salt, `log/events/N.tlog-proof` the proof; N counts rows
   from 1.
2. `log/beginnings/N` has the proof that the checkpoint of N entries is the beginning of the pack's,
   a hash a line.
3. All proofs lead to one checkpoint, that of `log/governance.checkpoint`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec

from writ.errors import Refused
from writ.ledger.log import Opening
from writ.ledger.merkle import check_consistency
from writ.ledger.policy import Policy, Seen
from writ.ledger.proof import read_proof
from writ.signing.checkpoint import read_hash
from writ.signing.form import Form, from_base64, read_form, to_base64
from writ.signing.note import read_note

FOLDER = "log/events"
BEGINNINGS = "log/beginnings"
CHECKPOINT = "log/governance.checkpoint"
PROOF, OPENING = ".tlog-proof", ".json"


@dataclass(frozen=True, slots=True)
class Event:
    """A row that the log has."""

    seq: int
    kind: str
    payload: Mapping[str, object]


class _Opening(Form, frozen=True):
    row: str
    salt: str


class _Row(Form, frozen=True):
    kind: str
    payload: dict[str, object]
    seq: int


def place_of(folder: str, seq: int) -> str:
    """Return where an entry's two files are, without their endings."""
    return f"{folder}/{seq:08d}"


def write_opening(opening: Opening) -> bytes:
    """Write what opens an entry, as `writ log verify --opening` reads it."""
    return msgspec.json.encode(
        {"row": to_base64(opening.row), "salt": to_base64(opening.salt)}, order="sorted"
    )


def read_opening(data: bytes, name: str) -> Opening:
    """Read what opens an entry."""
    form = read_form(data, _Opening, f"`{name}`")
    return Opening(from_base64(form.salt, "the salt"), from_base64(form.row, "the row"))


def see(files: Mapping[str, bytes], name: str, policy: Policy) -> Seen:
    """Return a checkpoint of a pack, proved."""
    return policy.see(read_note(need(files, name)))


def need(files: Mapping[str, bytes], name: str) -> bytes:
    """Return a file that a pack must have."""
    if name not in files:
        raise Refused(f"the pack lacks `{name}`")
    return files[name]


def entries(files: Mapping[str, bytes], folder: str) -> Iterator[int]:
    """Yield the numbers of the entries that a folder of the pack has proofs of, ascending."""
    for name in sorted(files):
        if name.startswith(f"{folder}/") and name.endswith(PROOF):
            number = name.removeprefix(f"{folder}/").removesuffix(PROOF)
            if not number.isdecimal() or f"{place_of(folder, int(number))}{PROOF}" != name:
                raise Refused(f"`{name}` is the proof of no entry")
            yield int(number)


def prove(
    files: Mapping[str, bytes], place: str, seen: Seen, policy: Policy, entry: bytes | None
) -> int:
    """Return the number of an entry, proved to stand in the log of `seen` (rule 3)."""
    name = place + PROOF
    proof = read_proof(need(files, name))
    found = proof.extra if entry is None else entry
    if found is None:
        raise Refused(f"`{name}` does not bring its entry")
    try:
        shown = proof.check(found, policy)
    except Refused as error:
        raise Refused(f"`{name}`: {error}") from None
    if shown.checkpoint != seen.checkpoint:
        raise Refused(f"`{name}` leads to another checkpoint than the pack's")
    return proof.index + 1


def read_events(files: Mapping[str, bytes], seen: Seen, policy: Policy) -> tuple[Event, ...]:
    """Return a pack's events, ascending, all proved; else Refused."""
    found = []
    for seq in entries(files, FOLDER):
        place = place_of(FOLDER, seq)
        opening = read_opening(need(files, place + OPENING), place + OPENING)
        if prove(files, place, seen, policy, opening.entry()) != seq:
            raise Refused(f"`{place + PROOF}` is of another entry than {seq}")
        row = read_form(opening.row, _Row, f"`{place + OPENING}`")
        found.append(Event(seq, row.kind, row.payload))
    return tuple(found)


def check_beginning(files: Mapping[str, bytes], seen: Seen, note: bytes, policy: Policy) -> None:
    """Prove that a checkpoint is of the log of `seen`, and its beginning (rule 2)."""
    before, after = Policy(policy.logs).see(read_note(note)).checkpoint, seen.checkpoint
    if before.origin != after.origin:
        raise Refused(f"a checkpoint of `{before.origin}` is no beginning of `{after.origin}`")
    lines = need(files, f"{BEGINNINGS}/{before.size:08d}").decode("ascii", "replace").split()
    proof = tuple(map(read_hash, lines))
    check_consistency((before.size, before.root), (after.size, after.root), proof)
