"""Both lists of models, and entries of them."""

import pytest

from tests.worlds.control import Key
from tests.worlds.gateway import FR, NOBODY, US, World

ANTHROPIC = "Anthropic-Version: 2023-06-01\r\n"
TINY = ["opus-4-8", "opus", "saga-5", "tiny"]
ALL = ["fable-5", "claude-fable-5[1m]", "fable", *TINY]


def get(path: str, key: Key, fields: str = "") -> bytes:
    """Return a GET as bytes."""
    head = f"GET {path} HTTP/1.1\r\nHost: x\r\nX-Api-Key: {key.text}\r\n{fields}\r\n"
    return head.encode()


def names(world: World, key: Key, fields: str = "") -> list[object]:
    """List models as a key sees them."""
    data = world.ask(get("/v1/models", key, fields)).json["data"]
    assert isinstance(data, list)
    return [entry["id"] for entry in data]


@pytest.mark.parametrize("disclosure", ["none", "full"])
def test_models_one_may_not_use_are_left_out(world: World, disclosure: str) -> None:
    """Barred and unproven people do not see the model; nothing says that there is more."""
    world.enact(disclosure=disclosure)
    assert ALL == names(world, US)
    assert TINY == names(world, FR)
    assert TINY == names(world, NOBODY)
    assert b"us-test" not in world.ask(get("/v1/models", FR)).body


def test_the_anthropic_list_has_the_models_that_speak_it(world: World) -> None:
    """The version header asks for the other form; `saga-5` speaks OpenAI's API only."""
    world.enact()
    answer = world.ask(get("/v1/models", US, ANTHROPIC))
    expected = [name for name in ALL if name != "saga-5"]
    assert expected == names(world, US, ANTHROPIC)
    assert (False, expected[0], expected[-1]) == (
        answer.json["has_more"],
        answer.json["first_id"],
        answer.json["last_id"],
    )


def test_a_substituted_model_is_listed(world: World) -> None:
    """It is answered, by another, which the answer says."""
    swap = "{substitute: opus-4-8}"
    world.enact(barred=swap, undetermined=swap)
    assert ALL == names(world, FR)


def test_without_a_lease_only_exempt_models_are_listed(world: World) -> None:
    """What could not be served is not offered."""
    world.control.leasing = False
    world.enact()
    assert ["tiny"] == names(world, US)


def test_one_entry(world: World) -> None:
    """An entry is shown to who may use the model, refused to who may not, unknown otherwise."""
    world.enact()
    assert {"id": "fable", "object": "model", "created": 0, "owned_by": "system"} == world.ask(
        get("/v1/models/fable", US)
    ).json
    entry = world.ask(get("/v1/models/claude-fable-5%5B1m%5D", US, ANTHROPIC)).json
    assert "claude-fable-5[1m]" == entry["id"]
    statuses = [
        world.ask(get(f"/v1/models/{name}", FR)).status
        for name in ("fable-5", "opus", "Opus", "opus/", "%6fpus", "%ff")
    ]
    assert [451, 200, 404, 404, 200, 400] == statuses


def test_listing_asks_no_upstream_and_needs_a_key(world: World) -> None:
    """The list is the catalogue's."""
    world.enact()
    assert 401 == world.ask(get("/v1/models", Key("wk_no", "x"))).status
    names(world, US)
    assert [] == world.upstream.seen
