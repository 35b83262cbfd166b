"""What all orders leave to be done and to be kept, as plain values: for lists, files and programs."""

from collections.abc import Iterable

from writ.canonical import Plain
from writ.clock import FOREVER, Instant, format_instant
from writ.law.asked import questions_plain
from writ.law.due import Occurrence, Owed, kept, owed
from writ.law.periods import period_words
from writ.law.wording import one_line
from writ.model.duty import Obligation, Preserve
from writ.model.order import Lawbook


def duties(
    book: Lawbook, at: Instant, occurrences: Iterable[Occurrence] = (), met: Iterable[str] = ()
) -> dict[str, Plain]:
    """Return what is owed and what is kept at an instant; instants in UTC."""
    return {
        "at": format_instant(at),
        "obligations": [owed_plain(item) for item in owed(book, at, occurrences, met)],
        "preserve": kept_plain(book, at),
        "questions": questions_plain(book, at),
    }


def clock_words(duty: Obligation) -> str:
    """Say what a duty's clock goes by."""
    parts = []
    if duty.every is not None:
        parts.append(f"every {period_words(duty.every)}")
    if duty.within is not None:
        parts.append(f"within {period_words(duty.within)}")
    if duty.event is not None:
        parts.append(f"whenever `{duty.event}` occurs")
    else:
        parts.append(f"from {format_instant(duty.start or 0)}")
    if duty.until is not None:
        parts.append(f"until {format_instant(duty.until)}")
    if duty.calendar is not None:
        parts.append(f"by the calendar `{duty.calendar.name}`")
    return ", ".join(parts)


def duty_line(duty: Obligation) -> str:
    """Say a duty in one line."""
    owner = f"; {duty.owner} sees to it" if duty.owner else ""
    shown = f"; shown by {', '.join(duty.evidence)}" if duty.evidence else ""
    return one_line(f"duty {duty.id}: {clock_words(duty)}: {duty.what}{owner}{shown}")


def preserve_line(duty: Preserve) -> str:
    """Say a duty to preserve in one line."""
    until = "until it is lifted" if duty.until is None else f"until {format_instant(duty.until)}"
    records = ", ".join(sorted(duty.records))
    return one_line(f"keeps {records} {until} ({duty.id}): {duty.what}")


def owed_plain(item: Owed) -> dict[str, Plain]:
    """Write something owed as JSON values."""
    duty = item.duty
    return {
        "name": item.name,
        "order": item.order,
        "version": item.version,
        "id": duty.id,
        "clauses": list(duty.clauses),
        "what": duty.what,
        "owner": duty.owner,
        "clock": clock_words(duty),
        "since": format_instant(item.since),
        "due": None if item.due is None else format_instant(item.due),
        "state": item.state,
        "evidence": list(duty.evidence),
    }


def kept_plain(book: Lawbook, at: Instant) -> list[Plain]:
    """Write what must be kept at an instant as JSON values."""
    return [_kept(order, duty, until) for order, duty, until in kept(book, at)]


def _kept(order: str, duty: Preserve, until: Instant) -> Plain:
    return {
        "order": order,
        "id": duty.id,
        "clauses": list(duty.clauses),
        "what": duty.what,
        "records": sorted(duty.records),
        "since": format_instant(duty.since),
        "until": None if until >= FOREVER else format_instant(until),
    }
