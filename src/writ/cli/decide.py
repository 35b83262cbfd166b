"""`writ decide`: what a chain of subjects may do with a model, and why."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from writ.clock import Instant, WallClock, parse_instant
from writ.errors import InvalidInput
from writ.law.answer import decision_plain
from writ.law.compiled.decide import decide_compiled
from writ.law.compiled.places import Places
from writ.law.folder import read_folder
from writ.law.request import (
    Request,
    model_asked,
    read_file,
    read_json,
    read_people,
    read_request,
    resolve,
)
from writ.model.decision import Decision, Reason
from writ.model.outcome import Outcome

_Orders = Annotated[Path, typer.Option("--orders", help="folder with catalogue.yaml and orders")]


def decide(  # noqa: PLR0913, PLR0917  one parameter per option of the command
    orders: _Orders,
    subject: Annotated[Path | None, typer.Option(help="requester, as JSON")] = None,
    organisation: Annotated[Path | None, typer.Option(help="whom it acts for")] = None,
    end_user: Annotated[Path | None, typer.Option(help="whom it names")] = None,
    model: Annotated[str | None, typer.Option(help="any name of a model")] = None,
    at: Annotated[str | None, typer.Option(help="legal instant with zone; default now")] = None,
    deployment: Annotated[
        str | None, typer.Option(help="where it is served; default: every rule counts")
    ] = None,
    batch: Annotated[
        Path | None, typer.Option(help="JSONL, a request a line; - reads stdin")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON only")] = False,
) -> int:
    """Decide from files, as the gateways would; trusts the facts as given.

    Without a batch, bad input prints nothing on stdout; in one, its line says `bad_input`.

    Example: writ decide --orders orders/june-2026 --subject me.json --model fable-5 --json

    Exit 0 permit or substitute, 2 deny or verify, 3 bad input.
    """
    places = Places(read_folder(orders))
    if batch is not None:
        if any(
            item is not None for item in (subject, organisation, end_user, model, at, deployment)
        ):
            raise InvalidInput("a batch brings its own subjects, models, instants and deployments")
        return _batch(places, orders, batch)
    if subject is None or model is None:
        raise InvalidInput("give --subject and --model, or --batch FILE")
    instant = WallClock().now() if at is None else parse_instant(at)
    files = {"subject": subject, "organisation": organisation, "end_user": end_user}
    value: dict[str, object] = {
        name: None if path is None else _read_json(path) for name, path in files.items()
    }
    request = read_request(
        {**value, "model": model, "deployment": deployment},
        read_people(orders),
        now=instant,
        files={name: str(path) for name, path in files.items()},
    )
    decision = _decide(places, request)
    print(_json(decision) if as_json else _sentence(decision))
    return 0 if decision.outcome in (Outcome.PERMIT, Outcome.SUBSTITUTE) else 2


def _decide(places: Places, request: Request) -> Decision:
    compiled, chain = places.named(request.deployment), resolve(request)
    if isinstance(chain, Reason):
        return _undecided(request.model, request.at, chain)
    return decide_compiled(compiled, chain, request.model, request.at)


def _undecided(model: str, at: Instant, reason: Reason) -> Decision:
    return Decision(Outcome.DENY, model, None, (reason,), (), "", at)


def _batch(places: Places, orders: Path, batch: Path) -> int:
    people = read_people(orders)
    now = WallClock().now()
    bad = 0
    for number, line in _lines(batch):
        value: object = None
        try:
            value = read_json(line)
            decision = _decide(places, read_request(value, people, now=now))
        except InvalidInput as error:
            bad += 1
            print(f"{batch}:{number}: {str(error).splitlines()[0]}", file=sys.stderr)
            decision = _undecided(model_asked(value), now, Reason("bad_input"))
        print(_json(decision))
    return InvalidInput.exit_code if bad else 0


def _lines(batch: Path) -> Iterator[tuple[int, bytes]]:
    """Give every line that is not blank, with its number."""
    if str(batch) == "-":
        yield from _numbered(sys.stdin.buffer)
        return
    try:
        with batch.open("rb") as file:
            yield from _numbered(file)
    except OSError as error:
        raise InvalidInput(f"cannot read `{batch}`: {error.strerror}") from None


def _numbered(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    return ((number, line) for number, line in enumerate(lines, 1) if line.strip())


def _read_json(path: Path) -> object:
    try:
        return read_json(read_file(path))
    except InvalidInput as error:
        raise InvalidInput(
            fault if fault.file else replace(fault, file=str(path)) for fault in error.faults
        ) from None


def _json(decision: Decision) -> str:
    return msgspec.json.encode(decision_plain(decision)).decode()


def _sentence(decision: Decision) -> str:
    plain = decision_plain(decision)
    lines = [f"{decision.outcome.word}: {decision.model} at {plain['at']}"]
    if decision.served_by not in (None, decision.model):
        lines[0] += f", served by {decision.served_by}"
    for reason in decision.reasons:
        where = f"{reason.order} v{reason.version}, rule {reason.rule}, " if reason.order else ""
        link = f" ({reason.link})" if reason.link else ""
        lines.append(f"  {where}{reason.verdict}{link}")
    for item in decision.would_settle:
        shown = ", ".join("/".join(filter(None, parts)) for parts in item.values) or "nothing else"
        how = "complete: " if item.completeness == "exhaustive" else ""
        who = item.subject and f"{item.subject}, as owner, parent or employer of the {item.link},"
        lines.append(
            f"  {who or item.link} could show {item.attribute}: {how}{shown} (A{item.assurance})"
        )
    return "\n".join(lines)
