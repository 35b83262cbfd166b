"""An attestation: one fact about one subject, signed by the key of a registered method.

1. It is a DSSE envelope over canonical JSON: the subject's id, the fact, a random salt, and where a
   method graded what it saw, those grades with the source's own words for them.
2. Its id is the SHA-256 of that statement; the salt keeps the id from giving the fact away.
3. A fact counts for what its method's key is good for in the trust document, whatever it claims.
   What an operator types in is signed by the method `operator` and counts for A1 at most.
4. A signature is verified when its envelope is first seen since the start, on import and on
   reading back alike; after that, the SHA-256 of the envelope's bytes is enough.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from writ.canonical import Plain, encode
from writ.errors import Refused
from writ.law.subjects import read_fact, write_fact
from writ.model.subject import Fact
from writ.signing.dsse import Envelope, read_envelope, sign, verify
from writ.signing.form import Form, read_form
from writ.signing.keys import KeyPair, key_id
from writ.signing.trust import Trust

PAYLOAD_TYPE = "application/vnd.writ.attestation.v1+json"
OPERATOR = "operator"
EMPLOYER = "employer"
"""The method by which organisations say what they know of their people."""
OPERATOR_CAP = 1
_SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Attestation:
    """A proved statement; `fact.assurance` is already cut to the method's cap (rule 3).

    `claimed` is the assurance that the statement itself names, `envelope` the signed bytes, `grade`
    what `writ.people.methods.Grade` writes, and `by`, who determined it (none: nobody graded it).
    """

    id: bytes
    subject: str
    fact: Fact
    claimed: int
    method: str
    envelope: bytes
    grade: Mapping[str, int | str] | None = None


class _Statement(Form, frozen=True):
    subject: str
    fact: dict[str, object]
    salt: str
    grade: dict[str, int | str] | None = None


def attest(
    subject: str, fact: Fact, pair: KeyPair, grade: Mapping[str, Plain] | None = None
) -> Envelope:
    """Sign that `fact` is so of `subject`."""
    salt = secrets.token_hex(_SALT_BYTES)
    graded: dict[str, Plain] = {} if grade is None else {"grade": grade}
    said: dict[str, Plain] = {"subject": subject, "fact": write_fact(fact), "salt": salt}
    return sign(encode(graded | said), PAYLOAD_TYPE, [pair])


class Methods:
    """The method keys that a trust document registers, and what they were seen to have signed."""

    def __init__(self, trust: Trust) -> None:
        self._methods = {key_id(method.public): method for method in trust.methods.values()}
        self._proved: dict[bytes, Attestation] = {}

    def prove(self, envelope: bytes, *, remember: bool = True) -> Attestation:
        """Return what an envelope attests, proved to be signed by one registered method key.

        Raises Refused for a signature that is not, InvalidInput for a statement that says nothing.
        """
        seen = hashlib.sha256(envelope).digest()
        proved = self._proved.get(seen)
        if proved is None:  # 4
            proved = self._read(envelope)
            if remember:
                self._proved[seen] = proved
        return proved

    def _read(self, envelope: bytes) -> Attestation:
        read = read_envelope(envelope)
        if len(read.signatures) != 1:
            raise Refused("an attestation has one signature, that of its method")
        verify(read, [method.public for method in self._methods.values()], PAYLOAD_TYPE)
        method = self._methods[read.signatures[0].key]
        statement = read_form(read.payload, _Statement, "the attestation")
        fact = read_fact(statement.fact)
        cap = min(method.cap, OPERATOR_CAP) if method.name == OPERATOR else method.cap  # 3
        return Attestation(
            hashlib.sha256(read.payload).digest(),  # 2
            statement.subject,
            replace(fact, assurance=min(fact.assurance, cap)),
            fact.assurance,
            method.name,
            envelope,
            statement.grade,
        )
