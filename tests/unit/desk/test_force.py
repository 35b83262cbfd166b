from dataclasses import replace

import pytest

from tests.worlds.signers import FIRST, Signers
from writ.canonical import digest_bytes
from writ.desk.force import NOTHING, prove_force
from writ.desk.sources import Compiled, Place, Sources, compile_sources
from writ.errors import Refused
from writ.law import snapshot as snapshots
from writ.signing.approval import add_signature, sign_approval, write_approval, write_bundle

WORLD = Signers.make()


def approved(compiled: Compiled) -> bytes:
    """Have anything approved by three people."""
    statement = write_approval(compiled.digest, digest_bytes(compiled.manifest), "ana", WORLD.trust)
    envelope = sign_approval(statement, WORLD.keys["ana"])
    for name in ("ben", "eva"):
        envelope = add_signature(envelope, sign_approval(statement, WORLD.keys[name]))
    return write_bundle(envelope, compiled.snapshot)


def test_what_is_in_force_is_proved() -> None:
    """Epoch, digest, law and the next place come from what was approved."""
    compiled = compile_sources(Sources(FIRST), Place(7, "sha256:06", 1))
    force = prove_force(approved(compiled), Sources(FIRST), WORLD.trust)
    assert (7, compiled.digest, compiled.book) == (force.epoch, force.digest, force.book)
    assert Place(8, compiled.digest, 1) == force.next(WORLD.trust)


def test_what_was_signed_in_an_earlier_form_is_compiled_in_it() -> None:
    """A hold on it stays in that form; what is proposed next is in the latest."""
    compiled = compile_sources(Sources(FIRST), Place(7, "sha256:06", 1, snapshots.FIRST))
    force = prove_force(approved(compiled), Sources(FIRST), WORLD.trust)
    assert compiled.digest == force.digest
    assert Place(8, compiled.digest, 1, snapshots.FIRST) == force.next_held(WORLD.trust)
    assert Place(8, compiled.digest, 1, snapshots.FORMAT) == force.next(WORLD.trust)


def test_nothing_is_in_force_at_first() -> None:
    """The first snapshot has no predecessor."""
    assert Place(1, None, 1) == NOTHING.next(WORLD.trust)


def test_another_trust_version_is_refused() -> None:
    """A snapshot names the version of the trust document it was made under."""
    compiled = compile_sources(Sources(FIRST), Place(7, "sha256:06", 2))
    with pytest.raises(Refused, match="under version 2 of the trust document"):
        prove_force(approved(compiled), Sources(FIRST), WORLD.trust)


def test_another_compilation_is_refused() -> None:
    """A snapshot that these orders do not give is refused, whoever signed it."""
    compiled = compile_sources(Sources(FIRST), Place(7, "sha256:06", 1))
    other = replace(compiled, snapshot=compiled.snapshot.replace(b"fable-5", b"fable-6"))
    with pytest.raises(Refused, match="do not compile to the snapshot that was signed"):
        prove_force(approved(other), Sources(FIRST), WORLD.trust)
