"""The data files that come with Writ, read from where the package lies."""

from functools import cache
from importlib.resources import files

_DATA = files("writ.law") / "data"
_DEFINITIONS = "definitions"
_ENDING = ".yaml"


def data_bytes(name: str) -> bytes:
    """Return one data file."""
    return (_DATA / name).read_bytes()


@cache
def definition_names() -> tuple[str, ...]:
    """Every definition that there is, `name@version`, sorted."""
    found = (item.name for item in (_DATA / _DEFINITIONS).iterdir())
    return tuple(sorted(name.removesuffix(_ENDING) for name in found if name.endswith(_ENDING)))


def definition_file(name: str) -> str:
    """Return the data file of a definition."""
    return f"{_DEFINITIONS}/{name}{_ENDING}"
