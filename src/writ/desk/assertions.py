"""What words about end users come to, for the gateway that asks: judged, and forgotten.

1. A word is proved anew, by the API key and the organisation's keys on the books, and judged by
   what the books know of whom it names, with what it says beside it (`writ.people.asserted`).
2. Somebody whom the organisation names and nobody registered is somebody of whom nothing is known.
3. Nothing of it is written down, logged, or kept in a load: words are anybody's to make up, so
   they are judged by tables of their own, which begin anew after a while.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from writ.clock import FOREVER, Instant, wall
from writ.desk.load import UNKNOWN, Load
from writ.desk.roll import Roll
from writ.errors import Refused, WritError
from writ.law.compiled.book import Capacity, Compiled, Profile
from writ.model.subject import Fact, Subject
from writ.model.vocabulary import Kind
from writ.people.asserted import beside, read_said, said_at
from writ.people.books import Books
from writ.people.end_users import find_end_user
from writ.people.issuers import Issuer, read_issuers
from writ.people.keys import acts_for
from writ.point import seam
from writ.signing.end_user import verify_end_user

MOST_JUDGED = 10_000
"""Words judged by one set of tables, which grow with what was never said before."""


@dataclass(frozen=True, slots=True)
class Word:
    """A proved word: who says it, what it says as facts, and of whom (None: of nobody).

    `evidence` is what the books know by of whom it is about.
    """

    organisation: Subject
    facts: tuple[Fact, ...]
    evidence: tuple[bytes, ...] = ()
    sub: str | None = None
    person: Subject | None = None


class Assessor:
    """Judges words by the law of one load (rule 3); gives rows that the load may not have."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._judged = 0
        self._compiled = load.compiled

    @property
    def follows(self) -> frozenset[Kind]:
        """The kinds of subjects who may rest on others."""
        return self._load.compiled.follows

    def assess(self, number: int, word: Word, now: Instant) -> seam.Assessed:
        """Return what a word comes to from `now` on."""
        if self._judged % MOST_JUDGED == 0:
            law = self._load.compiled
            self._compiled = Compiled(law.book, law.deployment)
        self._judged += 1
        answer = _Answer(self._load.epoch, self._compiled)
        if word.sub is None:
            self._eligible(answer, word, now)
        else:
            self._named(answer, word, word.sub, now)
        return seam.Assessed(number, self._load.epoch, answer.subjects, answer.rows)

    def _named(self, answer: "_Answer", word: Word, sub: str, now: Instant) -> None:
        """Judge somebody named, in every capacity in which the organisation's people may stand."""
        person = word.person or Subject(UNKNOWN, "person", related=word.organisation.related)
        facts = (*person.facts, *beside(person.facts, word.facts, now))
        spans = self._compiled.spans(replace(person, facts=facts), now)
        name = seam.end_user_name(self._load.name_of(word.organisation.id), sub)
        answer.subject(name, spans, word.evidence)
        for number, capacity in self._load.lent(word.organisation.id):
            for profile in dict.fromkeys(profile for _, profile, _ in spans):
                answer.row(profile, number, capacity)

    def _eligible(self, answer: "_Answer", word: Word, now: Instant) -> None:
        """Judge an organisation certified for this once, and whoever it does not name."""
        company = word.organisation
        facts = (*company.facts, *beside(company.facts, word.facts, now))
        spans = self._compiled.spans(replace(company, facts=facts), now)
        unnamed = self._compiled.factless("unnamed")
        answer.subject(self._load.name_of(company.id), spans, word.evidence)
        answer.subject(seam.UNNAMED, [(FOREVER, unnamed, Capacity())])
        for profile, capacity in dict.fromkeys((profile, lent) for _, profile, lent in spans):
            for judged in (profile, unnamed):
                answer.row(judged, answer.number(capacity), capacity)


class _Answer:
    """Subjects and rows for one word, numbered below all numbers that a load gives."""

    def __init__(self, epoch: int, compiled: Compiled) -> None:
        self.subjects: list[seam.Subject] = []
        self.rows: list[seam.Row] = []
        self._epoch = epoch
        self._compiled = compiled
        self._numbers: dict[Profile | Capacity, int] = {}

    def number(self, item: Profile | Capacity) -> int:
        return self._numbers.setdefault(item, -2 - len(self._numbers))

    def subject(
        self,
        name: bytes,
        spans: Iterable[tuple[Instant, Profile, Capacity]],
        evidence: Iterable[bytes] = (),
    ) -> None:
        numbered = [(until, self.number(p), self.number(c)) for until, p, c in spans]
        self.subjects.append(seam.Subject(self._epoch, name, numbered, list(evidence)))

    def row(self, profile: Profile, number: int, capacity: Capacity) -> None:
        row = self._compiled.row(profile, capacity)
        against = seam.packed(row.against)
        self.rows.append(seam.Row(self._epoch, self.number(profile), number, row.cells, against))


class Assertions:
    """Rules 1 and 2; `cap` is how far the trust document believes what employers say."""

    def __init__(self, books: Books, roll: Roll, cap: int) -> None:
        self._books = books
        self._roll = roll
        self._cap = cap

    def assess(self, assessor: Assessor, asked: seam.Asserted, now: Instant) -> seam.Assessed:
        """Return what a word comes to; nothing where it is refused."""
        try:
            return assessor.assess(asked.number, self._proved(assessor, asked, now), now)
        except WritError:
            return seam.Assessed(asked.number, 0)

    def _proved(self, assessor: Assessor, asked: seam.Asserted, now: Instant) -> Word:
        now_wall = wall()
        with self._books.store.view() as connection:
            organisation = acts_for(connection, asked.key)
            issuers = {
                item.kid: item for item in read_issuers(connection, organisation) if item.live
            }
            taken = min(asked.taken, now_wall)  # it was good when the gateway took it
            said = verify_end_user(asked.token, asked.key, _public(issuers), taken)
            person = None if said.sub is None else find_end_user(connection, organisation, said.sub)
        assurance = min(issuers[said.kid].assurance, self._cap)
        facts = read_said(said, organisation, assurance, said_at(said, now_wall, now))
        names = {organisation} if person is None else {organisation, person}
        known, others = self._roll.around(names, follows=assessor.follows)
        if any(item.broken for item in known.values()):
            raise Refused("what is known of them does not prove right")
        company = replace(known[organisation].subject, related=others)
        if said.sub is None:
            return Word(company, facts, known[organisation].evidence)
        if person is None:
            return Word(company, facts, (), said.sub)
        holder = replace(known[person].subject, related=others)
        return Word(company, facts, known[person].evidence, said.sub, holder)


def _public(issuers: Mapping[str, Issuer]) -> Callable[[str], bytes | None]:
    def find(kid: str) -> bytes | None:
        return issuers[kid].public if kid in issuers else None

    return find
