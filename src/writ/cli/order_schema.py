"""`writ order schema`: the JSON Schemas of what Writ reads."""

from typing import Annotated

import typer

from writ.errors import InvalidInput
from writ.law.cases_schema import cases_schema
from writ.law.shipped import data_bytes


def schema(
    *,
    subject: Annotated[bool, typer.Option("--subject", help="of a subject with facts")] = False,
    catalogue: Annotated[bool, typer.Option("--catalogue", help="of catalogue.yaml")] = False,
    cases: Annotated[bool, typer.Option("--cases", help="of a *.cases.yaml")] = False,
) -> None:
    """Print the JSON Schema of an order file, a subject, a catalogue or a case file.

    Example: writ order schema --subject
    """
    if subject + catalogue + cases > 1:
        raise InvalidInput("give one of `--subject`, `--catalogue` and `--cases`")
    if cases:
        print(cases_schema(), end="")
        return
    name = "subject" if subject else "catalogue" if catalogue else "order"
    print(data_bytes(f"schemas/{name}.json").decode(), end="")
