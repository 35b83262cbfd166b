"""A folder to drill: its orders, its people, and what must come out.

1. Everything is checked before anything is started: orders, scenarios, subjects, expectations.
2. A version comes with the catalogue and the annexes it names, byte for byte as they lie there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from writ.clock import Instant
from writ.drill.expected import Expected, read_expected
from writ.errors import CasesFailed, Fault
from writ.law.annexes import annex_files
from writ.law.catalogue import FILE as CATALOGUE
from writ.law.check import failed_scenarios
from writ.law.compiled.decide import outcomes
from writ.law.digest import rules_digest
from writ.law.document import read_yaml
from writ.law.folder import Checked, check_folder, load_folder
from writ.law.request import read_people
from writ.model.order import Lawbook, OrderVersion
from writ.model.subject import Subject


@dataclass(frozen=True, slots=True)
class CaseFolder:
    """What a folder holds; `files` are the bytes of everything that decides."""

    path: Path
    files: Mapping[str, bytes]
    checked: Checked
    people: Mapping[str, Subject]
    expected: Expected

    @property
    def book(self) -> Lawbook:
        """All orders of the folder."""
        return self.checked.book

    def files_of(self, versions: Iterable[OrderVersion]) -> dict[str, bytes]:
        """Return the catalogue, these versions and their annexes, by file name."""
        wanted = {(item.order, item.version) for item in versions}
        names = [CATALOGUE]
        for placed in self.checked.orders:
            if (placed.version.order, placed.version.version) in wanted:
                file = placed.place.file
                names += [file, *annex_files(read_yaml(self.files[file], file))]
        return {name: self.files[name] for name in names}

    def remaining(self, at: Instant) -> tuple[OrderVersion, ...]:
        """Return the versions in force that still have rules."""
        return tuple(version for version in self.book.in_force(at) if version.rules)

    def digest_of(self, versions: Iterable[OrderVersion], at: Instant) -> str:
        """Return the digest of the rules of these versions alone."""
        return rules_digest(replace(self.book, versions=tuple(versions)), at)


def read_case_folder(path: Path) -> CaseFolder:
    """Read a folder; InvalidInput lists its faults, CasesFailed the scenarios that fail."""
    files = load_folder(path)
    checked = check_folder(path, files)
    failed = [
        str(Fault(str(path / fault.file), fault.line, fault.column, fault.message))
        for fault in failed_scenarios(checked, outcomes)
    ]
    if failed:
        raise CasesFailed("\n".join(failed))
    people = read_people(path)
    expected = read_expected(path, people, checked.book.catalogue)
    return CaseFolder(path, files, checked, people, expected)
