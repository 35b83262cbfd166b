"""Which models could stand in for which, as far as the catalogue says.

1. Another model stands in where it speaks all dialects, has all capabilities, and is not of the
   same family: a letter that names one of a family tends to name the others.
2. The best come first: exempt models, which no order reaches before they are controlled; then those
   that the fewest rules in force speak of.
"""

from writ.clock import Instant
from writ.model.catalogue import Catalogue, Model
from writ.model.order import Lawbook


def substitutes(book: Lawbook, at: Instant) -> dict[str, tuple[str, ...]]:
    """Return, for every controlled model, what could stand in for it, the best first."""
    catalogue = book.catalogue
    spoken = [model for active in book.rules_at(at) for model in active.rule.models]
    spoken += [hold.model for hold in book.holds_at(at)]
    return {
        model.name: tuple(
            sorted(
                _able(catalogue, model),
                key=lambda name: (catalogue.models[name].controlled, spoken.count(name)),
            )
        )
        for model in catalogue.models.values()
        if model.controlled
    }


def _able(catalogue: Catalogue, model: Model) -> list[str]:
    return [
        other.name
        for other in catalogue.models.values()
        if other.name != model.name
        and model.dialects <= other.dialects
        and model.capabilities <= other.capabilities
        and not (model.family and other.family == model.family)
    ]
