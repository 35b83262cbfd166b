"""Seats and teams: all that subjects are counted by, written as two numbers beside their ids.

1. A seat is four bit fields: whether the subject is a person, its class, its plan, and the class of
   the organisation that it acts for. A team is two: the subject's sort (see `writ.study.classes`)
   and the place of that organisation, which is 0 where there is none.
2. Outcomes are counted by seat, and organisations are ranked by team. There are few of either; of
   the two taken together there are almost as many as subjects, and to count by that is what
   takes an engine longest. So whatever is counted is counted under its seat, and, where
   organisations are told, under its team as well, if that has a place, as a number below 0. It is
   taken apart afterwards, group by group.
3. Places number organisations from 1: those that the population has, and those that somebody acts
   for and it does not have, whose class is `UNKNOWN`. `NOBODY`, `UNKNOWN` and `AMBIGUOUS` stand for
   a class of an organisation where there is none.
4. Fields are as wide as what there is to number, and nothing is lost.
"""

from dataclasses import dataclass

import ibis

from writ.study.classes import AMBIGUOUS, NOBODY, NOT_ONE, UNKNOWN
from writ.study.engine import Engine, Table

_UP = -NOT_ONE
"""What makes every number one from 0 on."""


@dataclass(frozen=True, slots=True)
class Seats:
    """Rule 1, with the bits that fields take; `organisations`: id, place and number, which is a class."""

    classes: int
    plans: int
    sorts: int
    organisations: Table

    def write(self, number: Table, plan: Table, organisation: Table, person: Table) -> Table:
        """Write seats; `person` is 1 or 0."""
        low = plan.cast("int64") * (1 << self.classes + 1) + (number + _UP) * 2 + person
        return low + (organisation.cast("int64") + _UP) * (1 << self._low)

    def moved(self, seat: Table, organisation: Table) -> Table:
        """Write a seat as one at another organisation."""
        low = seat & ((1 << self._low) - 1)
        return low + (organisation.cast("int64") + _UP) * (1 << self._low)

    def write_team(self, sort: Table, place: Table) -> Table:
        """Write teams."""
        high = ibis.greatest(place, NOBODY).cast("int64") * (1 << self.sorts)
        return (high + sort + _UP).cast("int64")

    def moved_team(self, team: Table, place: Table) -> Table:
        """Write a team as one at another organisation."""
        return self.write_team(self.sort(team), place)

    def has_place(self, team: Table) -> Table:
        """Whether a team has a place."""
        return team >= 1 << self.sorts

    def keyed(self, engine: Engine, rows: Table) -> Table:
        """Give each row under its seat, and under its team too where it is `told` (rule 2).

        Crossing costs less than taking a list of both apart.
        """
        both = rows.cross_join(engine.small({"way": ("number", [0, 1])}))
        both = both.filter((both.way == 0) | (both.told & self.has_place(both.team)))
        key = (both.way == 0).ifelse(both.seat, -both.team)
        return both.mutate(key=key).drop("seat", "team", "told")

    def of_strangers(self) -> tuple[Table, Table]:
        """Return the seat and the team of whoever the population does not have."""
        no, unknown = (ibis.literal(number, "int64") for number in (NOBODY, UNKNOWN))
        return self.write(unknown, no, no, no), self.write_team(unknown, no)

    def number(self, seat: Table) -> Table:
        """Read the class."""
        return _bits(seat, 1, self.classes) - _UP

    def user(self, seat: Table) -> Table:
        """Read the class as that of an end user, who has to be a person."""
        return (_bits(seat, 0, 1) == 1).ifelse(self.number(seat), NOT_ONE).cast("int64")

    def plan(self, seat: Table) -> Table:
        """Read the number of the plan."""
        return _bits(seat, self.classes + 1, self.plans)

    def organisation(self, seat: Table) -> Table:
        """Read the class of the organisation."""
        return (seat >> self._low).cast("int64") - _UP

    def sort(self, team: Table) -> Table:
        """Read the sort."""
        return _bits(team, 0, self.sorts) - _UP

    def with_names(self, counted: Table) -> Table:
        """Take each `team` apart: its sort, and the class and the id of its organisation."""
        there = self.organisations.select(at="place", name="id", organisation="number")
        apart = counted.mutate(
            place=(counted.team >> self.sorts).cast("int64"), sort=self.sort(counted.team)
        )
        return apart.inner_join(there, apart.place == there.at).drop("at", "place", "team")

    @property
    def _low(self) -> int:
        return self.classes + self.plans + 1


def seated(
    engine: Engine, numbered: Table, acting: Table, widths: tuple[int, int, int]
) -> tuple[Table, Seats]:
    """Write the seat and the team of every subject.

    `numbered` has id, kind, number, sort, acts_for and plan, a number; `acting` has all `acts_for`
    there are; `widths` are how many classes, plans and sorts.
    """
    classes, plans, sorts = widths
    organisations = _organisations(engine, numbered, acting)
    seats = Seats(
        (classes + _UP).bit_length(), plans.bit_length(), (sorts + _UP).bit_length(), organisations
    )
    there = organisations.select(owner="id", place="place", told="number")
    joined = numbered.left_join(there, numbered.acts_for == there.owner)
    acts_for = joined.acts_for.fill_null("")
    none = ((acts_for == "", NOBODY), (acts_for.startswith("["), AMBIGUOUS))
    organisation = ibis.cases(*none, else_=joined.told)
    place = ibis.cases(*none, else_=joined.place)
    person = (joined.kind == "person").ifelse(1, 0)
    seat = seats.write(joined.number, joined.plan, organisation, person).cast("int64")
    team = seats.write_team(joined.sort, place)
    return engine.keep(joined.select("id", seat=seat, team=team)), seats


def _organisations(engine: Engine, numbered: Table, acting: Table) -> Table:
    """Rule 3."""
    known = numbered.filter(numbered.kind == "organisation").select("id", "number")
    acts_for = acting.acts_for.fill_null("")
    wanted = acting.filter((acts_for != "") & ~acts_for.startswith("["))
    named = wanted.select(id="acts_for").distinct()
    orphans = named.anti_join(known, "id").mutate(number=ibis.literal(UNKNOWN, "int64"))
    every = known.union(orphans)
    place = ibis.row_number().over(order_by=every.id).cast("int64") + 1
    return engine.keep(every.mutate(place=place))


def _bits(field: Table, low: int, width: int) -> Table:
    return ((field >> low) & ((1 << width) - 1)).cast("int64")
