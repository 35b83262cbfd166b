import pytest

from writ.model.cell import Triple
from writ.model.outcome import Outcome
from writ.point.decide import STALE, Links, decide

PERMIT, SUBSTITUTE, VERIFY, DENY = Outcome
OPEN = Triple(PERMIT, DENY, VERIFY).code
BARRED = Triple(DENY, DENY, DENY).code
OTHER = Triple(SUBSTITUTE, SUBSTITUTE, SUBSTITUTE).code


@pytest.mark.parametrize(
    ("cells", "outcome"),
    [
        ([0], PERMIT),
        ([0, 0, 0], PERMIT),
        ([0, OPEN], VERIFY),
        ([OTHER], SUBSTITUTE),
        ([OTHER, OPEN], VERIFY),
        ([BARRED, OPEN, 0], DENY),
        ([], PERMIT),
    ],
)
def test_the_cells_of_a_model_are_joined(cells: list[int], outcome: Outcome) -> None:
    """Each link's cell for the model asked counts, and no other model's."""
    links = Links(tuple(bytes([BARRED, cell, BARRED]) for cell in cells), until=10)
    assert outcome == decide(links, 1, 9, True)  # noqa: FBT003  as the hot path calls it


@pytest.mark.parametrize(
    ("at", "live", "expected"), [(9, True, 0), (10, True, STALE), (9, False, STALE)]
)
def test_old_links_and_lapsed_leases_decide_nothing(at: int, live: bool, expected: int) -> None:  # noqa: FBT001  a column of the table
    """Links are good until, not at, their end, and only under a lease."""
    assert expected == decide(Links((b"\0",), until=10), 0, at, live)
