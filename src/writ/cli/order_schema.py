"""`writ order schema`: the JSON Schemas of what Writ reads."""

from typing import Annotated

import typer

from writ.errors import InvalidInput
from writ.law.cases_schema import cases_schema
from writ.law.shipped import data_bytes

SHIPPED = ("subject", "catalogue", "groups", "definition", "calendars")


def schema(  # noqa: PLR0913  one parameter per option of the command
    *,
    subject: Annotated[bool, typer.Option("--subject", help="of a subject with facts")] = False,
    catalogue: Annotated[bool, typer.Option("--catalogue", help="of catalogue.yaml")] = False,
    groups: Annotated[bool, typer.Option("--groups", help="of groups.yaml")] = False,
    definition: Annotated[
        bool, typer.Option("--definition", help="of a definition, NAME@VERSION.yaml")
    ] = False,
    calendars: Annotated[bool, typer.Option("--calendars", help="of calendars.yaml")] = False,
    cases: Annotated[bool, typer.Option("--cases", help="of a *.cases.yaml")] = False,
) -> None:
    """Print the JSON Schema of an order file, or of another file that is read with orders.

    Example: writ order schema --subject
    """
    asked = dict(zip(SHIPPED, (subject, catalogue, groups, definition, calendars), strict=True))
    if sum(asked.values()) + cases > 1:
        raise InvalidInput(
            "give one of `--subject`, `--catalogue`, `--groups`, `--definition`, `--calendars`"
            " and `--cases`"
        )
    if cases:
        print(cases_schema(), end="")
        return
    name = next((name for name, given in asked.items() if given), "order")
    print(data_bytes(f"schemas/{name}.json").decode(), end="")
