"""`writ log serve`: a published log over HTTP."""

from pathlib import Path
from typing import Annotated

import typer

from writ.cli.listening import Listen, say_ready


def serve(
    folder: Annotated[Path, typer.Argument(help="the published log")],
    listen: Listen = "127.0.0.1:8090",
) -> None:
    """Serve a published log's checkpoint and tiles, for whoever wants to verify.

    Example: writ log serve log --listen 127.0.0.1:8090

    Any web server can do the same: the files are what is served. Prints one line of JSON with the
    address once requests are answered.
    """
    from writ.ledger.folder import Folder
    from writ.model.listeners import read_address
    from writ.serve.alone import run_alone
    from writ.serve.tiles import tiles_app

    run_alone(tiles_app(Folder(folder)), read_address(listen), say_ready)
