"""Random letters: what each orders, in plain parts, from which every engine's own form is written.

1. A letter names one to three models, and bars nationals of listed countries; every second one
   residents as well, every twentieth the staff of an annex instead. Half spare permanent residents
   of some state.
2. Letters arrive on `days` different days (at most `MOST_DAYS`, the business days of four years);
   a tenth end by themselves. All have arrived at `NOW`, so that the most rules are in force.
3. Annexes share `ANNEX_ROWS` rows between them, or twenty for each order if that is less.
"""

from dataclasses import dataclass
from random import Random

from writ.clock import DAY, FOREVER, Instant, parse_instant
from writ.law.countries import countries

MODELS = 1000
MOST_DAYS = 1000
ANNEX_ROWS = 30_000
START: Instant = parse_instant("2026-01-05T00:00:00Z")
NOW: Instant = START + (MOST_DAYS + 400) * DAY
CODES = sorted(countries())


@dataclass(frozen=True, slots=True)
class Letter:
    """One order; `annex` is empty for the nineteen that list countries."""

    name: str
    models: tuple[str, ...]
    nationals: tuple[str, ...]
    residents: tuple[str, ...]
    spared: tuple[str, ...]
    annex: tuple[str, ...]
    max_age: int | None
    effective: Instant
    until: Instant

    @property
    def in_force(self) -> bool:
        """Whether the letter counts at `NOW`."""
        return self.effective <= NOW < self.until


def model_names(models: int = MODELS) -> list[str]:
    """Return the models of the catalogue."""
    return [f"model-{number:04}" for number in range(models)]


def letters(count: int, models: int = MODELS) -> list[Letter]:
    """Draw letters over so many models, the same for the same count."""
    random = Random(count)
    names, days = model_names(models), min(count, MOST_DAYS)
    annexes = len(range(0, count, 20))
    rows = max(1, min(ANNEX_ROWS, 20 * count) // annexes)
    return [_letter(number, names, number * days // count, rows, random) for number in range(count)]


def _letter(number: int, names: list[str], day: int, rows: int, random: Random) -> Letter:
    listed = tuple(sorted(random.sample(CODES, random.randint(1, 20))))
    annex = number % 20 == 0
    effective = START + day * DAY
    return Letter(
        f"order-{number:05}",
        tuple(sorted(random.sample(names, random.randint(1, 3)))),
        () if annex else listed,
        listed if number % 2 else (),
        tuple(sorted(random.sample(CODES, 3))) if random.random() < 0.5 else (),
        tuple(f"org-{number * 7919 + row}" for row in range(rows)) if annex else (),
        random.choice((None, 365, 730)),
        effective,
        effective + 300 * DAY if random.random() < 0.1 else FOREVER,
    )
