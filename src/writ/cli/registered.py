"""A deployment's registry as a population: read once, kept in memory, written nowhere."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from writ.cli.client import Call, ask

if TYPE_CHECKING:
    from writ.study.subject_lines import Lines


def registered(config: Path) -> "Lines":
    """Read everybody on the books of a deployment, with their facts."""
    from writ.study.subject_lines import Lines

    answer = ask(config, Call("GET", "/population"))
    return Lines("the registry", _lines(answer))


def _lines(answer: dict[str, object]) -> Iterator[bytes]:
    from writ.study.classes import UNPROVED

    for subject in msgspec.convert(answer["subjects"], list[dict[str, object]]):
        yield msgspec.json.encode(subject)
    for name in msgspec.convert(answer["unproved"], list[str]):
        yield msgspec.json.encode({"id": name, "kind": UNPROVED})
