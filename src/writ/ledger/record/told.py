"""What the public record tells of one version of an order that may be told in full, as plain values.

1. Clauses are quoted, and what is done is said from the compiled rule, in the words of
   `writ order explain`.
2. Left out, though they stand in the file: who took a risk or decided a reading, and which readings
   were turned down; who authenticated the letter, and how; who holds a licence; owners of duties.
3. Of an annex its size is told, never a row. One of people has a figure instead
   (`writ.ledger.record.bands`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from writ.canonical import Plain
from writ.clock import FOREVER, format_instant, parse_instant
from writ.law.definitions import definition
from writ.law.duties import clock_words
from writ.law.explain.english import Line
from writ.law.explain.kinds import own_lines
from writ.law.explain.proceedings import listed, stay_lines
from writ.law.explain.rules import STANDING, exception_lines, outcome_lines, stream_line, who_lines
from writ.law.shipped import definition_names
from writ.law.wording import requirement_line, where_words
from writ.model.order import Effect, Exemption, OrderVersion, Rule

FULL, NONE = "full", "none"
_OF_PEOPLE = frozenset({"person_in", "persons"})
_RISK = "it is told to the authority"
_INSTANTS = ("received", "effective", "comply_by", "until")


def told_of(version: OrderVersion) -> dict[str, Plain]:
    """Return what is told of a version."""
    return {
        "version": version.version,
        "kind": version.kind,
        "title": version.title,
        "authority": _authority(version),
        **{name: _instant(version.source.get(name)) for name in _INSTANTS},
        "models": sorted(models_of(version)),
        "clauses": [{"id": name, "text": text} for name, text in version.clauses.items()],
        "readings": [
            {"clause": str(item.get("clause")), "reading": str(item.get("reading"))}
            for item in listed(version, "readings")
        ],
        "own": _words(own_lines(version)),
        "rules": [_rule(version, rule) for rule in version.rules],
        "serve": [
            {"id": item.id, "clauses": list(item.clauses), "words": requirement_line(item)}
            for item in version.requirements
        ],
        "annexes": [_annex(version, name) for name in sorted(version.annexes)],
        "duties": [
            {
                "id": duty.id,
                "clauses": list(duty.clauses),
                "what": duty.what,
                "clock": clock_words(duty),
            }
            for duty in version.obligations
        ],
        "preserved": [
            {
                "id": kept.id,
                "clauses": list(kept.clauses),
                "what": kept.what,
                "records": sorted(kept.records),
                "from": format_instant(kept.since),
                "until": None if kept.until is None else format_instant(kept.until),
            }
            for kept in version.preserve
        ],
        "stays": [
            {"words": line.text, "cites": _texts(item.get("cites"))}
            for line, item in zip(stay_lines(version), listed(version, "stays"), strict=True)
        ],
        "licences": sum(1 for _ in listed(version, "licences")),
        "questions": list(_questions(version)),
        "lifts": _texts(version.source.get("lifts")),
        "discharges": sorted(version.discharges),
        "notice": dict(version.notice) if version.rules else {},
    }


def models_of(version: OrderVersion) -> set[str]:
    """Return the models that a version speaks of."""
    ruled = {model for rule in version.rules for model in rule.models}
    return ruled | {model for item in version.requirements for model in item.models}


def annexes_of_people(version: OrderVersion) -> dict[str, int]:
    """Return how many each annex lists that may list people (rule 3)."""
    return {
        name: len(group.members)
        for name, group in version.annexes.items()
        if not _of_organisations(version, name)
    }


def _authority(version: OrderVersion) -> dict[str, Plain]:
    found = version.source.get("authority")
    told = found if isinstance(found, Mapping) else {}
    return {
        **{key: _text(told.get(key)) for key in ("name", "jurisdiction", "instrument", "document")},
        "cites": _texts(told.get("cites")),
        "authenticated": told.get("authenticated") is not None,
    }


def _rule(version: OrderVersion, rule: Rule) -> dict[str, Plain]:
    """Tell a rule as signers read it, without who took a risk (rule 2)."""
    shown = replace(rule, barred=_effect(rule.barred), undetermined=_effect(rule.undetermined))
    own = [item for item in version.exemptions if item.to == rule.id]
    where = () if rule.where is None else (f"Only what is {where_words(rule.where)}.",)
    said = [*who_lines(shown), *outcome_lines(shown), Line(STANDING[rule.standing])]
    return {
        "id": rule.id,
        "clauses": list(rule.clauses),
        "models": sorted(rule.models),
        "class": _class(rule.predicate.name),
        "words": [
            *where,
            *_words(said),
            *_words(stream_line([shown])),
        ],
        "exceptions": [_exception(item, shown, own) for item in own],
    }


def _class(name: str | None) -> dict[str, Plain] | None:
    """Tell a class of people by its definition, with its title where it came with Writ."""
    if name is None:
        return None
    title = definition(name).title if name in definition_names() else None
    return {"name": name, "title": title}


def _exception(item: Exemption, rule: Rule, beside: Sequence[Exemption]) -> dict[str, Plain]:
    if item.licence is None:
        words = _words(exception_lines(item, rule, beside))
    else:
        until = "" if item.until >= FOREVER else f" until {format_instant(item.until)}"
        since = format_instant(item.since)
        words = [f"For whom a licence of the authority covers, from {since}{until}."]
    return {
        "id": item.id,
        "clauses": list(item.clauses),
        "models": sorted(item.models),
        "words": words,
    }


def _effect(effect: Effect) -> Effect:
    return effect if effect.risk is None else replace(effect, risk=_RISK)


def _words(lines: Iterable[Line]) -> list[Plain]:
    """Write lines as texts; what stands below another begins with a dash for each step."""
    return ["- " * line.depth + line.text for line in lines]


def _annex(version: OrderVersion, name: str) -> dict[str, Plain]:
    size = len(version.annexes[name].members) if _of_organisations(version, name) else None
    return {"name": name, "of": "people" if size is None else "organisations", "rows": size}


def _of_organisations(version: OrderVersion, name: str) -> bool:
    """Whether the column of an annex's ids says so, and nothing asks it for people."""
    annexes = version.source["annexes"]
    entry = annexes[name] if isinstance(annexes, Mapping) else {}
    return entry.get("key") == "organisation" and not _asks_people(version.source, name)


def _asks_people(value: object, name: str) -> bool:
    if isinstance(value, Mapping):
        return any(
            (key in _OF_PEOPLE and item == name) or _asks_people(item, name)
            for key, item in value.items()
        )
    return isinstance(value, list | tuple) and any(_asks_people(item, name) for item in value)


def _questions(version: OrderVersion) -> Iterator[dict[str, Plain]]:
    for item in listed(version, "questions"):
        yield {
            "clause": _text(item.get("clause")),
            "question": _text(item.get("question")),
            "asked_at": _instant(item.get("asked_at")),
            "answer_by": _instant(item.get("answer_by")),
            "answered_at": _instant(item.get("answered_at")),
            "answer": _text(item.get("answer")),
        }


def _instant(value: object) -> str | None:
    if isinstance(value, str):
        return format_instant(parse_instant(value))
    return None


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _texts(value: object) -> list[Plain]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else []
