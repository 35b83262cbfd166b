import pytest

from writ.errors import CasesFailed, Failed, Fault, InvalidInput, Refused, WritError


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (Fault("a.yaml", 3, 7, "wrong"), "a.yaml:3:7: wrong"),
        (Fault("a.yaml", 0, 0, "wrong"), "a.yaml: wrong"),
        (Fault("", 0, 0, "wrong"), "wrong"),
    ],
)
def test_a_fault_names_its_place(fault: Fault, text: str) -> None:
    """Places are written as editors open them; without one only the message stands."""
    assert text == str(fault)


def test_faults_come_once_and_in_file_order() -> None:
    """Every fault is told once, by file, line and column."""
    later, sooner = Fault("a", 10, 1, "x"), Fault("a", 9, 1, "y")
    error = InvalidInput([later, sooner, later])
    assert (sooner, later) == error.faults
    assert "a:9:1: y\na:10:1: x" == str(error)


def test_one_message_is_one_fault() -> None:
    """A text alone is a fault without a place."""
    assert (Fault("", 0, 0, "no"),) == InvalidInput("no").faults


def test_each_family_knows_its_exit_code() -> None:
    """Exit codes mean something, and all are caught as one."""
    families = (Failed, Refused, InvalidInput, CasesFailed)
    assert [1, 2, 3, 5] == [family.exit_code for family in families]
    assert all(issubclass(family, WritError) for family in families)
