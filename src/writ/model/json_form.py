"""A file or a body of JSON from somebody else, read as the form that it should have."""

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
