"""Leave to decide, and the decision: the board, the lease and the legal clock in one place.

1. Before the first snapshot nothing is decided; without a live lease, only exempt models are
   served (an unknown model is never exempt).
2. A lease counts from when it was signed, on elapsed time, for the epoch and digest it names, and for a
   later epoch put in force while it lasts: it says that nothing newer than it names was in force,
   and what is newer comes from the same signers. Otherwise every activation would leave a moment
   in which nobody is served. One whose number is not above the last is refused; none is ever
   written down.
3. A name nobody registered decides nothing: for a controlled model that is a refusal.
4. A key that refuses substitutes is denied instead.
5. A word about an end user is good for one request (see `writ.gateway.used`), which uses it up
   whatever becomes of it.
6. A word that says more than a name counts for that request alone; its digest is its evidence.
   One that names nobody is no word for a person who asks: they are the user.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from writ.clock import Clock, Instant, WallClock, elapsed, wall
from writ.errors import Refused
from writ.gateway.used import Used
from writ.model.outcome import Outcome
from writ.point import seam
from writ.point.board import Board, Said, Verdict
from writ.point.decide import Links, decide
from writ.point.view import View
from writ.signing.end_user import SKEW, Assertion, verify_end_user
from writ.signing.lease import verify_lease

_PERMIT = int(Outcome.PERMIT)


class Undecided(Exception):
    """Nothing can be decided at present: no snapshot, or no live lease."""


class Unresolved(Exception):
    """The chain cannot be resolved: a subject is unknown, or an assertion is broken."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks: an API key by the SHA-256 of its text, and an end user's pseudonym.

    `said` is what a word says besides, once it is judged, and `word` the digest of that word.
    """

    key: seam.Key
    end_user: bytes | None
    said: Said | None = None
    word: tuple[bytes, ...] = ()

    @property
    def names(self) -> tuple[bytes, ...]:
        """The pseudonyms this stands on: requester, organisation, end user."""
        named = (self.key.requester, self.key.organisation, self.end_user)
        return tuple(name for name in named if name is not None)


@dataclass(frozen=True, slots=True)
class Word:
    """A proved word: the token, what it says, and the pseudonym of whom it names, if anybody.

    `taken` is when it was proved and used up (seconds, UTC).
    """

    key: seam.Key
    organisation: bytes
    token: str
    said: Assertion
    end_user: bytes | None
    taken: float

    def ask(self, said: Said | None = None) -> Ask:
        """Return who asks, by what the word comes to where it says more than a name."""
        if said is None:
            return Ask(self.key, self.end_user)
        return Ask(self.key, self.end_user, said, (sha256(self.token.encode()).digest(),))


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with what it rests on."""

    model: str
    verdict: Verdict
    links: Links
    at: Instant
    epoch: int
    rules_digest: str
    word: tuple[bytes, ...] = ()


class Gate:
    """What one gateway may decide, and how; owned by the event loop."""

    def __init__(self, name: str, clock: Clock, used: Used) -> None:
        self.name = name
        self.board = Board()
        self.used = used
        self.clock = clock
        self.online: bytes | None = None  # the key that signs leases, once trust is known
        self._number = -1
        self._leases: dict[tuple[int, str], float] = {}
        self._until = 0.0  # when the last lease that counts lapses (elapsed seconds)

    @property
    def view(self) -> View:
        """The snapshot in force; Undecided before the first."""
        view = self.board.view
        if view is None:
            raise Undecided
        return view

    @property
    def live(self) -> bool:
        """Whether there is a snapshot in force and a lease for it that has not lapsed."""
        return elapsed() < self._until

    def enforce(self, board: Board) -> None:
        """Decide by a board from now on, whose epoch was just put in force."""
        self.board = board
        self._count_leases()

    def renew(self, message: seam.Lease) -> None:
        """Take a lease (rule 2)."""
        if self.online is None:
            raise Refused("no trust document yet, so no lease can be proved")
        statement = verify_lease(message.statement, message.signature, self.online)
        if statement.gateway != self.name:
            raise Refused(f"lease is for gateway `{statement.gateway}`")
        if statement.number <= self._number:
            raise Refused(f"lease {statement.number} is not newer than {self._number}")
        if statement.epoch < self.board.epoch:
            raise Refused(f"lease is for epoch {statement.epoch}, in force is {self.board.epoch}")
        self._number = statement.number
        place = (statement.epoch, statement.digest)
        now = elapsed()
        signed = min(statement.signed_ms / 1000, now)
        kept = {key: ends for key, ends in self._leases.items() if ends > now and key != place}
        self._leases = {place: signed + statement.lifetime_ms / 1000, **kept}
        self._count_leases()
        if isinstance(self.clock, WallClock):
            self.clock.raise_mark(statement.legal_mark)

    def word(self, key: seam.Key, tokens: Sequence[bytes]) -> "Word":
        """Prove one token and use it up; a broken assertion is Unresolved."""
        organisation = key.acts_for
        if organisation is None or len(tokens) != 1:
            raise Unresolved
        token = tokens[0].decode("latin-1")

        def find(kid: str) -> bytes | None:
            return self.board.issuer(organisation, kid)

        now = wall()
        try:
            said = verify_end_user(token, key.id, find, now)
        except Refused:
            raise Unresolved from None
        span = said.issued, said.expires + SKEW
        if not self.used.take(organisation, said.jti, span, now):  # 5
            raise Unresolved
        if said.sub is None and key.kind == "person":  # 6
            raise Unresolved
        named = None if said.sub is None else seam.end_user_name(organisation, said.sub)
        return Word(key, organisation, token, said, named, now)

    def allows(self, ask: Ask, model: str) -> bool:
        """Whether the chain may use a canonical model now; cheap, for every piece of an answer."""
        board = self.board
        view = board.view
        if view is None or model not in view.index or not self._holds(ask.key):
            return False
        if not view.models[model].controlled:
            return True
        at = self.clock.now()
        links = board.links(ask.key, ask.end_user, at, ask.said)
        return links is not None and decide(links, view.index[model], at, self.live) == _PERMIT

    def judge(self, ask: Ask, model: str) -> Judgement:
        """Decide and explain for a canonical model; Undecided or Unresolved where that fails."""
        view = self.view
        if not self.live:
            raise Undecided
        if model not in view.models or not self._holds(ask.key):
            raise Unresolved
        at = self.clock.now()
        links = self.board.links(ask.key, ask.end_user, at, ask.said)
        if links is None:
            raise Unresolved
        verdict = self.board.judge(links, model, at, live=True)
        if verdict is None:
            raise Undecided
        if verdict.outcome is Outcome.SUBSTITUTE and ask.key.refuses_substitutes:
            verdict = replace(verdict, outcome=Outcome.DENY, served_by=None)  # rule 4
        digest = view.segments[links.segment].rules_digest
        return Judgement(model, verdict, links, at, view.epoch, digest, ask.word)

    def good_until(self, ask: Ask) -> Instant:
        """Return the instant at which the chain's links must be looked up anew (0: now)."""
        links = self.board.links(ask.key, ask.end_user, self.clock.now(), ask.said)
        return 0 if links is None else links.until

    def _count_leases(self) -> None:
        """Rule 2."""
        view = self.board.view
        self._until = max(
            (
                ends
                for (epoch, digest), ends in self._leases.items()
                if view is not None
                and (epoch < view.epoch or (epoch, digest) == (view.epoch, view.digest))
            ),
            default=0.0,
        )

    def _holds(self, key: seam.Key) -> bool:
        """Whether a key still names whom it named; it may have been told again meanwhile."""
        now = self.board.key(key.digest)
        if now is key:
            return True
        return now is not None and (now.requester, now.organisation, now.kind) == (
            key.requester,
            key.organisation,
            key.kind,
        )
