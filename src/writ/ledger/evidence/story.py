"""What a pack tells people, as plain rows: what its pages are filled with.

1. A line of the story has both dates: when it was so, and when it was on record.
2. Nothing is told here that was not proved, but what is said to be enclosed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from writ.clock import Instant, format_instant, parse_instant
from writ.errors import InvalidInput
from writ.ledger.evidence.chain import Version
from writ.ledger.evidence.contents import Contents
from writ.ledger.evidence.said import Report, Skip
from writ.ledger.sampling.report import REPORTED
from writ.model.json_form import read_form

LIMITS = (
    (
        "That the facts about people were true. It shows which rules were in force, who signed for them,"
        " and what gateways put down."
    ),
    "That no request reached a model by another way: a path that no gateway covers leaves nothing here.",
    (
        "That the order file says what the letter says. People read the letter, and signed that they"
        " did; the letter is named by its digest."
    ),
    (
        "That nothing else happened: rows of the log that are not opened here are commitments, and say"
        " nothing. What left no row left no trace."
    ),
    (
        "That instants are right: they are those of the operator's clock. A timestamp of another"
        " authority, or a witness's cosignature, bounds them from above."
    ),
    (
        "That everybody was shown the same log. Compare the checkpoint with one that you had from"
        " elsewhere, or ask for cosignatures of witnesses that you trust."
    ),
    (
        "What is said in words by `index.html` and `summary.pdf`: whoever made the pack wrote them, and"
        " they are not compared with what is proved. The list is, `manifest.json`, but for what it"
        " marks as the exporter's word. Go by what the check prints."
    ),
    (
        "That what was sealed stood there while it was: openings of the cover log are not enclosed. The"
        " operator makes one for an event with `writ log uncover`, and whoever kept a checkpoint of the"
        " cover log checks it."
    ),
    (
        "That the receipts drawn are typical: which they are follows from the log's root, but whoever"
        " makes packs can make several, and hand over one."
    ),
    (
        "What is only enclosed: files that the list marks as the exporter's word were handed in by who"
        " made the pack."
    ),
)


class Tally(msgspec.Struct):
    """Subjects by outcome, before and after."""

    before: dict[str, int]
    after: dict[str, int]


class _Figures(msgspec.Struct):
    model: str
    all: dict[str, Tally]


class _Phase(msgspec.Struct):
    models: list[_Figures]
    start: str = msgspec.field(name="from")


class _Simulation(msgspec.Struct):
    kind: str
    phases: list[_Phase]


class _Marked(msgspec.Struct):
    drawn: int
    wrong: int
    unclear: int


class _Coverage(msgspec.Struct):
    sentence: str


class _Audit(msgspec.Struct):
    outcomes: list[_Marked]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the story (rule 1)."""

    so_at: str
    recorded_at: str
    what: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Subjects by outcome on one model from an instant on."""

    title: str
    before: Mapping[str, int]
    after: Mapping[str, int]


def title_of(contents: Contents) -> str:
    """Return the title of the order's last version."""
    return str(versions_of(contents)[-1].file.get("title", contents.order))


def versions_of(contents: Contents) -> tuple[Version, ...]:
    """Return every version that was in force or scheduled, ascending."""
    found = {item.number: item for epoch in contents.epochs for item in epoch.versions}
    return tuple(found[number] for number in sorted(found))


def first_seen(contents: Contents) -> dict[int, Instant]:
    """Return when each version was put on record by an activation."""
    seen: dict[int, Instant] = {}
    for epoch in contents.epochs:
        for version in epoch.versions:
            seen.setdefault(version.number, epoch.at)
    return seen


def timeline(contents: Contents) -> list[Line]:
    """Tell the order's story, by when things were on record."""
    lines = [*_letters(contents), *_epochs(contents), *_words(contents), *_audits(contents)]
    lines += _stamps(contents)
    return sorted(lines, key=lambda line: (line.recorded_at, line.so_at, line.what))


def clauses(version: Version) -> Iterator[tuple[str, str, str]]:
    """Yield each clause of a version, its words, and what carries it out."""
    carriers: dict[str, list[str]] = {}
    for section, items in version.file.items():
        for item in items if isinstance(items, Sequence) and not isinstance(items, str) else ():
            if isinstance(item, Mapping):
                named = item.get("clauses", [item["clause"]] if "clause" in item else [])
                label = str(item.get("id") or item.get("reading") or "")
                for clause in named if isinstance(named, Sequence) else ():
                    carriers.setdefault(str(clause), []).append(f"{section}: {label}")
            elif section == "lifts":
                carriers.setdefault(str(item), []).append("lifted")
    told = version.file.get("clauses")
    for name, words in told.items() if isinstance(told, Mapping) else ():
        yield str(name), str(words), "; ".join(carriers.get(str(name), ()))


def charts(contents: Contents) -> Iterator[Chart]:
    """Yield the figures of simulations that were attached, and are in the pack."""
    for note in contents.notes:
        data = contents.report(note)
        if data is None or not isinstance(note.said, Report) or note.said.kind != "simulation":
            continue
        try:
            found = msgspec.json.decode(data, type=_Simulation)
        except msgspec.DecodeError:
            continue  # its digest was signed for; what it says is for people to read
        for phase in found.phases:
            for figures in phase.models:
                tally = figures.all.get("subjects")
                if tally is not None:
                    title = f"{figures.model} from {phase.start}"
                    yield Chart(title, tally.before, tally.after)


def _letters(contents: Contents) -> Iterator[Line]:
    seen = first_seen(contents)
    for version in versions_of(contents):
        on_record = format_instant(seen[version.number])
        for key, what in (
            ("received", "received"),
            ("comply_by", "to be complied with"),
        ):
            at = version.file.get(key)
            if isinstance(at, str):
                so_at = format_instant(parse_instant(at))
                yield Line(so_at, on_record, f"version {version.number}, {version.kind}: {what}")
        effective = format_instant(version.effective)
        yield Line(effective, on_record, f"version {version.number}, {version.kind}: effective")


def _epochs(contents: Contents) -> Iterator[Line]:
    arrivals = {item.epoch: item for item in contents.arrivals}
    for epoch in contents.epochs:
        at = format_instant(epoch.at)
        by = f"submitted by {epoch.approval.submitter}, signed by {', '.join(epoch.approval.signers)}"
        how = "held" if epoch.held else "activated"
        yield Line(at, at, f"epoch {epoch.number} {how}: {by}")
        arrival = arrivals.get(epoch.number)
        if arrival is not None:
            took = f"in force on every registered gateway after {arrival.in_force_ms} ms"
            cut = f"{arrival.streams_cut} streams cut"
            gateways = f"{arrival.acknowledged} gateways acknowledged, {arrival.lapsed} lapsed"
            on_record = format_instant(arrival.at)
            covered = _covered(contents.documents.get(arrival.coverage))
            what = f"epoch {epoch.number} {took}; {gateways}, {cut}; {covered}"
            yield Line(on_record, on_record, what)


def _covered(document: bytes | None) -> str:
    """Say what no gateway covered when an epoch came into force."""
    try:
        return read_form(document or b"", _Coverage, "").sentence
    except InvalidInput:
        return "what no gateway covered cannot be read"


def _words(contents: Contents) -> Iterator[Line]:
    for note in contents.notes:
        at = format_instant(note.at)
        match note.said:
            case Report(kind=kind, verdict=verdict, summary=summary):
                there = "" if contents.report(note) else " (not in this pack)"
                yield Line(at, at, f"{kind} attached by {note.by}: {verdict}; {summary}{there}")
            case Skip(gates=gates, why=why):
                yield Line(at, at, f"{note.by} did without {', '.join(gates)}: {why}")
            case _:
                yield Line(at, at, f"{note.kind} by {note.by}")


def _audits(contents: Contents) -> Iterator[Line]:
    for word in contents.words:
        if word.kind == REPORTED:
            at = format_instant(word.at)
            what = f"{word.by} reported on decisions drawn by chance (sample {word.sample}): "
            yield Line(at, at, what + _marked(contents.documents.get(word.about)))


def _marked(report: bytes | None) -> str:
    try:
        lines = read_form(report or b"", _Audit, "").outcomes
    except InvalidInput:
        return "the report is not in this pack"
    wrong, unclear, drawn = (
        sum(getattr(line, name) for line in lines) for name in ("wrong", "unclear", "drawn")
    )
    return f"{wrong} wrong and {unclear} unclear of {drawn}"


def _stamps(contents: Contents) -> Iterator[Line]:
    for stamp in contents.stamps:
        what = f"another authority stamped the log's first {stamp.size} entries"
        yield Line(format_instant(stamp.stamped), format_instant(stamp.at), what)
