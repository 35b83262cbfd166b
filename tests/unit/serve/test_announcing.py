"""That something ends is told by itself, once a day, where somebody takes notices away."""

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.worlds.deployment import CATALOGUE, LETTER, us_passport
from tests.worlds.office import office
from writ.clock import DAY, WallClock, format_instant
from writ.errors import Failed
from writ.law.subjects import read_subject
from writ.model.config import read_config
from writ.serve.announcing import announce, keep_announcing
from writ.serve.outbox import make_token
from writ.serve.site import Site, open_site


def kept_at(site: Site) -> list[tuple[object, ...]]:
    """Have it told of once, as while it serves, and return what is logged."""

    async def run() -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(keep_announcing(site, 0.0), 0.5)

    with capture_logs() as logged:
        asyncio.run(run())
    return [(item["event"], item.get("notices"), item.get("why")) for item in logged]


def test_an_ending_is_told_of_where_notices_are_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not before anything is in force, nor without the outbox's token; once; what fails is tried again."""
    letter, made = tmp_path / LETTER.name, office(tmp_path)
    letter.write_text(LETTER.read_text().replace("disclosure: none", "disclosure: full"))
    fact = us_passport("alice", expires_at=format_instant(WallClock().now() + 9 * DAY))
    del fact["subject"]
    made.enrol(read_subject({"id": "alice", "kind": "person", "facts": [fact]})[0])
    with open_site(read_config(made.config)) as site:
        make_token(site.config.folder)
        assert 0 == announce(site)
        (site.config.folder / "outbox.token").unlink()
    made.obey(CATALOGUE, letter)
    with open_site(read_config(made.config)) as site:
        assert (0, []) == (announce(site), kept_at(site))
        make_token(site.config.folder)
        with monkeypatch.context() as broken:
            broken.setattr(site.store, "unit", lambda: (_ for _ in ()).throw(Failed("full")))
            assert [("endings not told of", None, "full")] == kept_at(site)
        assert [("endings told of", 1, None)] == kept_at(site)
        assert [] == kept_at(site)
        told: Any = site.notices().status()["notices"]
        assert [("ending", "renew", 1)] == [
            (row["phase"], row["audience"], row["waiting"]) for row in told
        ]
