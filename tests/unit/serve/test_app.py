"""The control app over a real deployment, asked in memory."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx2
import msgspec
import pytest

from tests.unit.people.conftest import line
from tests.worlds.fed import Gateway, until
from writ.canonical import digest_bytes
from writ.desk import feed
from writ.desk.assertions import Assertions
from writ.desk.fleet import Fleet
from writ.desk.leases import Leases
from writ.desk.roll import Roll
from writ.model.config import read_config
from writ.point import seam
from writ.serve.app import control_app
from writ.serve.body import LARGEST, UNAPPLIED
from writ.serve.site import ONLINE_KEY, OPERATOR_KEY, Site, open_site
from writ.signing.keys import KeyPair, write_public
from writ.signing.trust import Method, Person, Role, Trust, write_trust


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """An open deployment with three people in its trust document and nobody on its books."""
    data = tmp_path / "data"
    data.mkdir()
    online, operator = KeyPair.generate(), KeyPair.generate()
    online.save(data / ONLINE_KEY)
    operator.save(data / OPERATOR_KEY)
    may: dict[str, Role] = {"ada": "submit", "ben": "sign", "eve": "sign"}
    people = {
        name: Person(name, name, (KeyPair.generate().public,), frozenset({role}))
        for name, role in may.items()
    }
    methods = {"operator": Method("operator", operator.public, 1)}
    document = write_trust(Trust(people, methods, online.public))
    (tmp_path / "trust.json").write_bytes(document)
    config = tmp_path / "writ.toml"
    config.write_text(f'[trust]\npin = "{digest_bytes(document)}"\n')
    with open_site(read_config(config)) as opened:
        yield opened


def ask(site: Site, method: str, path: str, body: object = None) -> httpx2.Response:
    """Ask the app one thing; bytes are sent as they are."""

    async def call() -> httpx2.Response:
        transport = httpx2.ASGITransport(app=control_app(site), raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://writ") as http:
            content = body if isinstance(body, bytes) else msgspec.json.encode(body)
            return await http.request(method, path, content=content)

    return asyncio.run(call())


ALICE = {"subjects": [{"id": "alice", "kind": "person"}]}


def test_an_error_is_a_problem_with_places(site: Site) -> None:
    """What was wrong comes back as RFC 9457, with the exit code and every fault."""
    wanted = [{"id": "a", "kind": "person", "acts_for": ["b"]}, {"id": " ", "kind": "person"}]
    answer = ask(site, "POST", "/subjects", {"subjects": wanted})
    problem = answer.json()

    assert (422, "application/problem+json") == (
        answer.status_code,
        answer.headers["content-type"],
    )
    assert (3, "invalid input", 422) == (problem["exit_code"], problem["title"], problem["status"])
    assert [1, 2] == [fault["line"] for fault in problem["faults"]]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/subjects", b"{", 422),
        ("POST", "/subjects", b"\xff", 422),
        ("POST", "/subjects", {"subjects": 1}, 422),
        ("POST", "/subjects", {"subjects": [], "more": 1}, 422),
        ("POST", "/subjects", {"subjects": [{"id": "x", "kind": "god"}]}, 422),
        ("GET", "/subjects/nobody", None, 422),
        ("POST", "/keys", {"keys": [{"requester": "nobody"}]}, 422),
        ("POST", "/keys/nothing/revoke", None, 422),
        ("POST", "/facts", b"{", 422),
        ("POST", "/facts/zz/revoke", None, 422),
        ("POST", "/facts/00/revoke", None, 422),
        ("POST", "/issuers", {"organisation": "acme", "public": "x"}, 409),
        ("POST", "/proposals", {"base": 0}, 409),
        ("POST", "/proposals", [], 422),
        ("POST", "/proposals/p1/signatures", {"envelope": {}}, 409),
        ("POST", "/proposals/p1/activate", None, 409),
        ("POST", "/holds", {"envelope": {}}, 409),
        ("GET", "/proposals/open", None, 409),
        ("GET", "/elsewhere", None, 404),
        ("DELETE", "/subjects", None, 405),
    ],
)
def test_bad_requests_are_answered(
    site: Site, method: str, path: str, body: object, status: int
) -> None:
    """Whatever is sent, the answer is a clear refusal and never an internal error."""
    assert status == ask(site, method, path, body).status_code


def test_a_request_has_a_budget(site: Site) -> None:
    """More than the largest file is refused as soon as it is more."""
    answer = ask(site, "POST", "/facts", b" " * (LARGEST + 1))

    assert (422, True) == (answer.status_code, "64 MiB" in answer.json()["detail"])


def test_an_unforeseen_error_has_no_trace(site: Site, capfd: pytest.CaptureFixture[str]) -> None:
    """A bug is answered in one line, and logged with its trace."""
    del site.desk  # as good as any bug
    answer = ask(site, "GET", "/status")
    logged = capfd.readouterr()

    assert 500 == answer.status_code
    assert "internal error (AttributeError); the log has more" == answer.json()["detail"]
    assert "Traceback" in logged.out + logged.err


def test_subject_ids_are_taken_whole(site: Site) -> None:
    """An id with a slash or a percent sign is found under its own name."""
    name = "https://example.org/100%"
    ask(site, "POST", "/subjects", {"subjects": [{"id": name, "kind": "person"}]})
    path = "/subjects/https%3A%2F%2Fexample.org%2F100%25"

    assert name == ask(site, "GET", path).json()["id"]


def test_facts_without_a_signature_need_an_operator(site: Site) -> None:
    """Unsigned lines are faults, unless the operator answers for them."""
    ask(site, "POST", "/subjects", ALICE)
    refused = ask(site, "POST", "/facts", line("alice"))
    taken = ask(site, "POST", "/facts?operator", line("alice"))
    shown = ask(site, "GET", "/subjects/alice").json()

    assert "not signed" in refused.json()["detail"]
    assert (200, 1) == (taken.status_code, taken.json()["imported"])
    assert [("A1", "operator")] == [
        (fact["assurance"], fact["attested_by"]) for fact in shown["facts"]
    ]


def test_an_operator_key_that_trust_does_not_name_signs_nothing(site: Site) -> None:
    """A swapped key file is noticed before it signs."""
    path = site.config.folder / OPERATOR_KEY
    path.unlink()
    KeyPair.generate().save(path)
    ask(site, "POST", "/subjects", ALICE)
    answer = ask(site, "POST", "/facts?operator", line("alice"))

    assert (409, True) == (answer.status_code, "is not the key" in answer.json()["detail"])


def test_an_issuers_key_id_defaults_to_its_own(site: Site) -> None:
    """Without a key id, the key's own is taken, as tokens made here carry it."""
    pair = KeyPair.generate()
    ask(site, "POST", "/subjects", {"subjects": [{"id": "acme", "kind": "organisation"}]})
    body = {"organisation": "acme", "public": write_public(pair.public)}
    made = ask(site, "POST", "/issuers", body)

    assert (201, pair.id) == (made.status_code, made.json()["kid"])


@pytest.mark.parametrize("obeys", [True, False])
def test_an_answer_says_where_a_gateway_has_not_applied_it(
    site: Site, monkeypatch: pytest.MonkeyPatch, *, obeys: bool
) -> None:
    """A change that a gateway was told of and did not acknowledge is stored, and says so."""
    monkeypatch.setattr(feed, "PATIENCE", 0.1)

    async def story() -> httpx2.Response:
        leases = Leases(KeyPair.generate(), site.clock)
        roll = Roll(site.registry.books, site.registry.facts)
        words = Assertions(site.registry.books, roll, 0)
        site.feed = feed.Feed(
            site.desk, roll, leases, Fleet([], leases), site.clock, assertions=words
        )
        path = site.config.folder / "seam.sock"
        await site.feed.start(path)
        gateway = Gateway(*await asyncio.open_unix_connection(str(path)), obeys)
        listening = asyncio.create_task(gateway.listen())
        await gateway.say(seam.Hello("gateway-1", 0))
        await until(lambda: gateway.heard)
        transport = httpx2.ASGITransport(app=control_app(site))
        async with httpx2.AsyncClient(transport=transport, base_url="http://writ") as http:
            response = await http.post("/subjects", json=ALICE)
        await site.feed.stop()
        await listening
        return response

    response = asyncio.run(story())
    assert ({"added": 1, "known": 0}, not obeys) == (
        response.json(),
        UNAPPLIED in response.headers,
    )


def test_whoever_confirms_can_be_reached(site: Site) -> None:
    """Everybody of the trust document is told, with the points that are registered."""
    told = ask(site, "GET", "/signers").json()
    assert (2, ["ada", "ben", "eve"]) == (told["needed"], [row["person"] for row in told["people"]])
    assert (["gateway-1"], {None}) == (told["points"], {row["confirmed"] for row in told["people"]})
    assert 2 == ask(site, "POST", "/signers/confirmations", {"envelope": {}}).json()["exit_code"]


def test_status_says_what_no_gateway_covers(site: Site) -> None:
    """The register is read anew each time; without one, other paths are unknown."""
    said = ask(site, "GET", "/status").json()["coverage"]["sentence"]
    assert "no coverage register: paths outside gateways unknown" == said
    path = "{id: api, kind: gateway, what: it, enforced_by: NAME, owner: ops, reviewed: 2026-11-20}"
    site.config.coverage_file.write_text(f"paths: [{path.replace('NAME', 'gateway-1')}]")
    assert [] == ask(site, "GET", "/status").json()["coverage"]["uncovered"]
    site.config.coverage_file.write_text(f"paths: [{path.replace('NAME', 'gateway-2')}]")
    gaps = ask(site, "GET", "/status").json()["coverage"]["uncovered"]
    assert ["its enforcement point `gateway-2` is not registered"] == [gap["why"] for gap in gaps]


def test_what_was_pre_verified_is_deleted_when_it_ended(site: Site) -> None:
    """It is listed by its id, and gone once that is asked for."""
    ask(site, "POST", "/subjects", {"subjects": [{"id": "alice", "kind": "person"}]})
    fact = line("alice", expires_at="2026-06-02T00:00:00Z")
    assert 1 == ask(site, "POST", "/facts?operator&ahead", fact).json()["imported"]
    due = ask(site, "GET", "/facts/due").json()["due"]
    assert ["2026-06-02T00:00:00Z"] == [item["since"] for item in due]
    assert 1 == ask(site, "POST", "/facts/due/delete").json()["deleted"]
    assert [] == ask(site, "GET", "/facts/due").json()["due"]
