"""`writ skip`: in an emergency, two people do without a gate, and it is recorded as that."""

from typing import Annotated

import typer

from writ.cli.noting import say, see
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, KeyFile
from writ.cli.output import show
from writ.cli.submit import wanted
from writ.errors import InvalidInput


def skip(
    gates: Annotated[list[str], typer.Argument(help="annexes, encoding, proof, simulation")],
    why: Annotated[str, typer.Option(help="the reason, which signers and records show")],
    key: KeyFile,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Say, with your signature, that the open proposal is not to wait for a gate.

    Example: writ skip proof --why "the deadline is in ten minutes" --key ben.key

    It takes two people who may sign, neither of them the submitter.
    """
    from writ.desk.notes import make_note
    from writ.law.reading import nearest
    from writ.signing.trust import GATES

    for gate in gates:
        if gate not in GATES:
            raise InvalidInput(f"there is no gate `{gate}`{nearest(gate, sorted(GATES))}")
    seen = see(config, key)
    signer = seen.signer
    said = {"gates": sorted(set(gates)), "why": why}
    note = make_note("skip", seen.reviewed.digest, said, (signer.trust, signer.pair))
    answer, waiting = say(config, seen, note)
    show(answer, f"said for {waiting.id}, as {signer.name}; {wanted(waiting)}", as_json=as_json)
