"""Rules that speak of one model together: what they contradict, and whom only one of them bars.

1. Rules contradict each other for a kind of subject if some world satisfies each of them, with its
   exceptions, and none satisfies both: then nobody of that kind passes, whatever they show.
2. Rules of different orders overlap where they speak of one model at one time and one deployment.
   Nothing decides which goes first, since both count; an example passes the one and not the
   other.
3. Each pair is told once for each model, at the first instant at which both are in force; at most
   `MOST` of them, and that there are more.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice

from writ.clock import FOREVER, Instant, format_instant
from writ.errors import Fault
from writ.law.compiled.book import Capacity, Compiled
from writ.law.compiled.cells import Known
from writ.law.compiled.rule import CompiledRule, LinkKind
from writ.law.compiled.solve import Formula, Join, Situation, satisfiable
from writ.law.document import Place, quoted
from writ.law.explain.people import Sketches, Telling, masks
from writ.law.folder import Checked
from writ.law.where import meet_somewhere
from writ.model.order import ActiveRule

MOST = 20
KINDS: tuple[tuple[LinkKind, str], ...] = (("person", "person"), ("organisation", "company"))


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two rules on one model from an instant on; `nobody` are the kinds that cannot pass both.

    `example` passes the first of `passes` and not the second; None where none was found.
    """

    model: str
    rules: tuple[ActiveRule, ActiveRule]
    since: Instant
    nobody: tuple[str, ...]
    example: str | None


def meetings(compiled: Compiled) -> Iterator[Meeting]:
    """Yield contradictions, and overlaps of different orders (rules 1 to 3)."""
    changing: dict[Instant, list[str]] = {}
    for model in compiled.phases.models:
        for _, at in compiled.phases.starts(model):
            changing.setdefault(at, []).append(model)
    seen: set[tuple[str, int, int]] = set()
    for at in (-FOREVER, *compiled.boundaries):
        for model in changing.get(at, ()):
            for pair in combinations(compiled.speaking(model, at).rules, 2):
                key = (model, id(pair[0].rule), id(pair[1].rule))
                if key not in seen and meet_somewhere(compiled.book, pair[0].rule, pair[1].rule):
                    seen.add(key)
                    yield from _meeting(compiled, at, model, pair)


def _meeting(
    compiled: Compiled, at: Instant, model: str, pair: tuple[ActiveRule, ActiveRule]
) -> Iterator[Meeting]:
    nobody = tuple(
        name
        for kind, name in KINDS
        if _contradict(compiled, _both(compiled, at, model, kind, pair))
    )
    if nobody or pair[0].version.order != pair[1].version.order:
        examples = (_example(compiled, at, model, kind, pair) for kind, _ in KINDS)
        yield Meeting(model, pair, at, nobody, next(filter(None, examples), None))


def _both(
    compiled: Compiled,
    at: Instant,
    model: str,
    kind: LinkKind,
    pair: tuple[ActiveRule, ActiveRule],
) -> tuple[CompiledRule, ...]:
    rules = compiled.rules(model, compiled.phases.cell(model, at), kind)
    return tuple(rule for rule in rules if any(rule.active is active for active in pair))


def _contradict(compiled: Compiled, rules: tuple[CompiledRule, ...]) -> bool:
    """Rule 1, in any capacity."""
    wanted = [_satisfied(rule) for rule in rules]
    worlds = list(_open_worlds(compiled))
    alone = all(any(satisfiable((one,), world) for world in worlds) for one in wanted)
    return alone and not any(satisfiable(wanted, world) for world in worlds)


def _satisfied(rule: CompiledRule) -> Formula:
    return Join(every=False, items=(rule.core, *(item.holds for item in rule.exemptions)))


def _open_worlds(compiled: Compiled) -> Iterator[Situation]:
    """Nothing known, acting for nobody or for a member of each group."""
    parts = compiled.partitions
    own = Known(0, (1 << len(parts.own_groups)) - 1)
    for capacity in sorted({0, *parts.acting.together}):
        yield Situation((*parts.unknown, parts.underived, own), capacity)


def _example(
    compiled: Compiled,
    at: Instant,
    model: str,
    kind: LinkKind,
    pair: tuple[ActiveRule, ActiveRule],
) -> str | None:
    """Say who passes one of the two and is barred by the other, for certain if possible."""
    cell = compiled.phases.cell(model, at)
    sketches = Sketches(pair, {model}, kind, at)
    telling = Telling(masks(sketches.groups), frozenset(sketches.closed), at)
    for subject in sketches.subjects(1):
        found = compiled.judgement(model, cell, compiled.profile(subject, at), Capacity())
        against = [
            rule.active
            for rule, certain in zip(found.against, found.certain, strict=True)
            if certain and any(rule.active is active for active in pair)
        ]
        others = [rule for rule in found.against if any(rule.active is one for one in pair)]
        if len(against) == len(others) == 1:
            passes = pair[1] if against[0] is pair[0] else pair[0]
            return f"{telling.of(subject)} passes {_named(passes)} and is barred by {_named(against[0])}"
    return None


def meeting_notes(checked: Checked) -> Iterator[Fault]:
    """Yield a note, where the later of both rules stands, for each meeting of a checked folder."""
    places: dict[int, Place] = {
        id(placed.rule): placed.place for order in checked.orders for placed in order.rules
    }
    for number, item in enumerate(islice(meetings(Compiled(checked.book)), MOST + 1)):
        place = places[id(item.rules[1].rule)]
        more = f"more than {MOST} pairs of rules meet; the rest are left out"
        yield Fault(place.file, place.line, place.column, _note(item) if number < MOST else more)


def _note(item: Meeting) -> str:
    first, second = map(_named, item.rules)
    both = (
        f"{first} and {second} both speak of {quoted(item.model)} from {format_instant(item.since)}"
    )
    nobody = "".join(f"; no {name} can pass both, whatever they show" for name in item.nobody)
    return both + nobody + (f"; {item.example}" if item.example else "")


def _named(active: ActiveRule) -> str:
    return f"rule `{active.rule.id}` of `{active.version.order}` version {active.version.version}"
