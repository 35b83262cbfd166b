"""What a signer's machine has: the pinned trust document and its owner's private key."""

from dataclasses import dataclass
from pathlib import Path

from writ.model.config import read_config
from writ.signing.keys import KeyPair
from writ.signing.trust import Trust


@dataclass(frozen=True, slots=True)
class Signer:
    """Whoever signs here, and what this machine trusts."""

    trust: Trust
    pair: KeyPair

    @property
    def name(self) -> str:
        """The person whose key it is; nobody's is Refused."""
        return self.trust.owner(self.pair.public).id


def read_signer(config: Path, key: Path) -> Signer:
    """Read the trust document that `config` pins, and the key."""
    from writ.serve.site import load_trust

    return Signer(load_trust(read_config(config)), KeyPair.load(key))
