"""`python -m writ.serve.record_face --config writ.toml`: the record's process, started by `writ serve`.

It reads the configuration and the folder that the record is built into. It opens no store and no key,
and has no code that could.
"""

import argparse
import sys
from pathlib import Path

import msgspec

from writ.errors import Refused, WritError
from writ.model.config import read_config
from writ.serve.alone import run_alone
from writ.serve.record_site import record_app


def main(config: Path) -> None:
    """Serve until told to stop; the ready line comes once readers are answered."""
    record = read_config(config).record
    if record is None or record.listen is None:
        raise Refused(f"`{config}` has no [record] with `listen`")
    run_alone(record_app(record.folder), record.listen, _say_ready)


def _say_ready(listen: str) -> None:
    sys.stdout.write(msgspec.json.encode({"ready": True, "listen": listen}).decode() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m writ.serve.record_face", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="path of writ.toml")
    try:
        main(parser.parse_args().config)
    except WritError as error:
        print(error, file=sys.stderr)  # noqa: T201  one line, as the command line does
        sys.exit(error.exit_code)
