"""`writ log policy`: whose checkpoints count, as a file to hand to whoever verifies."""

import msgspec

from writ.cli.client import Call, ask
from writ.cli.log_name import LogName, WhichLog
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show


class _Log(msgspec.Struct):
    vkeys: list[str]


def policy(
    log: WhichLog = LogName.GOVERNANCE,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Print the policy that trusts this log alone (c2sp.org/tlog-policy).

    Example: writ log policy > log.policy

    Hand it to those who will verify, by a way that they trust; they may add witnesses.
    """
    vkeys = msgspec.convert(ask(config, Call("GET", f"/logs/{log}")), _Log).vkeys
    text = "".join(f"log {vkey}\n" for vkey in vkeys) + "quorum none\n"
    show({"policy": text, "vkeys": vkeys}, text.rstrip(), as_json=as_json)
