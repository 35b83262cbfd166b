"""What an order is beside a restriction: who must be served, and the provider's own orders."""

from collections.abc import Iterator, Mapping

from writ.law.compiled.book import Compiled
from writ.law.explain.conflict import conflicts
from writ.law.explain.english import Line
from writ.law.explain.proceedings import names
from writ.law.wording import requirement_line
from writ.model.order import OrderVersion

OWN = (
    "It is the provider's own order. It may ask for nobody's nationality, residence or origin"
    " without an outside authority's authenticated instrument, and it overrides no other order."
)


def serve_lines(compiled: Compiled, version: OrderVersion) -> Iterator[Line]:
    """Say who must be served, and what stands against that."""
    if version.requirements:
        yield Line("It never permits what another order restricts. It requires:")
        yield from (Line(f"{requirement_line(item)}.", 1) for item in version.requirements)
    found = [
        item.words
        for item in conflicts(compiled.book)
        if (item.required.version.order, item.required.version.version)
        == (version.order, version.version)
        or (item.rule.version.order, item.rule.version.version) == (version.order, version.version)
    ]
    yield from (Line(f"Conflict: {words}.") for words in found)


def own_lines(version: OrderVersion) -> Iterator[Line]:
    """Say by what an order of the provider's own is limited, and how its programme admits."""
    if version.kind in ("programme", "mitigation"):
        yield Line(OWN)
    mandate, programme = version.source.get("mandate"), version.source.get("programme")
    if isinstance(mandate, Mapping):
        yield Line(f"It rests on {mandate.get('instrument')} of {mandate.get('name')}.")
    if isinstance(programme, Mapping):
        yield Line(
            f"Programme `{programme.get('name')}`: {programme.get('admits')} admits, on"
            f" {names(programme.get('evidence'))}."
        )
        yield from (
            Line(f"Reviewed every {review.get('every')} by {review.get('by')}.", 1)
            for review in (programme.get("review"),)
            if isinstance(review, Mapping)
        )
