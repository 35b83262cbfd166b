"""`writ audit report`: rates of error from a sheet that people marked, signed and on record."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from writ.cli.client import Call, ask
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, KeyFile
from writ.cli.output import show


def report(
    sheet: Annotated[Path, typer.Argument(help="the sheet, marked")],
    key: KeyFile,
    out: Annotated[Path, typer.Option(help="folder for report.json and index.html")],
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Say how many decisions were wrong, with intervals, and put it on record with your signature.

    Example: writ audit report sheet.csv --key ben.key --out audit

    Of the sheet only numbers and marks are read; they are counted and not kept. What was not marked
    widens the interval.
    """
    from writ.cli.lines import read_file, write_file
    from writ.cli.signer import read_signer
    from writ.ledger.sampling.page import report_page, told
    from writ.ledger.sampling.report import Report, sign_report
    from writ.ledger.sampling.sheet import read_sheet

    number, marks = read_sheet(read_file(sheet), str(sheet))
    signer = read_signer(config, key)
    body: dict[str, object] = {
        "marks": {str(entry): mark for entry, mark in marks.items()},
        "envelope": None,
    }
    path = f"/audits/{number}/reports"
    counted = msgspec.convert(ask(config, Call("POST", path, body)), Report)
    body["envelope"] = sign_report(counted, signer.trust, signer.pair).plain()
    answer = ask(config, Call("POST", path, body))
    found = msgspec.convert(answer, Report)
    write_file(out / "report.json", found.write())
    write_file(out / "index.html", report_page(found))
    words = [
        f"sample {found.sample}, recorded as {signer.name}; wrong, with the interval at 95%:",
        *(f"  {line.outcome}: {told(line.errors)}" for line in found.outcomes),
        f"  served who should not have been: {told(found.served_wrongly)}",
        f"  refused who should have been served: {told(found.refused_wrongly)}",
        f"  all: {told(found.overall)}",
    ]
    show(answer, "\n".join(words), as_json=as_json)
