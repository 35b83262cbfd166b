"""At the desk, and on a signer's machine, an annex does not change by more than its order says."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.law.test_annex_change import CATALOGUE, ORDER
from tests.worlds.fed import Office
from tests.worlds.signers import Signers
from writ.canonical import digest_bytes
from writ.desk import review
from writ.desk.impact import impacts
from writ.desk.proposal import Docket, read_docket
from writ.desk.sources import Sources, compile_sources, merge
from writ.desk.words import change
from writ.errors import Refused
from writ.law.folder import read_sources
from writ.model.subject import Subject
from writ.signing.approval import sign_approval, write_approval

WORLD = Signers.make()
SAID = "annex_change: {listed: {come: 0, go: 17}}"


def version(number: int, rows: int, more: str = "") -> dict[str, bytes | None]:
    """Return the files of one version."""
    return {
        f"v{number}.yaml": ORDER.format(version=number, more=more).encode(),
        f"v{number}.csv": "\n".join(["id", *map(str, range(rows))]).encode(),
    }


def test_a_file_cut_short_is_refused_at_submission(tmp_path: Path) -> None:
    """Against what is in force, also where the earlier version is taken away with it."""
    desk = WORLD.desk(tmp_path / "store")
    WORLD.enact(desk, {"catalogue.yaml": CATALOGUE, **version(1, 20)})
    gone: dict[str, bytes | None] = {"v1.yaml": None, "v1.csv": None}
    for changes in (version(2, 3), {**gone, **version(2, 3)}):
        with pytest.raises(Refused, match="`letter/2`: 0 rows of annex `listed` come and 17 go"):
            WORLD.submit(desk, changes)
    assert 2 == WORLD.enact(desk, version(2, 3, SAID)).epoch


def test_what_is_in_force_is_not_judged_again(tmp_path: Path) -> None:
    """A later submission may take the version before away."""
    desk = WORLD.desk(tmp_path / "store")
    WORLD.enact(desk, {"catalogue.yaml": CATALOGUE, **version(1, 20), **version(2, 3, SAID)})
    assert 2 == WORLD.enact(desk, {"v1.yaml": None, "v1.csv": None}).epoch


def test_a_signer_refuses_what_a_desk_let_pass(tmp_path: Path) -> None:
    """Nobody is asked to notice that rows are missing."""
    desk = WORLD.desk(tmp_path / "store")
    force = WORLD.enact(desk, {"catalogue.yaml": CATALOGUE, **version(1, 20)})
    WORLD.submit(desk, version(2, 3, SAID))
    docket = desk.docket()
    assert docket is not None
    sources = Sources(merge(force.sources.files, version(2, 3)))
    compiled = compile_sources(sources, force.next(WORLD.trust))
    statement = write_approval(compiled.digest, digest_bytes(compiled.manifest), "ana", WORLD.trust)
    forged = replace(
        docket.proposal, sources=sources, envelope=sign_approval(statement, WORLD.keys["ana"])
    )
    with pytest.raises(Refused, match="`letter/2`: 0 rows of annex `listed` come and 17 go"):
        review.review(Docket(forged, force), WORLD.trust)


def test_the_rows_that_come_and_go_are_said_and_counted(tmp_path: Path) -> None:
    """In words that every signer's machine makes; at the desk with whom of them the books have."""
    office = Office(tmp_path)
    desk = WORLD.desk(tmp_path / "store")
    assert () == desk.moves()
    WORLD.submit(desk, {"catalogue.yaml": CATALOGUE, **version(1, 20)})
    assert [(20, 0)] == [(len(move.come), len(move.go)) for move in desk.moves()]
    WORLD.sign(desk, "ben")
    WORLD.sign(desk, "eva")
    desk.activate("p1")
    WORLD.submit(desk, version(2, 3, SAID))
    docket = desk.docket()
    assert docket is not None
    assert (
        "  annex listed: 0 rows come, 17 go; 3 rows, were 20"
        in review.review(docket, WORLD.trust).words
    )
    office.registry.subjects.add([Subject("1", "organisation"), Subject("7", "organisation")])
    office.registry.subjects.add([Subject("seven-bot", "service", ("7",))])
    office.key("seven-bot")
    assert [
        {
            "order": "letter", "version": 2, "annex": "listed", "come": 0, "go": 17, "shift": 0,
            "rows": 3, "were": 20,
            "registered": {"come": 0, "go": 1}, "keys": {"come": 0, "go": 1},
        }
    ] == [item.plain() for item in impacts(desk.moves(), office.registry.books)]  # fmt: skip
    told = {**docket.plain(), "impact": [{"any": "thing"}]}
    assert docket == read_docket(told, WORLD.trust)
    assert (
        "  annex listed: 0 rows come, 3 go; 0 rows, were 3"
        in change(read_sources(files(version(2, 3))), read_sources({"catalogue.yaml": CATALOGUE}))
    )  # fmt: skip
    office.store.close()


def files(changes: dict[str, bytes | None]) -> dict[str, bytes]:
    """Return them with the catalogue, as sources."""
    there = {name: data for name, data in changes.items() if data is not None}
    return {"catalogue.yaml": CATALOGUE, **there}
