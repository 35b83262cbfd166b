"""A proof as a page and a picture: properties by models, how each was proved, whoever was found.

1. What fails comes first; beyond `MOST` models the rest is in the report.
2. Who is found stands there as a subject file says it: they are made up, and nobody's data.
"""

from collections.abc import Iterator
from typing import get_args

from writ.clock import format_instant
from writ.model.order import Lawbook
from writ.model.subject import Subject
from writ.study.proof.findings import PROPERTIES, Case, Finding, Method, Proof, named
from writ.study.proof.report import plain, subjects_of

MOST = 40
METHODS: tuple[Method, ...] = get_args(Method)
COUNTED = "counted"


def cells(proof: Proof) -> list[dict[str, str]]:
    """Return a cell for each model, at each place, and each property asked of it (rule 1)."""
    found: dict[str, dict[str, Method]] = {}
    for item in _about_models(proof):
        row = found.setdefault(item.about(), {})
        row[item.property] = max(
            row.get(item.property, METHODS[0]), item.method(), key=METHODS.index
        )
    for counted in proof.counted:
        about = named(counted.model, counted.deployments)
        found[about][COUNTED] = "not so" if counted.differing else "by counting"
    ranked = sorted(found, key=lambda about: ("not so" not in found[about].values(), about))
    return [
        {"model": about, "property": name, "method": how, "said": _said(how)}
        for about in ranked[:MOST]
        for name in (*PROPERTIES, COUNTED)
        if (how := found[about].get(name))
    ]


def _said(how: Method) -> str:
    return {"not so": "no", "nothing to ask": "-"}.get(how, "yes")


def _about_models(proof: Proof) -> Iterator[Finding]:
    """Yield what is about the models that the orders name."""
    own = {item.model for item in proof.findings if item.property == "sufficient"}
    return (item for item in proof.findings if item.model in own)


def values(book: Lawbook, proof: Proof) -> dict[str, object]:
    """Return what the page is filled with."""
    found = cells(proof)
    rows: dict[str, dict[str, str]] = {}
    for cell in found:
        rows.setdefault(cell["model"], {})[cell["property"]] = cell["method"]
    others = {item.model for item in proof.findings if item.model} - {
        item.model for item in _about_models(proof)
    }
    return {
        "report": plain(book, proof),
        "columns": [*PROPERTIES, COUNTED],
        "rows": rows,
        "others": len(others),
        "left_out": len({item.about() for item in _about_models(proof)} - {*rows}),
        "refuted": [_told(item) for item in proof.findings if not item.holds],
        "noted": [
            f"{item.about()}: {item.said}" for item in proof.findings if item.noted and item.holds
        ],
    }


def _told(item: Finding) -> dict[str, object]:
    return {
        "property": item.property,
        "about": item.about(),
        "said": item.said,
        "case": None if item.case is None else _case(item.case),
    }


def _case(case: Case) -> dict[str, object]:
    """Rule 2."""
    return {
        "people": {name: _subject(subject) for name, subject in subjects_of(case)},
        "model": case.model,
        "at": format_instant(case.at),
        "deployment": case.deployment,
        "ordered": case.ordered,
        "served": case.served,
    }


def _subject(subject: Subject) -> dict[str, object]:
    return {
        "id": subject.id,
        "kind": subject.kind,
        "acts_for": subject.acts_for,
        "facts": [
            {
                "attribute": fact.attribute,
                "told": "; ".join(" ".join(filter(None, value.parts)) for value in fact.values)
                or "none",
                "completeness": fact.completeness,
                "assurance": f"A{fact.assurance}",
                "verified_at": format_instant(fact.verified_at),
            }
            for fact in subject.facts
        ],
    }
