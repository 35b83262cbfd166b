"""How long proofs take: `./dev bench prove [--quick|--all]`, for 10, 100 and 500 orders over 200 models.

1. *new*: everything that is asked of one new order, the newest that names three models, by the solver (all eight properties, on the models
   that it names; what it leaves alone, on all others) in two processes.
2. *all*: whether the tables do what is ordered (sufficient, minimal, never errs), of every model, in two
   processes. Both write their questions, and nothing is remembered from one run to the next.
3. Limits, on two cores: a new order within 0.5 s, all within 5 s. CPU is said beside what the clock
   says, since a machine that does other things is slower.
4. *whole*: what `writ order prove` does, counting included; of 100 orders, and with `--all` of every number.
5. Anything not proved ends the benchmark. Reading and compiling are said apart.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

from bench.law.files import folder
from bench.law.letters import letters
from writ.cli.collecting import collect_seldom
from writ.clock import elapsed
from writ.law.compiled.book import Compiled
from writ.law.folder import read_sources
from writ.model.order import Lawbook
from writ.study.proof.artefact import Cells
from writ.study.proof.by_model import Law, does_what_is_ordered, prove_model
from writ.study.proof.by_order import models_of, prove_order
from writ.study.proof.findings import Proof
from writ.study.proof.parallel import done
from writ.study.proof.prove import prove
from writ.study.proof.solver import ready, version

SIZES, QUICK, MODELS, PROCESSES = (10, 100, 500), (10,), 200, 2
WHOLE, NEW, ALL = (100,), 0.5, 5.0


class Spent:
    """Seconds by the clock, and of both processors."""

    wall = 0.0
    cpu = 0.0


@contextmanager
def spending() -> Iterator[Spent]:
    """Measure what is done meanwhile, by processes that end with it too."""
    spent, began, cpu = Spent(), elapsed(), _cpu()
    yield spent
    spent.wall, spent.cpu = elapsed() - began, _cpu() - cpu


def _cpu() -> float:
    used = [getrusage(who) for who in (RUSAGE_SELF, RUSAGE_CHILDREN)]
    return sum(item.ru_utime + item.ru_stime for item in used)


def main() -> None:
    """Run the sweep."""
    collect_seldom()  # as the command does
    ready()  # as the command has it
    print(version())
    print(
        "orders models compile s | new s  cpu s of limit |  all s  cpu s of limit     MB | whole s  cpu s"
    )
    for size in QUICK if "--quick" in sys.argv else SIZES:
        print(row(size, whole=size in WHOLE or "--all" in sys.argv))


def row(size: int, *, whole: bool) -> str:
    """Measure one size."""
    book = read_sources(folder(letters(size, MODELS), MODELS))
    with spending() as compiling:
        cells = Cells(Compiled(book))
        list(cells.compiled.ever())  # as `prove` does
    newest = max(book.versions, key=lambda item: (len(item.rules[0].models), item.effective)).order
    with spending() as new:
        one = Law(book, (newest,), cells, 0)
        first: list[Callable[[], Proof]] = [lambda: prove_order(one, newest)]
        first += [lambda name=name: prove_model(one, name) for name in models_of(book, (newest,))]  # type: ignore[misc]  # the name of now
        told(done(lambda thing: thing(), first, PROCESSES))
    everybody = tuple(sorted({item.order for item in book.versions}))
    models = models_of(book, everybody)
    law = Law(book, everybody, cells, 0)
    with spending() as every:
        length = told(done(lambda name: equal(law, name), models, PROCESSES))
    line = f"{size:6} {len(models):6} {compiling.wall:9.2f} |{new.wall:6.2f} {new.cpu:6.2f} {new.wall / NEW:7.2f}x"
    line += f" |{every.wall:7.2f} {every.cpu:6.2f} {every.wall / ALL:7.2f}x {length / 1e6:6.1f} |"
    return f"{line} {_whole(book)}" if whole else f"{line}       -      -"


def _whole(book: Lawbook) -> str:
    with spending() as spent:
        told([prove(book, processes=PROCESSES)])
    return f"{spent.wall:7.1f} {spent.cpu:6.1f}"


def equal(law: Law, model: str) -> Proof:
    """Ask of one model whether the tables do what is ordered."""
    proof = Proof()
    does_what_is_ordered(proof, law.subjects(model)[0])
    return proof


def told(parts: "Iterator[Proof] | list[Proof]") -> int:
    """Insist that all is proved; return how long the questions are."""
    length = 0
    for part in parts:
        failed = [
            f"{item.property} of {item.about()}: {item.said}"
            for item in part.findings
            if not item.holds
        ]
        if failed or not part.proved:
            raise SystemExit("\n".join(failed) or "counting differs")
        length += sum(map(len, part.texts.values()))
    return length


if __name__ == "__main__":
    main()
