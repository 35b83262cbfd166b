"""Classes: subjects whom no rule of the lawbooks compared can tell apart, and who look alike.

1. A pattern is what a row of the population says: kind, facts, where its instants lie between the
   lawbooks' own, and which of the lawbooks' lists the subject is on. Rows of one pattern are read
   once, as the subject of one of them.
2. Patterns that have the same profile and lend the same capacity, in every lawbook at every
   instant asked, the same citizenships and residence as known, and have shown alike where something
   would settle them (see `writ.study.showing`), are one class.
3. A class has a number above 0; who cannot be told gets one of the numbers below.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from writ.clock import Instant
from writ.errors import InvalidInput
from writ.law.compiled.book import Capacity, Compiled, Profile
from writ.law.document import quoted
from writ.law.subjects import UNPROVED, read_subject
from writ.model.expression import HeldAt, MostRecent
from writ.model.json_form import says_twice
from writ.model.order import Lawbook
from writ.model.subject import Fact, Subject
from writ.model.vocabulary import KINDS, Kind
from writ.study.showing import Showing, offered

NOBODY = 0
"""No organisation, or no end user."""
UNREADABLE = -1
"""A row that cannot be read."""
TWICE = -2
"""A subject that the population gives twice, and not alike."""
UNKNOWN = -3
"""A subject that the population does not have."""
AMBIGUOUS = -4
"""Several organisations, of which none is named."""
NOT_ONE = -5
"""An organisation that is none, or an end user who is no person."""
WHY: Mapping[int, str] = {
    UNREADABLE: "a row that cannot be read",
    TWICE: "a subject given more than once, and not alike",
    UNKNOWN: "a subject that the population does not have",
    AMBIGUOUS: "several organisations, and none named",
    NOT_ONE: "an end user who is no person",
}
"""Why a number below 0 is not judged, or refused."""

UNREAD_LINE = "unread line"
"""The kind of a line that is no subject; its `facts` say why."""
EARLY = "early"
"""What is wrong with a row whose `expires_at` is not after its `verified_at`."""
FAULTS = 100
"""Different faults that are told apart."""
OTHER_FAULTS = "other faults"
UNTOLD = "not known"
_EPOCH = "1970-01-01T00:00:00Z"
_KINDS: Mapping[str, Kind] = {kind: kind for kind in KINDS}


@dataclass(frozen=True, slots=True)
class Asked:
    """One lawbook at one instant, and the models of which is asked what would settle whom."""

    compiled: Compiled
    at: Instant
    settling: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern as a table gives it; instants are those of one of its rows.

    `wrong` is the column that makes the row unreadable, or `EARLY`; empty: nothing does.
    """

    kind: str
    facts: str
    id: str
    verified_at: Instant | None = None
    expires_at: Instant | None = None
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Class:
    """A class, told by one of its subjects.

    `sort` is a number above 0 of all that outcomes turn on; `shown` has one for each of
    `Classes.asked`, of all that evidence turns on there.
    """

    subject: Subject
    citizenship: str
    residence: str
    sort: int
    shown: tuple[int, ...]


@dataclass(slots=True)
class Classes:
    """Classes by number (rule 3); `faults` counts what was wrong, by what was wrong."""

    asked: Sequence[Asked]
    known: list[Class] = field(default_factory=list)
    faults: dict[str, tuple[int, str]] = field(default_factory=dict)
    _numbers: dict[object, int] = field(default_factory=dict)
    _sorts: dict[object, int] = field(default_factory=dict)
    _shown: dict[object, int] = field(default_factory=dict)
    _showing: dict[int, Showing] = field(init=False)
    _facts: dict[tuple[str, bytes], Fact] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._showing = {
            place: Showing(item.compiled, item.at, item.settling)
            for place, item in enumerate(self.asked)
            if item.settling
        }

    def __getitem__(self, number: int) -> Class:
        return self.known[number - 1]

    @property
    def sorts(self) -> int:
        """How many sorts there are."""
        return len(self._sorts)

    def sort(self, number: int) -> int:
        """Return the sort of a class by its number; a number that is no class has itself."""
        return self[number].sort if number > NOBODY else number

    @property
    def follows(self) -> frozenset[Kind]:
        """The kinds of subjects whose class may rest on the facts of others."""
        return frozenset[Kind]().union(*(item.compiled.follows for item in self.asked))

    @property
    def offered(self) -> frozenset[str]:
        """Whom evidence may name, where whom it names counts; see `writ.study.showing`."""
        asked = (item.compiled for item in self.asked if item.settling and item.compiled.follows)
        return frozenset[str]().union(*map(offered, asked))

    @property
    def compares_dates(self) -> bool:
        """Whether some rule asks what began last: when it was seen is compared with dates told."""
        asked = (atom for item in self.asked for atom in item.compiled.all_partitions.derived)
        return any(isinstance(atom, MostRecent) for atom in asked)

    def read(self, pattern: Pattern, count: int) -> Subject | None:
        """Read a pattern as the subject of one of its rows; a fault is counted for all of them."""
        try:
            return self._read(pattern)
        except InvalidInput as error:
            for message in dict.fromkeys(self._told(fault.message) for fault in error.faults):
                before, first = self.faults.get(message, (0, pattern.id))
                self.faults[message] = (before + count, first)
            return None

    def _told(self, message: str) -> str:
        """Count what is wrong in many different words together from some number on."""
        return message if message in self.faults or len(self.faults) < FAULTS else OTHER_FAULTS

    def of(self, subject: Subject) -> int:
        """Return the number of a subject's class (rule 2)."""
        at = max(item.at for item in self.asked)
        citizenship = told(subject, "citizenships", at)
        residence = told(subject, "residence", at)
        standing = tuple(_standing(subject, item) for item in self.asked)
        shown = tuple(self._of_place(place, subject, one) for place, one in enumerate(standing))
        sort = (subject.kind, standing)
        number = self._numbers.setdefault(
            (citizenship, residence, sort, shown), len(self.known) + 1
        )
        if number > len(self.known):
            place = self._sorts.setdefault(sort, len(self._sorts) + 1)
            self.known.append(Class(subject, citizenship, residence, place, shown))
        return number

    def _of_place(self, place: int, subject: Subject, standing: tuple[Profile, Capacity]) -> int:
        """Number what somebody has shown, as one lawbook turns on it; 0: it says not what would settle."""
        showing = self._showing.get(place)
        if showing is None:
            return 0
        told = (place, subject.kind, standing, showing.of(subject, standing[0]))
        return self._shown.setdefault(told, len(self._shown) + 1)

    def _read(self, pattern: Pattern) -> Subject:
        if pattern.kind == UNPROVED:
            raise InvalidInput("an attestation in the registry does not prove right")
        if pattern.kind == UNREAD_LINE:
            raise InvalidInput(pattern.facts)
        if pattern.wrong and pattern.wrong != EARLY:
            column = pattern.wrong
            raise InvalidInput(f"`{column}` is {'empty' if column == 'id' else 'no instant'}")
        kind = _KINDS.get(pattern.kind)
        if kind is None:
            raise InvalidInput(f"{quoted(pattern.kind)} is no kind; it is {', '.join(KINDS)}")
        try:
            raw = msgspec.json.decode(pattern.facts or "[]", type=list[msgspec.Raw])
        except (msgspec.DecodeError, RecursionError):
            raise InvalidInput("`facts` is no JSON list") from None
        facts = tuple(self._fact(kind, bytes(item)) for item in raw)
        if len({fact.verified_at == UNSAID for fact in facts}) > 1:
            raise InvalidInput("some facts have a `verified_at`, others leave it to the row")
        if any(fact.verified_at == UNSAID for fact in facts):
            facts = _dated(facts, pattern)
        return Subject(pattern.id, kind, (), facts)

    def _fact(self, kind: Kind, raw: bytes) -> Fact:
        """Read a fact once, however many have it."""
        known = self._facts.get((kind, raw))
        if known is None:
            known = self._facts[kind, raw] = _read_fact(kind, raw)
        return known


UNSAID: Instant = -(2**61)
"""Stands for an instant that the row says and not the fact."""


def _read_fact(kind: Kind, raw: bytes) -> Fact:
    try:
        written = msgspec.json.decode(raw, type=dict[str, object])
    except (msgspec.DecodeError, RecursionError):
        raise InvalidInput("a fact is a JSON object") from None
    if says_twice(raw):
        raise InvalidInput("a key stands twice in a fact")
    unsaid = "verified_at" not in written
    if unsaid and "expires_at" in written:
        raise InvalidInput("a fact with an `expires_at` of its own has a `verified_at` too")
    if unsaid:
        written["verified_at"] = _EPOCH
    subject, _ = read_subject({"id": "x", "kind": kind, "facts": [written]})
    fact = subject.facts[0]
    return replace(fact, verified_at=UNSAID) if unsaid else fact


def _dated(facts: Iterable[Fact], row: Pattern) -> tuple[Fact, ...]:
    if row.verified_at is None:
        raise InvalidInput("a fact has no `verified_at`, and nor has its row")
    if row.wrong == EARLY:
        raise InvalidInput("`expires_at` is not after `verified_at`")
    return tuple(
        replace(fact, verified_at=row.verified_at, expires_at=row.expires_at) for fact in facts
    )


def _standing(subject: Subject, asked: Asked) -> tuple[Profile, Capacity]:
    company = subject if subject.kind == "organisation" else None
    return asked.compiled.profile(subject, asked.at), asked.compiled.capacity(company, asked.at)


def told(subject: Subject, attribute: str, at: Instant) -> str:
    """Say what was shown of an attribute by an instant, whatever it is worth."""
    values = {
        value.parts[0]
        for fact in subject.facts
        if fact.attribute == attribute
        and fact.verified_at <= at
        and (fact.expires_at is None or at < fact.expires_at)
        for value in fact.values
        if value.holds(at)
    }
    return "+".join(sorted(values)) or UNTOLD


def thresholds(books: Iterable[Compiled], instants: Iterable[Instant]) -> tuple[Instant, ...]:
    """Return the instants that split patterns: an instant counts from the one after it on.

    What was seen at the very instant asked about is apart: what settles is shown at the same.
    """
    known = tuple(books)
    ages = {None, *(age for item in known for age in _ages(item.book))}
    asked = set(instants)
    counted = {at + 1 - (age or 0) for at in asked for age in ages}
    return tuple(sorted(counted.union(asked, *map(_held_at, known))))


def _held_at(asked: Compiled) -> set[Instant]:
    """Return the instants of which rules ask what was held then: who was seen by then held it."""
    return {atom.at + 1 for atom in asked.all_partitions.derived if isinstance(atom, HeldAt)}


def _ages(book: Lawbook) -> Iterable[int | None]:
    for version in book.versions:
        yield from (rule.evidence.max_age for rule in version.rules)
        yield from (item.evidence.max_age for item in version.exemptions if item.evidence)


def lists_of(books: Iterable[Compiled]) -> dict[str, int]:
    """Return every id that a list names, with a number that is the same for the same lists."""
    groups = [
        group
        for compiled in books
        for group in (*compiled.partitions.own_groups, *compiled.partitions.acting_groups)
    ]
    places: dict[str, list[int]] = {}
    for place, group in enumerate(groups):
        for member in group.members:
            places.setdefault(member, []).append(place)
    numbers: dict[tuple[int, ...], int] = {}
    return {
        member: numbers.setdefault(tuple(found), len(numbers) + 1)
        for member, found in places.items()
    }
