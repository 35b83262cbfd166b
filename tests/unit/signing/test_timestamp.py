from pathlib import Path

import pytest

from tests.worlds.authority import Authority
from writ.errors import Refused
from writ.signing.timestamp import prove_stamp, read_stamp, request_stamp

DATA = b"example.org/log\n7\nroot\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """One of OpenSSL's."""
    return Authority(tmp_path_factory.mktemp("authority") / "there")


def test_a_stamp_is_proved_from_the_authoritys_root(authority: Authority, tmp_path: Path) -> None:
    """OpenSSL answers our request, and both prove the answer; of other bytes neither does."""
    asked = request_stamp(DATA)
    answer = authority.stamp(asked.written)
    assert read_stamp(answer, DATA) == prove_stamp(answer, DATA, authority.root, asked.nonce)
    files = {name: tmp_path / name for name in ("answer", "data", "other")}
    for name, data in (("answer", answer), ("data", DATA), ("other", DATA + b" ")):
        files[name].write_bytes(data)
    assert authority.verifies(files["answer"], files["data"])
    assert not authority.verifies(files["answer"], files["other"])
    with pytest.raises(Refused, match="the stamp is of other bytes"):
        read_stamp(answer, DATA + b" ")
    for data, nonce in ((DATA + b" ", None), (DATA, 1)):
        with pytest.raises(Refused, match="the stamp is not proved"):
            prove_stamp(answer, data, authority.root, nonce)


def test_a_stamp_of_an_authority_not_known_is_refused(authority: Authority, tmp_path: Path) -> None:
    """Another root, no root, or bytes that are no stamp prove nothing."""
    answer = authority.stamp(request_stamp(DATA).written)
    other = Authority(tmp_path / "other")
    with pytest.raises(Refused, match="not proved"):
        prove_stamp(answer, DATA, other.root)
    for roots in (b"", authority.root * 2):
        with pytest.raises(Refused, match="not PEM, or one stands twice"):
            prove_stamp(answer, DATA, roots)
    for place in range(20, len(answer), 61):
        changed = answer[:place] + bytes([answer[place] ^ 1]) + answer[place + 1 :]
        with pytest.raises(Refused):
            prove_stamp(changed, DATA, authority.root)
    with pytest.raises(Refused, match="no stamp"):
        read_stamp(b"", DATA)
