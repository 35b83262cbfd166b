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
from typing import NamedTuple

from writ.law.compiled.cells import Known
from writ.law.compiled.evidence import Question
from writ.law.compiled.rule import CompiledExemption, CompiledRule, asked, narrowed
from writ.law.compiled.solve import Formula, Join, Situation, satisfiable, valid
from writ.model.cell import Triple
from writ.model.outcome import Outcome


class _Fate(NamedTuple):
    """What one rule comes to (rule 4); `certain` where it bars, `firm` where for good (rule 5)."""

    outcome: Outcome
    certain: bool
    firm: bool = False


class Link:
    """What is known of one link at every question asked, and the groups it acts for.

    What one rule says of it is found once, whichever rules it is judged by together with.
    """

    def __init__(self, known: Mapping[Question, tuple[Known, ...]], acting: int) -> None:
        self._known, self._acting = known, acting
        self._worlds: dict[Question, Situation] = {}
        self._clear: dict[int, bool] = {}
        self._fates: dict[int, _Fate] = {}

    def under(self, question: Question) -> Situation:
        """Return the partial world of a question."""
        world = self._worlds.get(question)
        if world is None:
            world = self._worlds[question] = Situation(self._known[question], self._acting)
        return world

    def clear(self, rule: CompiledRule) -> bool:
        """Whether a rule is clear (rule 1)."""
        if id(rule) not in self._clear:
            self._clear[id(rule)] = _clear(rule, self)
        return self._clear[id(rule)]

    def fate(self, rule: CompiledRule) -> _Fate:
        """Return what a rule that is not clear leaves (rule 4), and how it bars."""
        if id(rule) not in self._fates:
            self._fates[id(rule)] = _fate(rule, self)
        return self._fates[id(rule)]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A link's triple for one model; `against` are rules not clear, `certain` those that bar.

    `firm` are those of them that bar for good (rule 5).
    """

    triple: Triple
    against: tuple[CompiledRule, ...]
    certain: tuple[bool, ...]
    firm: tuple[bool, ...] = ()


class Together:
    """Rules that count together, and at which questions rule 2 puts which of them."""

    def __init__(self, rules: Sequence[CompiledRule]) -> None:
        self._rules = tuple(rules)
        barred = sorted({rule.barred for rule in rules}, reverse=True)  # nothing lies between two
        self._bars = [(item, *put) for item in barred for put in asked(self._rules, item)]

    def judge(self, link: Link) -> Judgement:
        """Judge a link under these rules."""
        against = tuple(rule for rule in self._rules if not link.clear(rule))
        if not against:
            return Judgement(Triple(), (), ())
        fates = [link.fate(rule) for rule in against]
        most = max(rule.barred for rule in against)
        return Judgement(
            Triple(min(self._least(link), most), most, max(fate.outcome for fate in fates)),
            against,
            tuple(fate.certain for fate in fates),
            tuple(fate.firm for fate in fates),
        )

    def _least(self, link: Link) -> Outcome:
        """Rule 2."""
        for outcome, question, part in self._bars:
            together = [_satisfied(rule, link, question) for rule in part]
            if not satisfiable(together, link.under(question)):
                return outcome
        return Outcome.PERMIT


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


def _fate(rule: CompiledRule, link: Link) -> _Fate:
    """Rules 4 and 5 for one rule."""
    if satisfiable((rule.core,), link.under(rule.bar)):
        return _Fate(rule.undetermined, certain=False)
    if any(item.unproven_verify and _may_hold(item, link, rule.bar) for item in rule.exemptions):
        return _Fate(Outcome.VERIFY, certain=False)
    return _Fate(rule.barred, certain=True, firm=_firm(rule, link))
