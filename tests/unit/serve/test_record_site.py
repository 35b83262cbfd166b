"""The built record over HTTP: headers that leave no room, and nothing but its own files."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from writ.errors import Refused
from writ.serve.record_face import main
from writ.serve.record_site import record_app

EDITION = "orders/us-bis/1.json"


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    """A client of a record with a file of each kind, and some that are none of it."""
    for name in (
        "index.html", "verify.html", "fr/index.html", "xx/index.html", "fr/verify.html", "verify.js", "style.css", "feed.atom", "record.csv", "numbers.csv",
        EDITION, "orders/us-bis/1.tlog-proof", ".well-known/security.txt", ".index.html.draft",
        "log/checkpoint", "writ.toml",
    ):  # fmt: skip
        place = tmp_path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(f"this is {name}\n".encode())
    (tmp_path / "log" / "checkpoint").write_text("o\n1\nAAAA\n\n— o AAAAAAA=\n")
    return TestClient(record_app(tmp_path))


def test_pages_have_no_scripts_but_the_one_that_checks(client: TestClient) -> None:
    """None may be framed, and none loads anything from elsewhere."""
    index = client.get("/").headers["content-security-policy"]
    verify = client.get("/verify.html").headers["content-security-policy"]
    assert (True, False) == ("default-src 'none'" in index, "script-src" in index)
    assert "script-src 'self'; connect-src 'self'" in verify
    assert "frame-ancestors 'none'" in index
    assert "frame-ancestors 'none'" in verify
    assert not {"unsafe-inline", "unsafe-eval"} & set(verify.replace("'", " ").split())


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("", "text/html; charset=utf-8"),
        ("fr/index.html", "text/html; charset=utf-8"),
        ("verify.js", "text/javascript; charset=utf-8"),
        ("style.css", "text/css; charset=utf-8"),
        ("feed.atom", "application/atom+xml; charset=utf-8"),
        ("record.csv", "text/csv; charset=utf-8"),
        ("numbers.csv", "text/csv; charset=utf-8"),
        (EDITION, "application/json"),
        ("orders/us-bis/1.tlog-proof", "text/plain; charset=utf-8"),
        (".well-known/security.txt", "text/plain; charset=utf-8"),
    ],
)
def test_each_file_is_served_as_what_it_is(client: TestClient, name: str, kind: str) -> None:
    """Nobody has to guess, and browsers may not."""
    answer = client.get(f"/{name}")
    assert (200, kind, "nosniff") == (
        answer.status_code,
        answer.headers["content-type"],
        answer.headers["x-content-type-options"],
    )


def test_editions_are_kept_for_ever_and_pages_asked_for_anew(client: TestClient) -> None:
    """A page that is the same is not sent again."""
    page = client.get("/index.html")
    assert "no-cache" == page.headers["cache-control"]
    assert "immutable" in client.get(f"/{EDITION}").headers["cache-control"]
    again = client.get("/index.html", headers={"if-none-match": page.headers["etag"]})
    assert (304, b"") == (again.status_code, again.content)


@pytest.mark.parametrize(
    "name",
    [
        "writ.toml", ".index.html.draft", "../writ.toml", "..%2fwrit.toml", "orders/../writ.toml",
        "orders/us-bis.html", "orders/..%2f..%2fwrit.html", "orders", "record.json", "INDEX.HTML",
        "xx/index.html", "fr/verify.html",
    ],
)  # fmt: skip
def test_nothing_else_is_served(client: TestClient, name: str) -> None:
    """Neither what is no name of the record, nor what this one does not have."""
    assert 404 == client.get(f"/{name}").status_code


def test_the_log_is_served_beside(client: TestClient) -> None:
    """Its checkpoint is never kept."""
    answer = client.get("/log/checkpoint")
    assert (200, "no-store") == (answer.status_code, answer.headers["cache-control"])


def test_its_process_serves_what_is_to_be_served(tmp_path: Path) -> None:
    """A configuration that does not say where to listen is refused in one line."""
    config = tmp_path / "writ.toml"
    config.write_text('[record]\naddress = "https://record.example.org"\n')
    with pytest.raises(Refused, match=r"has no \[record\] with `listen`"):
        main(config)
