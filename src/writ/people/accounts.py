"""An account that somebody has elsewhere, as a credential of theirs.

1. It is named by its issuer and the issuer's own name for the person (`iss` and `sub` of OpenID
   Connect), which stay the same whenever it is shown; only an HMAC of that is kept
   (`writ.people.backing`).
"""

from writ.canonical import encode


def account_credential(issuer: str, sub: str) -> bytes:
    """Name an account, as `Finding.credential` and signals about it do."""
    return encode({"iss": issuer, "sub": sub})
