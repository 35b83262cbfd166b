"""One line of JSON from somebody else: an object, small, with every key once and no fractions."""

import json
from typing import NoReturn

from writ.canonical import Plain
from writ.errors import InvalidInput

MAX_LINE = 64 * 1024


def read_json_line(line: bytes) -> dict[str, Plain]:
    """Read a line as an object; anything else is InvalidInput."""
    if len(line) > MAX_LINE:
        raise InvalidInput(f"the line is longer than {MAX_LINE} bytes")
    try:
        value: Plain = json.loads(
            line.decode(), object_pairs_hook=_once, parse_float=_fraction, parse_constant=_fraction
        )
    except UnicodeDecodeError:
        raise InvalidInput("the line is not UTF-8") from None
    except json.JSONDecodeError as error:
        reason = error.msg[:1].lower() + error.msg[1:]
        raise InvalidInput(f"the line is not JSON: {reason} at column {error.colno}") from None
    except RecursionError:
        raise InvalidInput("the line is nested too deep") from None
    if not isinstance(value, dict):
        raise InvalidInput("the line is not a JSON object")
    return value


def _once(pairs: list[tuple[str, Plain]]) -> dict[str, Plain]:
    value = dict(pairs)
    if len(value) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidInput(f"`{twice}` stands twice")
    return value


def _fraction(text: str) -> NoReturn:
    raise InvalidInput(f'`{text}`: write a share as a text, such as "0.5"')
