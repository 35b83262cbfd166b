"""A proposal: sources that somebody submitted, and who has signed for them so far.

What travels between the desk and people's machines is plain JSON: `plain()` writes it, the
functions here read it. Reading proves nothing but its form.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from writ.canonical import Plain
from writ.clock import Instant
from writ.desk.force import Force, read_force
from writ.desk.notes import Note, read_note
from writ.desk.sources import Changes, Sources, SourcesForm, sources_plain
from writ.signing.dsse import Envelope, envelope_of
from writ.signing.form import Form, as_form, from_base64, to_base64
from writ.signing.trust import Trust


@dataclass(frozen=True, slots=True)
class Submission:
    """Changes to what is in force on epoch `base`, signed by who submits.

    `release` names models whose holds end.
    """

    base: int
    changes: Changes
    release: tuple[str, ...]
    envelope: Envelope

    def plain(self) -> dict[str, Plain]:
        """Write the submission as JSON values."""
        changes: dict[str, Plain] = {
            name: None if data is None else to_base64(data) for name, data in self.changes.items()
        }
        return {
            "base": self.base,
            "changes": changes,
            "release": list(self.release),
            "envelope": self.envelope.plain(),
        }


@dataclass(frozen=True, slots=True)
class Proposal:
    """An open proposal; `submitter` and `signers` are people's ids, as proved by the desk."""

    id: str
    base: int
    sources: Sources
    envelope: Envelope
    submitter: str
    signers: tuple[str, ...]
    at: Instant
    notes: tuple[Note, ...] = ()

    def plain(self) -> dict[str, Plain]:
        """Write the proposal as JSON values."""
        return {
            "id": self.id,
            "base": self.base,
            "envelope": self.envelope.plain(),
            "submitter": self.submitter,
            "signers": list(self.signers),
            "at": self.at,
            "notes": [note.plain() for note in self.notes],
            **sources_plain(self.sources),
        }


@dataclass(frozen=True, slots=True)
class Docket:
    """Everything a signer's machine needs: the open proposal, and what is in force."""

    proposal: Proposal
    force: Force

    def plain(self) -> dict[str, Plain]:
        """Write the docket as JSON values."""
        return {"proposal": self.proposal.plain(), "in_force": self.force.plain()}


class _Submission(Form, frozen=True):
    base: int
    changes: dict[str, str | None]
    release: list[str]
    envelope: dict[str, object]


class _Proposal(SourcesForm, frozen=True):
    id: str
    base: int
    envelope: dict[str, object]
    submitter: str
    signers: list[str]
    at: int
    notes: list[dict[str, object]]


class _Docket(Form, frozen=True):
    proposal: dict[str, object]
    in_force: dict[str, object]
    # the desk's numbers, for people to see: nothing is judged by them
    impact: list[object] = msgspec.field(default_factory=list)


def read_submission(value: object) -> Submission:
    """Read what `Submission.plain` wrote; Refused where it is not in that form."""
    form = as_form(value, _Submission, "the submission")
    changes: Mapping[str, bytes | None] = {
        name: None if text is None else from_base64(text, f"`{name}`")
        for name, text in form.changes.items()
    }
    return Submission(form.base, changes, tuple(form.release), envelope_of(form.envelope))


def read_docket(value: object, trust: Trust) -> Docket:
    """Read what `Docket.plain` wrote; what it says is in force is proved, the proposal is not."""
    form = as_form(value, _Docket, "the docket")
    read = as_form(form.proposal, _Proposal, "the proposal")
    proposal = Proposal(
        read.id,
        read.base,
        read.read(),
        envelope_of(read.envelope),
        read.submitter,
        tuple(read.signers),
        read.at,
        tuple(map(read_note, read.notes)),
    )
    return Docket(proposal, read_force(form.in_force, trust))
