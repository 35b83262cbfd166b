"""Whether whom an annex lists was decided by two people, or typed by hand.

1. An annex may name the record that `writ annex confirm` made (`confirmed: FILE`). It is proved: two
   people who may sign, under this trust document, of this very annex; anything else is Refused. An
   annex that tells subsidiaries apart lists as its own exactly whom they decided on, row by row.
2. Records are looked at when a version comes. Later ones of another trust document undo nothing.
3. An annex without a record is said to be typed by hand; a trust document with the gate `annexes`
   does not let it pass.
"""

from collections.abc import Iterator
from typing import NamedTuple

from writ.desk.sources import Compiled
from writ.errors import Refused
from writ.law.annexes import confirmations
from writ.model.order import Lawbook, OrderVersion
from writ.signing.annex import check_confirmed, read_confirmed
from writ.signing.dsse import read_envelope
from writ.signing.trust import Trust


class Listing(NamedTuple):
    """An annex of a version that comes, and who confirmed it; nobody: it was typed by hand."""

    words: str
    confirmed: bool


def listings(before: Lawbook | None, compiled: Compiled, trust: Trust) -> tuple[Listing, ...]:
    """Return every annex of the versions that come (rules 1 to 3)."""
    old = {(item.order, item.version) for item in (before.versions if before else ())}
    return tuple(
        item
        for version in compiled.book.versions
        if (version.order, version.version) not in old
        for item in _listings(version, compiled, trust)
    )


def _listings(version: OrderVersion, compiled: Compiled, trust: Trust) -> Iterator[Listing]:
    records = confirmations(version)
    for name, group in version.annexes.items():
        of = f"annex {name} of order {version.order} version {version.version}"
        file = records.get(name)
        if file is None:
            yield Listing(
                f"{of} was typed by hand: nobody confirmed whom it lists", confirmed=False
            )
            continue
        found = read_confirmed(read_envelope(compiled.sources.files[file]), trust)
        decided = check_confirmed(found)
        if decided.annex != group.digest:
            raise Refused(f"`{file}` confirms another list than {of}")
        if group.below is not None and group.members - group.below != decided.named:
            raise Refused(f"`{file}` confirms others as subsidiaries than {of}")
        yield Listing(
            f"{of} was confirmed by {' and '.join(found.people)} ({file})", confirmed=True
        )
