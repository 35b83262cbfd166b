"""`writ keygen`: a key of one's own, made where it is used."""

from pathlib import Path
from typing import Annotated

import typer

from writ.cli.options import AsJson
from writ.cli.output import show


def keygen(
    out: Annotated[Path, typer.Option("--out", help="new file for the private key")],
    person: Annotated[str, typer.Option("--person", help="whose key it is")],
    *,
    as_json: AsJson = False,
) -> None:
    """Make an Ed25519 key; print the public part, which is for `writ trust init`.

    Example: writ keygen --out ada.key --person ada
    """
    from writ.signing.keys import KeyPair, write_public

    pair = KeyPair.generate()
    pair.save(out)
    public = write_public(pair.public)
    value = {"person": person, "public": public, "key_id": pair.id, "file": str(out)}
    show(value, f"{person}={public}", as_json=as_json)
