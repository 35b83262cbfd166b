import json
from typing import Any

import pytest
from joserfc import jwe
from joserfc.jwk import ECKey

from tests.worlds.issuers import b64
from writ.errors import Refused
from writ.signing.jose import from_base64url
from writ.signing.jwe import ResponseKey
from writ.signing.jwe import encrypt as encrypt_here

KEY = ResponseKey.generate()


def encrypt(key: ResponseKey = KEY, enc: str = "A256GCM", **header: Any) -> str:
    """Encrypt as a wallet does, with another library."""
    public = ECKey.import_key({**key.public.jwk()})
    head = {"alg": "ECDH-ES", "enc": enc, "kid": KEY.id, **header}
    return jwe.encrypt_compact(head, b"answer", public, algorithms=["ECDH-ES", enc])


@pytest.mark.parametrize("enc", ["A128GCM", "A256GCM"])
def test_an_answer_is_read_by_its_key(enc: str) -> None:
    """Both encodings are read, with what wallets add to the agreement, and after keeping the key."""
    kept = ResponseKey.from_text(KEY.to_text())
    token = encrypt(enc=enc, apu=b64(b"wallet"), apv=b64(b"nonce"))
    assert [b"answer", b"answer"] == [key.decrypt(token, "it") for key in (KEY, kept)]
    assert {"alg": "ECDH-ES", "use": "enc", "kid": KEY.id, **KEY.public.jwk()} == KEY.jwk()


def test_an_answer_of_the_largest_size_is_read() -> None:
    """The library's own limits are moved to ours."""
    public = ECKey.import_key({**KEY.public.jwk()})
    head = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": KEY.id}
    algorithms = ["ECDH-ES", "A256GCM"]
    token = jwe.encrypt_compact(head, bytes(140_000), public, algorithms=algorithms)
    assert bytes(140_000) == KEY.decrypt(token, "it")


def test_what_is_encrypted_here_is_read_here_and_elsewhere() -> None:
    """Our own answers open with the key, and joserfc opens them too."""
    token = encrypt_here(b"answer", KEY.public, KEY.id)
    theirs = ECKey.import_key({**KEY.public.jwk(), "d": KEY.to_text()})
    read = jwe.decrypt_compact(token, theirs, algorithms=["ECDH-ES", "A256GCM"])
    assert (b"answer", b"answer") == (KEY.decrypt(token, "it"), read.plaintext)


def test_another_key_reads_nothing() -> None:
    """What was encrypted to another key, or changed on its way, is refused in one way."""
    with pytest.raises(Refused, match="it cannot be decrypted with the key of this request"):
        KEY.decrypt(encrypt(ResponseKey.generate()), "it")
    *parts, tag = encrypt().split(".")
    with pytest.raises(Refused, match="it cannot be decrypted with the key of this request"):
        KEY.decrypt(".".join([*parts, b64(bytes(len(from_base64url(tag, ""))))]), "it")


@pytest.mark.parametrize(
    "epk",
    [None, 7, {}, {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}, {"kty": "oct", "k": "AA"}],
)
def test_keys_that_are_none_are_refused(epk: Any) -> None:
    """The sender's key is a point on the curve, or nothing is agreed."""
    head, *rest = encrypt().split(".")
    header = json.loads(from_base64url(head, "")) | {"epk": epk}
    with pytest.raises(Refused, match="it cannot be decrypted"):
        KEY.decrypt(".".join([b64(json.dumps(header).encode()), *rest]), "it")
