"""Example people who fare differently on two sides, as lines and as JSON."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from writ.canonical import Plain
from writ.clock import FOREVER, format_instant
from writ.law.difference import Found, Moved, Mover
from writ.law.subjects import write_subject
from writ.model.subject import Subject, followed

MISSING = "there are too many kinds of people to ask them all: somebody may be missing"


def mover_lines(mover: Mover) -> list[str]:
    """Say what becomes of whom, and when."""
    spans = "; ".join(
        f"from {format_instant(since)}"
        + ("" if until >= FOREVER else f" until {format_instant(until)}")
        for since, until in mover.spans
    )
    return [
        f"{mover.model}: {_outcome(mover.before)} becomes {_outcome(mover.after)}, {spans}",
        f"  {mover.who}",
    ]


def moved_lines(people: Moved) -> Iterable[str]:
    """Say who was found, or that nobody was, of how many asked."""
    if people.movers:
        yield from ("", "people who fare differently:")
        yield from (line for mover in people.movers for line in mover_lines(mover))
    elif people.asked:
        yield from ("", f"nobody fares differently, of {people.asked} examples asked")
    else:
        yield from ("", "nobody fares differently: the rules in force have the same digests")
    if not people.complete:
        yield MISSING


def movers_plain(people: Moved, *, whole: bool = False) -> list[Plain]:
    """Write everybody found as JSON values; unless `whole`, no request that names a row of an annex."""
    listed = people.listed
    return [
        {
            "model": mover.model,
            "before": _found(mover.before),
            "after": _found(mover.after),
            "who": mover.who,
            "spans": [
                [format_instant(since), None if until >= FOREVER else format_instant(until)]
                for since, until in mover.spans
            ],
            "request": request if whole or listed.isdisjoint(_texts(request)) else None,
        }
        for mover, request in ((mover, request_plain(mover)) for mover in people.movers)
    ]


def request_plain(mover: Mover) -> dict[str, Plain]:
    """Write an example as a line of `writ decide --batch`."""
    chain = mover.chain
    parts: tuple[tuple[str, Subject | None], ...] = (
        ("subject", chain.requester),
        ("organisation", chain.organisation),
        ("end_user", chain.end_user),
    )
    request: dict[str, Plain] = {
        name: write_subject(subject, _named(subject))
        for name, subject in parts
        if subject is not None
    }
    return {**request, "model": mover.model, "at": format_instant(mover.at)}


def _texts(value: Plain) -> Iterator[str]:
    """Yield every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for part in value.values() for text in _texts(part))
    elif isinstance(value, Sequence):
        yield from (text for part in value for text in _texts(part))


def _outcome(found: Found) -> str:
    outcome, server = found
    return outcome.word if outcome.word != "substitute" else f"substitute by {server}"


def _found(found: Found) -> Plain:
    return {"outcome": found[0].word, "served_by": found[1]}


def _named(subject: Subject) -> tuple[Subject, ...]:
    """Return those whom a standing rests on, as a file of a request has them."""
    return tuple(followed(subject).values())[1:]
