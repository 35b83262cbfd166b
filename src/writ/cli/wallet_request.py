"""`writ wallet request`: a key to ask wallets with, and the request for its certificate."""

from pathlib import Path
from typing import Annotated

import typer

from writ.cli.options import AsJson
from writ.cli.output import show


def request(
    host: Annotated[str, typer.Option("--host", help="the portal's host, as people see it")],
    out: Annotated[Path, typer.Option("--out", help="new file for the private key")] = Path(
        "wallet.key"
    ),
    *,
    as_json: AsJson = False,
) -> None:
    """Make a key on P-256; print the certificate request that goes to whoever registers verifiers.

    Example: writ wallet request --host verify.example.org > wallet.csr
    """
    from writ.signing.signer import Signer

    signer = Signer.generate()
    made = signer.request(host)
    signer.save(out)
    show({"host": host, "file": str(out), "request": made}, made.rstrip(), as_json=as_json)
