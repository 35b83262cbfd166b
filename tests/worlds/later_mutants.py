"""A compiler that is wrong about what orders may say besides lists: owners, dates, licences, places.

1. Each operator has a law of its own, small enough for the literal meaning to count out, that has in it
   what the operator spoils, and spoils that in one place.
2. A phase is spoilt by what speaks in it, a rule or an exception by what was compiled of it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from writ.law.compiled.book import Compiled
from writ.law.compiled.evidence import Question
from writ.law.compiled.rule import CompiledExemption, CompiledRule
from writ.law.compiled.solve import Bits, Flip, Formula, Join
from writ.law.folder import read_folder
from writ.model.catalogue import Deployment
from writ.model.order import Effect, Lawbook
from writ.model.outcome import Outcome

MODEL = "nova-1"
_CATALOGUE = """\
provider: acme
models: {nova-1: {}, nova-2: {}, nova-3: {}}
deployments: {fr: {entity: acme, region: FR}, de: {entity: acme, region: DE}}
"""
_ORDER = """\
order: alpha
version: 1
kind: restriction
title: An order
authority: {name: Somebody, jurisdiction: US, document: "sha256:HASH", authenticated: {by: counsel, how: called back, at: "2025-12-01T00:00:00Z"}}
effective: 2026-01-01T00:00:00Z
until: 2026-12-01T00:00:00Z
clauses: {c1: Some clause., c2: Another., c3: A third.}
readings: [{clause: c2, reading: as it stands, decided_by: counsel}, {clause: c3, reading: as it stands, decided_by: counsel}]
rules:
  - {id: r1, clauses: [c1], models: [nova-1], evidence: {to_serve: A2, to_bar: A1}, RULE}
""".replace("HASH", "0" * 64)

Spoil: TypeAlias = Callable[[Compiled], None]


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A law, and how its tables are spoilt; `at` names the deployment whose tables they are."""

    law: str
    spoil: Spoil
    at: str | None = None

    def book(self, folder: Path) -> Lawbook:
        """Write the law down and read it."""
        (folder / "catalogue.yaml").write_text(_CATALOGUE)
        (folder / "alpha.v1.yaml").write_text(_ORDER.replace("RULE", self.law, 1))
        return read_folder(folder)

    def deployment(self, book: Lawbook) -> Deployment | None:
        """Return where the tables are read."""
        return None if self.at is None else book.catalogue.deployments[self.at]


def _rules(change: Callable[[CompiledRule], CompiledRule]) -> Spoil:
    """Change every compiled rule that can be."""

    def spoil(compiled: Compiled) -> None:
        list(compiled.ever())
        for key, rule in compiled._compiled.items():
            new = compiled._compiled[key] = change(rule)
            compiled._place[id(new.active)] = compiled._place[id(rule.active)]

    return spoil


def _exceptions(change: Callable[[CompiledExemption], CompiledExemption]) -> Spoil:
    return _rules(lambda rule: replace(rule, exemptions=tuple(map(change, rule.exemptions))))


def _leaves(formula: Formula, change: Callable[[Bits], Formula]) -> Formula:
    match formula:
        case Bits():
            return change(formula)
        case Join(every, items):
            return Join(every, tuple(_leaves(item, change) for item in items))
        case Flip(item):
            return Flip(_leaves(item, change))
        case _:
            return formula


def _forgotten(rule: CompiledRule) -> CompiledRule:
    return replace(rule, core=_leaves(rule.core, lambda _: False))


def _exchanged(compiled: Compiled) -> None:
    """Take one derived atom for the other."""
    derived = len(compiled.partitions.attributes)

    def change(bits: Bits) -> Formula:
        return Bits(derived, bits.mask ^ 0b11) if bits.attribute == derived else bits

    _rules(lambda rule: replace(rule, core=_leaves(rule.core, change)))(compiled)


def _runs_on(place: int) -> Spoil:
    """Let what speaks in a phase speak in the next one too."""

    def spoil(compiled: Compiled) -> None:
        cells = [cell for cell, _ in compiled.phases.starts(MODEL)]
        compiled.speeches.at[cells[place + 1]] = compiled.speeches.at[cells[place]]

    return spoil


def _elsewhere(compiled: Compiled) -> None:
    """Obey everywhere what counts at one deployment."""
    compiled.deployment = None


def _substitute(compiled: Compiled) -> None:
    """Let another model stand in."""
    (active,) = compiled.speeches.by_model[MODEL]
    other = Effect(Outcome.SUBSTITUTE, "nova-3")
    wrong = replace(active, rule=replace(active.rule, barred=other))
    compiled.speeches.by_model[MODEL] = [wrong]
    compiled._place[id(wrong)] = compiled._place[id(active)]
    for cell, speech in enumerate(compiled.speeches.at):
        if speech.rules:
            compiled.speeches.at[cell] = replace(speech, rules=(wrong,))


def _certificate(rule: CompiledRule) -> CompiledRule:
    named = replace(rule.rule.predicate, name="gb.british_citizen@1")
    return replace(rule, active=replace(rule.active, rule=replace(rule.rule, predicate=named)))


def _limit(item: CompiledExemption) -> CompiledExemption:
    """Forget in which case the exception is none."""
    assert isinstance(item.holds, Join)
    return replace(item, holds=item.holds.items[0])


def _own_floor(item: CompiledExemption) -> CompiledExemption:
    assert item.serve is not None
    return replace(item, serve=Question(item.serve.floor - 1, item.serve.age))


def _exception(said: str) -> str:
    return f"bar: {{person: {{citizen_of: [RU]}}}}, standing: natural_person}}\nexceptions:\n  - {{id: e1, to: r1, clauses: [c1], models: [nova-1], {said}"


_COMPANY = "standing: organisation"
_PERSON = "standing: natural_person"
_OWNED = f"bar: {{organisation: {{owned_by: {{share: '50', who: {{organisation: {{incorporated_in: [IR]}}}}}}}}}}, {_COMPANY}"
_TWO = "any: [{owned_by: {share: '50', who: {organisation: {incorporated_in: [IR]}}}}, {not: {owned_by: {share: '25', who: {organisation: {incorporated_in: [IR]}}}}}]"
_LICENSED = (
    _exception("who: {person: {resident_in: [FR]}}, licence: L1}\nlicences:\n  - ")
    + "{number: L1, clauses: [c1], holder: acme-friend, scope: {models: [nova-1]}, conditions: [None.],"
    + " from: 2026-03-01T00:00:00Z, until: 2026-06-01T00:00:00Z"
)
_STAYED = (
    f"bar: {{person: {{citizen_of: [RU]}}}}, {_PERSON}}}\nstays:\n  - "
    "{id: s1, rules: [r1], by: A court, from: 2026-03-01T00:00:00Z, until: 2026-06-01T00:00:00Z, cites: [x]"
)

SPOILT: dict[str, Spoilt] = {
    "an owner forgotten": Spoilt(_OWNED, _rules(_forgotten)),
    "a share taken for another": Spoilt(
        f"bar: {{organisation: {{{_TWO}}}}}, {_COMPANY}", _exchanged
    ),
    "a parent forgotten": Spoilt(
        f"bar: {{organisation: {{ultimate_parent_is: {{headquartered_in: [IR]}}}}}}, {_COMPANY}",
        _rules(_forgotten),
    ),
    "an employer's owner forgotten": Spoilt(
        f"bar: {{person: {{employed_by: {{headquartered_in: [IR]}}}}}}, {_PERSON}",
        _rules(_forgotten),
    ),
    "what was held then forgotten": Spoilt(
        f"bar: {{person: {{citizen_of: [RU], held_at: 2022-02-24T00:00:00Z}}}}, {_PERSON}",
        _rules(_forgotten),
    ),
    "the most recent forgotten": Spoilt(
        f"bar: {{person: {{most_recent_of: [RU]}}}}, {_PERSON}", _rules(_forgotten)
    ),
    "a programme forgotten": Spoilt(
        f"only: {{person: {{member_of: [defenders]}}}}, {_PERSON}", _rules(_forgotten)
    ),
    "a level of identity forgotten": Spoilt(
        f"only: {{person: {{identity_level: 2}}}}, {_PERSON}", _rules(_forgotten)
    ),
    "a licence that runs on": Spoilt(_LICENSED, _runs_on(2)),
    "a licence that begins too late": Spoilt(_LICENSED, _runs_on(1)),
    "a stay overlooked": Spoilt(_STAYED, _runs_on(1)),
    "a rule that does not come back": Spoilt(_STAYED, _runs_on(2)),
    "an order that outlives its end": Spoilt(_OWNED, _runs_on(1)),
    "a rule obeyed where it does not count": Spoilt(
        f"bar: {{person: {{citizen_of: [RU]}}}}, {_PERSON}, where: {{regions: [FR]}}",
        _elsewhere,
        "de",
    ),
    "another substitute": Spoilt(
        f"bar: {{person: {{citizen_of: [RU]}}}}, {_PERSON}, barred: {{substitute: nova-2}}",
        _substitute,
    ),
    "a certificate for another definition": Spoilt(
        "only: ear.us_person@1, standing: certified_organisation", _rules(_certificate)
    ),
    "a limit of an exception forgotten": Spoilt(
        _exception("who: {person: {resident_in: [FR]}}, unless: {person: {citizen_of: [CN]}}"),
        _exceptions(_limit),
    ),
    "an exception's own floor lowered": Spoilt(
        _exception("who: {person: {resident_in: [FR]}}, evidence: {to_serve: A3, to_bar: A1}"),
        _exceptions(_own_floor),
    ),
    "an exception not waited for": Spoilt(
        _exception("who: {person: {resident_in: [FR]}}, unproven: verify"),
        _exceptions(lambda item: replace(item, unproven_verify=False)),
    ),
}
