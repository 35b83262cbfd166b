"""Whether time tells what a uniform refusal does not: `./dev bench uniform [--json] [--quick]`.

1. One key asks about other people, over one connection, in rounds: in each, every class of request
   once, in an order drawn anew. Classes are who the other person is, or what is wrong with the word
   for them. The gateway is a process of its own; a refusal is on disk before it is answered.
2. Each class is held against `unknown person`. What an observer gains is how often the slower of one
   request of each is guessed right: `tells`, 50 % for nothing (the Mann-Whitney statistic). Beside it
   the ratio of the medians.
3. Noise is what the same comparison says of `unknown person, again`, the very same requests, and the
   width in which nineteen of twenty such comparisons of equals lie. A class outside it is marked.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from math import sqrt
from pathlib import Path

from bench.gateway import _process
from tests.worlds.control import Control, citizen, company, order, stranger
from tests.worlds.gateway import ACME, CHAT, US, Wire, chat, post
from writ.canonical import Plain
from writ.clock import wall
from writ.signing.end_user import sign_end_user
from writ.signing.keys import KeyPair

ROUNDS, QUICK, WARM = 300, 30, 20
PEOPLE = 20
"""Of each class, asked about in turn."""

FRENCH: Sequence[Mapping[str, Plain]] = (
    {"attribute": "citizenships", "value": ["FR"], "completeness": "exhaustive"},
)
WRONG: Sequence[Mapping[str, Plain]] = ({**FRENCH[0], "attribute": "citizenship"},)
REFERENCE, AGAIN = "unknown person", "unknown person, again"
Words = Mapping[str, Sequence[Callable[[], str]]]


@dataclass(frozen=True)
class Row:
    """One class: the median in milliseconds, its ratio to the reference's, and what it tells."""

    what: str
    median_ms: float
    ratio: float
    tells: float
    noise: float
    outside: bool


def words(control: Control) -> Words:
    """Return what signs a word for somebody, class by class; each is good for one request."""
    own, foreign = control.issuer, KeyPair.generate()

    def of(name: str, key: str, pair: KeyPair, age: float) -> list[Callable[[], str]]:
        return [partial(_word, f"{name}-{number}", key, pair, age) for number in range(PEOPLE)]

    used = sign_end_user("us-0", ACME.text, own, wall())

    unknown = of("nobody", ACME.text, own, 0)
    return {
        REFERENCE: unknown,
        AGAIN: unknown,
        "known, barred": of("fr", ACME.text, own, 0),
        "known, nothing shown": of("new", ACME.text, own, 0),
        "known, word too old": of("us", ACME.text, own, 900),
        "known, word for another key": of("us", US.text, own, 0),
        "known, word by a stranger's key": of("us", ACME.text, foreign, 0),
        "unknown, barred by the word's facts": [
            partial(_word, f"nobody-{number}", ACME.text, own, 0, FRENCH)
            for number in range(PEOPLE)
        ],
        "unknown, facts there are none of": [
            partial(_word, f"nobody-{number}", ACME.text, own, 0, WRONG) for number in range(PEOPLE)
        ],
        "known, word used before": [lambda: used],
        "no word at all": [lambda: "nonsense"],
    }


def timed(
    port: int, asked: Words, request: Callable[[str], bytes], rounds: int
) -> dict[str, list[float]]:
    """Ask in rounds (rule 1); return the seconds of each class."""
    found: dict[str, list[float]] = {name: [] for name in asked}
    chance = random.Random(1)
    wire = Wire(port)
    for number in range(WARM + rounds):
        names = list(asked)
        chance.shuffle(names)
        for name in names:
            data = request(asked[name][number % len(asked[name])]())
            since = time.perf_counter()
            wire.send(data)
            status = wire.answer().status
            spent = time.perf_counter() - since
            if status != 403 and number:  # the first time a word is not used yet
                raise RuntimeError(f"`{name}` is answered {status}")
            if number >= WARM:
                found[name].append(spent)
    wire.close()
    return found


def tells(first: Sequence[float], second: Sequence[float]) -> float:
    """Return how often a random pair has the second slower."""
    ranked = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    ranks = sum(at for at, (_, which) in enumerate(ranked, 1) if which)
    most = len(second) * (len(second) + 1) / 2
    return (ranks - most) / (len(first) * len(second))


def compared(found: Mapping[str, Sequence[float]]) -> list[Row]:
    """Hold each class against the reference (rules 2 and 3)."""
    own = found[REFERENCE]
    size = len(own)
    width = 1.96 * sqrt((2 * size + 1) / (12 * size * size))
    middle = statistics.median(own)
    rows = []
    for name, times in found.items():
        if name != REFERENCE:
            median, share = statistics.median(times), tells(own, times)
            ratio = median / middle
            rows.append(Row(name, median * 1e3, ratio, share, width, abs(share - 0.5) > width))
    return rows


def measure(folder: Path, rounds: int) -> dict[str, list[Row]]:
    """Measure chat, streams and one entry of the model list."""
    upstream = '[[upstream]]\nname = "main"\naddress = "http://127.0.0.1:9"\n'
    control = Control(folder, upstream)
    control.enrol(ACME, company("acme", "US"))
    control.enrol(US, citizen("ann", "US"))
    for number in range(PEOPLE):
        control.name("acme", f"fr-{number}", citizen(f"fr-{number}", "FR"))
        control.name("acme", f"us-{number}", citizen(f"us-{number}", "US"))
        control.name("acme", f"new-{number}", stranger(f"new-{number}"))
    with _process("-m", "writ.gateway", "--config", str(control.config)) as (port, _):
        control.await_gateway()
        control.enact(order())
        renewing = control.keep_renewing()
        found = {
            "chat": timed(port, words(control), lambda word: _chat(word, stream=False), rounds),
            "stream": timed(port, words(control), lambda word: _chat(word, stream=True), rounds),
            "model list, one entry": timed(port, words(control), _entry, rounds),
        }
        renewing.set()
    control.close()
    return {name: compared(times) for name, times in found.items()}


def _word(
    sub: str, key: str, pair: KeyPair, age: float, facts: Sequence[Mapping[str, Plain]] = ()
) -> str:
    return sign_end_user(sub, key, pair, wall() - age, facts=facts)


def _chat(word: str, *, stream: bool) -> bytes:
    return post(CHAT, chat(stream=stream), ACME, fields=f"X-Writ-End-User: {word}\r\n")


def _entry(word: str) -> bytes:
    head = "GET /v1/models/fable-5 HTTP/1.1\r\nHost: x\r\n"
    return f"{head}X-Api-Key: {ACME.text}\r\nX-Writ-End-User: {word}\r\n\r\n".encode()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} rounds each")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        tables = measure(Path(name), QUICK if options.quick else ROUNDS)
    if options.json:
        plain = {name: [asdict(row) for row in rows] for name, rows in tables.items()}
        json.dump(plain, sys.stdout, indent=2)
        return
    for name, rows in tables.items():
        print(f"{name:34} {'median':>9} {'ratio':>7} {'tells':>7}   noise {rows[0].noise:.1%}")
        for row in rows:
            mark = "  more than noise" if row.outside else ""
            print(f"{row.what:34} {row.median_ms:6.3f} ms {row.ratio:7.3f} {row.tells:7.1%}{mark}")


if __name__ == "__main__":
    main()
