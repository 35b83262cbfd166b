"""How we prove to a provider that we are its client (OpenID Connect Core 1.0 section 9).

1. A secret is one line of a file that nobody else may read; it goes as HTTP Basic (RFC 6749 2.3.1) or
   in the form.
2. A key signs an assertion for the issuer alone, good for a minute and once (RFC 7523); the provider
   has its public half.
"""

import base64
import secrets
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from writ.canonical import Plain
from writ.errors import Failed, Refused
from writ.people.oidc.providers import Provider
from writ.signing.jose import to_base64url
from writ.signing.signer import Signer

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LIFETIME = 60
MAX_SECRET = 1024
_OTHERS = 0o077


class Client(Protocol):
    """Adds the proof to a form; returns the headers that go with it."""

    def prove(self, form: dict[str, str], now: float) -> dict[str, str]:
        """Change the form in place."""
        ...


class SecretClient:
    """Rule 1."""

    def __init__(self, provider: Provider, secret: str) -> None:
        self._provider = provider
        self._secret = secret

    def prove(self, form: dict[str, str], now: float) -> dict[str, str]:  # noqa: ARG002 - a port
        """Send the secret, as the provider wants it."""
        client = self._provider.client
        if self._provider.auth == "post":
            form |= {"client_id": client, "client_secret": self._secret}
            return {}
        pair = f"{quote(client, safe='')}:{quote(self._secret, safe='')}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


class KeyClient:
    """Rule 2."""

    def __init__(self, provider: Provider, signer: Signer) -> None:
        self._provider = provider
        self._signer = signer

    def prove(self, form: dict[str, str], now: float) -> dict[str, str]:
        """Sign who we are."""
        client = self._provider.client
        claims: dict[str, Plain] = {
            "aud": self._provider.issuer,
            "exp": int(now) + LIFETIME,
            "iat": int(now),
            "iss": client,
            "jti": secrets.token_urlsafe(16),
            "sub": client,
        }
        kid = to_base64url(self._signer.public.thumbprint())
        form |= {
            "client_id": client,
            "client_assertion_type": ASSERTION,
            "client_assertion": self._signer.sign_jws({"kid": kid, "typ": "JWT"}, claims),
        }
        return {}


def open_client(provider: Provider) -> Client:
    """Read the secret or the key that the operator laid down."""
    if provider.auth == "key":
        return KeyClient(provider, Signer.load(provider.secret))
    return SecretClient(provider, _read(provider.secret))


def _read(path: Path) -> str:
    try:
        if path.stat().st_mode & _OTHERS:
            raise Refused(f"`{path}` may be read by others; run `chmod 600` on it")
        text = path.read_bytes()[: MAX_SECRET + 1].decode("ascii").strip()
    except OSError as error:
        raise Failed(f"cannot read `{path}`: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Refused(f"`{path}` is no client secret; it is one line of ASCII") from None
    if not text or len(text) > MAX_SECRET or not text.isprintable():
        raise Refused(f"`{path}` is no client secret; it is one line of ASCII")
    return text
