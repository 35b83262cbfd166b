"""What was said and measured of the epochs of a pack, from its events: each with what it rests on.

1. A note on a proposal is somebody's signed word (`writ.signing.word`) about the snapshot proposed.
   A report's own bytes are in the pack if they were handed in; a proof's questions likewise.
2. That an epoch came into force is what the control process measured, and signed by nobody.
3. A timestamp is in the pack with the checkpoint it is of, and the proof that the pack's checkpoint
   continues that one. Whoever has the authority's certificates proves it
   (`writ.signing.timestamp`).
4. A report on a sample of decisions is about a draw that stands on record in the pack.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from writ.clock import Instant
from writ.errors import Refused
from writ.ledger.evidence.events import Event
from writ.ledger.sampling.report import REPORTED
from writ.ledger.sampling.sample import SAMPLED
from writ.signing.dsse import read_envelope
from writ.signing.form import Form, as_form
from writ.signing.trust import Trust
from writ.signing.word import verify_word

NOTED, IN_FORCE, STAMPED = "proposal.noted", "epoch.in_force", "log.timestamped"
DRILLED = "drill.recorded"
WORDS = frozenset({"duty.met", "duty.event", DRILLED, REPORTED})
FOLDER = "said"

Beginning = Callable[[bytes], None]
"""Proves that a checkpoint is the beginning of the pack's; else Refused."""


class Report(Form, frozen=True):
    """A report on orders with the digest `law`; `report` is the digest of its own bytes."""

    kind: str
    law: str
    report: str
    verdict: str
    summary: str


class Skip(Form, frozen=True):
    """What was not waited for, and why."""

    gates: list[str]
    why: str


class Other(Form, frozen=True, forbid_unknown_fields=False):
    """A second encoding, or why two differ: who said so is all that is told of it here."""


class _Told(Form, frozen=True, forbid_unknown_fields=False):
    """What is read of a word: when it was, or which draw it is about, if it says."""

    at: Instant | None = None
    sample: int | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """Somebody's word on `about`: a duty, an event, a drill's scorecard, a report on a sample.

    It was so at `so_at`; `sample` is the event of the draw.
    """

    seq: int
    kind: str
    by: str
    about: str
    sample: int | None
    so_at: Instant
    at: Instant


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody said, in their own signed word, of the snapshot `about`."""

    seq: int
    proposal: str
    kind: str
    by: str
    at: Instant
    about: str
    said: Report | Skip | Other


@dataclass(frozen=True, slots=True)
class Arrival:
    """How an epoch came into force: how many gateways acknowledged, how many could decide no more.

    `coverage` is the digest of what no gateway covered then.
    """

    epoch: int
    at: Instant
    in_force_ms: int
    acknowledged: int
    lapsed: int
    streams_cut: int
    coverage: str


@dataclass(frozen=True, slots=True)
class Stamped:
    """A checkpoint of `size` entries was stamped: the note and the answer, by digest."""

    seq: int
    size: int
    note: str
    token: str
    stamped: Instant
    at: Instant


class _Noted(Form, frozen=True, forbid_unknown_fields=False):
    id: str
    what: str
    by: str
    envelope: str
    files: dict[str, str]
    at: Instant


class _Arrived(Form, frozen=True, forbid_unknown_fields=False):
    epoch: int
    snapshot: str
    in_force_ms: int
    acknowledged: int
    lapsed: int
    streams_cut: int
    gateways: str
    coverage: str
    at: Instant


class _Stamped(Form, frozen=True, forbid_unknown_fields=False):
    size: int
    note: str
    token: str
    stamped: Instant
    at: Instant


class _Met(Form, frozen=True, forbid_unknown_fields=False):
    by: str
    envelope: str
    at: Instant


_NAMED: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    IN_FORCE: (
        ("gateways", ".json", "what each gateway did, and how fast"),
        ("coverage", ".json", "what no gateway covered then"),
    ),
    STAMPED: (
        ("note", ".checkpoint", "the checkpoint that was stamped"),
        ("token", ".tsr", "another authority's stamp on it (RFC 3161)"),
    ),
} | dict.fromkeys((NOTED, *sorted(WORDS)), (("envelope", ".json", ""),))
"""The documents that an event names: by which field, how they end, what they are."""
_FORMS: Mapping[str, type[Report] | type[Skip] | type[Other]] = {"report": Report, "skip": Skip}


def read_notes(
    events: Iterable[Event], documents: Mapping[str, bytes], trust: Trust
) -> tuple[Note, ...]:
    """Return what was said of proposals, each proved to be its person's word (rule 1)."""
    found = []
    for event in events:
        if event.kind != NOTED:
            continue
        row = as_form(event.payload, _Noted, f"event {event.seq}")
        envelope = read_envelope(_need(documents, row.envelope, event))
        word = verify_word(envelope, row.what, _FORMS.get(row.what, Other), trust)
        if word.by != row.by:
            raise Refused(f"event {event.seq} says `{row.by}`, and `{word.by}` signed")
        found.append(Note(event.seq, row.id, row.what, row.by, row.at, word.digest, word.said))
    return tuple(found)


def read_words(
    events: Collection[Event], documents: Mapping[str, bytes], trust: Trust
) -> tuple[Spoken, ...]:
    """Return the words about duties, drills and samples, each proved to be its person's own."""
    found, draws = [], {event.seq for event in events if event.kind == SAMPLED}
    for event in events:
        if event.kind in WORDS:
            row = as_form(event.payload, _Met, f"event {event.seq}")
            envelope = read_envelope(_need(documents, row.envelope, event))
            word = verify_word(envelope, event.kind, _Told, trust)
            if word.by != row.by:
                raise Refused(f"event {event.seq} says `{row.by}`, and `{word.by}` signed")
            so_at = row.at if word.said.at is None else word.said.at
            sample = word.said.sample
            if event.kind == REPORTED and sample not in draws:  # 4
                raise Refused(f"event {event.seq} reports on a draw that is not in the pack")
            about = word.by, word.digest, sample
            found.append(Spoken(event.seq, event.kind, *about, so_at, row.at))
    return tuple(found)


def read_arrivals(events: Iterable[Event], documents: Mapping[str, bytes]) -> tuple[Arrival, ...]:
    """Return how epochs came into force, as measured (rule 2)."""
    found = []
    for event in events:
        if event.kind != IN_FORCE:
            continue
        row = as_form(event.payload, _Arrived, f"event {event.seq}")
        for name in (row.gateways, row.coverage):
            _need(documents, name, event)
        counts = row.in_force_ms, row.acknowledged, row.lapsed, row.streams_cut
        found.append(Arrival(row.epoch, row.at, *counts, row.coverage))
    return tuple(found)


def read_stamps(
    events: Iterable[Event], documents: Mapping[str, bytes], beginning: Beginning
) -> tuple[Stamped, ...]:
    """Return which checkpoints were stamped, each the beginning of the pack's (rule 3)."""
    found = []
    for event in events:
        if event.kind != STAMPED:
            continue
        row = as_form(event.payload, _Stamped, f"event {event.seq}")
        _need(documents, row.token, event)
        beginning(_need(documents, row.note, event))
        found.append(Stamped(event.seq, row.size, row.note, row.token, row.stamped, row.at))
    return tuple(found)


def named_by(kind: str, payload: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    """Yield the documents that an event names beside an epoch's own: digest, place, what it is."""
    for field, ending, what in _NAMED.get(kind, ()):
        digest = str(payload[field])
        yield digest, _place(digest, ending), what or f"{kind}: a signed word"
    files = payload.get("files")
    for name, digest in files.items() if kind == NOTED and isinstance(files, Mapping) else ():
        yield str(digest), _place(str(digest), f"-{name}"), f"{name}, as a second encoding names it"


def _place(digest: str, ending: str) -> str:
    return f"{FOLDER}/{digest[7:19]}{ending}"


def _need(documents: Mapping[str, bytes], name: str, event: Event) -> bytes:
    if name not in documents:
        raise Refused(f"the pack lacks `{name}`, which event {event.seq} names")
    return documents[name]
