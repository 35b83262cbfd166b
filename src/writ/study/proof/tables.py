"""What the compiled tables do with one model, as SMT-LIB terms, from what the compiler put out.

1. Taken as compiled: phases and their edges, the bits of each list, the cells that values fall into
   (and may fall into), floors and ages asked, effects, exceptions, groups, who is held, substitutes.
2. The judging of `writ.law.compiled.judge` is written out: whether a world exists is found by
   trying bits that formulas want both ways; all others take the value that helps most.
3. A formula is asked by itself, once for each question, unless it wants cells that another one wants
   the other way.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import TypeAlias

from writ.clock import FOREVER, Instant
from writ.law.compiled.evidence import Question
from writ.law.compiled.rule import CompiledExemption, CompiledRule, asked, narrowed
from writ.law.compiled.solve import Flip, Formula, Join
from writ.model.outcome import Outcome
from writ.study.proof.artefact import Cells, Phase, rules_of
from writ.study.proof.smt import FALSE, TRUE, Script, choice, conj, disj, neg
from writ.study.proof.symbols import Level, Parts, Symbols
from writ.study.proof.timeline import Time
from writ.study.proof.wanted import Joint, Key, Node, Wanted, both_ways, settled, signs, split

Codes: TypeAlias = tuple[str, ...]
"""The bits of a cell's code, lowest first."""

_CODE_BITS = 7
_LIMITS = (Outcome.SUBSTITUTE, Outcome.DENY)
_FALLBACKS = (Outcome.SUBSTITUTE, Outcome.VERIFY, Outcome.DENY)


class Tables:
    """The terms of one link for the tables of one model."""

    def __init__(
        self, script: Script, symbols: Symbols, cells: Cells, label: str = "tables"
    ) -> None:
        self._script, self._symbols, self._cells = script, symbols, cells
        self._label = f"{label} {symbols.role}"
        self._parts = cells.compiled.partitions
        self._known: dict[tuple[Key, Question], tuple[str, str]] = {}
        self._values_in: dict[Key, tuple[str, tuple[Parts, ...], tuple[Parts, ...]]] = {}
        self._found: dict[tuple[Node, Question], str] = {}
        self._wanted: dict[tuple[int, Question | None], Wanted] = {}
        self._opened: dict[int, str] = {}
        self._fates: dict[int, tuple[str, ...]] = {}
        self._asked: dict[tuple[tuple[Wanted, ...], Question], str] = {}

    def codes(self, model: str, time: Time) -> Codes:
        """Return the bits of the code at an instant."""
        bits: list[list[str]] = [[] for _ in range(_CODE_BITS)]
        for phase in self._cells.phases(model):
            rules = rules_of(self._cells.compiled, model, phase, self._symbols.kind)
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
        if not lent:
            return self._judge([rule for rule, _ in keys])
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
        against = [(rule, self._open(rule)) for rule in rules]
        most = [disj(term for rule, term in against if rule.barred >= limit) for limit in _LIMITS]
        deny = self._least(rules, Outcome.DENY)
        least = [disj((self._least(rules, Outcome.SUBSTITUTE), deny)), deny]
        fates = [self._fate(rule) for rule in rules]
        return (
            conj((least[0], most[0])),
            conj((least[1], most[1])),
            *most,
            *(disj(fate[place] for fate in fates) for place in range(len(_FALLBACKS))),
        )

    def _open(self, rule: CompiledRule) -> str:
        """Whether the rule is not clear."""
        if id(rule) not in self._opened:
            shared = [item.holds for item in rule.exemptions if item.serve is None]
            against = Wanted(Flip(Join(every=False, items=(rule.core, *shared))))
            own = [
                self._satisfiable((Wanted(Flip(item.holds)),), item.serve)
                for item in rule.exemptions
                if item.serve is not None
            ]
            term = conj((*own, self._satisfiable((against,), rule.serve)))
            self._opened[id(rule)] = self._script.define(
                f"{self._label} open {len(self._opened)}", term
            )
        return self._opened[id(rule)]

    def _least(self, rules: Sequence[CompiledRule], limit: Outcome) -> str:
        impossible = []
        for question, part in sorted(asked(rules, limit), key=_young):
            wanted = tuple(self._satisfied(rule, question) for rule in part)
            impossible.append(neg(self._satisfiable(wanted, question)))
        return disj(impossible)

    def _satisfied(self, rule: CompiledRule, question: Question) -> Wanted:
        own = [item for item in rule.exemptions if item.bar is not None]
        key = (id(rule), question if own else None)
        if key not in self._wanted:
            shared = [item.holds for item in rule.exemptions if item.bar is None]
            whole = Join(every=False, items=(rule.core, *shared))
            self._wanted[key] = Wanted(whole, disj(self._may_hold(item, question) for item in own))
        return self._wanted[key]

    def _may_hold(self, item: CompiledExemption, question: Question) -> str:
        seen_from = question if item.bar is None else narrowed(question, item.bar)
        return self._satisfiable((self._of(item.holds),), seen_from)

    def _of(self, formula: Formula) -> Wanted:
        """Return a formula of a rule as something wanted, the same each time."""
        return self._wanted.setdefault((id(formula), None), Wanted(formula))

    def _fate(self, rule: CompiledRule) -> tuple[str, ...]:
        """Whether the rule is open and does so much meanwhile, for each limit."""
        if id(rule) not in self._fates:
            fails = neg(self._satisfiable((self._of(rule.core),), rule.bar))
            spared = disj(
                self._may_hold(item, rule.bar) for item in rule.exemptions if item.unproven_verify
            )
            fates = []
            for limit in _FALLBACKS:
                verify, barred, undetermined = (
                    TRUE if outcome >= limit else FALSE
                    for outcome in (Outcome.VERIFY, rule.barred, rule.undetermined)
                )
                fate = choice(fails, choice(spared, verify, barred), undetermined)
                name = f"{self._label} fate {len(self._fates)} {limit.word}"
                fates.append(self._script.define(name, conj((self._open(rule), fate))))
            self._fates[id(rule)] = tuple(fates)
        return self._fates[id(rule)]

    def _satisfiable(self, wanted: tuple[Wanted, ...], question: Question) -> str:
        if (wanted, question) not in self._asked:
            term = self._sought(wanted, question)
            name = f"{self._label} world {len(self._asked)} at {Level(*question)}"
            self._asked[wanted, question] = self._script.define(name, term)
        return self._asked[wanted, question]

    def _sought(self, wanted: tuple[Wanted, ...], question: Question) -> str:
        """What no two formulas want of one attribute in two ways is sought one by one (rule 3)."""
        both = both_ways(wanted)
        if not both:
            if len(wanted) == 1:
                return self._helped(wanted[0].node, question)
            return conj(self._satisfiable((item,), question) for item in wanted)
        together = tuple(item for item in wanted if not both.isdisjoint(item.places))
        if len(together) < len(wanted):
            apart = [
                self._satisfiable((item,), question) for item in wanted if item not in together
            ]
            return conj((*apart, self._satisfiable(together, question)))
        return self._search(split(wanted, both), question)

    def _search(self, node: Node, question: Question) -> str:
        """Try both ways whatever is wanted both ways; the rest as it helps."""
        key = (node, question)
        if key not in self._found:
            term = self._tried(node, question)
            self._found[key] = self._script.define(f"{self._label} case {len(self._found)}", term)
        return self._found[key]

    def _tried(self, node: Node, question: Question) -> str:
        found = {item for item in signs(node) if isinstance(item[0], tuple)}
        both = [key for key, sign in found if sign and (key, False) in found]
        if not both:
            return self._helped(node, question)
        chosen = min(both, key=repr)
        yes, may = self._cell(chosen, question)
        return disj(
            (
                conj((may, self._search(settled(node, chosen, yes=True), question))),
                conj((neg(yes), self._search(settled(node, chosen, yes=False), question))),
            )
        )

    def _helped(self, node: Node, question: Question) -> str:
        if isinstance(node, bool):
            return TRUE if node else FALSE
        if isinstance(node, Joint):
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
        if isinstance(key, int):
            acts = self._acting(key)
            return acts, acts
        place, mask = key
        if place == len(self._parts.attributes):
            return self._derived(mask, question)
        if place > len(self._parts.attributes):
            return self._own(mask)
        return self._values(place, mask, Level(*question))

    def _values(self, place: int, mask: int, level: Level) -> tuple[str, str]:
        symbols, attribute = self._symbols, self._parts.attributes[place]
        partition = self._parts.of[place]
        cells, known, unsaid = self._in(place, mask)
        name = f"{cells} at {level}"
        yes = symbols.some(level, attribute, known)
        yes = self._script.define(f"{self._label} {name} yes", yes)
        rest = neg(symbols.shut(level, attribute)) if partition.everything & mask else FALSE
        turned = symbols.some(level, attribute, unsaid)
        if rest == FALSE:
            turned = conj((symbols.shut(level, attribute), turned))
        may = disj((yes, rest, turned))
        return yes, self._script.define(f"{self._label} {name} may", may)

    def _in(self, place: int, mask: int) -> tuple[str, tuple[Parts, ...], tuple[Parts, ...]]:
        """Return a name for cells, the values that are in some of them, and the others that may be."""
        if (place, mask) not in self._values_in:
            partition, attribute = self._parts.of[place], self._parts.attributes[place]
            values = self._symbols.values(attribute)
            known = tuple([value for value in values if partition.bit(value) & mask])
            may = [value for value in values if partition.finer(value) & mask]
            unsaid = tuple([value for value in may if not partition.bit(value) & mask])
            name = self._script.number("cells", f"{attribute} {mask:x}")
            self._values_in[place, mask] = name, known, unsaid
        return self._values_in[place, mask]

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


def _young(item: tuple[Question, object]) -> tuple[int, Instant]:
    """The order in which questions are asked: no greatest age comes last."""
    floor, age = item[0]
    return floor, FOREVER if age is None else age


def _lent(rule: CompiledRule) -> tuple[str, Question] | None:
    """Return the certificate that lets an organisation stand for people it does not name."""
    name = rule.rule.predicate.name
    if rule.rule.standing == "natural_person" or rule.rule.sense != "only" or name is None:
        return None
    return name, rule.serve
