from pathlib import Path

import pytest

from tests.worlds.issuers import DAY, NOW, crl, root
from writ.errors import Refused
from writ.people.credentials.revocation import take_crl

URI = "https://crl.example/pid.crl"
ROOT = root()


def test_a_list_takes_the_place_of_the_last_one_of_its_address(tmp_path: Path) -> None:
    """Whatever lay there; an older one is refused, and so is what is no list."""
    first, newer = crl(ROOT), crl(ROOT, ROOT, made=NOW - 60)
    take_crl(first, tmp_path, URI)
    [path] = tmp_path.iterdir()
    assert first == path.read_bytes()
    take_crl(newer, tmp_path, URI)
    with pytest.raises(Refused, match=f"the list at `{URI}` is older than the one that is here"):
        take_crl(crl(ROOT, made=NOW - 2 * DAY), tmp_path, URI)
    with pytest.raises(Refused, match="cannot be read"):
        take_crl(b"0", tmp_path, URI)
    assert [path] == list(tmp_path.iterdir())
    assert newer == path.read_bytes()
    path.write_bytes(b"cut off")
    take_crl(first, tmp_path, URI)
    assert first == path.read_bytes()
