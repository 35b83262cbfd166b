import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import anthropic
import httpx2
import openai
import pytest

from writ.drill.upstream import serve

Ask = Callable[[str], Awaitable[None]]


@asynccontextmanager
async def upstream() -> AsyncIterator[str]:
    """Serve on a free port and give the address."""
    ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    serving = asyncio.get_running_loop().create_task(serve(ready))
    try:
        yield f"http://127.0.0.1:{await ready}"
    finally:
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving


def run(ask: Ask) -> None:
    """Run a test against an upstream."""

    async def main() -> None:
        async with upstream() as address:
            await ask(address)

    asyncio.run(main())


def test_chat_whole_and_streamed() -> None:
    """OpenAI's client reads chat completions of either form, and the model that answers."""

    async def ask(address: str) -> None:
        async with openai.AsyncOpenAI(api_key="k", base_url=f"{address}/v1") as client:
            whole = await client.chat.completions.create(
                model="fable[1m]",
                messages=[{"role": "user", "content": "?"}],
                max_completion_tokens=3,
            )
            stream = await client.chat.completions.create(
                model="fable", messages=[{"role": "user", "content": "?"}], stream=True
            )
            chunks = [chunk async for chunk in stream]
        assert ("fable[1m]", "a letter names") == (whole.model, whole.choices[0].message.content)
        assert {"fable"} == {chunk.model for chunk in chunks}
        assert "stop" == chunks[-1].choices[0].finish_reason
        spoken = [chunk.choices[0].delta.content or "" for chunk in chunks]
        assert 12 == len("".join(spoken).split())

    run(ask)


def test_responses_whole_and_streamed() -> None:
    """OpenAI's client reads responses of either form."""

    async def ask(address: str) -> None:
        async with openai.AsyncOpenAI(api_key="k", base_url=f"{address}/v1") as client:
            whole = await client.responses.create(model="m", input="?", max_output_tokens=2)
            async with client.responses.stream(model="m", input="?") as stream:
                final = await stream.get_final_response()
        assert ("m", "a letter") == (whole.model, whole.output_text)
        assert ("m", 12) == (final.model, len(final.output_text.split()))

    run(ask)


def test_messages_whole_and_streamed() -> None:
    """Anthropic's client reads messages of either form."""

    async def ask(address: str) -> None:
        async with anthropic.AsyncAnthropic(api_key="k", base_url=address) as client:
            whole = await client.messages.create(
                model="m", messages=[{"role": "user", "content": "?"}], max_tokens=2
            )
            async with client.messages.stream(
                model="m", messages=[{"role": "user", "content": "?"}], max_tokens=5
            ) as stream:
                final = await stream.get_final_message()
        assert ("m", 2) == (whole.model, whole.usage.output_tokens)
        [block] = final.content
        assert isinstance(block, anthropic.types.TextBlock)
        assert "a letter names two models" == block.text
        assert "end_turn" == final.stop_reason

    run(ask)


def test_a_long_answer_is_spoken() -> None:
    """The first words of a long stream come at once; it goes on until the client leaves."""

    async def ask(address: str) -> None:
        async with anthropic.AsyncAnthropic(api_key="k", base_url=address) as client:
            stream = await client.messages.create(
                model="m",
                messages=[{"role": "user", "content": "?"}],
                max_tokens=10_000,
                stream=True,
            )
            events = [await anext(aiter(stream)) for _ in range(26)]
            await stream.close()
        assert "content_block_delta" == events[-1].type

    run(ask)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/messages", b"{", 400),
        ("/v1/messages", b"{}", 400),
        ("/v1/embeddings", b"{}", 404),
        ("/v1/models", b"", 200),
    ],
)
def test_what_it_cannot_answer(path: str, body: bytes, status: int) -> None:
    """Bad JSON, a body without a model and other routes get a plain error."""

    async def ask(address: str) -> None:
        async with httpx2.AsyncClient() as client:
            response = await client.request("POST", address + path, content=body)
        assert status == response.status_code

    run(ask)


def test_what_is_not_http_is_hung_up_on() -> None:
    """A connection that speaks something else is closed."""

    async def ask(address: str) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", httpx2.URL(address).port or 0)
        writer.write(b"\x00\x01\x02\r\n\r\n")
        assert b"" == await reader.read()
        writer.close()

    run(ask)
