"""What has ended is deleted in its time, with all that was kept beside it, and nothing else is."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

import writ.store
from tests.unit.people.conftest import Deployment, line
from writ.clock import DAY, WallClock, format_instant
from writ.errors import InvalidInput
from writ.model.subject import Subject
from writ.people import decided
from writ.people.backing import Source
from writ.people.deleted import DELETED, Gone, gone
from writ.people.intake import sign_line
from writ.people.registry import Registry
from writ.people.retention import AT_ONCE, Erased, Retention
from writ.people.reviews import Wanted
from writ.store.database import open_store
from writ.store.events import read_events
from writ.store.people_tables import attestation, struck, subject
from writ.store.review_tables import backing, opinion, review, source

MIGRATIONS = Path(writ.store.__file__).parent / "migrations"
NOW = WallClock().now()
KEEP = 30 * DAY
LONG_AGO, LATELY, TO_COME = NOW - 40 * DAY, NOW - 20 * DAY, NOW + 20 * DAY


def known(
    deployment: Deployment, registry: Registry, ends: int | None = None, **changes: Any
) -> bytes:
    """Have a fact of Alice's attested, and return its id."""
    fact = {"verified_at": format_instant(NOW - 90 * DAY), **changes}
    if ends is not None:
        fact["expires_at"] = format_instant(ends)
    before = ids(deployment)
    signed = sign_line(msgspec.json.decode(line("alice", **fact)), deployment.idv)
    registry.facts.take_in(signed, None, skip_bad=False)
    [made] = ids(deployment) - before
    return made


def ids(deployment: Deployment) -> set[bytes]:
    """The attestations that are there at all."""
    with deployment.store.view() as connection:
        return {row.id for row in connection.execute(attestation.select())}


def revoked_at(deployment: Deployment, name: bytes, at: int) -> None:
    """Have a fact be revoked at an instant."""
    with deployment.store.unit() as connection:
        here = attestation.c.id == name
        connection.execute(attestation.update().where(here).values(revoked_at=at))


def test_what_ended_long_ago_is_deleted_and_the_rest_stays(
    deployment: Deployment, registry: Registry
) -> None:
    """Expired or revoked, so long after it; what ended lately, or stands, is left alone."""
    told = set[str]()
    registry.books.listeners.append(lambda change: told.update(change.subjects))
    over = known(deployment, registry, LONG_AGO)
    back = known(deployment, registry, TO_COME, value=["FR"])
    revoked_at(deployment, back, LONG_AGO)
    stays = {
        known(deployment, registry, LATELY, value=["DE"]),
        known(deployment, registry, TO_COME, value=["ES"]),
        known(deployment, registry, None, value=["IT"]),
        (lately := known(deployment, registry, None, value=["JP"])),
    }
    revoked_at(deployment, lately, LATELY)
    registry.backing.attach([Source(over, registry.backing.nullifier(b"passport"), "https://x")])
    retention = Retention(registry, KEEP)
    told.clear()

    assert {over: LONG_AGO + KEEP, back: LONG_AGO + KEEP} == {
        item.id: item.since for item in retention.due()
    }
    assert Erased(2, 0, 0, 0) == retention.erase()
    assert (stays, {"alice"}) == (ids(deployment), told)
    assert ((), Erased(0, 0, 0, 0)) == (retention.due(), retention.erase())
    with deployment.store.view() as connection:
        assert [] == list(connection.execute(source.select()))
        [event] = read_events(connection, 0, (DELETED,))
        deleted = gone(connection)
    assert {over.hex(), back.hex()} == set(
        msgspec.json.decode(event.bytes)["payload"]["attestations"]
    )
    assert (2, True) == (deleted.facts, deleted.last >= NOW)


def test_more_than_one_unit_takes_is_deleted_too(
    deployment: Deployment, registry: Registry
) -> None:
    """Unit after unit, until nothing is due."""
    row = {"subject": "alice", "content": b"", "envelope": b"", "recorded_at": 1, "ends_at": 1}
    with deployment.store.unit() as connection:
        many = [{"id": f"{n:032}".encode(), **row} for n in range(AT_ONCE + 1)]
        connection.execute(attestation.insert(), many)

    assert Gone(0, 0) == gone_of(deployment)
    assert AT_ONCE + 1 == Retention(registry, KEEP).erase().facts
    assert AT_ONCE + 1 == gone_of(deployment).facts


def gone_of(deployment: Deployment) -> Gone:
    """What was deleted so far."""
    with deployment.store.view() as connection:
        return gone(connection)


def test_what_was_revoked_does_not_come_back_once_it_is_deleted(
    deployment: Deployment, registry: Registry
) -> None:
    """Neither as it was signed nor said again; verified anew it does, and after its end none remembers."""
    said = msgspec.json.decode(line("alice", expires_at=format_instant(TO_COME)))
    signed, again = (sign_line(said, deployment.idv) for _ in range(2))
    registry.facts.take_in(signed, None, skip_bad=False)
    [name] = ids(deployment)
    revoked_at(deployment, name, LONG_AGO)
    retention = Retention(registry, KEEP)
    retention.erase()

    for item in (signed, again):
        with pytest.raises(InvalidInput, match="this was revoked; verify the fact anew"):
            registry.facts.take_in(item, None, skip_bad=False)
    known(deployment, registry, TO_COME)
    with deployment.store.unit() as connection:
        assert {TO_COME} == {row.until for row in connection.execute(struck.select())}
        connection.execute(struck.update().values(until=NOW))
    retention.erase()
    with deployment.store.view() as connection:
        assert [] == list(connection.execute(struck.select()))


def test_a_fact_revoked_twice_under_two_names_is_deleted(
    deployment: Deployment, registry: Registry
) -> None:
    """Where the same was said in two statements, both go, and it is remembered once."""
    first = known(deployment, registry)
    with deployment.store.unit() as connection:
        [row] = connection.execute(attestation.select())
        connection.execute(attestation.insert().values({**row._mapping, "id": b"another"}))
    for name in (first, b"another"):
        revoked_at(deployment, name, LONG_AGO)

    assert 2 == Retention(registry, KEEP).erase().facts
    with deployment.store.view() as connection:
        kept = {row.digest: row.until for row in connection.execute(struck.select())}
    assert {first: None, b"another": None, row.content: None} == kept


def test_everything_of_somebody_waits_while_people_decide(
    deployment: Deployment, registry: Registry
) -> None:
    """An open appeal keeps the facts it may be against, the credential and the reviews before it."""
    known(deployment, registry, LONG_AGO)
    registry.backing.claim("alice", registry.backing.nullifier(b"passport"))
    first = registry.reviews.open(Wanted("alice", "papers", "passport"))
    with deployment.store.unit() as connection:
        registry.reviews.close(connection, first.id, None)
        connection.execute(review.update().values(decided_at=LONG_AGO))
        connection.execute(backing.update().values(at=LONG_AGO))
    appeal = registry.reviews.appeal("alice", first.id, "", None)
    retention = Retention(registry, KEEP)

    assert ((), Erased(0, 0, 0, 0)) == (retention.due(), retention.erase())
    with deployment.store.unit() as connection:
        registry.reviews.close(connection, appeal.id, None)
    assert Erased(1, 1, 1, 0) == retention.erase()


def test_what_was_shown_ahead_of_any_order_goes_on_its_day(
    deployment: Deployment, registry: Registry
) -> None:
    """That was promised, so it does not wait for people who decide about somebody."""
    times = {"verified_at": format_instant(LONG_AGO), "expires_at": format_instant(NOW - DAY)}
    signed = sign_line(msgspec.json.decode(line("alice", **times)), deployment.idv)
    registry.facts.take_in(signed, None, skip_bad=False, ahead=True)
    registry.reviews.appeal("alice", "", "facts", None)

    assert Erased(1, 0, 0, 0) == Retention(registry, KEEP).erase()


def test_a_credential_backs_an_account_as_long_as_something_rests_on_it(
    deployment: Deployment, registry: Registry
) -> None:
    """Or people decide about it, or it was shown lately; one found lent is known for good."""
    registry.subjects.add([Subject("bob", "person")])
    names = {word: registry.backing.nullifier(word.encode()) for word in ("rests", "asked", "new", "old", "lent")}  # fmt: skip
    for name in names.values():
        registry.backing.claim("alice", name)
    fact = known(deployment, registry, LATELY)
    registry.backing.attach([Source(fact, names["rests"], None)])
    registry.reviews.open(Wanted("bob", "reuse", "credential", nullifier=names["asked"]))
    with deployment.store.unit() as connection:
        registry.backing.burn(connection, names["lent"])
        old = backing.c.nullifier != names["new"]
        connection.execute(backing.update().where(old).values(at=LONG_AGO))

    assert Erased(0, 1, 0, 0) == Retention(registry, KEEP).erase()
    with deployment.store.view() as connection:
        kept = {row.nullifier for row in connection.execute(backing.select())}
    assert {names["rests"], names["asked"], names["new"]} == kept
    assert "stands" == registry.backing.claim("bob", names["old"])


def test_reviews_go_in_their_time_and_stay_in_the_rates(
    deployment: Deployment, registry: Registry
) -> None:
    """Those turned down so long after it; those accepted, once what they attest ended, or must have."""
    reviews = registry.reviews
    wanted = [Wanted("alice", "papers", "a", [n]) for n in (1, 2)]
    wanted += [Wanted("alice", "papers", name) for name in ("b", "c")]
    wanted.append(Wanted("alice", "appeal", "a"))
    made = [reviews.open(item).id for item in wanted]
    ends = (None, None, LATELY, LONG_AGO, NOW)
    with deployment.store.unit() as connection:
        for name, end in zip(made, ends, strict=True):
            reviews.close(connection, name, end)
        connection.execute(review.update().values(decided_at=LONG_AGO))
        long_ago = {"decided_at": LONG_AGO - decided.LONGEST, "ends_at": None}
        connection.execute(review.update().where(review.c.id == made[4]).values(long_ago))
    before = reviews.rates()
    with deployment.store.unit() as connection:
        values = {"review": made[0], "by": "rae", "envelope": b"", "at": 1}
        connection.execute(opinion.insert().values(values))
    assert 4 == Retention(registry, KEEP).erase().reviews

    with deployment.store.view() as connection:
        assert [made[2]] == [row.id for row in connection.execute(review.select())]
        assert [] == list(connection.execute(opinion.select()))
    assert before == reviews.rates()
    assert [("a", 2, 1), ("b", 0, 0), ("c", 0, 0)] == [
        (rate.document, rate.rejected, rate.reversed) for rate in before
    ]


def test_a_store_from_before_learns_when_its_facts_end(
    tmp_path: Path, deployment: Deployment
) -> None:
    """The migration reads it from the statements; one that was emptied has no end."""
    ends, never = (
        sign_line(msgspec.json.decode(line("alice", **more)), deployment.idv)
        for more in ({"expires_at": format_instant(TO_COME)}, {})
    )
    path, config = tmp_path / "before.sqlite", Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0015")
        connection.execute(subject.insert().values(id="alice", kind="person", added_at=1))
        for name, envelope in ((b"ends", ends), (b"never", never), (b"emptied", b"")):
            row = {"id": name, "subject": "alice", "content": name, "envelope": envelope}
            connection.execute(attestation.insert().values(**row, recorded_at=1))
    engine.dispose()

    with open_store(path).view() as connection:
        found = {row.id: row.ends_at for row in connection.execute(attestation.select())}
    assert {b"ends": TO_COME, b"never": None, b"emptied": None} == found
