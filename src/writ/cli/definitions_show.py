"""`writ definitions show`: one definition in full."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from writ.canonical import Plain
from writ.cli.output import show
from writ.clock import format_instant
from writ.errors import InvalidInput
from writ.law.definitions import Definition, Library
from writ.law.digest import predicate_plain
from writ.law.flow import flow
from writ.law.folder import read_library_of
from writ.law.reading import nearest
from writ.law.subjects import write_values
from writ.law.wording import who_words
from writ.model.expression import Settling
from writ.model.subject import Value


def show_definition(
    name: Annotated[str, typer.Argument(help="NAME@VERSION, or NAME for its highest version")],
    *,
    orders: Annotated[
        Path | None, typer.Option(help="a folder of orders, for its own definitions too")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON only")] = False,
) -> None:
    """Show what a definition means, on what authority, what settles it and what it leaves out.

    Example: writ definitions show ear.us_person@1
    """
    found = find(Library() if orders is None else read_library_of(orders), name)
    show(_plain(found), "\n".join(_lines(found)), as_json=as_json)


def find(library: Library, name: str) -> Definition:
    """Look a definition up; without a version it is the highest."""
    found = library.get(library.latest(name) or name)
    if found is None:
        raise InvalidInput(f"no definition `{name}`{nearest(name, library.names)}")
    return found


def _lines(item: Definition) -> Iterator[str]:
    yield f"{item.name}: {item.title}"
    yield f"{'; '.join(item.cites)}; from {format_instant(item.effective)}"
    yield f"digest {item.predicate.digest}"
    yield ""
    yield item.summary
    yield ""
    yield f"Asks: {who_words(replace(item.predicate, name=None))}"
    yield ""
    yield "Settled by, cheapest first:"
    for settling in item.predicate.settling:
        values = ", ".join(map(flow, _values(settling)))
        how = ", ".join(settling.methods)
        yield f"- {settling.kind}: {settling.attribute} {settling.completeness} {values} ({how})"
    yield ""
    yield "False where these are known in full and nothing in them makes it true:"
    for kind, attributes in item.false_when.items():
        yield f"- {kind}: {', '.join(attributes) or 'none; one value is enough'}"
    yield ""
    yield "Limits:"
    yield from (f"- {limit}" for limit in item.limits)
    yield ""
    yield "Scenarios:"
    yield from (f"- {example.name}: {example.expect}" for example in item.examples)


def _values(settling: Settling) -> list[Plain]:
    return write_values(settling.attribute, tuple(map(Value, settling.values)))


def _plain(item: Definition) -> Plain:
    return {
        "name": item.name,
        "title": item.title,
        "cites": list(item.cites),
        "effective": format_instant(item.effective),
        "summary": item.summary,
        "predicate": predicate_plain(item.predicate),
        "settled_by": [
            {
                "kind": settling.kind,
                "attribute": settling.attribute,
                "values": _values(settling),
                "completeness": settling.completeness,
                "methods": list(settling.methods),
            }
            for settling in item.predicate.settling
        ],
        "false_when": {kind: list(names) for kind, names in item.false_when.items()},
        "limits": list(item.limits),
        "scenarios": [
            {"name": example.name, "kind": example.subject.kind, "expect": example.expect}
            for example in item.examples
        ],
    }
