"""`writ sign`: look at the open proposal, recompiled here, and sign what was seen."""

import sys
from typing import Annotated

import msgspec
import typer

from writ.cli.client import Call, ask
from writ.cli.impact import Impact
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, KeyFile
from writ.cli.output import show
from writ.cli.submit import Waiting, wanted
from writ.errors import Refused


def sign(
    key: KeyFile,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="sign without being asked")] = False,
    as_json: AsJson = False,
) -> None:
    """Recompile the open proposal from its sources, show the change in words, and sign it.

    Example: writ sign --key ben.key

    What is shown was computed on this machine; the desk is not taken at its word. Only it can count
    whom of an annex it has on its books: that is shown as what it says.
    """
    from writ.cli.signer import read_signer
    from writ.desk.proposal import read_docket
    from writ.desk.review import review
    from writ.desk.review import sign as put_name

    signer = read_signer(config, key)
    told = ask(config, Call("GET", "/proposals/open"))
    docket = read_docket(told, signer.trust)
    reviewed = review(docket, signer.trust)
    envelope = put_name(reviewed, signer.trust, signer.pair)
    counted = msgspec.convert(told["impact"], list[Impact])
    lines = [*reviewed.words, *(f"the desk counts: {item.line()}" for item in counted)]
    lines.append(f"proposed by {reviewed.approval.submitter}; snapshot {reviewed.digest}")
    print("\n".join(lines), file=sys.stderr)
    if not yes and not (sys.stdin.isatty() and typer.confirm(f"sign as {signer.name}?", err=True)):
        raise Refused("not signed; say --yes, or answer yes at a terminal")
    answer = ask(
        config,
        Call("POST", f"/proposals/{reviewed.proposal}/signatures", {"envelope": envelope.plain()}),
    )
    waiting = msgspec.convert(answer, Waiting)
    result = {**answer, "digest": reviewed.digest, "words": reviewed.words}
    show(result, f"signed {waiting.id} as {signer.name}; {wanted(waiting)}", as_json=as_json)
