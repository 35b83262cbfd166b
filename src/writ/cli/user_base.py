"""`writ user-base`: an organisation's signed word for all of its users."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from writ.cli.client import Call, ask
from writ.cli.lines import read_file, write_file
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show

app = typer.Typer(no_args_is_help=True, help="What organisations certify of all their users.")


class _Taken(msgspec.Struct):
    organisation: str
    eligible: list[str]
    assurance: str
    until: str
    changed: bool


@app.command("sign")
def sign(  # noqa: PLR0913  one parameter per option of the command
    out: Annotated[Path, typer.Argument(help="new file for the statement")],
    organisation: Annotated[str, typer.Option(help="whose users, as the operator calls you")],
    key: Annotated[Path, typer.Option("--key", help="your key that asserts end users")],
    eligible: Annotated[
        list[str] | None,
        typer.Option(help="a definition that all of them satisfy; may be repeated"),
    ] = None,
    lasts: Annotated[str, typer.Option("--for", help="how long it holds: 366d at most")] = "90d",
    *,
    as_json: AsJson = False,
) -> None:
    """Sign that all of your users satisfy a definition; with none, that this holds no more.

    Example: writ user-base sign acme.base --organisation acme --key acme.key
    --eligible ear.us_person@1 --for 90d
    """
    from writ.clock import WallClock, format_instant, parse_duration
    from writ.people.user_base import Word, sign_user_base
    from writ.signing.keys import KeyPair

    now = WallClock().now()
    word = Word(organisation, tuple(eligible or ()), now, now + parse_duration(lasts))
    write_file(out, sign_user_base(word, KeyPair.load(key)).json())
    until = format_instant(word.until)
    value = {"statement": str(out), "eligible": list(word.eligible), "until": until}
    show(value, f"{out}: {', '.join(word.eligible) or 'nothing'}, until {until}", as_json=as_json)


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="the statement")],
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Take in what an organisation signed; it takes the place of what it signed before.

    Example: writ user-base import acme.base

    It counts for what is registered for its key, where a rule's standing is certified_organisation.
    """
    from writ.signing.dsse import read_envelope

    envelope = read_envelope(read_file(file).strip())
    answer = ask(config, Call("POST", "/user-base", {"envelope": envelope.plain()}, about=file))
    taken = msgspec.convert(answer, _Taken)
    said = f"{', '.join(taken.eligible) or 'nothing'} at {taken.assurance} until {taken.until}"
    stood = "" if taken.changed else ", as it stood"
    show(answer, f"{taken.organisation}: {said}{stood}", as_json=as_json)
