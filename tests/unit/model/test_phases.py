from writ.clock import FOREVER
from writ.model.phases import Phases, merged


def test_a_model_has_a_cell_for_each_phase() -> None:
    """Those of which nothing ever speaks share the first; an end that never comes begins nothing."""
    phases = Phases(["b", "a"], [(["a"], (10, 20)), (["a"], (20, FOREVER)), (["a"], (15, 20))])
    assert (("a", "b"), 5) == (phases.models, phases.width)
    assert [1, 2, 3, 4, 4] == [phases.cell("a", at) for at in (9, 10, 19, 20, FOREVER - 1)]
    assert [(4, 0), (1, 0)] == [phases.cells(20), phases.cells(9)]
    assert [(1, -FOREVER), (2, 10), (3, 15), (4, 20)] == list(phases.starts("a"))
    assert [] == list(phases.starts("b"))
    assert {10, 15, 20} == phases.edges


def test_spans_that_overlap_or_touch_are_one() -> None:
    """Whatever order they come in."""
    assert ((1, 6), (8, 9)) == merged([(4, 6), (8, 9), (1, 3), (2, 4), (1, 2)])
    assert () == merged([])
