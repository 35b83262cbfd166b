"""All that a pack shows, proved from the log's key.

1. The governance log's checkpoint is signed by a log of the policy; every event leads to it.
2. The certificate that sealed the pack is named by an event.
3. The trust document is the one that everything was signed under; epochs, order files, notes, duties
   and receipts are proved in their own files.
4. What belongs together is of one story: notes of proposals that were put in force are about the
   snapshot that was.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from writ.canonical import digest_bytes
from writ.errors import Refused
from writ.ledger.evidence.chain import TRUST, Epoch, check_files, read_epochs, read_trust_of
from writ.ledger.evidence.events import CHECKPOINT, Event, check_beginning, need, read_events, see
from writ.ledger.evidence.receipts import Receipts, read_receipts
from writ.ledger.evidence.said import (
    Arrival,
    Note,
    Report,
    Spoken,
    Stamped,
    read_arrivals,
    read_notes,
    read_stamps,
    read_words,
)
from writ.ledger.policy import Policy, Seen, read_policy
from writ.signing.trust import Trust

POLICY = "log/policy"
CERTIFICATE = "keys/seal.pem"
SEALED = "evidence.seal"


@dataclass(frozen=True, slots=True)
class Contents:
    """What was proved; `documents` are the pack's files by digest."""

    order: str
    seen: Seen
    trust: Trust
    events: tuple[Event, ...]
    epochs: tuple[Epoch, ...]
    notes: tuple[Note, ...]
    arrivals: tuple[Arrival, ...]
    stamps: tuple[Stamped, ...]
    receipts: Receipts | None
    words: tuple[Spoken, ...]
    documents: Mapping[str, bytes]

    def report(self, note: Note) -> bytes | None:
        """Return the bytes of a report that was handed in for the pack."""
        return self.documents.get(note.said.report) if isinstance(note.said, Report) else None


def check_contents(
    files: Mapping[str, bytes], order: str, draw: int, policy: Policy | None = None
) -> Contents:
    """Prove what a pack shows of an order; the first thing that is wrong is Refused.

    Without a policy the pack's own counts, which proves nothing about whose log it is.
    """
    own = read_policy(need(files, POLICY), POLICY)
    trusted = own if policy is None else policy
    seen = see(files, CHECKPOINT, trusted)  # 1
    events = read_events(files, seen, trusted)
    documents = {digest_bytes(data): data for data in files.values()}
    named = digest_bytes(need(files, CERTIFICATE))  # 2
    if not any(item.kind == SEALED and item.payload["certificate"] == named for item in events):
        raise Refused(f"no event of the pack names `{CERTIFICATE}`")
    trust = read_trust_of(need(files, TRUST))  # 3
    epochs = read_epochs(events, documents, trust, order)
    check_files(files, epochs, order)
    notes = read_notes(events, documents, trust)
    _check_story(events, epochs, notes)
    return Contents(
        order,
        seen,
        trust,
        events,
        epochs,
        notes,
        read_arrivals(events, documents),
        read_stamps(events, documents, lambda note: check_beginning(files, seen, note, trusted)),
        read_receipts(files, events, own, draw),
        read_words(events, documents, trust),
        documents,
    )


def _check_story(
    events: tuple[Event, ...], epochs: tuple[Epoch, ...], notes: tuple[Note, ...]
) -> None:
    """Rule 4."""
    activated = {
        str(event.payload["proposal"]): str(event.payload["snapshot"])
        for event in events
        if event.seq in {epoch.seq for epoch in epochs}
    }
    for note in notes:
        if activated.get(note.proposal, note.about) != note.about:
            raise Refused(f"event {note.seq} is about another snapshot than was put in force")
