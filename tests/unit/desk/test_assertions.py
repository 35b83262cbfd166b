"""What a word about an end user comes to, asked over a real socket of the registry in a real store."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.worlds.fed import Fed, Gateway, Office, in_force, run, until
from tests.worlds.june import BOOK
from writ.canonical import Plain
from writ.clock import wall
from writ.desk import assertions as module
from writ.desk import feed
from writ.model.outcome import Outcome
from writ.model.subject import Subject
from writ.people.end_users import EndUser
from writ.people.keys import Wanted
from writ.point import seam
from writ.signing.end_user import sign_end_user
from writ.signing.keys import KeyPair
from writ.store.people_tables import attestation

ISSUER = KeyPair.from_seed(bytes([7]) * 32)
US: dict[str, Plain] = {"attribute": "citizenships", "value": ["US"], "completeness": "at_least"}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A registry in which Acme is of Delaware, and says of its end users what counts for A2."""
    made = Office(tmp_path)
    made.show("acme", "incorporated_in", "US-DE", completeness="exhaustive")
    made.registry.issuers.add("acme", ISSUER.id, ISSUER.public, 2)
    yield made
    made.store.close()


def key_of(office: Office, requester: str = "bot") -> str:
    """Make an API key and return its id."""
    [(made, _)] = office.registry.keys.create([Wanted(requester)])
    return made.id


async def told(
    gateway: Gateway, key: str, *facts: Plain, sub: str | None = "u", pair: KeyPair = ISSUER
) -> seam.Assessed:
    """Ask what a word comes to."""
    token = sign_end_user(sub, key, pair, wall(), facts=facts, eligible=[] if sub else NAMES)
    return await answered(gateway, seam.Asserted(len(gateway.heard), key, token, wall()))


NAMES: Sequence[str] = ("ear.us_person@1",)


def assessed(gateway: Gateway) -> list[int]:
    """The words that were answered, in order."""
    return [item.number for item in gateway.heard if isinstance(item, seam.Assessed)]


async def answered(gateway: Gateway, asked: seam.Asserted) -> seam.Assessed:
    """Ask and return the answer."""
    await gateway.say(asked)
    found: list[seam.Assessed] = []

    def heard() -> bool:
        found[:] = [
            item
            for item in gateway.heard
            if isinstance(item, seam.Assessed) and item.number == asked.number
        ]
        return bool(found)

    await until(heard)
    return found[0]


def outcome(
    gateway: Gateway, office: Office, key: str, answer: seam.Assessed, sub: str | None = "u"
) -> Outcome | None:
    """What the board decides by an answer; None where it comes to nothing."""
    board, name = gateway.board, office.roll.name_of("acme")
    named = None if sub is None else seam.end_user_name(name, sub)
    said = board.said(answer, (name, ISSUER.id), named)
    [held] = [item for item in office.registry.keys.all() if item.id == key]
    entry = board.key(held.digest)
    if said is None or entry is None:
        return None
    now = office.clock.now()
    links = board.links(entry, named, now, said)
    verdict = None if links is None else board.judge(links, "fable-5", now, live=True)
    return None if verdict is None else verdict.outcome


def test_a_word_says_what_serves_whom_it_names(office: Office) -> None:
    """Nobody registered them; what they are is nowhere on the books afterwards."""
    key = key_of(office)

    async def story() -> None:
        async with in_force(office) as (_, gateway):
            for facts, want in (((), Outcome.VERIFY), ((US,), Outcome.PERMIT)):
                answer = await told(gateway, key, *facts)
                assert want is outcome(gateway, office, key, answer)

    run(story())
    with office.store.view() as connection:
        assert 1 == len(connection.execute(attestation.select()).all())


def test_what_the_books_close_no_word_opens(office: Office) -> None:
    """Alice is French and nothing else; Bob, of whom less is known, is served by what is said."""
    key = key_of(office)
    for name in ("alice", "bob"):
        complete = "exhaustive" if name == "alice" else "at_least"
        office.show(name, "citizenships", "FR", completeness=complete)
        office.registry.end_users.add([EndUser("acme", name, name)])

    async def story() -> None:
        async with in_force(office) as (_, gateway):
            found = [
                outcome(gateway, office, key, await told(gateway, key, US, sub=name), name)
                for name in ("alice", "bob")
            ]
            assert [Outcome.VERIFY, Outcome.PERMIT] == found

    run(story())


def test_an_employer_names_its_own_people_to_those_who_rest_on_it(office: Office) -> None:
    """What is known of the company counts where the word says that somebody works for it."""
    works: dict[str, Plain] = {"organisation": "acme", "relation": "employee"}
    fact: dict[str, Plain] = {**US, "attribute": "employer", "value": [works]}
    key = key_of(office)

    async def story() -> None:
        async with in_force(office) as (_, gateway):
            answer = await told(gateway, key, fact)
            assert Outcome.VERIFY is outcome(gateway, office, key, answer)

    run(story())


def test_a_word_that_somebody_is_eligible_certifies_for_once(office: Office) -> None:
    """Rows for the company as it is certified, and for whoever it does not name."""
    key = key_of(office)

    async def story() -> None:
        async with in_force(office) as (_, gateway):
            answer = await told(gateway, key, sub=None)
            names = {subject.name for subject in answer.subjects}
            assert {office.roll.name_of("acme"), seam.UNNAMED} == names
            want = outcome(gateway, office, key, answer, None)
            assert Outcome.VERIFY is want  # the June letters ask for people by name

    run(story())


def test_what_is_not_in_order_comes_to_nothing(office: Office) -> None:
    """Another's key, a key of nobody's, a revoked one, a person's own; an attribute there is none of."""
    key, person = key_of(office), key_of(office, "alice")
    other = KeyPair.generate()
    gone = key_of(office)
    office.registry.keys.revoke(gone)

    async def story() -> None:
        async with in_force(office) as (_, gateway):
            refused = [
                await told(gateway, key, US, pair=other),
                await told(gateway, gone, US),
                await told(gateway, "nobody", US),
                await told(gateway, person, US),
                await told(gateway, key, {**US, "attribute": "citizenship"}),
                await answered(gateway, seam.Asserted(99, key, "nonsense", wall())),
            ]
            assert [(0, [], [])] * 6 == [(a.epoch, a.subjects, a.rows) for a in refused]
            office.registry.issuers.revoke("acme", ISSUER.id)
            assert [] == (await told(gateway, key, US)).subjects

    run(story())


def test_what_the_books_know_goes_with_the_answer(office: Office) -> None:
    """A receipt names the attestations of whoever the word is about, as for anybody."""
    key = key_of(office)
    office.show("bob", "citizenships", "FR")
    office.registry.end_users.add([EndUser("acme", "bob", "bob")])

    async def story() -> None:
        async with in_force(office) as (_, gateway):
            known = {name: item.evidence for name, item in office.registry.everybody().items()}
            for sub, whose in (("bob", "bob"), ("new", "alice"), (None, "acme")):
                answer = await told(gateway, key, *((US,) if sub else ()), sub=sub)
                assert list(known[whose]) == answer.subjects[0].evidence

    run(story())


def test_an_organisation_with_a_key_of_its_own_speaks_for_itself(office: Office) -> None:
    """Its key acts for nobody else."""
    key = key_of(office, "acme")

    async def story() -> None:
        async with in_force(office) as (_, gateway):
            answer = await told(gateway, key, US)
            assert Outcome.PERMIT is outcome(gateway, office, key, answer)

    run(story())


def test_what_is_registered_counts_up_to_the_trust_document(office: Office) -> None:
    """A registry that believes a key more than the trust document does is not followed."""
    key = key_of(office)

    async def story() -> None:
        fed = Fed(office)
        fed.feed._assertions._cap = 1
        fed.desk.put(1)
        async with fed.running():
            gateway = await fed.gateway()
            answer = await told(gateway, key, US)
            assert Outcome.VERIFY is outcome(gateway, office, key, answer)

    run(story())


def test_nobody_is_judged_by_half_of_what_was_known(office: Office) -> None:
    """An attestation that was altered on the books refuses the word."""
    key = key_of(office)
    with office.store.unit() as connection:
        connection.execute(attestation.update().values(envelope=b"altered"))

    async def story() -> None:
        async with in_force(office) as (_, gateway):
            assert [] == (await told(gateway, key, US)).subjects

    run(story())


def test_before_the_first_epoch_a_word_comes_to_nothing(office: Office) -> None:
    """There is no law to judge it by."""
    key = key_of(office)

    async def story() -> None:
        fed = Fed(office)
        async with fed.running():
            gateway = await fed.gateway()
            assert [] == (await told(gateway, key, US)).subjects

    run(story())


def test_what_goes_wrong_refuses_one_word(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The feed goes on, and says in its log that something is broken."""
    key = key_of(office)
    caught: list[object] = []

    async def story() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, found: caught.append(found))
        async with in_force(office) as (_, gateway):
            with monkeypatch.context() as patch:
                patch.setattr(module, "wall", None)
                assert [] == (await told(gateway, key, US)).subjects
            assert [] != (await told(gateway, key, US)).subjects
        assert 1 == len(caught)

    run(story())


def test_of_many_words_at_once_those_too_many_are_refused(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once, while something else takes long; the gateway stays, and the next word has its turn."""
    monkeypatch.setattr(feed, "MOST_ASKED", 2)
    key = key_of(office)

    async def story() -> None:
        fed = Fed(office)
        fed.desk.put(1)
        async with fed.running():
            gateway, free = await fed.gateway(), asyncio.Event()

            async def takes_long() -> None:
                await free.wait()

            fed.feed._work.put_nowait(takes_long)
            frames = b"".join(seam.frame(seam.Asserted(n, key, "x", 0.0)) for n in range(50))
            gateway.writer.write(frames)
            await until(lambda: 48 == len(assessed(gateway)))
            assert list(range(2, 50)) == assessed(gateway)
            free.set()
            await until(lambda: 50 == len(assessed(gateway)))
            assert [] != (await told(gateway, key, US)).subjects
            assert not gateway.closed

    run(story())


def test_tables_begin_anew(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was never said before makes them grow, so they are not kept for ever."""
    monkeypatch.setattr(module, "MOST_JUDGED", 2)
    key = key_of(office)

    async def story() -> None:
        async with in_force(office) as (fed, gateway):
            seen = set()
            for _ in range(4):
                await told(gateway, key, US)
                assert fed.feed._loads is not None
                seen.add(fed.feed._loads.assessor("gateway-1")._compiled)
            assert 2 == len(seen)
            assert BOOK is next(iter(seen)).book

    run(story())


def test_what_a_word_says_is_in_no_event(office: Office) -> None:
    """Nor who it was about: only that the key was registered, and for how much."""
    key = key_of(office)
    office.registry.subjects.add([Subject("carol", "person")])

    async def story() -> None:
        fed = Fed(office)
        fed.desk.put(1)
        async with fed.running():
            await told(await fed.gateway(), key, US, sub="carol-at-acme")

    run(story())
    data = b"".join(path.read_bytes() for path in office.folder.iterdir() if path.is_file())
    assert b"carol-at-acme" not in data
    assert b'"assurance":2' in data
