"""`writ coverage check`: whether a coverage register can be read, with every fault."""

from pathlib import Path
from typing import Annotated

import typer

from writ.cli.lines import read_file
from writ.cli.options import AsJson
from writ.cli.output import show


def check(
    file: Annotated[Path, typer.Argument(help="the register")] = Path("coverage.yaml"),
    *,
    schema: Annotated[
        bool, typer.Option("--schema", help="print the JSON Schema of a register instead")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read a register and report every fault of it, with line and column.

    Example: writ coverage check coverage.yaml

    Whether an enforcement point that it names is there, only the deployment knows: `show` says it.
    """
    from writ.study import coverage

    if schema:
        print(coverage.schema(), end="")
        return
    register = coverage.read_register(read_file(file), str(file))
    bare = [path.id for path in register.paths if path.enforced_by is None]
    value = {"register": register.digest, "paths": len(register.paths), "uncovered": bare}
    words = f"{len(bare)} of {len(register.paths)} paths uncovered"
    show(value, f"{words}: {', '.join(bare)}" if bare else words, as_json=as_json)
