"""What can go wrong, by whose fault it is; each family knows its exit code."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong at one place of a file; line and column count from 1 (0: no place).

    `clauses` are those of the letter that the part of an order carries out in which it is.
    """

    file: str
    line: int
    column: int
    message: str
    clauses: tuple[str, ...] = ()

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        several = "clauses" if len(self.clauses) > 1 else "clause"
        about = f" ({several} {', '.join(self.clauses)})" if self.clauses else ""
        return f"{place}: {self.message}{about}" if place else f"{self.message}{about}"


class WritError(Exception):
    """Root of everything Writ raises on purpose; its text is one line, or one line per fault."""

    exit_code: ClassVar[int] = 1


class Failed(WritError):
    """The world failed: a server that is down, a disk that is full."""


class Refused(WritError):
    """The answer is no: not allowed, not signed, not in order."""

    exit_code = 2


class InvalidInput(WritError):
    """What was handed in cannot be read; carries every fault found, in file order."""

    exit_code = 3

    def __init__(self, faults: str | Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = (
            (Fault("", 0, 0, faults),) if isinstance(faults, str) else tuple(sorted(set(faults)))
        )
        super().__init__("\n".join(str(fault) for fault in self.faults))


class NotProved(WritError):
    """What was to be proved is not so, or nobody could say."""

    exit_code = 4


class CasesFailed(WritError):
    """Scenarios or expected outcomes did not come out as written."""

    exit_code = 5
