"""`writ witness`: a small cosigner that anybody can run beside a log they do not trust blindly."""

from pathlib import Path
from typing import Annotated

import typer

from writ.cli.listening import Listen, say_ready
from writ.cli.options import KeyFile


def witness(
    name: Annotated[str, typer.Argument(help="the witness's name, such as `example.net/witness`")],
    key: KeyFile,
    policy: Annotated[Path, typer.Option(help="a policy whose `log` lines are watched")],
    state: Annotated[Path, typer.Option(help="folder that remembers each log")] = Path("witness"),
    listen: Listen = "127.0.0.1:8091",
) -> None:
    """Cosign the checkpoints of some logs, each only if it continues the one before.

    Example: writ witness example.net/witness --key witness.key --policy log.policy

    Speaks c2sp.org/tlog-witness. Prints one line of JSON once requests are answered, with the
    `vkey` that goes into a policy. Back the state folder up: a witness that forgot says nothing.
    """
    from writ.cli.lines import read_file
    from writ.clock import wall
    from writ.ledger.policy import read_policy
    from writ.ledger.witness import Witness
    from writ.model.listeners import read_address
    from writ.serve.alone import run_alone
    from writ.serve.tiles import witness_app
    from writ.signing.cosignature import TIMED, cosign
    from writ.signing.keys import KeyPair
    from writ.signing.note import NoteSignature, write_vkey

    pair = KeyPair.load(key)
    logs = read_policy(read_file(policy), str(policy)).logs

    def sign(text: str, at: int) -> NoteSignature:
        return cosign(text, name, pair, at)

    watching = Witness(state, logs, sign, wall)
    vkey = write_vkey(name, TIMED, pair.public)
    run_alone(
        witness_app(watching), read_address(listen), lambda address: say_ready(address, vkey=vkey)
    )
