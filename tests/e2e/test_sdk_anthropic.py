"""Anthropic's own client against a gateway: it raises its own errors, once, and repeats no refusal."""

import anthropic
import pytest

from tests.worlds.gateway import FR, NOBODY, US, World


def client(world: World, key: str = US.text, script: str = "right") -> anthropic.Anthropic:
    """Return a client with its own defaults, retries included."""
    return anthropic.Anthropic(
        base_url=f"http://127.0.0.1:{world.gateway.port}",
        api_key=key,
        default_headers={"x-script": script},
    )


def message(using: anthropic.Anthropic, model: str = "fable-5") -> str:
    """Ask for a message and return what was said."""
    answer = using.messages.create(
        model=model, max_tokens=9, messages=[{"role": "user", "content": "hello"}]
    )
    return "".join(block.text for block in answer.content if block.type == "text")


def stream(using: anthropic.Anthropic) -> "anthropic.Stream[anthropic.types.RawMessageStreamEvent]":
    """Ask for a stream of events."""
    return using.messages.create(
        model="fable-5",
        max_tokens=9,
        messages=[{"role": "user", "content": "hello"}],
        stream=True,
    )


def tries(world: World, outcome: str) -> float:
    """Return how many requests came to an outcome."""
    return world.metric(f'writ_gateway_requests_total{{outcome="{outcome}"}}')


def test_people_who_may_are_served(world: World) -> None:
    """Messages, streams, token counts and the list."""
    with client(world) as using:
        assert "word " == message(using)
        assert "message_stop" == [event.type for event in stream(using)][-1]
        count = using.messages.count_tokens(
            model="fable-5", messages=[{"role": "user", "content": "hello"}]
        )
        assert 7 == count.input_tokens
        listed = [model.id for model in using.models.list()]
        assert ("fable-5" in listed, "saga-5" in listed) == (True, False)
        assert "fable" == using.models.retrieve("fable").id


@pytest.mark.parametrize(
    ("key", "model", "raised", "expected"),
    [
        ("wk_none", "fable-5", anthropic.AuthenticationError, (401, "invalid_api_key")),
        (NOBODY.text, "fable-5", anthropic.PermissionDeniedError, (403, "verification_required")),
        (US.text, "fable-6", anthropic.NotFoundError, (404, "model_not_found")),
        (FR.text, "fable-5", anthropic.APIStatusError, (451, "legal_order")),
    ],
)
def test_refusals_are_raised_once(
    world: World,
    key: str,
    model: str,
    raised: type[anthropic.APIStatusError],
    expected: tuple[int, str],
) -> None:
    """Its own exception with our code, after one try."""
    with client(world, key) as using, pytest.raises(raised) as caught:
        message(using, model)
    assert expected == (caught.value.status_code, caught.value.error_code)
    assert 1 == tries(world, expected[1])
    assert [] == world.upstream.seen


def test_token_counts_are_controlled(world: World) -> None:
    """Counting sends the prompt to the model's tokenizer, so it is refused alike."""
    with client(world, FR.text) as using, pytest.raises(anthropic.APIStatusError) as caught:
        using.messages.count_tokens(
            model="fable-5", messages=[{"role": "user", "content": "hello"}]
        )
    assert 451 == caught.value.status_code


@pytest.mark.parametrize(("script", "status"), [("dropped", 502), ("short", 502), ("silent", 504)])
def test_a_failing_upstream_is_a_server_error(world: World, script: str, status: int) -> None:
    """Its own exception for a server's fault."""
    with (
        client(world, script=script).with_options(max_retries=0) as using,
        pytest.raises(anthropic.APIStatusError) as caught,
    ):
        message(using)
    assert (status, "upstream_failed") == (caught.value.status_code, caught.value.error_code)


def test_without_a_lease_the_client_tries_again(unleased: World) -> None:
    """503 is no refusal: the client repeats it by itself, and soon."""
    with client(unleased) as using, pytest.raises(anthropic.APIStatusError) as caught:
        message(using.with_options(max_retries=1))
    assert (503, 2) == (caught.value.status_code, tries(unleased, "undecided"))


def test_a_cut_stream_raises(world: World) -> None:
    """It never reads as the end of the answer."""
    world.control.enact()
    with client(world, FR.text, "held") as using:
        events = stream(using)
        next(iter(events))
        assert 1 == world.enact()
        with pytest.raises(anthropic.APIStatusError) as caught:
            list(events)
    assert "legal_order" == caught.value.error_code
    assert 1 == len(world.upstream.seen)


def test_an_upstream_that_breaks_off_a_stream_raises(world: World) -> None:
    """Nor does this read as the end."""
    with client(world, script="half") as using, pytest.raises(anthropic.APIStatusError) as caught:
        list(stream(using))
    assert "upstream_failed" == caught.value.error_code
