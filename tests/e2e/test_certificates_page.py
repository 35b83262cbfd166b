"""Reads docs/certificates.md as a deployment would: its sections, and whose certificates count."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.worlds.client_certificates import citizen
from tests.worlds.issuers import DAY, crl, root
from tests.worlds.office import office
from writ.clock import wall
from writ.model.config import read_config
from writ.portal.server import ways_of

PAGE = Path(__file__).parents[2] / "docs" / "certificates.md"
FIRST, SECOND = (
    line.split()[1:]
    for block in re.findall(r"```sh\n(.*?)```", PAGE.read_text(), re.DOTALL)
    for line in block.splitlines()
)
SPAN: dict[str, Any] = {"since": wall() - DAY, "until": wall() + 100 * DAY}
CONFIG, ISSUERS, LISTS = re.findall(r"```toml\n(.*?)```", PAGE.read_text(), re.DOTALL)


def test_the_page_s_files_open_the_way(tmp_path: Path) -> None:
    """The portal offers certificates with the files as the page has them."""
    made = office(tmp_path, portal=True, more={"certificate": 2})
    more = CONFIG.rstrip() + LISTS.replace("[certificates]", "")
    made.config.write_text(made.config.read_text() + more)
    listed = ISSUERS.replace("CERTIFICATES IN PEM", root().pem)
    (tmp_path / "certificate-issuers.toml").write_text(listed)
    config = read_config(made.config)
    assert config.portal is not None
    assert config.portal.certificates is not None
    assert {"https://crl.navy.example/root.crl"} == config.portal.certificates.crl_from
    assert tmp_path / "certificate-crls" == config.portal.certificates.crls
    assert "https://cert.verify.example.org" == config.portal.certificates.address
    assert "certificate" in ways_of(config).methods


def test_the_page_s_commands_check_the_list_and_a_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whose certificates count until when, what one shows, and neither name nor number of it."""
    navy = root(**SPAN)
    made = office(tmp_path, portal=True, more={"certificate": 2})
    monkeypatch.chdir(tmp_path)
    assert "has no [certificates]; docs/certificates.md" in made.fails(*FIRST)
    made.config.write_text(made.config.read_text() + CONFIG)
    listed = ISSUERS.replace("CERTIFICATES IN PEM", navy.pem)
    (tmp_path / "certificate-issuers.toml").write_text(listed)
    card = navy.issue("Kowalczyk Ana 1234567890", number=3, more=citizen("US"), **SPAN)
    (tmp_path / "card.pem").write_text(card.pem)
    shown = made.writ(*SECOND).stdout
    assert "citizenships: US\nresidence: none\nby Navy of the United States, A2" in shown
    assert "crl: none here" in shown
    assert "Navy of the United States  A2     2028-01-01T00:00:00Z" in made.writ(*FIRST).stdout
    assert ["US"] == made.json(*SECOND)["citizenships"]
    assert "A2" == made.json(*FIRST)["issuers"][0]["assurance"]
    (tmp_path / "certificate-crls").mkdir()
    listed_there = tmp_path / "certificate-crls" / "navy.crl"
    listed_there.write_bytes(crl(navy, made=wall() - 60, until=wall() + DAY))
    assert "current" == made.json(*SECOND)["crl"]
    listed_there.write_bytes(crl(navy, card, made=wall() - 60, until=wall() + DAY))
    assert "was revoked by its issuer" in made.fails(*SECOND)
    (tmp_path / "card.pem").write_text(root("other", number=9, **SPAN).issue("x", **SPAN).pem)
    assert "is on no trust list here" in made.fails(*SECOND)


def test_the_process_listens_twice(tmp_path: Path) -> None:
    """The portal's process says both addresses, and answers at each."""
    made = office(tmp_path, portal=True, more={"certificate": 2})
    text = CONFIG.replace("127.0.0.1:8083", "127.0.0.1:0")
    portal = '[portal]\nlisten = "127.0.0.1:0"\n'
    made.config.write_text(made.config.read_text().replace("[portal]\n", portal) + text)
    listed = ISSUERS.replace("CERTIFICATES IN PEM", root().pem)
    (tmp_path / "certificate-issuers.toml").write_text(listed)
    command = [sys.executable, "-m", "writ.portal", "--config", str(made.config)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        addresses = [ready["listen"], *ready["certificates"]]
        found = [httpx2.get(f"http://{address}/verify").status_code for address in addresses]
        process.terminate()
    assert ([200, 200], 2) == (found, len(set(addresses)))
