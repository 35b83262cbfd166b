"""Runs docs/wallets.md, block by block, with an authority that issues what the page asks for."""

import json
import re
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from tests.worlds.issuers import DAY, certify, root
from tests.worlds.reader import run
from writ.clock import wall
from writ.signing.certificates import read_certificate

PAGE = Path(__file__).parents[2] / "docs" / "wallets.md"
BLOCKS = re.findall(r"```(sh|toml)\n(.*?)```", PAGE.read_text(), re.DOTALL)
SCRIPTS = [text for kind, text in BLOCKS if kind == "sh"]
CONFIG, ISSUERS = (text for kind, text in BLOCKS if kind == "toml")
SPAN = {"since": wall() - DAY, "until": wall() + 30 * DAY}
ROOT = root(since=SPAN["since"], until=SPAN["until"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the page writes, the certificate issued for the request that it makes."""
    made = tmp_path_factory.mktemp("wallets")
    asked = run(made, SCRIPTS[0])
    assert (0, "") == (asked.returncode, asked.stderr)
    request = x509.load_pem_x509_csr((made / "wallet.csr").read_bytes())
    names = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert ["verify.example.org"] == names.get_values_for_type(x509.DNSName)
    assert request.is_signature_valid
    public = request.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    der = certify(
        "verify.example.org", public, ROOT, dns=["verify.example.org"],
        since=SPAN["since"], until=SPAN["until"],
    )  # fmt: skip
    pem = read_certificate(der).read.public_bytes(Encoding.PEM).decode()
    (made / "wallet.pem").write_text(pem)
    (made / "writ.toml").write_text(CONFIG)
    listed = ISSUERS.replace("CERTIFICATES IN PEM", ROOT.pem)
    (made / "wallet-issuers.toml").write_text(listed)
    return made


def test_the_page_works_as_it_is_written(folder: Path) -> None:
    """The request is for the host, the key is its owner's alone, and the check tells whom it trusts."""
    checked = run(folder, SCRIPTS[1])
    assert (0, "") == (checked.returncode, checked.stderr)
    assert checked.stdout.startswith("client id x509_hash:")
    assert "PID provider of Germany  DE" in checked.stdout
    assert 0o600 == (folder / "wallet.key").stat().st_mode & 0o777


def test_the_check_speaks_json(folder: Path) -> None:
    """A program reads who asks and whose credentials count."""
    told = json.loads(run(folder, "writ wallet check --json").stdout)
    [issuer] = told["issuers"]
    assert ("PID provider of Germany", "A3") == (issuer["name"], issuer["assurance"])
    assert "2027-01-01T00:00:00Z" == issuer["trusted_until"]


def test_what_wallets_would_refuse_is_refused_here(folder: Path) -> None:
    """A configuration without [wallet], and a certificate for another key, are told beforehand."""
    bare = run(folder, "echo > bare.toml; writ wallet check --config bare.toml")
    assert (3, "`bare.toml` has no [wallet]; docs/wallets.md says what goes in it\n") == (
        bare.returncode, bare.stderr,
    )  # fmt: skip
    script = "writ wallet request --host a.example --out other.key >/dev/null"
    other = run(
        folder,
        f"{script}; sed s/wallet.key/other.key/ writ.toml > o.toml; writ wallet check -c o.toml",
    )
    assert (2, "the wallet certificate is for another key than the one beside it\n") == (
        other.returncode, other.stderr,
    )  # fmt: skip
