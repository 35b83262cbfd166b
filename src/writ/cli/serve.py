"""`writ serve`: everything on one machine."""

import sys

import msgspec

from writ.cli.options import DEFAULT_CONFIG, ConfigFile
from writ.model.config import read_config


def serve(config: ConfigFile = DEFAULT_CONFIG) -> None:
    """Serve: gateway, control process and administration, until told to stop.

    Example: writ serve --config /srv/writ/writ.toml

    Prints one line of JSON with the addresses once requests are answered; logs go to stderr.
    """
    from writ.serve.logs import start_logs
    from writ.serve.server import Ready
    from writ.serve.server import serve as run

    def ready(line: Ready) -> None:
        sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
        sys.stdout.flush()

    start_logs()
    run(read_config(config), ready)
