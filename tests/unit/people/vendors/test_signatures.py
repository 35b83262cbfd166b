import hashlib
import hmac

import pytest

from writ.errors import Refused
from writ.people.vendors.seen import REMEMBERED, Seen
from writ.people.vendors.signatures import WINDOW, check_plain, check_timed

OLD, NEW, OTHER = b"secret-one", b"secret-two", b"secret-three"
BODY = b'{"data": {\n "id":  "evt_1"}}'
NOW = 1_781_300_000


def mac(secret: bytes, data: bytes) -> str:
    """HMAC-SHA256 in hex, written anew."""
    return hmac.new(secret, data, hashlib.sha256).hexdigest()


def timed(secret: bytes = NEW, at: int = NOW, body: bytes = BODY) -> str:
    """A signature that names an instant."""
    return f"t={at},v1={mac(secret, f'{at}.'.encode() + body)}"


@pytest.mark.parametrize(
    "header",
    [
        timed(),
        timed(at=NOW - WINDOW),
        timed(at=NOW + WINDOW),
        timed(OLD),
        f"{timed(OTHER)} {timed(OLD)}",
        f"{timed(NEW)} {timed(OTHER)}",
        f"{timed(at=NOW - 9999)} {timed(OLD)}",
    ],
)
def test_a_signature_under_any_secret_we_hold_is_good(header: str) -> None:
    """One or two signatures, under the new secret or the old one, within five minutes."""
    check_timed(header, BODY, [NEW, OLD], NOW)


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("", "no signature of the form"),
        ("t=1", "no signature of the form"),
        (timed().upper(), "no signature of the form"),
        (timed() + ",v0=00", "no signature of the form"),
        (f"{timed()} junk", "no signature of the form"),
        (" ".join([timed()] * 5), "no signature of the form"),
        (timed() + " " * 1024 + timed(OTHER), None),
        (timed(OTHER), "not signed with the secret that was agreed"),
        (timed(body=BODY.replace(b"  ", b" ")), "not signed with the secret"),
        (timed().replace(f"t={NOW}", f"t={NOW + 1}"), "not signed with the secret"),
        (timed(at=NOW - WINDOW - 1), "older than 300 seconds; check both clocks"),
        (timed(at=NOW + WINDOW + 1), "older than 300 seconds"),
        (f"{timed(OTHER)} {timed(at=1)}", "older than 300 seconds"),
    ],
)
def test_another_signature_is_refused(header: str, why: str | None) -> None:
    """No form, another secret, other bytes, an instant that was changed, or is long ago."""
    if why is None:
        check_timed(header, BODY, [NEW, OLD], NOW)
        return
    with pytest.raises(Refused, match=why):
        check_timed(header, BODY, [NEW, OLD], NOW)


def test_a_signature_without_an_instant() -> None:
    """The HMAC of the bytes as they came, under any secret that we hold."""
    check_plain(mac(NEW, BODY), BODY, [NEW])
    check_plain(mac(OLD, BODY).upper(), BODY, [NEW, OLD])
    for header in ("", "zz", mac(NEW, BODY)[:-1], f"{mac(NEW, BODY)} "):
        with pytest.raises(Refused, match="no signature of 64 hex digits"):
            check_plain(header, BODY, [NEW])
    for wrong in (mac(OTHER, BODY), mac(NEW, BODY + b" ")):
        with pytest.raises(Refused, match="not signed with the secret that was agreed"):
            check_plain(wrong, BODY, [NEW, OLD])


def test_a_notice_counts_once() -> None:
    """For an hour; when too many are remembered, the oldest go."""
    seen = Seen(most=2)
    assert [True, False, True] == [seen.first(name, NOW) for name in ("a", "a", "b")]
    assert seen.first("a", NOW + REMEMBERED + 1)
    crowded = Seen(most=2)
    assert [True] * 4 == [crowded.first(name, NOW) for name in ("a", "b", "c", "d")]
    assert (True, False) == (crowded.first("a", NOW), crowded.first("d", NOW))
