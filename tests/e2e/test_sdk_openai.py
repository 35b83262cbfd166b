"""OpenAI's own client against a gateway: it raises its own errors, once, and never repeats a refusal."""

from collections.abc import Iterator

import openai
import pytest
from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam

from tests.worlds.gateway import FR, NOBODY, US, World

HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "hello"}]


def client(world: World, key: str = US.text, script: str = "right") -> openai.OpenAI:
    """Return a client with its own defaults, retries included."""
    return openai.OpenAI(
        base_url=f"http://127.0.0.1:{world.gateway.port}/v1",
        api_key=key,
        default_headers={"x-script": script},
    )


def chat(using: openai.OpenAI, model: str = "fable-5") -> str:
    """Ask for a chat completion and return what was said."""
    answer = using.chat.completions.create(model=model, messages=HELLO)
    return str(answer.choices[0].message.content)


def stream(using: openai.OpenAI) -> openai.Stream[ChatCompletionChunk]:
    """Ask for a stream of chat completions."""
    return using.chat.completions.create(model="fable-5", messages=HELLO, stream=True)


def tries(world: World, outcome: str) -> float:
    """Return how many requests came to an outcome."""
    return world.metric(f'writ_gateway_requests_total{{outcome="{outcome}"}}')


def test_people_who_may_are_served(world: World) -> None:
    """Chat, responses, streams and the list."""
    with client(world) as using:
        assert "word " == chat(using)
        assert "word " == using.responses.create(model="fable", input="hello").output_text
        assert 4 == sum(bool(chunk.choices[0].delta.content) for chunk in stream(using))
        kinds = [e.type for e in using.responses.create(model="fable-5", input="x", stream=True)]
        assert "response.completed" == kinds[-1]
        assert "fable-5" in [model.id for model in using.models.list()]
        assert "fable" == using.models.retrieve("fable").id


@pytest.mark.parametrize(
    ("key", "model", "raised", "expected"),
    [
        ("wk_none", "fable-5", openai.AuthenticationError, (401, "invalid_api_key")),
        (NOBODY.text, "fable-5", openai.PermissionDeniedError, (403, "verification_required")),
        (US.text, "fable-6", openai.NotFoundError, (404, "model_not_found")),
        (FR.text, "fable-5", openai.APIStatusError, (451, "legal_order")),
    ],
)
def test_refusals_are_raised_once(
    world: World,
    key: str,
    model: str,
    raised: type[openai.APIStatusError],
    expected: tuple[int, str],
) -> None:
    """Its own exception with our code, after one try."""
    with client(world, key) as using, pytest.raises(raised) as caught:
        chat(using, model)
    assert expected == (caught.value.status_code, caught.value.code)
    assert 1 == tries(world, expected[1])
    assert [] == world.upstream.seen


def test_a_refusal_carries_its_problem(world: World) -> None:
    """The order is where a program finds it, and the record in the header."""
    with client(world, FR.text) as using, pytest.raises(openai.APIStatusError) as caught:
        chat(using)
    body = caught.value.body
    assert isinstance(body, dict)
    assert "us-test-1" == body["problem"]["orders"][0]["order"]
    link = '<https://example.org/record/orders/us-test-1.html>; rel="blocked-by"'
    assert link == caught.value.response.headers["link"]


@pytest.mark.parametrize(("script", "status"), [("dropped", 502), ("short", 502), ("silent", 504)])
def test_a_failing_upstream_is_a_server_error(world: World, script: str, status: int) -> None:
    """Its own exception for a server's fault."""
    with (
        client(world, script=script).with_options(max_retries=0) as using,
        pytest.raises(openai.InternalServerError) as caught,
    ):
        chat(using)
    assert (status, "upstream_failed") == (caught.value.status_code, caught.value.code)


def test_without_a_lease_the_client_tries_again(unleased: World) -> None:
    """503 is no refusal: the client repeats it by itself, and soon."""
    with client(unleased) as using, pytest.raises(openai.InternalServerError) as caught:
        chat(using.with_options(max_retries=1))
    assert (503, 2) == (caught.value.status_code, tries(unleased, "undecided"))


@pytest.mark.parametrize("api", ["chat", "responses"])
def test_a_cut_stream_raises(world: World, api: str) -> None:
    """It never reads as the end of the answer."""
    world.control.enact()
    with client(world, FR.text, "held") as using:
        events: Iterator[object] = (
            iter(stream(using))
            if api == "chat"
            else iter(using.responses.create(model="fable-5", input="hello", stream=True))
        )
        next(events)
        assert 1 == world.enact()
        with pytest.raises(openai.APIError) as caught:
            list(events)
    assert "legal_order" == caught.value.code
    assert 1 == len(world.upstream.seen)


def test_an_upstream_that_breaks_off_a_stream_raises(world: World) -> None:
    """Nor does this read as the end."""
    with client(world, script="half") as using, pytest.raises(openai.APIError) as caught:
        list(stream(using))
    assert "upstream_failed" == caught.value.code


def test_a_barred_person_comes_back_with_the_same_key(world: World) -> None:
    """The order is withdrawn, and nothing on the client's side needs doing."""
    with client(world, FR.text) as using:
        with pytest.raises(openai.APIStatusError):
            chat(using)
        world.control.enact()
        assert "word " == chat(using)
