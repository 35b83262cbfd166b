import asyncio

import pytest

from writ.drill.story import stopped


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
