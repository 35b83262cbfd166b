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
        from writ.law.annex_moves import come_words, go_words

        come = _reach(self.registered.come, self.keys.come)
        go = _reach(self.registered.go, self.keys.go)
        head = f"annex {self.annex} of {self.order} version {self.version}"
        shift = f", {self.shift} become subsidiaries or cease to be" if self.shift else ""
        rows = f"{come_words(self.come)} {come}, {go_words(self.go)} {go}"
        return f"{head}: {rows}{shift}"


def _reach(registered: int, keys: int) -> str:
    act = "1 key acts" if keys == 1 else f"{keys} keys act"
    return f"({registered} on the books, {act} for them)"
