"""What facts leave open, where a value leaves a part of itself unsaid."""

from writ.law.compiled.cells import Partition
from writ.law.compiled.evidence import known
from writ.model.expression import Listed
from writ.model.subject import Fact, Value


def test_a_class_that_nobody_told_stays_open() -> None:
    """A complete list closes other countries, and no class of a country it names without one."""
    citizen = Listed("citizen_of", "citizenships", frozenset({("US", "citizen")}))
    german = Listed("citizen_of", "citizenships", frozenset({("DE", "*")}))
    partition = Partition([citizen, german])
    for shown, open_cells in ((("US", ""), partition.mask(citizen)), (("US", "national"), 0)):
        fact = Fact("citizenships", (Value(shown),), "exhaustive", 2, "m", "i", 0)
        told = known(partition, [fact], 1)
        assert open_cells == told.free
        assert 0 == (told.yes | told.free) & partition.mask(german)
