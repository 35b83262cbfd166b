"""An issuer of identities that exists in one drill, and whom its portal trusts.

1. The portal asks with a certificate of the same made-up authority.
2. A credential is a European PID as SD-JWT VC, bound to the key of its holder's wallet; each
   citizenship can be shown by itself. It ends ten years later, after whatever a drill compresses.
"""

import hashlib
import secrets
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from writ.canonical import Plain, encode
from writ.clock import wall
from writ.signing.authority import Authority
from writ.signing.form import to_base64
from writ.signing.jose import to_base64url
from writ.signing.signer import Signer

DAYS = 3660
_LASTS = 3650 * 86_400
_TYPE = "urn:eudi:pid:1"


class Issuer:
    """Rules 1 and 2."""

    def __init__(self) -> None:
        self._authority = Authority("drill", "DE", wall(), DAYS)
        self._signer = Signer.generate()
        self._certificate = self._authority.issue("PID of this drill", self._signer)

    def lay(self, folder: Path) -> None:
        """Write what the [wallet] of a configuration names into its folder (rule 1)."""
        verifier = Signer.generate()
        verifier.save(folder / "wallet.key")
        der = self._authority.issue("verifier of this drill", verifier)
        wrapped = f"-----BEGIN CERTIFICATE-----\n{to_base64(der)}\n-----END CERTIFICATE-----\n"
        (folder / "wallet.pem").write_text(wrapped)
        now = datetime.fromtimestamp(wall(), UTC).replace(microsecond=0)
        text = [
            "[[issuer]]",
            'name = "PID of this drill"',
            'country = "DE"',
            f'types = ["{_TYPE}"]',
            f"from = {now.replace(year=now.year - 1, day=1).isoformat()}",
            f"until = {now.replace(year=now.year + 1, day=1).isoformat()}",
            "assurance = 3",
            'scheme = "drill"',
            'level = "high"',
            f'certificates = """\n{self._authority.pem}"""',
        ]
        (folder / "wallet-issuers.toml").write_text("\n".join(text))

    def issue(self, holder: Signer, citizenships: tuple[str, ...]) -> tuple[str, list[str]]:
        """Issue a credential; return it with what shows the list, and what shows each of it."""
        each = [_disclosure([_salt(), code]) for code in citizenships]
        whole, digest = _disclosure(
            [_salt(), "nationalities", [{"...": found} for _, found in each]]
        )
        now = int(wall())
        claims: dict[str, Plain] = {
            "vct": _TYPE,
            "iat": now,
            "exp": now + _LASTS,
            "cnf": {"jwk": holder.public.jwk()},
            "_sd": [digest],
        }
        chain: list[Plain] = [to_base64(self._certificate)]
        token = self._signer.sign_jws({"typ": "dc+sd-jwt", "x5c": chain}, claims)
        return f"{token}~{whole}~", [text for text, _ in each]


def _salt() -> str:
    return secrets.token_urlsafe(16)


def _disclosure(parts: list[object]) -> tuple[str, str]:
    text = to_base64url(msgspec.json.encode(parts))
    return text, to_base64url(hashlib.sha256(text.encode()).digest())


def binding(holder: Signer, before: str, claims: dict[str, Plain]) -> str:
    """Bind what is shown to a request, by the holder's key."""
    digest = to_base64url(hashlib.sha256(before.encode()).digest())
    return holder.sign_jws({"typ": "kb+jwt"}, {**claims, "iat": int(wall()), "sd_hash": digest})


def answer(shown: str, state: str) -> bytes:
    """Write a wallet's answer, before it is encrypted."""
    return encode({"vp_token": {"pid": [shown]}, "state": state})
