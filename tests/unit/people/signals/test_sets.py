import asyncio
from typing import Any

import pytest
from joserfc.jwk import OctKey, RSAKey

from tests.worlds.transmitter import (
    ISSUER,
    NOW,
    SSF,
    Provider,
    alice,
    event,
    key_set,
    signed,
    transmitter,
)
from writ.people.signals.events import ALL, Bearing
from writ.people.signals.keysets import KeySets
from writ.people.signals.sets import SKEW, WINDOW, SetRefused, Signal, read_set
from writ.people.signals.transmitters import Transmitter

IDP = transmitter()
STRANGER = RSAKey.generate_key(2048, {"kid": "k1"})


def read(token: str, sender: Transmitter = IDP) -> Signal:
    """Read a SET as if it came now."""
    return asyncio.run(read_set(token, sender, KeySets(Provider()), NOW))


def refused(token: str) -> tuple[str, str]:
    """Say with which code a SET is refused, and why."""
    with pytest.raises(SetRefused) as error:
        read(token)
    return error.value.err, str(error.value)


def test_a_set_says_what_happened_to_whom() -> None:
    """A SET of a registered transmitter is proved, and names the event and the account."""
    found = read(signed(aud=["another", IDP.audience], iat=NOW - 5))
    assert Signal(IDP, "j1", NOW - 5, Bearing("credential-change", ALL), "alice") == found


@pytest.mark.parametrize(
    ("about", "named", "who"),
    [
        (alice(), "account", "alice"),
        ({"format": "complex", "user": alice(), "device": {}}, "id", "alice"),
        ({"format": "complex", "tenant": {}}, "id", None),
        ({"format": "opaque", "id": "alice"}, "id", "alice"),
        ({"format": "email", "email": "a@example"}, "id", "a@example"),
        ({"format": "opaque", "id": "alice"}, "account", None),
        ({"format": "phone_number", "phone_number": "+1"}, "id", None),
    ],
)
def test_people_are_named_as_it_is_registered(about: Any, named: str, who: str | None) -> None:
    """By account or by the operator's id; named in another way, nobody is meant."""
    sender = transmitter(named=named)
    assert who == read(signed(sub_id=about), sender).who


@pytest.mark.parametrize(
    ("about", "named", "session"),
    [
        ({"format": "complex", "session": {"format": "opaque", "id": "s1"}}, "id", "s1"),
        ({"format": "opaque", "id": "s1"}, "account", "s1"),
        ({"format": "opaque", "id": "alice"}, "id", None),
    ],
)
def test_a_sign_in_that_is_over_is_named(about: Any, named: str, session: str | None) -> None:
    """In a complex subject, or by itself; where the operator's ids are opaque, it is one of those."""
    token = signed(sub_id=about, events=event("session-revoked"))
    assert session == read(token, transmitter(named=named)).session


def test_an_older_set_names_its_subject_in_the_event() -> None:
    """`subject` in the event counts where there is no `sub_id`."""
    assert (
        "alice" == read(signed(sub_id=None, events=event("session-revoked", subject=alice()))).who
    )


def test_the_time_it_may_take_is_seven_days() -> None:
    """At the edges it is taken: a minute ahead, seven days old."""
    assert [NOW + SKEW, NOW - WINDOW] == [
        read(signed(iat=at)).issued_at for at in (NOW + SKEW, NOW - WINDOW)
    ]


def test_an_unknown_event_names_nobody() -> None:
    """It is acknowledged, and has no effect whoever it is about."""
    found = read(signed(events=event("new-in-2030", "https://a.example/", a=1)))
    assert (Bearing("unknown:https://a.example/new-in-2030"), None) == (found.bearing, found.who)


@pytest.mark.parametrize(
    ("token", "err", "why"),
    [
        ("x", "invalid_request", "is not a compact JWS"),
        (signed(header={"typ": "JWT"}), "invalid_request", "is not of type `secevent+jwt`"),
        (signed(header={"crit": ["b64"], "b64": True}), "invalid_request", "critical extension"),
        (
            signed(header={"alg": "HS256"}, key=OctKey.import_key(key_set())),  # type: ignore[arg-type]
            "invalid_request",
            "another alg than",
        ),
        (signed(iss="https://evil.example"), "invalid_issuer", f"not issued by `{ISSUER}`"),
        (signed(iss=None), "invalid_issuer", "is not issued by"),
        (signed(aud="https://other.example"), "invalid_audience", "is not for"),
        (signed(aud=None), "invalid_audience", "is not for"),
        (signed(header={"kid": "k9"}), "invalid_key", "that its issuer does not publish"),
        (signed(key=STRANGER), "authentication_failed", "not by the key that it names"),
        (signed(exp=NOW + 60), "invalid_request", "has `exp`, which no SET has"),
        (signed(sub="alice"), "invalid_request", "has `sub`, which no SET has"),
        (signed(jti=None), "invalid_request", "has no `jti`"),
        (signed(jti=""), "invalid_request", "has no `jti`"),
        (signed(jti="j" * 501), "invalid_request", "has no `jti` of 500 characters"),
        (signed(iat=None), "invalid_request", "not issued within the last seven days"),
        (signed(iat="now"), "invalid_request", "is not a number of seconds"),
        (signed(iat=NOW + SKEW + 1), "invalid_request", "within the last seven days"),
        (signed(iat=NOW - WINDOW - 1), "invalid_request", "within the last seven days"),
        (signed(events=None), "invalid_request", "`events` of the SET is one event"),
        (signed(events=event() | event("x")), "invalid_request", "is one event"),
        (signed(events={"x": "y"}), "invalid_request", "is not an object"),
        (signed(sub_id=None), "invalid_request", "has no `sub_id`"),
        (signed(sub_id={"id": "alice"}), "invalid_request", "`sub_id` of the SET has no `format`"),
        (signed(sub_id=alice(iss="https://o.example")), "access_denied", "not of those of others"),
        (signed(events=event("token-claims-change")), "invalid_request", "names the claims"),
        (signed(events=event("stream-updated", SSF)), "invalid_request", "`status` of the event"),
    ],
)
def test_other_sets_are_refused(token: str, err: str, why: str) -> None:
    """Whatever is wrong has the code of RFC 8935 and a sentence that says what."""
    code, said = refused(token)
    assert (err, True) == (code, why in said)
