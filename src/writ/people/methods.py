"""What a verification method is: a question in, a finding out, the evidence forgotten.

1. The portal proves who the visitor is before any method hears of them. A question is about the
   standing of one subject, `Question.subject`, and so is everything that a method finds.
2. `offer` says whether a method could settle a question, how far it goes and what it costs the
   visitor. What cannot help is not offered; the quickest is offered first.
3. `begin` opens a session, `hear` takes what arrives for it. Each answers with a step: what is shown
   next, where the browser goes, what another machine is answered, or the finding. The first finding
   ends the session: nothing is heard after it.
4. What comes from the browser that began has `Arrival.browser` set; the portal has checked it.
   Whatever else arrives (a wallet, a vendor) came by `Session.handle` alone, which is a secret in an
   address: it proves nothing about who sent it. A finding of theirs is kept until the browser
   that began comes back for it. Where somebody tells that it is time to look (`Notified`), that
   comes to an address of the method's own, proves who sent it, and is a hint and nothing more.
5. Evidence lives in local variables of `begin` and `hear`: never in `Session.state`, a log, a file,
   or the text of an error.
6. An error is a refusal. Refused: the evidence does not prove it, and the session is over; its text
   is one line in lower case that says what to do and quotes nothing of the evidence. InvalidInput:
   a mistake in a form, to be corrected in the same session. Failed: a source is down; try later.
7. How far a proof goes is the least of four grades (`Grade`), each 0 to 4; the trust document caps
   it further, by the method's key. The source's own words for it are kept as they are.
8. A fact ends with its credential: `expires_at` is the earliest of everything that ends it. What
   must be asked again meanwhile goes into `Proof.revocation`.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from writ.canonical import Plain, digest
from writ.clock import Instant
from writ.errors import Refused
from writ.law.subjects import write_values
from writ.model.decision import LinkName, Settlement
from writ.model.subject import Completeness, Fact, Value
from writ.model.vocabulary import Kind
from writ.people.statement import attest
from writ.signing.dsse import Envelope
from writ.signing.keys import KeyPair

Needs: TypeAlias = Literal["smartphone", "account", "document", "people", "nothing"]
"""What the visitor must have at hand: a telephone with a wallet, an account elsewhere, a paper,
the time of others, or nothing. A page never offers `smartphone` alone where anything else helps."""

HIGHEST = 4
_HANDLE_BYTES = 32


@dataclass(frozen=True, slots=True)
class Question:
    """What would settle it: whose standing, for which model, and the sets of values that would do.

    `wanted` is in the order of the definitions; those with the same `together` are needed at once,
    the others do each by themselves. `assurance` of each is the floor that counts to serve.
    """

    subject: str
    kind: Kind
    link: LinkName
    model: str
    wanted: tuple[Settlement, ...]

    @property
    def digest(self) -> str:
        """What names the question in a record: `sha256:` of what is asked, without the subject."""
        asked: list[Plain] = [
            {
                "attribute": item.attribute,
                "value": write_values(item.attribute, tuple(Value(v) for v in item.values)),
                "completeness": item.completeness,
                "assurance": item.assurance,
                "together": item.together,
            }
            for item in self.wanted
        ]
        return digest({"kind": self.kind, "model": self.model, "wanted": asked})


@dataclass(frozen=True, slots=True)
class Offer:
    """How far a method would go for a question (0 to 4), in how many minutes, and with what.

    `shows` are the indexes in `Question.wanted` that it can show by itself.
    """

    level: int
    minutes: int
    needs: Needs
    shows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Grade:
    """How good a proof is in four respects, each 0 to 4 (A0 to A4); the least of them counts.

    `issuer`: who says it, on what they checked. `binding`: how it was shown to be this visitor's.
    `transport`: how it came here. `freshness`: how recently the issuer stood by it. `scheme` and
    `value` are the source's own words, as they came: `eidas`, `high`.
    """

    issuer: int
    binding: int
    transport: int
    freshness: int
    scheme: str = ""
    value: str = ""

    @property
    def level(self) -> int:
        """The assurance of the fact."""
        return min(self.issuer, self.binding, self.transport, self.freshness)

    def plain(self) -> dict[str, Plain]:
        """Write it as an attestation carries it."""
        return {
            "issuer": self.issuer,
            "binding": self.binding,
            "transport": self.transport,
            "freshness": self.freshness,
            "scheme": self.scheme,
            "value": self.value,
        }


@dataclass(frozen=True, slots=True)
class Proof:
    """One attribute as it was shown; `issuer` names who says so, never the visitor.

    Part of a list is `at_least`, also where elements are hidden that may be more of it.
    `revocation` is what must be asked later whether this still stands (a status list's address and
    place in it, as the method itself writes it), kept encrypted.
    """

    attribute: str
    values: tuple[Value, ...]
    completeness: Completeness
    grade: Grade
    issuer: str
    verified_at: Instant
    expires_at: Instant | None = None
    revocation: str | None = None

    def fact(self, method: str) -> Fact:
        """Return the fact that is attested."""
        return Fact(
            self.attribute,
            self.values,
            self.completeness,
            self.grade.level,
            method,
            self.issuer,
            self.verified_at,
            self.expires_at,
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """What a session came to: everything that was proved, at least one thing.

    `credential` names the credential, or better its holder, at its issuer, the same whenever it is
    shown: an issuer's id for the person, a document number with its issuer, else the digest of the
    holder's key. Only its HMAC under the deployment's secret is kept: one credential backs one
    person (docs/decisions/0109). None where the method knows nothing of the kind.
    """

    proved: tuple[Proof, ...]
    credential: bytes | None


@dataclass(frozen=True, slots=True)
class Arrival:
    """What arrived for a session: `leg` is the method's own word for where (rule 4).

    `fields` are those of a form or query, each name once; `body` is what came as anything else, at
    most `Method.budget` bytes. `language` is the visitor's, as the portal chose it. `certificates`
    are those that the visitor's browser proved in TLS, its own first.
    """

    leg: str
    browser: bool
    fields: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    content_type: str = ""
    language: str = "en"
    certificates: tuple[bytes, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Show:
    """Show the page `method-PAGE`; it may use `data`, which is never evidence.

    `again` are seconds after which the browser looks again by itself, at the leg `look` (0: never).
    """

    page: str
    data: Mapping[str, Plain] = field(default_factory=dict)
    again: int = 0


@dataclass(frozen=True, slots=True)
class Go:
    """Send the browser elsewhere."""

    address: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody says that a paper of theirs shows."""

    attribute: str
    values: tuple[Value, ...]
    completeness: Completeness = "at_least"


@dataclass(frozen=True, slots=True)
class Wait:
    """People decide, later, whether a kind of document shows what is claimed."""

    document: str
    claimed: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer another machine; with a finding, the browser that began may come for it (rule 4)."""

    body: bytes
    content_type: str
    status: int = 200
    finding: Finding | None = None


Step: TypeAlias = Show | Go | Wait | Reply | Finding


@dataclass(slots=True)
class Session:
    """One attempt with one method; `state` is the method's own, and holds no evidence (rule 5).

    `address` is where whatever comes from outside arrives: a leg is added to it as `/LEG`.
    """

    question: Question
    address: str
    began: float
    handle: str = field(default_factory=lambda: secrets.token_urlsafe(_HANDLE_BYTES))
    state: dict[str, Plain] = field(default_factory=dict)
    found: Finding | None = None
    over: bool = False


class Method(Protocol):
    """One way to show something. Methods are made once; their calls may overlap."""

    name: str
    """As the trust document names its key, and as its pages and words are called."""

    budget: int
    """Bytes that may arrive at once."""

    lasts: int
    """Seconds a session may take."""

    def offer(self, question: Question) -> Offer | None:
        """Say how far this goes towards a question; None where it cannot help (rule 2)."""
        ...

    async def begin(self, session: Session, language: str) -> Step:
        """Open a session."""
        ...

    async def hear(self, session: Session, arrival: Arrival) -> Step:
        """Take what arrived (rules 3 to 6)."""
        ...


class Notified(Protocol):
    """A method that another machine tells when it is time to look (rule 4)."""

    def notice(self, headers: Mapping[str, str], body: bytes) -> None:
        """Take a notice of at most `Method.budget` bytes; one that nobody signed is Refused."""
        ...


def attested(question: Question, finding: Finding, method: str, pair: KeyPair) -> list[Envelope]:
    """Sign what was found about the question's subject; what was not asked is forgotten here."""
    check_finding(question, finding)
    asked = {item.attribute for item in question.wanted}
    return [
        attest(question.subject, proof.fact(method), pair, proof.grade.plain())
        for proof in finding.proved
        if proof.attribute in asked
    ]


def check_finding(question: Question, finding: Finding) -> None:
    """Refuse a finding that no method may come to, whatever it was shown."""
    if not finding.proved:
        raise Refused("nothing was proved")
    for proof in finding.proved:
        grade = proof.grade
        grades = (grade.issuer, grade.binding, grade.transport, grade.freshness)
        if not all(0 <= item <= HIGHEST for item in grades):
            raise Refused("a grade is 0 to 4")
        if proof.expires_at is not None and proof.expires_at <= proof.verified_at:
            raise Refused("what was shown had expired; show one that is valid now")
    asked = {item.attribute for item in question.wanted}
    if not asked & {proof.attribute for proof in finding.proved}:
        raise Refused("what was shown is not what is asked")


def shown_by(question: Question, attributes: Sequence[str], level: int) -> tuple[int, ...]:
    """Return the indexes in `wanted` that somebody could show who shows values of attributes.

    Complete lists are left out: whoever can vouch for those adds them.
    """
    return tuple(
        place
        for place, item in enumerate(question.wanted)
        if item.attribute in attributes
        and item.assurance <= level
        and item.completeness == "at_least"
    )
