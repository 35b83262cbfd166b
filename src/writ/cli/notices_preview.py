"""`writ notices preview`: who is due which notice, in numbers, and what it would say."""

from typing import Annotated

import msgspec
import typer

from writ.cli.client import Call, ask
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show


class Text(msgspec.Struct):
    """A notice in one language."""

    subject: str
    body: str


class Example(msgspec.Struct):
    """What one audience would get."""

    audience: str
    texts: dict[str, Text]


class Round(msgspec.Struct):
    """What is due for one version of an order in one phase."""

    order: str
    version: int
    phase: str
    at: str
    counts: dict[str, int]
    examples: list[Example]


class Due(msgspec.Struct):
    """Everything that is due."""

    rounds: list[Round]
    unjudged: int


def preview(
    order: Annotated[str | None, typer.Argument(help="this order; none: every order")] = None,
    language: Annotated[str, typer.Option(help="de, en, es, fr, ja")] = "en",
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Count who is due which notice now, and show what each would say; send nothing.

    Example: writ notices preview us-bis-2026-06-12 --language fr
    """
    query = {} if order is None else {"order": order}
    answer = ask(config, Call("GET", "/notices/due", query=query))
    show(answer, "\n".join(lines(answer, language)), as_json=as_json)


def lines(answer: dict[str, object], language: str | None = None) -> list[str]:
    """Say what is due in words; in a language, what it would say as well."""
    due = msgspec.convert(answer, Due)
    told: list[str] = []
    for item in due.rounds:
        if item.counts:
            counts = ", ".join(f"{count} {name}" for name, count in item.counts.items())
            told.append(f"{item.order} v{item.version}, {item.phase}, {item.at}: {counts}")
            told += [line for example in item.examples for line in _example(example, language)]
    if due.unjudged:
        told.append(f"{due.unjudged} cannot be judged: an attestation does not prove right")
    return told or ["nobody is due a notice"]


def _example(example: Example, language: str | None) -> list[str]:
    if language is None or language not in example.texts:
        return []
    text = example.texts[language]
    return [f"  {example.audience}: {text.subject}", *(f"    {line}" for line in _body(text))]


def _body(text: Text) -> list[str]:
    return [line for line in text.body.splitlines() if line]
