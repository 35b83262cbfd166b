"""`writ log seal` and `writ log lift`: publish nothing, until two people say so."""

import msgspec

from writ.cli.client import Call, ask
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, KeyFile
from writ.cli.output import show
from writ.cli.signer import read_signer


class _Standing(msgspec.Struct):
    number: int
    holds: bool
    by: str
    at: str
    lifting: list[str]


def seal(key: KeyFile, config: ConfigFile = DEFAULT_CONFIG, *, as_json: AsJson = False) -> None:
    """Let no log be published from now on, on one person's word.

    Example: writ log seal --key ben.key

    For as long as an order's existence may not be told: the number of a log's entries, and when
    they came, could tell of it. Checkpoints are signed and can be stamped all the same. Beside an
    order whose `disclosure` is `none` nothing is published without a seal either, until one was set
    and lifted for it.
    """
    _say(key, config, holds=True, as_json=as_json)


def lift(key: KeyFile, config: ConfigFile = DEFAULT_CONFIG, *, as_json: AsJson = False) -> None:
    """Let logs be published again; it takes two people, each with their own key.

    Example: writ log lift --key eve.key
    """
    _say(key, config, holds=False, as_json=as_json)


def _say(key: KeyFile, config: ConfigFile, *, holds: bool, as_json: bool) -> None:
    from writ.ledger.seals import sign_seal

    signer = read_signer(config, key)
    before = msgspec.convert(ask(config, Call("GET", "/seal")), _Standing)
    number = before.number + 1 if holds else before.number
    envelope = sign_seal(number, signer.trust, signer.pair, holds=holds)
    answer = ask(config, Call("POST", "/seal", {"envelope": envelope.plain()}))
    now = msgspec.convert(answer, _Standing)
    told = "lifted: logs may be published"
    if now.holds:
        told = f"sealed by {now.by} since {now.at}: nothing is published"
        told += f"; lifted by {', '.join(now.lifting)} so far" if now.lifting else ""
    show(answer, told, as_json=as_json)
