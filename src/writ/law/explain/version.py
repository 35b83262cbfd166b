"""One version of an order in sections: who, what, when, exceptions, and all else it says.

1. Clauses, readings and duties are quoted as the order lists them; they decide nothing.
2. The examples are those of the instant at which the version begins to govern, or of the instant
   asked about; models with the same rules are explained once.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from writ.clock import Instant, format_instant
from writ.law.agreement import governing_span
from writ.law.compiled.book import Compiled
from writ.law.duties import clock_words
from writ.law.explain.english import Line, joined
from writ.law.explain.examples import Examples, group_line
from writ.law.explain.kinds import own_lines, serve_lines
from writ.law.explain.proceedings import (
    carriers,
    licence_lines,
    listed,
    question_lines,
    stay_lines,
)
from writ.law.explain.rules import (
    NAMED,
    STANDING,
    exception_lines,
    outcome_lines,
    stream_line,
    who_lines,
)
from writ.law.explain.timeline import span_lines, speaking
from writ.law.threads import running, staying
from writ.law.wording import where_words
from writ.model.order import OrderVersion, Rule, Where


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under one heading; `id` is for programs."""

    id: str
    title: str
    lines: tuple[Line, ...]


def sections(compiled: Compiled, version: OrderVersion, at: Instant | None) -> tuple[Section, ...]:
    """Explain a version; `at` None: the examples are those of its beginning."""
    parts: Iterable[tuple[str, str, Iterable[Line]]] = (
        ("what", "What it is, and which models", _what(compiled, version)),
        ("own", "Whose order it is", own_lines(version)),
        ("serve", "Who must be served", serve_lines(compiled, version)),
        ("when", "When", (*span_lines(compiled.book, version), *_moments(version))),
        ("who", "Who may use them", _per_rule(version, who_lines)),
        ("exceptions", "Exceptions", _exceptions(version)),
        ("outcomes", "What happens to whom, on what evidence", _per_rule(version, outcome_lines)),
        ("standing", "Whose standing counts", _per_rule(version, _standing)),
        ("settling", "What would settle it, and worked examples", _worked(compiled, version, at)),
        ("streams", "Answers under way", stream_line(version.rules)),
        ("outside", "What may be said outside", _outside(version)),
        ("obligations", "Duties", _obligations(compiled, version)),
        ("stays", "Stays", stay_lines(version)),
        ("licences", "Licences", licence_lines(version)),
        ("clauses", "Clauses, and what carries them out", _clauses(version)),
        ("readings", "Readings where the letter is open", _readings(version)),
        ("questions", "Questions put to the authority", question_lines(version)),
    )
    made = (Section(name, title, tuple(lines)) for name, title, lines in parts)
    return tuple(section for section in made if section.lines)


def _what(compiled: Compiled, version: OrderVersion) -> Iterator[Line]:
    yield Line(f"`{version.order}` version {version.version}, a {version.kind}: {version.title}.")
    authority = version.source.get("authority")
    if isinstance(authority, Mapping):
        named = [
            str(authority[key])
            for key in ("name", "jurisdiction", "instrument")
            if key in authority
        ]
        yield Line(f"From: {', '.join(named)}.")
    models = sorted({model for rule in version.rules for model in rule.models})
    if not models and version.requirements:
        yield Line("It restricts nobody: it says who must be served.")
    elif not models:
        yield Line(
            "It restricts no model. Whatever earlier versions restricted is free of this order."
        )
    for rule in version.rules:
        yield Line(f"Rule `{rule.id}` (clauses {', '.join(rule.clauses)}) speaks of:")
        yield from (Line(_model(compiled, model), 1) for model in sorted(rule.models))
        if rule.capabilities:
            capable = joined(f"`{name}`" for name in sorted(rule.capabilities))
            yield Line(f"These are the models with the capability {capable} in the catalogue.")
        if rule.where is not None:
            yield Line(f"Only what is {where_words(rule.where)}: {_covered(compiled, rule.where)}.")
    if models:
        others = [f"`{name}`" for name in compiled.phases.models if name not in models]
        yield Line(f"It says nothing of {joined(others) or 'any other model'}.")


def _covered(compiled: Compiled, where: Where) -> str:
    deployed = compiled.book.catalogue.deployments.values()
    names = joined((f"`{item.name}`" for item in deployed if where.covers(item)), "and")
    here = f"of the deployments, {names}" if names else "none of the deployments is"
    return f"{here}. Where nobody says at which one a request is served, the rule counts as well"


def _model(compiled: Compiled, name: str) -> str:
    aliases = sorted(compiled.book.catalogue.models[name].aliases)
    also = f", also called {joined((f'`{alias}`' for alias in aliases), 'and')}" if aliases else ""
    return f"`{name}`{also}"


def _moments(version: OrderVersion) -> Iterator[Line]:
    for key, says in (
        ("received", "It was received at {}; that decides nothing."),
        ("effective", "As written it takes effect at {}."),
        ("comply_by", "It asks for compliance by {}; that decides nothing here."),
    ):
        if version.source.get(key) is not None:
            yield Line(says.format(version.source[key]))


def _per_rule(version: OrderVersion, say: Callable[[Rule], Iterable[Line]]) -> Iterator[Line]:
    for rule in version.rules:
        models = joined((f"`{model}`" for model in sorted(rule.models)), "and")
        yield Line(f"Rule `{rule.id}`, on {models}:")
        yield from (Line(line.text, line.depth + 1) for line in say(rule))


def _exceptions(version: OrderVersion) -> Iterator[Line]:
    rules = {rule.id: rule for rule in version.rules}
    for item in version.exemptions:
        yield from exception_lines(item, rules[item.to], version.exemptions)
    if version.rules and not version.exemptions:
        yield Line("None.")
    lists = [group for group in version.annexes.values() if group.digest is not None]
    if lists:
        yield Line("Lists:")
        yield from (Line(group_line(group), 1) for group in lists)


def _standing(rule: Rule) -> Iterator[Line]:
    yield Line(STANDING[rule.standing])
    yield Line(NAMED)


def _worked(compiled: Compiled, version: OrderVersion, at: Instant | None) -> Iterator[Line]:
    since, until = governing_span(version, compiled.book.versions)
    moment = since if at is None or not since <= at < until else at
    if since == until or not version.rules:
        return
    alike: dict[tuple[str, ...], list[str]] = {}
    for model in sorted({model for rule in version.rules for model in rule.models}):
        alike.setdefault(speaking(compiled.book, moment)[model], []).append(model)
    for models in alike.values():
        examples = Examples(compiled, models[0], moment)
        named = joined((f"`{model}`" for model in models), "and")
        yield Line(f"For {named}, as things stand at {format_instant(moment)}:")
        yield from (Line(line.text, line.depth + 1) for line in examples.settling())
        yield from (Line(line.text, line.depth + 1) for line in examples.lines())


OUTSIDE = {
    "none": "Nothing said outside may tell that there is an order. Whoever is refused reads only:",
    "existence": "That there is an order may be said outside, not which. Whoever is refused reads:",
    "full": "The order may be named outside. Whoever is refused reads:",
}


def _outside(version: OrderVersion) -> Iterator[Line]:
    if version.rules:
        yield Line(OUTSIDE[version.disclosure])
        yield from (Line(f"({language}) {text}", 1) for language, text in version.notice.items())


def _obligations(compiled: Compiled, version: OrderVersion) -> Iterator[Line]:
    for duty in running(compiled.book.versions, version):
        clock = clock_words(duty)
        yield Line(f"`{duty.id}` (clauses {', '.join(duty.clauses)}), {clock}: {duty.what}")
        if duty.owner:
            yield Line(f"Seen to by: {duty.owner}.", 1)
        if duty.evidence:
            yield Line(f"Shown by: {', '.join(duty.evidence)}.", 1)
    for kept in version.preserve:
        until = "it is lifted" if kept.until is None else format_instant(kept.until)
        yield Line(
            f"`{kept.id}` (clauses {', '.join(kept.clauses)}): no {joined(sorted(kept.records))} may"
            f" be erased from {format_instant(kept.since)} until {until}. {kept.what}"
        )
    if version.discharges:
        ended = joined((f"`{name}`" for name in sorted(version.discharges)), "and")
        yield Line(f"Duties of earlier versions that end: {ended}.")
    for earlier, name in staying(compiled.book, version):
        yield Line(f"`{name}` of version {earlier.version} stays as it was written there.")


def _clauses(version: OrderVersion) -> Iterator[Line]:
    for name, text in version.clauses.items():
        carried = joined(_carriers(version, name), "and") or "nothing"
        yield Line(f"{name}: “{text}” Carried out by {carried}.")


def _carriers(version: OrderVersion, clause: str) -> Iterator[str]:
    yield from (f"rule `{rule.id}`" for rule in version.rules if clause in rule.clauses)
    yield from (f"exception `{item.id}`" for item in version.exemptions if clause in item.clauses)
    for duty in version.duties:
        if clause in duty.clauses:
            yield f"duty `{duty.id}`"
    yield from (f"requirement `{x.id}`" for x in version.requirements if clause in x.clauses)
    yield from carriers(version, clause)
    if any(item.get("clause") == clause for item in listed(version, "readings")):
        yield "a reading"
    lifts = version.source.get("lifts")
    if isinstance(lifts, list | tuple) and clause in lifts:
        yield "lifting what earlier versions ordered"


def _readings(version: OrderVersion) -> Iterator[Line]:
    for item in listed(version, "readings"):
        turned = item.get("rejected")
        several = " / ".join(map(str, turned)) if isinstance(turned, list | tuple) else turned
        rejected = f"; rejected: {several}" if several else ""
        yield Line(
            f"{item.get('clause')} is read as: {item.get('reading')}{rejected}"
            f" (decided by {item.get('decided_by')})."
        )
