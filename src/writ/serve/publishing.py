"""Who publishes a log or the record asks here: refused while an order may not be told to exist.

1. Nothing is published while a version whose `disclosure` is `none` stands in the law in force, its
   scheduled and earlier versions included, or in the proposal that is open, unless the last seal was
   about it and two people lifted that: whether it may be seen that something happens is theirs to say.
2. A seal is about the versions, byte for byte, that stood there or were open when it was set.
3. Whoever publishes signs first and asks then: what comes after the answer is not in what was signed.
"""

from collections.abc import Iterable

from writ.desk import history
from writ.desk.archive import fetch_manifest
from writ.desk.history import History
from writ.desk.sources import Compiled
from writ.errors import Refused
from writ.ledger.record.told import NONE
from writ.serve.site import Site
from writ.store.events import read_events


def check_told(site: Site) -> None:
    """Refuse to publish while something may not be told, and nobody lifted a seal for it (rule 1)."""
    untold = _untold(site.desk.laws())
    if untold - _lifted(site):
        raise Refused(
            "an order whose `disclosure` is `none` is in force, scheduled or open for signing:"
            " nothing is published; if it may be seen that something happens, say so with"
            " `writ log seal`, which two people then lift with `writ log lift`"
        )


def _untold(laws: Iterable[Compiled]) -> set[tuple[str, str]]:
    """Return names and digests of versions that may not be told to exist."""
    found = set()
    for law in laws:
        for version in law.book.versions:
            if version.disclosure == NONE:
                name = f"{version.order}/{version.version}"
                found.add((name, law.versions[name]))
    return found


def _lifted(site: Site) -> set[tuple[str, str]]:
    """Return the versions that the last seal was about (rule 2); one that holds was about none yet."""
    seal = site.seals.standing()
    if seal.holds or not seal.number:
        return set()
    with site.store.view() as connection:
        rows = read_events(connection, 0, history.KINDS)
        then = History().after(row for row in rows if row.seq < seal.seq)
        stood = [epoch.sources for epoch in then.epochs[-1:]]
        stood += [then.opened.sources] if then.opened is not None else []
        return {
            item for name in stood for item in fetch_manifest(connection, name).versions.items()
        }
