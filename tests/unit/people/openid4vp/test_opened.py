import asyncio
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from tests.worlds.issuers import new_key, root, trust_file
from tests.worlds.wallet import Lists, Standing, question, read_link, session
from writ.errors import Failed, InvalidInput
from writ.model.listeners import WalletFiles
from writ.people.methods import Show
from writ.people.openid4vp.opened import open_wallet

ROOT = root()
ACCESS = ROOT.issue("verifier", key=new_key(number=30), dns=["verify.example"])


def files(folder: Path) -> WalletFiles:
    """Lay the files of an operator into a folder."""
    found = WalletFiles(
        folder / "wallet-issuers.toml",
        folder / "wallet.pem",
        folder / "key",
        "x509_san_dns",
        folder,
    )
    found.issuers.write_bytes(trust_file({"certificates": ROOT.pem}))
    found.certificate.write_text(ACCESS.pem)
    found.key.write_bytes(
        ACCESS.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    found.key.chmod(0o600)
    return found


def test_the_method_is_made_of_its_files(tmp_path: Path) -> None:
    """The portal's host is the client, and what the listed issuers show is offered."""
    method = open_wallet(files(tmp_path), "https://verify.example/x", Standing(), Lists())
    step = asyncio.run(method.begin(session(), "en"))
    assert isinstance(step, Show)
    assert isinstance(step.data["links"], list)
    assert "x509_san_dns:verify.example" == read_link(str(step.data["links"][0]))["client_id"]
    assert method.offer(question())


def test_files_that_are_not_right_are_told(tmp_path: Path) -> None:
    """A file that is missing has failed; a trust list with a fault is bad input, at its place."""
    laid = files(tmp_path)
    laid.certificate.unlink()
    with pytest.raises(Failed, match=r"cannot read `.*wallet\.pem`: No such file"):
        open_wallet(laid, "https://verify.example", Standing(), Lists())
    laid.issuers.write_bytes(b"issuer = [1]")
    with pytest.raises(InvalidInput, match=r"wallet-issuers\.toml:1:1: this issuer is not"):
        open_wallet(laid, "https://verify.example", Standing(), Lists())
