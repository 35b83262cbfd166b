"""What an order file does not say and counsel would want to know: notes, never faults.

1. An amendment is complete in itself: what the version before it had and it has not is gone. Duties,
   clauses, exceptions, licences, stays and questions without an answer are told, by name.
2. A rescission ends rules and keeps duties, so of one only questions without an answer are told;
   and that it discharges what no version before it has.
3. An outside authority's letter that nobody authenticated may be anybody's.
4. An annex without a record was typed by hand, as signers will read; told where its rows first come.
5. A version that a later one overtakes never governs, which a wrong date may have brought about.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from writ.law.annexes import confirmations
from writ.law.document import quoted
from writ.law.order import PlacedOrder
from writ.law.reading import Reader, nearest
from writ.model.order import OrderVersion

OUTSIDE = ("restriction", "requirement", "rescission")
_LISTS = (
    ("obligations", "id", "duty"),
    ("preserve", "id", "duty to preserve"),
    ("exceptions", "id", "exception"),
    ("licences", "number", "licence"),
    ("stays", "id", "stay"),
    ("questions", "id", "unanswered question"),
)


def note_omissions(reader: Reader, orders: Sequence[PlacedOrder]) -> None:
    """Note what the versions of a folder leave out."""
    chains = defaultdict[str, list[OrderVersion]](list)
    for order in orders:
        chains[order.version.order].append(order.version)
    for order in orders:
        version = order.version
        chain = chains[version.order]
        earlier = [item for item in chain if item.version < version.version]
        for said in (
            *_unproven(version),
            *_by_hand(version, earlier),
            *_dropped(version, earlier),
            *_never_was(version, earlier),
            *_overtaken(version, chain),
        ):
            reader.note(order.place, said)


def _unproven(version: OrderVersion) -> Iterator[str]:
    """Rule 3."""
    authority = version.source.get("authority")
    if version.kind in OUTSIDE and isinstance(authority, Mapping):
        proved = authority.get("authenticated")
        if authority.get("instrument") and not proved:
            yield (
                "nobody says how the authority's letter was made sure of; `authenticated` beside"
                " its `document` does"
            )


def _by_hand(version: OrderVersion, earlier: Sequence[OrderVersion]) -> Iterator[str]:
    """Rule 4."""
    recorded = confirmations(version)
    for name, group in sorted(version.annexes.items()):
        if name not in recorded and all(group != item.annexes.get(name) for item in earlier):
            yield (
                f"nobody confirmed whom annex {quoted(name)} lists; `writ annex confirm` does, and"
                " `confirmed` beside its `file` names the record"
            )


def _dropped(version: OrderVersion, earlier: Sequence[OrderVersion]) -> Iterator[str]:
    """Rules 1 and 2."""
    before = max(earlier, key=lambda item: item.version, default=None)
    if before is None:
        return
    over = version.kind == "rescission"
    for clause in () if over else before.clauses:
        if clause not in version.clauses:
            yield _gone("clause", clause, before)
    for key, name, noun in _LISTS[-1:] if over else _LISTS:
        kept = {str(item.get(name)) for item in _listed(version, key)}
        for item in _listed(before, key):
            said = str(item.get(name))
            if said not in kept and not item.get("answer"):
                yield _gone(noun, said, before)


def _never_was(version: OrderVersion, earlier: Sequence[OrderVersion]) -> Iterator[str]:
    """Rule 2; a rescission that lies alone may mean versions which lie elsewhere."""
    known = {duty.id for item in earlier for duty in item.duties}
    for name in sorted(version.discharges - known) if earlier else ():
        yield (
            f"`discharges` names {quoted(name)}, which no earlier version has as a duty,"
            f" so it ends nothing{nearest(name, sorted(known))}"
        )


def _overtaken(version: OrderVersion, chain: Iterable[OrderVersion]) -> Iterator[str]:
    """Rule 5."""
    later = sorted(
        item.version
        for item in chain
        if item.version > version.version and item.effective <= version.effective
    )
    if later:
        yield (
            f"version {version.version} never governs, for version {later[0]} takes effect no later;"
            " look at `effective` of both"
        )


def _gone(noun: str, name: str, before: OrderVersion) -> str:
    return (
        f"the {noun} {quoted(name)} of version {before.version} is not repeated, so it ends with"
        " that version"
    )


def _listed(version: OrderVersion, key: str) -> list[Mapping[str, object]]:
    found = version.source.get(key)
    items = found if isinstance(found, list | tuple) else ()
    return [item for item in items if isinstance(item, Mapping)]
