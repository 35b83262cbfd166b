"""`writ log timestamp`: have another authority say that a checkpoint existed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from writ.cli.client import Call, ask
from writ.cli.log_checkpoint import Signed
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show
from writ.errors import Failed

if TYPE_CHECKING:
    from writ.signing.timestamp import Request

_PATIENCE = 30.0


class _Stamped(msgspec.Struct):
    stamped: str


def timestamp(
    authority: Annotated[str, typer.Option(help="the authority's address (RFC 3161)")],
    roots: Annotated[Path, typer.Option(help="certificates in PEM that its own must lead to")],
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Sign a checkpoint, have it stamped, prove the stamp, and keep it.

    Example: writ log timestamp --authority http://tsa.example --roots tsa.pem

    It is the governance log that is stamped; that names every checkpoint of the decision log. The
    authority learns a digest, and when; nothing of what is in the log. The stamp is an event
    itself, so that the next checkpoint has it.
    """
    from writ.cli.lines import read_file
    from writ.signing.form import to_base64
    from writ.signing.timestamp import prove_stamp, request_stamp

    trusted = read_file(roots)
    answer = ask(config, Call("POST", "/logs/governance/checkpoints"))
    signed = msgspec.convert(answer, Signed)
    asked = request_stamp(signed.note.encode())
    stamp = _ask(authority, asked)
    prove_stamp(stamp, asked.data, trusted, asked.nonce)
    body = {"size": signed.size, "answer": to_base64(stamp)}
    told = ask(config, Call("POST", "/timestamps", body))
    at = msgspec.convert(told, _Stamped).stamped
    sentence = f"{signed.origin}: {signed.size} entries, stamped {at}"
    show({"origin": signed.origin, "size": signed.size, "stamped": at}, sentence, as_json=as_json)


def _ask(authority: str, asked: "Request") -> bytes:
    """Return what the authority answers, unproved."""
    import httpx2

    from writ.signing.timestamp import MEDIA_TYPES

    query, _ = MEDIA_TYPES
    try:
        answer = httpx2.post(
            authority, content=asked.written, headers={"content-type": query}, timeout=_PATIENCE
        )
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise Failed(f"`{authority}` does not answer ({type(error).__name__})") from None
    if answer.status_code != 200:  # noqa: PLR2004  RFC 9110 15.3.1
        raise Failed(f"`{authority}` answers {answer.status_code}")
    return answer.content
