"""The same letters in Cedar, through cedarpy: `python -m bench.law.cedar ORDERS`.

1. One `forbid` for each letter over a base `permit`, its window compared with the context's instant;
   attributes always present, so that no policy errors (Cedar skips those that do).
2. *parse* is text to a policy set, *decision* one person and model with both handles kept.
"""

import json
import resource
import sys
import time

import cedarpy

from bench.law.letters import NOW, Letter, letters, model_names
from bench.law.people import Person, people
from bench.law.questions import QUESTIONS, questions


def measure(orders: int) -> dict[str, float | int | list[bool]]:
    """Measure one size; `barred` has the answers, to be compared."""
    text = "\n".join(["permit(principal, action, resource);", *map(_policy, letters(orders))])
    started = time.perf_counter()
    policies = cedarpy.PolicySet.from_str(text)
    parsed = time.perf_counter() - started
    entities = cedarpy.Entities.from_json_str(
        json.dumps([*map(_person, people(QUESTIONS)), *_models()])
    )
    answers, cost = [], 0.0
    for person, model in questions(orders):
        request = {
            "principal": f'User::"{person.name}"',
            "action": 'Action::"use"',
            "resource": f'Model::"{model}"',
            "context": {"now": NOW},
        }
        started = time.perf_counter()
        found = cedarpy.is_authorized(request, policies, entities)
        cost += time.perf_counter() - started
        if found.diagnostics.errors:
            raise RuntimeError(str(found.diagnostics.errors))
        answers.append(found.decision is not cedarpy.Decision.Allow)
    return {
        "orders": orders,
        "parse_s": round(parsed, 3),
        "decision_ns": round(cost / len(answers) * 1e9, 1),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "barred": answers,
    }


def _policy(letter: Letter) -> str:
    models = ", ".join(f'Model::"{name}"' for name in letter.models)
    named = [f"principal.citizenships.containsAny({_set(letter.nationals)})"]
    if letter.annex:
        named = [f"{_set(letter.annex)}.contains(principal.employer)"]
    if letter.residents:
        named.append(f"{_set(letter.residents)}.contains(principal.residence)")
    spared = f"principal.permanent_residences.containsAny({_set(letter.spared)})"
    unless = f" unless {{ {spared} }}" if letter.spared else ""
    return (
        f"forbid(principal, action, resource) when {{ [{models}].contains(resource)"
        f" && context.now >= {letter.effective} && context.now < {letter.until}"
        f" && ({' || '.join(named)}) }}{unless};"
    )


def _set(items: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{item}"' for item in items) + "]"


def _person(person: Person) -> dict[str, object]:
    return {
        "uid": {"type": "User", "id": person.name},
        "attrs": {
            "citizenships": list(person.citizenships),
            "residence": person.residence,
            "permanent_residences": list(person.permanent_residences),
            "employer": person.employer,
        },
        "parents": [],
    }


def _models() -> list[dict[str, object]]:
    return [
        {"uid": {"type": "Model", "id": name}, "attrs": {}, "parents": []} for name in model_names()
    ]


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
