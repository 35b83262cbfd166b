import pytest

from writ.model.catalogue import Catalogue, Model

CATALOGUE = Catalogue("us", {"fable-5": Model("fable-5", frozenset({"fable-latest"}))})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("fable-5", "fable-5"),
        ("fable-latest", "fable-5"),
        ("FABLE-5", None),
        ("fable-5 ", None),
        ("", None),
        ("f\u0430ble-5", None),
    ],
)
def test_names_are_compared_exactly(name: str, expected: str | None) -> None:
    """Aliases resolve; other case, spaces and look-alikes are unknown."""
    assert expected == CATALOGUE.resolve(name)
