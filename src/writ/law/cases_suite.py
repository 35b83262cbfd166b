"""Case files and tables of expected outcomes as they lie on a disk, each with the orders it asks.

1. A folder stands for its `*.cases.yaml` and its `expected.csv`; one without either is a fault.
2. A case file asks the orders of its own folder, or of the folder that `orders` names from there.
3. Orders are read once for all files that ask them; everybody's faults are reported together.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from writ.errors import Fault, InvalidInput
from writ.law.cases import Case, Known, read_cases
from writ.law.cases_table import FILE, read_table
from writ.law.document import LARGEST, Node, quoted, read_yaml
from writ.law.folder import CASES_ENDING, read_folder
from writ.law.reading import Reader
from writ.law.request import read_file, read_people
from writ.model.order import Lawbook
from writ.model.subject import Subject


@dataclass(frozen=True, slots=True)
class Suite:
    """The cases of one file, and the folder of orders that they ask."""

    file: Path
    orders: Path
    cases: tuple[Case, ...]


@dataclass(slots=True)
class Suites:
    """What was found below some paths."""

    suites: list[Suite] = field(default_factory=list)
    books: dict[Path, Lawbook] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Orders:
    book: Lawbook
    people: dict[str, Subject]


def read_suites(paths: Iterable[Path]) -> Suites:
    """Read files of cases and folders of them; faults are kept beside what could be read."""
    found = Suites()
    folders: dict[Path, _Orders | None] = {}
    for path in dict.fromkeys(paths):
        for file in _files(path, found):
            _read(file, found, folders)
    found.books |= {path: orders.book for path, orders in folders.items() if orders is not None}
    return found


def _files(path: Path, found: Suites) -> Iterator[Path]:
    """Yield the files that a path stands for (rule 1)."""
    if not path.exists():
        found.faults.append(Fault(str(path), 0, 0, "no such file or directory"))
        return
    if not path.is_dir():
        if not path.name.endswith(CASES_ENDING) and path.suffix != ".csv":
            message = (
                f"is no file of cases; those end in {quoted(CASES_ENDING)} or are {quoted(FILE)}"
            )
            found.faults.append(Fault(str(path), 0, 0, message))
        else:
            yield path
        return
    files = sorted(item for item in path.iterdir() if item.name.endswith(CASES_ENDING))
    files += [path / FILE] if (path / FILE).is_file() else []
    if not files:
        message = f"holds no cases: neither {quoted('*' + CASES_ENDING)} nor {quoted(FILE)}"
        found.faults.append(Fault(str(path), 0, 0, message))
    yield from files


def _read(file: Path, found: Suites, folders: dict[Path, _Orders | None]) -> None:
    try:
        data = read_file(file)
        if file.suffix == ".csv":
            orders = _orders(file.parent, found, folders)
            cases = () if orders is None else read_table(data, str(file), orders.people)
            found.suites.append(Suite(file, file.parent, cases))
            return
        reader = Reader()
        node = read_yaml(data[: LARGEST + 1], str(file), reader.faults)
        folder = _folder(file, node)
        orders = _orders(folder, found, folders)
        if orders is not None:
            cases = read_cases(reader, node, Known(orders.book.catalogue, orders.people))
            reader.done()
            found.suites.append(Suite(file, folder, cases))
    except InvalidInput as error:
        found.faults += error.faults


def _folder(file: Path, node: Node) -> Path:
    """Return the folder of orders that a case file asks (rule 2)."""
    entries = node.value if isinstance(node.value, dict) else {}
    named = entries["orders"].node if "orders" in entries else None
    if named is None or not isinstance(named.value, str):
        return file.parent
    folder = file.parent / named.value
    if not folder.is_dir():
        raise InvalidInput(
            [named.place.fault(f"{quoted(named.value)} is no folder beside this file")]
        )
    return folder


def _orders(folder: Path, found: Suites, folders: dict[Path, _Orders | None]) -> _Orders | None:
    """Read a folder of orders once (rule 3); None where it has faults."""
    if folder not in folders:
        folders[folder] = None
        try:
            folders[folder] = _Orders(read_folder(folder), read_people(folder))
        except InvalidInput as error:
            found.faults += error.faults
    return folders[folder]
