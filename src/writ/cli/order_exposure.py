"""`writ order exposure`: who was served between an order's `effective` and its coming into force."""

import csv
import sys
from typing import Annotated

import msgspec
import typer

from writ.cells import cell
from writ.cli.client import Call, ask
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show
from writ.errors import InvalidInput


class _Served(msgspec.Struct):
    who: list[str]
    model: str
    requests: int
    first: str
    last: str


class _Gap(msgspec.Struct):
    model: str
    since: str = msgspec.field(name="from")
    until: str


class _Exposure(msgspec.Struct):
    order: str
    models: list[str]
    effective: str
    in_force: str
    served: list[_Served]
    unrecorded: list[_Gap]
    unserved_until: str | None
    broken_off: list[str]


def exposure(
    order: Annotated[str, typer.Argument(help="the order's id")],
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_csv: Annotated[bool, typer.Option("--csv", help="print who was served as CSV")] = False,
    as_json: AsJson = False,
) -> None:
    """Draft the basis of a report: who was served on the order's models before it was in force.

    People are named by their pseudonyms, in the order requester, organisation, end user. What the
    receipts cannot tell is said.

    Example: writ order exposure us-bis-2026-06-12 --json
    """
    if as_csv and as_json:
        raise InvalidInput("give one of `--csv` and `--json`")
    answer = ask(config, Call("GET", f"/exposure/{order}"))
    found = msgspec.convert(answer, _Exposure)
    if as_csv:
        rows = csv.writer(sys.stdout, lineterminator="\n")
        rows.writerow(("who", "model", "requests", "first", "last"))
        for item in found.served:
            served = (" ".join(item.who), item.model, item.requests, item.first, item.last)
            rows.writerow(map(cell, served))
        for line in _limits(found):
            print(line, file=sys.stderr)
        return
    show(answer, "\n".join(_lines(found)), as_json=as_json)


def _lines(found: _Exposure) -> list[str]:
    from writ.law.wording import counted

    names = ", ".join(found.models)
    if found.effective == found.in_force:
        return [f"{found.order} was in force when it took effect, {found.effective}: nobody"]
    requests = sum(item.requests for item in found.served)
    lines = [f"{found.order} took effect {found.effective}, and was in force {found.in_force}"]
    lines.append(
        f"{counted(len(found.served), 'chain')} made {counted(requests, 'request')} on record for {names}"
    )
    lines += [
        f"  {' '.join(item.who)}: {item.model}, {item.requests}, {item.first} to {item.last}"
        for item in found.served
    ]
    return lines + _limits(found)


def _limits(found: _Exposure) -> list[str]:
    lines = []
    if found.unserved_until is not None:
        lines.append(
            f"not on record: who was served before {found.unserved_until} by anything else; nothing"
            " was in force here until then, and gateways refused everybody"
        )
    lines += [
        f"not on record: who used {gap.model} from {gap.since} until {gap.until}; no rule named it,"
        " and users of such a model are not recorded"
        for gap in found.unrecorded
    ]
    return lines + [
        f"a gateway broke off before {at}; its last requests may be missing"
        for at in found.broken_off
    ]
