"""Somebody with an API key, a browser and a wallet, at the portal of a drill.

1. The link of a refusal, the key, the wallet, and back: what a person does, over HTTP.
2. The wallet fetches the request and answers it. What a wallet checks of a request, it does not:
   that is held by wallets that others wrote, in tests.
"""

import re
from collections.abc import Mapping
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

import httpx2

from writ.drill.issuer import Issuer, answer, binding
from writ.errors import Failed
from writ.signing.elliptic import from_jwk
from writ.signing.jose import from_base64url, read_object
from writ.signing.jwe import encrypt
from writ.signing.signer import Signer

TIMEOUT = 20.0
_OK = 200
_TOKEN = re.compile(r'name="t" value="([^"]+)"')
_FORM = re.compile(r'name="form" value="([^"]+)"')
_LINK = re.compile(r'href="(openid4vp:[^"]+)"')
_CODE = re.compile(r"<strong>(\d{4} \d{4})</strong>")


class Purse:
    """A wallet with one identity in it."""

    def __init__(self, issuer: Issuer, citizenships: tuple[str, ...]) -> None:
        self._holder = Signer.generate()
        self._credential, self._each = issuer.issue(self._holder, citizenships)

    async def present(self, http: httpx2.AsyncClient, link: str, place: int) -> str:
        """Show one citizenship to whom a link is of; return where the browser is sent."""
        told = parse_qs(urlsplit(link).query)
        fetched = await http.post(told["request_uri"][0], data={"wallet_nonce": "drill"})
        parts = _right(fetched).text.split(".")
        request = read_object(from_base64url(parts[1], "a request"), "a request")
        before = f"{self._credential}{self._each[place]}~"
        claims = {"aud": str(request["client_id"]), "nonce": str(request["nonce"])}
        shown = before + binding(self._holder, before, dict(claims))
        sealed = _seal(answer(shown, str(request["state"])), request)
        sent = await http.post(str(request["response_uri"]), data={"response": sealed})
        return str(read_object(_right(sent).content, "an answer")["redirect_uri"])


class Visitor:
    """A browser at the portal; it remembers its cookie, as browsers do."""

    def __init__(self, gateway: str, key: str = "") -> None:
        self._gateway = gateway
        self._key = key
        self.http = httpx2.AsyncClient(timeout=TIMEOUT, trust_env=False, follow_redirects=True)
        self._form = ""
        self._portal = ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.http.aclose()

    async def refusal(self, model: str) -> str:
        """Be refused; return where the refusal leads."""
        refused = await self.http.post(
            f"http://{self._gateway}/v1/chat/completions",
            headers={"authorization": f"Bearer {self._key}"},
            json={"model": model, "messages": [{"role": "user", "content": "hello"}]},
        )
        return _found(re.compile(r'"verify_uri":\s*"([^"]+)"'), refused.text)

    async def enter(self, where: str) -> bool:
        """Follow a link and show one's key; return whether the portal takes both together."""
        self._portal = where.partition("?")[0]
        token = _found(_TOKEN, _right(await self.http.get(where)).text)
        asked = await self.http.post(
            f"{self._portal}/account", data={"key": self._key, "t": token, "lang": "en"}
        )
        form = _FORM.search(asked.text) if asked.status_code == _OK else None
        self._form = form[1] if form else ""
        return bool(self._form)

    async def link(self, model: str) -> str:
        """Go from a refusal to the link that a wallet opens."""
        if not await self.enter(await self.refusal(model)):
            raise Failed("the portal did not let a visitor in with their own key and link")
        chosen = {"form": self._form, "method": "wallet", "question": "0"}
        began = await self.http.post(f"{self._portal}/begin", data=chosen)
        return _found(_LINK, _right(began).text).replace("&amp;", "&")

    async def follow(self, address: str) -> str:
        """Go where a wallet sends the browser; return the page."""
        return _right(await self.http.get(address)).text

    async def code(self, address: str) -> str:
        """Go where a wallet sends a browser that did not begin, and read the code there."""
        return _found(_CODE, await self.follow(address))

    async def type(self, code: str) -> None:
        """Type a code that somebody told."""
        await self.http.post(f"{self._portal}/with/return", data={"form": self._form, "code": code})


def _seal(plain: bytes, request: Mapping[str, object]) -> str:
    match request:
        case {"client_metadata": {"jwks": {"keys": [{"kid": str(kid), **rest}]}}}:
            return encrypt(plain, from_jwk(rest, "a key"), kid)
        case _:
            raise Failed("the portal's request names no key to answer to")


def _right(response: httpx2.Response) -> httpx2.Response:
    if response.status_code != _OK:
        raise Failed(f"the portal answered {response.status_code} to a visitor")
    return response


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    if match is None:
        raise Failed(f"a visitor did not find `{pattern.pattern}` on a page of the portal")
    return match[1]
