"""What an order says beside its rules, one line each: clauses, readings, licences, questions.

1. Texts are the file's own, on one line each; a signer reads them as they were submitted.
2. Of a licence's holder and scope the names of annexes are said, and never their rows.
"""

from collections.abc import Iterable, Iterator, Mapping

from writ.law.wording import one_line
from writ.model.order import OrderVersion


def letter_lines(version: OrderVersion) -> Iterator[str]:
    """Say all of them, clauses first."""
    for name, text in sorted(version.clauses.items()):
        yield one_line(f"clause {name}: “{text}”")
    yield from (one_line(_reading(item)) for item in _entries(version, "readings"))
    yield from (one_line(_licence(item)) for item in _entries(version, "licences"))
    yield from (one_line(_question(item)) for item in _entries(version, "questions"))


def _entries(version: OrderVersion, key: str) -> Iterator[Mapping[str, object]]:
    found = version.source.get(key)
    items: Iterable[object] = found if isinstance(found, list | tuple) else ()
    return (item for item in items if isinstance(item, Mapping))


def _reading(item: Mapping[str, object]) -> str:
    rejected = _joined(item.get("rejected"), " or ")
    other = f", and not: {rejected}" if rejected else ""
    return f"{item['clause']} is read as: {item['reading']}{other} ({item['decided_by']})"


def _licence(item: Mapping[str, object]) -> str:
    scope = item.get("scope")
    only = scope.items() if isinstance(scope, Mapping) else ()
    parts = [
        f"licence {item['number']} ({_joined(item['clauses'])}) of {item['holder']}",
        f"from {item['from']} until {item.get('until') or 'it is withdrawn'}",
        *(f"{key} {_joined(value)}" for key, value in only),
    ]
    return "; ".join(parts)


def _question(item: Mapping[str, object]) -> str:
    answer = item.get("answer")
    answered = f"answered: {answer}" if answer else "open"
    return (
        f"question {item['id']} ({item['clause']}) to {item['to']}: {item['question']}; {answered}"
    )


def _joined(value: object, by: str = ", ") -> str:
    values = value if isinstance(value, list | tuple) else () if value is None else (value,)
    return by.join(map(str, values))
