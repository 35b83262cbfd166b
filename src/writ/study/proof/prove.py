"""The proof of a lawbook's tables: model by model (`by_model`), then order by order (`by_order`).

Models and orders have nothing to do with each other, so several processes share them.
"""

from collections.abc import Callable, Iterable

from writ.errors import InvalidInput
from writ.law.compiled.book import Compiled
from writ.model.order import Lawbook
from writ.study.proof.artefact import Cells
from writ.study.proof.by_model import Law, prove_model
from writ.study.proof.by_order import models_of, prove_order
from writ.study.proof.findings import Proof
from writ.study.proof.parallel import done
from writ.study.proof.solver import ready

IN_ALL, AT_LEAST, AT_MOST = 6000, 20, 1800
"""Requests that the second method counts: of all models, and of one."""


def prove(
    book: Lawbook, orders: Iterable[str] = (), compiled: Compiled | None = None, processes: int = 1
) -> Proof:
    """Prove the tables of a lawbook, for some of its orders or for all."""
    every = {item.order for item in book.versions}
    asked = tuple(orders) or tuple(sorted(every))
    for order in asked:
        if order not in every:
            raise InvalidInput(f"no order here is called `{order}`")
    ready()  # where the solver is missing, it is missed before any process is
    models = models_of(book, asked)
    requests = min(AT_MOST, max(AT_LEAST, IN_ALL // max(1, len(models))))
    tables = Compiled(book) if compiled is None else compiled
    list(tables.ever())  # here, once, and not in each process
    law = Law(book, asked, Cells(tables), requests)
    proof = Proof(partly=() if every <= {*asked} else asked)

    things: list[tuple[Callable[[Law, str], Proof], str]]
    things = [(prove_order, name) for name in asked]
    things += [(prove_model, name) for name in models]
    for found in done(lambda thing: thing[0](law, thing[1]), things, processes):
        proof.take(found)
    return proof
