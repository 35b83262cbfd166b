"""How far something is in force: on which gateways, and what no gateway covers."""

import msgspec


class Coverage(msgspec.Struct):
    """What the control process says of the coverage register."""

    register: str | None
    sentence: str


def in_force_on(obeying: int, registered: int, coverage: Coverage) -> str:
    """Say it in one line."""
    head = f"in force on {obeying} of {registered} registered gateways"
    return f"{head}; {coverage.sentence}"
