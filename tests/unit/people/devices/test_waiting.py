import pytest

from writ.errors import Failed, InvalidInput
from writ.people.devices.waiting import MOST, Waiting
from writ.people.methods import Finding


def test_no_more_wait_than_there_is_room_for() -> None:
    """Ten thousand findings wait; whoever comes then is told to try again, until some are over."""
    waiting = Waiting()
    nothing = Finding((), None)
    for number in range(MOST):
        waiting.keep(str(number), nothing, 0.0, 10)
    with pytest.raises(Failed, match="try again in a minute"):
        waiting.keep("one more", nothing, 9.0, 10)
    code = waiting.keep("later", nothing, 10.0, 10)
    assert nothing == waiting.take("later", code)
    with pytest.raises(InvalidInput, match="nothing has come"):
        waiting.take("0", code)
