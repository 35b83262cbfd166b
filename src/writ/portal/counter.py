"""The portal's way to the control process: a Unix socket that answers for one account at a time.

Employers are answered there too, each for its own people.

An error there is raised here as what it was.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import httpx2
import msgspec

from writ.canonical import Plain
from writ.errors import Failed, InvalidInput, Refused, WritError
from writ.model.decision import LinkName
from writ.model.subject import Completeness
from writ.model.vocabulary import Kind

_PATIENCE = 30.0
_UNAUTHORIZED = 401
_ERRORS: dict[int, type[WritError]] = {2: Refused, 3: InvalidInput}
T = TypeVar("T")


class NoKey(Refused):
    """The key that a visit has, or the sign-in, is not valid (any more)."""


class Account(msgspec.Struct, frozen=True):
    """Whose account it is; `model` is the one an invitation speaks of, `closing` say when open ones close.

    `key` is the API key's id, or `provider` where the visitor signed in; `made_at` says since when.
    """

    subject: str
    kind: str
    organisation: str | None
    key: str | None
    made_at: str
    provider: str | None
    model: str | None
    models: list[str]
    closing: dict[str, str]


class Wanted(msgspec.Struct, frozen=True):
    """What would settle it: `writ.model.decision.Settlement` as it comes."""

    attribute: str
    values: list[list[str]]
    completeness: Completeness
    assurance: int
    methods: list[str]
    together: int | None


class Asked(msgspec.Struct, frozen=True):
    """A question about one of the account's subjects."""

    subject: str
    kind: Kind
    link: LinkName
    wanted: list[Wanted]


class Order(msgspec.Struct, frozen=True):
    """An order, where it may be named."""

    order: str
    version: int
    title: str


class Reviewed(msgspec.Struct, frozen=True):
    """What people decide, as its subject sees it."""

    id: str
    kind: str
    document: str
    state: str
    about: str | None
    due_at: str
    reasons: list[str]


class Standing(msgspec.Struct, frozen=True):
    """How an account stands for a model; where it is open, when it closes by what is known.

    `answered`: an appeal against what is known was turned down, and nothing changed since.
    """

    model: str
    outcome: str
    others: bool
    held: bool
    disclosure: str
    notice: dict[str, str]
    orders: list[Order]
    questions: list[Asked]
    reviews: list[Reviewed]
    closes: str | None = None
    days: int | None = None
    answered: bool = False


class Attested(msgspec.Struct, frozen=True):
    """A signed attestation, with what must be asked later."""

    envelope: dict[str, Plain]
    revocation: str | None


class Known(msgspec.Struct, frozen=True):
    """A key is one; whose is not told."""

    known: bool


class Passed(msgspec.Struct, frozen=True, rename={"text": "pass"}):
    """What stands in for an API key."""

    text: str


class Taken(msgspec.Struct, frozen=True):
    """Something was taken; what it did is not told."""

    taken: bool


class Streamed(msgspec.Struct, frozen=True):
    """What came of a receiver's call: `done`, or in one word why not; its stream, and what waits."""

    answer: str
    name: str = ""
    audience: str = ""
    push: str | None = None
    status: str = "enabled"
    reason: str | None = None
    sets: dict[str, str] = {}
    more: bool = False


class Employed(msgspec.Struct, frozen=True):
    """One of an employer's people; `determination` is what stands of what it determined."""

    id: str
    user: str
    external_id: str | None
    active: bool
    created_at: str
    changed_at: str
    determination: dict[str, str | list[str]] | None
    version: str


class Heard(msgspec.Struct, frozen=True):
    """What came of an employer's call: `done`, or in one word why not."""

    answer: str
    detail: str = ""
    people: tuple[Employed, ...] = ()
    total: int = 0


class _Problem(msgspec.Struct):
    detail: str
    exit_code: int


class Counter:
    """Asks on behalf of whoever showed an API key; `key` is its SHA-256, or a pass's, in hex."""

    def __init__(self, socket: Path) -> None:
        transport = httpx2.AsyncHTTPTransport(uds=str(socket))
        self._http = httpx2.AsyncClient(
            transport=transport, base_url="http://writ", timeout=_PATIENCE
        )

    async def close(self) -> None:
        """Hang up."""
        await self._http.aclose()

    async def sign_in(self, provider: str, token: str, nonce: str) -> str:
        """Return a pass for whoever signed in; an ID token that proves no account is Refused."""
        body = {"provider": provider, "token": token, "nonce": nonce}
        return (await self._ask("sign-in", body, Passed)).text

    async def known(self, key: str) -> None:
        """Let nobody on whose key is not valid: that is Refused."""
        await self._ask("known", {"key": key}, Known)

    async def account(self, key: str, invitation: str = "") -> Account:
        """Return whose account it is; a key that is not valid is Refused."""
        return await self._ask("account", {"key": key, "invitation": invitation}, Account)

    async def standing(self, key: str, model: str) -> Standing:
        """Return how the account stands for a model."""
        return await self._ask("standing", {"key": key, "model": model}, Standing)

    async def found(
        self, key: str, model: str, attested: Sequence[Attested], credential: bytes | None
    ) -> Standing:
        """Hand in attestations; return how the account stands now."""
        shown = None if credential is None else credential.hex()
        body = {"key": key, "model": model, "attested": attested, "credential": shown}
        return await self._ask("found", body, Standing)

    async def papers(
        self, key: str, asked: tuple[str, str], document: str, claimed: Sequence[dict[str, Plain]]
    ) -> Reviewed:
        """Open a review of papers, for (model, subject)."""
        model, subject = asked
        body = {"model": model, "subject": subject, "document": document, "claimed": claimed}
        return await self._ask("papers", {"key": key, **body}, Reviewed)

    async def appeal(self, key: str, about: str) -> Reviewed:
        """Appeal a review, or (empty) what is known; one turned down before against the same comes back."""
        return await self._ask("appeal", {"key": key, "about": about}, Reviewed)

    async def signal(self, transmitter: str, token: str) -> None:
        """Hand on a security event token, which is proved there again."""
        await self._ask("signal", {"transmitter": transmitter, "set": token}, Taken)

    async def stream(self, call: str, body: dict[str, Plain]) -> Streamed:
        """Ask for a receiver of signals: `poll`, `status` or `verify`, with its token."""
        return await self._ask(f"streams/{call}", body, Streamed)

    async def personnel(self, call: str, token: dict[str, str], body: dict[str, Plain]) -> Heard:
        """Ask for an employer: `find`, `page`, `put` or `remove`, with its token."""
        return await self._ask(f"personnel/{call}", {**body, "token": token}, Heard)

    async def _ask(self, name: str, body: object, form: type[T]) -> T:
        try:
            response = await self._http.post(f"/{name}", content=msgspec.json.encode(body))
        except httpx2.HTTPError:
            raise Failed("the service does not answer at present; try again in a minute") from None
        if response.is_success:
            return msgspec.json.decode(response.content, type=form)
        problem = msgspec.json.decode(response.content, type=_Problem)
        if response.status_code == _UNAUTHORIZED:
            raise NoKey(problem.detail)
        raise _ERRORS.get(problem.exit_code, Failed)(problem.detail)
