"""Asks through the gateway as customers do, with the official clients, and reads off what came back.

1. Keys are real; a client never tries again, so that one request is one line of the journal.
2. An end user is asserted by a token of the organisation's, minted anew for each request.
3. What names the outcome is what any client can see: the status, the code in the provider's
   envelope, and the model that the answer says it is from.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Self, TypeAlias

import anthropic
import httpx2
import openai
from anthropic.types import RawMessageStreamEvent
from openai.types.chat import ChatCompletionChunk
from openai.types.responses import ResponseStreamEvent

from writ.clock import elapsed, wall
from writ.drill.outward import answer_of_refusal, answer_of_service
from writ.drill.record import Answer, Fate
from writ.model.catalogue import Catalogue
from writ.signing.end_user import sign_end_user
from writ.signing.keys import KeyPair

Api: TypeAlias = Literal["chat", "responses", "messages"]
APIS: tuple[Api, ...] = ("chat", "messages", "responses")
Dialect: TypeAlias = Literal["openai", "anthropic"]

END_USER = "x-writ-end-user"
PROMPT = "Who may use which model tonight?"
SHORT = 4
LONG = 4_000
CONNECTIONS = 256
TIMEOUT = 20.0


@dataclass(slots=True)
class Credentials:
    """A key's text and id; for a named end user, who is named and the organisation's signing key."""

    text: str
    key: str
    sub: str | None = None
    issuer: KeyPair | None = None

    def headers(self) -> dict[str, str]:
        """Return what goes with each request besides the key (rule 2)."""
        if self.sub is None or self.issuer is None:
            return {}
        return {END_USER: sign_end_user(self.sub, self.key, self.issuer, wall())}


@dataclass(frozen=True, slots=True)
class Question:
    """One request to make: the model's canonical name, and the name it is asked by."""

    model: str
    asked_as: str
    api: Api
    stream: bool

    @property
    def dialect(self) -> Dialect:
        """Whose API it is."""
        return "anthropic" if self.api == "messages" else "openai"


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; instants are elapsed seconds."""

    answer: Answer
    sent: float
    ended: float
    status: int | None = None
    code: str | None = None
    served_by: str | None = None
    decision: str | None = None
    note: str = ""


class Voice:
    """The official clients, pointed at one gateway."""

    def __init__(self, gateway: str, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        limits = httpx2.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
        # No proxy of the machine's stands between a drill and its own gateway.
        self._http = httpx2.AsyncClient(limits=limits, timeout=TIMEOUT, trust_env=False)
        self._openai = openai.AsyncOpenAI(
            api_key="none", base_url=f"http://{gateway}/v1", max_retries=0, http_client=self._http
        )
        self._anthropic = anthropic.AsyncAnthropic(
            api_key="none", base_url=f"http://{gateway}", max_retries=0, http_client=self._http
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    async def ask(self, who: Credentials, what: Question) -> Reply:
        """Make one request and wait for the whole answer."""
        sent = elapsed()
        try:
            served_by = await self._whole(who, what)
        except (openai.APIError, anthropic.APIError) as error:
            return _refused(error, sent)
        except httpx2.HTTPError as error:
            return Reply("error", sent, elapsed(), note=type(error).__name__)
        answer = answer_of_service(self._catalogue, what.model, served_by)
        return Reply(answer, sent, elapsed(), 200, served_by=served_by)

    async def hold(self, who: Credentials, what: Question) -> "tuple[Reply, Held | None]":
        """Open a long stream and keep it; the reply is that of its first piece."""
        sent = elapsed()
        pieces = self._pieces(who, what, LONG)
        try:
            served_by = await anext(pieces)
        except (openai.APIError, anthropic.APIError) as error:
            return _refused(error, sent), None
        except (httpx2.HTTPError, StopAsyncIteration) as error:
            return Reply("error", sent, elapsed(), note=type(error).__name__), None
        answer = answer_of_service(self._catalogue, what.model, served_by)
        return Reply(answer, sent, elapsed(), 200, served_by=served_by), Held(pieces, what.dialect)

    async def _whole(self, who: Credentials, what: Question) -> str:
        if what.stream:
            named = ""
            async for model in self._pieces(who, what, SHORT):
                named = model or named
            return named
        headers = who.headers()
        match what.api:
            case "chat":
                chat = await self._openai.with_options(api_key=who.text).chat.completions.create(
                    model=what.asked_as,
                    messages=[{"role": "user", "content": PROMPT}],
                    max_completion_tokens=SHORT,
                    extra_headers=headers,
                )
                return chat.model
            case "responses":
                response = await self._openai.with_options(api_key=who.text).responses.create(
                    model=what.asked_as,
                    input=PROMPT,
                    max_output_tokens=SHORT,
                    extra_headers=headers,
                )
                return response.model
            case "messages":
                message = await self._anthropic.with_options(api_key=who.text).messages.create(
                    model=what.asked_as,
                    messages=[{"role": "user", "content": PROMPT}],
                    max_tokens=SHORT,
                    extra_headers=headers,
                )
                return message.model

    async def _pieces(self, who: Credentials, what: Question, words: int) -> AsyncIterator[str]:
        """Give, for each piece of a stream, the model it names (or nothing)."""
        headers = who.headers()
        match what.api:
            case "chat":
                chunks = await self._openai.with_options(api_key=who.text).chat.completions.create(
                    model=what.asked_as,
                    messages=[{"role": "user", "content": PROMPT}],
                    max_completion_tokens=words,
                    stream=True,
                    extra_headers=headers,
                )
                async with chunks:
                    async for chunk in chunks:
                        yield _of_chunk(chunk)
            case "responses":
                events = await self._openai.with_options(api_key=who.text).responses.create(
                    model=what.asked_as,
                    input=PROMPT,
                    max_output_tokens=words,
                    stream=True,
                    extra_headers=headers,
                )
                async with events:
                    async for event in events:
                        yield _of_response(event)
            case "messages":
                parts = await self._anthropic.with_options(api_key=who.text).messages.create(
                    model=what.asked_as,
                    messages=[{"role": "user", "content": PROMPT}],
                    max_tokens=words,
                    stream=True,
                    extra_headers=headers,
                )
                async with parts:
                    async for part in parts:
                        yield _of_message(part)


@dataclass
class Held:
    """A stream that stays open; it is read all the time, as a client would."""

    pieces: AsyncIterator[str]
    dialect: Dialect
    last: float = field(default_factory=elapsed)
    fate: Fate | None = None
    ended: float | None = None
    note: str = ""

    def __post_init__(self) -> None:
        self._reading = asyncio.get_running_loop().create_task(self._read())

    async def until_later_than(self, instant: float, patience: float) -> Fate:
        """Return what became of the stream: it ended, or spoke after `instant`, or fell silent."""
        give_up = elapsed() + patience
        while self.fate is None and self.last <= instant:
            if elapsed() > give_up:
                self.note = "silent"
                return "lost"
            await asyncio.sleep(0.01)
        return self.fate or "spared"

    async def until_ended(self, patience: float) -> Fate:
        """Return how the stream ended, or that it did not in so many seconds."""
        await asyncio.wait([self._reading], timeout=patience)
        return self.fate or "spared"

    async def close(self) -> None:
        """Let go of the stream."""
        self._reading.cancel()
        await asyncio.wait([self._reading])
        if not self._reading.cancelled():
            self._reading.result()

    async def _read(self) -> None:
        try:
            async for _ in self.pieces:
                self.last = elapsed()
        except (openai.APIError, anthropic.APIError) as error:
            self._end("lost" if _broken(error) else "cut", _code(error) or type(error).__name__)
        except httpx2.HTTPError as error:
            self._end("lost", type(error).__name__)
        else:
            self._end("lost", "ended as if complete")

    def _end(self, fate: Fate, note: str) -> None:
        self.fate, self.note, self.ended = fate, note, elapsed()


def _refused(error: openai.APIError | anthropic.APIError, sent: float) -> Reply:
    ended = elapsed()
    status = getattr(error, "status_code", None)
    code = _code(error)
    decision = _problem(error).get("decision")
    return Reply(
        answer_of_refusal(status, code),
        sent,
        ended,
        status,
        code,
        decision=decision if isinstance(decision, str) else None,
        note="" if code else f"{type(error).__name__}: {error}"[:200],
    )


def _broken(error: openai.APIError | anthropic.APIError) -> bool:
    return isinstance(error, openai.APIConnectionError | anthropic.APIConnectionError)


def _code(error: openai.APIError | anthropic.APIError) -> str | None:
    code = _inner(error).get("code") or _details(error).get("error_code")
    return code if isinstance(code, str) else None


def _problem(error: openai.APIError | anthropic.APIError) -> Mapping[str, object]:
    return _mapping(_inner(error).get("problem") or _details(error).get("problem"))


def _details(error: openai.APIError | anthropic.APIError) -> Mapping[str, object]:
    return _mapping(_inner(error).get("details"))


def _inner(error: openai.APIError | anthropic.APIError) -> Mapping[str, object]:
    """Return the error inside the envelope; OpenAI's client has unwrapped it already."""
    body = _mapping(error.body)
    return _mapping(body["error"]) if "error" in body else body


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _of_chunk(chunk: ChatCompletionChunk) -> str:
    return chunk.model


def _of_response(event: ResponseStreamEvent) -> str:
    return event.response.model if event.type in ("response.created", "response.completed") else ""


def _of_message(event: RawMessageStreamEvent) -> str:
    return event.message.model if event.type == "message_start" else ""
