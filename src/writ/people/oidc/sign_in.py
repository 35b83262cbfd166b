"""A sign-in at one provider: the address the browser goes to, and what it comes back with.

1. The authorization code flow with PKCE S256 (RFC 7636), `state`, `nonce` and `max_age`. Each provider
   has a return address of its own, so that no other can put its answer there (RFC 9700 4.4).
2. The answer names our state, and the issuer where the provider says that it does (RFC 9207).
3. A code is exchanged once, by us and over https, for an ID token (`id_token`) that answers to our
   nonce. Where verified claims come from UserInfo, they are about the same `sub` (Core 5.3.2).
4. Nothing that came is kept: not the code, not a token.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hmac import compare_digest
from urllib.parse import urlencode, urlsplit

from writ.canonical import Plain, encode
from writ.clock import wall
from writ.errors import Failed, Refused
from writ.people.fetch import Outgoing, Send, form
from writ.people.oidc.client import Client
from writ.people.oidc.id_token import Expected, check_id_token, subject_of
from writ.people.oidc.providers import Provider
from writ.people.oidc.published import Metadata, Published
from writ.signing.jose import read_object, to_base64url

MAX_ANSWER = 256 * 1024
MAX_CODE = 4096
_BYTES = 32
_WHY = {
    "access_denied": "you declined, or the provider did not let you",
    "login_required": "you were not signed in",
    "interaction_required": "the provider wants something of you first",
    "consent_required": "you did not agree",
    "unmet_authentication_requirements": "you cannot sign in there as strongly as is asked",
}
_DOWN = ("temporarily_unavailable", "server_error")


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in under way: what its answer must have, and when it began (seconds, UTC)."""

    state: str
    nonce: str
    verifier: str = field(repr=False)
    since: int


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in: the ID token as it came, its claims, and where verified claims are told."""

    token: str = field(repr=False)
    claims: Mapping[str, object] = field(repr=False)
    told: Mapping[str, object] = field(repr=False)


class SignIn:
    """One provider; `address` is where its answers come back to."""

    def __init__(
        self,
        published: Published,
        client: Client,
        send: Send,
        address: str,
        now: Callable[[], float] = wall,
    ) -> None:
        self._published = published
        self._client = client
        self._send = send
        self._now = now
        self.address = address

    @property
    def provider(self) -> Provider:
        """At whom."""
        return self._published.provider

    async def begin(self, claims: Mapping[str, Plain], language: str) -> tuple[str, Begun]:
        """Return the address for the browser, asking for these claims, and what to remember."""
        now = self._now()
        metadata = await self._published.metadata(now)
        state, nonce, verifier = (secrets.token_urlsafe(_BYTES) for _ in range(3))
        challenge = to_base64url(hashlib.sha256(verifier.encode()).digest())
        asked = {
            "response_type": "code",
            "client_id": self.provider.client,
            "redirect_uri": self.address,
            "scope": " ".join(self.provider.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "max_age": str(self.provider.max_age),
            "ui_locales": language,
        }
        if self.provider.acr:
            asked["acr_values"] = " ".join(self.provider.acr)
        if claims:
            asked["claims"] = encode(dict(claims)).decode()
        split = urlsplit(metadata.authorization)
        query = "&".join(part for part in (split.query, urlencode(asked)) if part)
        address = split._replace(query=query, fragment="").geturl()
        return address, Begun(state, nonce, verifier, int(now))

    async def finish(self, begun: Begun, fields: Mapping[str, str]) -> SignedIn:
        """Return who signed in, from what the browser came back with."""
        now = self._now()
        metadata = await self._published.metadata(now)
        code = self._code(begun, fields, metadata)
        answer = await self._exchange(metadata, code, begun.verifier, now)
        token, access = (_text(answer, name) for name in ("id_token", "access_token"))
        expected = Expected(begun.nonce, begun.since, access)
        claims = await check_id_token(token, self._published, expected, now)
        told = claims
        if metadata.userinfo is not None:
            told = await self._userinfo(metadata.userinfo, access, subject_of(claims))
        return SignedIn(token, claims, told)

    def _code(self, begun: Begun, fields: Mapping[str, str], metadata: Metadata) -> str:
        """Rule 2."""
        name = self.provider.name
        if not compare_digest(fields.get("state", "").encode(), begun.state.encode()):
            raise Refused("this answer is not to the sign-in that began here (state); start again")
        told = fields.get("iss")
        if told is None and metadata.tells_issuer:
            raise Refused(f"the answer does not say that it is of `{name}` (iss); start again")
        if told is not None and told != self.provider.issuer:
            raise Refused(f"the answer is of another provider than `{name}` (iss); start again")
        if (error := fields.get("error")) is not None:
            if error in _DOWN:
                raise Failed(f"`{name}` cannot sign you in just now; try again later")
            why = _WHY.get(error, f"`{name}` did not answer the request")
            raise Refused(f"{why}; start again, or take another way")
        code = fields.get("code", "")
        if not 0 < len(code) <= MAX_CODE:
            raise Refused("the answer has no code; start again")
        return code

    async def _exchange(
        self, metadata: Metadata, code: str, verifier: str, now: float
    ) -> Mapping[str, object]:
        """Rule 3."""
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.address,
            "code_verifier": verifier,
        }
        headers = self._client.prove(sent, now)
        answer = await self._send.send(form(metadata.token, sent, headers), MAX_ANSWER)
        if not answer.done:
            self._refuse_exchange(answer.body)
        return read_object(answer.body, "the provider's answer")

    def _refuse_exchange(self, body: bytes) -> None:
        name = self.provider.name
        if read_object(body, "the provider's answer").get("error") == "invalid_grant":
            raise Refused(f"`{name}` does not take this code (used, or too old); start again")
        raise Failed(f"`{name}` does not take us for its client; tell the operator")

    async def _userinfo(self, uri: str, access: str, sub: str) -> Mapping[str, object]:
        headers = {"Authorization": f"Bearer {access}"}
        answer = await self._send.send(Outgoing(uri, headers=headers, verb="GET"), MAX_ANSWER)
        if not answer.done:
            raise Failed(f"`{self.provider.name}` does not tell what it knows; try again later")
        told = read_object(answer.body, "the provider's UserInfo")
        if told.get("sub") != sub:
            raise Refused("UserInfo is about somebody else than the ID token; start again")
        return told


def _text(answer: Mapping[str, object], name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not value.isascii() or not value:
        raise Refused(f"the provider's answer has no `{name}`; tell the operator")
    return value
