"""`writ encode`: the same letter, written down by a second person, and why the two differ."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from writ.cli.noting import Seen, say, see
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, KeyFile
from writ.cli.output import show
from writ.cli.submit import wanted
from writ.errors import Failed, InvalidInput, Refused

if TYPE_CHECKING:
    from writ.canonical import Plain
    from writ.desk.notes import Note
    from writ.model.order import OrderVersion


class _Explanation(msgspec.Struct):
    order: str
    version: int
    explained: dict[str, str]


def encode(  # noqa: PLR0913  one parameter per option of the command
    file: Annotated[
        Path, typer.Argument(help="your own order file; with --explain, what was filled in")
    ],
    key: KeyFile,
    differences: Annotated[
        Path | None, typer.Option(help="write what differs here, to be filled in")
    ] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    explain: Annotated[
        bool, typer.Option("--explain", help="hand in why the two encodings differ")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Hand in your own encoding of an order that somebody else proposes for the first time.

    Example: writ encode mine/us-bis.v1.yaml --key ben.key --differences why.json

    Write it from the letter, without looking at theirs. Nobody can sign before each line that
    differs was explained: fill in `why.json`, and hand it in with --explain.
    """
    seen = see(config, key)
    note, found = _explained(seen, file) if explain else _encoded(seen, file)
    answer, waiting = say(config, seen, note)
    if differences is not None and not explain:
        _write(differences, found)
    lines = [f"differs: {line}" for line in found.explained] if not explain else []
    said = "\n".join([*lines, f"handed in for {waiting.id}; {wanted(waiting)}"])
    show({**answer, "differences": list(found.explained)}, said, as_json=as_json)


def _encoded(seen: Seen, file: Path) -> "tuple[Note, _Explanation]":
    from writ.desk.encoding import differences, is_beside, read_encoding
    from writ.desk.notes import files_digest
    from writ.law.folder import load_files

    files = {name: data for name, data in load_files([file]).items() if not is_beside(name)}
    second = read_encoding(seen.docket.proposal.sources.files, files)
    first = _proposed(seen, second.order, second.version)
    lines = differences(seen.reviewed.compiled.book, first, second)
    said: dict[str, Plain] = {
        "order": second.order,
        "version": second.version,
        "file": file.name,
        "files": files_digest(files),
    }
    empty = _Explanation(second.order, second.version, dict.fromkeys(lines, ""))
    return _noted(seen, "encoding", said, files), empty


def _explained(seen: Seen, file: Path) -> "tuple[Note, _Explanation]":
    from writ.cli.lines import read_file
    from writ.model.json_form import read_form

    found = read_form(read_file(file), _Explanation, f"`{file}` is no file of explanations")
    blank = [line for line, why in found.explained.items() if not why.strip()]
    if blank:
        raise InvalidInput(f"`{file}` says nothing of: {blank[0]}")
    _proposed(seen, found.order, found.version)
    return _noted(seen, "explanation", msgspec.to_builtins(found), {}), found


def _noted(seen: Seen, kind: str, said: "dict[str, Plain]", files: Mapping[str, bytes]) -> "Note":
    from writ.desk.notes import make_note

    signer = (seen.signer.trust, seen.signer.pair)
    if kind == "encoding":
        if seen.signer.name == seen.reviewed.approval.submitter:
            raise Refused(f"`{seen.signer.name}` submitted this; another person writes it down")
        return make_note("encoding", seen.reviewed.digest, said, signer, files)
    return make_note("explanation", seen.reviewed.digest, said, signer)


def _proposed(seen: Seen, order: str, number: int) -> "OrderVersion":
    for version in seen.reviewed.compiled.book.versions:
        if (version.order, version.version) == (order, number):
            return version
    raise Refused(f"version {number} of `{order}` is not proposed")


def _write(file: Path, found: _Explanation) -> None:
    try:
        file.write_bytes(msgspec.json.format(msgspec.json.encode(found)) + b"\n")
    except OSError as error:
        raise Failed(f"cannot write `{file}`: {error.strerror}") from None
