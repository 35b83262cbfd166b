"""`writ order`: what can be done with order files before anybody signs them."""

import typer

from writ.cli import (
    order_check,
    order_diff,
    order_explain,
    order_export,
    order_exposure,
    order_new,
    order_petition,
    order_prove,
    order_schema,
    order_simulate,
    order_test,
)

app = typer.Typer(
    no_args_is_help=True, help="Check and test order files, and print what they may say."
)
app.command("check")(order_check.check)
app.command("diff")(order_diff.diff)
app.command("explain")(order_explain.explain)
app.command("export")(order_export.export)
app.command("exposure")(order_exposure.exposure)
app.command("new")(order_new.new)
app.command("petition")(order_petition.petition)
app.command("prove")(order_prove.prove)
app.command("schema")(order_schema.schema)
app.command("simulate")(order_simulate.simulate)
app.command("test")(order_test.run_cases)
