"""What the coverage register says, held against the gateways that are registered here."""

from writ.serve.site import Site
from writ.study.coverage import Coverage, look


def points(site: Site) -> tuple[str, ...]:
    """Return the names of registered enforcement points; with nothing served, the configured one."""
    if site.feed is None:
        return (site.config.gateway_name,)
    return tuple(member.name for member in site.feed.fleet.members())


def covered(site: Site) -> Coverage:
    """Read the register anew, so that what is claimed is what it says now."""
    return look(site.config.coverage_file, points(site), site.clock.now())
