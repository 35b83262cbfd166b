"""What is proposed, compiled on this machine: what commands that study a proposal look at."""

from dataclasses import dataclass
from pathlib import Path

from writ.law.folder import load_files, load_folder
from writ.model.order import Lawbook


@dataclass(frozen=True, slots=True)
class Proposed:
    """Both sides of a proposal."""

    before: Lawbook
    after: Lawbook


def at_deployment(config: Path, orders: list[Path]) -> Proposed:
    """Compare with what a deployment has in force: these orders, or else its open proposal.

    What would be signed is compiled here from its sources, as `writ sign` does it.
    """
    from writ.cli.client import Call, ask
    from writ.desk.force import read_force
    from writ.desk.proposal import read_docket
    from writ.desk.review import prepare
    from writ.desk.sources import compile_sources
    from writ.model.config import read_config
    from writ.serve.site import load_trust

    trust = load_trust(read_config(config))
    if orders:
        force = read_force(ask(config, Call("GET", "/in-force")), trust)
        compiled = prepare(force, load(orders), (), trust)
    else:
        docket = read_docket(ask(config, Call("GET", "/proposals/open")), trust)
        force = docket.force
        compiled = compile_sources(docket.proposal.sources, force.next(trust))
    before = Lawbook(compiled.book.catalogue) if force.book is None else force.book
    return Proposed(before, compiled.book)


def load(paths: list[Path]) -> dict[str, bytes]:
    """Load files, and all that folders hold."""
    found: dict[str, bytes] = {}
    for path in paths:
        found |= load_folder(path) if path.is_dir() else load_files([path])
    return found
