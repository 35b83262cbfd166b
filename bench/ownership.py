"""What it costs to work out who owns whom: `./dev bench ownership [--json]`.

1. One company and so many related ones: in a chain, in a fan of direct owners, in a ring, and in a
   web where each has three owners. At most 500 are followed, so that 5,000 in a chain cost as 500
   do; what grows on is a list of owners that is that long by itself.
2. Beside each, in the same run: one pass over the same owners' facts with nothing worked out. The
   ratio survives a change of machine; the limit is what one profile may cost at first use.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator

from writ.clock import Instant
from writ.law.compiled.derived import Derivations
from writ.law.compiled.evidence import Question
from writ.model.expression import Given, Group, OwnedBy, Predicate
from writ.model.subject import MOST_FOLLOWED, Fact, Subject, Value, followed

NOW: Instant = 1_000
SIZES = (1, 10, 100, MOST_FOLLOWED, 10 * MOST_FOLLOWED)
ROUNDS = 7
LIMIT_MS = 100.0
LISTED = Group("annex-a", frozenset({"listed"}), "sha256:0")
OWNED = OwnedBy("50", Predicate(None, Given("organisation_in", LISTED)))

Owners = dict[str, dict[str, str]]


def chain(size: int) -> Owners:
    """Each is held by the next, the last by somebody listed."""
    names = _names(size)
    return {one: {above: "60"} for one, above in zip(names, [*names[1:], "listed"], strict=True)}


def fan(size: int) -> Owners:
    """All hold a little of the first."""
    share = f"{100 / size:.6f}"[:8]
    first, *rest = _names(size + 1)
    return {first: dict.fromkeys(rest, share)} | {name: {"listed": "60"} for name in rest}


def ring(size: int) -> Owners:
    """Each is held by the next, and the last by the first: nobody counts."""
    names = _names(size)
    return {one: {above: "60"} for one, above in zip(names, [*names[1:], names[0]], strict=True)}


def web(size: int) -> Owners:
    """Each is held by three others further on."""
    names = _names(size)
    return {
        name: dict.fromkeys((*names[place + 1 : place + 4], "listed"), "20")
        for place, name in enumerate(names)
    }


SHAPES: dict[str, Callable[[int], Owners]] = {
    "chain": chain,
    "fan": fan,
    "ring": ring,
    "web": web,
}


def _names(size: int) -> list[str]:
    return [f"company-{number:05}" for number in range(size)]


def company(owners: Owners) -> Subject:
    """Return the first company, related to all of them."""
    everybody = {
        name: Subject(name, "organisation", (), (_fact(held),)) for name, held in owners.items()
    }
    first = next(iter(everybody.values()))
    return Subject(first.id, first.kind, (), first.facts, everybody)


def _fact(held: dict[str, str]) -> Fact:
    values = tuple(Value(item) for item in held.items())
    return Fact("owners", values, "exhaustive", 4, "bench", "bench", 0)


def passed(subject: Subject) -> int:
    """Read everything once and work nothing out."""
    return sum(
        len(value.parts)
        for item in followed(subject).values()
        for fact in item.facts
        for value in fact.values
    )


def median_ms(work: Callable[[], object]) -> float:
    """Return the median time of some rounds, in milliseconds."""
    costs = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        costs.append((time.perf_counter() - started) * 1000)
    return statistics.median(costs)


def measured() -> Iterator[dict[str, object]]:
    """Measure every shape and size."""
    for name, shape in SHAPES.items():
        for size in SIZES:
            subject = company(shape(size))
            derivations = Derivations((OWNED,))
            cost = median_ms(lambda: derivations.known(subject, Question(0, None), NOW))  # noqa: B023  called at once
            beside = median_ms(lambda: passed(subject))  # noqa: B023  called at once
            yield {
                "shape": name,
                "companies": size,
                "followed": len(followed(subject)),
                "ms": round(cost, 3),
                "pass_ms": round(beside, 3),
                "ratio_to_pass": round(cost / beside, 1),
                "of_limit": round(cost / LIMIT_MS, 3),
            }


def main() -> None:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    rows = list(measured())
    if parser.parse_args().json:
        print(json.dumps(rows))
        return
    print(f"one derived atom of one company; the limit is {LIMIT_MS:.0f} ms")
    print(
        f"{'shape':>6} {'companies':>9} {'followed':>8} {'ms':>9} {'pass':>8} {'ratio':>6} {'of limit':>8}"
    )
    for row in rows:
        print(
            f"{row['shape']:>6} {row['companies']:>9} {row['followed']:>8} {row['ms']:>9}"
            f" {row['pass_ms']:>8} {row['ratio_to_pass']:>6} {row['of_limit']:>8}"
        )


if __name__ == "__main__":
    main()
