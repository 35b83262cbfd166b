"""`writ order new`: order files from a template, by answers from a file, options or a terminal."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from writ.cli.output import show, show_table
from writ.errors import Failed, InvalidInput
from writ.law.catalogue import FILE as CATALOGUE
from writ.law.document import Node, Place, read_yaml
from writ.law.folder import load_folder, named_under
from writ.law.new import Template, make, read_answers, template, template_names
from writ.law.new_questions import Question
from writ.law.reading import Reader
from writ.law.request import read_file


def new(
    name: Annotated[
        str | None, typer.Argument(metavar="[TEMPLATE]", help="left out, the templates are listed")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="folder of orders; made if missing")] = None,
    answers: Annotated[Path | None, typer.Option(help="answers by key, as YAML")] = None,
    put: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=ANSWER", help="one more answer")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON only")] = False,
) -> None:
    """Write a new order, with a first scenario and cases, for counsel to go on from.

    Example: writ order new class-of-person --out orders --answers answers.yaml

    At a terminal, what the answers leave open is asked. Nothing is written over, and nothing is
    written that `writ order check` would not take.
    """
    if name is None:
        _list(as_json=as_json)
        return
    wanted = template(name)
    if out is None:
        raise InvalidInput("say where with `--out FOLDER`")
    files = load_folder(out) if out.is_dir() else {}
    reader = Reader()
    given = {**_from_file(reader, answers), **_from_options(put or [])}
    if sys.stdin.isatty() and not as_json:
        given |= _asked(wanted, given, has_catalogue=CATALOGUE in files)
    found = read_answers(reader, wanted, given)
    reader.done()
    with named_under(out):
        made = make(wanted, found, files)
    paths = [str(path) for path in _write(out, made)]
    show(
        {"template": name, "files": paths},
        "\n".join([f"wrote {path}" for path in paths] + [f"next: writ order test {out}"]),
        as_json=as_json,
    )


def _list(*, as_json: bool) -> None:
    found = [template(name) for name in template_names()]
    value = [
        {
            "name": item.name,
            "title": item.title,
            "summary": item.summary,
            "asks": [{"key": ask.key, "kind": ask.kind, "ask": ask.ask} for ask in item.asks],
        }
        for item in found
    ]
    rows = [(item.name, item.title) for item in found]
    show_table(value, ("template", "for"), rows, as_json=as_json)


def _from_file(reader: Reader, file: Path | None) -> dict[str, Node]:
    if file is None:
        return {}
    node = read_yaml(read_file(file), str(file))
    return {key: entry.node for key, entry in reader.mapping(node).items()}


def _from_options(put: list[str]) -> dict[str, Node]:
    pairs = [item.partition("=") for item in put]
    if faulty := [key for key, sign, _ in pairs if not sign]:
        raise InvalidInput(f"write `--set {faulty[0]}=ANSWER`")
    return {key: Node(Place("--set", path=key), text) for key, _, text in pairs}


def _asked(wanted: Template, given: dict[str, Node], *, has_catalogue: bool) -> dict[str, Node]:
    """Ask at the terminal what is open, each thing until the answer can be read."""
    open_questions = [ask for ask in wanted.missing(has_catalogue) if ask.key not in given]
    if open_questions:
        print(f"{wanted.title}\n{wanted.summary}\n")
    return dict(filter(None, map(_ask, open_questions)))


def _ask(question: Question) -> tuple[str, Node] | None:
    while True:
        default = "" if question.default is not None else None
        text: str = typer.prompt(question.ask, default=default, show_default=False)
        if not text.strip() and question.default is not None:
            return None
        node = Node(Place(""), text)
        reader = Reader()
        question.read(reader, node)
        if not reader.faults:
            return question.key, node
        for fault in reader.faults:
            print(f"  {fault.message}", file=sys.stderr)


def _write(out: Path, made: dict[str, bytes]) -> Iterator[Path]:
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, data in made.items():
            with (out / name).open("xb") as file:
                file.write(data)
            yield out / name
    except OSError as error:
        raise Failed(f"cannot write `{error.filename}`: {error.strerror}") from None
