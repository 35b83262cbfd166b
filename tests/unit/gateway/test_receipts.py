"""What is left on disk, when, and what is not."""

import asyncio
import hashlib
import json
import os
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from tests.worlds.control import citizen, pseudonym
from tests.worlds.gateway import ACME, CHAT, FR, NOBODY, US, Gateway, World, chat, post
from writ.canonical import encode
from writ.clock import WallClock
from writ.gateway.receipts import Receipts

MOST = 2**20


def kinds(world: World) -> list[object]:
    """Return the kinds of all receipts, in order."""
    return [receipt["kind"] for receipt in world.receipts()]


def test_a_refusal_is_on_disk_before_it_is_said(world: World) -> None:
    """Whoever has the answer finds its receipt, by the decision id."""
    world.enact()
    for _ in range(20):
        problem = world.chat(FR).error["problem"]
        assert isinstance(problem, dict)
        receipt = world.receipts()[-1]
        assert (problem["decision"], "refusal", "deny", "fable-5") == (
            receipt["id"],
            receipt["kind"],
            receipt["outcome"],
            receipt["model"],
        )
        assert [{"order": "us-test-1", "version": 1, "rule": "only-us"}] == receipt["rules"]


def test_a_permit_under_a_rule_leaves_who_and_by_what(world: World) -> None:
    """Pseudonym, model, evidence and interval."""
    world.enact()
    world.control.know(citizen("ann", "US"))
    for model in ("fable-5", "fable", "opus-4-8", "tiny"):
        assert 200 == world.chat(US, model).status
    receipt = world.await_receipt("permit")
    assert ([pseudonym("ann").hex()], "fable-5") == (receipt["who"], receipt["model"])
    assert [hashlib.sha256(b"evidence").hexdigest()] == receipt["evidence"]
    assert receipt["from"] <= receipt["until"]  # type: ignore[operator]  # instants as text
    world.gateway.close()
    assert (2, 2) == (told(world, "begun"), told(world, "ended"))
    assert "closed" == kinds(world)[-1]


def test_permits_on_other_models_are_counted(world: World) -> None:
    """By model, each second while there are any; of who asked nothing, and listings are none."""
    world.enact()
    for model in ("opus-4-8", "tiny", "opus-4-8", "fable-5"):
        world.chat(US, model)
    head = f"GET /v1/models/opus-4-8 HTTP/1.1\r\nHost: x\r\nX-Api-Key: {US.text}\r\n\r\n"
    assert 200 == world.ask(head.encode()).status
    world.await_receipt("counts")
    world.chat(US, "tiny")
    world.gateway.close()
    counts = [receipt for receipt in world.receipts() if receipt["kind"] == "counts"]
    assert [{"from", "kind", "permits", "until"}] * len(counts) == [set(row) for row in counts]
    for row in counts:
        assert row["from"] <= row["until"]  # type: ignore[operator]  # instants as text
    assert {"opus-4-8": 2, "tiny": 2} == counted(world)
    assert "closed" == kinds(world)[-1]


def test_counts_wait_for_a_disk_that_takes_nothing(tmp_path: Path) -> None:
    """They go on in one place meanwhile, and are written whole once there is room."""

    async def story() -> None:
        receipts = Receipts(tmp_path / "receipts", "gateway-1", WallClock(), 16, MOST)
        descriptor = receipts._file._descriptor
        await heard(receipts)
        kept, full = os.dup(descriptor), os.open("/dev/full", os.O_WRONLY)
        os.dup2(full, descriptor)
        assert not await heard(receipts)
        for _ in range(5):
            receipts.counted("tiny")
            receipts.flush_counts()
            await asyncio.sleep(0.01)
        os.dup2(kept, descriptor)
        os.close(kept)
        os.close(full)
        receipts.close()

    asyncio.run(story())
    lines = (tmp_path / "receipts" / "gateway-1.jsonl").read_bytes().splitlines()
    counts = [row["permits"] for row in map(json.loads, lines) if row["kind"] == "counts"]
    assert [{"tiny": 1}, {"tiny": 4}] == counts


async def heard(receipts: Receipts) -> bool:
    """Have a refusal written, and say whether it was."""
    done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
    receipts.errored("1", "fable-5", "unresolved", done.set_result)
    return await done


def test_receipts_hold_no_prompt_and_no_attribute(world: World) -> None:
    """Neither what was asked, nor who one is, nor what one is."""
    world.enact()
    for key in (US, FR, NOBODY, ACME):
        world.ask(post(CHAT, {**chat(), "note": "prompt-secret"}, key))
    world.gateway.close()
    text = (world.control.folder / "receipts" / "gateway-1.jsonl").read_text()
    for word in ("prompt", "hello", "wk_", "citizen", "FR", "ann", "eva", "acme"):
        assert word not in text


def test_a_commitment_opens_with_the_salt_only(world: World) -> None:
    """The keyed hash is of profiles and epoch, its key is the salt's for this receipt alone."""
    world.enact()
    world.chat(FR)
    world.chat(FR)
    first, second = (r for r in world.receipts() if r["kind"] == "refusal")
    assert first["commitment"] != second["commitment"]
    folder = world.control.folder / "receipts"
    salt = (folder / "gateway-1.salt").read_bytes()
    assert 0o600 == (folder / "gateway-1.salt").stat().st_mode & 0o777
    key = hashlib.blake2b(str(first["id"]).encode(), key=salt, digest_size=32).digest()
    opened = {
        hashlib.blake2b(
            encode({"epoch": 1, "profiles": [[profile, 0]]}), key=key, digest_size=32
        ).hexdigest()
        for profile in range(20)
    }
    assert first["commitment"] in opened


def test_the_uniform_refusals_receipt_is_written_too(world: World) -> None:
    """A broken assertion leaves one that says so, here and not outside."""
    world.enact()
    world.ask(post(CHAT, chat(), ACME, fields="X-Writ-End-User: nonsense\r\n"))
    assert "assertion" == world.await_receipt("refusal")["error"]


def test_without_receipts_no_controlled_model_is_served(world: World) -> None:
    """A full disk makes them 503, exempt models go on; once there is room, all is as before.

    What was refused so is nowhere on record as served, however often it was asked.
    """
    world.enact()
    parts = world.gateway.server.parts
    descriptor = parts.receipts._file._descriptor
    kept, full = os.dup(descriptor), os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, descriptor)
    world.chat(FR)  # found out by the first that must be written
    for _ in range(5):
        assert [503, 503, 503] == [world.chat(key).status for key in (FR, US, NOBODY)]
        assert [503, 200] == [world.chat(US, model).status for model in ("opus-4-8", "tiny")]
    assert 0 == world.metric("writ_gateway_receipts_working")
    assert parts.receipts._behind <= 1
    os.dup2(kept, descriptor)
    os.close(kept)
    os.close(full)
    assert [451, 200, 403] == [world.chat(key).status for key in (FR, US, NOBODY)]
    assert 200 == world.chat(US, "opus-4-8").status
    world.gateway.close()
    assert "closed" == kinds(world)[-1]
    assert (1, 1) == (told(world, "begun"), told(world, "ended"))
    assert {"opus-4-8": 1, "tiny": 5} == counted(world)


def told(world: World, what: str) -> int:
    """Sum a number of all permits under a rule."""
    permits = [row for row in world.receipts() if row["kind"] == "permit"]
    return sum(msgspec.convert(row[what], int) for row in permits)


def counted(world: World) -> dict[str, int]:
    """Sum the counts of all other permits."""
    total = Counter[str]()
    for row in world.receipts():
        if row["kind"] == "counts":
            total.update(msgspec.convert(row["permits"], dict[str, int]))
    return dict(total)


def test_a_gateway_that_was_killed_leaves_a_gap(world: World) -> None:
    """The torn line, never acknowledged, is gone; a `gap` stands where the file was not closed."""
    world.enact()
    world.chat(FR)
    path = world.control.folder / "receipts" / "gateway-1.jsonl"
    torn = path.read_bytes() + b'{"kind":"refu'
    world.gateway.close()
    path.write_bytes(torn)
    world.gateway = Gateway(world.control.config)
    world.await_receipt("gap")
    assert ["opened", "refusal", "gap", "opened"] == kinds(world)
    assert 1 == world.metric("writ_gateway_receipts_gap")


def test_a_long_torn_line_is_removed_whole(world: World) -> None:
    """However long: what is written next begins a line of its own."""
    path = world.control.folder / "receipts" / "gateway-1.jsonl"
    world.gateway.close()
    path.write_bytes(path.read_bytes() + b'{"kind":"refusal","x":"' + b"x" * 200_000)
    world.gateway = Gateway(world.control.config)
    world.gateway.close()
    assert ["opened", "closed", "opened", "closed"] == kinds(world)


def test_a_gateway_that_was_closed_leaves_none(world: World) -> None:
    """Closed and opened again: no gap, and the old receipts stay."""
    world.gateway.close()
    world.gateway = Gateway(world.control.config)
    assert 0 == world.metric("writ_gateway_receipts_gap")
    world.gateway.close()
    assert ["opened", "closed", "opened", "closed"] == kinds(world)


def test_many_refusals_share_their_syncs(world: World) -> None:
    """Two hundred at once are all on disk, each once."""
    world.enact()
    wires = [world.open() for _ in range(200)]
    for wire in wires:
        wire.send(post(CHAT, chat(), FR))
    said = {wire.answer().error["problem"]["decision"] for wire in wires}  # type: ignore[index]  # a problem
    for wire in wires:
        wire.close()
    written = [r["id"] for r in world.receipts() if r["kind"] == "refusal"]
    assert (said, 200) == (set(written), len(written))


def test_a_second_gateway_of_the_same_name_does_not_start(world: World) -> None:
    """Two would write over each other's receipts, and take the seam from each other in turn."""
    with pytest.raises(RuntimeError, match="did not start") as caught:
        Gateway(world.control.config)
    assert "another gateway of this name" in str(caught.value.__cause__)
    world.enact()
    assert 451 == world.chat(FR).status


def test_what_fails_for_one_answer_holds_no_other_up(tmp_path: Path) -> None:
    """Of answers that wait for one sync, each hears of it, whatever another does then."""

    def fail(_written: bool) -> None:  # noqa: FBT001  the receipts' callback has one argument
        raise RuntimeError("a fault of one answer's own")

    async def story() -> tuple[bool, list[object]]:
        loop, faults = asyncio.get_running_loop(), list[object]()
        loop.set_exception_handler(lambda _, told: faults.append(told["exception"]))
        receipts = Receipts(tmp_path / "receipts", "gateway-1", WallClock(), 16, MOST)
        heard: asyncio.Future[bool] = loop.create_future()
        receipts.errored("1", "fable-5", "unresolved", fail)
        receipts.errored("2", "fable-5", "unresolved", heard.set_result)
        written = await heard
        receipts.close()
        return written, faults

    written, faults = asyncio.run(story())
    assert (True, ["a fault of one answer's own"]) == (written, [str(fault) for fault in faults])


def test_receipts_are_canonical_lines(world: World) -> None:
    """Each line is the canonical form of what it says."""
    world.enact()
    world.chat(FR)
    path = world.control.folder / "receipts" / "gateway-1.jsonl"
    for line in path.read_bytes().splitlines():
        assert line == encode(json.loads(line))
