"""One link against the rules of one model: the triple, and which rules do not let it pass.

1. A rule is clear if satisfied in every world of its (to_serve, max_age).
2. `least`: the strictest L such that at some (to_bar, max_age) the rules that bar by then, with
   `barred` at least L, cannot all be satisfied in one world; but never above `most`: nobody is
   refused whom every rule lets pass (docs/decisions/0004-floors-and-ages.md).
3. `most`: the strictest `barred` among the rules not clear.
4. `fallback`: the strictest over rules not clear: where the predicate fails in all worlds of
   (to_bar, max_age), verify if an exception with `unproven: verify` may still hold, else
   `barred`; otherwise `undetermined`.
5. A rule that bars does so firmly where facts that count to serve alone leave no world in which it
   is satisfied: whatever more is shown changes nothing, unless it contradicts them.
6. An exception with evidence of its own counts by itself: it clears where it holds in all worlds
   of its own (to_serve, max_age), and is left open unless it fails in all worlds of the stricter
   of both floors and the shorter of both ages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from writ.law.compiled.cells import Known
from writ.law.compiled.evidence import Question
from writ.law.compiled.rule import CompiledExemption, CompiledRule, asked, narrowed
from writ.law.compiled.solve import Formula, Join, Situation, satisfiable, valid
from writ.model.cell import Triple
from writ.model.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Link:
    """What is known of one link at every question asked, and the groups it acts for."""

    known: Mapping[Question, tuple[Known, ...]]
    acting: int

    def under(self, question: Question) -> Situation:
        """Return the partial world of a question."""
        return Situation(self.known[question], self.acting)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A link's triple for one model; `against` are rules not clear, `certain` those that bar.

    `firm` are those of them that bar for good (rule 5).
    """

    triple: Triple
    against: tuple[CompiledRule, ...]
    certain: tuple[bool, ...]
    firm: tuple[bool, ...] = ()


def judge(rules: Sequence[CompiledRule], link: Link) -> Judgement:
    """Judge a link under the rules that count for it."""
    against = [rule for rule in rules if not _clear(rule, link)]
    if not against:
        return Judgement(Triple(), (), ())
    fates = [_fate(rule, link) for rule in against]
    most = max(rule.barred for rule in against)
    return Judgement(
        Triple(min(_least(rules, link), most), most, max(outcome for outcome, _ in fates)),
        tuple(against),
        tuple(barred for _, barred in fates),
        tuple(
            barred and _firm(rule, link) for rule, (_, barred) in zip(against, fates, strict=True)
        ),
    )


def _clear(rule: CompiledRule, link: Link) -> bool:
    """Rule 1, with rule 6 for exceptions of their own evidence."""
    shared = [item.holds for item in rule.exemptions if item.serve is None]
    if valid(Join(every=False, items=(rule.core, *shared)), link.under(rule.serve)):
        return True
    return any(
        valid(item.holds, link.under(item.serve))
        for item in rule.exemptions
        if item.serve is not None
    )


def _satisfied(rule: CompiledRule, link: Link, question: Question) -> Formula:
    """Where the rule is satisfied, as seen from a question to bar at (rule 6)."""
    items: list[Formula] = [rule.core]
    for item in rule.exemptions:
        if item.bar is None:
            items.append(item.holds)
        else:
            items.append(_may_hold(item, link, question))
    return Join(every=False, items=tuple(items))


def _firm(rule: CompiledRule, link: Link) -> bool:
    """Rule 5."""
    return not any(
        satisfiable((wanted,), link.under(question))
        for wanted, question in (
            (rule.core, rule.serve),
            *((item.holds, item.serve or rule.serve) for item in rule.exemptions),
        )
    )


def _may_hold(item: CompiledExemption, link: Link, question: Question) -> bool:
    seen_from = question if item.bar is None else narrowed(question, item.bar)
    return satisfiable((item.holds,), link.under(seen_from))


def _least(rules: Sequence[CompiledRule], link: Link) -> Outcome:
    """Rule 2."""
    for outcome in (Outcome.DENY, Outcome.SUBSTITUTE):
        for question, part in asked(rules, outcome):
            together = [_satisfied(rule, link, question) for rule in part]
            if not satisfiable(together, link.under(question)):
                return outcome
    return Outcome.PERMIT


def _fate(rule: CompiledRule, link: Link) -> tuple[Outcome, bool]:
    """Rule 4 for one rule: its outcome, and whether that is because it bars."""
    if satisfiable((rule.core,), link.under(rule.bar)):
        return rule.undetermined, False
    if any(item.unproven_verify and _may_hold(item, link, rule.bar) for item in rule.exemptions):
        return Outcome.VERIFY, False
    return rule.barred, True
