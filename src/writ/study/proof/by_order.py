"""What is asked of one order: the tables with it against the tables without.

1. `contained`: of every model, where and when the order says nothing of it.
2. `restores`: from the order's end on, of its own models. An order without an end is rescinded after
   everything else.
3. Tables that say the same, list by list, need no solver; of others it is asked whether they ever treat
   anybody differently. Which deployments a rule covers is part of what tables say.
"""

from collections.abc import Sequence
from dataclasses import replace

from writ.clock import FOREVER, SECOND, Instant
from writ.law.compiled.book import Compiled
from writ.law.digest import Digests
from writ.model.order import Lawbook, OrderVersion
from writ.study.proof.artefact import Cells
from writ.study.proof.by_model import Law
from writ.study.proof.equal import differ
from writ.study.proof.findings import Finding, Proof
from writ.study.proof.same import ALWAYS, Same
from writ.study.proof.solver import solve


def models_of(book: Lawbook, orders: Sequence[str]) -> list[str]:
    """Return the models of which some of these orders speak, or say that somebody must be served them."""
    asked = {*orders}
    return sorted(
        {
            model
            for version in book.versions
            if version.order in asked
            for named in (
                *(rule.models for rule in version.rules),
                *(item.models for item in version.requirements),
            )
            for model in named
        }
    )


def prove_order(law: Law, order: str) -> Proof:
    """Ask everything about one order; the tables without it are compiled once."""
    less = Cells(Compiled(_less(law.book, order), like=law.everywhere.compiled))
    proof = restores(law, order, less)
    proof.take(contained(law, order, less))
    return proof


def contained(law: Law, order: str, less: Cells) -> Proof:
    """Compare every model where and when the order says nothing of it (rule 1)."""
    proof = Proof()
    same = Same(law.everywhere, less)
    own = {*models_of(law.book, (order,))}
    for model in sorted(law.book.catalogue.models):
        spans = _outside(law.book, order, model) if model in own else ALWAYS
        _same(proof, ("contained", order, model), same, spans)
    return proof


def restores(law: Law, order: str, less: Cells) -> Proof:
    """Compare the order's models once it is over (rule 2)."""
    proof = Proof()
    end, book = _ended(law.book, order)
    rescinded = (
        law.everywhere if book is law.book else Cells(Compiled(book, like=law.everywhere.compiled))
    )
    same = Same(rescinded, less)
    for model in models_of(law.book, (order,)):
        _same(proof, ("restores", order, model), same, ((end, FOREVER),))
    whole = Digests(book)
    holds = whole.at(end) == Digests(less.compiled.book, whole).at(end)
    said = "the digest of the rules is that of the other orders alone"
    said = said if holds else f"not so: {said}"
    proof.findings.append(Finding("restores", "", holds=holds, said=said, known="list by list"))
    return proof


def _same(
    proof: Proof, what: tuple[str, str, str], same: Same, spans: Sequence[tuple[Instant, Instant]]
) -> None:
    """Rule 3."""
    name, order, model = what
    if same.of(model, spans):
        said = f"the same tables without `{order}`"
        proof.findings.append(Finding(name, model, holds=True, said=said, known="list by list"))
        return
    text = differ(same.sides, model, spans)
    files = proof.keep(f"{model}.{name}.{order}", text)
    answer = solve(text).answer
    said = f"proved for everybody, against the law without `{order}`"
    if answer != "unsat":
        said = f"not so, against the law without `{order}`: the solver says {answer}"
    proof.findings.append(Finding(name, model, holds=answer == "unsat", said=said, files=files))


def _less(book: Lawbook, order: str) -> Lawbook:
    return replace(
        book, versions=tuple(version for version in book.versions if version.order != order)
    )


def _outside(book: Lawbook, order: str, model: str) -> tuple[tuple[Instant, Instant], ...]:
    """Return the spans in which no version of the order has a rule on the model."""
    inside = sorted(
        span
        for version, span in book.governing
        if version.order == order and any(model in rule.models for rule in version.rules)
    )
    edges = [-FOREVER, *(edge for span in inside for edge in span), FOREVER]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return tuple((since, until) for since, until in pairs if since < until)


def _ended(book: Lawbook, order: str) -> tuple[Instant, Lawbook]:
    """Return when an order is over, and the law in which it is."""
    spans = [span for version, span in book.governing if version.order == order and version.rules]
    end = max((until for _, until in spans), default=0)
    if end < FOREVER:
        return end, book
    last = max(
        (version for version in book.versions if version.order == order),
        key=lambda version: version.version,
    )
    at = max(book.boundaries()) + SECOND
    return at, replace(book, versions=(*book.versions, _rescission(last, at)))


def _rescission(last: OrderVersion, at: Instant) -> OrderVersion:
    return replace(
        last,
        version=last.version + 1,
        kind="rescission",
        effective=at,
        until=None,
        rules=(),
        exemptions=(),
        scenarios=(),
        stays=(),
        requirements=(),
    )
