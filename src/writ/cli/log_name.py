"""Which of the logs a command means."""

from enum import StrEnum
from typing import Annotated, TypeAlias

import typer


class LogName(StrEnum):
    """The logs that a deployment keeps."""

    GOVERNANCE = "governance"
    DECISIONS = "decisions"
    COVER = "cover"


WhichLog: TypeAlias = Annotated[
    LogName,
    typer.Option(
        "--log", help="what was decided about orders, about requests; or the commitments at a pace"
    ),
]
