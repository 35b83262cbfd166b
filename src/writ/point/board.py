"""Everything one enforcement point knows: an epoch in force, and perhaps one being staged.

1. Rows and subjects belong to an epoch; keys and issuers do not.
2. Staged entries are swapped in at once by `activate`; entries for the epoch in force apply at
   once; entries for any other epoch are refused.
3. Looking up links resolves a key to its rows, for the segment and profiles of an instant; they
   are good until the first of: a profile's end, the segment's end.
4. What cannot be resolved is None: an error is a refusal.
5. What an organisation says of an end user with one request (`Said`) stands in the place of what is
   known, for that request. It counts in the epoch in which it was judged, while all that it was
   judged by is as it was; after that it says nothing.
"""

from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from writ.clock import FOREVER, Instant
from writ.errors import Refused
from writ.model.cell import CODES, OUTCOMES
from writ.model.decision import LinkName
from writ.model.outcome import Outcome
from writ.point.decide import STALE, Links, decide
from writ.point.seam import (
    FACTLESS_ORGANISATION,
    FACTLESS_PERSON,
    UNNAMED,
    Assessed,
    Issuer,
    Key,
    Row,
    Subject,
)
from writ.point.view import RuleView, View

MOST_CACHED = 100_000
"""Chains kept looked up at once; end users are anybody's to name, so there must be a limit."""


_EVERY_CODE = bytes(range(CODES))


class _Table:
    """One epoch: its view, rows by (profile, capacity), subjects by name."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.rows: dict[tuple[int, int], Row] = {}
        self.subjects: dict[bytes, Subject] = {}
        self.width = view.phases.width

    def put(self, message: Row | Subject) -> None:
        if isinstance(message, Subject):
            if message.spans:
                self.subjects[message.name] = message
            else:
                self.subjects.pop(message.name, None)
            return
        self.check(message)
        self.rows[message.profile, message.capacity] = message

    def check(self, message: Row) -> None:
        """Refuse a row that this epoch's rules cannot have given."""
        if len(message.cells) != self.width:
            raise Refused(f"row has {len(message.cells)} cells, not {self.width}")
        if message.cells.translate(None, _EVERY_CODE):
            raise Refused("row has a cell that is no code")
        try:
            reasons = message.against()
        except ValueError:
            raise Refused("row gives reasons in another form") from None
        for cell, against in reasons.items():
            if not 0 <= cell < self.width:
                raise Refused("row gives reasons for a cell it does not have")
            numbers = self.view.numbers[cell]
            if not all(number in numbers for number, _, _ in against):
                raise Refused("row names a rule that does not speak of its cell")


@dataclass(frozen=True, slots=True)
class Against:
    """A rule that does not let one link pass; `certain`: it bars, else it cannot judge.

    `firm`: by facts that count to serve, so that showing more would not help.
    """

    rule: RuleView
    certain: bool
    link: LinkName
    firm: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision explained, for the slow path: refusals, substitutions and receipts."""

    outcome: Outcome
    served_by: str | None
    segment: int
    against: tuple[Against, ...]
    end_user_decides: bool
    ruled: bool


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Said:
    """Rule 5; `issuer` is who says it, under which key id; `basis` is what was known then."""

    epoch: int
    issuer: tuple[bytes, str]
    public: bytes
    basis: Mapping[bytes, Subject | None]
    subjects: dict[bytes, Subject]
    rows: dict[tuple[int, int], Row]


class Board:
    """Rule 2; owned by one thread."""

    def __init__(self) -> None:
        self._table: _Table | None = None
        self._staged: _Table | None = None
        self._keys: dict[bytes, Key] = {}
        self._issuers: dict[tuple[bytes, str], bytes] = {}
        self._cache: dict[tuple[bytes, bytes | None], Links] = {}
        self._said: WeakKeyDictionary[Said, dict[tuple[bytes, bytes | None], Links]] = (
            WeakKeyDictionary()
        )

    @property
    def epoch(self) -> int:
        """The epoch in force; 0 before the first."""
        return self._table.view.epoch if self._table else 0

    @property
    def view(self) -> View | None:
        """The snapshot in force, as far as it is ours to see."""
        return self._table.view if self._table else None

    def stage(self, view: View) -> None:
        """Begin staging an epoch; one that was staged before is forgotten."""
        if view.epoch < self.epoch:
            raise Refused(f"epoch {view.epoch} is older than epoch {self.epoch} in force")
        self._staged = _Table(view)

    def put(self, message: Row | Subject | Key | Issuer) -> None:
        """Take one delta (rules 1 and 2)."""
        if isinstance(message, Key):
            self._keys.pop(message.digest, None)
            if not message.revoked:
                self._keys[message.digest] = message
        elif isinstance(message, Issuer):
            self._issuers.pop((message.organisation, message.kid), None)
            if not message.revoked:
                self._issuers[message.organisation, message.kid] = message.public
        else:
            self._table_of(message.epoch).put(message)
        self._forget()

    def activate(self, epoch: int) -> None:
        """Put the staged epoch in force, whole."""
        if self._staged is None or self._staged.view.epoch != epoch:
            raise Refused(f"epoch {epoch} is not staged")
        for name in (FACTLESS_PERSON, FACTLESS_ORGANISATION, UNNAMED):
            if name not in self._staged.subjects:
                raise Refused(f"epoch {epoch} is staged without its reserved subjects")
        self._table, self._staged = self._staged, None
        self._forget()

    def key(self, digest: bytes) -> Key | None:
        """Return the entry of an API key by the SHA-256 of its text."""
        return self._keys.get(digest)

    def issuer(self, organisation: bytes, kid: str) -> bytes | None:
        """Return the public key with which an organisation asserts its end users."""
        return self._issuers.get((organisation, kid))

    def said(
        self, assessed: Assessed, issuer: tuple[bytes, str], end_user: bytes | None
    ) -> Said | None:
        """Take what a word comes to (rule 5); None where it comes to nothing here."""
        table, public = self._table, self._issuers.get(issuer)
        if table is None or public is None or table.view.epoch != assessed.epoch:
            return None
        if not assessed.subjects or not all(subject.spans for subject in assessed.subjects):
            return None
        for row in assessed.rows:
            table.check(row)
        names = [issuer[0], *([] if end_user is None else [end_user])]
        return Said(
            assessed.epoch,
            issuer,
            public,
            {name: table.subjects.get(name) for name in names},
            {subject.name: subject for subject in assessed.subjects},
            {(row.profile, row.capacity): row for row in assessed.rows},
        )

    def stands(self, said: Said) -> bool:
        """Whether what was said counts still (rule 5)."""
        table = self._table
        return (
            table is not None
            and table.view.epoch == said.epoch
            and self._issuers.get(said.issuer) == said.public
            and all(table.subjects.get(name) is known for name, known in said.basis.items())
        )

    def links(
        self, key: Key, end_user: bytes | None, at: Instant, said: Said | None = None
    ) -> Links | None:
        """Return a chain's links at an instant (rules 3 to 5); cached while good."""
        cache = self._cache if said is None else self._said.setdefault(said, {})
        cached = cache.get((key.digest, end_user))
        if cached is not None and at < cached.until and self._starts(cached) <= at:
            return cached
        if said is not None and not self.stands(said):
            said = None
        found = self._resolve(key, end_user, at, said)
        if found is not None:
            if len(cache) >= MOST_CACHED:
                cache.clear()
            cache[key.digest, end_user] = found
        return found

    def judge(self, links: Links, model: str, at: Instant, *, live: bool) -> Verdict | None:
        """Decide and explain for a canonical name; None where nothing can be decided."""
        table = self._table
        if table is None or links.epoch != table.view.epoch:
            return None
        index = table.view.index[model]
        number = decide(links, index, at, live)
        if number == STALE:
            return None
        outcome, served_by = Outcome(number), None
        if outcome is Outcome.PERMIT:
            served_by = model
        elif outcome is Outcome.SUBSTITUTE:
            served_by = self._substitute(table, links, model, at)
            outcome = outcome if served_by else Outcome.DENY
        against = tuple(_against(table, links, index)) if served_by != model else ()
        return Verdict(
            outcome,
            served_by,
            links.segment,
            against,
            _end_user_decides(links, index),
            table.view.ruled(table.view.cells(links.segment)[index]),
        )

    def _table_of(self, epoch: int) -> _Table:
        for table in (self._staged, self._table):
            if table is not None and table.view.epoch == epoch:
                return table
        raise Refused(f"epoch {epoch} is neither in force nor staged")

    def _starts(self, links: Links) -> Instant:
        view = self.view
        start = None if view is None else view.segments[links.segment].start
        return -FOREVER if start is None else start

    def _forget(self) -> None:
        """Look every chain up anew."""
        self._cache.clear()
        self._said.clear()

    def _resolve(
        self, key: Key, end_user: bytes | None, at: Instant, said: Said | None
    ) -> Links | None:
        table = self._table
        if table is None:
            return None
        said_of, said_rows = (said.subjects, said.rows) if said is not None else ({}, {})
        known, judged = ChainMap(said_of, table.subjects), ChainMap(said_rows, table.rows)
        named = _named(known, key, end_user)
        if named is None:
            return None
        view = table.view
        segment = view.segment_at(at)
        until = view.boundaries[segment] if segment < len(view.boundaries) else FOREVER
        owner = None if key.acts_for is None else known.get(key.acts_for)
        lent, lent_until = (0, FOREVER) if owner is None else _span(owner, at)[1:]
        rows, found = [], list[Row]()
        cells = view.cells(segment)
        for _, subject in named:
            profile, _, ends = _span(subject, at)
            row = judged.get((profile, lent))
            if row is None:
                return None
            rows.append(bytes(map(row.cells.__getitem__, cells)))
            found.append(row)
            until = min(until, ends, lent_until)
        return Links(
            tuple(rows),
            until,
            segment=segment,
            epoch=view.epoch,
            names=tuple(name for name, _ in named),
            sources=tuple(found),
            evidence=tuple(item for _, subject in named for item in subject.evidence),
            asserted=end_user is not None,
        )

    def _substitute(self, table: _Table, links: Links, model: str, at: Instant) -> str | None:
        view = table.view
        other = view.substitute(view.cells(links.segment)[view.index[model]])
        if other is None or decide(links, view.index[other], at, True) != Outcome.PERMIT:  # noqa: FBT003  live was checked
            return None
        return other


def _named(
    known: Mapping[bytes, Subject], key: Key, end_user: bytes | None
) -> list[tuple[LinkName, Subject]] | None:
    """Return the links a key stands on; None where a named one is unknown to us."""
    found: list[tuple[LinkName, Subject | None]] = []
    if key.kind != "service":
        found.append(("requester", known.get(key.requester)))
    if key.organisation is not None:
        found.append(("organisation", known.get(key.organisation)))
    elif key.kind == "service":
        found.append(("organisation", known.get(FACTLESS_ORGANISATION)))
    if end_user is not None:
        unknown = known.get(FACTLESS_PERSON)
        found.append(("end_user", known.get(end_user, unknown)))
    elif key.kind != "person":
        found.append(("end_user", known.get(UNNAMED)))
    named = [(name, subject) for name, subject in found if subject is not None]
    return named if len(named) == len(found) else None


def _span(subject: Subject, at: Instant) -> tuple[int, int, Instant]:
    """Return (profile, capacity, until) at an instant."""
    for until, profile, capacity in subject.spans:
        if at < until:
            return profile, capacity, until
    until, profile, capacity = subject.spans[-1]
    return profile, capacity, until


def _against(table: _Table, links: Links, index: int) -> Iterator[Against]:
    view = table.view
    cell = view.cells(links.segment)[index]
    if cell in view.stopped:
        yield Against(view.hold(view.order[index]), certain=True, link="requester", firm=True)
    for name, row in zip(links.names, links.sources, strict=True):
        for number, certain, firm in row.against().get(cell, ()):
            yield Against(view.rules[number], certain, name, firm)  # type: ignore[arg-type]  # names are LinkNames


def _end_user_decides(links: Links, index: int) -> bool:
    """Whether an asserted end user is among what decides: the others alone would not be denied."""
    if not links.asserted:
        return False
    code = 0
    for name, row in zip(links.names, links.rows, strict=True):
        if name != "end_user":
            code |= row[index]
    return OUTCOMES[code] is not Outcome.DENY
