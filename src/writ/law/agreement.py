"""What orders must agree on with each other.

1. One order has one file for each version.
2. While they are in force together, all rules that name a model name the same substitute for it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from writ.clock import FOREVER, Instant
from writ.law.document import Place, quoted
from writ.law.order import PlacedOrder
from writ.law.reading import Reader
from writ.model.order import OrderVersion, Rule


def check_agreement(reader: Reader, orders: Iterable[PlacedOrder]) -> None:
    """Report what the orders of one folder disagree on."""
    placed = sorted(orders, key=lambda order: order.place.file)
    _once(reader, placed)
    versions: dict[str, list[OrderVersion]] = {}
    for order in placed:
        versions.setdefault(order.version.order, []).append(order.version)
    stands = [
        stand
        for order in placed
        for stand in _stands(order, governing_span(order.version, versions[order.version.order]))
    ]
    by_model: dict[str, list[_Stand]] = {}
    for stand in stands:
        by_model.setdefault(stand.model, []).append(stand)
    for same in by_model.values():
        _one_substitute(reader, same)


def governing_span(
    version: OrderVersion, versions: Iterable[OrderVersion]
) -> tuple[Instant, Instant]:
    """Return from when until when a version governs its order among `versions`; empty if equal."""
    later = (
        other.effective
        for other in versions
        if other.order == version.order and other.version > version.version
    )
    end = min((version.until or FOREVER, *later))
    return version.effective, max(version.effective, end)


@dataclass(frozen=True, slots=True)
class _Stand:
    model: str
    substitute: str
    since: Instant
    until: Instant
    place: Place


def _once(reader: Reader, placed: list[PlacedOrder]) -> None:
    seen: dict[tuple[str, int], PlacedOrder] = {}
    for order in placed:
        version = order.version
        first = seen.setdefault((version.order, version.version), order)
        if first is not order and version.order:
            reader.fault(
                order.place,
                f"version {version.version} of {quoted(version.order)} is also in"
                f" {quoted(first.place.file)}",
            )


def _stands(order: PlacedOrder, span: tuple[Instant, Instant]) -> Iterator[_Stand]:
    for placed in order.rules:
        for substitute in _substitutes(placed.rule):
            for model in placed.rule.models:
                yield _Stand(model, substitute, *span, placed.place)


def _substitutes(rule: Rule) -> set[str]:
    return {name for name in (rule.barred.substitute, rule.undetermined.substitute) if name}


def _one_substitute(reader: Reader, stands: list[_Stand]) -> None:
    for index, stand in enumerate(stands):
        for other in stands[:index]:
            together = stand.since < other.until and other.since < stand.until
            if together and stand.substitute != other.substitute and stand.place != other.place:
                where = f"{other.place.file}:{other.place.line}"
                reader.fault(
                    stand.place,
                    f"{quoted(stand.model)} is replaced by {quoted(stand.substitute)} here and by"
                    f" {quoted(other.substitute)} at {where} while both are in force",
                )
