"""What people decide about people: papers without a chip, appeals, credentials shown twice.

1. Two different people of the role `review` decide, each by a signed word with a reason in writing.
   It is decided once two agree; where two differ, a third settles it.
2. An appeal goes to people who had no part in what it is against: a review turned down, or those
   that were accepted and made what is known. It has a clock, and what was decided stands meanwhile.
   It takes back what is known of its subject, or of an organisation they act for, and of nobody else.
   It is answered once: while what it is against is the same, one that was turned down is the answer
   (`writ.people.appeals`).
3. What comes of a decision is done first and noted after it, so that one cut short is done again.
4. The papers themselves are not here: they are looked at, and forgotten. Reasons are kept as long
   as reviews are (`writ.people.retention`); event rows name them by digest.
"""

import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from writ.canonical import Plain, decode, digest, digest_bytes, encode
from writ.clock import DAY, Instant
from writ.errors import InvalidInput, Refused
from writ.people.appeals import answer_to, had_part, judged_before, known_of
from writ.people.books import Books
from writ.signing.dsse import Envelope, read_envelope
from writ.signing.form import Form
from writ.signing.keys import KeyPair
from writ.signing.trust import Trust
from writ.signing.word import sign_word, verify_word
from writ.store import events
from writ.store.database import Connection
from writ.store.people_tables import acts_for, attestation
from writ.store.review_tables import opinion, read_tallies, review

Kind: TypeAlias = Literal["papers", "appeal", "reuse"]
Seen: TypeAlias = Literal["copy", "video", "person"]
State: TypeAlias = Literal["open", "accepted", "rejected"]
OPINION = "review.opinion"
WITHIN: dict[str, int] = {"papers": 3 * DAY, "appeal": 14 * DAY, "reuse": 3 * DAY}
"""How long people may take to decide."""
ENOUGH = 2
LONGEST_REASON = 2000
MOST_OPEN = 5
"""Reviews that one subject may have open at once."""


class Opinion(Form, frozen=True):
    """What one reviewer says; `seen` is how they saw the papers, `expires` when those end.

    `revoke` are attestations (hex) that an accepted appeal takes back.
    """

    review: str
    accept: bool
    reason: str
    seen: Seen | None = None
    expires: Instant | None = None
    revoke: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """An opinion with whose it is, and when it came."""

    by: str
    said: Opinion
    at: Instant


@dataclass(frozen=True, slots=True)
class Review:
    """One question to people, with what was said so far; `asked` is what is claimed, as JSON.

    `model` is the one that papers were shown for.
    """

    id: str
    subject: str
    kind: Kind
    document: str
    asked: Sequence[Plain]
    about: str | None
    nullifier: bytes | None
    opened_at: Instant
    due_at: Instant
    state: State
    decided_at: Instant | None
    opinions: tuple[Given, ...]
    model: str | None = None

    @property
    def agreed(self) -> tuple[Given, ...]:
        """The first two who agree, or nobody (rule 1)."""
        for accept in (True, False):
            alike = tuple(item for item in self.opinions if item.said.accept is accept)
            if len(alike) >= ENOUGH:
                return alike[:ENOUGH]
        return ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A review to be opened."""

    subject: str
    kind: Kind
    document: str
    asked: Sequence[Plain] = ()
    about: str | None = None
    nullifier: bytes | None = None
    model: str | None = None
    known: str | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """How reviews of one kind of document came out."""

    document: str
    open: int
    overdue: int
    accepted: int
    rejected: int
    appealed: int
    reversed: int


def sign_opinion(said: Opinion, trust: Trust, pair: KeyPair) -> Envelope:
    """Sign what a reviewer says."""
    plain: dict[str, Plain] = {
        "review": said.review,
        "accept": said.accept,
        "reason": said.reason,
        "seen": said.seen,
        "expires": said.expires,
        "revoke": list(said.revoke),
    }
    return sign_word(OPINION, digest(said.review), plain, trust, pair)


class Reviews:
    """Opens, decides and lists reviews."""

    def __init__(self, books: Books, trust: Trust) -> None:
        self._books = books
        self._trust = trust

    def open(self, wanted: Wanted) -> Review:
        """Open a review; the same again while it is open, or was answered (rule 2), is that review."""
        now = self._books.clock.now()
        asked = encode(wanted.asked)
        with self._books.store.unit() as connection:
            here = review.c.subject == wanted.subject
            rows = list(connection.execute(review.select().where(here)))
            mine = [row for row in rows if row.state == "open"]
            for row in mine:
                if (row.kind, row.document, row.asked, row.about) == (
                    wanted.kind, wanted.document, asked, wanted.about,
                ):  # fmt: skip
                    return self._read(connection, row.id)
            if wanted.kind == "appeal":
                answered = answer_to(connection, wanted.subject, wanted.about, wanted.known)
                if answered is not None:
                    return self._read(connection, answered)
            if len(mine) >= MOST_OPEN:
                raise Refused("enough of yours is being looked at; wait for the answer to that")
            name = secrets.token_hex(5)
            connection.execute(
                review.insert().values(
                    id=name,
                    subject=wanted.subject,
                    kind=wanted.kind,
                    document=wanted.document,
                    asked=asked,
                    about=wanted.about,
                    nullifier=wanted.nullifier,
                    opened_at=now,
                    due_at=now + WITHIN[wanted.kind],
                    state="open",
                    model=wanted.model,
                    known=wanted.known,
                )
            )
            payload: dict[str, Plain] = {"at": now, "review": name, "kind": wanted.kind}
            payload["subject"] = self._books.alias(wanted.subject)
            events.append(connection, "review.opened", payload)
            return self._read(connection, name)

    def appeal(self, subject: str, about: str, document: str, law: str | None) -> Review:
        """Open an appeal against a rejected review of the subject's, or (empty) what is known.

        `law` is the digest of the law in force. One that was turned down against the same comes back.
        """
        if about:
            first = self.find(about)
            if first.subject != subject or first.state != "rejected" or first.kind == "appeal":
                raise Refused(f"`{about}` is not yours to appeal, or was not decided against you")
            wanted = Wanted(subject, "appeal", first.document, first.asked, about)
            return self.open(replace(wanted, model=first.model))
        with self._books.store.view() as connection:
            known = known_of(connection, subject, law, self._books.clock.now())
        return self.open(Wanted(subject, "appeal", document, known=known))

    def answered(self, subject: str, law: str | None) -> bool:
        """Say whether an appeal against what is known would be no more than the last one was."""
        with self._books.store.view() as connection:
            known = known_of(connection, subject, law, self._books.clock.now())
            return answer_to(connection, subject, None, known) is not None

    def give(self, envelope: Envelope) -> Review:
        """Take a reviewer's opinion (rules 1, 2); return the review with it."""
        word = verify_word(envelope, OPINION, Opinion, self._trust)
        said, now = word.said, self._books.clock.now()
        self._trust.allowed(word.by, "review")
        if word.digest != digest(said.review):
            raise Refused("the word is about another review than it names")
        with self._books.store.unit() as connection:
            found = self._read(connection, said.review)
            barred = self._partial(connection, found)
            _check(found, said, word.by, barred)
            _check_revoked(said, _revocable(connection, found))
            if said.accept and said.expires is not None and said.expires <= now:
                raise Refused("papers that have expired show nothing; reject them")
            data = envelope.json()
            connection.execute(
                opinion.insert().values(review=found.id, by=word.by, envelope=data, at=now)
            )
            payload: dict[str, Plain] = {"at": now, "review": found.id, "by": word.by}
            events.append(connection, OPINION, payload | {"envelope": digest_bytes(data)})
            return self._read(connection, found.id)

    def close(self, connection: Connection, name: str, ends: Instant | None) -> None:
        """Note that a review is decided, and that all that comes of it is done (rule 3).

        `ends` is when that ends where it was accepted; None: it was rejected.
        """
        now = self._books.clock.now()
        state = "rejected" if ends is None else "accepted"
        values = {"state": state, "decided_at": now, "ends_at": ends}
        connection.execute(review.update().where(review.c.id == name).values(values))
        events.append(connection, "review.decided", {"at": now, "review": name, "state": state})

    def find(self, name: str) -> Review:
        """Return one review; an unknown one is InvalidInput."""
        with self._books.store.view() as connection:
            return self._read(connection, name)

    def revocable(self, found: Review) -> set[str]:
        """Return the attestations (hex) that an appeal may take back (rule 2)."""
        with self._books.store.view() as connection:
            return _revocable(connection, found)

    def all(self, subject: str | None = None) -> tuple[Review, ...]:
        """Return every review, or a subject's, oldest first."""
        query = review.select().order_by(review.c.opened_at, review.c.id)
        if subject is not None:
            query = query.where(review.c.subject == subject)
        with self._books.store.view() as connection:
            names = [row.id for row in connection.execute(query)]
            return tuple(self._read(connection, name) for name in names)

    def waiting(self) -> tuple[int, int]:
        """Count reviews that are open, and those of them that should have been decided by now."""
        query = review.select().with_only_columns(review.c.due_at).where(review.c.state == "open")
        now = self._books.clock.now()
        with self._books.store.view() as connection:
            due = [row.due_at for row in connection.execute(query)]
        return len(due), sum(item <= now for item in due)

    def rates(self) -> tuple[Rate, ...]:
        """Count how reviews came out, by kind of document; those that are erased count as they did."""
        now, found = self._books.clock.now(), self.all()
        with self._books.store.view() as connection:
            erased = read_tallies(connection)
        names = {item.document for item in found} | {document for document, _, _ in erased}
        return tuple(_rate(name, found, erased, now) for name in sorted(names))

    def _partial(self, connection: Connection, found: Review) -> set[str]:
        """Return who may not judge an appeal (rule 2)."""
        if found.kind != "appeal":
            return set()
        part = had_part(connection, found.subject, found.about)
        if found.about is not None:
            return part
        reviewers = {item.id for item in self._trust.people.values() if "review" in item.may}
        earlier = judged_before(connection, found.subject)
        return part | earlier if _decidable(found, reviewers - part - earlier) else part

    def _read(self, connection: Connection, name: str) -> Review:
        row = connection.execute(review.select().where(review.c.id == name)).first()
        if row is None:
            raise InvalidInput(f"no review `{name}`; `writ review list` shows them")
        asked = decode(row.asked)
        return Review(
            row.id,
            row.subject,
            row.kind,
            row.document,
            asked if isinstance(asked, list) else [],
            row.about,
            row.nullifier,
            row.opened_at,
            row.due_at,
            row.state,
            row.decided_at,
            tuple(self._opinions(connection, name)),
            row.model,
        )

    def _opinions(self, connection: Connection, name: str) -> Iterator[Given]:
        query = opinion.select().where(opinion.c.review == name).order_by(opinion.c.at)
        for row in connection.execute(query):
            word = verify_word(read_envelope(row.envelope), OPINION, Opinion, self._trust)
            yield Given(word.by, word.said, row.at)


def _decidable(found: Review, people: set[str]) -> bool:
    """Say whether these people could still bring two to agree."""
    said = Counter(item.said.accept for item in found.opinions)
    waiting = people - {item.by for item in found.opinions}
    return max(said.values(), default=0) + len(waiting) >= ENOUGH


def _check(found: Review, said: Opinion, by: str, barred: set[str]) -> None:
    if found.state != "open":
        raise Refused(f"review `{found.id}` was decided before")
    if by in {item.by for item in found.opinions}:
        raise Refused(f"`{by}` has given an opinion on `{found.id}` before")
    if by in barred:
        raise Refused(f"`{by}` had a part in what `{found.id}` is against; another person decides")
    if not said.reason.strip() or len(said.reason) > LONGEST_REASON:
        raise Refused(f"give a reason, in {LONGEST_REASON} characters at most")
    if said.accept and said.seen is None and found.asked:
        raise Refused("say how you saw the papers: `--seen copy`, `video` or `person`")


def _revocable(connection: Connection, found: Review) -> set[str]:
    if found.kind != "appeal" or found.about is not None:
        return set()
    theirs = acts_for.select().with_only_columns(acts_for.c.organisation)
    mine = theirs.where(acts_for.c.subject == found.subject)
    here = (attestation.c.subject == found.subject) | attestation.c.subject.in_(mine)
    query = attestation.select().with_only_columns(attestation.c.id).where(here)
    return {row.id.hex() for row in connection.execute(query)}


def _check_revoked(said: Opinion, revocable: set[str]) -> None:
    for name in said.revoke:
        if name not in revocable:
            raise Refused(
                f"`{name}` is nothing that `{said.review}` could take back; `writ subject show` "
                "lists what is known of them"
            )


def _rate(
    document: str, found: Sequence[Review], erased: Counter[tuple[str, str, str]], now: Instant
) -> Rate:
    mine = [item for item in found if item.document == document]
    waiting = [item for item in mine if item.state == "open"]
    first, appeals = Counter[str](), Counter[str]()
    for item in mine:
        (appeals if item.kind == "appeal" else first)[item.state] += 1
    for (name, kind, state), count in erased.items():
        if name == document:
            (appeals if kind == "appeal" else first)[state] += count
    return Rate(
        document,
        len(waiting),
        sum(item.due_at <= now for item in waiting),
        first["accepted"],
        first["rejected"],
        appeals.total(),
        appeals["accepted"],
    )
