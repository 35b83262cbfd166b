"""`writ reachable`: sign that you can be reached, so that readiness counts you."""

import msgspec

from writ.cli.client import Call, ask
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, KeyFile
from writ.cli.output import show
from writ.clock import parse_instant


class _Now(msgspec.Struct):
    at: str


def reachable(
    key: KeyFile, config: ConfigFile = DEFAULT_CONFIG, *, as_json: AsJson = False
) -> None:
    """Confirm with your key that you can be reached, and that it still works.

    Example: writ reachable --key ben.key

    Whoever signed something, or confirmed, within 30 days counts as reachable in `writ readiness`.
    """
    from writ.cli.signer import read_signer
    from writ.desk.signers import sign_confirmation

    signer = read_signer(config, key)
    now = msgspec.convert(ask(config, Call("GET", "/signers")), _Now)
    envelope = sign_confirmation(parse_instant(now.at), signer.trust, signer.pair)
    answer = ask(config, Call("POST", "/signers/confirmations", {"envelope": envelope.plain()}))
    show(answer, f"{answer['confirmed']} can be reached, as of {now.at}", as_json=as_json)
