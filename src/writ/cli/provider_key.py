"""`writ provider key`: a key that proves to a provider that we are its client."""

from pathlib import Path
from typing import Annotated

import typer

from writ.cli.options import AsJson


def key(
    out: Annotated[Path, typer.Option("--out", help="new file for the private key")],
    *,
    as_json: AsJson = False,
) -> None:
    """Make a key on P-256; print the key set that goes to the provider (private_key_jwt).

    Example: writ provider key --out national.key > national.jwks
    """
    from writ.cli.output import show
    from writ.signing.jose import to_base64url
    from writ.signing.jwks import write_key_set
    from writ.signing.signer import Signer

    signer = Signer.generate()
    kid = to_base64url(signer.public.thumbprint())
    keys = write_key_set({kid: (signer.public.curve.alg, signer.public.jwk())}).decode()
    signer.save(out)
    show({"file": str(out), "kid": kid, "jwks": keys}, keys, as_json=as_json)
