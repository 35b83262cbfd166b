"""Reads docs/certificates.md as a deployment would: its sections, and whose certificates count."""

import re
from pathlib import Path

from tests.worlds.issuers import root
from tests.worlds.office import office
from writ.model.config import read_config
from writ.portal.server import ways_of

PAGE = Path(__file__).parents[2] / "docs" / "certificates.md"
CONFIG, ISSUERS = re.findall(r"```toml\n(.*?)```", PAGE.read_text(), re.DOTALL)


def test_the_page_s_files_open_the_way(tmp_path: Path) -> None:
    """The portal offers certificates with the files as the page has them."""
    made = office(tmp_path, portal=True, more={"certificate": 2})
    made.config.write_text(made.config.read_text() + CONFIG)
    listed = ISSUERS.replace("CERTIFICATES IN PEM", root().pem)
    (tmp_path / "certificate-issuers.toml").write_text(listed)
    config = read_config(made.config)
    assert config.portal is not None
    assert config.portal.certificates is not None
    assert "https://cert.verify.example.org" == config.portal.certificates.address
    assert "certificate" in ways_of(config).methods
