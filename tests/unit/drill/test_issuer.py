from pathlib import Path

import pytest

from writ.clock import wall
from writ.drill.issuer import Issuer, binding
from writ.errors import Refused
from writ.model.listeners import WalletFiles
from writ.people.credentials.presented import Asked
from writ.people.credentials.sdjwt import verify_sdjwt
from writ.people.openid4vp.opened import open_party, open_trust_list
from writ.signing.signer import Signer


@pytest.fixture
def laid(tmp_path: Path) -> tuple[Issuer, WalletFiles]:
    """An issuer, and the files that it laid."""
    issuer = Issuer()
    issuer.lay(tmp_path)
    files = WalletFiles(
        tmp_path / "wallet-issuers.toml",
        tmp_path / "wallet.pem",
        tmp_path / "wallet.key",
        "x509_hash",
        tmp_path / "wallet-crls",
    )
    return issuer, files


def test_what_it_issues_counts_where_it_laid_its_list(laid: tuple[Issuer, WalletFiles]) -> None:
    """One citizenship is shown, the other is counted as kept back; the portal has who it asks as."""
    issuer, files = laid
    holder, asked = Signer.generate(), Asked("us", "nonce", wall(), wall())
    credential, each = issuer.issue(holder, ("DE", "US"))
    before = f"{credential}{each[1]}~"
    shown = before + binding(holder, before, {"aud": "us", "nonce": "nonce"})
    found = verify_sdjwt(shown, asked, open_trust_list(files))
    assert (["US"], {("nationalities",): 1}) == (found.at(("nationalities",)), found.hidden)
    assert open_party(files, "http://127.0.0.1:1").client_id.startswith("x509_hash:")


def test_it_counts_nowhere_else(
    laid: tuple[Issuer, WalletFiles], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Another drill's list does not know it."""
    _, files = laid
    holder, other = Signer.generate(), Issuer()
    credential, each = other.issue(holder, ("US",))
    before = f"{credential}{each[0]}~"
    shown = before + binding(holder, before, {"aud": "us", "nonce": "nonce"})
    with pytest.raises(Refused, match="on no trust list here"):
        verify_sdjwt(shown, Asked("us", "nonce", wall(), wall()), open_trust_list(files))
