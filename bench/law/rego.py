"""The same letters in Rego, through regopy (rego-cpp): `python -m bench.law.rego ORDERS`.

1. Letters are data by model, annexes objects by id; one rule over them, compiled to a bundle.
2. *build* is data and module to a bundle, *decision* one input queried.
"""

import json
import resource
import sys
import time
from collections.abc import Mapping

import regopy

from bench.law.letters import NOW, letters
from bench.law.people import Person
from bench.law.questions import questions

MODULE = """
package writ
import rego.v1

default barred := false

barred if {
    some letter in data.by_model[input.model]
    letter.from <= input.now
    input.now < letter.until
    named(letter)
    not spared(letter)
}

named(letter) if {
    some code in input.citizenships
    letter.nationals[code]
}

named(letter) if letter.residents[input.residence]

named(letter) if letter.annex[input.employer]

spared(letter) if {
    some code in input.permanent_residences
    letter.spared[code]
}
"""
LATEST = 2**53


def measure(orders: int) -> dict[str, float | int | list[bool]]:
    """Measure one size; `barred` has the answers, to be compared."""
    started = time.perf_counter()
    interpreter = regopy.Interpreter()
    interpreter.add_module("writ.rego", MODULE)
    interpreter.add_data({"by_model": _by_model(orders)})
    bundle = interpreter.build("x = data.writ.barred", ["writ/barred"])
    built = time.perf_counter() - started
    answers, cost = [], 0.0
    for person, model in questions(orders):
        started = time.perf_counter()
        interpreter.set_input(_input(person, model))
        found = interpreter.query_bundle(bundle)
        cost += time.perf_counter() - started
        answers.append(json.loads(str(found))["bindings"]["x"])
    return {
        "orders": orders,
        "parse_s": round(built, 3),
        "decision_ns": round(cost / len(answers) * 1e9, 1),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "barred": answers,
    }


def _by_model(orders: int) -> Mapping[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = {}
    for letter in letters(orders):
        written: dict[str, object] = {
            "from": letter.effective,
            "until": min(letter.until, LATEST),
            "nationals": dict.fromkeys(letter.nationals, True),
            "residents": dict.fromkeys(letter.residents, True),
            "spared": dict.fromkeys(letter.spared, True),
            "annex": dict.fromkeys(letter.annex, True),
        }
        for model in letter.models:
            found.setdefault(model, []).append(written)
    return found


def _input(person: Person, model: str) -> dict[str, object]:
    return {
        "now": NOW,
        "model": model,
        "citizenships": list(person.citizenships),
        "residence": person.residence,
        "permanent_residences": list(person.permanent_residences),
        "employer": person.employer,
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
