"""The list of a pack, as what was proved makes it: of each file what it is, by which event, when.

1. An event names a file by its digest: itself, or through what it names, a list of sources or a
   signed word. The first event that does counts; `recorded_at` is its instant.
2. `so_at` is when it was so, as what is signed says: an order's effect, a word's own instant, a stamp,
   a receipt. Where nothing says another, it is the event's instant.
3. What no event names is the exporter's word: pages, the script, the logs' keys, the last
   checkpoint's instant, and what is enclosed. Under any other name it is Refused.
4. What is known by its digest and is not handed over is left out by name.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import msgspec

from writ.canonical import digest_bytes
from writ.clock import Instant, format_instant, parse_instant
from writ.errors import Refused
from writ.ledger.evidence import chain, contents, events, receipts
from writ.ledger.evidence.manifest import (
    DOES_NOT_PROVE,
    INDEX,
    MANIFEST,
    SCRIPT,
    SIGNATURE,
    SUMMARY,
    Item,
    Manifest,
)
from writ.ledger.evidence.said import DRILLED, STAMPED, Report, named_by
from writ.ledger.sampling.report import REPORTED

WORD = "the exporter's word"
BESIDE, ENCLOSED = "beside", "enclosed"
_OWN = {
    INDEX: "what this is",
    DOES_NOT_PROVE: "the limits of all this",
    SUMMARY: "the story on paper, signed (PAdES) by the key of keys/seal.pem",
    SCRIPT: "checks this pack with Python and `cryptography` alone",
    contents.POLICY: "the logs' keys; take them from elsewhere too",
}
_ABOUT = {DRILLED: "the scorecard of a drill", REPORTED: "a report on a sample of decisions"}
UNNAMED = "enclosed; the log does not name it"


@dataclass(frozen=True, slots=True)
class _Claim:
    """What is said of a file; `seq` 0: no event names it."""

    what: str
    seq: int = 0
    so_at: str | None = None
    recorded_at: str | None = None


class _Proof(msgspec.Struct):
    files: dict[str, str] = {}


def list_items(found: contents.Contents, files: Mapping[str, bytes], as_of: str) -> Iterator[Item]:
    """Yield what is to be said of each file (rules 1 to 3), by name."""
    listing = _Listing(found, as_of)
    for name in sorted({*files} - {MANIFEST, SIGNATURE}):
        digest = digest_bytes(files[name])
        claim = listing.claim(name, digest)
        by = f"event {claim.seq}" if claim.seq else WORD
        yield Item(name, digest, claim.what, by, claim.so_at, claim.recorded_at)


def left_out(found: contents.Contents) -> list[str]:
    """Return what is known and is not handed over (rule 4)."""
    missing = {
        f"{name}, {digest}, which was compiled"
        for epoch in found.epochs
        for name, digest in epoch.files.items()
        if digest not in found.documents
    }
    missing |= {
        f"{digest}, which event {claim.seq} names"
        for digest, claim in _reports(found).items()
        if digest not in found.documents
    }
    told = found.receipts
    if told is not None and len(told.there) < told.checkpoint.size:
        gone = told.checkpoint.size - len(told.there)
        missing.add(f"{gone} of {told.checkpoint.size} receipts, whatever they tell of")
    return sorted(missing)


def check_list(manifest: Manifest, found: contents.Contents, files: Mapping[str, bytes]) -> None:
    """Prove that a list says what its files say; the first file of which it lies is Refused."""
    said = {item.name: item for item in manifest.items}
    for item in list_items(found, files, manifest.as_of):
        for field in ("what", "by", "so_at", "recorded_at"):
            told, true = getattr(said[item.name], field), getattr(item, field)
            if told != true:
                raise Refused(
                    f"the list says of `{item.name}` that its `{field}` is `{told}`, and it is"
                    f" `{true}`"
                )
    if manifest.left_out != left_out(found):
        raise Refused("the list does not say what is left out")
    last = max((_at(event) or 0 for event in found.events), default=0)
    if parse_instant(manifest.as_of) < last:
        raise Refused(f"the list is as of {manifest.as_of}, before its last event")


class _Listing:
    """What may be said of files, by name and digest, or by digest alone of what is enclosed."""

    def __init__(self, found: contents.Contents, as_of: str) -> None:
        self._found = found
        self._own = {name: _Claim(what) for name, what in _OWN.items()}
        what = "what the governance log commits to"
        self._own[events.CHECKPOINT] = _Claim(what, 0, as_of, as_of)
        self._named: dict[tuple[str, str], _Claim] = {}
        self._entries: dict[str, _Claim] = {}
        self._enclosed = _enclosed(found)
        self._so = {word.seq: word.so_at for word in found.words} | {
            stamp.seq: stamp.stamped for stamp in found.stamps
        }
        for event in found.events:
            self._event(event)
        for epoch in found.epochs:
            self._epoch(epoch)
        if found.receipts is not None:
            self._receipts(found.receipts)

    def claim(self, name: str, digest: str) -> _Claim:
        """Return what may be said of a file; one that has no place in a pack is Refused."""
        if name in self._own:
            return self._own[name]
        if name.startswith(f"{ENCLOSED}/"):
            return self._enclosed.get(digest, _Claim(UNNAMED))
        claim = self._entries.get(name) or self._named.get((name, digest))
        if claim is None:
            raise Refused(f"no event names `{name}`, and it is not under `{ENCLOSED}`")
        return claim

    def _put(self, name: str, digest: object, claim: _Claim) -> None:
        self._named.setdefault((name, str(digest)), claim)

    def _event(self, event: events.Event) -> None:
        at = _text(_at(event))
        so = _text(self._so.get(event.seq, _at(event)))
        place = events.place_of(events.FOLDER, event.seq)
        self._entries[place + events.OPENING] = _Claim(event.kind, event.seq, so, at)
        self._entries[place + events.PROOF] = _Claim(f"proof: {event.kind}", event.seq, so, at)
        for digest, name, what in named_by(event.kind, event.payload):
            self._put(name, digest, _Claim(what, event.seq, so, at))
        payload = event.payload
        if event.kind == contents.SEALED:
            what = "the certificate that seals this pack"
            self._put(contents.CERTIFICATE, payload["certificate"], _Claim(what, event.seq, so, at))
        if event.kind == STAMPED:
            what = f"proof that the log continues what it had with {payload['size']} entries"
            name = f"{events.BEGINNINGS}/{payload['size']:08d}"
            self._entries.setdefault(name, _Claim(what, event.seq, so, at))

    def _epoch(self, epoch: chain.Epoch) -> None:
        at, folder = format_instant(epoch.at), f"epochs/{epoch.number:04d}"
        for name, digest, what in (
            (f"{folder}/bundle.json", epoch.bundle, "what was signed and by whom"),
            (f"{folder}/sources.json", epoch.sources, "the files it was compiled from"),
            (chain.TRUST, self._found.trust.digest, "who may submit and sign, and attest"),
        ):
            self._put(name, digest, _Claim(what, epoch.seq, at, at))
        for name, digest in epoch.files.items():
            claim = _Claim(f"beside the orders: {name}", epoch.seq, None, at)
            for place in (f"{BESIDE}/{name}", apart(f"{BESIDE}/{name}", digest)):
                self._put(place, digest, claim)
            for version in epoch.versions:
                what = f"version {version.number}, as it was signed for"
                so = format_instant(version.effective)
                place = f"{chain.ORDER}/v{version.number}.yaml"
                self._put(place, digest, _Claim(what, epoch.seq, so, at))

    def _receipts(self, told: receipts.Receipts) -> None:
        at = _text(_at(told.vouched))
        vouched = _Claim("what the decision log commits to", told.vouched.seq, at, at)
        self._entries[receipts.CHECKPOINT] = vouched
        for seq in told.there:
            receipt = told.opened.get(seq)
            what = "a receipt, not opened" if receipt is None else "a receipt"
            when = {} if receipt is None else receipt
            so = when.get("at") or when.get("from")
            dates = (so if isinstance(so, str) else None, at)
            place = events.place_of(receipts.FOLDER, seq)
            self._entries[place + events.PROOF] = _Claim(f"proof: {what}", told.vouched.seq, *dates)
            if receipt is not None:
                self._entries[place + events.OPENING] = _Claim(what, told.vouched.seq, *dates)


def apart(name: str, digest: str) -> str:
    """Return a name of its own for a file whose name another one has."""
    folder, _, last = name.rpartition("/")
    return f"{folder}/{digest[7:19]}-{last}"


def _enclosed(found: contents.Contents) -> dict[str, _Claim]:
    """Return what may be said of enclosed files, by digest; reports bring their questions."""
    reports = _reports(found)
    named = dict(reports)
    for digest, report in reports.items():
        claim = replace(report, what="a question of a proof that was signed for")
        for question in _questions(found.documents.get(digest, b"")):
            named.setdefault(question, claim)
    return named


def _reports(found: contents.Contents) -> dict[str, _Claim]:
    """Return what signed words name that the desk does not keep, by digest."""
    named = dict[str, _Claim]()
    for note in found.notes:
        if isinstance(note.said, Report):
            at = format_instant(note.at)
            what = f"a report that was signed for: {note.said.kind}"
            named.setdefault(note.said.report, _Claim(what, note.seq, at, at))
    for word in found.words:
        if word.kind in _ABOUT:
            dates = format_instant(word.so_at), format_instant(word.at)
            named.setdefault(word.about, _Claim(_ABOUT[word.kind], word.seq, *dates))
    return named


def _questions(report: bytes) -> list[str]:
    try:
        return [*msgspec.json.decode(report, type=_Proof).files.values()]
    except msgspec.DecodeError:
        return []


def _at(event: events.Event) -> Instant | None:
    """Return when an event was written, if it tells."""
    at = event.payload.get("at")
    return at if isinstance(at, int) else None


def _text(at: Instant | None) -> str | None:
    return None if at is None else format_instant(at)
