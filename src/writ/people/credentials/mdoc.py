"""An mdoc as a wallet presents it (ISO/IEC 18013-5 clauses 8.3, 9.1): who issued it, who shows it.

1. A device response of version 1.0 with status 0 and one document, 64 KiB at most.
2. The issuer's signature is over the mobile security object (MSO) in tag 24; its certificates lead
   to an issuer that is trusted for the document type now (9.3.1). The MSO is of version 1.0 and of
   the document's own type.
3. `validFrom` to `validUntil` hold now, and it was signed in the past and while its certificate
   was valid (9.3.1 step 5).
4. Each element shown has, under its number, the digest of its bytes as they came; no number and no
   name stands twice. What only the device signed is no evidence, and is passed over.
5. The device signed the session transcript, so that the answer is to our request and nobody else's
   (9.1.3). A MAC instead is refused: we never agree on a key for it.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from writ.errors import Refused
from writ.people.credentials.kinds import kind_of
from writ.people.credentials.presented import Presented
from writ.people.credentials.statuslist import read_reference
from writ.people.credentials.trustlist import TrustList
from writ.people.credentials.validity import check_made, check_span
from writ.signing.cbor import embed, embedded, read_cbor, write_cbor
from writ.signing.cose import read_sign1
from writ.signing.elliptic import EcKey, from_cose

MOST_ELEMENTS = 100
_DIGESTS = {"SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
_WHAT = "the credential"
_DEVICE = "the wallet's signature"


def verify_mdoc(response: bytes, transcript: bytes, trust: TrustList, now: float) -> Presented:
    """Return what a device response proves; whatever breaks a rule is Refused.

    `transcript` are the bytes of the session transcript that the wallet has to have signed.
    """
    # 1
    match read_cbor(response, "the device response"):
        case {"version": "1.0", "status": 0, "documents": [dict(document)]}:
            pass
        case _:
            raise Refused("the wallet's response is not one document of version 1.0 with status 0")
    issuer_signed, type_ = document.get("issuerSigned"), document.get("docType")
    if not isinstance(issuer_signed, dict) or not isinstance(type_, str):
        raise Refused("the document has no type, or nothing that its issuer signed")
    presented, device = verify_issued(issuer_signed, type_, trust, now)
    # 5
    _check_device(document.get("deviceSigned"), type_, transcript, device)
    return presented


def verify_issued(
    issuer_signed: Mapping[object, object], type_: str, trust: TrustList, now: float
) -> tuple[Presented, EcKey]:
    """Return what the issuer vouches for, and the device's key (rules 2 to 4)."""
    kind = kind_of(type_)
    if kind is None or kind.format != "mso_mdoc":
        raise Refused("the credential is of a type that is not asked for here")
    # 2
    signed = read_sign1(issuer_signed.get("issuerAuth"), _WHAT)
    issuer, signer = trust.find(kind, type_, signed.chain(), now)
    payload = signed.verify(signer.key)
    mso = read_cbor(embedded(read_cbor(payload, _WHAT), _WHAT), _WHAT)
    match mso:
        case {"version": "1.0", "docType": str(own), "validityInfo": dict(validity),
              "valueDigests": dict(digests), "deviceKeyInfo": {"deviceKey": dict(device)},
              "digestAlgorithm": str(algorithm), **rest} if own == type_:  # fmt: skip
            pass
        case _:
            raise Refused("the credential is not a security object of version 1.0 for its document")
    # 3
    made, since, until = (
        _seconds(validity, name) for name in ("signed", "validFrom", "validUntil")
    )
    check_span(since, until, now, _WHAT)
    born, dies = signer.span
    check_made(made, born, min(now, dies), _WHAT)
    # 4
    shown = _elements(issuer_signed.get("nameSpaces", {}), digests, algorithm)
    holder = from_cose(device, "the device's key")
    status = read_reference(rest.get("status"), _WHAT)
    return Presented(kind, issuer, holder.thumbprint(), shown, {}, until, made, status), holder


def _seconds(validity: Mapping[object, object], name: str) -> float:
    told = validity.get(name)
    if not isinstance(told, datetime):
        raise Refused(f"the credential does not say `{name}`")
    return told.timestamp()


def _elements(
    spaces: object, digests: Mapping[object, object], algorithm: str
) -> dict[str, dict[str, object]]:
    """Return the elements shown, by name space and name, each proved by its digest (rule 4)."""
    if algorithm not in _DIGESTS or not isinstance(spaces, dict):
        raise Refused("the credential's digests are made with an algorithm that is not known here")
    shown: dict[str, dict[str, object]] = {}
    for space, items in spaces.items():
        expected = digests.get(space)
        if not isinstance(expected, dict) or not isinstance(items, list):
            raise Refused("the credential has no digests for what is shown")
        if len(items) > MOST_ELEMENTS:
            raise Refused(f"more than {MOST_ELEMENTS} elements are shown")
        shown[space] = _proved(items, expected, _DIGESTS[algorithm])
    return shown


def _proved(items: list[object], expected: Mapping[object, object], name: str) -> dict[str, object]:
    found: dict[str, object] = {}
    numbers: set[int] = set()
    for item in items:
        data = embedded(item, "an element")
        match read_cbor(data, "an element"):
            case {"digestID": int(number), "elementIdentifier": str(element),
                  "elementValue": value, "random": bytes()}:  # fmt: skip
                pass
            case _:
                raise Refused("an element is not in its form")
        if number in numbers or element in found:
            raise Refused("an element is shown twice")
        if hashlib.new(name, embed(data)).digest() != expected.get(number):
            raise Refused("an element shown is not the one that its issuer signed (digest)")
        numbers.add(number)
        found[element] = value
    return found


def _check_device(signed: object, type_: str, transcript: bytes, device: EcKey) -> None:
    match signed:
        case {"nameSpaces": spaces, "deviceAuth": {"deviceSignature": signature, **rest}} if (
            not rest
        ):
            pass
        case _:
            raise Refused("the wallet did not sign with its key (deviceSignature)")
    own = embedded(spaces, "what the device says")
    sign1 = read_sign1(signature, _DEVICE)
    authentication = device_authentication(transcript, type_, own)
    sign1.verify(device, embed(authentication))


def device_authentication(transcript: bytes, type_: str, own: bytes) -> bytes:
    """Write what the device signs (9.1.3.4), around a transcript that is CBOR already."""
    head = b"\x84" + write_cbor("DeviceAuthentication")
    return head + transcript + write_cbor(type_) + embed(own)
