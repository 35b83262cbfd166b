import asyncio

import pytest

from writ.drill.enrolment import Late
from writ.drill.expected import Names
from writ.drill.population import Party
from writ.drill.story import Returning, stopped
from writ.model.subject import Fact, Value


async def _slow_to_go() -> None:
    """Run until cancelled, and take a moment to go."""
    try:
        await asyncio.Event().wait()
    finally:
        await asyncio.sleep(0.01)


async def _fails() -> None:
    """Go wrong at once."""
    raise ValueError("wrong")


def test_who_stops_a_task_can_be_stopped_meanwhile() -> None:
    """A drill that is told to stop while it waits for a task of its own stops."""

    async def story() -> None:
        task = asyncio.create_task(_slow_to_go())
        await asyncio.sleep(0)
        stopping = asyncio.create_task(stopped(task))
        await asyncio.sleep(0)
        stopping.cancel()
        with pytest.raises(asyncio.CancelledError):
            await stopping
        await asyncio.wait([task])
        assert task.cancelled()

    asyncio.run(story())


def test_what_went_wrong_in_a_task_is_raised() -> None:
    """Stopping hides no error."""

    async def story() -> None:
        task = asyncio.create_task(_fails())
        await asyncio.sleep(0)
        with pytest.raises(ValueError, match="wrong"):
            await stopped(task)

    asyncio.run(story())


@pytest.mark.parametrize(
    ("expected", "facts"),
    [
        ("wallet", [("alice", "citizenships", "wallet", ("US", ""))]),
        ("facts", [("alice", "citizenships", "passport", ("US", ""))]),
        ("facts", [("acme", "citizenships", "wallet", ("US", ""))]),
        ("employer", [("alice", "employer", "hr_record", ("acme", "employee"))]),
        ("employer", [("bob", "employer", "hr_record", ("acme", "employee"))]),
        (
            "facts",
            [
                ("alice", "employer", "hr_record", ("acme", "employee")),
                ("alice", "citizenships", "passport", ("CA", "")),
            ],
        ),
    ],
)
def test_facts_arrive_as_they_would(
    expected: str, facts: list[tuple[str, str, str, tuple[str, str]]]
) -> None:
    """One citizenship of one's own comes from a wallet, an employment from the employer."""
    late = tuple(
        Late(who, (Fact(attribute, (Value(parts),), "at_least", 2, method, "x", 0),))
        for who, attribute, method, parts in facts
    )
    party = Party(1, "case", Names("alice", "acme", "bob"), is_case=False)
    assert expected == Returning(party, "fable-5", 0, late).way
