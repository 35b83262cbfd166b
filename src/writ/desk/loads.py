"""One epoch for every enforcement point, by the deployment that the signed catalogue gives it.

1. Deployments that the same rules cover share a load; a point that belongs to none obeys them all.
"""

from collections.abc import Iterator

from writ.clock import Instant
from writ.desk.assertions import Assessor
from writ.desk.load import Load
from writ.desk.roll import Roll
from writ.law.compiled.places import Places
from writ.model.order import Lawbook


class Loads:
    """Rule 1; every load is filled from the registry as it is made."""

    def __init__(self, book: Lawbook, epoch: int, roll: Roll, now: Instant) -> None:
        self._catalogue = book.catalogue
        self._places = Places(book)
        self._loads: dict[int, Load] = {}
        self._assessors: dict[int, Assessor] = {}
        for deployment in (None, *book.catalogue.deployments.values()):
            compiled = self._places.at(deployment)
            if id(compiled) not in self._loads:
                load = self._loads[id(compiled)] = Load(compiled, epoch, roll.name_of, now)
                roll.fill(load, now)

    def __iter__(self) -> Iterator[Load]:
        """Yield each load once."""
        return iter(self._loads.values())

    def of(self, point: str) -> Load:
        """Return what an enforcement point is given."""
        return self._loads[id(self._places.at(self._catalogue.deployment_of(point)))]

    def assessor(self, point: str) -> Assessor:
        """Return what judges words for an enforcement point; made when the first is asked about."""
        load = self.of(point)
        if id(load) not in self._assessors:
            self._assessors[id(load)] = Assessor(load)
        return self._assessors[id(load)]
