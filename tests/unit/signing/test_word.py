import pytest

from tests.worlds.signers import Signers
from writ.canonical import Plain, digest_bytes, encode
from writ.errors import Refused
from writ.signing.dsse import sign
from writ.signing.form import Form
from writ.signing.statement import PAYLOAD_TYPE, write_statement
from writ.signing.word import Word, sign_word, verify_word

WORLD = Signers.make()
THING = digest_bytes(encode("a thing"))


class Said(Form, frozen=True):
    """What is said in these tests."""

    why: str


def test_a_word_is_its_persons_own() -> None:
    """What was signed reads back with who said it."""
    envelope = sign_word("test", THING, {"why": "so"}, WORLD.trust, WORLD.keys["ben"])
    assert Word(THING, "ben", Said("so")) == verify_word(envelope, "test", Said, WORLD.trust)


def test_strangers_say_nothing() -> None:
    """A key that is nobody's signs no word."""
    with pytest.raises(Refused, match="is nobody's"):
        sign_word("test", THING, {"why": "so"}, WORLD.trust, WORLD.keys["online"])


@pytest.mark.parametrize("names", [("eva",), ("ben", "eva")])
def test_nobody_speaks_for_another(names: tuple[str, ...]) -> None:
    """A word in Ben's name that others sign, alone or beside him, is refused."""
    predicate: dict[str, Plain] = {"by": "ben", "said": {"why": "so"}, "trust": WORLD.trust.digest}
    payload = write_statement("document", THING, "urn:writ:test:1", predicate)
    envelope = sign(payload, PAYLOAD_TYPE, [WORLD.keys[name] for name in names])
    with pytest.raises(Refused, match="`ben` signs this alone"):
        verify_word(envelope, "test", Said, WORLD.trust)


def test_a_word_holds_under_its_trust_document_only() -> None:
    """Under another document nothing was said."""
    envelope = sign_word("test", THING, {"why": "so"}, WORLD.trust, WORLD.keys["ben"])
    with pytest.raises(Refused, match="under another trust document"):
        verify_word(envelope, "test", Said, Signers.make(gates={"proof"}).trust)
