"""A lawbook compiled for the deployments that are asked about."""

from collections.abc import Iterator

from writ.errors import InvalidInput
from writ.law.compiled.book import Compiled
from writ.law.document import quoted
from writ.law.reading import nearest
from writ.model.catalogue import Deployment
from writ.model.order import Lawbook, Rule


class Places:
    """Compiled law by deployment; those that the same rules cover share it."""

    def __init__(self, book: Lawbook) -> None:
        self.book = book
        self._compiled: dict[frozenset[int], Compiled] = {}

    def at(self, deployment: Deployment | None) -> Compiled:
        """Return the law as it counts at a deployment; None: nobody says at which."""
        key = frozenset(id(rule) for rule in self._rules() if not rule.covers(deployment))
        if key not in self._compiled:
            self._compiled[key] = Compiled(self.book, deployment)
        return self._compiled[key]

    def named(self, name: str | None) -> Compiled:
        """Return the law at a deployment by its name; InvalidInput where there is no such."""
        return self.at(deployment_named(self.book, name))

    def _rules(self) -> Iterator[Rule]:
        return (rule for version in self.book.versions for rule in version.rules)


def deployment_named(book: Lawbook, name: str | None) -> Deployment | None:
    """Find a deployment by its name; InvalidInput where there is no such."""
    if name is None:
        return None
    known = book.catalogue.deployments
    if name not in known:
        raise InvalidInput(f"no deployment {quoted(name)} in the catalogue{nearest(name, known)}")
    return known[name]
