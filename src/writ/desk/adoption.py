"""What it means that a version names a newer definition than the version before it: for signers.

1. Both definitions are said in words, without the name.
2. Whom that moves is searched for by this version alone, once with the definition it names and once
   with the older one in its place: one example for every kind of change, and no row of an annex.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from writ.law.difference import Found, moved
from writ.law.difference_definitions import adopting, predicates_of
from writ.law.wording import who_words
from writ.model.catalogue import Catalogue
from writ.model.expression import Predicate
from writ.model.order import Lawbook, OrderVersion


def adoption_lines(
    version: OrderVersion, versions: Iterable[OrderVersion], catalogue: Catalogue
) -> Iterator[str]:
    """Say which definitions a version adopts in place of older ones, and whom that moves."""
    earlier = [
        item for item in versions if item.order == version.order and item.version < version.version
    ]
    before = max(earlier, key=lambda item: item.version, default=None)
    if before is None:
        return
    was, now = _named(before), _named(version)
    for old, new in ((old, new) for old in sorted(was) for new in sorted(now)):
        if _base(old) == _base(new) and old not in now and new not in was:
            yield f"{new} in place of {old}: asks {_words(now[new])}; asked {_words(was[old])}"
            yield from _moved(Lawbook(catalogue, (version,)), new, was[old])


def _moved(book: Lawbook, new: str, old: Predicate) -> Iterator[str]:
    found = moved(adopting(book, new, old), book)
    if not found.movers:
        yield f"  that moves nobody, of {found.asked} examples asked"
    for mover in found.movers:
        yield f"  {mover.model}: {_outcome(mover.before)} becomes {_outcome(mover.after)}: {mover.who}"
    if not found.complete:
        yield "  there are too many kinds of people to ask them all: somebody may be missing"


def _named(version: OrderVersion) -> dict[str, Predicate]:
    return {item.name: item for item in predicates_of(version) if item.name is not None}


def _base(name: str) -> str:
    return name.rpartition("@")[0]


def _words(predicate: Predicate) -> str:
    return who_words(replace(predicate, name=None))


def _outcome(found: Found) -> str:
    outcome, served_by = found
    return f"{outcome.word} by {served_by}" if outcome.word == "substitute" else outcome.word
