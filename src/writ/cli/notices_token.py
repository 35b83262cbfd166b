"""`writ notices token`: a token for whoever takes notices away, and for nothing else."""

from writ.cli.client import Call, ask
from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show


def token(config: ConfigFile = DEFAULT_CONFIG, *, as_json: AsJson = False) -> None:
    """Make the token for `/outbox` on the administration listener; it is shown this once.

    Example: writ notices token > outbox.token

    A new one takes the place of the one before.
    """
    answer = ask(config, Call("POST", "/notices/token"))
    show(answer, str(answer["token"]), as_json=as_json)
