"""`writ order schema`: the JSON Schemas of what Writ reads."""

from typing import Annotated

import typer

from writ.errors import InvalidInput
from writ.law.shipped import data_bytes


def schema(
    *,
    subject: Annotated[bool, typer.Option("--subject", help="of a subject with facts")] = False,
    catalogue: Annotated[bool, typer.Option("--catalogue", help="of catalogue.yaml")] = False,
) -> None:
    """Print the JSON Schema of an order file, a subject or a catalogue.

    Example: writ order schema --subject
    """
    if subject and catalogue:
        raise InvalidInput("give `--subject` or `--catalogue`, not both")
    name = "subject" if subject else "catalogue" if catalogue else "order"
    print(data_bytes(f"schemas/{name}.json").decode(), end="")
