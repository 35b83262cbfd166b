"""An invitation: what a refusal's `verify_uri` carries into the portal, minted without a database.

1. It names the account by its pseudonym, the question by its digest, the refusal by its decision
   id, and when it ends. It is good for one thing: to begin where the refusal left off. Whoever has
   it has proved nothing, and learns nothing from it.
2. It is a fixed row of bytes in base64url, closed by HMAC-SHA-256 (RFC 2104) under a secret that
   gateways and the control process share. What is altered, cut, spelt otherwise or too old is
   Refused, all alike.
"""

import base64
import binascii
import hashlib
import hmac
import struct
import uuid
from dataclasses import dataclass

from writ.canonical import encode
from writ.errors import Refused

LIFETIME = 3600
"""Seconds; a link outlives the lunch of whoever finds it in a program's log, and no more."""

QUESTION_BYTES = 16
_VERSION = 1
_FORM = struct.Struct(">B16s16sQ16s")
_MAC_BYTES = 16
_PURPOSE = b"writ invitation 1\0"


@dataclass(frozen=True, slots=True)
class Invitation:
    """Whose account (a pseudonym), which question, which refusal, and until when (wall seconds)."""

    account: bytes
    question: bytes
    decision: uuid.UUID
    ends: int

    def sealed(self, secret: bytes) -> str:
        """Write it as the token of a link."""
        data = _FORM.pack(_VERSION, self.account, self.question, self.ends, self.decision.bytes)
        return base64.urlsafe_b64encode(data + _mac(secret, data)).rstrip(b"=").decode()


def question_named(model: str, rules_digest: str) -> bytes:
    """Return what names a question: a canonical model under the rules of an instant."""
    return hashlib.sha256(encode([model, rules_digest])).digest()[:QUESTION_BYTES]


def read_invitation(token: str, secret: bytes, now_wall: float) -> Invitation:
    """Return what a token says, proved to be ours and still good; else Refused (rule 2)."""
    refused = Refused("this link is not good any more; send your request again for a new one")
    try:
        sealed = base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise refused from None
    data, mac = sealed[: _FORM.size], sealed[_FORM.size :]
    if len(data) != _FORM.size or not hmac.compare_digest(mac, _mac(secret, data)):
        raise refused
    version, account, question, ends, decision = _FORM.unpack(data)
    read = Invitation(account, question, uuid.UUID(bytes=decision), ends)
    if version != _VERSION or ends <= now_wall or read.sealed(secret) != token:
        raise refused
    return read


def _mac(secret: bytes, data: bytes) -> bytes:
    return hmac.digest(secret, _PURPOSE + data, hashlib.sha256)[:_MAC_BYTES]
