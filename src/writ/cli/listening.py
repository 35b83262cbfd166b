"""What commands that serve one thing have in common: an address, and one line once it answers."""

import sys
from typing import Annotated, TypeAlias

import msgspec
import typer

Listen: TypeAlias = Annotated[str, typer.Option(help="where to listen; port 0 takes a free one")]


def say_ready(address: str, **more: str) -> None:
    """Print the ready line, as JSON."""
    sys.stdout.write(
        msgspec.json.encode({"listen": address, "ready": True, **more}).decode() + "\n"
    )
    sys.stdout.flush()
