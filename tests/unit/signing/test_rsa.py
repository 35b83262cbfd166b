import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jws
from joserfc.jwk import KeySet, RSAKey

from tests.worlds.issuers import new_key
from writ.errors import Refused
from writ.signing.jwks import ALGS, read_key_set, write_key_set
from writ.signing.jws import read_jws
from writ.signing.rsa import ALG, RsaSigner
from writ.signing.signer import Signer

MADE = RsaSigner.generate()


def test_what_it_signs_verifies_here_and_elsewhere(tmp_path: Path) -> None:
    """By the key set that is published; the key is named by its thumbprint, and kept as it was."""
    MADE.save(tmp_path / "key")
    token = RsaSigner.load(tmp_path / "key").sign_jws({"typ": "t+jwt"}, {"a": 1})
    published = write_key_set({MADE.kid: (ALG, MADE.jwk())})
    ours = read_key_set(published, "s").verify(read_jws(token, "t+jwt", "it", algs=ALGS))
    rows: dict[str, Any] = json.loads(published)
    theirs = jws.deserialize_compact(token, KeySet.import_key_set(rows), algorithms=[ALG])  # type: ignore[arg-type]
    assert ({"a": 1}, b'{"a":1}') == (ours, theirs.payload)
    assert RSAKey.import_key(rows["keys"][0]).thumbprint() == MADE.kid
    assert 0o600 == (tmp_path / "key").stat().st_mode & 0o777


def test_other_keys_are_refused(tmp_path: Path) -> None:
    """Of another kind, or too short."""
    Signer(new_key()).save(tmp_path / "ec")
    RsaSigner(rsa.generate_private_key(65537, 1024)).save(tmp_path / "short")  # noqa: S505 - refused
    for name in ("ec", "short"):
        with pytest.raises(Refused, match="is not a key for RS256, of 2048 bits at least"):
            RsaSigner.load(tmp_path / name)
