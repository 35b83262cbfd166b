"""Logs' entries, the nodes of their trees, the checkpoints signed over them; none ever changes.

1. A node that is there already must be the same; a checkpoint of a size is signed once.
"""

from collections.abc import Iterable

from writ.clock import Instant
from writ.errors import Refused
from writ.store.database import Connection
from writ.store.tables import checkpoint, entry, node


def add_nodes(connection: Connection, log: str, nodes: Iterable[tuple[int, int, bytes]]) -> None:
    """Keep (level, index, hash) of full subtrees inside the caller's unit."""
    rows = [
        {"log": log, "level": level, "place": place, "hash": value} for level, place, value in nodes
    ]
    if rows:
        connection.execute(node.insert(), rows)


def add_entries(connection: Connection, log: str, entries: Iterable[tuple[int, bytes]]) -> None:
    """Keep (index, bytes) of entries inside the caller's unit."""
    rows = [{"log": log, "place": place, "bytes": data} for place, data in entries]
    if rows:
        connection.execute(entry.insert(), rows)


def read_entries(connection: Connection, log: str, start: int, end: int) -> list[bytes]:
    """Return entries `start` to `end`; a missing one is Refused."""
    here = (entry.c.log == log, entry.c.place >= start, entry.c.place < end)
    rows = connection.execute(entry.select().where(*here).order_by(entry.c.place))
    found = [bytes(row.bytes) for row in rows]
    if len(found) != end - start:
        raise Refused(f"the store lacks entries {start} to {end} of the log `{log}`")
    return found


def read_node(connection: Connection, log: str, level: int, place: int) -> bytes:
    """Return a node's hash; one that is missing is Refused."""
    here = (node.c.log == log, node.c.level == level, node.c.place == place)
    row = connection.execute(node.select().where(*here)).first()
    if row is None:
        raise Refused(f"the store has no node {place} of level {level} of the log `{log}`")
    return bytes(row.hash)


def read_nodes(connection: Connection, log: str, level: int, span: tuple[int, int]) -> list[bytes]:
    """Return the hashes of a level from the first of `span` to before its last, all there."""
    start, end = span
    here = (node.c.log == log, node.c.level == level, node.c.place >= start, node.c.place < end)
    rows = connection.execute(node.select().where(*here).order_by(node.c.place))
    found = [bytes(row.hash) for row in rows]
    if len(found) != end - start:
        raise Refused(f"the store lacks nodes {start} to {end} of level {level} of the log `{log}`")
    return found


def count_leaves(connection: Connection, log: str) -> int:
    """Return how many leaves a log's tree has."""
    here = (node.c.log == log, node.c.level == 0)
    row = connection.execute(
        node.select().where(*here).order_by(node.c.place.desc()).limit(1)
    ).first()
    return 0 if row is None else int(row.place) + 1


def add_checkpoint(
    connection: Connection, log: str, size: int, note: bytes, signed_at: Instant
) -> None:
    """Keep a checkpoint before anybody is shown it."""
    connection.execute(
        checkpoint.insert().values(log=log, size=size, note=note, signed_at=signed_at)
    )


def read_checkpoint(connection: Connection, log: str, size: int | None = None) -> bytes | None:
    """Return the checkpoint of a size, or the last one; None where there is none."""
    query = checkpoint.select().where(checkpoint.c.log == log)
    if size is not None:
        query = query.where(checkpoint.c.size == size)
    row = connection.execute(query.order_by(checkpoint.c.size.desc()).limit(1)).first()
    return None if row is None else bytes(row.note)


def signed_at(connection: Connection, log: str, size: int) -> Instant:
    """Return when the checkpoint of a size was signed; one that never was is Refused."""
    query = checkpoint.select().where(checkpoint.c.log == log, checkpoint.c.size == size)
    row = connection.execute(query).first()
    if row is None:
        raise Refused(f"no checkpoint of {size} entries of the log `{log}` was signed")
    return int(row.signed_at)
