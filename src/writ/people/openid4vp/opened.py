"""The method `wallet` from the files that `writ.toml` names."""

from pathlib import Path
from urllib.parse import urlsplit

from writ.clock import Clock
from writ.errors import Failed
from writ.model.listeners import WalletFiles
from writ.people.credentials.revocation import open_crls
from writ.people.credentials.statuses import Statuses
from writ.people.credentials.trustlist import TrustList, read_trust_list
from writ.people.fetch import Fetch
from writ.people.openid4vp.party import Party, make_party
from writ.people.openid4vp.wallet import Wallet
from writ.signing.signer import Signer


def open_wallet(files: WalletFiles, address: str, clock: Clock, fetch: Fetch) -> Wallet:
    """Put the method together; `address` is where the portal is found."""
    trust = open_trust_list(files)
    return Wallet(open_party(files, address), trust, Statuses(fetch), clock)


def open_trust_list(files: WalletFiles) -> TrustList:
    """Read whose credentials count."""
    return read_trust_list(_read(files.issuers), str(files.issuers), open_crls(files.crls))


def open_party(files: WalletFiles, address: str) -> Party:
    """Read who asks."""
    pem = _read(files.certificate).decode("ascii", "replace")
    host = urlsplit(address).hostname or ""
    return make_party(pem, Signer.load(files.key), files.client, host)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Failed(f"cannot read `{path}`: {error.strerror}") from None
