"""The registry as gateways need it: who holds keys, who is named, and what is known of them.

1. Only subjects that can be asked about are sent: holders of live keys, the organisations those
   act for, and registered end users.
2. A subject with an attestation that does not prove right is sent as one that cannot be judged.
3. What a change touches is read anew from the registry, in one consistent view.
4. Where rules ask about owners, parents or employers, those are read along, as far as anybody follows them;
   one that cannot be judged is to others as if it were not on the books.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from writ.clock import FOREVER, Instant
from writ.desk.load import Load
from writ.model.subject import MOST_FOLLOWED, Subject, followed
from writ.model.vocabulary import Kind
from writ.people.attestations import Attestations, Known
from writ.people.books import Books, Change
from writ.people.end_users import EndUser, read_end_users
from writ.people.issuers import Issuer, read_issuers
from writ.people.keys import ApiKey, read_keys
from writ.people.pseudonym import pseudonym
from writ.people.subjects import MOST_NAMED
from writ.point import seam
from writ.store.database import Connection

UNJUDGED = [(FOREVER, -1, 0)]
"""Spans of a subject that no row judges (rule 2)."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """One consistent view of the registry, cut to the subjects asked for.

    `related` are those on whom they may rest, themselves among them, and `others` the same without
    what carries their facts; `follows` are the kinds of those who may rest on others (rule 4).
    """

    keys: tuple[ApiKey, ...]
    end_users: tuple[EndUser, ...]
    known: Mapping[str, Known]
    related: Mapping[str, Known]
    others: Mapping[str, Subject]
    follows: frozenset[Kind]

    def related_to(self, known: Known) -> Known:
        """Return what is known of somebody with whom they rest on, and by what evidence."""
        if known.subject.kind not in self.follows or not self.related:
            return known
        subject = replace(known.subject, related=self.others)
        rests_on = [self.related[name] for name in followed(subject) if name != subject.id]
        evidence = (proof for item in rests_on for proof in item.evidence)
        return replace(known, subject=subject, evidence=(*known.evidence, *evidence))


class Roll:
    """Rule 3."""

    def __init__(self, books: Books, attestations: Attestations) -> None:
        self._books = books
        self._attestations = attestations

    def name_of(self, subject: str) -> bytes:
        """Return a subject's name on the seam."""
        return pseudonym(self._books.secret, subject)

    def listen(self, listener: Callable[[Change], None]) -> None:
        """Have changes told, in the thread that made them."""
        self._books.listeners.append(listener)

    def ignore(self, listener: Callable[[Change], None]) -> None:
        """Have changes told to this listener no more."""
        self._books.listeners.remove(listener)

    def known(self, names: Iterable[str], *, follows: frozenset[Kind]) -> dict[str, Known]:
        """Return what is known of subjects, of some kinds with whom they rest on (rule 4)."""
        return self.around(names, follows=follows)[0]

    def around(
        self, names: Iterable[str], *, follows: frozenset[Kind]
    ) -> tuple[dict[str, Known], Mapping[str, Subject]]:
        """Return the same, and everybody on whom they may rest, themselves among them."""
        with self._books.store.view() as connection:
            known = self._attestations.known(connection, names)
            related = self._related(connection, known, follows)
        others = {name: item.subject for name, item in related.items()}
        reading = _Reading((), (), known, related, others, follows)
        return {name: reading.related_to(item) for name, item in known.items()}, others

    def standing(self, *, revoked: bool = False) -> list[seam.Key | seam.Issuer]:
        """Return every live key and issuer; `revoked` ones too, for whoever may still hold them."""
        with self._books.store.view() as connection:
            keys = [key for key in read_keys(connection) if revoked or key.revoked_at is None]
            issuers = [
                item for item in read_issuers(connection) if revoked or item.revoked_at is None
            ]
            known = self._attestations.known(connection, {key.requester for key in keys})
        return [
            *(self._key(key, known) for key in keys),
            *(self._issuer(item) for item in issuers),
        ]

    def fill(self, load: Load, now: Instant) -> None:
        """Put everybody who can be asked about into a load (rule 1)."""
        with self._books.store.view() as connection:
            reading = self._read(connection, None, load)
        for _ in self._taken(load, reading, now):
            pass

    def changes(
        self, load: Load, change: Change, now: Instant
    ) -> list[seam.Row | seam.Subject | seam.Key | seam.Issuer]:
        """Return what gateways must hear of a change: rows and subjects first."""
        with self._books.store.view() as connection:
            many = len(change.keys) > MOST_NAMED
            found = read_keys(connection, None if many else change.keys)
            keys = [key for key in found if key.id in change.keys]
            touched = set(change.subjects) | load.resting_on(change.subjects)
            touched |= {name for key in keys for name in (key.requester, key.organisation) if name}
            users = {(user.organisation, user.sub): user for user in read_end_users(connection)}
            for pair in change.end_users & users.keys():
                touched |= {users[pair].subject, users[pair].organisation}
            issuers = read_issuers(connection) if change.issuers else ()
            reading = self._read(connection, touched, load)
        return [
            *self._taken(load, reading, now),
            *(self._key(key, reading.known) for key in keys),
            *(
                self._issuer(item)
                for item in issuers
                if (item.organisation, item.kid) in change.issuers
            ),
        ]

    def _read(self, connection: Connection, touched: set[str] | None, load: Load) -> _Reading:
        keys = tuple(key for key in read_keys(connection) if key.revoked_at is None)
        users = read_end_users(connection)
        asked = {name for key in keys for name in (key.requester, key.organisation) if name}
        asked |= {name for user in users for name in (user.organisation, user.subject)}
        wanted = asked if touched is None else asked & touched
        known = self._attestations.known(connection, wanted)
        follows = load.compiled.follows
        related = self._related(connection, known, follows)
        return _Reading(
            tuple(k for k in keys if k.requester in wanted or k.organisation in wanted),
            tuple(u for u in users if u.subject in wanted or u.organisation in wanted),
            known,
            related,
            {name: item.subject for name, item in related.items()},
            follows,
        )

    def _related(
        self, connection: Connection, known: Mapping[str, Known], follows: frozenset[Kind]
    ) -> dict[str, Known]:
        """Read whom subjects of some kinds name, whom those name, and so on (rule 4)."""
        if not follows:
            return {}
        found = {name: item for name, item in known.items() if not item.broken}
        latest = [item.subject for item in found.values() if item.subject.kind in follows]
        asked, names = set(known), frozenset[str]().union(*(item.rests_on() for item in latest))
        for _ in range(MOST_FOLLOWED):
            named = names - asked
            if not named:
                break
            asked |= named
            read = self._attestations.known(connection, named)
            sound = {name: item for name, item in read.items() if not item.broken}
            found |= sound
            names = frozenset[str]().union(*(item.subject.names() for item in sound.values()))
        return found

    def _taken(
        self, load: Load, reading: _Reading, now: Instant
    ) -> Iterator[seam.Row | seam.Subject]:
        """Give a load the standing of each subject, then what is known of it."""
        for key in reading.keys:
            yield from load.stand(key.requester, key.organisation)
        for known in _organisations_first(reading.known.values()):
            if known.broken:
                yield load.unjudged(self.name_of(known.subject.id), UNJUDGED)
            elif known.subject.kind != "service":
                related = reading.related_to(known)
                yield from load.know(related.subject, related.evidence, now)
        for user in reading.end_users:
            person = reading.known.get(user.subject)
            if person is None:
                continue
            if person.broken:
                name = seam.end_user_name(self.name_of(user.organisation), user.sub)
                yield load.unjudged(name, UNJUDGED)
            else:
                yield from load.name(
                    user.organisation, user.sub, person.subject, person.evidence, now
                )

    def _key(self, key: ApiKey, known: Mapping[str, Known]) -> seam.Key:
        holder = known.get(key.requester)
        return seam.Key(
            key.digest,
            key.id,
            self.name_of(key.requester),
            "service" if holder is None else holder.subject.kind,
            None if key.organisation is None else self.name_of(key.organisation),
            key.refuses_substitutes,
            revoked=key.revoked_at is not None or holder is None,
        )

    def _issuer(self, item: Issuer) -> seam.Issuer:
        return seam.Issuer(
            self.name_of(item.organisation),
            item.kid,
            item.public,
            revoked=item.revoked_at is not None,
        )


def _organisations_first(everybody: Iterable[Known]) -> list[Known]:
    """Order so that people find what their organisations lend already there."""
    return sorted(everybody, key=lambda known: known.subject.kind != "organisation")
