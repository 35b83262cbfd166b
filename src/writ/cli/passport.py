"""`writ passport`: whose passports count, and what the files of a chip prove."""

import typer

from writ.cli.passport_check import check
from writ.cli.passport_crl import crl
from writ.cli.passport_import import import_

app = typer.Typer(no_args_is_help=True, help="Passports and identity cards, by their chips.")
app.command("check")(check)
app.command("crl")(crl)
app.command("import")(import_)
