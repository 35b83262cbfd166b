"""A change of law in words: what comes, what goes, and when anything becomes different.

1. Both sides are compiled law, so what is said is what will be done, comments and layout apart.
2. Instants are in UTC; digests are `rules_digest`, before and after, wherever they differ.
3. Of an annex it is said how many rows come and go, and never whose.
"""

from collections import defaultdict
from collections.abc import Iterator

from writ.clock import FOREVER, Instant, format_instant
from writ.desk.adoption import adoption_lines
from writ.law.annex_moves import annex_moves
from writ.law.digest import Digests
from writ.law.duties import duty_line, preserve_line
from writ.law.letter_words import letter_lines
from writ.law.threads import running
from writ.law.wording import (
    deployment_line,
    exception_line,
    model_line,
    one_line,
    order_line,
    requirement_line,
    rule_line,
    stay_line,
)
from writ.model.catalogue import Catalogue
from writ.model.order import Hold, Lawbook

EMPTY = Lawbook(Catalogue("", {}))


def change(before: Lawbook | None, after: Lawbook) -> tuple[str, ...]:
    """Say how `after` differs from `before` (None: nothing was in force), one line each."""
    old = EMPTY if before is None else before
    return (
        *_models(old.catalogue, after.catalogue),
        *_orders(old, after),
        *_holds(old, after),
        *_instants(old, after),
    )


def _models(old: Catalogue, new: Catalogue) -> Iterator[str]:
    if old.provider != new.provider:
        yield f"`self` means {new.provider}" + (f", not {old.provider}" if old.provider else "")
    for name in sorted({*old.models, *new.models}):
        was, now = old.models.get(name), new.models.get(name)
        if now is None:
            yield f"model {name} goes"
        elif was != now:
            yield f"model {name} {'changes' if was else 'comes'}: {model_line(now)}"
    for name in sorted({*old.deployments, *new.deployments}):
        here, there = old.deployments.get(name), new.deployments.get(name)
        if there is None:
            yield f"deployment {name} goes"
        elif here != there:
            yield f"deployment {name} {'changes' if here else 'comes'}: {deployment_line(there)}"


def _orders(old: Lawbook, new: Lawbook) -> Iterator[str]:
    before = {(item.order, item.version): item for item in old.versions}
    after = {(item.order, item.version): item for item in new.versions}
    rows = defaultdict[tuple[str, int], list[str]](list)
    for move in annex_moves(old.versions, new.versions):
        rows[move.order, move.version].append(f"  {move.line()}")
    for name in sorted({*before, *after}):
        was, now = before.get(name), after.get(name)
        if now is None:
            yield f"order {name[0]} version {name[1]} goes"
            gone = before[name].duties
            yield from (f"  duty {item.id} goes with it" for item in gone)
            yield from rows[name]
        elif was != now:
            yield f"order {name[0]} version {name[1]} {'changes' if was else 'comes'}: {order_line(now)}"
            yield from (f"  {rule_line(rule)}" for rule in now.rules)
            yield from (f"  {exception_line(item)}" for item in now.exemptions)
            versions = (*old.versions, *new.versions)
            yield from (f"  {line}" for line in adoption_lines(now, versions, new.catalogue))
            yield from (f"  {stay_line(stay)}" for stay in now.stays)
            yield from (f"  {requirement_line(item)}" for item in now.requirements)
            yield from (
                f"  whoever is refused reads ({language}): “{one_line(text)}”"
                for language, text in sorted(now.notice.items())
            )
            yield from (f"  {duty_line(item)}" for item in running(new.versions, now))
            yield from (f"  {preserve_line(item)}" for item in now.preserve)
            yield from (
                f"  duty {duty} of earlier versions ends" for duty in sorted(now.discharges)
            )
            yield from (f"  {line}" for line in letter_lines(now))
            yield from rows[name]


def _holds(old: Lawbook, new: Lawbook) -> Iterator[str]:
    for hold in sorted(
        {*old.holds, *new.holds}, key=lambda hold: (hold.model, hold.since, hold.by)
    ):
        if hold not in new.holds:
            yield f"the hold on {hold.model} by {hold.by} ends"
        elif hold not in old.holds:
            yield f"{hold.model} is held by {hold.by} {_span(hold)}"


def _span(hold: Hold) -> str:
    until = "released by two" if hold.until >= FOREVER else format_instant(hold.until)
    return f"from {format_instant(hold.since)} until {until}"


def _instants(old: Lawbook, new: Lawbook) -> Iterator[str]:
    before, after = Digests(old), Digests(new)
    for at in (-FOREVER, *sorted({*old.boundaries(), *new.boundaries()})):
        was, now = before.at(at), after.at(at)
        if was != now:
            when = "before all instants" if at == -FOREVER else f"from {format_instant(at)}"
            names = _in_force(new, at)
            yield f"{when}: {names}; rules {now}, before this change {was}"


def _in_force(book: Lawbook, at: Instant) -> str:
    orders = [f"{item.order} version {item.version}" for item in book.in_force(at)]
    held = sorted({f"hold on {hold.model}" for hold in book.holds_at(at)})
    return ", ".join((*orders, *held)) or "no order"
