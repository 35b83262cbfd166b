"""What changes at which instant, over all versions of a lawbook."""

from collections.abc import Iterator

from writ.clock import FOREVER, Instant, format_instant
from writ.law.agreement import governing_span
from writ.law.explain.english import Line, joined
from writ.model.order import ActiveRule, Lawbook, OrderVersion, Stay


def timeline(book: Lawbook) -> Iterator[Line]:
    """Say, from each instant on, which rules speak of which model."""
    yield Line("Before the first of these instants no order restricts any model.")
    before: dict[str, tuple[str, ...]] = dict.fromkeys(sorted(book.catalogue.models), ())
    for at in book.boundaries():
        events = tuple(_events(book, at))
        if not events:  # the end of a version that a later one has replaced by then
            continue
        yield Line(f"From {format_instant(at)} on: {joined(events, 'and')}.")
        after = speaking(book, at)
        for model, rules in after.items():
            if rules or before[model]:
                yield Line(f"`{model}`: {_rules(rules)}{_same(rules, before[model])}", 1)
        free = [f"`{model}`" for model, rules in after.items() if not rules and not before[model]]
        if free:
            yield Line(f"as before, no rule speaks of {joined(free)}: permit", 1)
        before = after


def speaking(book: Lawbook, at: Instant) -> dict[str, tuple[str, ...]]:
    """Return, per model, the rules in force on it with their exceptions, each named."""
    active = book.rules_at(at)
    return {
        model: tuple(_named(item, model) for item in active if model in item.rule.models)
        for model in sorted(book.catalogue.models)
    }


def _named(active: ActiveRule, model: str) -> str:
    version = active.version
    exempt = [f"`{item.id}`" for item in active.exemptions if model in item.models]
    several = "s" if len(exempt) > 1 else ""
    but = f" with exception{several} {joined(exempt, 'and')}" if exempt else ""
    return f"`{version.order}` version {version.version}, rule `{active.rule.id}`{but}"


def _rules(rules: tuple[str, ...]) -> str:
    return joined(rules, "and") if rules else "no rule any more: permit to everybody"


def _same(rules: tuple[str, ...], before: tuple[str, ...]) -> str:
    return " (as before)" if rules == before and rules else ""


def _events(book: Lawbook, at: Instant) -> Iterator[str]:
    for version in book.versions:
        since, until = governing_span(version, book.versions)
        if since == at < until:
            yield f"`{version.order}` version {version.version} ({version.kind}) takes effect"
            yield from (
                f"stay `{stay.id}` of {_stayed(stay)} goes on"
                for stay in version.stays
                if stay.since < at and (stay.until is None or at < stay.until)
            )
        elif version.effective == at:
            yield f"`{version.order}` version {version.version} never governs (a later one does)"
        if version.until == at and since < until == at:
            yield f"`{version.order}` version {version.version} ends"
        if since <= at < until:
            yield from _turns(version, at)
    yield from (f"a hold on `{hold.model}` begins" for hold in book.holds if hold.since == at)
    yield from (f"a hold on `{hold.model}` ends" for hold in book.holds if hold.until == at)


def _turns(version: OrderVersion, at: Instant) -> Iterator[str]:
    """Say which stays and licences of a version that governs begin and end at an instant."""
    for stay in version.stays:
        edges = ((stay.since, "begins"), (stay.until, "ends"))
        said = f"stay `{stay.id}` of {_stayed(stay)}"
        yield from (f"{said} {how}" for edge, how in edges if edge == at)
    for item in version.exemptions:
        sides = ((item.since, "begins"), (item.until, "ends"))
        yield from (
            f"licence `{item.licence}` {how}, and exception `{item.id}` with it"
            for edge, how in sides
            if edge == at
        )


def _stayed(stay: Stay) -> str:
    return joined((f"`{name}`" for name in sorted(stay.rules)), "and")


def span_lines(book: Lawbook, version: OrderVersion) -> Iterator[Line]:
    """Say when one version governs, and why not longer."""
    since, until = governing_span(version, book.versions)
    if since == until:
        yield Line("This version never governs: a later one takes effect no later.")
        return
    if until >= FOREVER:
        yield Line(f"It governs from {format_instant(since)} on, without an end.")
    else:
        why = _ending(book, version, until)
        yield Line(f"It governs from {format_instant(since)} until {format_instant(until)}, {why}.")
        yield Line(f"At {format_instant(until)} itself it governs no longer.", 1)
    if version.until is not None and version.until > until:
        yield Line(f"(By itself it would end at {format_instant(version.until)}.)", 1)


def _ending(book: Lawbook, version: OrderVersion, until: Instant) -> str:
    later = [
        other.version
        for other in book.versions
        if (other.order, other.effective) == (version.order, until)
        and other.version > version.version
    ]
    return f"when version {max(later)} replaces it" if later else "when it ends by itself"
