"""A deployment served: obeyed, watched, killed and come back."""

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.worlds.deployment import (
    CATALOGUE,
    LETTER,
    Deployment,
    Served,
    copy_of,
    found,
    us_passport,
)
from tests.worlds.upstream import Upstream
from writ.store.database import open_store
from writ.store.events import read_events, read_payload


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    """A model server."""
    world = Upstream()
    yield world
    world.close()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, upstream: Upstream) -> Deployment:
    """The letter in force, a company with a service account, and two people, nobody serving."""
    deployment = found(tmp_path_factory.mktemp("prepared"), upstream.address)
    deployment.obey(CATALOGUE, LETTER)
    people = [{"id": name, "kind": "person"} for name in ("alice", "bob")]
    companies = [{"id": "acme", "kind": "organisation"}]
    services = [{"id": "acme-bot", "kind": "service", "acts_for": ["acme"]}]
    file = deployment.folder / "subjects.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in (people + companies + services)))
    deployment.writ("subject", "add", "--file", file)
    return deployment


@pytest.fixture(scope="module")
def shared(prepared: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """A deployment that tests share; each uses people of its own."""
    return copy_of(prepared, tmp_path_factory.mktemp("shared"))


@pytest.fixture(scope="module")
def served(shared: Deployment) -> Iterator[Served]:
    """The shared one, served."""
    with shared.served() as running:
        yield running


@pytest.fixture
def alone(prepared: Deployment, tmp_path: Path) -> Deployment:
    """A deployment of the test's own."""
    return copy_of(prepared, tmp_path)


def gateway_pid(deployment: Deployment) -> int:
    """Say which process the gateway is; 0 while there is none."""
    try:
        return int(json.loads((deployment.data / "gateway.json").read_text())["pid"])
    except FileNotFoundError:
        return 0


def alive(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def until(condition: object, seconds: float = 60.0) -> None:
    """Wait for a condition; the test's own time-out is what it fails by."""
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_somebody_turned_away_shows_a_passport_and_is_back(
    shared: Deployment, served: Served
) -> None:
    """The same key is refused, served once its holder's fact is imported, refused once revoked."""
    key = shared.writ("key", "create", "alice").strip()
    before = served.ask(key)
    file = shared.facts(us_passport("alice"))
    report = shared.json("facts", "import", file, "--method-key", "idv.key")
    after = served.ask(key)
    [fact] = shared.json("subject", "show", "alice")["facts"]
    shared.writ("facts", "revoke", fact["attestation"])
    again = served.ask(key)
    shared.writ("key", "revoke", key.split("_")[1])

    assert (1, 0) == (report["imported"], report["known"])
    assert [403, 200, 403, 401] == [
        before.status_code,
        after.status_code,
        again.status_code,
        served.ask(key).status_code,
    ]
    assert 401 == served.ask(key, "opus-4-8").status_code


def test_a_new_order_is_in_force_when_activate_returns(alone: Deployment) -> None:
    """Withdrawing, signed by two, restores what was; the report names the gateway and its time.

    Both epochs are on record as in force, and those who were told less are told more: in the
    outbox, for whoever has its token.
    """
    key = alone.writ("key", "create", "alice").strip()
    with alone.served() as served:
        alone.writ("notices", "send")
        token = alone.writ("notices", "token").strip()
        before = served.ask(key)
        alone.writ("withdraw", "us-bis-2026-06-12", "--key", "ada.key")
        for name in ("ben", "eve"):
            alone.writ("sign", "--key", f"{name}.key", "--yes")
        report = alone.json("activate")
        after = served.ask(key)
        words = alone.writ("status")
        alone.writ("notices", "send")
        box = f"{served.admin}/outbox"
        stranger = httpx2.get(box)
        told = httpx2.get(box, headers={"authorization": f"Bearer {token}"}).json()["notices"]

    store = open_store(alone.data / "writ.sqlite")
    with store.view() as connection:
        arrived = [read_payload(row) for row in read_events(connection, kinds=["epoch.in_force"])]
    store.close()
    assert [(1, 1, 0), (2, 1, 0)] == [
        (row["epoch"], row["acknowledged"], row["lapsed"]) for row in arrived
    ]
    people = [item["audience"] for item in told if item["audience"] != "organisation_admin"]
    assert (401, {"must_verify", "restored"}) == (stranger.status_code, set(people))
    assert (403, 200) == (before.status_code, after.status_code)
    assert (2, True, ["gateway-1"]) == (
        report["epoch"],
        report["served"],
        [gateway["name"] for gateway in report["gateways"]],
    )
    assert "gateway gateway-1: connected, epoch 2" in words


def test_a_hold_stops_a_model_at_once(shared: Deployment, served: Served) -> None:
    """One authorised person's word denies a model to everybody, and leaves the others alone."""
    key = shared.writ("key", "create", "bob").strip()
    assert 200 == served.ask(key, "saga-5").status_code
    shared.writ("hold", "saga-5", "--key", "ben.key", "--for", "2h")

    assert 403 == served.ask(key, "saga-5").status_code
    assert 200 == served.ask(key, "opus-4-8").status_code
    assert shared.fails(2, "hold", "saga-5", "--key", "ada.key").startswith("`ada` may not")


def test_a_second_server_is_refused_in_one_line(shared: Deployment, served: Served) -> None:
    """The data folder has one writer."""
    said = shared.fails(2, "serve")

    assert f"`{shared.data}` is in use by process {served.process.pid}" == said


def test_folder_and_sockets_are_private(shared: Deployment, served: Served) -> None:
    """Nobody else on the machine can read the data folder or speak to its sockets."""
    names = ("control.sock", "seam.sock", "writ.sqlite", "operator.key", "online.key", "lock")
    modes = {name: (shared.data / name).stat().st_mode & 0o777 for name in names}

    assert 0o700 == shared.data.stat().st_mode & 0o777
    assert dict.fromkeys(names, 0o600) == modes


def test_administration_tells_how_it_is(shared: Deployment, served: Served) -> None:
    """Health, readiness and metrics are on the loopback listener, and on no other."""
    epoch = float(shared.json("status")["epoch"])
    metrics = httpx2.get(f"{served.admin}/metrics").text.splitlines()

    assert {"well": True} == httpx2.get(f"{served.admin}/healthz").json()
    said = httpx2.get(f"{served.admin}/readyz")
    expected = {"ready": epoch > 0, "epoch": int(epoch), "late": []}
    assert (200 if epoch else 503, expected) == (said.status_code, said.json())
    assert f'writ_gateway_epoch{{gateway="gateway-1"}} {epoch}' in metrics
    assert f"writ_epoch {epoch}" in metrics
    assert f"writ_gateway_decides_by_epoch {float(epoch):g}" in metrics
    assert 404 == httpx2.get(f"{served.admin}/subjects").status_code
    assert 404 == httpx2.get(f"{served.gateway}/metrics").status_code


def test_logs_say_no_secrets_and_no_names(shared: Deployment, served: Served) -> None:
    """No key text, subject id, prompt or fact is in the log of anything."""
    key = shared.writ("key", "create", "bob").strip()
    shared.writ("facts", "import", shared.facts(us_passport("bob")))
    served.ask(key)
    served.ask("wk_nobody_knows")

    log = served.log.read_text()
    assert [] == [word for word in (key, "bob", "hello", "passport", "wk_nobody") if word in log]
    assert all(json.loads(line)["event"] for line in log.splitlines())


def test_a_killed_gateway_comes_back_with_what_is_in_force(alone: Deployment) -> None:
    """After kill -9 a new gateway takes its place, and never serves who may not be served."""
    key = alone.writ("key", "create", "alice").strip()
    with alone.served() as served:
        old = gateway_pid(alone)
        os.kill(old, signal.SIGKILL)
        until(lambda: not alive(old))
        until(lambda: gateway_pid(alone) not in (0, old))
        until(lambda: httpx2.get(f"{served.admin}/readyz").status_code == 200)
        note = json.loads((alone.data / "gateway.json").read_text())
        served.ready["gateway"] = note["listen"]

        assert [403, 200] == [served.ask(key).status_code, served.ask(key, "opus-4-8").status_code]
        assert "writ_gateway_restarts_total 1.0" in httpx2.get(f"{served.admin}/metrics").text


def test_a_killed_server_leaves_the_gateway_and_finds_it_again(alone: Deployment) -> None:
    """After kill -9 the gateway goes on; the next server takes it over, and stops it in the end."""
    first = alone.start()
    key = alone.writ("key", "create", "alice").strip()
    pid = gateway_pid(alone)
    first.stop(signal.SIGKILL)

    assert 403 == first.ask(key).status_code
    second = alone.start()
    assert (pid, first.gateway) == (gateway_pid(alone), second.gateway)
    assert 403 == second.ask(key).status_code
    assert 200 == second.ask(key, "opus-4-8").status_code
    assert 0 == second.stop()
    assert not alive(pid)


def test_everything_killed_comes_back_as_it_was(alone: Deployment) -> None:
    """After kill -9 of both, a start answers by the last snapshot from its first answer on."""
    first = alone.start()
    key = alone.writ("key", "create", "alice").strip()
    pid = gateway_pid(alone)
    os.kill(pid, signal.SIGKILL)
    first.stop(signal.SIGKILL)
    with alone.served() as second:
        assert 403 == second.ask(key).status_code
        assert 200 == second.ask(key, "opus-4-8").status_code
        assert 1 == second.ready["epoch"]


@pytest.mark.parametrize("delay", [0.002, 0.03])
def test_killed_while_activating_it_is_the_old_or_the_new(alone: Deployment, delay: float) -> None:
    """Whenever the kill comes, what is in force afterwards is one epoch, and it is obeyed."""
    key = alone.writ("key", "create", "alice").strip()
    alone.writ("withdraw", "us-bis-2026-06-12", "--key", "ada.key")
    for name in ("ben", "eve"):
        alone.writ("sign", "--key", f"{name}.key", "--yes")
    proposal = alone.json("status")["proposal"]["id"]
    first = alone.start()
    asking = socket.socket(socket.AF_UNIX)
    asking.connect(str(alone.data / "control.sock"))
    asking.sendall(
        f"POST /proposals/{proposal}/activate HTTP/1.1\r\nHost: writ\r\nContent-Length: 0\r\n\r\n".encode()
    )
    time.sleep(delay)
    first.stop(signal.SIGKILL)
    asking.close()
    with alone.served() as second:
        answer = second.ask(key).status_code
        assert (second.ready["epoch"], answer) in {(1, 403), (2, 200)}
        assert alone.json("status")["gateways"][0]["epoch"] == second.ready["epoch"]
