"""What the parts of one order file may refer to: clauses, models, definitions, annexes.

1. Whatever a part refers to is looked up at once.
2. A model that is exempt cannot be named: the catalogue must control it first.
3. A capability stands for every model that has it in the catalogue; none of them may be exempt.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from writ.clock import Instant
from writ.law.definitions import Library, PredicateKind, read_predicate
from writ.law.document import Node, quoted
from writ.law.licences import Licence
from writ.law.reading import Fields, Reader, nearest
from writ.law.scope import Scope
from writ.law.where import read_where
from writ.model.catalogue import Catalogue
from writ.model.expression import Group, Predicate
from writ.model.order import Where


@dataclass(frozen=True, slots=True)
class Letter:
    """What the parts of one order file may refer to, and the clauses they have carried so far.

    `groups` are those of countries, each with its members at the order's `effective`; `used` has
    the names of the groups and definitions referred to so far.
    """

    reader: Reader
    catalogue: Catalogue
    clauses: Mapping[str, str]
    annexes: Mapping[str, Group]
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    library: Library = field(default_factory=Library)
    carried: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    licences: dict[str, Licence] = field(default_factory=dict)
    effective: Instant | None = None

    def clause(self, node: Node | None) -> str:
        """Read a reference to a clause, which is thereby carried."""
        clause = self.known_clause(node)
        self.carried.add(clause)
        return clause

    def known_clause(self, node: Node | None) -> str:
        """Read a reference to a clause that does not carry it."""
        clause = self.reader.text(node)
        known = clause in self.clauses or "clauses" in self.reader.unread
        if node is not None and clause.strip() and not known:
            hint = nearest(clause, self.clauses)
            self.reader.fault(node, f"no clause {quoted(clause)} in this version{hint}")
        return clause

    def clause_list(self, node: Node | None) -> tuple[str, ...]:
        """Read the clauses that a part carries out."""
        return tuple(self.clause(item) for item in self.reader.some(node))

    def model(self, node: Node | None) -> str:
        """Read a model's name or alias as its canonical name; empty where there is none."""
        name = self.reader.text(node)
        model = self.catalogue.resolve(name)
        if node is not None and name.strip() and model is None and not self.catalogue.unread:
            hint = nearest(name, self.catalogue.names)
            self.reader.fault(node, f"unknown model {quoted(name)}{hint}")
        return model or ""

    def model_set(self, node: Node | None) -> frozenset[str]:
        """Read the models that a part names (rule 2)."""
        models = set[str]()
        for item in self.reader.some(node):
            model = self.model(item)
            if model in models:
                self.reader.fault(item, f"{quoted(model)} is named twice")
            if model and not self.catalogue.models[model].controlled:
                self.reader.fault(
                    item,
                    f"{quoted(model)} is exempt; set `controlled: true` in the catalogue first",
                )
            models |= {model} - {""}
        return frozenset(models)

    def capable(self, node: Node | None) -> tuple[frozenset[str], frozenset[str]]:
        """Read capabilities, and find the models that have any of them (rule 3)."""
        known = {name for model in self.catalogue.models.values() for name in model.capabilities}
        wanted, found = set[str](), set[str]()
        for item in self.reader.some(node):
            name = self.reader.text(item)
            wanted.add(name)
            if name.strip() and name not in known and not self.catalogue.unread:
                self.reader.fault(
                    item, f"no model of the catalogue has {quoted(name)}{nearest(name, known)}"
                )
            for model in self.catalogue.models.values():
                if name in model.capabilities and not model.controlled:
                    self.reader.fault(
                        item,
                        f"{quoted(model.name)} has {quoted(name)} and is exempt; set"
                        " `controlled: true` in the catalogue first",
                    )
                elif name in model.capabilities:
                    found.add(model.name)
        return frozenset(found), frozenset(wanted)

    def models_of(self, node: Node, fields: Fields) -> tuple[frozenset[str], frozenset[str]]:
        """Read the models that a part names, by name or by capability, and the capabilities."""
        if "models" in fields and "capabilities" in fields:
            message = "write either `models` or `capabilities`"
            self.reader.fault(fields.key("capabilities"), message)
        elif isinstance(node.value, Mapping) and not {"models", "capabilities"} & set(node.value):
            self.reader.fault(node, "`models` is missing")
        if "capabilities" in fields:
            return self.capable(fields["capabilities"])
        return self.model_set(fields["models"]), frozenset()

    def predicate(self, node: Node | None, *, lenient: bool = False) -> Predicate:
        """Read a predicate over this order's annexes."""

        def scope(kind: PredicateKind) -> Scope:
            provider = self.catalogue.provider
            return Scope(
                self.reader, kind, self.annexes, provider, lenient,
                groups=self.groups, used=self.used, effective=self.effective,
            )  # fmt: skip

        predicate = read_predicate(self.reader, node, scope, self.library)
        self.used.update(name for name in (predicate.name,) if name is not None)
        return predicate

    def where(self, node: Node | None) -> Where | None:
        """Read what a part covers; None: every deployment."""
        if node is None:
            return None
        return read_where(self.reader, node, self.catalogue, self.groups, self.used)
