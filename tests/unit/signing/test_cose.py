from typing import Any

import cbor2
import pytest

from tests.worlds.issuers import cose, cose_key, new_key, root
from writ.errors import Refused
from writ.signing.cbor import embed, embedded, read_cbor, write_cbor
from writ.signing.cose import read_sign1
from writ.signing.elliptic import from_cose

KEY = new_key()
PUBLIC = from_cose(cose_key(KEY), "k")
CHAIN = root().issue("signer").chain


def test_what_is_signed_verifies() -> None:
    """With its payload inside, or detached and given; tagged or not."""
    inside = cose({1: -7}, {}, b"payload", KEY)
    outside = cbor2.CBORTag(18, cose({1: -7}, {}, None, KEY, b"payload"))
    assert b"payload" == read_sign1(inside, "it").verify(PUBLIC)
    assert b"payload" == read_sign1(outside, "it").verify(PUBLIC, b"payload")


def test_a_payload_is_where_it_belongs() -> None:
    """One that is missing, or that stands beside the given one, is refused."""
    with pytest.raises(Refused, match="has its payload in the wrong place"):
        read_sign1(cose({1: -7}, {}, None, KEY, b"x"), "it").verify(PUBLIC)
    with pytest.raises(Refused, match="has its payload in the wrong place"):
        read_sign1(cose({1: -7}, {}, b"x", KEY), "it").verify(PUBLIC, b"x")


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (7, "is not a COSE_Sign1"),
        ([b"", {}, b""], "is not a COSE_Sign1"),
        (cbor2.CBORTag(17, cose({1: -7}, {}, b"", KEY)), "is not a COSE_Sign1"),
        ([b"", {}, "text", b""], "is not a COSE_Sign1"),
        ([cbor2.dumps([]), {}, b"", b""], "is not a map"),
        (cose({}, {1: -7}, b"", KEY), "or does not say which"),
        (cose({1: -8}, {}, b"", KEY), "another alg than ES256"),
        (cose({1: cbor2.undefined}, {}, b"", KEY), "another alg than ES256"),
        (cose({1: -7, 2: [99]}, {}, b"", KEY), "has a critical extension"),
        (cose({1: -7}, {2: [99]}, b"", KEY), "has a critical extension"),
    ],
)
def test_other_messages_are_refused(value: Any, why: str) -> None:
    """An algorithm that is not said, not protected or not one of three is refused."""
    with pytest.raises(Refused, match=why):
        read_sign1(value, "it")


def test_a_key_is_for_its_algorithm() -> None:
    """A message that names another alg than its key's is refused."""
    with pytest.raises(Refused, match="it says alg -35; its key is for another"):
        read_sign1(cose({1: -35}, {}, b"", KEY), "it").verify(PUBLIC)


def test_a_chain_is_read() -> None:
    """One certificate or a list, in either header."""
    one = read_sign1(cose({1: -7}, {33: CHAIN[0]}, b"", KEY), "it")
    more = read_sign1(cose({1: -7, 33: CHAIN * 2}, {}, b"", KEY), "it")
    assert ((CHAIN[0],), tuple(CHAIN * 2)) == (one.chain(), more.chain())
    for told in (None, [], CHAIN * 5, [CHAIN[0], 7]):
        with pytest.raises(Refused, match="has no `x5chain` of 1 to 4"):
            read_sign1(cose({1: -7}, {33: told}, b"", KEY), "it").chain()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is not CBOR"),
        (bytes(70_000), "is larger than 65536 bytes"),
        (b"\x01\x02", "is followed by something else"),
        (b"\x9f\x01\xff", "is not CBOR"),
        (bytes.fromhex("a201010102"), "every key once"),
        (b"\x81" * 20 + b"\x01", "16 levels deep"),
        (bytes.fromhex("d81c81d81d00"), "is not CBOR"),
        (bytes.fromhex("d81d00"), "is not CBOR"),
        (bytes.fromhex("9b7fffffffffffffff"), "is not CBOR"),
        (bytes.fromhex("c06161"), "is not CBOR"),
    ],
)
def test_other_cbor_is_refused(data: bytes, why: str) -> None:
    """What has no end, says a key twice, or goes on after its end is refused within a budget."""
    with pytest.raises(Refused, match=why):
        read_cbor(data, "it")


def test_bytes_in_tag_24_are_kept_as_they_came() -> None:
    """What is embedded comes out byte for byte; anything else is refused."""
    assert b"\x18\x01" == embedded(read_cbor(embed(b"\x18\x01"), "it"), "it")
    for value in (b"", cbor2.CBORTag(23, b""), cbor2.CBORTag(24, 7)):
        with pytest.raises(Refused, match="tag 24"):
            embedded(value, "it")
    assert {"a": 1} == read_cbor(write_cbor({"a": 1}), "it")
