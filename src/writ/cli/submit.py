"""`writ submit`: order files proposed, signed by who proposes them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from writ.cli.client import Call, ask
from writ.cli.impact import Impact
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, KeyFile
from writ.cli.output import show
from writ.errors import InvalidInput


class Passing(msgspec.Struct):
    """How one gate of a proposal stands."""

    gate: str
    state: str
    words: list[str]


class Waiting(msgspec.Struct):
    """The open proposal, as the desk tells it."""

    id: str
    submitter: str
    signers: list[str]
    needed: int
    missing: int
    may_sign: list[str]
    gates: list[Passing]
    impact: list[Impact]


def submit(  # noqa: PLR0913  one parameter per option of the command
    key: KeyFile,
    files: Annotated[
        list[Path] | None, typer.Argument(help="order files, catalogue.yaml, or a folder")
    ] = None,
    remove: Annotated[list[str] | None, typer.Option(help="a file to take away; repeat it")] = None,
    release: Annotated[list[str] | None, typer.Option(help="a model whose hold ends")] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    replace: Annotated[bool, typer.Option("--replace", help="instead of the open one")] = False,
    as_json: AsJson = False,
) -> None:
    """Propose orders on top of those in force, and sign the proposal.

    Example: writ submit orders/june-2026/us-bis-v1.yaml --key ada.key

    Two others sign it next. Files replace those of the same name.
    """
    from writ.cli.signer import read_signer
    from writ.desk.force import read_force
    from writ.desk.review import submit as prepare

    signer = read_signer(config, key)
    changes: dict[str, bytes | None] = {**_load(files or [])}
    changes |= dict.fromkeys(remove or [])
    if not changes and not release:
        raise InvalidInput("give files to put in place, --remove NAME or --release MODEL")
    force = read_force(ask(config, Call("GET", "/in-force")), signer.trust)
    submission = prepare(force, changes, release or [], signer.trust, signer.pair)
    hand_in(config, submission.plain(), replace=replace, as_json=as_json)


def hand_in(config: Path, submission: object, *, replace: bool, as_json: bool) -> None:
    """Hand a signed submission to the desk and say who is asked to sign."""
    query = {"replace": "yes"} if replace else None
    answer = ask(config, Call("POST", "/proposals", submission, query))
    waiting = msgspec.convert(answer, Waiting)
    show(answer, f"proposed {waiting.id}; {wanted(waiting)}", as_json=as_json)


def wanted(waiting: Waiting) -> str:
    """Say what a proposal still needs, and whom its annexes move."""
    missing = [item for item in waiting.gates if item.state == "missing"]
    lines = [line for item in missing for line in item.words]
    if waiting.missing:
        head = f"{waiting.missing} of {', '.join(waiting.may_sign)} to sign it with `writ sign`"
    elif missing:
        head = "signed by enough people"
    else:
        head = "signed by enough people; put it in force with `writ activate`"
    return "\n  ".join([head, *lines, *(item.line() for item in waiting.impact)])


def _load(paths: Iterable[Path]) -> dict[str, bytes]:
    """Load files with the annexes they name; a folder means its catalogue and orders."""
    from writ.law.folder import load_files, load_folder

    found: dict[str, bytes] = {}
    for path in paths:
        loaded = load_folder(path) if path.is_dir() else load_files([path])
        for name, data in loaded.items():
            if found.setdefault(name, data) != data:
                raise InvalidInput(f"two files are named `{name}`")
    return found
