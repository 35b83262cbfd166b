"""What to do next, in order of effect.

1. First what would keep an order from coming into force at all: too few people who can be reached.
2. Then what would keep it from being obeyed: paths that nothing enforces orders on.
3. Then evidence to ask for: the step that raises a readiness most comes first. What it would raise it
   to is exact, if everybody asked can show it; nobody knows whether they can.
4. Then models that nothing could stand in for, and a drill that is old, wrong or missing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from writ.clock import Instant
from writ.model.decision import Settlement
from writ.study.coverage import Coverage
from writ.study.readiness.measure import Account, Measured, Reading
from writ.study.readiness.standing import DRILL_EVERY, Drilled, Signers
from writ.study.verdicts import Evidence

Kind: TypeAlias = Literal["signers", "coverage", "verify", "substitute", "drill"]
SHOWN_VALUES = 4


@dataclass(frozen=True, slots=True)
class Gain:
    """What a step does for one template: its readiness before and after."""

    template: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do; `accounts` are those to ask, where it is about asking."""

    kind: Kind
    words: str
    accounts: int | None = None
    evidence: Evidence = ()
    gains: tuple[Gain, ...] = ()

    @property
    def effect(self) -> float:
        """The most that it raises a readiness by."""
        return max((gain.after - gain.before for gain in self.gains), default=0.0)


@dataclass(frozen=True, slots=True)
class Around:
    """What there is besides the population; None: nobody told."""

    substitutes: dict[str, tuple[str, ...]]
    coverage: Coverage
    signers: Signers | None = None
    drill: Drilled | None = None


def steps(found: Measured, around: Around) -> tuple[Step, ...]:
    """Return everything there is to do, in order."""
    return (
        *_signers(around.signers, found.at),
        *_coverage(around.coverage),
        *sorted(_verify(found.readings), key=lambda step: (-step.effect, -(step.accounts or 0))),
        *_substitutes(around.substitutes),
        *_drill(around.drill, found.at),
    )


def _signers(signers: Signers | None, at: Instant) -> Iterator[Step]:
    if signers is None:
        yield Step("signers", "name the deployment with --config: who could sign is unknown")
        return
    away = [person.id for person in signers.unreachable(at)]
    if away:
        head = "" if signers.enough(at) else "nothing could be signed tonight: "
        ask = f"have {', '.join(away)} confirm that they can be reached (`writ reachable`)"
        yield Step("signers", head + ask)


def _coverage(coverage: Coverage) -> Iterator[Step]:
    if coverage.register is None:
        yield Step("coverage", coverage.sentence())
    for gap in coverage.gaps:
        yield Step("coverage", f"{gap.owner}: put an enforcement point on {gap.path} ({gap.why})")
    for kind in coverage.unsaid:
        yield Step("coverage", f"say in the coverage register what there is of kind {kind}")
    if coverage.stale:
        yield Step("coverage", f"review in the coverage register: {', '.join(coverage.stale)}")


def _verify(readings: Iterable[Reading]) -> Iterator[Step]:
    """Give a step for each evidence that helps anybody, over all templates."""
    by_name = {reading.plausible.name: reading for reading in readings}
    found: dict[Evidence, dict[str, list[Account]]] = {}
    for name, reading in by_name.items():
        for evidence, accounts in reading.helped.items():
            found.setdefault(_bare(evidence), {}).setdefault(name, []).extend(accounts)
    for evidence, each in found.items():
        asked = {account: account.count for accounts in each.values() for account in accounts}
        gains = tuple(
            gain for name, accounts in each.items() if (gain := _gain(by_name[name], accounts))
        )
        number = sum(asked.values())
        yield Step("verify", _asking(number, evidence, gains), number, evidence, gains)


def _bare(evidence: Evidence) -> Evidence:
    """Leave out by which methods it is shown: that differs from order to order."""
    return tuple(replace(item, methods=()) for item in evidence)


def _gain(reading: Reading, accounts: Sequence[Account]) -> Gain | None:
    before, after = reading.ready(), reading.ready(sum(item.count for item in accounts))
    if before is None or after is None:
        return None
    return Gain(reading.plausible.name, before, after)


def _asking(number: int, evidence: Evidence, gains: Sequence[Gain]) -> str:
    raised = ", ".join(
        f"{gain.template} from {percent(gain.before)} to {percent(gain.after)}"
        for gain in sorted(gains, key=lambda gain: gain.before - gain.after)
    )
    asked = "this 1 account" if number == 1 else f"these {number:,} accounts"
    return f"asking {asked} to verify now would raise {raised} ({evidence_words(evidence)})"


def evidence_words(evidence: Iterable[Settlement]) -> str:
    """Say who shows what, in short."""
    return " and ".join(map(_shown, evidence)) or "by no evidence of theirs"


def _shown(item: Settlement) -> str:
    values = ["-".join(filter(None, parts)) for parts in item.values]
    more = f" or {len(values) - SHOWN_VALUES} more" if len(values) > SHOWN_VALUES else ""
    said = "/".join(values[:SHOWN_VALUES]) + more
    if item.completeness == "exhaustive":
        said = f"in full{', with ' if said else ''}{said}"
    who = f"{'an owner or parent of the ' if item.subject else ''}{item.link.replace('_', ' ')}"
    return f"{who} shows {item.attribute} {said} at A{item.assurance}"


def percent(share: float) -> str:
    """Write a share as whole percents, never rounded up to all nor down to nothing."""
    whole = round(share * 100)
    if whole in (0, 100) and share not in (0.0, 1.0):
        return "<1%" if whole == 0 else ">99%"
    return f"{whole}%"


def _substitutes(able: dict[str, tuple[str, ...]]) -> Iterator[Step]:
    for model, others in able.items():
        if not others:
            yield Step("substitute", f"find a model that could stand in for {model}")


def _drill(drill: Drilled | None, at: Instant) -> Iterator[Step]:
    if drill is None:
        yield Step("drill", "no drill is known: run `writ drill`")
    elif not drill.right:
        yield Step("drill", "the last drill did not come out as written: mend that, drill again")
    elif drill.old(at):
        yield Step("drill", f"the last drill is more than {DRILL_EVERY} days old: drill again")
