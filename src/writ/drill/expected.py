"""What each case must get, as somebody wrote it down: a folder's `expected.csv`.

1. One row for each case, model and instant; a case is one chain of subjects, the same in every row.
2. The rows are the measure of a drill; no engine is asked what they ought to say.
3. All faults of the file are reported at once, with their lines.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from writ.clock import Instant, parse_instant
from writ.errors import Fault, InvalidInput
from writ.model.catalogue import Catalogue
from writ.model.outcome import Outcome
from writ.model.subject import Subject

FILE = "expected.csv"
COLUMNS = ("case", "requester", "organisation", "end_user", "model", "at", "outcome")
OUTCOMES = {outcome.word: outcome for outcome in Outcome}


@dataclass(frozen=True, slots=True)
class Names:
    """The ids of a chain; None where the chain has nobody."""

    requester: str
    organisation: str | None = None
    end_user: str | None = None

    def all(self) -> Iterator[str]:
        """Every id of the chain."""
        for name in (self.requester, self.organisation, self.end_user):
            if name is not None:
                yield name


@dataclass(frozen=True)
class Expected:
    """Outcomes by (case, model, instant), and the chain of each case; models by canonical name."""

    chains: Mapping[str, Names]
    rows: Mapping[tuple[str, str, Instant], Outcome]

    @cached_property
    def instants(self) -> tuple[Instant, ...]:
        """Every instant that some row asks about, ascending."""
        return tuple(sorted({at for _, _, at in self.rows}))

    @cached_property
    def at(self) -> Mapping[Instant, tuple[tuple[str, str], ...]]:
        """The cases and models asked about at each instant, in the file's order."""
        asked: dict[Instant, list[tuple[str, str]]] = {at: [] for at in self.instants}
        for case, model, at in self.rows:
            asked[at].append((case, model))
        return {at: tuple(pairs) for at, pairs in asked.items()}

    def outcome(self, case: str, model: str, at: Instant) -> Outcome | None:
        """Return what the row says; None where there is no row."""
        return self.rows.get((case, model, at))

    @cached_property
    def unnamed(self) -> frozenset[tuple[str, str, Instant]]:
        """Rows left at verify though the same key is served when it names some end user."""
        served = {
            (self.chains[case].requester, self.chains[case].organisation, model, at)
            for (case, model, at), outcome in self.rows.items()
            if outcome is Outcome.PERMIT and self.chains[case].end_user is not None
        }
        return frozenset(
            (case, model, at)
            for (case, model, at), outcome in self.rows.items()
            if outcome is Outcome.VERIFY
            and self.chains[case].end_user is None
            and (self.chains[case].requester, self.chains[case].organisation, model, at) in served
        )


def read_expected(folder: Path, people: Mapping[str, Subject], catalogue: Catalogue) -> Expected:
    """Read a folder's `expected.csv`; InvalidInput lists every fault."""
    path = folder / FILE
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return _Reader(str(path), people, catalogue).read(csv.reader(file, strict=True))
    except FileNotFoundError:
        raise InvalidInput(f"no `{path}`; a drill needs to be told what must come out") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput([Fault(str(path), 0, 0, f"not a CSV file: {error}")]) from None


@dataclass
class _Reader:
    file: str
    people: Mapping[str, Subject]
    catalogue: Catalogue
    chains: dict[str, Names] = field(default_factory=dict)
    rows: dict[tuple[str, str, Instant], Outcome] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def read(self, lines: Iterator[list[str]]) -> Expected:
        header = next(lines, [])
        if tuple(header) != COLUMNS:
            raise InvalidInput([Fault(self.file, 1, 1, f"the columns are {','.join(COLUMNS)}")])
        for number, cells in enumerate(lines, 2):
            if cells:
                self.line(number, cells)
        if not self.rows and not self.faults:
            self.faults.append(Fault(self.file, 1, 1, "has no rows"))
        if self.faults:
            raise InvalidInput(self.faults)
        return Expected(self.chains, self.rows)

    def line(self, number: int, cells: list[str]) -> None:
        try:
            self.row(dict(zip(COLUMNS, cells, strict=True)))
        except ValueError:
            self.faults.append(Fault(self.file, number, 1, f"has {len(cells)} cells, not seven"))
        except InvalidInput as error:
            self.faults += [Fault(self.file, number, 1, fault.message) for fault in error.faults]

    def row(self, cells: Mapping[str, str]) -> None:
        case, at = cells["case"], parse_instant(cells["at"])
        names = self.chain(cells)
        if not case:
            raise InvalidInput("a row without a case")
        if self.chains.setdefault(case, names) != names:
            raise InvalidInput(f"case `{case}` is another chain further up")
        model = self.catalogue.resolve(cells["model"])
        if model is None:
            raise InvalidInput(f"unknown model `{cells['model']}`")
        if cells["outcome"] not in OUTCOMES:
            raise InvalidInput(f"`{cells['outcome']}` is none of {', '.join(OUTCOMES)}")
        if (case, model, at) in self.rows:
            raise InvalidInput(f"case `{case}` is asked about this model and instant twice")
        self.rows[case, model, at] = OUTCOMES[cells["outcome"]]

    def chain(self, cells: Mapping[str, str]) -> Names:
        names = Names(cells["requester"], cells["organisation"] or None, cells["end_user"] or None)
        unknown = [name for name in names.all() if name not in self.people]
        if unknown:
            raise InvalidInput(f"nobody in subjects.jsonl has the id `{unknown[0]}`")
        return names
