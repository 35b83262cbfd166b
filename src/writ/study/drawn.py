"""What of a simulation is drawn: pictures of hundreds of models and phases are none.

1. Of models, those of whose subjects most change in some phase, in their order.
2. Of phases, the first. What is left out stands in the report, and that is said.
"""

from collections import Counter
from dataclasses import replace

from writ.study.simulation import Simulation

MODELS = 12
PHASES = 12


def drawn(found: Simulation) -> tuple[Simulation, str]:
    """Return what is drawn, and say what is left out; empty: nothing."""
    changed = Counter[str]()
    for figures in (figures for item in found.phases for figures in item.models):
        tally = figures.all.get("subjects")
        moved = 0 if tally is None else sum(tally.changed(stricter=side) for side in (True, False))
        changed[figures.model] = max(changed[figures.model], moved)
    foremost = set(sorted(changed, key=lambda name: (-changed[name], name))[:MODELS])
    phases = tuple(
        replace(item, models=tuple(one for one in item.models if one.model in foremost))
        for item in found.phases[:PHASES]
    )
    told = [
        f"the {MODELS} of {len(changed)} models of whose subjects most change"
        * (len(changed) > MODELS),
        f"the first {PHASES} of {len(found.phases)} phases" * (len(found.phases) > PHASES),
    ]
    said = " in ".join(filter(None, told))
    return replace(found, phases=phases), f"Drawn are {said}; report.json has all." if said else ""
