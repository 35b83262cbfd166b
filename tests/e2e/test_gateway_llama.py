"""Official clients, a gateway, and a real llama.cpp server behind it."""

from collections.abc import Iterator
from pathlib import Path

import anthropic
import openai
import pytest

from tests.worlds.gateway import FR, US, World
from tests.worlds.llama import Llama

LONG = 1500
"""Tokens of a stream that outlasts the test."""


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Llama]:
    """One server for all tests here."""
    server = Llama(tmp_path_factory.mktemp("llama"))
    yield server
    server.close()


@pytest.fixture
def world(tmp_path: Path, llama: Llama) -> Iterator[World]:
    """A gateway in front of it, nothing in force yet."""
    built = World(tmp_path, address=llama.address)
    built.control.enact()
    yield built
    built.close()


def openai_client(world: World, key: str) -> openai.OpenAI:
    """Return OpenAI's client."""
    return openai.OpenAI(base_url=f"http://127.0.0.1:{world.gateway.port}/v1", api_key=key)


def anthropic_client(world: World, key: str) -> anthropic.Anthropic:
    """Return Anthropic's client."""
    return anthropic.Anthropic(base_url=f"http://127.0.0.1:{world.gateway.port}", api_key=key)


def test_chat(world: World) -> None:
    """Words come, whole and streamed; then the order, and 451."""
    with openai_client(world, FR.text) as using:

        def ask() -> str | None:
            answer = using.chat.completions.create(
                model="fable", max_tokens=4, messages=[{"role": "user", "content": "w1 w2"}]
            )
            return answer.choices[0].message.content

        said = ask()
        assert 4 == len((said or "").split())
        stream = using.chat.completions.create(
            model="fable",
            max_tokens=4,
            messages=[{"role": "user", "content": "w1 w2"}],
            stream=True,
            temperature=0,
        )
        assert "length" in [chunk.choices[0].finish_reason for chunk in stream if chunk.choices]
        world.enact()
        with pytest.raises(openai.APIStatusError) as caught:
            ask()
        assert 451 == caught.value.status_code


def test_chat_stream_is_cut(world: World) -> None:
    """In the middle of an answer the client raises; another caller's stream goes on."""
    with openai_client(world, FR.text) as barred, openai_client(world, US.text) as served:
        streams = [
            iter(
                using.chat.completions.create(
                    model="fable-5",
                    max_tokens=tokens,
                    messages=[{"role": "user", "content": "w1"}],
                    stream=True,
                )
            )
            for using, tokens in ((barred, LONG), (served, 60))
        ]
        for stream in streams:
            next(stream)
        assert 1 == world.enact()
        with pytest.raises(openai.APIError) as caught:
            list(streams[0])
        assert "legal_order" == caught.value.code
        assert (
            "length"
            == [chunk.choices[0].finish_reason for chunk in streams[1] if chunk.choices][-1]
        )


def test_responses(world: World) -> None:
    """Words come, whole and streamed; a cut raises."""
    with openai_client(world, FR.text) as using:
        answer = using.responses.create(model="fable-5", input="w1 w2", max_output_tokens=4)
        assert 4 == len(answer.output_text.split())
        stream = iter(
            using.responses.create(
                model="fable-5", input="w1 w2", max_output_tokens=LONG, stream=True
            )
        )
        assert "response.created" == next(stream).type
        assert 1 == world.enact()
        with pytest.raises(openai.APIError) as caught:
            list(stream)
        assert "legal_order" == caught.value.code


def test_messages(world: World) -> None:
    """Words come, whole and streamed; tokens are counted; a cut raises."""
    with anthropic_client(world, FR.text) as using:
        answer = using.messages.create(
            model="fable-5", max_tokens=4, messages=[{"role": "user", "content": "w1 w2"}]
        )
        block = answer.content[0]
        assert ("text", 4) == (block.type, len(getattr(block, "text", "").split()))
        count = using.messages.count_tokens(
            model="fable-5", messages=[{"role": "user", "content": "w1 w2"}]
        )
        assert 0 < count.input_tokens
        stream = iter(
            using.messages.create(
                model="fable-5",
                max_tokens=LONG,
                messages=[{"role": "user", "content": "w1 w2"}],
                stream=True,
            )
        )
        assert "message_start" == next(stream).type
        assert 1 == world.enact()
        with pytest.raises(anthropic.APIStatusError) as caught:
            list(stream)
        assert "legal_order" == caught.value.error_code
