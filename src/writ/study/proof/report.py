"""A proof as JSON, as files that others replay, and as lines to read.

1. `digest` is that of the law as proposed, whatever holds there are; `verdict` is `proved` only if
   every property of every order holds by every method; of some orders alone it is `proved in part`,
   which no gate takes for a proof.
2. Whoever is found is written as requests and as the subject files of `writ decide`.
"""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path

import msgspec

from writ.canonical import Plain, digest_bytes
from writ.clock import format_instant
from writ.errors import Failed, InvalidInput
from writ.law.snapshot import law_digest
from writ.law.subjects import write_subject
from writ.model.order import Lawbook
from writ.model.subject import Subject
from writ.study.proof.findings import PROPERTIES, Case, Finding, Proof, named
from writ.study.proof.solver import version

_PEOPLE = (("subject", "requester"), ("organisation", "organisation"), ("end_user", "end_user"))

BOUNDS = (
    "over whatever may be known at each level of evidence, contradictions included",
    "by counting alone: how facts combine into what is known, and how links share rows",
    "over people whose facts are all true of one case: live, consistent, worthwhile",
    "derived atoms (owners, parents, the most recent) may come to anything at all",
    "at each deployment that other rules cover, and where nobody says at which one is served",
)


def plain(book: Lawbook, proof: Proof) -> dict[str, Plain]:
    """Write a proof; keys as the schema of proofs lists them (rule 1)."""
    return {
        "kind": "proof",
        "digest": law_digest(book),
        "verdict": _verdict(proof),
        "summary": summary(proof),
        "properties": [_property(name, proof) for name in PROPERTIES],
        "counted": [
            {
                "model": item.model,
                "deployments": list(item.deployments),
                "asked": item.asked,
                "differing": len(item.differing),
                "left_out": item.left_out,
            }
            for item in proof.counted
        ],
        "solver": version(),
        "bounds": list(BOUNDS),
        "files": {name: digest_bytes(text.encode()) for name, text in sorted(proof.texts.items())},
    }


def _verdict(proof: Proof) -> str:
    if not proof.proved:
        return "not proved"
    return "proved in part" if proof.partly else "proved"


def proof_schema() -> str:
    """Return the JSON Schema of a report."""
    return (files("writ.study") / "data" / "proof.json").read_text()


def summary(proof: Proof) -> str:
    """Say in one line what came of it."""
    failed = dict.fromkeys(item.property for item in proof.findings if not item.holds)
    counted = sum(item.asked for item in proof.counted)
    about = f"of {', '.join(proof.partly)} alone: " if proof.partly else ""
    if not proof.proved:
        return f"{about}not proved: {', '.join(failed) or 'counting differs'}"
    questions = f"{len(proof.texts)} questions kept, {counted} requests counted"
    return f"{about}{len(PROPERTIES)} properties proved, {questions}"


def lines(proof: Proof) -> Iterator[str]:
    """Say each property in a line, and each finding that fails in one more."""
    for name, meaning in PROPERTIES.items():
        found = [item for item in proof.findings if item.property == name]
        failed = [item for item in found if not item.holds]
        yield f"{'no ' if failed else 'yes'} {name}: {meaning}"
        for item in found:
            if item.holds and not item.noted:
                continue
            yield f"    {item.about()}: {item.said}"
            if item.case is not None:
                yield f"      {_sentence(item.case)}"
    for counted in proof.counted:
        left = f"; left out: {counted.left_out}" if counted.left_out else ""
        about = named(counted.model, counted.deployments)
        yield f"counted {about}: {counted.asked} requests, {len(counted.differing)} differ{left}"
    yield summary(proof)


def write(folder: Path, book: Lawbook, proof: Proof, pages: Mapping[str, str]) -> None:
    """Write the report, pages, every question and everybody found into a new folder (rule 2)."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise InvalidInput(f"`{folder}` is not empty; name a new folder")
        for name, text in {**pages, **proof.texts}.items():
            (folder / name).write_text(text, encoding="utf-8")
        (folder / "proof.json").write_bytes(msgspec.json.format(_encoded(plain(book, proof))))
        cases = (item.case for item in proof.findings if item.case is not None)
        for number, case in enumerate(cases, 1):
            _write_case(folder / f"case-{number}", case)
    except OSError as error:
        raise Failed(f"cannot write `{folder}`: {error.strerror}") from None


def request(case: Case) -> dict[str, Plain]:
    """Write a case as a line of `writ decide --batch`."""
    subjects: dict[str, Plain] = {
        name: write_subject(subject) for name, subject in subjects_of(case)
    }
    told: dict[str, Plain] = {**subjects, "model": case.model, "at": format_instant(case.at)}
    return told if case.deployment is None else {**told, "deployment": case.deployment}


def _write_case(folder: Path, case: Case) -> None:
    folder.mkdir()
    (folder / "request.jsonl").write_bytes(_encoded(request(case)) + b"\n")
    for name, subject in subjects_of(case):
        (folder / f"{name}.json").write_bytes(_encoded(write_subject(subject)) + b"\n")


def subjects_of(case: Case) -> Iterator[tuple[str, Subject]]:
    """Yield whoever takes part in a request, and as what."""
    for name, link in _PEOPLE:
        subject: Subject | None = getattr(case.chain, link)
        if subject is not None:
            yield name, subject


def _sentence(case: Case) -> str:
    people = "; ".join(_encoded(write_subject(item)).decode() for _, item in subjects_of(case))
    where = "" if case.deployment is None else f", served at {case.deployment}"
    return f"{people} asks {case.model} at {format_instant(case.at)}{where}"


def _property(name: str, proof: Proof) -> Plain:
    found = [item for item in proof.findings if item.property == name]
    return {
        "property": name,
        "meaning": PROPERTIES[name],
        "holds": all(item.holds for item in found),
        "findings": [_finding(item) for item in found],
    }


def _finding(item: Finding) -> Plain:
    case = item.case
    return {
        "model": item.model or None,
        "deployments": list(item.deployments),
        "holds": item.holds,
        "method": item.method(),
        "said": item.said,
        "files": list(item.files),
        "case": None
        if case is None
        else {"ordered": case.ordered, "served": case.served, "request": request(case)},
    }


def _encoded(value: Plain) -> bytes:
    return msgspec.json.encode(value)
