"""Runs the scenarios of orders through whichever meaning it is handed.

1. A scenario is judged by its own version and the catalogue alone, so that its result does not
   depend on which other files happen to lie beside it.
"""

from collections.abc import Callable, Iterator

from writ.clock import Instant, format_instant
from writ.errors import Fault
from writ.law.document import quoted
from writ.law.folder import Checked
from writ.model.catalogue import Deployment
from writ.model.order import Lawbook, Scenario
from writ.model.outcome import Outcome
from writ.model.subject import Chain

Ask = Callable[[Chain, str, Instant], Outcome]
Meaning = Callable[[Lawbook, Deployment | None], Ask]


def failed_scenarios(checked: Checked, meaning: Meaning) -> Iterator[Fault]:
    """Yield a sentence for every scenario that does not come out as written."""
    deployments = checked.book.catalogue.deployments
    for placed in checked.orders:
        book = Lawbook(checked.book.catalogue, (placed.version,))
        ask: dict[str | None, Ask] = {}
        for scenario in placed.version.scenarios:
            there = scenario.deployment
            if there not in ask:
                ask[there] = meaning(book, deployments.get(there or ""))
            got = ask[there](scenario.chain, scenario.model, scenario.at)
            if got is not scenario.expect:
                message = f"{_asked(scenario)}: expected {scenario.expect.word}, got {got.word}"
                yield Fault(placed.place.file, scenario.line, scenario.column, message)


def _asked(scenario: Scenario) -> str:
    name = quoted(scenario.name)[1:-1]
    there = f" at {scenario.deployment}" if scenario.deployment else ""
    return f"{name} asks {scenario.model}{there} at {format_instant(scenario.at)}"
