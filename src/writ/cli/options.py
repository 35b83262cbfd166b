"""Options that many commands share."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

ConfigFile: TypeAlias = Annotated[
    Path,
    typer.Option("--config", "-c", envvar="WRIT_CONFIG", help="the deployment's writ.toml"),
]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="print JSON only")]
KeyFile: TypeAlias = Annotated[Path, typer.Option("--key", help="your private key file")]

DEFAULT_CONFIG = Path("writ.toml")
