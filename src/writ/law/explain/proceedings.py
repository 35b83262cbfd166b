"""What courts and authorities do beside ordering: stays, licences, answers to questions."""

from collections.abc import Iterator, Mapping

from writ.clock import format_instant
from writ.law.explain.english import Line, joined
from writ.model.order import OrderVersion, Stay


def stay_lines(version: OrderVersion) -> Iterator[Line]:
    """Say which rules have no effect when."""
    for stay in version.stays:
        yield Line(
            f"`{stay.id}`, by {stay.by}: {_rules(stay)} and what is excepted from it have no effect"
            f" from {format_instant(stay.since)}{_until(stay)}. Nobody has to do anything for that."
        )


def _rules(stay: Stay) -> str:
    return joined((f"`{name}`" for name in sorted(stay.rules)), "and")


def _until(stay: Stay) -> str:
    return " on" if stay.until is None else f" until {format_instant(stay.until)}"


def licence_lines(version: OrderVersion) -> Iterator[Line]:
    """Say who holds which licence, for what, on which conditions."""
    for item in listed(version, "licences"):
        until = f" until {item['until']}" if item.get("until") else ", without an end"
        yield Line(
            f"{item.get('number')}, held by {item.get('holder')}: from {item.get('from')}{until}."
        )
        scope = item.get("scope")
        for key, of in scope.items() if isinstance(scope, Mapping) else ():
            yield Line(f"For these {key} only: {names(of)}.", 1)
        conditions = item.get("conditions")
        if isinstance(conditions, list | tuple):
            told = (text.get("what") if isinstance(text, Mapping) else text for text in conditions)
            yield from (Line(f"On condition: {text}", 1) for text in told)


def question_lines(version: OrderVersion) -> Iterator[Line]:
    """Say what was asked of the authority, and what it answered."""
    for item in listed(version, "questions"):
        by = f", to be answered by {item['answer_by']}" if item.get("answer_by") else ""
        answer = "Not answered yet."
        if item.get("answer"):
            answer = f"Answered at {item.get('answered_at')}: {item['answer']}"
        yield Line(
            f"`{item.get('id')}` on {item.get('clause')}, to {item.get('to')} at"
            f" {item.get('asked_at')}{by}: {item.get('question')} {answer}"
        )


def carriers(version: OrderVersion, clause: str) -> Iterator[str]:
    """Yield the stays and licences that carry a clause out."""
    for key, noun, name in (("stays", "stay", "id"), ("licences", "licence", "number")):
        for item in listed(version, key):
            if clause in names(item.get("clauses")).split(", "):
                yield f"{noun} `{item.get(name)}`"


def listed(version: OrderVersion, key: str) -> Iterator[Mapping[str, object]]:
    """Yield the entries of one of a file's lists."""
    found = version.source.get(key)
    items = found if isinstance(found, list | tuple) else ()
    yield from (item for item in items if isinstance(item, Mapping))


def names(value: object) -> str:
    """Write a list of names, or one."""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")
