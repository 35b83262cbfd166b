"""A lawbook read back: explanations as values, and as text, Markdown or JSON."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from writ.canonical import Plain
from writ.clock import Instant
from writ.law.compiled.book import Compiled
from writ.law.explain.english import Line
from writ.law.explain.general import GENERAL
from writ.law.explain.timeline import timeline
from writ.law.explain.version import Section, sections
from writ.law.wording import deployment_line
from writ.model.order import Lawbook, OrderVersion

WIDTH = 96
INDENT = 3


@dataclass(frozen=True, slots=True)
class Part:
    """One version explained, or (without one) what holds for all."""

    title: str
    sections: tuple[Section, ...]
    version: OrderVersion | None = None


def explain(
    book: Lawbook, versions: Sequence[OrderVersion], at: Instant | None = None
) -> tuple[Part, ...]:
    """Explain versions of a lawbook: what holds for all, what changes when, then each version.

    `at` is the instant of the worked examples of a version that governs then; None: its beginning.
    """
    compiled = Compiled(book)
    shared = (
        Section("judging", "How a request is judged", GENERAL),
        Section("models", "The models", tuple(_models(compiled))),
        Section("timeline", "What changes when", tuple(timeline(book))),
    )
    return (
        Part("What these orders do", shared),
        *(
            Part(
                f"{version.order}, version {version.version}",
                sections(compiled, version, at),
                version,
            )
            for version in versions
        ),
    )


def _models(compiled: Compiled) -> Iterator[Line]:
    catalogue = compiled.book.catalogue
    yield Line(f"The provider is `{catalogue.provider}`. A model has these names and no others:")
    for name in compiled.phases.models:
        model = catalogue.models[name]
        names = ", ".join(f"`{alias}`" for alias in (name, *sorted(model.aliases)))
        exempt = "" if model.controlled else " (exempt: no order can name it; always permitted)"
        yield Line(f"{names}{exempt}", 1)
    if catalogue.deployments:
        yield Line("Models are served at these deployments:")
    for item in catalogue.deployments.values():
        yield Line(f"`{item.name}`: {deployment_line(item)}", 1)


def text(parts: Sequence[Part]) -> str:
    """Write an explanation for a terminal."""
    lines: list[str] = []
    for part in parts:
        lines += ["", part.title.upper(), "=" * len(part.title)]
        for section in part.sections:
            lines += ["", section.title, "-" * len(section.title), *_wrapped(section.lines)]
    return "\n".join(lines[1:])


def _wrapped(lines: Sequence[Line]) -> Iterator[str]:
    for line in lines:
        indent = " " * (INDENT * line.depth)
        mark = "- " if line.depth else ""
        yield from textwrap.wrap(
            mark + line.text,
            WIDTH,
            initial_indent=indent,
            subsequent_indent=indent + " " * len(mark),
            break_long_words=False,
            break_on_hyphens=False,
        )


def markdown(parts: Sequence[Part]) -> str:
    """Write an explanation as Markdown: a heading per version, a list per section."""
    lines: list[str] = []
    for part in parts:
        lines += [f"# {part.title}", ""]
        for section in part.sections:
            lines += [f"## {section.title}", ""]
            lines += [f"{'  ' * line.depth}- {line.text}" for line in section.lines]
            lines.append("")
    return "\n".join(lines).rstrip()


def plain(parts: Sequence[Part]) -> list[Plain]:
    """Write an explanation as JSON values; `order` and `version` are null where it is of all."""
    return [
        {
            "title": part.title,
            "order": part.version.order if part.version else None,
            "version": part.version.version if part.version else None,
            "sections": [
                {
                    "id": section.id,
                    "title": section.title,
                    "lines": [{"depth": line.depth, "text": line.text} for line in section.lines],
                }
                for section in part.sections
            ],
        }
        for part in parts
    ]
