"""What people found in a sample: rates of error with intervals, signed for and on record.

1. For each outcome: the share marked wrong, with the interval of Clopper and Pearson at 95 %. What is
   unclear or was not marked counts as right for the lower end, as wrong for the upper one.
2. Outcomes together are weighted by how many receipts each has. Their intervals are added up, each
   at a level so much higher that all hold at once with 95 % (Bonferroni).
3. Where everything was drawn there is no chance in it: the ends are what was counted.
4. Who reports signs the report's digest. Its bytes are kept; marks and notes are not.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from writ.canonical import Plain, digest_bytes
from writ.clock import Clock, format_instant
from writ.errors import InvalidInput, Refused
from writ.ledger.sampling.intervals import clopper_pearson
from writ.ledger.sampling.sample import REFUSED, SERVED, Sample, Strata, find_sample
from writ.ledger.sampling.sheet import Mark
from writ.signing.dsse import Envelope
from writ.signing.form import Form
from writ.signing.keys import KeyPair
from writ.signing.trust import Trust
from writ.signing.word import Word, sign_word, verify_word
from writ.store.database import Connection, Store
from writ.store.documents import keep
from writ.store.events import append, read_events, read_payload

REPORTED = "audit.reported"
LEVEL = 0.95
METHOD = "Clopper-Pearson; outcomes together: weighted, Bonferroni"
_DIGITS = 6


class Said(Form, frozen=True):
    """Which sample somebody reports on."""

    sample: int


class Rate(msgspec.Struct, frozen=True):
    """A share of errors and its interval; None: nothing was drawn."""

    rate: float
    low: float
    high: float


class Line(msgspec.Struct, frozen=True):
    """One outcome: receipts there are, drawn, and how they were marked."""

    outcome: str
    receipts: int
    drawn: int
    right: int
    wrong: int
    unclear: int
    unmarked: int
    errors: Rate


class Report(msgspec.Struct, frozen=True):
    """The report, as its JSON is."""

    kind: str
    sample: int
    origin: str
    size: int
    root: str
    seed: str
    drawn_at: str
    since: str | None
    until: str | None
    level: float
    method: str
    outcomes: list[Line]
    served_wrongly: Rate | None
    refused_wrongly: Rate | None
    overall: Rate | None

    def write(self) -> bytes:
        """Write it as it is signed for."""
        return msgspec.json.encode(self) + b"\n"


@dataclass(frozen=True, slots=True)
class Reports:
    """The reports in one store."""

    store: Store
    trust: Trust
    clock: Clock

    def report(self, number: int, marks: Mapping[int, Mark]) -> Report:
        """Count what was marked (rules 1 to 3); a mark on what was not drawn is InvalidInput."""
        with self.store.view() as connection:
            sample, strata = find_sample(connection, number)
        drawn = {entry for entries in strata.drawn.values() for entry in entries}
        for entry in sorted(set(marks) - drawn):
            raise InvalidInput(f"entry {entry} was not drawn for sample {number}")
        return _report(number, sample, strata, marks)

    def record(self, number: int, marks: Mapping[int, Mark], envelope: Envelope) -> Report:
        """Put a report on record by somebody's word (rule 4)."""
        report = self.report(number, marks)
        data = report.write()
        word: Word[Said] = verify_word(envelope, REPORTED, Said, self.trust)
        if (word.digest, word.said.sample) != (digest_bytes(data), number):
            raise Refused("the word is about another report than these marks give")
        with self.store.unit() as connection:
            if word.digest in self._known(connection):
                raise Refused("this report was recorded before")
            payload: dict[str, Plain] = {
                "sample": number,
                "by": word.by,
                "report": keep(connection, data),
                "envelope": keep(connection, envelope.json()),
                "at": self.clock.now(),
            }
            append(connection, REPORTED, payload)
        return report

    def _known(self, connection: Connection) -> set[object]:
        return {read_payload(row)["report"] for row in read_events(connection, 0, (REPORTED,))}


def sign_report(report: Report, trust: Trust, pair: KeyPair) -> Envelope:
    """Sign what a report says."""
    said: dict[str, Plain] = {"sample": report.sample}
    return sign_word(REPORTED, digest_bytes(report.write()), said, trust, pair)


def _report(number: int, sample: Sample, strata: Strata, marks: Mapping[int, Mark]) -> Report:
    wish = sample.wish
    lines = [
        _line(outcome, strata.there[outcome], strata.drawn[outcome], marks)
        for outcome in (*SERVED, *REFUSED)
        if outcome in strata.drawn
    ]
    return Report(
        "audit",
        number,
        sample.origin,
        sample.size,
        sample.root,
        wish.seed,
        format_instant(sample.at),
        format_instant(wish.since) if wish.since else None,
        None if wish.until is None else format_instant(wish.until),
        LEVEL,
        METHOD,
        lines,
        _together(line for line in lines if line.outcome in SERVED),
        _together(line for line in lines if line.outcome in REFUSED),
        _together(lines),
    )


def _line(outcome: str, there: int, drawn: Sequence[int], marks: Mapping[int, Mark]) -> Line:
    found = Counter(marks.get(entry, "unmarked") for entry in drawn)
    counts = found["right"], found["wrong"], found["unclear"], found["unmarked"]
    line = Line(outcome, there, len(drawn), *counts, Rate(0, 0, 0))
    return replace(line, errors=_rounded(*_ends(line, LEVEL)))


def _ends(line: Line, level: float) -> tuple[float, float, float]:
    """Return rate, lower and upper end (rules 1, 3)."""
    most = line.wrong + line.unclear + line.unmarked
    rate = line.wrong / line.drawn
    if line.drawn == line.receipts:
        return rate, rate, most / line.drawn
    low, _ = clopper_pearson(line.wrong, line.drawn, level)
    _, high = clopper_pearson(most, line.drawn, level)
    return rate, low, high


def _together(lines: Iterable[Line]) -> Rate | None:
    """Weigh outcomes by how many receipts each has (rule 2)."""
    found = list(lines)
    there = sum(line.receipts for line in found)
    if not there:
        return None
    by_chance = sum(line.drawn < line.receipts for line in found)
    level = 1 - (1 - LEVEL) / max(by_chance, 1)
    ends = [(line.receipts / there, _ends(line, level)) for line in found]
    return _rounded(*(sum(weight * end[place] for weight, end in ends) for place in range(3)))


def _rounded(rate: float, low: float, high: float) -> Rate:
    return Rate(round(rate, _DIGITS), round(low, _DIGITS), round(high, _DIGITS))
