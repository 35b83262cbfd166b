"""`writ definitions test`: every definition against its own scenarios."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from writ.cli.definitions_show import find
from writ.cli.output import show
from writ.errors import CasesFailed
from writ.law.compiled.decide import decide
from writ.law.definitions import Definition, Library
from writ.law.folder import read_library_of
from writ.law.truth import alone, truth
from writ.law.wording import counted


def try_definitions(
    names: Annotated[list[str] | None, typer.Argument(help="definitions; all if none")] = None,
    *,
    orders: Annotated[
        Path | None, typer.Option(help="a folder of orders, for its own definitions too")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON only")] = False,
) -> int:
    """Ask each definition its scenarios.

    Example: writ definitions test --orders orders/june-2026

    Exit 0 all as expected, 3 faults in a file, 5 a scenario comes out otherwise.
    """
    library = Library() if orders is None else read_library_of(orders)
    chosen = [find(library, name) for name in names or library.names]
    failed = [fault for item in chosen for fault in _failed(item)]
    scenarios = sum(len(item.examples) for item in chosen)
    if not as_json:
        for fault in failed:
            said = "{definition}: {scenario}: expected {expected}, got {got}".format_map(fault)
            print(said, file=sys.stderr)
    show(
        {"definitions": len(chosen), "scenarios": scenarios, "failed": failed},
        f"{counted(len(chosen), 'definition')}, {scenarios - len(failed)} of {scenarios} scenarios as expected",
        as_json=as_json,
    )
    return CasesFailed.exit_code if failed else 0


def _failed(item: Definition) -> list[dict[str, str]]:
    found = []
    for example in item.examples:
        got = truth(item.predicate, alone(example.subject), example.at, decide)
        if got != example.expect:
            found.append(
                {
                    "definition": item.name,
                    "scenario": example.name,
                    "expected": example.expect,
                    "got": got,
                }
            )
    return found
