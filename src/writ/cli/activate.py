"""`writ activate`: put the open proposal in force, and wait until it is."""

from typing import Annotated

import msgspec
import typer

from writ.cli.client import Call, ask
from writ.cli.covered import Coverage, in_force_on
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show
from writ.errors import Refused


class _Gateway(msgspec.Struct):
    name: str
    acknowledged_ms: float | None


class _Arrival(msgspec.Struct):
    epoch: int
    rules_digest: str
    served: bool
    in_force_ms: float | None
    streams_cut: int
    gateways: list[_Gateway]
    coverage: Coverage


class _Proposal(msgspec.Struct):
    id: str


class _Status(msgspec.Struct):
    proposal: _Proposal | None


def activate(
    proposal: Annotated[str | None, typer.Argument(help="default: the open one")] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Put a proposal that enough people signed in force; report once every gateway obeys.

    Example: writ activate

    A gateway that cannot be reached counts once its lease has lapsed: it then refuses by itself.
    """
    if proposal is None:
        status = msgspec.convert(ask(config, Call("GET", "/status")), _Status)
        if status.proposal is None:
            raise Refused("no proposal is open; `writ submit` opens one")
        proposal = status.proposal.id
    answer = ask(config, Call("POST", f"/proposals/{proposal}/activate"))
    show(answer, arrival_words(answer), as_json=as_json)


def arrival_words(answer: object) -> str:
    """Say how an epoch came into force."""
    arrival = msgspec.convert(answer, _Arrival)
    head = f"epoch {arrival.epoch}, rules {arrival.rules_digest}"
    if not arrival.served:
        waits = "no server is running; it is in force from the moment one starts"
        return f"{head}\n{waits}\n{arrival.coverage.sentence}"
    lines = [f"{head}\nin force after {arrival.in_force_ms or 0.0:.1f} ms"]
    lines[0] += f", {arrival.streams_cut} streams cut"
    for gateway in arrival.gateways:
        reached = gateway.acknowledged_ms
        said = "lease lapsed; it refuses" if reached is None else f"obeys after {reached:.1f} ms"
        lines.append(f"{gateway.name}: {said}")
    lines.append(in_force_on(len(arrival.gateways), len(arrival.gateways), arrival.coverage))
    return "\n".join(lines)
