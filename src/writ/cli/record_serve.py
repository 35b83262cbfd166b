"""`writ record serve`: the built record over HTTP."""

from pathlib import Path
from typing import Annotated

import typer

from writ.cli.listening import Listen, say_ready
from writ.errors import InvalidInput


def serve(
    folder: Annotated[Path, typer.Argument(help="the built record")],
    listen: Listen = "127.0.0.1:8092",
) -> None:
    """Serve a record that was built, with the headers that its pages ask for; put TLS in front.

    Example: writ record serve record --listen 127.0.0.1:8092

    Any web server can do the same: the files are what is served. Prints one line of JSON with the
    address once requests are answered.
    """
    from writ.ledger.record.places import INDEX
    from writ.model.listeners import read_address
    from writ.serve.alone import run_alone
    from writ.serve.record_site import record_app

    if not (folder / INDEX).exists():
        raise InvalidInput(f"`{folder}` has no record; build one with `writ record build`")
    run_alone(record_app(folder), read_address(listen), say_ready)
