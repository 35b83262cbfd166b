"""What the compiled tables do with one model, as SMT-LIB terms, from what the compiler put out.

1. Taken as compiled: phases and their edges, the bits of each list, the cells that values fall into
   (and may fall into), floors and ages asked, effects, exceptions, groups, who is held, substitutes.
2. The judging of `writ.law.compiled.judge` is written out: whether a world exists is found by
   trying bits that formulas want both ways; all others take the value that helps most.
3. Cells that the formulas asked together never tell apart are tried as one. So are the cells of a
   mask, where none of the formulas wants any cell of its attribute the other way.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

from writ.law.compiled.book import Compiled
from writ.law.compiled.evidence import Question
from writ.law.compiled.rule import CompiledExemption, CompiledRule, asked, narrowed
from writ.law.compiled.solve import Bits, Flag, Flip, Formula, Join
from writ.model.outcome import Outcome
from writ.study.proof.artefact import Phase, leaves, masks, phases, rules_of
from writ.study.proof.smt import FALSE, TRUE, Script, conj, disj, neg
from writ.study.proof.symbols import Level, Symbols
from writ.study.proof.timeline import Time

Key: TypeAlias = tuple[str, int, int] | str
"""Cells of an attribute that are tried together, groups acted for, or a term that is settled."""
Node: TypeAlias = "bool | tuple[Key, bool] | _Joint"
Codes: TypeAlias = tuple[str, ...]
"""The bits of a cell's code, lowest first."""

_CODE_BITS = 7


@dataclass(frozen=True, slots=True)
class _Joint:
    every: bool
    items: tuple["Node", ...]


class Tables:
    """The terms of one link for the tables of one model."""

    def __init__(
        self, script: Script, symbols: Symbols, compiled: Compiled, label: str = "tables"
    ) -> None:
        self._script, self._symbols, self._compiled = script, symbols, compiled
        self._label = f"{label} {symbols.role}"
        self._parts = compiled.partitions
        self._known: dict[tuple[Key, Question], tuple[str, str]] = {}
        self._found: dict[tuple[Node, Question], str] = {}
        self._cleared: dict[int, str] = {}
        self._fates: dict[tuple[int, Outcome], str] = {}
        self._asked: dict[tuple[tuple[_Mixed, ...], Question], str] = {}

    def codes(self, model: str, time: Time) -> Codes:
        """Return the bits of the code at an instant."""
        bits: list[list[str]] = [[] for _ in range(_CODE_BITS)]
        for phase in phases(self._compiled, model):
            rules = rules_of(self._compiled, model, phase, self._symbols.kind)
            within = time.during(phase.since, phase.until)
            for place, term in enumerate(self._code(rules, phase)):
                named = self._script.define(f"{self._label} bit {place} in cell {phase.cell}", term)
                bits[place].append(conj((within, named)))
        return tuple(
            self._script.define(f"{self._label} bit {place}", disj(terms))
            for place, terms in enumerate(bits)
        )

    def _code(self, rules: Sequence[CompiledRule], phase: Phase) -> Codes:
        if phase.held:
            return (TRUE,) * _CODE_BITS
        if self._symbols.role != "unnamed":
            return self._judge(rules)
        return self._carried(rules)

    def _carried(self, rules: Sequence[CompiledRule]) -> Codes:
        """Leave out, for somebody unnamed, the rules for which the organisation stands."""
        keys = [(rule, _lent(rule)) for rule in rules if rule.rule.standing != "organisation"]
        lent = sorted({key for _, key in keys if key is not None}, key=repr)
        terms = {key: self._symbols.certified(key[0], Level(*key[1])) for key in lent}
        bits: list[list[str]] = [[] for _ in range(_CODE_BITS)]
        for size in range(len(lent) + 1):
            for held in combinations(lent, size):
                guard = conj(terms[key] if key in held else neg(terms[key]) for key in lent)
                judging = [rule for rule, key in keys if key is None or key not in held]
                for place, term in enumerate(self._judge(judging)):
                    bits[place].append(conj((guard, term)))
        return tuple(map(disj, bits))

    def _judge(self, rules: Sequence[CompiledRule]) -> Codes:
        """Rule 2: the code of `judge`."""
        against = [(rule, neg(self._clear(rule))) for rule in rules]
        most = [disj(term for rule, term in against if rule.barred >= limit) for limit in _LIMITS]
        deny = self._least(rules, Outcome.DENY)
        least = [disj((deny, self._least(rules, Outcome.SUBSTITUTE))), deny]
        return (
            conj((least[0], most[0])),
            conj((least[1], most[1])),
            *most,
            *(
                disj(self._fate(rule, limit) for rule in rules)
                for limit in (Outcome.SUBSTITUTE, Outcome.VERIFY, Outcome.DENY)
            ),
        )

    def _clear(self, rule: CompiledRule) -> str:
        if id(rule) not in self._cleared:
            shared = [item.holds for item in rule.exemptions if item.serve is None]
            whole = Flip(Join(every=False, items=(rule.core, *shared)))
            own = [
                neg(self._satisfiable((_Mixed(Flip(item.holds)),), item.serve))
                for item in rule.exemptions
                if item.serve is not None
            ]
            term = disj((neg(self._satisfiable((_Mixed(whole),), rule.serve)), *own))
            self._cleared[id(rule)] = term
        return self._cleared[id(rule)]

    def _least(self, rules: Sequence[CompiledRule], limit: Outcome) -> str:
        return disj(
            neg(
                self._satisfiable(tuple(self._satisfied(rule, question) for rule in part), question)
            )
            for question, part in asked(rules, limit)
        )

    def _satisfied(self, rule: CompiledRule, question: Question) -> "_Mixed":
        shared = [item.holds for item in rule.exemptions if item.bar is None]
        own = [self._may_hold(item, question) for item in rule.exemptions if item.bar is not None]
        return _Mixed(Join(every=False, items=(rule.core, *shared)), disj(own))

    def _may_hold(self, item: CompiledExemption, question: Question) -> str:
        seen_from = question if item.bar is None else narrowed(question, item.bar)
        return self._satisfiable((_Mixed(item.holds),), seen_from)

    def _fate(self, rule: CompiledRule, limit: Outcome) -> str:
        key = (id(rule), limit)
        if key not in self._fates:
            fails = neg(self._satisfiable((_Mixed(rule.core),), rule.bar))
            spared = disj(
                self._may_hold(item, rule.bar) for item in rule.exemptions if item.unproven_verify
            )
            fate = disj(
                (
                    conj((neg(fails), TRUE if rule.undetermined >= limit else FALSE)),
                    conj((fails, spared, TRUE if Outcome.VERIFY >= limit else FALSE)),
                    conj((fails, neg(spared), TRUE if rule.barred >= limit else FALSE)),
                )
            )
            name = f"{self._label} fate {len(self._fates)}"
            self._fates[key] = self._script.define(name, conj((neg(self._clear(rule)), fate)))
        return self._fates[key]

    def _satisfiable(self, wanted: "tuple[_Mixed, ...]", question: Question) -> str:
        if (wanted, question) not in self._asked:
            term = self._sought(wanted, question)
            name = f"{self._label} world {len(self._asked)} at {Level(*question)}"
            self._asked[wanted, question] = self._script.define(name, term)
        return self._asked[wanted, question]

    def _sought(self, wanted: "tuple[_Mixed, ...]", question: Question) -> str:
        """What no two formulas want of one attribute in two ways is sought one by one (rule 3)."""
        signs = {sign for item in wanted for sign in _wanted(item.formula, wanted=True)}
        both = {place for place, sign in signs if sign and (place, False) in signs}
        joint = [item for item in wanted if not both.isdisjoint(_places(item.formula))]
        if not joint and len(wanted) > 1:
            return conj(self._satisfiable((item,), question) for item in wanted)
        cells = {
            place: _cells(found) if place in both else sorted(found)
            for place, found in masks(item.formula for item in wanted).items()
        }
        nodes = (
            _joint(False, (_node(item.formula, cells, wanted=True), (item.term, True)))  # noqa: FBT003  any
            if item.term != FALSE
            else _node(item.formula, cells, wanted=True)
            for item in wanted
        )
        return self._search(_joint(True, nodes), question)  # noqa: FBT003  every

    def _search(self, node: Node, question: Question) -> str:
        """Try both ways whatever is wanted both ways; the rest as it helps."""
        key = (node, question)
        if key not in self._found:
            term = self._tried(node, question)
            self._found[key] = self._script.define(f"{self._label} world {len(self._found)}", term)
        return self._found[key]

    def _tried(self, node: Node, question: Question) -> str:
        if isinstance(node, bool):
            return TRUE if node else FALSE
        signs = set(_signs(node))
        both = [key for key, sign in signs if sign and (key, False) in signs]
        if not both:
            return self._helped(node, question)
        chosen = min(both, key=repr)
        yes, may = self._cell(chosen, question)
        return disj(
            (
                conj((may, self._search(_settled(node, chosen, yes=True), question))),
                conj((neg(yes), self._search(_settled(node, chosen, yes=False), question))),
            )
        )

    def _helped(self, node: Node, question: Question) -> str:
        if isinstance(node, bool):
            return TRUE if node else FALSE
        if isinstance(node, _Joint):
            items = [self._helped(item, question) for item in node.items]
            return conj(items) if node.every else disj(items)
        key, sign = node
        yes, may = self._cell(key, question)
        return may if sign else neg(yes)

    def _cell(self, key: Key, question: Question) -> tuple[str, str]:
        """Return whether some cell of a key is a yes, and whether one may be."""
        if (key, question) not in self._known:
            self._known[key, question] = self._look_up(key, question)
        return self._known[key, question]

    def _look_up(self, key: Key, question: Question) -> tuple[str, str]:
        if isinstance(key, str):
            return key, key
        word, place, mask = key
        if word == "flag":
            acts = self._acting(mask)
            return acts, acts
        if place == len(self._parts.attributes):
            return self._derived(mask, question)
        if place > len(self._parts.attributes):
            return self._own(mask)
        return self._values(place, mask, Level(*question))

    def _values(self, place: int, mask: int, level: Level) -> tuple[str, str]:
        symbols, attribute = self._symbols, self._parts.attributes[place]
        partition = self._parts.of[place]
        yes, unsaid = (
            disj(
                symbols.has(level, attribute, value)
                for value in symbols.values(attribute)
                if found(value) & mask
            )
            for found in (partition.bit, partition.finer)
        )
        shut = symbols.shut(level, attribute)
        rest = neg(shut) if partition.everything & mask else FALSE
        name = f"{self._label} {attribute} cells {mask:x} at {level}"
        yes = self._script.define(f"{name} yes", yes)
        return yes, self._script.define(f"{name} may", disj((yes, rest, conj((shut, unsaid)))))

    def _derived(self, mask: int, question: Question) -> tuple[str, str]:
        found = [
            self._symbols.derived(Level(*question), atom)
            for bit, atom in enumerate(self._parts.derived)
            if mask >> bit & 1
        ]
        return disj(sure for sure, _ in found), disj(may for _, may in found)

    def _own(self, mask: int) -> tuple[str, str]:
        groups = self._parts.own_groups
        listed = disj(
            self._symbols.listed(group.members)
            for bit, group in enumerate(groups)
            if mask >> bit & 1
        )
        return listed, disj((listed, self._symbols.nameless))

    def _acting(self, mask: int) -> str:
        if self._symbols.kind == "organisation":
            return FALSE
        return disj(
            self._symbols.acts_for(group.members)
            for bit, group in enumerate(self._parts.acting_groups)
            if mask >> bit & 1
        )


_LIMITS = (Outcome.SUBSTITUTE, Outcome.DENY)


@dataclass(frozen=True, slots=True)
class _Mixed:
    """A formula, or a term that no world changes."""

    formula: Formula
    term: str = FALSE


def _lent(rule: CompiledRule) -> tuple[str, Question] | None:
    """Return the certificate that lets an organisation stand for people it does not name."""
    name = rule.rule.predicate.name
    if rule.rule.standing == "natural_person" or rule.rule.sense != "only" or name is None:
        return None
    return name, rule.serve


def _places(formula: Formula) -> Iterator[int]:
    return (leaf.attribute for leaf in leaves(formula) if isinstance(leaf, Bits))


def _wanted(formula: Formula, *, wanted: bool) -> Iterator[tuple[int, bool]]:
    """Yield the attributes whose cells a formula wants, and whether it wants them to be there."""
    match formula:
        case Bits(attribute):
            yield attribute, wanted
        case Join(items=items):
            for item in items:
                yield from _wanted(item, wanted=wanted)
        case Flip(item):
            yield from _wanted(item, wanted=not wanted)
        case _:
            return


def _cells(found: set[int]) -> list[int]:
    """Rule 3: bits that belong to the same of these masks, together."""
    together: dict[tuple[bool, ...], int] = {}
    ordered = sorted(found)
    for bit in range(max(ordered).bit_length()):
        signature = tuple(bool(mask >> bit & 1) for mask in ordered)
        if any(signature):
            together[signature] = together.get(signature, 0) | 1 << bit
    return list(together.values())


def _node(formula: Formula, cells: dict[int, list[int]], *, wanted: bool) -> Node:
    match formula:
        case Bits(attribute, mask):
            parts = [mask] if mask in cells[attribute] else cells[attribute]
            keys = [("bits", attribute, part) for part in parts if part & mask]
            return _joint(not wanted, [(key, wanted) for key in keys])
        case Flag(mask):
            return ("flag", 0, mask), wanted
        case Join(every, items):
            found = [_node(item, cells, wanted=wanted) for item in items]
            return _joint(every == wanted, found)
        case Flip(item):
            return _node(item, cells, wanted=not wanted)
        case _:
            return formula == wanted


def _joint(every: bool, items: Iterable[Node]) -> Node:  # noqa: FBT001  as Join has it
    kept = tuple(item for item in dict.fromkeys(items) if item is not every)
    if (not every) in kept:
        return not every
    if not kept:
        return every
    return kept[0] if len(kept) == 1 else _Joint(every, kept)


def _signs(node: Node) -> Iterator[tuple[Key, bool]]:
    if isinstance(node, _Joint):
        for item in node.items:
            yield from _signs(item)
    elif not isinstance(node, bool):
        yield node


def _settled(node: Node, chosen: Key, *, yes: bool) -> Node:
    if isinstance(node, _Joint):
        return _joint(node.every, [_settled(item, chosen, yes=yes) for item in node.items])
    if isinstance(node, bool) or node[0] != chosen:
        return node
    return node[1] == yes
