"""What differs between two versions of an order, or two lawbooks, in words, one line each.

1. Versions are compared as read: windows, clauses, rules, exceptions, lists and all they say;
   layout, comments and the order of entries are no difference.
2. A version that is new is compared with the last one before it, if there is one.
3. Of a list it is said how many rows came and went and what its digest is, never who.
4. A rescission that does not repeat a duty leaves it as it was, unless it discharges it.
5. Of a duty that a later version repeats it is said whether its clock runs on.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol, TypeVar

import msgspec

from writ.clock import FOREVER, Instant, format_instant
from writ.law.annex_moves import come_words, go_words
from writ.law.annexes import shifted
from writ.law.threads import runs_on
from writ.law.wording import (
    counted,
    deployment_line,
    effect_words,
    evidence_words,
    exception_line,
    model_line,
    one_line,
    order_line,
    requirement_line,
    rule_line,
    streams_words,
    where_words,
    who_words,
)
from writ.model.catalogue import Catalogue
from writ.model.expression import Group, Predicate
from writ.model.order import Evidence, Exemption, Lawbook, OrderVersion, Requirement, Rule


class _WithId(Protocol):
    """A rule or an exception."""

    @property
    def id(self) -> str: ...


_LISTS = {
    "readings": "reading",
    "obligations": "duty",
    "preserve": "duty to preserve",
    "lifts": "lifted",
    "discharges": "discharged",
    "questions": "question",
    "stays": "stay",
    "licences": "licence",
}

Thing = TypeVar("Thing", bound=_WithId)
Parts = Iterator[tuple[str, str]]


def book_words(old: Lawbook, new: Lawbook) -> Iterator[str]:
    """Say how two lawbooks differ."""
    yield from catalogue_words(old.catalogue, new.catalogue)
    before = {(item.order, item.version): item for item in old.versions}
    after = {(item.order, item.version): item for item in new.versions}
    for key in sorted({*before, *after}):
        name = f"order {key[0]} version {key[1]}"
        now = after.get(key)
        if now is None:
            yield f"{name} goes: {order_line(before[key])}"
            continue
        was = before.get(key)
        if was is None:
            yield f"{name} comes: {order_line(now)}"
            was = _last_before(now, (*old.versions, *new.versions))
        lines = version_words(was, now) if was else _whole(now)
        yield from (f"{name}: {line}" for line in lines)


def catalogue_words(old: Catalogue, new: Catalogue) -> Iterator[str]:
    """Say how the models differ."""
    if old.provider != new.provider:
        yield f"`self` means {new.provider}, not {old.provider}"
    before = {name: (model_line(model), model) for name, model in old.models.items()}
    after = {name: (model_line(model), model) for name, model in new.models.items()}
    for name in sorted({*before, *after}):
        was, now = before.get(name), after.get(name)
        if now is None:
            yield f"model {name} goes"
        elif was is None:
            yield f"model {name} comes: {now[0]}"
        elif was != now:
            yield f"model {name}: {now[0]}, was {was[0]}"
    places = {name: deployment_line(item) for name, item in old.deployments.items()}
    others = {name: deployment_line(item) for name, item in new.deployments.items()}
    yield from _texts("deployment", places, others)


def version_words(old: OrderVersion, new: OrderVersion) -> Iterator[str]:
    """Say how two versions differ (rule 1)."""
    yield from changed(_heads(old), _heads(new))
    yield from _texts("clause", old.clauses, new.clauses)
    yield from _named("rule", old.rules, new.rules, rule_line, _rule)
    yield from _named("exception", old.exemptions, new.exemptions, exception_line, _exemption)
    yield from _named(
        "requirement", old.requirements, new.requirements, requirement_line, _requirement
    )
    yield from _annexes(old.annexes, new.annexes)
    for key, name in _LISTS.items():
        before, after = _listed(old, key), _listed(new, key)
        staying = _staying(old, new, key)
        yield from (f"{name} stays, though not repeated: {entry}" for entry in staying)
        yield from _entries(name, [entry for entry in before if entry not in staying], after)
    yield from _repeated(old, new)
    yield from _texts("notice", old.notice, new.notice)
    yield from _scenarios(old, new)


def _scenarios(old: OrderVersion, new: OrderVersion) -> Iterator[str]:
    """Say which scenarios come, go and change."""
    before, after = (
        {str(item.get("name")): _json(item) for item in _mappings(version, "scenarios")}
        for version in (old, new)
    )
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            how = "goes" if name not in after else "changes" if name in before else "comes"
            yield f"scenario “{one_line(name)}” {how}"


def _mappings(version: OrderVersion, key: str) -> Iterator[Mapping[str, object]]:
    found = version.source.get(key)
    items = found if isinstance(found, list | tuple) else ()
    return (item for item in items if isinstance(item, Mapping))


def _last_before(version: OrderVersion, all_of: Iterable[OrderVersion]) -> OrderVersion | None:
    earlier = [
        item for item in all_of if item.order == version.order and item.version < version.version
    ]
    return max(earlier, key=lambda item: item.version, default=None)


def _whole(version: OrderVersion) -> Iterator[str]:
    yield from map(rule_line, version.rules)
    yield from map(exception_line, version.exemptions)
    yield from map(requirement_line, version.requirements)


def _heads(version: OrderVersion) -> Parts:
    yield "order", f"{version.order} version {version.version}"
    yield "kind", version.kind
    yield "title", version.title
    authority = version.source.get("authority")
    for key, value in sorted(authority.items()) if isinstance(authority, Mapping) else ():
        yield f"authority, {key}", _json(value)
    for key in ("mandate", "programme"):
        yield key, _json(version.source.get(key))
    yield "received", _json(version.source.get("received"))
    yield "effective", format_instant(version.effective)
    yield "comply by", _json(version.source.get("comply_by"))
    yield "until", _moment(version.until)
    yield "disclosure", version.disclosure


def _moment(at: Instant | None) -> str:
    return "no end" if at is None else format_instant(at)


def _rule(rule: Rule) -> Parts:
    yield "clauses", ", ".join(sorted(rule.clauses))
    yield "models", ", ".join(sorted(rule.models))
    yield rule.sense, _who(rule.predicate)
    yield "standing", rule.standing
    yield "evidence", evidence_words(rule.evidence)
    yield "barred", effect_words(rule.barred)
    yield "undetermined", effect_words(rule.undetermined)
    yield "open streams", streams_words(rule)
    yield "where", where_words(rule.where)


def _requirement(item: Requirement) -> Parts:
    yield "clauses", ", ".join(sorted(item.clauses))
    yield "models", ", ".join(sorted(item.models))
    yield "who", _who(item.who)
    yield "where", where_words(item.where)


def _exemption(item: Exemption) -> Parts:
    yield "to", item.to
    yield "clauses", ", ".join(sorted(item.clauses))
    yield "models", ", ".join(sorted(item.models))
    yield "who", _who(item.who)
    yield "unless", "nothing" if item.unless is None else _who(item.unless)
    yield "unproven", item.unproven
    yield "evidence", _own(item.evidence)
    yield "licence", item.licence or ""
    yield "from", "" if item.licence is None else format_instant(item.since)
    yield "until", "" if item.until >= FOREVER else format_instant(item.until)


def _own(evidence: Evidence | None) -> str:
    return "that of the rule" if evidence is None else evidence_words(evidence)


def _who(predicate: Predicate) -> str:
    """Name a predicate; a definition by the digest of what it means too."""
    digest = f" ({predicate.digest})" if predicate.digest else ""
    return who_words(predicate) + digest


def changed(old: Parts, new: Parts) -> Iterator[str]:
    """Say what differs between named parts."""
    before, after = dict(old), dict(new)
    for name in dict.fromkeys((*before, *after)):
        was, now = before.get(name), after.get(name)
        if was != now:
            yield one_line(f"{name}: {now or 'nothing'}, was {was or 'nothing'}")


def _named(
    noun: str,
    old: Iterable[Thing],
    new: Iterable[Thing],
    line: Callable[[Thing], str],
    parts: Callable[[Thing], Parts],
) -> Iterator[str]:
    """Say which of the things with an id come, go and change."""
    before = {item.id: item for item in old}
    after = {item.id: item for item in new}
    for name in sorted({*before, *after}):
        if name not in after:
            yield f"goes: {line(before[name])}"
        elif name not in before:
            yield f"comes: {line(after[name])}"
        else:
            changes = changed(parts(before[name]), parts(after[name]))
            yield from (f"{noun} {name}, {change}" for change in changes)


def _texts(noun: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*old, *new}):
        was, now = old.get(name), new.get(name)
        if now is None:
            yield one_line(f"{noun} {name} goes: “{was}”")
        elif was is None:
            yield one_line(f"{noun} {name} comes: “{now}”")
        elif was != now:
            yield one_line(f"{noun} {name}: “{now}”, was “{was}”")


def _annexes(old: Mapping[str, Group], new: Mapping[str, Group]) -> Iterator[str]:
    for name in sorted({*old, *new}):
        was, now = old.get(name), new.get(name)
        if now is None:
            yield f"list {name} goes"
        elif was is None:
            yield f"list {name} comes: {counted(len(now.members), 'row')}, {now.digest}"
        elif was != now:
            come, gone = len(now.members - was.members), len(was.members - now.members)
            over = len(shifted(was, now))
            shift = f", {over} become subsidiaries or cease to be" if over else ""
            yield (
                f"list {name}: {come_words(come)}, {go_words(gone)}{shift};"
                f" {counted(len(now.members), 'row')}, {now.digest},"
                f" was {counted(len(was.members), 'row')}, {was.digest}"
            )


def _listed(version: OrderVersion, key: str) -> list[str]:
    found = version.source.get(key)
    return sorted(map(_json, found)) if isinstance(found, list | tuple) else []


def _staying(old: OrderVersion, new: OrderVersion, key: str) -> list[str]:
    """Return the duties that a rescission leaves as they were (rule 4)."""
    if new.kind != "rescission" or key not in ("obligations", "preserve"):
        return []
    ended = {one.id for one in new.duties} | new.discharges
    return sorted(_json(item) for item in _mappings(old, key) if item.get("id") not in ended)


def _repeated(old: OrderVersion, new: OrderVersion) -> Iterator[str]:
    """Say of each clock that a later version repeats whether it runs on (rule 5)."""
    before = {duty.id: duty for duty in old.obligations}
    for duty in new.obligations if new.version > old.version else ():
        was = before.get(duty.id)
        if was is None or not (duty.every or duty.within):
            continue
        if runs_on(was, duty, new.effective):
            yield f"duty {duty.id} is repeated: its clock runs on, and does not start anew"
        else:
            yield (
                f"duty {duty.id} is written anew: its clock starts anew, and what was not due by"
                f" {format_instant(new.effective)} is owed no longer by the old one"
            )


def _entries(noun: str, old: list[str], new: list[str]) -> Iterator[str]:
    yield from (f"{noun} goes: {entry}" for entry in old if entry not in new)
    yield from (f"{noun} comes: {entry}" for entry in new if entry not in old)


def _json(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value, order="sorted").decode()
