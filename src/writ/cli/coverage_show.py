"""`writ coverage show`: what the register covers, held against the gateways that are registered."""

import msgspec

from writ.cli.client import Call, ask
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show


class _Gap(msgspec.Struct):
    path: str
    kind: str
    owner: str
    why: str


class _Coverage(msgspec.Struct):
    sentence: str
    uncovered: list[_Gap]


class _Status(msgspec.Struct):
    coverage: dict[str, object]


def show_coverage(config: ConfigFile = DEFAULT_CONFIG, *, as_json: AsJson = False) -> None:
    """Show which paths no registered gateway covers, and who owns them.

    Example: writ coverage show

    This is what every claim of "in force" says with it.
    """
    value = msgspec.convert(ask(config, Call("GET", "/status")), _Status).coverage
    found = msgspec.convert(value, _Coverage)
    rows = [f"  {gap.path} ({gap.kind}), owner {gap.owner}: {gap.why}" for gap in found.uncovered]
    show(value, "\n".join([found.sentence, *rows]), as_json=as_json)
