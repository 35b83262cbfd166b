import asyncio

import pytest
from joserfc.jwk import RSAKey

from tests.worlds.transmitter import JWKS, Provider, key_set, signed, transmitter
from writ.errors import Failed
from writ.people.signals.keysets import AGAIN, KEPT, KeySets
from writ.signing.jwks import ALGS, UnknownKey
from writ.signing.jws import Jws, read_jws

SENDER = transmitter(keys=None, jwks_uri=JWKS)
NEXT = RSAKey.generate_key(2048, {"kid": "k2"})


def jws(kid: str = "k1") -> Jws:
    """A SET by one of the provider's keys."""
    key = {"k2": NEXT}.get(kid)
    token = signed(header={"kid": kid}, **({"key": key} if key else {}))  # type: ignore[arg-type]
    return read_jws(token, "secevent+jwt", "it", algs=ALGS)


def test_keys_are_asked_for_once_an_hour() -> None:
    """A set is kept, and asked for again when it is an hour old or the clock went back."""
    provider = Provider()
    keys = KeySets(provider)
    for at in (0.0, 1.0, KEPT - 1, KEPT, KEPT - 5):
        assert "j1" == asyncio.run(keys.verify(SENDER, jws(), at))["jti"]
    assert 3 == provider.asked


def test_a_new_key_is_found_at_once_and_a_made_up_one_is_not_looked_for_all_the_time() -> None:
    """An unknown key asks the provider again, but not within a minute."""
    provider = Provider()
    keys = KeySets(provider)
    asyncio.run(keys.verify(SENDER, jws(), 0.0))
    provider.keys = key_set(NEXT)
    with pytest.raises(UnknownKey):
        asyncio.run(keys.verify(SENDER, jws("k2"), AGAIN - 1))
    assert "j1" == asyncio.run(keys.verify(SENDER, jws("k2"), AGAIN))["jti"]
    with pytest.raises(UnknownKey):
        asyncio.run(keys.verify(SENDER, jws("k9"), AGAIN + 1))
    assert 2 == provider.asked


def test_what_cannot_be_had_fails_for_now() -> None:
    """A provider that is down, or publishes something else, is asked again after a pause."""
    provider = Provider(down=True)
    at = iter(float(number) for number in range(0, 100, 10))
    keys = KeySets(provider, lambda: next(at))
    with pytest.raises(Failed, match="does not answer; try again in"):
        asyncio.run(keys.verify(SENDER, jws(), 0.0))
    provider.down, provider.keys = False, "{}"
    with pytest.raises(Failed, match="the key set of `idp` is no key set"):
        asyncio.run(keys.verify(SENDER, jws(), 0.0))
    provider.keys = key_set()
    assert "j1" == asyncio.run(keys.verify(SENDER, jws(), 0.0))["jti"]


def test_keys_in_the_file_ask_nobody() -> None:
    """The operator's own copy is enough."""
    provider = Provider(down=True)
    assert "j1" == asyncio.run(KeySets(provider).verify(transmitter(), jws(), 0.0))["jti"]
    assert 0 == provider.asked
