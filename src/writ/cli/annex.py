"""`writ annex`: from a list of names to the annex that an order names."""

import typer

from writ.cli import annex_build, annex_confirm, annex_diff, annex_match

app = typer.Typer(
    no_args_is_help=True, help="Lists of names, matched to subjects and confirmed by two people."
)
app.command("build")(annex_build.build)
app.command("confirm")(annex_confirm.confirm)
app.command("diff")(annex_diff.diff)
app.command("match")(annex_match.match)
