"""Seats: all that a log is counted by, of the subject whose key was used, in one number.

1. The bits of a seat are, from the lowest: whether the subject is a person; its class; its plan; the
   place of the organisation that it acts for. So what a log is joined to is an id and a number for
   each subject, and what was counted is taken apart afterwards, group by group.
2. Places number organisations from 1: those that the population has, and those that somebody acts
   for and it does not have, whose class is `UNKNOWN`. `NOBODY`, `UNKNOWN` and `AMBIGUOUS` stand below.
3. Fields are as wide as what there is to number, and nothing is lost.
"""

from dataclasses import dataclass

import ibis

from writ.study.classes import AMBIGUOUS, NOBODY, NOT_ONE, UNKNOWN
from writ.study.engine import Engine, Table

_UP = -NOT_ONE
"""What makes every number one from 0 on."""


@dataclass(frozen=True, slots=True)
class Seats:
    """Rule 1, with the bits that classes and plans take; `organisations`: id, place and number."""

    classes: int
    plans: int
    organisations: Table

    def write(self, number: Table, plan: Table, place: Table, person: Table) -> Table:
        """Write seats; `person` is 1 or 0."""
        high = (place.cast("int64") + _UP) * (1 << self.classes + self.plans + 1)
        return high + plan.cast("int64") * (1 << self.classes + 1) + (number + _UP) * 2 + person

    def of_strangers(self) -> Table:
        """Return the seat of whoever the population does not have."""
        no, unknown = (ibis.literal(number, "int64") for number in (0, UNKNOWN))
        return self.write(unknown, no, ibis.literal(NOBODY, "int64"), no)

    def number(self, seat: Table) -> Table:
        """Read the class."""
        return _bits(seat, 1, self.classes) - _UP

    def user(self, seat: Table) -> Table:
        """Read the class as that of an end user, who has to be a person."""
        return (_bits(seat, 0, 1) == 1).ifelse(self.number(seat), NOT_ONE).cast("int64")

    def plan(self, seat: Table) -> Table:
        """Read the number of the plan."""
        return _bits(seat, self.classes + 1, self.plans)

    def place(self, seat: Table) -> Table:
        """Read the place of the organisation."""
        return (seat >> self.classes + self.plans + 1).cast("int64") - _UP

    def with_organisations(self, counted: Table) -> Table:
        """Add the class and the id of the organisation at each place; at no place there is none."""
        there = self.organisations.select(at="place", name="id", told="number")
        joined = counted.left_join(there, counted.place == there.at)
        number = ibis.ifelse(joined.place > NOBODY, joined.told, joined.place).cast("int64")
        return joined.mutate(organisation=number).drop("at", "told")


def seated(engine: Engine, numbered: Table, plans: int, classes: int) -> tuple[Table, Seats]:
    """Write the seat of every subject; `numbered` has id, kind, number, acts_for and plan, a number."""
    seats = Seats(
        (classes + _UP).bit_length(), plans.bit_length(), _organisations(engine, numbered)
    )
    there = seats.organisations.select(owner="id", place="place")
    joined = numbered.left_join(there, numbered.acts_for == there.owner)
    acts_for = joined.acts_for.fill_null("")
    place = ibis.cases(
        (acts_for == "", NOBODY), (acts_for.startswith("["), AMBIGUOUS), else_=joined.place
    )
    person = (joined.kind == "person").ifelse(1, 0)
    seat = seats.write(joined.number, joined.plan, place, person).cast("int64")
    return engine.keep(joined.select("id", seat=seat)), seats


def _organisations(engine: Engine, numbered: Table) -> Table:
    """Rule 2."""
    known = numbered.filter(numbered.kind == "organisation").select("id", "number")
    acts_for = numbered.acts_for.fill_null("")
    acting = numbered.filter((acts_for != "") & ~acts_for.startswith("["))
    wanted = acting.select(id="acts_for").distinct()
    orphans = wanted.anti_join(known, "id").mutate(number=ibis.literal(UNKNOWN, "int64"))
    every = known.union(orphans)
    place = ibis.row_number().over(order_by=every.id).cast("int64") + 1
    return engine.keep(every.mutate(place=place))


def _bits(seat: Table, low: int, width: int) -> Table:
    return ((seat >> low) & ((1 << width) - 1)).cast("int64")
