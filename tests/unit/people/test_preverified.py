"""Pre-verified facts: little, ended by their own statement, and deleted for good."""

from typing import Any

import msgspec
import pytest

from tests.unit.people.conftest import Deployment, line
from writ.clock import DAY, WallClock, format_instant
from writ.errors import InvalidInput
from writ.people.deleted import DELETED
from writ.people.intake import sign_line
from writ.people.preverified import PRE_VERIFIED
from writ.people.registry import Registry
from writ.store.events import read_events
from writ.store.people_tables import attestation

NOW = WallClock().now()
SOON = {"verified_at": format_instant(NOW - DAY), "expires_at": format_instant(NOW + DAY)}
OVER = {"verified_at": format_instant(NOW - 9 * DAY), "expires_at": format_instant(NOW - DAY)}


def take_in(deployment: Deployment, registry: Registry, **changes: Any) -> None:
    """Take one fact of Alice's in as pre-verified."""
    signed = sign_line(msgspec.json.decode(line("alice", **changes)), deployment.idv)
    registry.facts.take_in(signed, None, skip_bad=False, ahead=True)


def rows(deployment: Deployment) -> int:
    """Count the attestations that are there at all."""
    with deployment.store.view() as connection:
        return len(list(connection.execute(attestation.select())))


def test_it_counts_until_it_ends_and_then_it_is_due(
    deployment: Deployment, registry: Registry
) -> None:
    """One that goes on is not due; one that ended is, since it did."""
    take_in(deployment, registry, **SOON)
    take_in(deployment, registry, **OVER)

    assert 2 == rows(deployment)
    assert [NOW - DAY] == [item.since for item in registry.preverified.due()]


def test_what_is_due_is_deleted_for_good(deployment: Deployment, registry: Registry) -> None:
    """The attestation is gone, envelope and all; events keep its id and that it was deleted."""
    take_in(deployment, registry, **OVER)

    assert (1, 0) == (registry.preverified.delete(), rows(deployment))
    assert () == registry.preverified.due()
    assert 0 == registry.preverified.delete()
    with deployment.store.view() as connection:
        kept = list(read_events(connection, 0, (PRE_VERIFIED, DELETED)))
    assert [PRE_VERIFIED, DELETED] == [row.kind for row in kept]
    assert not any(b"citizenships" in row.bytes or b"alice" in row.bytes for row in kept)


def test_one_that_is_taken_back_is_due_at_once(deployment: Deployment, registry: Registry) -> None:
    """Whoever agreed may think again."""
    take_in(deployment, registry, **SOON)
    [known] = registry.those(["alice"]).values()
    registry.facts.revoke(known.evidence[0])

    assert 1 == len(registry.preverified.due())
    assert 1 == registry.preverified.delete()


def test_other_facts_are_never_due(deployment: Deployment, registry: Registry) -> None:
    """However long ago they ended."""
    signed = sign_line(msgspec.json.decode(line("alice", **OVER)), deployment.idv)
    registry.facts.take_in(signed, None, skip_bad=False)
    take_in(deployment, registry, **{**OVER, "value": ["FR"]})

    assert (1, 1) == (registry.preverified.delete(), rows(deployment))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"completeness": "exhaustive"}, "one value, `at_least`"),
        ({"value": ["US", "FR"]}, "one value, `at_least`"),
        ({"expires_at": None}, "has an `expires_at` within 366 days"),
        ({"expires_at": format_instant(NOW + 500 * DAY)}, "has an `expires_at` within 366 days"),
    ],
)
def test_more_than_it_takes_is_not_kept(
    deployment: Deployment, registry: Registry, changes: dict[str, Any], said: str
) -> None:
    """A list of all citizenships, or a fact without an end, is refused."""
    with pytest.raises(InvalidInput, match=said):
        take_in(deployment, registry, **{**SOON, **changes})
    assert 0 == rows(deployment)


def test_the_good_lines_of_a_file_are_kept(deployment: Deployment, registry: Registry) -> None:
    """With the bad ones left out, if that is asked for."""
    good, bad = line("alice", **SOON), line("alice", **SOON, completeness="exhaustive")
    lines = [sign_line(msgspec.json.decode(item), deployment.idv) for item in (good, bad)]
    report = registry.facts.take_in(b"\n".join(lines), None, skip_bad=True, ahead=True)

    assert (1, [2]) == (report.imported, [fault.line for fault in report.faults])
    assert 1 == rows(deployment)
