"""`writ order petition`: a folder that asks an authority for an exception to its order."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from writ.cli.annex_files import write_new
from writ.cli.options import AsJson
from writ.cli.output import show
from writ.clock import WallClock, format_instant, parse_instant
from writ.errors import Failed, Fault, InvalidInput

if TYPE_CHECKING:
    from writ.canonical import Plain
    from writ.law.petition import Petition

_SUBJECTS = "subjects.jsonl"


def petition(  # noqa: PLR0913, PLR0917  one parameter per option of the command
    orders: Annotated[Path, typer.Argument(help="folder with catalogue.yaml and orders")],
    order: Annotated[str, typer.Option(help="the order that stops them")],
    who: Annotated[Path, typer.Option(help="CSV with the ids of those to be excepted")],
    why: Annotated[Path, typer.Option(help="text file: why they should be")],
    out: Annotated[Path, typer.Option(help="a new folder")],
    models: Annotated[
        str | None, typer.Option(help="names with commas; default: all that its rules cover")
    ] = None,
    subjects: Annotated[
        Path | None, typer.Option(help=f"what is known of them; default: ORDERS/{_SUBJECTS}")
    ] = None,
    ground: Annotated[
        str | None,
        typer.Option(help="attributes the reasons rest on, with commas, such as employer"),
    ] = None,
    column: Annotated[str, typer.Option(help="the column of ids in the CSV")] = "id",
    at: Annotated[str | None, typer.Option(help="legal instant with zone; default now")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Write a petition: who, why, what stops them, what is known, and the amendment proposed.

    Nothing in it permits anybody until the authority grants it and two people sign that version.
    The same files and the same --at give the same bytes.

    Example: writ order petition orders --order licence-2026 --who list.csv --why why.txt
    --models fable-5 --at 2026-06-20T09:00:00Z --out petition

    Exit 2 where there is nothing to ask for, or nobody to ask; 3 bad input.
    """
    from writ.law.annexes import read_alone
    from writ.law.folder import load_folder, named_under
    from writ.law.petition import Asked, listed
    from writ.law.petition import petition as made
    from writ.law.petition_pages import pages
    from writ.law.request import read_subjects

    files = load_folder(orders)
    known = orders / _SUBJECTS if subjects is None else subjects
    people = read_subjects(known) if subjects is not None or known.exists() else {}
    asked = Asked(
        order,
        listed(read_alone(who, column).members, people, (str(who), str(known))),
        _text(why),
        () if models is None else tuple(name.strip() for name in models.split(",")),
        WallClock().now() if at is None else parse_instant(at),
        () if ground is None else tuple(name.strip() for name in ground.split(",")),
    )
    with named_under(orders):
        found = made(files, people, asked)
    names = _write(out, pages(found))
    show(_plain(found, names), _sentence(found, out), as_json=as_json)


def _text(path: Path) -> str:
    from writ.law.request import read_file

    try:
        text = read_file(path).decode()
    except UnicodeDecodeError:
        raise InvalidInput([Fault(str(path), 1, 1, "not UTF-8")]) from None
    if not text.strip():
        raise InvalidInput([Fault(str(path), 1, 1, "is empty; say why")])
    return text


def _write(out: Path, made: dict[str, bytes]) -> list[str]:
    try:
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()):
            raise InvalidInput(f"`{out}` is not empty; name a new folder")
    except OSError as error:
        raise Failed(f"cannot write `{out}`: {error.strerror}") from None
    for name, data in made.items():
        write_new(out / name, data)
    return list(made)


def _plain(found: "Petition", names: list[str]) -> "dict[str, Plain]":
    return {
        "order": found.base.order,
        "version": found.base.version,
        "proposed_version": found.proposal.version,
        "at": format_instant(found.asked.at),
        "models": list(found.models),
        "rules": [{"rule": rule.id, "clauses": list(rule.clauses)} for rule in found.rules],
        "who": [{"id": item.id, "kind": item.kind} for item in found.asked.who],
        "outcomes": [
            {
                "id": item.subject,
                "model": item.model,
                "today": item.today.word,
                "if_granted": item.granted.word,
            }
            for item in found.standings
        ],
        "ground": list(found.asked.ground),
        "annex": {
            "file": found.proposal.annex_file,
            "rows": len(found.asked.who),
            "digest": found.digest,
        },
        "order_file": found.proposal.file,
        "stopped_elsewhere": [{"id": who, "model": model} for who, model in found.elsewhere],
        "files": [*names],
    }


def _sentence(found: "Petition", out: Path) -> str:
    proposal, number = found.proposal, len(found.asked.who)
    base, rules = found.base, ", ".join(rule.id for rule in found.rules)
    from writ.law.wording import counted

    lines = [
        f"wrote {out}: {counted(number, 'id')}, {base.order} version {base.version}, from {rules}",
        f"proposed version {proposal.version}; annex {found.digest}",
        "nothing in it permits anybody until the authority grants it and two people sign the version",
    ]
    short = sum(item.granted.word != "permit" for item in found.standings)
    if short:
        lines.append(
            f"{counted(short, 'outcome')} would be no permit if it were granted: see outcomes.csv"
        )
    if found.elsewhere:
        told = "stopped by other orders too, which the folder does not name"
        lines.append(f"{counted(len(found.elsewhere), 'outcome')} {told}")
    return "\n".join(lines)
