"""What a provider publishes: its metadata (OpenID Connect Discovery 1.0) and its keys.

1. The metadata is at the issuer's own well-known address, says that very issuer, and names places on
   the provider's hosts alone.
2. It must do the authorization code flow, and PKCE with S256 where it says what it does of that.
3. Both are kept for an hour. A token by a key that is not in the set has the set fetched anew, once a
   minute at most: providers roll their keys, and strangers make keys up. What cannot be had is asked
   for again after a pause (`writ.people.sources`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from writ.errors import Refused
from writ.people.fetch import Fetch
from writ.people.oidc.providers import Provider
from writ.people.sources import Document, Sources
from writ.signing.jose import read_object
from writ.signing.jwks import MAX_SET, KeySet, UnknownKey, read_key_set
from writ.signing.jws import Jws

KEPT = 3600.0
AGAIN = 60.0
MAX_METADATA = 128 * 1024


@dataclass(frozen=True, slots=True)
class Metadata:
    """Where a provider is reached; `tells_issuer`: its answers say who answers (RFC 9207)."""

    authorization: str
    token: str
    keys: str
    userinfo: str | None
    tells_issuer: bool


class Published:
    """Asks one provider."""

    def __init__(self, provider: Provider, fetch: Fetch) -> None:
        self.provider = provider
        self._places: Sources[Metadata] = Sources(fetch)
        self._sets: Sources[KeySet] = Sources(fetch)
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, KeySet] | None = None

    async def metadata(self, now: float) -> Metadata:
        """Return the provider's metadata as it is at `now` (seconds, UTC)."""
        if self._metadata is None or self._metadata[0] + KEPT <= now:
            uri = f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration"
            found = await self._places.get(
                Document(self.provider.id, uri, "application/json", MAX_METADATA),
                lambda data: read_metadata(data, self.provider),
            )
            self._metadata = (now, found)
        return self._metadata[1]

    async def ask(self, now: float) -> None:
        """Fetch both, and so hold the provider to what it publishes."""
        await self._set(now, KEPT)

    async def verify(self, jws: Jws, now: float) -> Mapping[str, object]:
        """Return the claims of a token, proved to be signed by the provider."""
        since, keys = await self._set(now, KEPT)
        try:
            return keys.verify(jws)
        except UnknownKey:
            if since + AGAIN > now:  # 3
                raise
        return (await self._set(now, AGAIN))[1].verify(jws)

    async def _set(self, now: float, kept: float) -> tuple[float, KeySet]:
        if self._keys is None or self._keys[0] + kept <= now:
            uri = (await self.metadata(now)).keys
            what = f"the key set of `{self.provider.name}`"
            keys = await self._sets.get(
                Document(self.provider.id, uri, "application/json", MAX_SET),
                lambda data: read_key_set(data, what),
            )
            self._keys = (now, keys)
        return self._keys


def read_metadata(data: bytes, provider: Provider) -> Metadata:
    """Read a provider's metadata (rules 1, 2)."""
    what = f"the metadata of `{provider.name}`"
    told = read_object(data, what)
    if told.get("issuer") != provider.issuer:
        raise Refused(
            f"{what} is of another issuer; the operator has to write it as it stands there"
        )
    if "code" not in _texts(told, "response_types_supported"):
        raise Refused(f"`{provider.name}` does not do the authorization code flow")
    if "S256" not in _texts(told, "code_challenge_methods_supported", "S256"):
        raise Refused(f"`{provider.name}` does not do PKCE with S256")
    userinfo = None
    if provider.userinfo:
        userinfo = provider.check_place(told.get("userinfo_endpoint"), "the UserInfo endpoint")
    return Metadata(
        authorization=provider.check_place(
            told.get("authorization_endpoint"), "the authorization endpoint"
        ),
        token=provider.check_place(told.get("token_endpoint"), "the token endpoint"),
        keys=provider.check_place(told.get("jwks_uri"), "the key set"),
        userinfo=userinfo,
        tells_issuer=told.get("authorization_response_iss_parameter_supported") is True,
    )


def _texts(told: Mapping[str, object], name: str, default: str = "") -> list[object]:
    value = told.get(name, [default])
    return value if isinstance(value, list) else []
