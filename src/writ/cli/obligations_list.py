"""`writ obligations list`: overdue, due and met, with the instants to come; reminders; a calendar."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from writ.cli.client import Call, ask
from writ.cli.obligations_ics import Owed, calendar
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show
from writ.clock import WallClock, format_instant, parse_duration, parse_instant
from writ.errors import InvalidInput, Refused

_WORDS = {
    "overdue": "overdue since {}",
    "due": "due before {}",
    "met": "met, due before {}",
}


class _Kept(msgspec.Struct):
    order: str
    id: str
    what: str
    records: list[str]
    until: str | None


class _Question(msgspec.Struct):
    name: str
    question: str
    to: str
    due: str | None
    state: str


class _Duties(msgspec.Struct):
    at: str
    obligations: list[Owed]
    preserve: list[_Kept]
    questions: list[_Question]


def list_obligations(  # noqa: PLR0913  one parameter per option of the command
    orders: Annotated[
        Path | None, typer.Option(help="a folder of orders; default: those in force")
    ] = None,
    at: Annotated[str | None, typer.Option(help="an instant with its zone; default: now")] = None,
    remind: Annotated[
        str | None, typer.Option(help="only what is overdue or due within so long, such as 14d")
    ] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    ics: Annotated[bool, typer.Option("--ics", help="print a calendar (iCalendar)")] = False,
    as_json: AsJson = False,
) -> None:
    """List what is overdue, what is due next on each clock, what was met, and what must be kept.

    Example: writ obligations list --remind 14d

    With --remind, exit 2 where anything is overdue, due that soon, or of unknown date; else 0.
    """
    if orders is not None:
        answer = _of_folder(orders, at)
    else:
        query = None if at is None else {"at": format_instant(parse_instant(at))}
        answer = ask(config, Call("GET", "/obligations", query=query))
    found = msgspec.convert(answer, _Duties)
    if remind is not None:
        limit = parse_instant(found.at) + parse_duration(remind)
        found.obligations = [item for item in found.obligations if _presses(item, limit)]
        found.questions = [item for item in found.questions if _presses(item, limit)]
        found.preserve = []
        answer = msgspec.structs.asdict(found)
    if ics:
        if as_json:
            raise InvalidInput("give one of `--ics` and `--json`")
        print(calendar(found.at, found.obligations), end="")
    else:
        show(answer, "\n".join(_lines(found)), as_json=as_json)
    if remind is not None and (found.obligations or found.questions):
        raise typer.Exit(Refused.exit_code)


def _of_folder(orders: Path, at: str | None) -> dict[str, object]:
    from writ.law.duties import duties
    from writ.law.folder import read_folder

    moment = WallClock().now() if at is None else parse_instant(at)
    return {**duties(read_folder(orders), moment)}


def _presses(item: Owed | _Question, limit: int) -> bool:
    """Whether something has to be seen to before an instant."""
    if item.state == "due" and item.due is not None:
        return parse_instant(item.due) <= limit
    return item.state in {"overdue", "unknown"}


def _lines(found: _Duties) -> list[str]:
    lines = [f"at {found.at}"]
    for item in found.obligations:
        if item.due is not None:
            lines.append(f"{_WORDS[item.state].format(item.due)}: {item.name}")
        elif item.state == "unknown":
            lines.append(f"due when its calendar says, which ends too soon: {item.name}")
        else:
            lines.append(f"{item.state}: {item.name}")
        lines[-1] += f", {item.owner}" if item.owner else ""
        lines[-1] += f", by {item.met_by}" if item.met_by else ""
        lines.append(f"  {item.what}")
        lines += [f"  to show: {', '.join(item.evidence)}"] if item.evidence else []
    for kept in found.preserve:
        until = kept.until or "it is lifted"
        lines.append(f"kept until {until}: {', '.join(kept.records)} ({kept.order}/{kept.id})")
        lines.append(f"  {kept.what}")
    for asked in found.questions:
        by = f", asked for by {asked.due}" if asked.due else ""
        said = {"due": "not answered yet", "overdue": "OVERDUE", "answered": "answered"}[
            asked.state
        ]
        lines.append(f"question to {asked.to}{by}, {said}: {asked.name}")
        lines.append(f"  {asked.question}")
    if len(lines) == 1:
        lines.append("nothing is owed")
    return lines
