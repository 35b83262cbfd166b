"""`writ definitions`: what the names that orders use mean."""

import typer

from writ.cli import (
    definitions_diff,
    definitions_groups,
    definitions_list,
    definitions_show,
    definitions_test,
)

app = typer.Typer(no_args_is_help=True, help="Read the definitions that orders may name.")
app.command("list")(definitions_list.list_definitions)
app.command("diff")(definitions_diff.diff)
app.command("groups")(definitions_groups.list_groups)
app.command("show")(definitions_show.show_definition)
app.command("test")(definitions_test.try_definitions)
