"""Letters as a folder of order files: what `writ order check` and the desk read."""

from collections.abc import Iterable

from bench.law.letters import MODELS, Letter, model_names
from writ.clock import FOREVER, format_instant

_FILE = """\
order: {name}
version: 1
kind: restriction
title: Restriction {name}
authority: {{name: An authority of the benchmark, jurisdiction: US}}
effective: {effective}
until: {until}
disclosure: existence
notice: {{en: This model is not available to this account at present.}}
clauses:
  c1: The models named shall not be provided to those described here, wherever they are.
  c2: Whoever permanently resides in a listed state is spared.
readings:
  - {{clause: c2, reading: a permit of permanent residence is meant, decided_by: general counsel}}
rules:
  - id: r1
    clauses: [c1]
    models: [{models}]
    bar:
      person: {person}
      organisation: {organisation}
    standing: natural_person
    evidence: {{to_serve: A2, to_bar: A1, max_age: {age}}}
    barred: deny
    undetermined: verify
    in_flight: cut
{exceptions}{annexes}scenarios:
  - {{name: somebody we know nothing about, at: effective, model: {first}, person: {{}}, expect: verify}}
"""
_EXCEPTION = """\
exceptions:
  - id: e1
    to: r1
    clauses: [c2]
    models: [{models}]
    who: {{permanent_resident_of: [{spared}]}}
    unproven: verify
"""


def folder(written: Iterable[Letter], models: int = MODELS) -> dict[str, bytes]:
    """Return every file by name."""
    named = "".join(f"  {name}:\n" for name in model_names(models))
    files = {"catalogue.yaml": f"provider: provider\nmodels:\n{named}".encode()}
    for letter in written:
        files[f"{letter.name}.yaml"] = _order(letter).encode()
        if letter.annex:
            rows = "\n".join(letter.annex)
            files[f"{letter.name}.csv"] = f"organisation\n{rows}\n".encode()
    return files


def _order(letter: Letter) -> str:
    models = ", ".join(letter.models)
    spared = ", ".join(f'"{code}"' for code in letter.spared)
    return _FILE.format(
        name=letter.name,
        effective=format_instant(letter.effective),
        until="null" if letter.until == FOREVER else format_instant(letter.until),
        models=models,
        person=_person(letter),
        organisation=_organisation(letter),
        age="null" if letter.max_age is None else f"{letter.max_age}d",
        exceptions=_EXCEPTION.format(models=models, spared=spared) if spared else "",
        annexes=f"annexes: {{listed: {{file: {letter.name}.csv, key: organisation}}}}\n"
        if letter.annex
        else "",
        first=letter.models[0],
    )


def _person(letter: Letter) -> str:
    if letter.annex:
        return "{employee_of: listed}"
    nationals = f"{{citizen_of: [{', '.join(letter.nationals)}]}}"
    if not letter.residents:
        return nationals
    return f"{{any: [{nationals}, {{resident_in: [{', '.join(letter.residents)}]}}]}}"


def _organisation(letter: Letter) -> str:
    if letter.annex:
        return "{organisation_in: listed}"
    return f"{{incorporated_in: [{', '.join(letter.nationals)}]}}"
