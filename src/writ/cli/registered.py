"""A deployment's registry as a population: read once, as it comes, into the engine of this process."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from writ.cli.client import everybody
from writ.errors import Failed, InvalidInput

if TYPE_CHECKING:
    from writ.study.subject_lines import Lines


ENGINE = "duckdb://"


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
    from writ.study.subject_lines import Lines

    missing: list[str] = []
    return Lines("the registry", _all_of(everybody(config), missing), missing)


def _all_of(lines: Iterator[bytes], missing: list[str]) -> Iterator[bytes]:
    """Yield the lines after the first, which says how many there are to be, and what is not there any more."""
    from writ.people.census import Head

    there, head = 0, msgspec.json.decode(next(lines), type=Head)
    if head.deleted:
        missing.append(_of_deleted(head.deleted, head.last))
    for line in lines:
        there += 1
        yield line
    if there != head.subjects:
        raise Failed(f"the registry broke off after {there} of {head.subjects} subjects; try again")


def _of_deleted(facts: int, last: str | None) -> str:
    from writ.law.wording import counted

    return (
        f"not counted: {counted(facts, 'fact')} that had ended, deleted by {last};"
        " before that, more was known of people than is on the books"
    )
