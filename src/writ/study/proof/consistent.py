"""One link of a request of which somebody can be made: its facts are all true of one case."""

from writ.model.expression import Derived
from writ.study.proof.smt import Script, conj, disj, implies, neg
from writ.study.proof.symbols import Domain, Level, Parts, Role, Symbols, span


class ConsistentSymbols(Symbols):
    """A link whose facts are all true of one case, so that somebody can be made of them.

    Per floor and age asked about, an attribute has at most one fact: some values, or all there are.
    Where more counts, no less is known: what is certain of a derived atom stays so, and what is out
    of the question too.
    """

    def __init__(
        self, script: Script, role: Role, domain: Domain, acting: "Symbols | None" = None
    ) -> None:
        super().__init__(script, role, domain, acting)
        self._derived_at: dict[Derived, dict[Level, tuple[str, str]]] = {}
        floors = sorted({level.floor for level in domain.levels})
        ages = sorted({level.age for level in domain.levels if level.age is not None})
        self.slots = [(floor, age) for floor in floors for age in (0, *ages)]
        self._asked: set[str] = set()
        if role != "unnamed":
            script.require(neg(self.nameless))

    def slot(self, slot: tuple[int, int], attribute: str, value: Parts | None) -> str:
        """Whether a slot's fact has a value, or (None) says that there are no others."""
        told = "all" if value is None else "/".join(value)
        floor, age = slot
        return self.script.declare(
            f"{self.role} fact {attribute} A{floor} aged {span(age)}: {told}"
        )

    def derived(self, level: Level, atom: Derived) -> tuple[str, str]:
        known = self._derived_at.setdefault(atom, {})
        if level not in known and self.role != "unnamed":
            known[level] = super().derived(level, atom)
            for other in known:
                for less, more in ((level, other), (other, level)):
                    if less != more and _sees_no_less(more, less):
                        self.script.require(implies(known[less][0], known[more][0]))
                        self.script.require(implies(known[more][1], known[less][1]))
        return known.get(level) or super().derived(level, atom)

    def shown(self, level: Level, attribute: str, value: Parts) -> str:
        self._consistent(attribute)
        return disj(self.slot(item, attribute, value) for item in self._visible(level))

    def closed(self, level: Level, attribute: str) -> str:
        self._consistent(attribute)
        return disj(self.slot(item, attribute, None) for item in self._visible(level))

    def _visible(self, level: Level) -> list[tuple[int, int]]:
        return [
            (floor, age)
            for floor, age in self.slots
            if floor >= level.floor and (level.age is None or age < level.age)
        ]

    def _consistent(self, attribute: str) -> None:
        """Say of what is asked about, once: whoever shows all there is shows whatever any other fact does."""
        if attribute in self._asked:
            return
        self._asked.add(attribute)
        names = [f"f{number}" for number in range(len(self.slots))]
        wholes = [neg(self.slot(slot, attribute, None)) for slot in self.slots]
        shown = conj(map(disj, zip(wholes, names, strict=True)))
        told = f"{self.role} {attribute} agree"
        agree = self.script.function(told, names, implies(disj(names), shown))
        for value in self.values(attribute):
            facts = " ".join([self.slot(slot, attribute, value) for slot in self.slots])
            self.script.require(f"({agree} {facts})")


def _sees_no_less(one: Level, other: Level) -> bool:
    """Whether every fact that counts at the other level counts at this one."""
    young = one.age is None or (other.age is not None and other.age <= one.age)
    return one.floor <= other.floor and young
