"""Notices to those whom an order affects: who is due which, and the outbox they wait in.

1. Two moments of an order are told: how it stands now, and what its next version will change; and,
   once for each, that what opens a model to somebody ends soon (`writ.desk.endings`).
2. Due is what differs from what somebody was last told of the order. So sending twice sends nothing,
   and once it is amended or withdrawn, those who were told less are told what they may use again.
3. People are told of themselves, an organisation of its own requests alone: it learns nothing of
   its people. Everybody who works for the provider is told once of each version.
4. What was sent is one event row for each moment: the digest of it all, and how many of each kind.
5. Rows name recipients by pseudonym; what leaves is in `writ.desk.notice_texts`. Who has a key is
   told where the portal is, which asks for it.
"""

import itertools
import secrets
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from writ.canonical import Plain, decode, digest
from writ.clock import Clock, Instant, format_instant
from writ.desk.affected import People, models_of
from writ.desk.endings import endings
from writ.desk.force import Force
from writ.desk.notice_texts import Audience, Phase, Telling, write_telling
from writ.desk.told import Told, read_told, told_endings
from writ.errors import InvalidInput
from writ.law.compiled.book import Compiled
from writ.model.order import Lawbook, OrderVersion
from writ.model.outcome import Outcome
from writ.model.subject import Subject
from writ.people.end_users import named_only
from writ.people.keys import live_requesters
from writ.people.registry import Registry
from writ.store.database import Connection, Store
from writ.store.documents import fetch, keep
from writ.store.events import append
from writ.store.outbox import Row, add_notices, read_notices, take_notices

SENT = "notices.sent"
_AUDIENCE: Mapping[Outcome, Audience] = {
    Outcome.DENY: "barred",
    Outcome.VERIFY: "must_verify",
    Outcome.SUBSTITUTE: "substituted",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """A version of an order and since when it counts; None: the order is no longer there."""

    order: str
    number: int
    version: OrderVersion | None
    phase: Phase
    at: Instant


@dataclass(frozen=True, slots=True)
class Due:
    """A notice that somebody is due; `ends_at` is the end that it tells of, if it does."""

    subject: str
    recipient: str
    audience: Audience
    models: tuple[str, ...]
    by: str | None = None
    portal: str = ""
    ends_at: Instant | None = None


_Fate: TypeAlias = tuple[Audience, str | None]
"""As whom somebody is told of a model, and who serves instead."""
_Found: TypeAlias = dict[_Fate, list[str]]


@dataclass(frozen=True, slots=True)
class Round:
    """One moment with everything that is due for it."""

    moment: Moment
    due: tuple[Due, ...]

    def plain(self) -> dict[str, Plain]:
        """Write it in numbers, with one example of what would leave for each audience."""
        examples = {item.audience: item for item in reversed(self.due)}
        moment = self.moment
        return {
            "order": moment.order,
            "version": moment.number,
            "phase": moment.phase,
            "at": format_instant(moment.at),
            "counts": dict(sorted(Counter(item.audience for item in self.due).items())),
            "examples": [decode(_telling(moment, item)) for _, item in sorted(examples.items())],
        }


class Notices:
    """The notices of one deployment; what is in force is handed in, since it changes.

    `portal` is where people show what is asked; empty: there is none.
    """

    def __init__(self, store: Store, registry: Registry, clock: Clock, portal: str = "") -> None:
        self._store = store
        self._portal = portal and f"{portal}/verify"
        self._registry = registry
        self._clock = clock
        self._sending = threading.Lock()

    def preview(self, force: Force, order: str | None = None) -> dict[str, Plain]:
        """Say what is due now, of one order or of all, and send nothing."""
        with self._store.view() as connection:
            rounds, unjudged = self._rounds(connection, force, order)
        return {"rounds": [item.plain() for item in rounds], "unjudged": unjudged}

    def send(self, force: Force, order: str | None = None) -> dict[str, Plain]:
        """Put what is due into the outbox, and record that (rule 4)."""
        now = self._clock.now()
        with self._sending:  # judging takes long, and must not keep others from writing
            with self._store.view() as connection:
                rounds, unjudged = self._rounds(connection, force, order)
            with self._store.unit() as connection:
                for item in rounds:
                    if item.due:
                        self._put(connection, item, now)
        return {"rounds": [item.plain() for item in rounds], "unjudged": unjudged}

    def send_endings(self, force: Force) -> int:
        """Put what is due of endings into the outbox, and nothing else; return how many."""
        now, compiled = self._clock.now(), Compiled(force.law().book)
        with self._sending:
            with self._store.view() as connection:
                rounds = list(self._endings(connection, self._people(connection, compiled), now))
            with self._store.unit() as connection:
                for item in rounds:
                    self._put(connection, item, now)
        return sum(len(item.due) for item in rounds)

    def status(self) -> dict[str, Plain]:
        """Say how many notices were made, of which order, and how many wait to be taken away."""
        made: Counter[tuple[str, int, str, str]] = Counter()
        waiting: Counter[tuple[str, int, str, str]] = Counter()
        with self._store.view() as connection:
            for row in read_notices(connection):
                key = row.order, row.version, row.phase, row.audience
                made[key] += 1
                waiting[key] += row.taken_at is None
        names = "order", "version", "phase", "audience"
        return {
            "notices": [
                {**dict(zip(names, key, strict=True)), "made": made[key], "waiting": waiting[key]}
                for key in sorted(made)
            ]
        }

    def read(self, after: int, most: int) -> list[Plain]:
        """Return what waits in the outbox after a number, as it leaves the house."""
        with self._store.view() as connection:
            return [_leaving(connection, row) for row in read_notices(connection, after, most)]

    def take(self, through: int) -> int:
        """Note that everything up to a number was taken away; returns how many were news."""
        with self._store.unit() as connection:
            return take_notices(connection, through, self._clock.now())

    def name_of(self, subject: str) -> str:
        """Return the pseudonym by which notices name a subject."""
        return self._registry.books.alias(subject)

    def _rounds(
        self, connection: Connection, force: Force, order: str | None
    ) -> tuple[list[Round], int]:
        book = force.law().book
        told = read_told(connection)
        names = sorted({version.order for version in book.versions} | told.keys())
        if order is not None and order not in names:
            raise InvalidInput(f"no order here is called `{order}`")
        compiled = Compiled(book)
        people = self._people(connection, compiled)
        keyed, now = live_requesters(connection), self._clock.now()
        rounds = []
        for name in names if order is None else [order]:
            known = told.setdefault(name, {})
            for moment in moments(book, name, now):
                due = tuple(
                    replace(item, portal=self._portal if item.subject in keyed else "")
                    for item in self._due(people, compiled, moment, known)
                )
                for item in due:
                    said = known.setdefault(item.recipient, Told())
                    said.add(moment.number, moment.phase, item.audience, item.models)
                rounds.append(Round(moment, due))
        endings = self._endings(connection, people, now)
        rounds += [item for item in endings if order in {None, item.moment.order}]
        return rounds, len(people.unjudged)

    def _people(self, connection: Connection, compiled: Compiled) -> People:
        everybody = self._registry.facts.known(connection, None)
        return People(compiled, everybody, named_only(connection))

    def _endings(self, connection: Connection, people: People, now: Instant) -> Iterator[Round]:
        """Give what is to be told of endings, by order, and was not told yet."""
        told, keyed = told_endings(connection), live_requesters(connection)
        found: dict[str, list[Due]] = {}
        versions: dict[str, OrderVersion] = {}
        for item in endings(people, now, self._registry.backing.shown_for):
            id_, name = item.subject.id, self.name_of(item.subject.id)
            if (name, item.model, item.at) not in told:
                versions[item.version.order] = item.version
                portal = self._portal if id_ in keyed else ""
                due = Due(id_, name, "renew", (item.model,), portal=portal, ends_at=item.at)
                found.setdefault(item.version.order, []).append(due)
        for order, version in versions.items():
            yield Round(
                Moment(order, version.version, version, "ending", now),
                tuple(_joined(found[order])),
            )

    def _due(
        self, people: People, compiled: Compiled, moment: Moment, told: Mapping[str, Told]
    ) -> Iterator[Due]:
        """Give everything due for a moment (rule 2)."""
        target: dict[str, dict[str, _Fate]] = {}
        for item in people.affected(moment.order, moment.at):
            audience = _AUDIENCE[item.outcome]
            if item.subject.kind == "organisation":
                audience = "organisation_admin"  # rule 3
            target.setdefault(item.subject.id, {})[item.model] = audience, item.by
        models = models_of(compiled, moment.order, moment.at)
        staff = set(_staff(people.subjects(), compiled.book.catalogue.provider, moment.at))
        for subject in people.subjects():
            name = self.name_of(subject.id)
            known, mine = told.get(name, Told()), target.get(subject.id, {})
            found = _news(known, moment, mine)
            standing = models if moment.phase == "in_force" else mine
            found |= _again(people, subject.id, moment, known, standing)
            for (audience, by), named in sorted(found.items(), key=lambda item: str(item[0])):
                yield Due(subject.id, name, audience, tuple(sorted(named)), by)
            if subject.id in staff and (moment.number, moment.phase) not in known.staff:
                concerned = models or next(reversed(known.staff.values()), ())
                if concerned:
                    yield Due(subject.id, name, "staff", concerned)

    def _put(self, connection: Connection, found: Round, now: Instant) -> None:
        moment = found.moment
        rows = [
            Row(
                secrets.token_hex(16),
                item.recipient,
                moment.order,
                moment.number,
                moment.phase,
                item.audience,
                item.models,
                keep(connection, _telling(moment, item)),
                now,
                ends_at=item.ends_at,
            )
            for item in found.due
        ]
        through = add_notices(connection, rows)
        said: list[Plain] = [[row.id, row.recipient, row.document] for row in rows]
        payload: dict[str, Plain] = {
            "order": moment.order,
            "version": moment.number,
            "phase": moment.phase,
            "counts": dict(sorted(Counter(row.audience for row in rows).items())),
            "digest": digest(said),
            "through": through,
            "at": now,
        }
        append(connection, SENT, payload)


def moments(book: Lawbook, order: str, at: Instant) -> Iterator[Moment]:
    """Give what is to be told of an order at an instant (rule 1)."""
    governing = [item for item in book.governing if item[0].order == order]
    begun = [version for version, (since, _) in governing if since <= at]
    current = [item.version for item in book.rules_at(at) if item.version.order == order]
    if current:
        earlier = any(version.rules for version in begun[:-1])
        phase: Phase = "amended" if earlier else "in_force"
        yield Moment(order, current[0].version, current[0], phase, at)
    elif begun or not governing:
        last = begun[-1] if begun else None
        yield Moment(order, 0 if last is None else last.version, last, "withdrawn", at)
    for version, (since, _) in governing[len(begun) :][:1]:
        if version.disclosure != "none":
            yield Moment(order, version.version, version, "before_effect", since)


def _news(told: Told, moment: Moment, mine: Mapping[str, _Fate]) -> _Found:
    """Give what somebody was not told yet: of now, or of what will be otherwise than now."""
    found: _Found = {}
    for model, (audience, by) in mine.items():
        known = [told.now.get(model)]
        if moment.phase == "before_effect":
            known.append(told.coming.get((moment.number, model)))
        if audience not in known:
            found.setdefault((audience, by), []).append(model)
    return found


def _again(
    people: People, name: str, moment: Moment, told: Told, restricted: Iterable[str]
) -> _Found:
    """Give what somebody was told they may not use, and may again."""
    lost = set(told.now)
    if moment.phase == "before_effect":
        lost -= {model for (_, model), to in told.coming.items() if to == "restored"}
    elif moment.phase != "in_force":
        lost |= {model for (_, model), to in told.coming.items() if to != "restored"}
    models = [
        model
        for model in sorted(lost.difference(restricted))
        if people.permitted(name, model, moment.at)
    ]
    return {("restored", None): models} if models else {}


def _joined(found: Iterable[Due]) -> Iterator[Due]:
    """Put endings of the same person at the same instant together."""
    for _, alike in itertools.groupby(found, key=lambda item: (item.recipient, item.ends_at)):
        first, *others = alike
        yield replace(first, models=(*first.models, *(item.models[0] for item in others)))


def _staff(subjects: Iterable[Subject], provider: str, at: Instant) -> Iterator[str]:
    """Give who works for the provider, by whom they act for or as their facts say."""
    for subject in subjects:
        employers = (
            value.parts[0]
            for fact in subject.facts
            if fact.attribute == "employer"
            for value in fact.values
            if value.holds(at)
        )
        if subject.kind == "person" and provider in {*subject.acts_for, *employers}:
            yield subject.id


def _telling(moment: Moment, due: Due) -> bytes:
    at = moment.at if due.ends_at is None else due.ends_at
    return write_telling(
        Telling(moment.version, moment.phase, due.audience, due.models, at, due.by, due.portal)
    )


def _leaving(connection: Connection, row: Row) -> Plain:
    said = decode(fetch(connection, row.document))
    named: dict[str, Plain] = {"seq": row.seq, "id": row.id, "recipient": row.recipient}
    return {**named, **(said if isinstance(said, Mapping) else {})}
