"""Readiness as JSON, in the form of `data/readiness.json`, and in a few lines of words.

1. One number for each template: the share of the accounts served today that would keep working.
2. What is not known is null, or said; nothing is taken for granted. Nobody is named but signers,
   owners of paths, and, where that is wanted, as the example of a row at fault.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

from writ.canonical import Plain
from writ.clock import Instant, format_instant
from writ.law.document import printable
from writ.law.snapshot import law_digest
from writ.model.order import Lawbook
from writ.study.readiness.history import Entry
from writ.study.readiness.library import LeftOut
from writ.study.readiness.measure import STANDINGS, Measured, Reading, Standing
from writ.study.readiness.standing import MEASURED, Drilled, Signers
from writ.study.readiness.steps import Around, Step, evidence_words, percent, steps
from writ.study.report import settlement_plain
from writ.study.verdicts import Evidence

STEPS_SHOWN = 8
EVIDENCE_SHOWN = 2


@dataclass(frozen=True, slots=True)
class Readiness:
    """Everything that was found; `history` has the runs before, and this one last."""

    book: Lawbook
    measured: Measured
    left_out: tuple[LeftOut, ...]
    around: Around
    history: tuple[Entry, ...] = ()

    def entry(self) -> Entry:
        """Return what a history keeps of this run."""
        found = self.measured
        readiness = {item.plausible.name: _share(item.ready()) for item in found.readings}
        return Entry(found.at, law_digest(self.book), found.population.rows, readiness)


def schema() -> str:
    """Return the JSON Schema of a report."""
    return files("writ.study").joinpath("data/readiness.json").read_text(encoding="utf-8")


def plain(found: Readiness, *, examples: bool = True) -> dict[str, Plain]:
    """Write it as JSON values, with examples of rows at fault or without."""
    measured, around = found.measured, found.around
    problems = measured.population.problems
    return {
        "kind": "readiness",
        "at": format_instant(measured.at),
        "law": law_digest(found.book),
        "verdict": "incomplete" if problems else "complete",
        "population": {
            "rows": measured.population.rows,
            "without": list(measured.population.without),
            "missing": list(measured.population.missing),
        },
        "problems": [
            {
                "what": item.what,
                "count": item.count,
                "example": item.example if examples else "",
            }
            for item in problems
        ],
        "templates": [_template(reading) for reading in measured.readings],
        "left_out": [{"template": item.name, "why": item.why} for item in found.left_out],
        "substitutes": {
            "controlled": len(around.substitutes),
            "with": sum(map(bool, around.substitutes.values())),
            "models": [
                {"model": model, "substitutes": list(others)}
                for model, others in around.substitutes.items()
            ],
        },
        "signers": None if around.signers is None else _signers(around.signers, measured.at),
        "drill": None if around.drill is None else _drill(around.drill, measured.at),
        "coverage": around.coverage.plain(),
        "steps": [_step(step) for step in steps(measured, around)],
        "history": [
            {"at": format_instant(item.at), "rows": item.rows, "readiness": dict(item.readiness)}
            for item in found.history
        ],
    }


def _template(reading: Reading) -> Plain:
    item = reading.plausible
    return {
        "template": item.name,
        "title": item.version.title,
        "models": list(item.models),
        "readiness": _share(reading.ready()),
        "accounts": _counts(reading.counts()),
        "by": {kind: _counts(counts) for kind, counts in sorted(reading.by_kind.items())},
        "evidence": [
            {
                "evidence": [settlement_plain(part) for part in evidence],
                "accounts": count,
                "helps": _helped(reading, evidence),
                "readiness": _share(reading.ready(_helped(reading, evidence))),
            }
            for evidence, count in reading.asked.most_common()
        ],
    }


def _helped(reading: Reading, evidence: Evidence) -> int:
    return sum(account.count for account in reading.helped.get(evidence, ()))


def _counts(counts: Counter[Standing]) -> Plain:
    return {"served": counts.total(), **{standing: counts[standing] for standing in STANDINGS}}


def _signers(signers: Signers, at: Instant) -> Plain:
    return {
        "needed": signers.needed,
        "within_days": signers.within,
        "enough": signers.enough(at),
        "people": [
            {
                "person": person.id,
                "may": list(person.may),
                "signed": _when(person.signed),
                "confirmed": _when(person.confirmed),
                "reachable": person.reachable(at, signers.within),
            }
            for person in signers.people
        ],
    }


def _drill(drill: Drilled, at: Instant) -> Plain:
    return {
        "at": format_instant(drill.at),
        "old": drill.old(at),
        "right": drill.right,
        "requests": drill.requests,
        "wrong_outcomes": drill.wrong_outcomes,
        **{
            name: None if (took := drill.measured.get(name)) is None else round(took)
            for name in MEASURED
        },
    }


def _step(step: Step) -> Plain:
    return {
        "kind": step.kind,
        "words": step.words,
        "accounts": step.accounts,
        "evidence": [settlement_plain(item) for item in step.evidence],
        "gains": [
            {
                "template": gain.template,
                "before": _share(gain.before),
                "after": _share(gain.after),
            }
            for gain in step.gains
        ],
    }


def _share(share: float | None) -> str | None:
    return None if share is None else f"{share:.4f}"


def _when(at: Instant | None) -> str | None:
    return None if at is None else format_instant(at)


def percents(found: Readiness) -> dict[str, str]:
    """Return the readiness of each template as people read it."""
    ready = ((item.plausible.name, item.ready()) for item in found.measured.readings)
    return {name: "nobody" if share is None else percent(share) for name, share in ready}


def words(found: Readiness) -> Iterator[str]:
    """Say the most of it in a few lines."""
    measured, around = found.measured, found.around
    yield f"at {format_instant(measured.at)}, {measured.population.rows:,} subjects"
    for reading in measured.readings:
        yield from _reading_words(reading)
    for item in found.left_out:
        yield f"{item.name}: not asked, for {item.why}"
    controlled, able = len(around.substitutes), sum(map(bool, around.substitutes.values()))
    yield f"substitutes: {able} of {controlled} controlled models have one"
    yield _signers_words(around.signers, measured.at)
    yield _drill_words(around.drill, measured.at)
    yield f"coverage: {around.coverage.sentence()}"
    yield from measured.population.missing
    for problem in measured.population.problems:
        example = f" (such as {printable(problem.example)})" if problem.example else ""
        yield f"{problem.count} {problem.what}{example}"
    yield from _steps_words(steps(measured, around))


def _reading_words(reading: Reading) -> Iterator[str]:
    name, counts, ready = reading.plausible.name, reading.counts(), reading.ready()
    if ready is None:
        yield f"{name}: nobody is served today"
        return
    yield (
        f"{name}: {percent(ready)} of {reading.served:,} keep working"
        f" ({counts['at_once']:,} as before, {counts['replaced']:,} with a substitute);"
        f" {counts['verify']:,} would have to verify, {counts['barred']:,} barred"
        + (f", {counts['unjudged']:,} cannot be judged" if counts["unjudged"] else "")
    )
    for evidence, count in reading.asked.most_common(EVIDENCE_SHOWN):
        yield f"    {count:,}: {evidence_words(evidence)}"


def _signers_words(signers: Signers | None, at: Instant) -> str:
    if signers is None:
        return "signers: unknown without --config"
    there = sum(person.reachable(at, signers.within) for person in signers.people)
    enough = "enough to sign" if signers.enough(at) else "too few to sign anything"
    return (
        f"signers: {there} of {len(signers.people)} known to be reachable within"
        f" {signers.within} days, {enough}"
    )


def _drill_words(drill: Drilled | None, at: Instant) -> str:
    if drill is None:
        return "drill: none known"
    right = "everything came out as written" if drill.right else "not everything came out right"
    force = drill.measured.get("in_force_ms")
    took = "" if force is None else f", in force after {force:.0f} ms"
    old = ", and that is long ago" if drill.old(at) else ""
    return f"drill: {format_instant(drill.at)[:10]}, {right}{took}{old}"


def _steps_words(found: Sequence[Step]) -> Iterator[str]:
    yield "next:" if found else "next: nothing"
    for number, step in enumerate(found[:STEPS_SHOWN], 1):
        yield f"  {number}. {step.words}"
    if len(found) > STEPS_SHOWN:
        yield f"  and {len(found) - STEPS_SHOWN} more in the report"
