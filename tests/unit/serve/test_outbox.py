"""`/outbox`: what the provider's mail takes away, with a token that is good for nothing else."""

import asyncio
import shlex
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from tests.worlds.office import Office, office
from writ.errors import WritError
from writ.model.config import read_config
from writ.model.subject import Subject
from writ.serve.outbox import TOKEN, outbox_routes
from writ.serve.problem import expected
from writ.serve.site import Site, open_site

JUNE = Path(__file__).parents[3] / "orders" / "june-2026"
LETTER = JUNE / "us-bis-2026-06-12.v1.yaml"


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, str]:
    """A deployment in which one person and one company were sent a notice, and the token."""
    made = office(tmp_path_factory.mktemp("office"))
    made.enrol(Subject("acme", "organisation"), Subject("alice", "person"))
    made.obey(JUNE / "catalogue.yaml", LETTER)
    shown = made.writ("notices", "preview", "--language", "fr").stdout
    assert "us-bis-2026-06-12 v1, in_force, " in shown
    assert "1 must_verify, 1 organisation_admin" in shown
    assert "nécessite une preuve qui n'a pas été présentée" in shown
    assert "1 must_verify, 1 organisation_admin" in made.writ("notices", "send").stdout
    assert "nobody is due a notice\n" == made.writ("notices", "send", LETTER.name[:-8]).stdout
    listed = made.json("notices", "status")["notices"]
    assert [("must_verify", 1, 1), ("organisation_admin", 1, 1)] == [
        (row["audience"], row["made"], row["waiting"]) for row in listed
    ]
    return made, made.writ("notices", "token").stdout.strip()


@pytest.fixture
def site(sent: tuple[Office, str]) -> Iterator[Site]:
    """The deployment, opened."""
    with open_site(read_config(sent[0].config)) as opened:
        yield opened


def ask(site: Site, method: str, path: str, token: str | None, body: object = None) -> Any:
    """Ask the outbox one thing."""
    app = Starlette(routes=outbox_routes(site), exception_handlers={WritError: expected})

    async def call() -> httpx2.Response:
        transport = httpx2.ASGITransport(app=app)
        headers = {} if token is None else {"authorization": token}
        async with httpx2.AsyncClient(transport=transport, base_url="http://writ") as http:
            return await http.request(method, path, headers=headers, json=body)

    return asyncio.run(call())


def test_notices_are_read_and_taken_away(sent: tuple[Office, str], site: Site) -> None:
    """Pseudonyms are asked for by id; what was taken away no longer waits."""
    bearer = f"Bearer {sent[1]}"
    found = ask(site, "GET", "/outbox", bearer).json()["notices"]
    wanted = {"subjects": ["alice", "nobody at all"]}
    names = ask(site, "POST", "/outbox/recipients", bearer, wanted).json()["recipients"]
    (mine,) = [item for item in found if item["recipient"] == names["alice"]]
    assert ("must_verify", ["fable-5", "mythos-5"]) == (mine["audience"], mine["models"])
    assert {"de", "en", "es", "fr", "ja"} == set(mine["texts"])
    assert {"seq", "id", "recipient", "audience", "models", "texts"} == set(mine)
    last = found[-1]["seq"]
    assert {"notices": []} == ask(site, "GET", f"/outbox?after={last}", bearer).json()
    taken = ask(site, "POST", "/outbox/taken", bearer, {"through": last})
    assert {"taken": 2} == taken.json()


@pytest.mark.parametrize("token", [None, "Bearer ", "Bearer wo_guessed", "Basic wo_guessed"])
def test_nobody_else_is_let_in(site: Site, token: str | None) -> None:
    """Without the token nothing is said, and nothing is taken."""
    for method, path in (("GET", ""), ("POST", "/taken"), ("POST", "/recipients")):
        refused = ask(site, method, f"/outbox{path}", token, {"through": 9})
        assert (401, b"", "Bearer") == (
            refused.status_code, refused.content, refused.headers["www-authenticate"],
        )  # fmt: skip


def test_a_new_token_takes_the_place_of_the_last(sent: tuple[Office, str]) -> None:
    """Only a digest is kept, for its owner alone; before there is a token nobody is let in."""
    kept = sent[0].folder / "data" / TOKEN
    before = kept.read_text()
    assert sent[1] not in before
    assert 0o600 == stat.S_IMODE(kept.stat().st_mode)
    token = sent[0].json("notices", "token")["token"]
    assert before != kept.read_text()
    with open_site(read_config(sent[0].config)) as site:
        assert 200 == ask(site, "GET", "/outbox", f"bearer {token}").status_code
        assert 401 == ask(site, "GET", "/outbox", f"Bearer {sent[1]}").status_code
        kept.unlink()
        assert 401 == ask(site, "GET", "/outbox", f"Bearer {token}").status_code
        kept.write_text(before)


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("?after=-1", None, "`after` is the number of the last notice you have"),
        ("?after=99999999999999999999", None, "`after` is the number of the last"),
        ("/taken", {"through": "all"}, "the request is not in its form"),
        ("/taken", {"through": 2**63}, "the request is not in its form"),
        ("/recipients", {"subjects": ["x"] * 501}, "more than 500 at once"),
    ],
)
def test_bad_requests_are_answered(
    sent: tuple[Office, str], site: Site, path: str, body: object, said: str
) -> None:
    """What is not in its form is said to be, as everywhere."""
    method = "GET" if body is None else "POST"
    refused = ask(site, method, f"/outbox{path}", f"Bearer {sent[1]}", body)
    assert (422, True) == (refused.status_code, said in refused.json()["detail"])


def test_the_page_shows_commands_that_run(sent: tuple[Office, str]) -> None:
    """Every command of docs/notices.md does what it is shown for."""
    page = (JUNE.parent.parent / "docs" / "notices.md").read_text()
    shown = [line for line in page.splitlines() if line.startswith("writ ")]
    assert 4 == len(shown)
    kept = sent[0].folder / "data" / TOKEN
    before = kept.read_text()
    for line in shown:
        assert (0, line) == (
            sent[0].writ(*shlex.split(line.partition(" > ")[0])[1:]).exit_code,
            line,
        )
    kept.write_text(before)
