"""What the desk has done, read from its event rows: epochs, and the proposal that is open.

1. The rows are the only record: a state is what they add up to, one after the other.
2. Epochs count from 1 without a gap; each names the snapshot before it.
3. One proposal is open at a time; once closed it stays closed.
4. A row that does not follow from those before it is Refused.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from writ.canonical import Plain
from writ.clock import Instant
from writ.desk.notes import Kind
from writ.errors import Refused
from writ.signing.form import Form, as_form
from writ.store.events import Event, read_payload

SUBMITTED = "proposal.submitted"
SIGNED = "proposal.signed"
NOTED = "proposal.noted"
CLOSED = "proposal.closed"
ACTIVATED = "epoch.activated"
HELD = "epoch.held"


class Submitted(Form, frozen=True):
    """A proposal, made on epoch `base`; envelope, sources and its snapshot's digest."""

    id: str
    base: int
    snapshot: str
    sources: str
    envelope: str
    submitter: str
    at: Instant


class Signed(Form, frozen=True):
    """One more signature on a proposal; `envelope` has all of them."""

    id: str
    signer: str
    envelope: str
    at: Instant


class Noted(Form, frozen=True):
    """A signed word about a proposal, with the digests of the files it brings, by name."""

    id: str
    what: Kind
    by: str
    envelope: str
    files: dict[str, str]
    at: Instant


class Closed(Form, frozen=True):
    """A proposal that will not come into force, and why: `replaced` or `overtaken`."""

    id: str
    why: str
    at: Instant


class Epoch(Form, frozen=True):
    """A snapshot came into force; `by` are the people who signed for it, `proposal` what it was."""

    epoch: int
    snapshot: str
    previous: str | None
    bundle: str
    sources: str
    proposal: str | None
    by: list[str]
    at: Instant
    gates: dict[str, str] | None = None
    """How each gate stood: `met` or `skipped`."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The open proposal: digests of documents, and who signed besides the submitter."""

    id: str
    base: int
    snapshot: str
    sources: str
    envelope: str
    submitter: str
    at: Instant
    signers: tuple[str, ...] = ()
    notes: tuple[Noted, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """The state after event `seq`; `closed` says what became of each proposal that is not open."""

    seq: int = 0
    epochs: tuple[Epoch, ...] = ()
    opened: Opened | None = None
    closed: Mapping[str, str] = field(default_factory=dict)

    @property
    def epoch(self) -> int:
        """The epoch in force (0: none yet)."""
        return len(self.epochs)

    def after(self, rows: Iterable[Event]) -> "History":
        """Return the state after more rows, in order (rule 1)."""
        state = self
        for row in rows:
            state = replace(_STEPS[row.kind](state, read_payload(row)), seq=row.seq)
        return state


def _submitted(state: History, payload: Mapping[str, Plain]) -> History:
    form = as_form(payload, Submitted, "the event")
    if state.opened is not None or form.id in state.closed or form.base != state.epoch:
        raise Refused(f"proposal `{form.id}` does not follow from the events before it")
    opened = Opened(
        form.id, form.base, form.snapshot, form.sources, form.envelope, form.submitter, form.at
    )
    return replace(state, opened=opened)


def _signed(state: History, payload: Mapping[str, Plain]) -> History:
    form = as_form(payload, Signed, "the event")
    opened = _expect(state, form.id)
    signers = (*opened.signers, form.signer)
    return replace(state, opened=replace(opened, envelope=form.envelope, signers=signers))


def _noted(state: History, payload: Mapping[str, Plain]) -> History:
    form = as_form(payload, Noted, "the event")
    opened = _expect(state, form.id)
    return replace(state, opened=replace(opened, notes=(*opened.notes, form)))


def _closed(state: History, payload: Mapping[str, Plain]) -> History:
    form = as_form(payload, Closed, "the event")
    opened = _expect(state, form.id)
    return replace(state, opened=None, closed={**state.closed, opened.id: form.why})


def _epoch(state: History, payload: Mapping[str, Plain]) -> History:
    form = as_form(payload, Epoch, "the event")
    previous = state.epochs[-1].snapshot if state.epochs else None
    if form.epoch != state.epoch + 1 or form.previous != previous:
        raise Refused(f"epoch {form.epoch} does not follow from the events before it")
    state = replace(state, epochs=(*state.epochs, form))
    if form.proposal is None:
        return state
    opened = _expect(state, form.proposal)
    return replace(state, opened=None, closed={**state.closed, opened.id: "activated"})


def _expect(state: History, proposal: str) -> Opened:
    if state.opened is None or state.opened.id != proposal:
        raise Refused(f"proposal `{proposal}` is not open at that event")
    return state.opened


_STEPS = {
    SUBMITTED: _submitted,
    SIGNED: _signed,
    NOTED: _noted,
    CLOSED: _closed,
    ACTIVATED: _epoch,
    HELD: _epoch,
}
KINDS = tuple(_STEPS)
