"""The desk's documents and rows in the store, and the proof of all of them at the start.

Loading:
1. No event row is missing or altered, and the desk's rows follow from one another.
2. Every epoch's bundle is in order, is of its own number and is what its row says.
3. The orders in force compile to the snapshot in force (see `writ.desk.force`).

What this cannot see is a whole store put back as it was earlier: gateways do, for they take no
epoch before the one they hold, and the transparency log will.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec

from writ.desk import history
from writ.desk.force import NOTHING, Force, prove_force
from writ.desk.history import History
from writ.desk.sources import Compiled, Manifest, Sources, read_manifest
from writ.errors import Refused
from writ.signing.approval import read_bundle
from writ.signing.form import read_form
from writ.signing.trust import Trust
from writ.store.database import Connection, Store
from writ.store.documents import fetch, keep
from writ.store.events import read_events, verify_events


@dataclass(frozen=True, slots=True)
class Known:
    """What the desk knows; `versions` has every version that was ever in force, by digest."""

    history: History = field(default_factory=History)
    force: Force = NOTHING
    versions: Mapping[str, str] = field(default_factory=dict)

    def caught_up(self, connection: Connection) -> "Known":
        """Return what is known with the rows of this unit."""
        rows = read_events(connection, self.history.seq, history.KINDS)
        return replace(self, history=self.history.after(rows))

    def under(self, force: Force) -> "Known":
        """Return what is known once `force` is in force."""
        more = {} if force.compiled is None else force.compiled.versions
        return replace(self, force=force, versions={**self.versions, **more})


class _Epoch(msgspec.Struct, frozen=True):
    epoch: int


def load(store: Store, trust: Trust) -> Known:
    """Return what the store holds, all of it proved; otherwise Refused, in one line."""
    try:
        verify_events(store)  # 1
        with store.view() as connection:
            known = Known().caught_up(connection)
            if not known.history.epochs:
                return known
            return _proved(connection, known, trust)
    except Refused as error:
        reason = "; ".join(str(error).splitlines())
        raise Refused(f"the store `{store.path}` cannot be trusted: {reason}") from None


def keep_sources(connection: Connection, compiled: Compiled) -> str:
    """Keep sources as documents and return their manifest's digest."""
    for data in compiled.sources.files.values():
        keep(connection, data)
    return keep(connection, compiled.manifest)


def fetch_manifest(connection: Connection, digest: str) -> Manifest:
    """Return a manifest that was kept."""
    return read_manifest(fetch(connection, digest))


def fetch_sources(connection: Connection, digest: str) -> Sources:
    """Return the sources of a manifest that was kept."""
    manifest = fetch_manifest(connection, digest)
    files = {name: fetch(connection, found) for name, found in manifest.files.items()}
    return Sources(files, manifest.held())


def _proved(connection: Connection, known: Known, trust: Trust) -> Known:
    for row in known.history.epochs:  # 2
        snapshot = read_bundle(fetch(connection, row.bundle), trust).snapshot
        found = read_form(snapshot, _Epoch, "the snapshot").epoch
        if found != row.epoch:
            raise Refused(f"epoch {row.epoch} has the bundle of epoch {found}")
        versions = fetch_manifest(connection, row.sources).versions
        known = replace(known, versions={**known.versions, **versions})
    last = known.history.epochs[-1]  # 3
    sources = fetch_sources(connection, last.sources)
    force = prove_force(fetch(connection, last.bundle), sources, trust)
    if force.digest != last.snapshot:
        raise Refused(f"epoch {last.epoch} is not the snapshot that its row names")
    return known.under(force)
