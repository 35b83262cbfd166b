"""A tree that grows: entries are hashed into it, and kept in the store a part at a time.

1. A node is hashed as soon as both below it are there, each from the part at hand or from the store.
2. A part that is full is kept within the caller's unit, so memory is bounded however much comes.
"""

from writ.ledger.merkle import leaf_hash, node_hash
from writ.store import trees
from writ.store.database import Connection

_PART = 4096
"""Entries hashed before they are kept."""


class Growth:
    """The tree of one log within one unit; `size` counts its leaves, kept or not."""

    def __init__(self, connection: Connection, log: str) -> None:
        self._connection = connection
        self._log = log
        self.size = trees.count_leaves(connection, log)
        self._entries: list[tuple[int, bytes]] = []
        self._nodes: dict[tuple[int, int], bytes] = {}

    def add(self, entry: bytes) -> None:
        """Hash one more entry into the tree (rule 1)."""
        level, index, value = 0, self.size, leaf_hash(entry)
        self._entries.append((index, entry))
        self._nodes[level, index] = value
        while index & 1:
            value = node_hash(self._node(level, index - 1), value)
            level, index = level + 1, index >> 1
            self._nodes[level, index] = value
        self.size += 1
        if len(self._entries) == _PART:
            self.keep()

    def keep(self) -> None:
        """Keep what is not kept yet (rule 2)."""
        nodes = ((level, index, value) for (level, index), value in self._nodes.items())
        trees.add_entries(self._connection, self._log, self._entries)
        trees.add_nodes(self._connection, self._log, nodes)
        self._entries.clear()
        self._nodes.clear()

    def _node(self, level: int, index: int) -> bytes:
        here = self._nodes.get((level, index))
        return here or trees.read_node(self._connection, self._log, level, index)
