"""What the desk adds to its answers on the open proposal: whom its annexes move, in numbers."""

from writ.canonical import Plain
from writ.desk.impact import impacts
from writ.desk.status import Waiting
from writ.serve.site import Site


def impact(site: Site) -> list[Plain]:
    """Count for the open proposal; nothing where there is none."""
    return [item.plain() for item in impacts(site.desk.moves(), site.registry.books)]


def waiting(site: Site, found: Waiting | None) -> Plain:
    """Write what waits, with its impact."""
    return None if found is None else {**found.plain(), "impact": impact(site)}
