"""`writ signals token`: a bearer token for a transmitter, and the digest it is registered by."""

from writ.cli.options import AsJson
from writ.cli.output import show
from writ.signing.bearer import new_token


def token(*, as_json: AsJson = False) -> None:
    """Make a token; give it to the transmitter, and write the digest into the file of [signals].

    Example: writ signals token

    It is shown this once, and kept nowhere.
    """
    made, digest = new_token("ws")
    show({"token": made, "digest": digest}, f"{made}\n{digest}", as_json=as_json)
