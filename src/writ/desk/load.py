"""One epoch as messages for gateways: profiles interned, rows computed once, subjects by span.

1. Capacity 0 is that of people who act for nobody. Numbers are never reused within an epoch.
2. A row is needed for every profile a subject will have, in every capacity it may stand in:
   that of each organisation it has a key for or is an end user of, or 0.
3. When an organisation's capacities change, the rows of its people follow.
4. Somebody of whom rules ask about owners, a parent or an employer rests on all that are followed from
   it, and on those they name: when something becomes known of one of them, it is judged anew.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from writ.clock import FOREVER, Instant
from writ.law.compiled.book import Capacity, Compiled, Profile, Role
from writ.model.subject import Subject, followed
from writ.point import seam

NOBODY = ""


@dataclass
class _Standing:
    """What one subject contributes: its profiles, the organisations it stands under."""

    profiles: set[int] = field(default_factory=set)
    under: set[str] = field(default_factory=set)


class Load:
    """Rule 1; `name_of` gives a subject's name on the seam."""

    def __init__(
        self, compiled: Compiled, epoch: int, name_of: Callable[[str], bytes], now: Instant
    ) -> None:
        self.compiled = compiled
        self.epoch = epoch
        self.name_of = name_of
        self._profiles: dict[Profile, int] = {}
        self._capacities: dict[Capacity, int] = {Capacity(): 0}
        self._by_number: list[Profile] = []
        self._lends: list[Capacity] = [Capacity()]
        self._rows: dict[tuple[int, int], seam.Row] = {}
        self._subjects: dict[bytes, seam.Subject] = {}
        self._lent: dict[str, set[int]] = defaultdict(lambda: {0})
        self._standing: dict[str, _Standing] = defaultdict(_Standing)
        self._people: dict[str, set[str]] = defaultdict(set)
        self._rests_on: dict[str, frozenset[str]] = {}
        self._supports: dict[str, set[str]] = defaultdict(set)
        self._reserved(now)

    def messages(self) -> Iterator[seam.Row | seam.Subject]:
        """Everything a gateway needs for this epoch, rows before the subjects that use them."""
        yield from self._rows.values()
        yield from self._subjects.values()

    def resting_on(self, subjects: Iterable[str]) -> set[str]:
        """Return those who may be judged differently once these are known differently (rule 4)."""
        return set[str]().union(*(self._supports.get(name, ()) for name in subjects))

    def lent(self, organisation: str) -> list[tuple[int, Capacity]]:
        """Return the capacities in which an organisation's people may stand, by number."""
        return [(number, self._lends[number]) for number in sorted(self._lent[organisation])]

    def stand(self, subject: str, under: str | None) -> list[seam.Row]:
        """A subject acts for an organisation, or for nobody; return the rows that need adding."""
        standing = self._standing[subject]
        if (under or NOBODY) in standing.under:
            return []
        standing.under.add(under or NOBODY)
        if under is not None:
            self._people[under].add(subject)
        return list(self._new_rows(subject))

    def know(
        self, subject: Subject, evidence: Iterable[bytes], now: Instant
    ) -> list[seam.Row | seam.Subject]:
        """Take a subject's facts, from `now` on; return what is new, rows first."""
        message, rows = self._subject(subject, self.name_of(subject.id), evidence, now)
        return [*rows, message]

    def name(
        self, organisation: str, sub: str, person: Subject, evidence: Iterable[bytes], now: Instant
    ) -> list[seam.Row | seam.Subject]:
        """Take a person as the end user an organisation calls `sub`; return what is new."""
        rows = self.stand(person.id, organisation)
        name = seam.end_user_name(self.name_of(organisation), sub)
        message, more = self._subject(person, name, evidence, now)
        return [*rows, *more, message]

    def unjudged(self, name: bytes, spans: list[tuple[Instant, int, int]]) -> seam.Subject:
        """Take a subject that cannot be judged: no row has its profile."""
        message = self._subjects[name] = seam.Subject(self.epoch, name, spans)
        return message

    def _subject(
        self, subject: Subject, name: bytes, evidence: Iterable[bytes], now: Instant
    ) -> tuple[seam.Subject, list[seam.Row]]:
        standing = self._standing[subject.id]
        if self.compiled.follows_from(subject):
            self._rest(subject)
        spans = []
        for until, profile, capacity in self.compiled.spans(subject, now):
            number, lends = self._profile(profile), self._capacity(capacity)
            standing.profiles.add(number)
            if subject.kind == "organisation":
                self._lent[subject.id].add(lends)
            spans.append((until, number, lends))
        message = seam.Subject(self.epoch, name, spans, list(evidence))
        self._subjects[name] = message
        rows = list(self._new_rows(subject.id))
        if subject.kind == "organisation":
            rows += self._lend(subject.id)
        return message, rows

    def _rest(self, subject: Subject) -> None:
        """Note whom somebody rests on from now (rule 4)."""
        for name in self._rests_on.get(subject.id, ()):
            self._supports[name].discard(subject.id)
        others = (item.names() for item in followed(subject).values())
        named = subject.rests_on().union(*others)
        self._rests_on[subject.id] = named
        for name in named:
            self._supports[name].add(subject.id)

    def _lend(self, organisation: str) -> Iterator[seam.Row]:
        """Rule 3; the unnamed and the unknown stand under every organisation."""
        standing = self._standing[organisation]
        standing.under.add(organisation)
        yield from self._new_rows(organisation)
        for name in (UNKNOWN, _UNNAMED, *self._people[organisation]):
            self._standing[name].under.add(organisation)
            yield from self._new_rows(name)

    def _new_rows(self, subject: str) -> Iterator[seam.Row]:
        """Rule 2."""
        standing = self._standing[subject]
        capacities = {0} if NOBODY in standing.under else set()
        for organisation in standing.under - {NOBODY}:
            capacities |= self._lent[organisation]
        for profile in standing.profiles:
            for capacity in capacities or {0}:
                if (profile, capacity) not in self._rows:
                    yield self._row(profile, capacity)

    def _row(self, profile: int, capacity: int) -> seam.Row:
        row = self.compiled.row(self._by_number[profile], self._lends[capacity])
        message = seam.Row(
            self.epoch,
            profile,
            capacity,
            row.cells,
            seam.packed(row.against),
        )
        self._rows[profile, capacity] = message
        return message

    def _profile(self, profile: Profile) -> int:
        number = self._profiles.setdefault(profile, len(self._profiles))
        if number == len(self._by_number):
            self._by_number.append(profile)
        return number

    def _capacity(self, capacity: Capacity) -> int:
        number = self._capacities.setdefault(capacity, len(self._capacities))
        if number == len(self._lends):
            self._lends.append(capacity)
        return number

    def _reserved(self, now: Instant) -> None:
        self._standing[UNKNOWN].under.add(NOBODY)
        self._subject(Subject(UNKNOWN, "person"), seam.FACTLESS_PERSON, (), now)
        self._idless(_UNNAMED, seam.UNNAMED, "unnamed")
        self._idless(_NO_COMPANY, seam.FACTLESS_ORGANISATION, "organisation")

    def _idless(self, subject: str, name: bytes, role: Role) -> None:
        """Take somebody without an id, of whom nothing will ever be known."""
        number = self._profile(self.compiled.factless(role))
        self._standing[subject].profiles.add(number)
        self._standing[subject].under.add(NOBODY)
        self._subjects[name] = seam.Subject(self.epoch, name, [(FOREVER, number, 0)])
        for _ in self._new_rows(subject):
            pass


UNKNOWN = "\0unknown"
_UNNAMED = "\0unnamed"
_NO_COMPANY = "\0no company"
"""Ids that no subject can have (ids are printable)."""
