"""Pages of plain HTML: no script, nothing from elsewhere, readable in print; all that is told is escaped."""

from collections.abc import Iterable, Sequence
from html import escape

_STYLE = (
    "body{font:16px/1.45 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;"
    "color:#222}table{border-collapse:collapse;margin:.5rem 0 1.5rem}th,td{padding:.2rem .7rem;"
    "text-align:left;vertical-align:top;border-bottom:1px solid #ddd}code{overflow-wrap:anywhere}"
    ".drill{color:#8a1c1c;font-weight:bold}"
)


def page(title: str, parts: Iterable[str]) -> bytes:
    """Write a page of parts that are HTML already."""
    body = "\n".join(parts)
    return (
        f"<!doctype html>\n<html lang='en'>\n<head>\n<meta charset='utf-8'>\n"
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n"
        "</body>\n</html>\n"
    ).encode()


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a table; a head without words is left out."""
    lines = ["<table>"]
    if any(head):
        lines.append("<tr>" + "".join(f"<th>{escape(cell)}</th>" for cell in head) + "</tr>")
    for row in rows:
        cells = "".join(f"<td>{escape(str(cell))}</td>" for cell in row)
        lines.append(f"<tr>{cells}</tr>")
    return "\n".join([*lines, "</table>"])


def bullets(items: Iterable[str]) -> str:
    """Write a list."""
    return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ul>"
