"""SD-JWT VC with key binding, as a wallet presents it (RFC 9901; draft-ietf-oauth-sd-jwt-vc).

1. `ISSUER-JWT~DISCLOSURE~...~KB-JWT`, 64 KiB at most. Without the last there is nobody there.
2. The issuer's JWT is of type `dc+sd-jwt`; its certificates lead to an issuer that is trusted for
   its `vct` now, whose key signed it. An `iss` under https is a name of that certificate.
3. It is valid now (`nbf`, `iat`, `exp`), and its digests are SHA-256.
4. The disclosures are opened (`disclosures`).
5. The key binding is of type `kb+jwt`, signed by the key in `cnf.jwk`, made after we asked, for our
   nonce and our `client_id`, over the digest of everything before it (`sd_hash`).
6. Claims that we do not ask for are passed over; `crit` in a header is refused (`signing.jws`).
"""

import hashlib
from collections.abc import Mapping
from urllib.parse import urlsplit

from writ.errors import Refused
from writ.people.credentials.disclosures import Disclosures
from writ.people.credentials.kinds import kind_of
from writ.people.credentials.presented import Asked, Presented
from writ.people.credentials.statuslist import read_reference
from writ.people.credentials.trustlist import TrustList
from writ.people.credentials.validity import check_made, check_span
from writ.signing.certificates import Certificate
from writ.signing.elliptic import EcKey, from_jwk
from writ.signing.jose import to_base64url
from writ.signing.jws import MAX_TOKEN, number, read_jws

_WHAT = "the credential"
_BINDING = "the wallet's key binding"


def verify_sdjwt(presentation: str, asked: Asked, trust: TrustList) -> Presented:
    """Return what a presentation proves; whatever breaks a rule is Refused."""
    # 1
    if len(presentation) > MAX_TOKEN or not presentation.isascii():
        raise Refused(f"the presentation is larger than {MAX_TOKEN} characters, or not ASCII")
    token, *others = presentation.split("~")
    if not others or not others[-1]:
        raise Refused("the presentation has no key binding; use a wallet that signs with its key")
    *disclosures, binding = others
    # 2
    read = read_jws(token, "dc+sd-jwt", _WHAT)
    vct = read.claims.get("vct")
    kind = kind_of(vct) if isinstance(vct, str) else None
    if kind is None or kind.format != "dc+sd-jwt" or not isinstance(vct, str):
        raise Refused("the credential is of a type that is not asked for here")
    issuer, signer = trust.find(kind, vct, read.chain(), asked.now)
    claims = read.verify(signer.key)
    _check_issuer(claims.get("iss"), signer)
    # 3
    until = number(claims, "exp", _WHAT)
    check_span(number(claims, "nbf", _WHAT), until, asked.now, _WHAT)
    made = number(claims, "iat", _WHAT)
    check_span(made, None, asked.now, _WHAT)
    if claims.get("_sd_alg", "sha-256") != "sha-256":
        raise Refused("the credential's digests are made with another algorithm than sha-256")
    if until is None:
        raise Refused("the credential does not say when it expires")
    # 5
    holder = _holder(claims.get("cnf"))
    _check_binding(binding, presentation[: -len(binding)], holder, asked)
    # 4
    opening = Disclosures(disclosures)
    hidden = {name: item for name, item in claims.items() if name != "_sd_alg"}
    shown = opening.open(hidden)
    status = read_reference(shown.get("status"), _WHAT)
    return Presented(kind, issuer, holder.thumbprint(), shown, opening.hidden, until, made, status)


def _check_issuer(iss: object, signer: Certificate) -> None:
    """Refuse a name that the certificate does not bear (draft-ietf-oauth-sd-jwt-vc section 2.5)."""
    if not isinstance(iss, str) or not iss.startswith("https://"):
        return
    if urlsplit(iss).hostname not in signer.dns_names:
        raise Refused("the credential's `iss` is no name of the certificate that signed it")


def _holder(cnf: object) -> EcKey:
    jwk = cnf.get("jwk") if isinstance(cnf, Mapping) else None
    if jwk is None:
        raise Refused("the credential is bound to no key; use one that is bound to your wallet")
    return from_jwk(jwk, "the holder's key")


def _check_binding(token: str, before: str, holder: EcKey, asked: Asked) -> None:
    """Prove that the holder was there, and meant us (rule 5)."""
    claims = read_jws(token, "kb+jwt", _BINDING).verify(holder)
    if claims.get("nonce") != asked.nonce:
        raise Refused("the wallet answered another request than ours (nonce); start again")
    if claims.get("aud") != asked.audience:
        raise Refused("the wallet's answer is for somebody else (aud); start again")
    check_made(number(claims, "iat", _BINDING), asked.since, asked.now, _BINDING)
    if claims.get("sd_hash") != to_base64url(hashlib.sha256(before.encode()).digest()):
        raise Refused("the wallet signed for other disclosures than it shows (sd_hash)")
