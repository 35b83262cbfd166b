"""Whether a vendor's notice is signed: an HMAC-SHA256 over its bytes as they came.

1. Nothing of a body is read before its signature is good: not one byte is parsed, and a body that
   was read and written again would have another signature.
2. While a secret is being changed there are two, here or at the vendor: any signature under any
   secret that we hold is good. All are compared, in constant time.
3. A signature that names an instant is good for five minutes around it. One that names none is
   good as long as the attempt that it speaks of, and once (`writ.people.vendors.seen`).
"""

import hashlib
import hmac
import re
from collections.abc import Sequence

from writ.errors import Refused

WINDOW = 300
"""Seconds by which a notice may be older or newer than this machine's clock."""

_TIMED = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")
_PLAIN = re.compile(r"[0-9a-f]{64}")
_MOST = 4
_LONGEST = 1024


def sign(secret: bytes, data: bytes) -> str:
    """Return the HMAC of bytes as vendors write it."""
    return hmac.new(secret, data, hashlib.sha256).hexdigest()


def check_timed(header: str, body: bytes, secrets: Sequence[bytes], now: float) -> None:
    """Check `t=SECONDS,v1=HEX`, several of them with a space between (rule 2); else Refused."""
    parts = header[:_LONGEST].split()
    read = [match for part in parts if (match := _TIMED.fullmatch(part))]
    if not read or len(read) < len(parts) or len(parts) > _MOST:
        raise Refused("the notice has no signature of the form t=SECONDS,v1=HEX")
    good = [
        int(match[1])
        for match in read
        if _is_any(match[2], b"%s.%s" % (match[1].encode(), body), secrets)
    ]
    if not good:
        raise Refused(
            "the notice is not signed with the secret that was agreed; check it is current"
        )
    if all(abs(now - at) > WINDOW for at in good):
        raise Refused(
            f"the notice is older than {WINDOW} seconds; check both clocks, and send anew"
        )


def check_plain(header: str, body: bytes, secrets: Sequence[bytes]) -> None:
    """Check the HMAC of the body alone, in hex; else Refused."""
    told = header[:_LONGEST].lower()
    if not _PLAIN.fullmatch(told):
        raise Refused("the notice has no signature of 64 hex digits")
    if not _is_any(told, body, secrets):
        raise Refused(
            "the notice is not signed with the secret that was agreed; check it is current"
        )


def _is_any(told: str, data: bytes, secrets: Sequence[bytes]) -> bool:
    """Whether it is the HMAC under one of the secrets; every one is compared (rule 2)."""
    return sum(hmac.compare_digest(told, sign(secret, data)) for secret in secrets) > 0
