"""A folder of orders: the catalogue, one file for each version, and the annexes they name.

1. Every `.yaml` or `.yml` file but the catalogue, groups of countries (`groups.yaml`), calendars
   (`calendars.yaml`), definitions (`NAME@VERSION.yaml`) and case files (`.cases.yaml`, which decide
   nothing) is an order; a folder within is not looked into.
2. What is read is bytes by file name, wherever they come from, so that the same bytes mean the same
   law on every machine.
3. All faults of all files are reported together; the order of the files does not matter. A file
   that is no YAML hides no fault of another, and what it would have named is not unknown; of an
   order, what can be read of it is.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from writ.errors import Fault, InvalidInput
from writ.law import annexes, calendars, catalogue, document, groups
from writ.law.agreement import check_agreement
from writ.law.clauses import with_clauses
from writ.law.definitions import Library, is_definition, read_library
from writ.law.document import Node
from writ.law.omissions import note_omissions
from writ.law.order import Beside, PlacedOrder, order_of
from writ.law.reading import Reader
from writ.law.salvage import salvage
from writ.law.shelf import Read, Shelf
from writ.model.catalogue import Catalogue
from writ.model.order import Hold, Lawbook, OrderVersion

ENDINGS = (".yaml", ".yml")
CASES_ENDING = ".cases.yaml"
_MAY_NAME = re.compile(rb"annexes|\\")
"""What a file has that names annexes; a key may be written with escapes."""
_SHELF = Shelf()
"""What this process read before: the desk reads what is in force again with every change."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A lawbook without faults, where its orders stand, and notes on what may surprise.

    `library` has the definitions that its orders may name.
    """

    book: Lawbook
    orders: tuple[PlacedOrder, ...]
    notes: tuple[Fault, ...]
    library: Library = field(default_factory=Library)


def read_folder(path: Path) -> Lawbook:
    """Read a folder of orders; InvalidInput lists every fault of every file."""
    return check_folder(path, load_folder(path)).book


def read_sources(files: Mapping[str, bytes], holds: Iterable[Hold] = ()) -> Lawbook:
    """Read a lawbook from bytes by file name, the catalogue among them."""
    return check_sources(files, holds).book


def read_order(path: Path, known: Catalogue) -> OrderVersion:
    """Read one order file, with its annexes beside it."""
    reader = Reader()
    files = load_files([path, *lying_beside(path.parent)])
    documents = _documents(reader, files)
    beside = _beside(reader, documents, files)
    orders = _read_orders(reader, documents, known, beside)
    reader.faults[:] = with_clauses(reader.faults, documents)
    with named_under(path.parent):
        reader.done()
    return orders[0].version


def read_library_of(path: Path) -> Library:
    """Read the definitions of a folder of orders, whatever its orders are like."""
    return _read_beside(path).library


def read_groups_of(path: Path) -> dict[str, groups.CountryGroup]:
    """Read the groups that orders of a folder may name, its own last."""
    return {**groups.shipped_groups(), **_read_beside(path).groups}


def _read_beside(path: Path) -> Beside:
    if not path.is_dir():
        raise InvalidInput([Fault(str(path), 0, 0, "is no folder of orders")])
    reader = Reader()
    files = load_files(lying_beside(path))
    with named_under(path):
        beside = _beside(reader, _documents(reader, files), files)
        reader.done()
    return beside


def check_folder(
    path: Path, files: Mapping[str, bytes], catalogue_path: Path | None = None
) -> Checked:
    """Read files of a folder as `check_sources` does; faults and notes name them by their path."""
    if catalogue_path is not None:
        files = {**files, catalogue.FILE: _load(catalogue_path, document.LARGEST)}
    with named_under(path, catalogue_path):
        checked = check_sources(files)
    notes = tuple(_under(path, catalogue_path, note) for note in checked.notes)
    return replace(checked, notes=notes)


def check_sources(files: Mapping[str, bytes], holds: Iterable[Hold] = ()) -> Checked:
    """Read a lawbook and keep what a check wants to say besides."""
    reader = Reader()
    lying = tuple(sorted((name, data) for name, data in files.items() if _lies_beside(name)))
    found = {name: kept for name in files if (kept := _SHELF.find(name, files, lying))}
    documents = _documents(reader, {name: files[name] for name in files if name not in found})
    if catalogue.FILE not in files:
        reader.faults.append(Fault(catalogue.FILE, 0, 0, "is missing beside the orders"))
    node = documents.pop(catalogue.FILE, None)
    known = catalogue.catalogue_of(reader, node) if node is not None else Catalogue("", {})
    beside = _beside(reader, documents, files)
    for name, node in documents.items():
        noted = len(reader.notes)
        order = order_of(reader, node, known, beside)
        if order is not None:
            rests_on = *lying, *((item, files.get(item, b"")) for item in annexes.annex_files(node))
            found[name] = Read(rests_on, order, tuple(reader.notes[noted:]))
    orders = tuple(found[name].order for name in sorted(found))
    check_agreement(reader, orders)
    note_omissions(reader, orders)
    if reader.faults:
        shelved = {
            name: document.read_yaml(files[name], name) for name in found if name not in documents
        }
        reader.faults[:] = with_clauses(reader.faults, {**shelved, **documents})
    reader.done()
    _SHELF.keep((name, files[name], item) for name, item in found.items())
    versions = sorted(
        (order.version for order in orders), key=lambda version: (version.order, version.version)
    )
    book = Lawbook(known, tuple(versions), tuple(holds))
    notes = {*reader.notes, *(note for item in found.values() for note in item.notes)}
    return Checked(book, orders, tuple(sorted(notes)), beside.library)


def load_folder(path: Path) -> dict[str, bytes]:
    """Load the files of a folder that decide anything: catalogue, orders and their annexes."""
    if not path.is_dir():
        raise InvalidInput([Fault(str(path), 0, 0, "is no folder of orders")])
    found = sorted(item for item in path.iterdir() if item.suffix in ENDINGS and item.is_file())
    return load_files(item for item in found if not item.name.endswith(CASES_ENDING))


def lying_beside(folder: Path) -> list[Path]:
    """Return the files of a folder that an order may rest on besides its annexes."""
    found = sorted(item for item in folder.glob("*@*.yaml") if is_definition(item.name))
    named = (folder / groups.FILE, folder / calendars.FILE)
    return [item for item in (*named, *found) if item.is_file()]


def load_files(paths: Iterable[Path]) -> dict[str, bytes]:
    """Load files of one folder and the annexes they name; a missing annex is left to the check."""
    files: dict[str, bytes] = {}
    for path in paths:
        files[path.name] = _load(path, document.LARGEST)
        for name in _named_annexes(files[path.name]):
            if (path.parent / name).is_file():
                files[name] = _load(path.parent / name, annexes.LARGEST)
    return files


@contextmanager
def named_under(folder: Path, catalogue_path: Path | None = None) -> Iterator[None]:
    """Let faults raised within name their files by the path below `folder`."""
    try:
        yield
    except InvalidInput as error:
        raise InvalidInput(
            _under(folder, catalogue_path, fault) for fault in error.faults
        ) from None


def _under(folder: Path, catalogue_path: Path | None, fault: Fault) -> Fault:
    if fault.file.startswith("--"):  # an option of the command line
        return fault
    elsewhere = catalogue_path if fault.file == catalogue.FILE else None
    return replace(fault, file=str(elsewhere or folder / fault.file))


def _load(path: Path, largest: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(largest + 1)
    except OSError as error:
        raise InvalidInput([Fault(str(path), 0, 0, f"{error.strerror}".lower())]) from None


def _named_annexes(data: bytes) -> list[str]:
    if not _MAY_NAME.search(data):
        return []
    try:
        node: Node | None = document.read_yaml(data, "", [])
    except InvalidInput as error:  # the check reads the file again and says what is wrong
        node = _rest(error, "", data, [])
    return [] if node is None else list(annexes.annex_files(node))


def _lies_beside(name: str) -> bool:
    """Whether a file is one that all orders rest on."""
    return name in (catalogue.FILE, groups.FILE, calendars.FILE) or is_definition(name)


def _documents(reader: Reader, files: Mapping[str, bytes]) -> dict[str, Node]:
    documents: dict[str, Node] = {}
    for name in sorted(files):
        if name.endswith(ENDINGS):
            try:
                documents[name] = document.read_yaml(files[name], name, reader.faults)
            except InvalidInput as error:
                reader.faults += error.faults
                reader.unread |= {name}
                rest = _rest(error, name, files[name], reader.faults)
                if rest is not None:
                    documents[name] = rest
    return documents


def _rest(error: InvalidInput, name: str, data: bytes, told: list[Fault]) -> Node | None:
    """Read what can be read of an order that is no YAML."""
    if _lies_beside(name) or not isinstance(error, document.NotYaml):
        return None
    return salvage(data, name, told)


def _beside(reader: Reader, documents: dict[str, Node], files: Mapping[str, bytes]) -> Beside:
    """Take groups, calendars and definitions out of the documents, which leaves the orders."""
    own, node = dict[str, groups.CountryGroup](), documents.pop(groups.FILE, None)
    shipped = groups.shipped_groups()
    if node is not None:
        own = groups.groups_of(reader, node, shipped)
    days = documents.pop(calendars.FILE, None)
    known = {} if days is None else calendars.calendars_of(reader, days)
    definitions = {name: documents.pop(name) for name in tuple(documents) if is_definition(name)}
    library = read_library(reader, definitions, {**shipped, **own})
    return Beside(files, own, library, known)


def _read_orders(
    reader: Reader, documents: Mapping[str, Node], known: Catalogue, beside: Beside
) -> tuple[PlacedOrder, ...]:
    orders = (order_of(reader, node, known, beside) for node in documents.values())
    return tuple(order for order in orders if order is not None)
