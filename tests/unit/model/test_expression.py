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


@pytest.mark.parametrize(
    ("attribute", "patterns", "expected"),
    [
        ("age_over", {("21",), ("100",)}, 21),
        ("age_over", set(), None),
        ("programmes", {("21",)}, None),
        ("nothing", {("21",)}, None),
    ],
)
def test_the_least_of_a_threshold(
    attribute: str, patterns: set[tuple[str, ...]], expected: int | None
) -> None:
    """Numbers are compared as numbers, and only attributes of numbers have a least."""
    assert expected == Listed("over", attribute, frozenset(patterns)).least
