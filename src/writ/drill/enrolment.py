"""Puts a population on the books: subjects, their keys, their end users, and what is known of them.

1. Every party has an API key of its own; whom it names is asserted by its organisation's own key.
2. Facts are signed by the key of the method that found them, and are on the books from the start,
   those of a later day too: before they are verified they count for nothing.
3. Facts that are to arrive while the drill runs are left out, signed and ready.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from writ.drill.deployment import Deployment, method_of
from writ.drill.population import Party, Population
from writ.drill.probe import Credentials
from writ.errors import Failed, InvalidInput
from writ.model.subject import Fact, Subject
from writ.people.statement import attest
from writ.signing.keys import KeyPair, write_public

T = TypeVar("T")

BATCH = 4_000

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Late:
    """Facts of one subject that arrive while the drill runs."""

    subject: str
    facts: tuple[Fact, ...]


async def enrol(
    site: Deployment, population: Population, late: Collection[Late], say: Say
) -> dict[int, Credentials]:
    """Enrol everybody; return each party's credentials by its number."""
    subjects = list(population.subjects.values())
    rows = [
        {"id": item.id, "kind": item.kind, "acts_for": list(item.acts_for)} for item in subjects
    ]
    await site.control.post("/subjects", {"subjects": rows})
    say(f"{len(subjects)} subjects on the books")
    credentials = await _keys(site, population.parties)
    say(f"{len(credentials)} API keys made")
    await _end_users(site, population.parties, credentials)
    count = await _facts(site, subjects, late)
    say(f"{count} facts attested and taken in")
    return credentials


async def bring(site: Deployment, late: Late) -> None:
    """Have the facts of one subject arrive."""
    await site.control.post("/facts", _signed(site, ((late.subject, fact) for fact in late.facts)))


async def _keys(site: Deployment, parties: Sequence[Party]) -> dict[int, Credentials]:
    made: dict[int, Credentials] = {}
    for batch in _batches(parties):
        wanted = [
            {"requester": party.names.requester, "organisation": party.names.organisation}
            for party in batch
        ]
        answer = await site.control.post("/keys", {"keys": wanted})
        for party, key in zip(batch, _rows(answer, "keys"), strict=True):
            made[party.number] = Credentials(str(key["text"]), str(key["id"]))
    return made


async def _end_users(
    site: Deployment, parties: Sequence[Party], credentials: Mapping[int, Credentials]
) -> None:
    issuers: dict[str, KeyPair] = {}
    named: dict[tuple[str, str], dict[str, str]] = {}
    for party in parties:
        user, organisation = party.names.end_user, party.names.organisation
        if user is None:
            continue
        if organisation is None:
            raise InvalidInput(f"case `{party.case}` names an end user, but has no organisation")
        if organisation not in issuers:
            issuers[organisation] = KeyPair.generate()
        mine = credentials[party.number]
        mine.sub, mine.issuer = user, issuers[organisation]
        named[organisation, user] = {
            "organisation": organisation,
            "sub": user,
            "subject": user,
        }
    for organisation, pair in issuers.items():
        body = {"organisation": organisation, "public": write_public(pair.public)}
        await site.control.post("/issuers", body)
    for batch in _batches(list(named.values())):
        await site.control.post("/end-users", {"end_users": batch})


async def _facts(site: Deployment, subjects: Iterable[Subject], late: Collection[Late]) -> int:
    held = {(item.subject, fact) for item in late for fact in item.facts}
    facts = [
        (subject.id, fact)
        for subject in subjects
        for fact in subject.facts
        if (subject.id, fact) not in held
    ]
    for batch in _batches(facts):
        answer = await site.control.post("/facts", _signed(site, batch))
        if answer.get("imported") != len(batch) or answer.get("capped"):
            raise Failed("the facts of the population were not taken in as they are")
    return len(facts)


def _signed(site: Deployment, facts: Iterable[tuple[str, Fact]]) -> bytes:
    return b"\n".join(
        attest(subject, fact, site.methods[method_of(fact)]).json() for subject, fact in facts
    )


def _rows(answer: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    rows = answer.get(name)
    if not isinstance(rows, list):
        raise Failed(f"the control process answered without `{name}`")
    return rows


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
