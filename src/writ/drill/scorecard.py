"""What a drill showed: every line it wrote, held against `expected.csv` and against no engine.

1. A request that no change overlaps must have the outcome of its case's row at its instant. One
   that a change overlaps (rule 2 of `record`) may have that of either side, and is counted as in
   transition; where the change is one from which nothing may follow yet, both sides are the same.
2. Wrongly served: an answer of the upstream for somebody who must not get that answer. Wrongly
   barred: anything else for somebody who must be served. A substitute for somebody who must get
   the model itself is both. Every mistake of either kind, and a deny for a verify or the other way
   round, is a wrong outcome too.
3. A held stream whose outcome stays permit must be spared; one whose outcome becomes deny or verify
   must be cut by the dialect's own error. Anything else is a wrong outcome.
4. Untouched are models that no order activated in the drill names; what is lost there is counted
   apart.
5. A refusal whose face does not tell deny from verify is held against the gateway's receipt.
6. A link for a wallet that somebody else's wallet answered must open nothing, whether the other
   helped or not.
7. Restored: after the last change, the digest of the rules in force equals that of the remaining
   orders alone, and, where those are the ones that stood before, the digest of then.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

from writ.clock import parse_instant
from writ.drill.expected import Expected
from writ.drill.outward import SERVED, allowed, disclosures_at
from writ.drill.record import (
    ATTEMPTS,
    Attempt,
    Change,
    Coverage,
    Digest,
    Line,
    Pack,
    Population,
    Receipt,
    Report,
    Request,
    Return,
    Signed,
    Watch,
)
from writ.model.order import Lawbook
from writ.model.outcome import Outcome

MISTAKES_SHOWN = 20


@dataclass
class Phase:
    """Figures of one phase; `unnamed_share` is of the requests on touched models.

    Streams, and what goes wrong with them, belong to the phase that their change begins.
    """

    phase: str
    requests: int = 0
    permit: int = 0
    substitute: int = 0
    deny: int = 0
    verify: int = 0
    refused: int = 0
    error: int = 0
    in_transition: int = 0
    wrong_outcomes: int = 0
    wrongly_served: int = 0
    wrongly_barred: int = 0
    unaffected_lost: int = 0
    streams_cut: int = 0
    streams_spared: int = 0
    left_unnamed: int = 0
    on_touched: int = 0
    in_force_ms: float | None = None
    first_refusal_ms: float | None = None
    time_to_return_ms: float | None = None

    @property
    def unnamed_share(self) -> float:
        """Share left at verify for want of a named end user."""
        return self.left_unnamed / self.on_touched if self.on_touched else 0.0


@dataclass
class Scorecard:
    """The figures; times are milliseconds, None where nothing of the kind took place."""

    wrong_outcomes: int = 0
    wrongly_served: int = 0
    wrongly_barred: int = 0
    unaffected_lost: int = 0
    restored: bool = False
    probes: int = 0
    requests: int = 0
    in_transition: int = 0
    receipts_checked: int = 0
    unnamed_share: float = 0.0
    reports_skipped: int = 0
    packs: int = 0
    packs_proved: int = 0
    proof_ms: float | None = None
    simulation_ms: float | None = None
    signed_ms: float | None = None
    in_force_ms: float | None = None
    first_refusal_ms: float | None = None
    time_to_return_ms: float | None = None
    wallet_return_ms: float | None = None
    employer_return_ms: float | None = None
    last_cut_ms: float | None = None
    streams_cut: int = 0
    streams_spared: int = 0
    links_lent: int = 0
    links_stolen: int = 0
    half_shown: int = 0
    links_opened: int = 0
    parties: int = 0
    subjects: int = 0
    coverage: str = ""
    phases: list[Phase] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)

    @property
    def right(self) -> bool:
        """Whether everything came out as written."""
        lost = self.wrong_outcomes + self.wrongly_served + self.wrongly_barred
        shown = self.packs == self.packs_proved and not self.links_opened
        asked = self.requests > 0
        return not lost and not self.unaffected_lost and self.restored and asked and shown

    def plain(self) -> dict[str, object]:
        """Return the card as plain values, for JSON."""
        written = asdict(self)
        for phase, values in zip(self.phases, written["phases"], strict=True):
            values["unnamed_share"] = round(phase.unnamed_share, 4)
        return {"right": self.right, **written}


def score(lines: Sequence[Line], expected: Expected, book: Lawbook) -> Scorecard:
    """Compute the scorecard of a drill from what it wrote down."""
    return _Score(lines, expected, book).card()


class _Score:
    def __init__(self, lines: Sequence[Line], expected: Expected, book: Lawbook) -> None:
        self.lines, self.expected, self.book = lines, expected, book
        self.changes = [line for line in lines if isinstance(line, Change)]
        self.numbered = {change.number: change for change in self.changes}
        self.receipts = {line.request: line for line in lines if isinstance(line, Receipt)}
        self.result = Scorecard()
        self.phases: dict[str, Phase] = {}
        self.parties: set[int] = set()

    def card(self) -> Scorecard:
        for line in self.lines:
            self.take(line)
        self.result.probes = len(self.parties)
        self.result.phases = list(self.phases.values())
        self.result.unnamed_share = _share(self.phases.values())
        self.times()
        self.result.restored = _restored(self.lines)
        return self.result

    def pack(self, line: Pack) -> None:
        """Count a pack of evidence, and say what was wrong with it."""
        self.result.packs += 1
        self.result.packs_proved += line.proved
        if not line.proved:
            self.mistake(f"{line.name}: {line.note}")

    def take(self, line: Line) -> None:
        """Count one line."""
        match line:
            case Request():
                self.request(line)
            case Watch():
                self.watch(line)
            case Report():
                self.report(line)
            case Pack():
                self.pack(line)
            case Attempt():
                self.attempt(line)
            case Population():
                self.result.parties, self.result.subjects = line.parties, line.subjects
            case Coverage():
                self.result.coverage = line.sentence
            case _:
                pass

    def report(self, line: Report) -> None:
        """Keep the slowest of each kind, and how many were done without."""
        if not line.met:
            self.result.reports_skipped += 1
            return
        took = round(line.to_ms - line.from_ms, 3)
        if line.kind == "proof":
            self.result.proof_ms = max(took, self.result.proof_ms or 0.0)
        else:
            self.result.simulation_ms = max(took, self.result.simulation_ms or 0.0)

    def attempt(self, line: Attempt) -> None:
        """Count an attempt at the portal, and whether it opened anything."""
        if line.how == "half":
            self.result.half_shown += 1
        elif line.how == "stolen":
            self.result.links_stolen += 1
        else:
            self.result.links_lent += 1
        if line.answer in SERVED:
            self.result.links_opened += 1
            self.mistake(f"{ATTEMPTS[line.how]} opened {line.model} for case `{line.case}`")

    def request(self, line: Request) -> None:
        phase = self.phases.setdefault(line.phase, Phase(line.phase))
        outcomes, moving = self.outcomes(line)
        fitting = self.fitting(line, outcomes)
        self.parties.add(line.party)
        self.result.requests += 1
        phase.requests += 1
        setattr(phase, line.answer, getattr(phase, line.answer) + 1)
        if moving:
            self.result.in_transition += 1
            phase.in_transition += 1
        if line.touched:
            phase.on_touched += 1
            at = parse_instant(line.at)
            phase.left_unnamed += (line.case, line.model, at) in self.expected.unnamed
        if line.answer not in fitting or not self.receipt_agrees(line, outcomes):
            self.wrong(line, outcomes)

    def outcomes(self, line: Request) -> tuple[dict[int, Outcome], bool]:
        """Return the row's outcome at each instant that may count, and whether a change overlaps."""
        over = [item for item in self.changes if _overlap(item, line)]
        instants = {parse_instant(line.at)}
        for change in over:
            instants |= {parse_instant(change.from_at), parse_instant(change.to_at)}
        rows = {at: self.expected.outcome(line.case, line.model, at) for at in instants}
        return {at: row for at, row in rows.items() if row is not None}, bool(over)

    def fitting(self, line: Request, outcomes: dict[int, Outcome]) -> set[str]:
        names = self.expected.chains[line.case]
        fitting: set[str] = set()
        for at, outcome in outcomes.items():
            fitting |= allowed(outcome, names, disclosures_at(self.book, line.model, at))
        return fitting

    def receipt_agrees(self, line: Request, outcomes: dict[int, Outcome]) -> bool:
        """Hold a refusal against its receipt (rule 5)."""
        receipt = self.receipts.get(line.number)
        if receipt is None:
            return True
        self.result.receipts_checked += 1
        return receipt.outcome in {outcome.word for outcome in outcomes.values()}

    def wrong(self, line: Request, outcomes: dict[int, Outcome]) -> None:
        wanted = {outcome.word for outcome in outcomes.values()}
        served = line.answer in SERVED
        barred = wanted == {"permit"} if served else wanted <= SERVED
        for counts in (self.result, self.phases[line.phase]):
            counts.wrong_outcomes += 1
            counts.wrongly_served += served
            counts.wrongly_barred += barred
            counts.unaffected_lost += not line.touched
        receipt = self.receipts.get(line.number)
        told = f", receipt {receipt.outcome}" if receipt else ""
        self.mistake(
            f"request {line.number}: case `{line.case}` on {line.model} at {line.at} must be "
            f"{' or '.join(sorted(wanted)) or 'asked elsewhere'}, was {line.answer}"
            f" ({line.status}{told}){': ' + line.note if line.note else ''}"
        )

    def watch(self, line: Watch) -> None:
        name = self.numbered[line.change].phase
        right, lost = line.fate == line.expected, line.expected == "spared" != line.fate
        for counts in (self.result, self.phases.setdefault(name, Phase(name))):
            counts.streams_cut += right and line.fate == "cut"
            counts.streams_spared += right and line.fate == "spared"
            counts.wrong_outcomes += not right
            counts.wrongly_served += not right and line.fate == "spared"
            counts.wrongly_barred += lost
            counts.unaffected_lost += lost and not line.touched
        if right:
            return
        self.mistake(
            f"stream of case `{line.case}` on {line.model} must be {line.expected} over change "
            f"{line.change}, was {line.fate}{': ' + line.note if line.note else ''}"
        )

    def mistake(self, text: str) -> None:
        if len(self.result.mistakes) < MISTAKES_SHOWN:
            self.result.mistakes.append(text)

    def times(self) -> None:
        activated = [item for item in self.changes if item.what.startswith("activated")]
        if activated:
            self.result.in_force_ms = round(max(i.to_ms - i.from_ms for i in activated), 3)
        for change in activated:
            if change.name in self.phases:
                phase = self.phases[change.name]
                phase.in_force_ms = round(change.to_ms - change.from_ms, 3)
                phase.first_refusal_ms = self.first_refusal(change)
        cuts = [
            line.ended_ms - self.numbered[line.change].from_ms
            for line in self.lines
            if isinstance(line, Watch) and line.fate == "cut" and line.ended_ms is not None
        ]
        if cuts:
            self.result.last_cut_ms = round(max(cuts), 3)
        at_once = [change for change in activated if change.what == "activated"]
        self.result.first_refusal_ms = self.first_refusal(at_once[0]) if at_once else None
        signed = [line.to_ms - line.from_ms for line in self.lines if isinstance(line, Signed)]
        if signed:
            self.result.signed_ms = round(max(signed), 3)
        returns = [line for line in self.lines if isinstance(line, Return)]
        self.result.time_to_return_ms = _slowest(returns)
        self.result.wallet_return_ms = _slowest(i for i in returns if i.way == "wallet")
        self.result.employer_return_ms = _slowest(i for i in returns if i.way == "employer")
        for line in returns:
            self.returned(line)

    def returned(self, line: Return) -> None:
        """Note a return in the phase in which its fact arrived."""
        for change in self.changes:
            if change.what == "fact" and change.party == line.party and change.phase in self.phases:
                phase = self.phases[change.phase]
                took = round(line.served_ms - line.from_ms, 3)
                phase.time_to_return_ms = max(took, phase.time_to_return_ms or 0.0)

    def first_refusal(self, change: Change) -> float | None:
        """Return how long after an activation that counts at once someone served first felt it."""
        ended = [
            line.ended_ms
            for line in self.lines
            if isinstance(line, Request)
            and change.what == "activated"
            and line.touched
            and line.answer in ("deny", "verify", "refused")
            and line.ended_ms >= change.from_ms
            and _newly_refused(self.expected, line, change)
        ]
        return round(min(ended) - change.from_ms, 3) if ended else None


def _slowest(returns: Iterable[Return]) -> float | None:
    """Return how long the slowest took from the fact to the answer; None: nobody returned."""
    return max((round(item.served_ms - item.from_ms, 3) for item in returns), default=None)


def _newly_refused(expected: Expected, line: Request, change: Change) -> bool:
    before = expected.outcome(line.case, line.model, parse_instant(change.from_at))
    after = expected.outcome(line.case, line.model, parse_instant(change.to_at))
    served = (Outcome.PERMIT, Outcome.SUBSTITUTE)
    return before in served and after is not None and after not in served


def _overlap(change: Change, line: Request) -> bool:
    mine = change.party is None or change.party == line.party
    return mine and change.from_ms <= line.ended_ms and line.sent_ms <= change.to_ms


def _share(phases: Iterable[Phase]) -> float:
    """Return the largest share of any phase left at verify for want of a named end user."""
    return round(max((phase.unnamed_share for phase in phases), default=0.0), 4)


def _restored(lines: Sequence[Line]) -> bool:
    digests = {line.when: line.rules_digest for line in lines if isinstance(line, Digest)}
    return {"after", "remaining"} <= digests.keys() and len(set(digests.values())) == 1
