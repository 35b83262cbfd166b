"""What requests want, and for whom: a model and an end user, written as one number beside each request.

1. Names of models are numbered from 1; 0 is a request that names none. An engine groups numbers sooner
   than text.
2. An end user has the number of a class. One whom nobody registered is a person without facts.
3. Organisations are told of some models only: of all others it is of no interest who asks for them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import ibis

from writ.study.classes import NOBODY, NOT_ONE
from writ.study.engine import Engine, Table
from writ.study.population import Population


def number_models(rows: Table, told: Collection[str]) -> Table:
    """Number every name of a model that was asked for: an engine groups numbers sooner than text."""
    named = rows.filter(rows.model.notnull()).select("model").distinct()
    place = ibis.row_number().over(order_by=named.model).cast("int64") + 1
    return named.select(named="model", place=place, told=named.model.isin(sorted(told)))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted, and for whom, as one number; `users` is the highest class of an end user."""

    users: int

    def write(self, rows: Table, models: Table, users: Table | None) -> Table:
        """Write `wanted` in place of both, and whether organisations are told of it."""
        found = rows.left_join(models, rows.model == models.named)
        number, told = found.place.fill_null(0), found.told.fill_null(False)  # noqa: FBT003  a column of it
        found = found.mutate(wanted=number * self._span - NOT_ONE, told=told)
        if users is not None:
            joined = found.left_join(users, found.end_user == users.naming)
            found = joined.mutate(wanted=joined.wanted + joined.user.fill_null(NOBODY))
        return found.select("subject", "organisation", "wanted", "told", "tokens", "stream")

    def read(self, counts: Table, models: Table) -> Table:
        """Read `model` and `user` again; a request without a model has none."""
        apart = counts.mutate(
            number=(counts.wanted // self._span).cast("int64"),
            user=(counts.wanted % self._span).cast("int64") + NOT_ONE,
        )
        named = apart.left_join(models, apart.number == models.place)
        return named.select("key", "user", "requests", "tokens", "streams", model=named.named)

    @property
    def _span(self) -> int:
        return self.users - NOT_ONE + 1


def number_users(
    engine: Engine, rows: Table, population: Population, strangers: Mapping[str | None, int]
) -> Table:
    """Number every end user who is named (rule 2): they are fewer than requests, and known once."""
    naming = rows.filter(rows.end_user.fill_null("") != "").select(naming="end_user")
    named = engine.keep(naming.distinct())  # so that the engine knows how few they are
    subjects = population.subjects
    people = subjects.select(user_id="id", user=population.seats.user(subjects.seat))
    listed = {name: number for name, number in strangers.items() if name is not None}
    if listed:
        columns: dict[str, tuple[str, list[Any]]] = {
            "user_id": ("text", list(listed)),
            "user": ("number", list(listed.values())),
        }
        people = people.union(engine.small(columns).anti_join(people, "user_id"))
    found = named.left_join(people, named.naming == people.user_id)
    number = found.user.fill_null(strangers[None]).cast("int64")
    return engine.keep(found.select("naming", user=number))
