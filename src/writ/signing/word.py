"""One person's signed word about something that is named by its digest.

1. The statement's subject is what it is about; its predicate names the person, what they say, and
   the trust document. The predicate's type is the kind of word: a word of one kind is none of
   another.
2. It is signed by exactly one key, of the person it names, who is in the trust document.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from writ.canonical import Plain
from writ.errors import Refused
from writ.signing.dsse import Envelope, sign, verify
from writ.signing.form import Form, as_form
from writ.signing.keys import KeyPair
from writ.signing.statement import PAYLOAD_TYPE, read_statement, write_statement
from writ.signing.trust import Trust

T = TypeVar("T", bound=Form)


@dataclass(frozen=True, slots=True)
class Word(Generic[T]):
    """What `by` said about the thing with `digest`."""

    digest: str
    by: str
    said: T


class _Predicate(Form, frozen=True):
    by: str
    said: dict[str, object]
    trust: str


def sign_word(
    kind: str, digest: str, said: Mapping[str, Plain], trust: Trust, pair: KeyPair
) -> Envelope:
    """Sign a word of a kind about a digest; whose key it is must be in the trust document."""
    by = trust.owner(pair.public).id
    predicate: dict[str, Plain] = {"by": by, "said": said, "trust": trust.digest}
    statement = write_statement("document", digest, _type(kind), predicate)
    return sign(statement, PAYLOAD_TYPE, [pair])


def verify_word(envelope: Envelope, kind: str, said: type[T], trust: Trust) -> Word[T]:
    """Return the word, proved to be its person's own and of this kind; else Refused."""
    publics = [key for person in trust.people.values() for key in person.keys]
    proved = verify(envelope, publics, PAYLOAD_TYPE)
    digest, predicate = read_statement(proved.payload, _type(kind), _Predicate)
    if predicate.trust != trust.digest:
        raise Refused("this was signed under another trust document")
    signers = {trust.owner(key).id for key in proved.keys}
    if len(proved.keys) != 1 or signers != {predicate.by}:
        raise Refused(f"`{predicate.by}` signs this alone")
    return Word(digest, predicate.by, as_form(predicate.said, said, "what was signed"))


def _type(kind: str) -> str:
    return f"urn:writ:{kind}:1"
