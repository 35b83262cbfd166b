"""`writ attach`: a report on the open proposal, which its activation asks for."""

from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer

from writ.cli.noting import Seen, say, see
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, KeyFile
from writ.cli.output import show
from writ.cli.submit import wanted
from writ.errors import Refused


class _Report(msgspec.Struct):
    kind: Literal["proof", "simulation"]
    digest: str
    verdict: str
    summary: str = ""
    before: str | None = None


def attach(
    report: Annotated[Path, typer.Argument(help="a report in JSON, of a simulation or a proof")],
    key: KeyFile,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Attach a report to the open proposal, with your signature: digest, verdict and summary.

    Example: writ attach proof.json --key ada.key

    The report has to speak of exactly the proposed orders. It is not sent; keep it.
    """
    from writ.canonical import digest_bytes
    from writ.cli.lines import read_file
    from writ.desk.notes import make_note
    from writ.law.snapshot import law_digest
    from writ.model.json_form import read_form

    data = read_file(report)
    found = read_form(data, _Report, f"`{report}` is no report")
    seen = see(config, key)
    law = law_digest(seen.reviewed.compiled.book)
    if found.digest != law:
        raise Refused(f"`{report}` speaks of `{found.digest}`, and proposed is `{law}`")
    _check_before(found, seen, report)
    said = {
        "kind": found.kind,
        "law": found.digest,
        "report": digest_bytes(data),
        "verdict": found.verdict,
        "summary": found.summary,
    }
    signer = seen.signer
    note = make_note("report", seen.reviewed.digest, said, (signer.trust, signer.pair))
    answer, waiting = say(config, seen, note)
    text = f"attached to {waiting.id}: {found.kind}, {found.verdict}; {wanted(waiting)}"
    show(answer, text, as_json=as_json)


def _check_before(found: _Report, seen: Seen, report: Path) -> None:
    """Refuse a simulation from other orders than are in force, as of `--diff`, or from none it names."""
    from writ.law.snapshot import law_digest
    from writ.model.order import Lawbook

    if found.kind != "simulation":
        return
    book = seen.docket.force.book
    before = Lawbook(seen.reviewed.compiled.book.catalogue) if book is None else book
    if found.before != (law := law_digest(before)):
        said = f"from `{found.before}`" if found.before else "without saying from what"
        raise Refused(f"`{report}` counts {said}, and in force is `{law}`; simulate with --config")
