"""`writ status`: what is in force, what is scheduled, what waits for whom, and who obeys."""

import msgspec

from writ.cli.client import Call, ask
from writ.cli.covered import Coverage, in_force_on
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show
from writ.cli.submit import Waiting, wanted


class _Version(msgspec.Struct):
    order: str
    version: int
    title: str
    effective: str
    until: str | None


class _Hold(msgspec.Struct):
    model: str
    by: str
    until: str | None


class _Gateway(msgspec.Struct):
    name: str
    connected: bool
    epoch: int
    wanting: str | None


class _Status(msgspec.Struct):
    at: str
    epoch: int
    rules_digest: str | None
    in_force: list[_Version]
    scheduled: list[_Version]
    holds: list[_Hold]
    proposal: Waiting | None
    served: bool
    gateways: list[_Gateway]
    coverage: Coverage


def status(config: ConfigFile = DEFAULT_CONFIG, *, as_json: AsJson = False) -> None:
    """Show how things stand.

    Example: writ status --json
    """
    answer = ask(config, Call("GET", "/status"))
    show(answer, _sentences(msgspec.convert(answer, _Status)), as_json=as_json)


def _sentences(found: _Status) -> str:
    lines = [f"at {found.at}, epoch {found.epoch}, rules {found.rules_digest or 'none yet'}"]
    if not found.epoch:
        lines.append("nothing is in force yet; gateways refuse every request")
    lines += [f"in force: {_version(item)}" for item in found.in_force]
    lines += [f"scheduled: {_version(item)}, from {item.effective}" for item in found.scheduled]
    lines += [
        f"held: {item.model} by {item.by} until {item.until or 'two release it'}"
        for item in found.holds
    ]
    if found.proposal is not None:
        lines.append(f"proposed: {found.proposal.id} by {found.proposal.submitter}; ")
        lines[-1] += wanted(found.proposal)
    lines += [f"gateway {_gateway(item)}" for item in found.gateways]
    if not found.served:
        lines += ["no server is running", found.coverage.sentence]
    elif found.epoch:
        obeying = sum(item.epoch >= found.epoch for item in found.gateways)
        lines.append(in_force_on(obeying, len(found.gateways), found.coverage))
    return "\n".join(lines)


def _version(item: _Version) -> str:
    until = f" until {item.until}" if item.until else ""
    return f"{item.order} version {item.version}{until}, {item.title}"


def _gateway(item: _Gateway) -> str:
    link = "connected" if item.connected else "not connected"
    why = f", {item.wanting}" if item.wanting else ""
    return f"{item.name}: {link}, epoch {item.epoch}{why}"
