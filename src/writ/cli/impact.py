"""How many rows of annexes come and go, and whom that reaches, in lines."""

import msgspec


class Both(msgspec.Struct):
    """One number for those that come, one for those that go."""

    come: int
    go: int


class Impact(msgspec.Struct):
    """One annex of one version, as the desk counts it."""

    order: str
    version: int
    annex: str
    come: int
    go: int
    shift: int
    registered: Both
    keys: Both

    def line(self) -> str:
        """Say it in one line."""
        come = _reach(self.registered.come, self.keys.come)
        go = _reach(self.registered.go, self.keys.go)
        head = f"annex {self.annex} of {self.order} version {self.version}"
        shift = f", {self.shift} become subsidiaries or cease to be" if self.shift else ""
        return f"{head}: {self.come} rows come {come}, {self.go} go {go}{shift}"


def _reach(registered: int, keys: int) -> str:
    return f"({registered} on the books, {keys} keys act for them)"
