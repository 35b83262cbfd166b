"""Faults of files as JSON, for an editor."""

from collections.abc import Iterable

from writ.errors import Fault


def places(faults: Iterable[Fault]) -> list[dict[str, object]]:
    """Write faults, each once, in the order of their places."""
    return [
        {
            "file": item.file,
            "line": item.line,
            "column": item.column,
            "message": item.message,
            "clauses": list(item.clauses),
        }
        for item in sorted(set(faults))
    ]
