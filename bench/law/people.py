"""People of whom everything is known, no two of them alike to rules that tell countries apart."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice

from bench.law.letters import CODES, NOW
from writ.clock import DAY
from writ.model.subject import Fact, Subject, Value


@dataclass(frozen=True, slots=True)
class Person:
    """What is the case about somebody."""

    name: str
    citizenships: tuple[str, ...]
    residence: str
    permanent_residences: tuple[str, ...]
    employer: str

    def subject(self) -> Subject:
        """Return the person with every fact shown in full, yesterday, at A4."""
        return Subject(
            self.name,
            "person",
            facts=(
                _fact("citizenships", *((code, "") for code in self.citizenships)),
                _fact("residence", (self.residence, "")),
                _fact("permanent_residences", *((code, "") for code in self.permanent_residences)),
                _fact("employer", (self.employer, "employee")),
            ),
        )


def people(number: int) -> Iterator[Person]:
    """Return so many people."""
    return islice(map(_person, count()), number)


def _person(number: int) -> Person:
    size = len(CODES)
    first, second, lives = number % size, number // size % size, number // size**2 % size
    return Person(
        f"person-{number:06}",
        tuple({CODES[first], CODES[second]}),
        CODES[(lives + first) % size],
        (CODES[(first * 7 + second) % size],) if number % 3 == 0 else (),
        f"org-{number * 17 % 400_000}" if number % 2 else "another-company",
    )


def _fact(attribute: str, *parts: tuple[str, ...]) -> Fact:
    values = tuple(map(Value, parts))
    return Fact(attribute, values, "exhaustive", 4, "bench", "bench", NOW - DAY)
