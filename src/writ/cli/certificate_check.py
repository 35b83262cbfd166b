"""`writ certificate check`: whose client certificates count until when, and what one of them shows."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile

if TYPE_CHECKING:
    from writ.people.clientcert.issuers import Issuer

_HEAD = ("issuer", "level", "trusted until", "first certificate ends")


def check(
    certificate: Annotated[
        Path | None, typer.Argument(help="somebody's certificate in PEM, those above it after it")
    ] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Read the list of [certificates]; with a certificate, prove it and say what it shows.

    Example: writ certificate check

    Of a certificate neither name nor number is printed.
    """
    import msgspec

    from writ.cli.output import show_table
    from writ.clock import wall
    from writ.errors import InvalidInput
    from writ.law.request import read_file
    from writ.model.config import read_config
    from writ.people.clientcert.issuers import find_issuer
    from writ.people.clientcert.opened import open_issuers
    from writ.signing.certificates import read_pem
    from writ.signing.directory import read_directory

    portal = read_config(config).portal
    if portal is None or portal.certificates is None:
        raise InvalidInput(
            f"`{config}` has no [certificates]; docs/certificates.md says what goes in it"
        )
    issuers = open_issuers(portal.certificates)
    if certificate is None:
        rows = [_plain(issuer) for issuer in issuers]
        cells = [tuple(row.values()) for row in rows]
        show_table({"issuers": rows}, _HEAD, cells, as_json=as_json)
        return
    chain = read_pem(read_file(certificate).decode("ascii", "replace"))
    found, told = find_issuer(issuers, chain, wall()), read_directory(chain[0])
    value = {
        "issuer": found.issuer.name,
        "assurance": f"A{found.issuer.assurance}",
        "citizenships": list(told.citizenships),
        "residence": list(told.residence),
        "crl": "current" if found.current else "none here",
    }
    if as_json:
        print(msgspec.json.encode(value).decode())
        return
    named = ", ".join(told.citizenships) or "none"
    print(f"citizenships: {named}\nresidence: {', '.join(told.residence) or 'none'}")
    print(f"by {value['issuer']}, {value['assurance']}\ncrl: {value['crl']}")


def _plain(issuer: "Issuer") -> dict[str, object]:
    from writ.clock import SECOND, format_instant

    ends = min(certificate.span[1] for certificate in issuer.certificates)
    return {
        "name": issuer.name,
        "assurance": f"A{issuer.assurance}",
        "trusted_until": format_instant(int(issuer.until) * SECOND),
        "certificate_ends": format_instant(int(ends) * SECOND),
    }
