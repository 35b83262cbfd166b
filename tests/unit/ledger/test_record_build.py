"""Building the record: what may stop it, and what may not."""

import re
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.worlds.record import CATALOGUE, WORLD, Recorded, first, recorded, silent
from tests.worlds.signers import Signers
from writ.canonical import digest_bytes
from writ.errors import Refused
from writ.ledger.record.editions import read_editions
from writ.ledger.record.site import write_files
from writ.ledger.seals import Standing, sign_seal
from writ.model.config import Config, read_config
from writ.serve.record import build
from writ.serve.site import open_site
from writ.signing.trust import write_trust

OTHERS = Signers.make(drill=True, ana=frozenset({"submit"}))


def test_nothing_is_put_in_place_under_a_seal_that_was_set_while_people_were_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counting many takes minutes; who seals meanwhile is not told that it was too late."""
    with recorded(tmp_path) as made:
        made.enact({"catalogue.yaml": CATALOGUE, "us-bis.v1.yaml": first()})
        site = made.site
        everybody = site.registry.everybody

        def slowly() -> object:
            site.seals.say(sign_seal(1, WORLD.trust, WORLD.keys["ben"], holds=True))
            return everybody()

        monkeypatch.setattr(type(site.registry), "everybody", lambda _: slowly())
        with pytest.raises(Refused, match="nothing is published"):
            made.build()
        with site.store.view() as connection:
            assert ({}, {}) == (made.files(), read_editions(connection))


def test_a_seal_waits_for_what_is_being_put_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is told that it holds knows that nothing is put in place any more."""
    with recorded(tmp_path) as made, ThreadPoolExecutor(1) as other:
        made.enact({"catalogue.yaml": CATALOGUE, "us-bis.v1.yaml": first()})
        word = sign_seal(1, WORLD.trust, WORLD.keys["ben"], holds=True)
        asked: list[Future[Standing]] = []

        def slowly(folder: Path, files: Mapping[str, bytes]) -> int:
            asked.append(other.submit(made.site.seals.say, word))
            with pytest.raises(TimeoutError):
                asked[0].result(0.2)
            return write_files(folder, files)

        monkeypatch.setattr("writ.serve.record.written.write_files", slowly)
        made.build()
        assert asked[0].result(30).holds
        assert "index.html" in made.files()


def test_an_order_called_as_anothers_page_has_its_own_place(tmp_path: Path) -> None:
    """`x.html` and `x` are two orders: neither's editions lie where the other's page is."""
    with recorded(tmp_path) as made:
        made.enact(
            {
                "catalogue.yaml": CATALOGUE,
                "a.yaml": silent("x", "full"),
                "b.yaml": silent("x.html", "full"),
            }
        )
        made.build()
        files = made.files()
    told = [name for name in files if name.startswith("orders/x") and "log" not in name]
    assert [
        "orders/x.html",
        "orders/x.html.html",
        "orders/x.html~/1.json",
        "orders/x.html~/1.opening.json",
        "orders/x/1.json",
        "orders/x/1.opening.json",
    ] == sorted(told)
    assert b'href="../orders/x.html~/1.json"' in files["orders/x.html.html"]
    assert b'<option value="x.html/1">' in files["verify.html"]


def another_trust(made: Recorded) -> Config:
    """Put another trust document in place of a deployment's, and pin it."""
    data = write_trust(OTHERS.trust)
    (made.folder / "trust.json").write_bytes(data)
    config = made.folder / "writ.toml"
    pinned = re.sub(r'pin = "[^"]*"', f'pin = "{digest_bytes(data)}"', config.read_text())
    config.write_text(pinned)
    return read_config(config)


def test_words_under_an_earlier_trust_document_block_no_record_of_other_orders(
    tmp_path: Path,
) -> None:
    """Before anything was in force a deployment may change it: what was said then is of no order."""
    with recorded(tmp_path) as made:
        made.state(evaluation="none", order="other")
    with open_site(another_trust(made)) as site:
        OTHERS.enact(site.desk, {"catalogue.yaml": CATALOGUE, "us-bis.v1.yaml": first()})
        assert 1 == build(site).orders


def test_a_deployment_whose_trust_document_was_replaced_does_not_open(tmp_path: Path) -> None:
    """What was approved under one proves nothing under another: nothing is told from it."""
    with recorded(tmp_path) as made:
        made.enact({"catalogue.yaml": CATALOGUE, "us-bis.v1.yaml": first()})
        made.state(evaluation="none")
    with (
        pytest.raises(Refused, match="was signed under another trust document"),
        open_site(another_trust(made)),
    ):
        pass
