"""Where the keys of a TOML file stand, so that a fault can name its place.

1. Only what is written plainly, one key a line under its section; `[[sections]]` are counted.
"""

import re



def read_places(text: str) -> dict[str, tuple[int, int]]:
    """Find the line and column of every plainly written key, as `section.key`."""
    places: dict[str, tuple[int, int]] = {}
    section, upstreams = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if match := re.fullmatch(r"\[\[?\s*([\w.-]+)\s*\]\]?\s*(#.*)?", bare):
            section = match[1]
            if bare.startswith("[["):
                section, upstreams = f"{section}.{upstreams}", upstreams + 1
            places.setdefault(section, (number, line.index("[") + 1))
        elif match := re.match(r"([\w-]+)\s*=", bare):
            key = f"{section}.{match[1]}" if section else match[1]
            places.setdefault(key, (number, line.index(match[1]) + 1))
    return places
