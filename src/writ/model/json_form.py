"""A file or a body of JSON from somebody else, read as the form that it should have."""

import json
from typing import TypeVar

import msgspec

from writ.errors import InvalidInput

T = TypeVar("T")


def read_form(data: bytes | str, form: type[T], said: str) -> T:
    """Read JSON as a form; InvalidInput begins with what is `said` of anything else."""
    try:
        return msgspec.json.decode(data, type=form)
    except msgspec.DecodeError as error:
        raise InvalidInput(f"{said}: {error}") from None
    except UnicodeDecodeError:
        raise InvalidInput(f"{said}: it is not UTF-8") from None
    except RecursionError:
        raise InvalidInput(f"{said}: it is nested too deep") from None


def says_twice(data: bytes) -> bool:
    """Whether a key stands twice in an object of this JSON: a decoder takes the last and says nothing."""
    try:
        json.loads(data, object_pairs_hook=_once)
    except _Twice:
        return True
    return False


def _once(entries: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(entries)
    if len(found) < len(entries):
        raise _Twice
    return found


class _Twice(ValueError):
    """A key stands twice in an object."""
