"""The script that checks a pack without Writ: one file in the pack, kept as its parts, in order."""

from importlib.resources import files


def script() -> bytes:
    """Return the script: the bytes of its parts, one after the other by name, and nothing else."""
    parts = files("writ.ledger").joinpath("data/verify").iterdir()
    named = sorted((part.name, part) for part in parts if part.name.endswith(".py.txt"))
    return b"".join(part.read_bytes() for _, part in named)
