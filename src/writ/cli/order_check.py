"""`writ order check`: every fault of order files at once, then their scenarios."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from writ.cli.places import places
from writ.clock import format_instant
from writ.errors import CasesFailed, Fault, InvalidInput
from writ.law.annexes import unsaid_changes
from writ.law.catalogue import FILE
from writ.law.check import failed_scenarios
from writ.law.compiled.decide import outcomes
from writ.law.contradiction import meeting_notes
from writ.law.explain.conflict import conflict_notes
from writ.law.folder import Checked, check_folder, load_files, load_folder, lying_beside
from writ.law.wording import counted
from writ.model.order import OrderVersion


@dataclass(slots=True)
class _Report:
    versions: list[OrderVersion] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    failed: list[Fault] = field(default_factory=list)

    def exit_code(self) -> int:
        if self.faults:
            return InvalidInput.exit_code
        return CasesFailed.exit_code if self.failed else 0


def check(
    paths: Annotated[list[Path], typer.Argument(help="order files, or folders of them")],
    catalogue: Annotated[
        Path | None, typer.Option(help="a catalogue elsewhere than beside the orders")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON only")] = False,
) -> int:
    """Report every fault of order files, then run their scenarios.

    Example: writ order check orders/june-2026

    Files of one folder are checked together. Exit 0 all well, 3 faults, 5 a scenario fails.
    """
    report = _Report()
    for folder, files in _by_folder(paths, report).items():
        _check(report, folder, files, catalogue)
    if as_json:
        print(msgspec.json.encode(_plain(report)).decode())
    else:
        _say(report)
    return report.exit_code()


def _by_folder(paths: Iterable[Path], report: _Report) -> dict[Path, dict[str, bytes]]:
    """Load what was named; files of one folder together, with the catalogue beside them."""
    folders: dict[Path, dict[str, bytes]] = {}
    for path in paths:
        folder = path if path.is_dir() else path.parent
        known = [folder / FILE] if (folder / FILE).is_file() else []
        beside = [*known, *lying_beside(folder)]
        try:
            found = load_folder(path) if path.is_dir() else load_files([path, *beside])
            folders.setdefault(folder, {}).update(found)
        except InvalidInput as error:
            report.faults += error.faults
    return folders


def _check(report: _Report, folder: Path, files: dict[str, bytes], catalogue: Path | None) -> None:
    try:
        checked = check_folder(folder, files, catalogue)
    except InvalidInput as error:
        report.faults += error.faults
        return
    report.versions += checked.book.versions
    report.notes += checked.notes
    report.notes += _under(folder, meeting_notes(checked))
    report.notes += _under(folder, conflict_notes(checked))
    report.faults += _under(folder, _annex_faults(checked))
    report.failed += _under(folder, failed_scenarios(checked, outcomes))


def _annex_faults(checked: Checked) -> Iterable[Fault]:
    places = {(item.version.order, item.version.version): item.place for item in checked.orders}
    for version, message in unsaid_changes(checked.book.versions):
        yield places[version.order, version.version].fault(message)


def _under(folder: Path, faults: Iterable[Fault]) -> list[Fault]:
    return [replace(fault, file=str(folder / fault.file)) for fault in faults]


def _say(report: _Report) -> None:
    for fault in sorted(report.faults) + sorted(report.failed):
        print(fault, file=sys.stderr)
    for note in sorted(report.notes):
        print(f"{note} (note)", file=sys.stderr)
    for version in report.versions:
        print(
            f"{version.order} version {version.version}: {version.kind},"
            f" {counted(len(version.rules), 'rule')}, {counted(len(version.exemptions), 'exception')},"
            f" from {format_instant(version.effective)}"
        )
    scenarios = sum(len(version.scenarios) for version in report.versions)
    faults = counted(len(report.faults), "fault")
    came = f"{scenarios - len(report.failed)} of {counted(scenarios, 'scenario')} as expected"
    print(f"{faults}, {came if scenarios or not report.faults else 'no scenario was asked'}")


def _plain(report: _Report) -> dict[str, object]:
    return {
        "orders": [
            {
                "order": version.order,
                "version": version.version,
                "kind": version.kind,
                "effective": format_instant(version.effective),
                "until": None if version.until is None else format_instant(version.until),
                "rules": [rule.id for rule in version.rules],
                "scenarios": len(version.scenarios),
            }
            for version in report.versions
        ],
        "faults": places(report.faults),
        "notes": places(report.notes),
        "failed": places(report.failed),
    }
