"""What a word about an end user costs a gateway and the control process: `./dev bench words [--json]`.

1. Lawbooks of 10 and of 1,000 orders over 200 models, as in `./dev bench decision`. A chain of three
   links, whose end user is on the books, and the same with a word that says their citizenship.
2. `piece`: what each piece of an answer costs, looking the chain up and deciding; `request`: what
   each request costs before that, proving a token, using it up, finding what it comes to. Ratios
   are of the chain with the word to the one without, in the same run.
3. `asked`: what the control process spends on a word that was not said in the last minute, and on
   the very first after a new epoch, whose tables have to be made.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from bench.decision.world import NOW, Bench, build, key_of, name_of
from writ.clock import wall
from writ.desk.assertions import Assessor, Word
from writ.gateway.used import Used
from writ.model.subject import Fact, Subject, Value
from writ.point import seam
from writ.point.board import Said
from writ.point.decide import decide
from writ.signing.end_user import SKEW, sign_end_user, verify_end_user
from writ.signing.keys import KeyPair

CALLS, ROUNDS, WORDS = 2000, 41, 40
COMPANY, KID, SUB = "company", "kid", "guest"
CITIZEN = {"attribute": "citizenships", "value": ["US"], "completeness": "at_least"}


@dataclass(frozen=True)
class Row:
    """One lawbook; microseconds, and ratios of a chain with a word to one without."""

    orders: int
    piece_us: float
    piece_with_word_us: float
    piece_ratio: float
    request_us: float
    request_with_facts_us: float
    request_ratio: float
    asked_us: float
    first_asked_ms: float


def median_us(call: Callable[[], object], times: int) -> float:
    """Return the median cost of a call over rounds of so many."""
    costs = []
    for _ in range(ROUNDS):
        started = time.perf_counter_ns()
        for _ in range(times):
            call()
        costs.append((time.perf_counter_ns() - started) / times / 1000)
    return statistics.median(costs)


def word(code: str) -> Word:
    """Say that the guest, or somebody nobody registered, is a citizen of a country."""
    fact = Fact("citizenships", (Value((code, "")),), "exhaustive", 3, "t", COMPANY, NOW - 10)
    return Word(Subject(COMPANY, "organisation"), (fact,), (), SUB)


def said(bench: Bench, assessor: Assessor) -> Said:
    """Have the board take what a word comes to."""
    bench.board.put(seam.Issuer(name_of(COMPANY), KID, b"public"))
    name = seam.end_user_name(name_of(COMPANY), SUB)
    found = bench.board.said(assessor.assess(1, word("US"), NOW), (name_of(COMPANY), KID), name)
    if found is None:
        raise RuntimeError("the word comes to nothing")
    return found


def pieces(bench: Bench, counts: Said | None) -> float:
    """Measure looking a chain up and deciding."""
    key, board = key_of("worker", COMPANY), bench.board
    name = seam.end_user_name(name_of(COMPANY), SUB)

    def piece() -> None:
        links = board.links(key, name, NOW, counts)
        if links is None:
            raise RuntimeError("the chain cannot be resolved")
        decide(links, 7, NOW, True)  # noqa: FBT003  the hot path's own signature

    return median_us(piece, CALLS)


def requests(*, with_facts: bool) -> float:
    """Measure proving a token and using it up; signing is the company's, and not counted."""
    pair, used = KeyPair.from_seed(bytes(32)), Used()
    facts = [CITIZEN] if with_facts else []
    tokens = iter(
        [sign_end_user(SUB, "key", pair, wall(), facts=facts) for _ in range(ROUNDS * WORDS)]
    )
    find = {pair.id: pair.public}.get
    kept: dict[tuple[str, bytes], int] = {}

    def request() -> None:
        now = wall()
        found = verify_end_user(next(tokens), "key", find, now)
        used.take(bytes(16), found.jti, (found.issued, found.expires + SKEW), now)
        kept[found.kid, found.says] = 1

    return median_us(request, WORDS)


def asked(assessor: Assessor) -> float:
    """Measure judging words, no two of which say the same."""
    codes = iter([f"{chr(65 + n // 26 % 26)}{chr(65 + n % 26)}" for n in range(ROUNDS * WORDS)])
    return median_us(lambda: assessor.assess(1, word(next(codes)), NOW), WORDS)


def measure(orders: int) -> Row:
    """Measure one lawbook."""
    bench = build(orders, 1)
    assessor = Assessor(bench.load)
    started = time.perf_counter()
    counts = said(bench, assessor)
    first = time.perf_counter() - started
    bare, full = pieces(bench, None), pieces(bench, counts)
    named, facts = requests(with_facts=False), requests(with_facts=True)
    found = Row(
        orders, bare, full, full / bare, named, facts, facts / named, asked(assessor), first * 1e3
    )
    return replace(found, **{name: round(x, 2) for name, x in asdict(found).items()})


def main() -> None:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    rows = [asdict(measure(orders)) for orders in (10, 1000)]
    if parser.parse_args().json:
        json.dump(rows, sys.stdout, indent=2)
        return
    for name in rows[0]:
        print(f"{name:24}" + "".join(f"{row[name]:>12}" for row in rows))


if __name__ == "__main__":
    main()
