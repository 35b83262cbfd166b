"""What people say of an open proposal besides signing it: each a signed word about its snapshot.

1. `report`: a simulation or a proof was made of these orders; its digest, verdict and summary.
2. `encoding`: the same letter was written down a second time; the files by digest.
3. `explanation`: why two encodings differ, line by line.
4. `skip`: a gate is not waited for, and why.
Files that an encoding names travel and are kept beside it, by digest.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from writ.canonical import Plain, digest, digest_bytes
from writ.errors import Refused
from writ.signing.dsse import Envelope, envelope_of
from writ.signing.form import Form, as_form, from_base64, to_base64
from writ.signing.keys import KeyPair
from writ.signing.trust import Gate, Trust
from writ.signing.word import Word, sign_word, verify_word

LONGEST = 500
"""Characters of what a report says of itself."""

Kind: TypeAlias = Literal["report", "encoding", "explanation", "skip"]


class Report(Form, frozen=True):
    """A report of `kind` on orders with the digest `law` (see `writ.law.snapshot.law_digest`)."""

    kind: Literal["proof", "simulation"]
    law: str
    report: str
    verdict: str
    summary: str


class Encoding(Form, frozen=True):
    """A version written down once more, in files named by the digest of their digests."""

    order: str
    version: int
    file: str
    files: str


class Explanation(Form, frozen=True):
    """Why each line of what differs between two encodings may differ."""

    order: str
    version: int
    explained: dict[str, str]


class Skip(Form, frozen=True):
    """Gates that are not waited for, and why."""

    gates: list[Gate]
    why: str


@dataclass(frozen=True, slots=True)
class Note:
    """One word, with the files it brings."""

    kind: Kind
    envelope: Envelope
    files: Mapping[str, bytes] = field(default_factory=dict)

    def plain(self) -> dict[str, Plain]:
        """Write the note as JSON values."""
        return {
            "kind": self.kind,
            "envelope": self.envelope.plain(),
            "files": {name: to_base64(data) for name, data in self.files.items()},
        }


class _Note(Form, frozen=True):
    kind: Kind
    envelope: dict[str, object]
    files: dict[str, str]


Said: TypeAlias = Report | Encoding | Explanation | Skip
_FORMS: Mapping[Kind, type[Report] | type[Encoding] | type[Explanation] | type[Skip]] = {
    "report": Report,
    "encoding": Encoding,
    "explanation": Explanation,
    "skip": Skip,
}


def read_note(value: object) -> Note:
    """Read what `Note.plain` wrote; nothing is proved by that."""
    form = as_form(value, _Note, "the note")
    files = {name: from_base64(text, f"`{name}`") for name, text in form.files.items()}
    return Note(form.kind, envelope_of(form.envelope), files)


def prove_note(note: Note, snapshot: str, trust: Trust) -> Word[Said]:
    """Return what a note says, proved to be somebody's word about this snapshot; else Refused."""
    word: Word[Said] = verify_word(note.envelope, note.kind, _FORMS[note.kind], trust)
    if word.digest != snapshot:
        raise Refused(f"this was said of `{word.digest}`, and proposed is `{snapshot}`")
    said = word.said
    wanted = said.files if isinstance(said, Encoding) else files_digest({})
    if files_digest(note.files) != wanted:
        raise Refused("the files are not those that were signed")
    if isinstance(said, Encoding) and said.file not in note.files:
        raise Refused(f"`{said.file}` is not among the files that were signed")
    if isinstance(said, Report):
        _check_report(said)
    if isinstance(said, Skip):
        _check_skip(word.by, said, trust)
    if isinstance(said, Explanation):
        _check_explained(said)
    return word


def make_note(
    kind: Kind,
    snapshot: str,
    said: Mapping[str, Plain],
    signer: tuple[Trust, KeyPair],
    files: Mapping[str, bytes] | None = None,
) -> Note:
    """Sign a note about a snapshot, proved as everybody else will prove it."""
    trust, pair = signer
    note = Note(kind, sign_word(kind, snapshot, said, trust, pair), files or {})
    prove_note(note, snapshot, trust)
    return note


def files_digest(files: Mapping[str, bytes]) -> str:
    """Digest of files by name."""
    return digest({name: digest_bytes(data) for name, data in files.items()})


def _check_report(said: Report) -> None:
    """Refuse a report whose words could look like those of another gate."""
    texts = (said.report, said.verdict, said.summary)
    if not all(text.isprintable() and len(text) <= LONGEST for text in texts):
        raise Refused(f"a report's verdict and summary are one line of {LONGEST} characters each")


def _check_skip(by: str, said: Skip, trust: Trust) -> None:
    trust.allowed(by, "sign")
    if not said.why.strip() or not said.why.isprintable() or not said.gates:
        raise Refused("whoever skips says what and why, in one line")


def _check_explained(said: Explanation) -> None:
    """Refuse a reason that could look like another line to whoever signs next."""
    if not all(why.isprintable() for why in said.explained.values()):
        raise Refused("each reason is one line, without characters that nobody can see")
