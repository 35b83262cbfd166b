"""`writ signals key`: the key that signs what receivers are told."""

from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show


def key(config: ConfigFile = DEFAULT_CONFIG, *, as_json: AsJson = False) -> None:
    """Make the key, for RS256, in the data folder, and the key set that the portal publishes.

    Example: writ signals key

    Never over another: whoever is told would not know the new one.
    """
    from writ.model.config import read_config
    from writ.people.signals.receivers import JWKS, KEY
    from writ.signing.jwks import write_key_set
    from writ.signing.rsa import ALG, RsaSigner

    folder = read_config(config).folder
    signer = RsaSigner.generate()
    signer.save(folder / KEY)
    (folder / JWKS).write_bytes(write_key_set({signer.kid: (ALG, signer.jwk())}))
    show(
        {"kid": signer.kid, "file": str(folder / KEY)},
        f"key {signer.kid} in {folder / KEY}",
        as_json=as_json,
    )
