"""`writ obligations met`: something owed was done, and this shows it."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from writ.cli.client import Call, ask
from writ.cli.obligations_ics import Owed
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, KeyFile
from writ.cli.output import show
from writ.errors import InvalidInput


class _Duties(msgspec.Struct):
    obligations: list[Owed]


def met(
    name: Annotated[str, typer.Argument(help="as listed, or its end: report#3, or report")],
    key: KeyFile,
    evidence: Annotated[list[Path], typer.Option(help="a file that shows it; repeat it")],
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Record, with your signature, that something owed was done, and the digests of what shows it.

    Example: writ obligations met report#3 --evidence report.pdf --key ada.key

    The files stay where they are; keep them. Without a number it is the earliest that is owed.
    """
    from writ.canonical import digest_bytes
    from writ.cli.lines import read_file
    from writ.cli.signer import read_signer
    from writ.desk.duties import Met, sign_met

    signer = read_signer(config, key)
    listed = msgspec.convert(ask(config, Call("GET", "/obligations")), _Duties).obligations
    found = _named(name, listed)
    digests = [digest_bytes(read_file(file)) for file in evidence]
    envelope = sign_met(Met(found, digests), signer.trust, signer.pair)
    answer = ask(config, Call("POST", "/obligations/met", {"envelope": envelope.plain()}))
    value = {"name": found, "by": signer.name, "evidence": digests, **answer}
    show(value, f"{found} was met, says {signer.name}", as_json=as_json)


def _named(name: str, listed: list[Owed]) -> str:
    """Return the full name of the one that is meant."""
    whole = [item.name for item in listed if item.name == name]
    ends = [item.name for item in listed if item.name.endswith(f"/{name}")]
    heads = [item.name for item in listed if item.state != "met" and _head(item.name) == name]
    found = whole or ends or heads[:1]
    others = {item.name.rsplit("#", 1)[0] for item in listed if _head(item.name) == name}
    if len(found) == 1 and (found != heads[:1] or len(others) == 1):
        return found[0]
    if not found:
        raise InvalidInput(f"nothing owed is named `{name}`; see `writ obligations list`")
    raise InvalidInput(
        f"`{name}` may be {' or '.join(found if len(found) > 1 else sorted(others))}"
    )


def _head(name: str) -> str:
    return name.rsplit("/", 1)[-1].split("#", maxsplit=1)[0]
