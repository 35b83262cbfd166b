"""What a proposal needs besides signatures: a second encoding, confirmed annexes, reports.

1. The trust document says which gates there are. A second encoding is asked of the first version of
   every order; a proof and a simulation of every change to what orders say.
2. Nobody signs before each first version was written down by another person than its submitter,
   and every line that differs between the two was explained.
3. Nothing comes into force without reports on exactly these orders. A proof must say `proved`, and a
   simulation that it counted everything, or which rows it could not judge; one of one deployment
   alone says neither.
4. Any of it may be skipped by two people who may sign, neither of them the submitter, each with
   their own signed word; it is recorded, and said, as what it is.
5. Where annexes have to be confirmed, each of a version that comes names the record of it.
6. All of it is judged anew on every signer's machine, from signed words and files.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from writ.canonical import Plain
from writ.desk.confirmations import Listing
from writ.desk.encoding import differences, firsts, read_encoding
from writ.desk.notes import Encoding, Explanation, Note, Report, Said, Skip, prove_note
from writ.desk.sources import Compiled
from writ.errors import Refused
from writ.law.snapshot import law_digest
from writ.model.order import Lawbook, OrderVersion
from writ.signing.trust import LEAST_SIGNERS, Gate, Trust
from writ.signing.word import Word

REPORTED: Mapping[Gate, Collection[str]] = {
    "proof": ("proved",),
    "simulation": ("complete", "incomplete"),
}
"""Reports that there are, and the verdicts that open a gate."""


@dataclass(frozen=True, slots=True)
class Passing:
    """How one gate stands; `words` say it to people."""

    gate: Gate
    state: Literal["met", "skipped", "missing"]
    words: tuple[str, ...]

    def plain(self) -> dict[str, Plain]:
        """Write it as JSON values."""
        return {"gate": self.gate, "state": self.state, "words": list(self.words)}


@dataclass(frozen=True, slots=True)
class Case:
    """A proposal as its gates see it: who submitted what, on top of what, and what was said of it."""

    submitter: str
    compiled: Compiled
    before: Lawbook | None
    notes: Sequence[Note]
    listings: Sequence[Listing] = ()


def gates(case: Case, trust: Trust) -> tuple[Passing, ...]:
    """Say how every gate stands that this proposal has to pass; a note out of order is Refused."""
    said = [(note, prove_note(note, case.compiled.digest, trust)) for note in case.notes]
    found = []
    for gate in sorted(trust.gates):
        new = firsts(case.before, case.compiled.book) if gate == "encoding" else ()
        if gate == "encoding" and new:
            found.append(_encoding(case, new, said))
        elif gate == "annexes" and case.listings:
            found.append(_annexes(case.listings))
        elif gate in REPORTED and _changes(case):
            found.append(_report(gate, case, [word for _, word in said]))
    return tuple(_skipped(passing, case, [word for _, word in said]) for passing in found)


def check_signable(passings: Iterable[Passing]) -> None:
    """Refuse a signature before the second encodings are in order (rule 2)."""
    _check(item for item in passings if item.gate == "encoding")


def check_gates(passings: Iterable[Passing]) -> None:
    """Refuse an activation while any gate is missing (rule 3)."""
    _check(passings)


def _check(passings: Iterable[Passing]) -> None:
    missing = [line for item in passings if item.state == "missing" for line in item.words]
    if missing:
        raise Refused("\n".join(missing))


def _changes(case: Case) -> bool:
    """Whether what orders say changes at all; holds are none of it."""
    before, after = case.before, case.compiled.book
    if before is None or not (before.versions or after.versions):
        return bool(after.versions)
    return law_digest(before) != law_digest(after)


def _encoding(
    case: Case, new: Sequence[OrderVersion], said: Sequence[tuple[Note, Word[Said]]]
) -> Passing:
    lines, missing = [], False
    for version in new:
        mine = [
            (note, word)
            for note, word in said
            if isinstance(word.said, Encoding)
            and (word.said.order, word.said.version) == (version.order, version.version)
        ]
        explained = _explained(version, [word for _, word in said])
        if not mine:
            missing = True
            lines.append(
                f"{_name(version)} was written down by {case.submitter} alone; another person hands"
                " in their own with `writ encode`"
            )
        for note, word in mine:
            _check_encoder(case, word)
            open_lines, told = _compared(case, version, note, explained)
            missing = missing or bool(open_lines)
            lines += [f"{_name(version)}, as {word.by} wrote it down, {line}" for line in told]
    return Passing("encoding", "missing" if missing else "met", tuple(lines))


def _compared(
    case: Case, version: OrderVersion, note: Note, explained: dict[str, str]
) -> tuple[list[str], list[str]]:
    """Return the differences that nobody explained, and everything there is to say."""
    second = read_encoding(case.compiled.sources.files, note.files)
    found = differences(case.compiled.book, version, second)
    unexplained = [line for line in found if line not in explained]
    told = [
        f"differs: {line} ({explained.get(line, 'not explained; see `writ encode --explain`')})"
        for line in found
    ]
    return unexplained, told or ["says the same"]


def _explained(version: OrderVersion, words: Iterable[Word[Said]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in words:
        said = word.said
        if isinstance(said, Explanation) and (said.order, said.version) == (
            version.order,
            version.version,
        ):
            texts = {line: why for line, why in said.explained.items() if why.strip()}
            found |= {line: f"{why}, says {word.by}" for line, why in texts.items()}
    return found


def _check_encoder(case: Case, word: Word[Said]) -> None:
    if word.by == case.submitter:
        raise Refused(f"`{word.by}` submitted this; another person writes it down once more")


def _annexes(listings: Sequence[Listing]) -> Passing:
    """Say which annexes nobody confirmed; who confirmed the others is told with the change."""
    missing = tuple(
        f"{item.words}; `writ annex confirm` does" for item in listings if not item.confirmed
    )
    return Passing("annexes", "missing" if missing else "met", missing)


def _report(gate: Gate, case: Case, words: Iterable[Word[Said]]) -> Passing:
    law, state, lines = law_digest(case.compiled.book), False, []
    for word in words:
        said = word.said
        if isinstance(said, Report) and said.kind == gate:
            if said.law != law:
                raise Refused(f"the {gate} speaks of `{said.law}`, and proposed is `{law}`")
            state = state or said.verdict in REPORTED[gate]
            by = f"{word.by}, who submitted this" if word.by == case.submitter else word.by
            lines.append(f"{gate}: {said.verdict}; {said.summary} (report {said.report}, by {by})")
    if not state:
        lines.append(f"a {gate} of these very orders is wanting; hand it in with `writ attach`")
    return Passing(gate, "met" if state else "missing", tuple(lines))


def _skipped(passing: Passing, case: Case, words: Iterable[Word[Said]]) -> Passing:
    """Say that a missing gate was skipped, where two said so (rule 4)."""
    found = dict(_skips(passing.gate, words))
    found.pop(case.submitter, None)
    if passing.state != "missing" or not found:
        return passing
    lines = [f"{passing.gate}: to be skipped, says {by}: {why}" for by, why in found.items()]
    if len(found) < LEAST_SIGNERS:
        wanting = f"{passing.gate}: it takes {LEAST_SIGNERS} to skip, neither the submitter"
        return Passing(passing.gate, "missing", (*passing.words, *lines, wanting))
    heads = [f"{passing.gate}: SKIPPED by {' and '.join(sorted(found))}"]
    return Passing(passing.gate, "skipped", (*heads, *lines))


def _skips(gate: Gate, words: Iterable[Word[Said]]) -> Iterator[tuple[str, str]]:
    for word in words:
        if isinstance(word.said, Skip) and gate in word.said.gates:
            yield word.by, word.said.why


def _name(version: OrderVersion) -> str:
    return f"order {version.order} version {version.version}"
