import pytest

from writ.model.expression import Listed


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("US", ""), True),
        (("US", "national"), True),
        (("GB", "citizen"), True),
        (("GB", ""), False),
        (("US",), False),
        (("us", ""), False),
        (("*", ""), False),
    ],
)
def test_a_list_names_what_a_pattern_matches(parts: tuple[str, ...], expected: bool) -> None:  # noqa: FBT001  a column of the table
    """A star names every part of a value, and only values of as many parts."""
    listed = Listed("citizen_of", "citizenships", frozenset({("US", "*"), ("GB", "citizen")}))
    assert expected is listed.names(parts)
