"""`python -m writ.portal --config writ.toml`: the portal's process, started by `writ serve`."""

import argparse
import asyncio
import sys
from pathlib import Path

import structlog

from writ.errors import WritError
from writ.model.config import read_config
from writ.portal.server import run

_parser = argparse.ArgumentParser(prog="python -m writ.portal", description=__doc__)
_parser.add_argument("--config", type=Path, required=True, help="path of writ.toml")


def _start_logs() -> None:
    """Write structured logs to stderr; traces have no local variables, which might be evidence."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
            ),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


if __name__ == "__main__":
    _start_logs()
    try:
        asyncio.run(run(read_config(_parser.parse_args().config)))
    except WritError as error:
        print(error, file=sys.stderr)  # noqa: T201  one line, as the command line does
        sys.exit(error.exit_code)
