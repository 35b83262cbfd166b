"""The written form of a snapshot is a promise: a store compiles what was signed, and compares."""

from tests.worlds.signers import FIRST
from writ.canonical import digest_bytes
from writ.law.folder import read_sources
from writ.law.snapshot import FORMAT, snapshot

FORMS = {
    "writ-snapshot-1": "sha256:83ca28fad254525e452f856cccc7b6477545e6ec724fe00eed75f7863f3bf203",
}
"""Digest of the same sources in each form. A change here locks every store out that was written
before: give the new form a new name, and keep writing the old one for what was signed in it
(docs/decisions/0025-the-form-of-a-snapshot.md)."""


def test_the_form_stands() -> None:
    """The same sources give the bytes they gave when the form was named."""
    assert FORMS[FORMAT] == digest_bytes(snapshot(read_sources(FIRST), 1, None, 1))
