"""A deployment's registry as a population: read once, kept in memory, written nowhere."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from writ.cli.client import Call, ask
from writ.errors import InvalidInput

if TYPE_CHECKING:
    from writ.study.subject_lines import Lines


ENGINE = "duckdb://"


class _Gone(msgspec.Struct):
    facts: int
    last: str | None


def who(
    population: str | None, config: Path | None, engine: str
) -> "tuple[str | Lines, Path | None]":
    """Return who there is; a registry, and all that is made of it, stays in its data folder."""
    from writ.model.config import read_config

    if population is not None:
        return population, None
    if config is None:
        raise InvalidInput("say who there is: --population FILE, or --config for its registry")
    if engine != ENGINE:
        raise InvalidInput("a registry is counted in this process; leave --engine away")
    return registered(config), read_config(config).folder


def registered(config: Path) -> "Lines":
    """Read everybody on the books of a deployment, with their facts."""
    from writ.law.wording import counted
    from writ.study.subject_lines import Lines

    answer = ask(config, Call("GET", "/population"))
    deleted = msgspec.convert(answer["gone"], _Gone)
    if deleted.facts:
        print(
            f"not counted: {counted(deleted.facts, 'fact')} that had ended, deleted by"
            f" {deleted.last}; before that, more was known of people than is on the books",
            file=sys.stderr,
        )
    return Lines("the registry", tuple(_lines(answer)))


def _lines(answer: dict[str, object]) -> Iterator[bytes]:
    from writ.study.classes import UNPROVED

    for subject in msgspec.convert(answer["subjects"], list[dict[str, object]]):
        yield msgspec.json.encode(subject)
    for name in msgspec.convert(answer["unproved"], list[str]):
        yield msgspec.json.encode({"id": name, "kind": UNPROVED})
