"""Epochs of a pack: what was in force, who signed for it, and that one followed the other.

1. Epochs are numbered without a gap and each names the snapshot before it.
2. An epoch's bundle and sources are those that its event names. The bundle is in order under the
   trust document (`writ.signing.approval`), and its snapshot is the one of the event.
3. What was approved are the sources as they were before holds that were stated since.
4. A file of an order is one that the sources name, and is the version that its name says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from writ.canonical import digest, digest_bytes
from writ.clock import Instant
from writ.errors import InvalidInput, Refused
from writ.law.document import read_yaml
from writ.ledger.evidence.events import Event
from writ.signing.approval import Approval, Bundle, read_bundle
from writ.signing.form import Form, as_form, read_form
from writ.signing.trust import Trust, read_trust

ACTIVATED, HELD = "epoch.activated", "epoch.held"
TRUST = "keys/trust.json"
ORDER = "order"


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the order, as it was signed: the whole file but scenarios."""

    number: int
    kind: str
    effective: Instant
    file: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Epoch:
    """An epoch that came into force at `at`, told by event `seq`; `others` are other orders."""

    seq: int
    number: int
    at: Instant
    held: bool
    approval: Approval
    snapshot: str
    bundle: str
    sources: str
    gates: Mapping[str, str]
    versions: tuple[Version, ...]
    others: frozenset[str]
    files: Mapping[str, str]


class _Row(Form, frozen=True, forbid_unknown_fields=False):
    """The desk's row of an epoch."""

    epoch: int
    snapshot: str
    previous: str | None
    bundle: str
    sources: str
    proposal: str | None
    by: list[str]
    at: Instant
    gates: dict[str, str] | None = None


class _Snapshot(msgspec.Struct, frozen=True):
    epoch: int
    previous: str | None
    orders: list[dict[str, object]]


class _Version(Form, frozen=True):
    order: str
    version: int
    kind: str
    effective: Instant
    until: Instant | None
    file: dict[str, object]


class _Sources(Form, frozen=True):
    files: dict[str, str]
    holds: list[dict[str, object]]
    versions: dict[str, str]


class _Drill(msgspec.Struct):
    drill: bool


def read_trust_of(data: bytes) -> Trust:
    """Read the trust document of a pack, be it a drill's; who relies on it knows its digest."""
    try:
        drill = msgspec.json.decode(data, type=_Drill).drill
    except msgspec.DecodeError:
        raise Refused(f"`{TRUST}` is no trust document") from None
    return read_trust(data, digest_bytes(data), drill=drill)


def read_epochs(
    events: Sequence[Event], documents: Mapping[str, bytes], trust: Trust, order: str
) -> tuple[Epoch, ...]:
    """Return the epochs of a pack, ascending, all proved; else Refused (rules 1 to 3)."""
    found, last = list[Epoch](), None
    for event in events:
        if event.kind not in {ACTIVATED, HELD}:
            continue
        row = as_form(event.payload, _Row, f"event {event.seq}")
        if last is not None and (row.epoch, row.previous) != (last.epoch + 1, last.snapshot):
            raise Refused(f"epoch {row.epoch} does not follow epoch {last.epoch}")
        last = row
        found.append(_epoch(event, row, documents, trust, order))
    if not any(epoch.versions for epoch in found):
        raise Refused(f"the pack has no epoch with the order `{order}`")
    return tuple(found)


def check_files(files: Mapping[str, bytes], epochs: Sequence[Epoch], order: str) -> None:
    """Prove that the order's files are the versions that were in force (rule 4)."""
    named = {digest for epoch in epochs for digest in epoch.files.values()}
    versions = {version.number for epoch in epochs for version in epoch.versions}
    for number in sorted(versions):
        name = f"{ORDER}/v{number}.yaml"
        data = files.get(name)
        if data is None:
            raise Refused(f"the pack lacks `{name}`")
        if digest_bytes(data) not in named:
            raise Refused(f"`{name}` is not among the files that were signed for")
        if named_in(data) != (order, number):
            raise Refused(f"`{name}` is not version {number} of `{order}`")


def named_in(data: bytes) -> tuple[object, object] | None:
    """Return which order and version a file says it is; None: it is no order."""
    try:
        value = read_yaml(data, "").plain()
    except InvalidInput:
        return None
    return (value.get("order"), value.get("version")) if isinstance(value, Mapping) else None


def _epoch(
    event: Event, row: _Row, documents: Mapping[str, bytes], trust: Trust, order: str
) -> Epoch:
    # 2
    name = f"epoch {row.epoch}"
    try:
        bundle = read_bundle(_need(documents, row.bundle, f"the bundle of {name}"), trust)
    except Refused as error:
        raise Refused(f"{name}: {error}") from None
    if digest_bytes(bundle.snapshot) != row.snapshot:
        raise Refused(f"{name}: the bundle is of another snapshot than the event says")
    snapshot = read_form(bundle.snapshot, _Snapshot, "the snapshot")
    if (snapshot.epoch, snapshot.previous) != (row.epoch, row.previous):
        raise Refused(f"{name}: the snapshot is that of epoch {snapshot.epoch}")
    data = _need(documents, row.sources, f"the list of sources of {name}")
    sources = read_form(data, _Sources, "the list of sources")
    if _approved(sources, bundle) != bundle.approval.sources:  # 3
        raise Refused(f"{name}: the sources are not those that were approved")
    stand = [as_form(item, _Version, "the snapshot") for item in snapshot.orders]
    return Epoch(
        event.seq,
        row.epoch,
        row.at,
        event.kind == HELD,
        bundle.approval,
        row.snapshot,
        row.bundle,
        row.sources,
        row.gates or {},
        tuple(
            Version(item.version, item.kind, item.effective, item.file)
            for item in stand
            if item.order == order
        ),
        frozenset(item.order for item in stand if item.order != order),
        sources.files,
    )


def _approved(sources: _Sources, bundle: Bundle) -> str:
    """Return the digest of the sources as they were before the holds that were stated since."""
    stated = [
        {"model": hold.model, "by": hold.by, "since": hold.since, "until": hold.until}
        for hold in bundle.holds
    ]
    kept = [hold for hold in sources.holds if hold not in stated]
    before = {"files": sources.files, "holds": kept, "versions": sources.versions}
    return digest(msgspec.to_builtins(before))


def _need(documents: Mapping[str, bytes], name: str, what: str) -> bytes:
    if name not in documents:
        raise Refused(f"the pack lacks {what}, `{name}`")
    return documents[name]
