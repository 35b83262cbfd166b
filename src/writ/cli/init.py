"""`writ init`: one commented configuration file and a data folder."""

from pathlib import Path
from typing import Annotated

import typer

from writ.cli.options import AsJson
from writ.cli.output import show
from writ.errors import Failed, Refused

_TEMPLATE = """\
# A deployment of Writ. Who may submit, sign and hold is not here but in the trust document.
# Paths are relative to this file.

[data]
folder = "data"                  # store, sockets and this machine's own keys; back it up

[gateway]
listen = "{gateway}"      # where clients come; put TLS in front
name = "gateway-1"
# receipts_mib = 64              # how large a file of receipts gets before the next is begun

[admin]
listen = "{admin}"      # /metrics, /healthz, /readyz; loopback only

{portal}
# [facts]
# keep_ended = "90d"             # when a fact that expired or was revoked is erased (docs/privacy.md)

[trust]
pin = ""                         # digest of the first trust document; `writ trust init` fills it in
file = "trust.json"

[[upstream]]                     # a model server; write as many of these sections as there are
name = "main"
address = "{upstream}"
dialects = ["openai", "anthropic"]
models = ["*"]                   # names as in catalogue.yaml; "*" is all of them
key_file = ""                    # a file with the API key that this upstream wants

# [log]                          # the transparency log over everything that is decided here
# origin = "example.org/writ"    # what its checkpoints are named after; never change it
# folder = "log"                 # where `writ log publish` writes it
# post_quantum = true            # sign it with ML-DSA-44 too
# cover = "1h"                   # a commitment at this pace, whatever happens; see docs/log.md

# [coverage]
# file = "coverage.yaml"         # every path on which people reach models; `writ coverage check`

# [passport]                     # passports by their chips (docs/passports.md)
# signed_under = ["sha256:…"]    # the certificate above the signer of the master list
# lists = "passport-lists"       # where `writ passport import` puts them
# crl_within = "90d"             # refuse where no list of revoked signers is as recent as that

# [certificates]                 # client certificates (docs/certificates.md)
# address = "https://cert.verify.example.org"

# [record]                       # your public record, named in refusals that may name it (docs/record.md)
# address = "https://record.example.org"
# operator = "Example"           # who speaks in it
# folder = "record"              # where it is built
# listen = "127.0.0.1:8084"      # `writ serve` keeps it up to date and serves it here; put TLS in front
# security_contacts = ["mailto:security@example.org"]   # for its security.txt (RFC 9116)
# security_expires = "2027-06-01T00:00:00Z"
"""


_PORTAL = """\
[portal]                         # where people prove who they are; put TLS in front
listen = "{listen}"
address = "{address}"            # as they find it
contact = ""                     # how they reach a person: an address, a telephone number
"""

_NO_PORTAL = """\
# [portal]                       # where people prove who they are (docs/portal.md)
# listen = "127.0.0.1:8082"
# address = "https://verify.example.org"
# contact = "verify@example.org"
"""


def init(  # noqa: PLR0913  one parameter per option of the command
    folder: Annotated[Path, typer.Argument(help="folder to set up; made if missing")],
    gateway: Annotated[str, typer.Option(help="where clients come")] = "127.0.0.1:8080",
    admin: Annotated[str, typer.Option(help="where metrics are")] = "127.0.0.1:8081",
    upstream: Annotated[str, typer.Option(help="the model server")] = "http://127.0.0.1:9000",
    portal: Annotated[str, typer.Option(help="where people find the portal")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Write a commented writ.toml, and a data folder with this machine's own keys.

    Example: writ init /srv/writ --upstream http://127.0.0.1:9000
    """
    from writ.model.config import read_config
    from writ.serve.site import ONLINE_KEY, OPERATOR_KEY
    from writ.signing.keys import KeyPair

    path = folder / "writ.toml"
    if path.exists():
        raise Refused(f"`{path}` exists; nothing is written over")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / ".writ.toml"
        section = _portal(portal) if portal else _NO_PORTAL
        draft.write_text(
            _TEMPLATE.format(gateway=gateway, admin=admin, upstream=upstream, portal=section)
        )
        data = read_config(draft).folder
        for private in (data, data / "methods"):
            private.mkdir(mode=0o700, exist_ok=True)
            private.chmod(0o700)
        for name in (ONLINE_KEY, OPERATOR_KEY):
            if not (data / name).exists():
                KeyPair.generate().save(data / name)
        draft.rename(path)
    except OSError as error:
        raise Failed(f"cannot set up `{folder}`: {error.strerror}") from None
    show(
        {"config": str(path), "data": str(data)},
        f"wrote {path} and {data}\n"
        "next: every signer runs `writ keygen`, then you run `writ trust init`",
        as_json=as_json,
    )


def _portal(address: str) -> str:
    """Write the portal's section; on this machine itself it listens where it is found."""
    from urllib.parse import urlsplit

    where = urlsplit(address)
    here = where.hostname in {"127.0.0.1", "localhost"} and where.port is not None
    listen = f"127.0.0.1:{where.port}" if here else "127.0.0.1:8082"
    return _PORTAL.format(listen=listen, address=address)
