"""The written form of a snapshot is a promise: a store compiles what was signed, and compares."""

import pytest

from tests.worlds.signers import FIRST
from writ.canonical import digest_bytes
from writ.law.folder import read_sources
from writ.law.snapshot import FORMAT, snapshot

FORMS = {
    "writ-snapshot-1": "sha256:83ca28fad254525e452f856cccc7b6477545e6ec724fe00eed75f7863f3bf203",
    "writ-snapshot-2": "sha256:a3e5c209b6123d56ad789d006f8027602078f24b1575e0832fb28ae6f6cadd08",
}
"""Digest of the same sources in each form. A change here locks every store out that was written
before: give the new form a new name, and keep writing the old one for what was signed in it
(docs/decisions/0025-the-form-of-a-snapshot.md)."""


@pytest.mark.parametrize("form", FORMS)
def test_the_form_stands(form: str) -> None:
    """The same sources give the bytes they gave when the form was named."""
    assert FORMS[form] == digest_bytes(snapshot(read_sources(FIRST), 1, None, 1, form))


def test_what_is_signed_next_is_in_the_latest_form() -> None:
    """Without a word, a snapshot is in the form that was named last."""
    assert [*FORMS][-1] == FORMAT
