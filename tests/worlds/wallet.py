"""A small wallet: fetches a request, believes nothing it should not, and answers it.

It is written from the standard and from none of our code but the transcript's numbers, so that what
we send and what we take are read a second time. Keywords make one thing in an answer wrong.
"""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwe, jws
from joserfc.jwk import ECKey

from tests.worlds.issuers import SdJwt, b64, cose, new_key
from tests.worlds.issuers import jws as sign
from writ.clock import Instant
from writ.model.decision import Settlement
from writ.people.methods import Arrival, Question, Reply, Session
from writ.people.openid4vp.wallet import Wallet

US_CITIZEN = Settlement("requester", "citizenships", (("US", ""),), "at_least", 2, ("wallet",))


def question(*wanted: Settlement) -> Question:
    """Ask a person for what would settle it; for a US citizenship unless told otherwise."""
    return Question("ana", "person", "requester", "fable-5", wanted or (US_CITIZEN,))


def session(*wanted: Settlement) -> Session:
    """Open an attempt as the portal does."""
    return Session(question(*wanted), "https://verify.example/w/1", 0.0)


@dataclass(frozen=True)
class Standing:
    """A legal clock that stands."""

    instant: Instant = 1_781_300_000_000_000

    def now(self) -> Instant:
        """Return the instant."""
        return self.instant


@dataclass
class Lists:
    """Status lists by address, and how often each was fetched."""

    lists: dict[str, bytes] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)

    async def get(self, uri: str, accept: str, limit: int) -> bytes:
        """Return a list as its host would."""
        assert "application/statuslist+jwt" in accept
        assert limit > len(self.lists[uri])
        self.fetched.append(uri)
        return self.lists[uri]


@dataclass
class Asked:
    """A request that the wallet has verified."""

    claims: dict[str, Any]

    @property
    def key(self) -> dict[str, Any]:
        """The key that the answer is encrypted to."""
        found: dict[str, Any] = self.claims["client_metadata"]["jwks"]["keys"][0]
        return found


def read_link(address: str) -> dict[str, str]:
    """Read what a link tells a wallet."""
    split = urlsplit(address)
    return {name: values[0] for name, values in parse_qs(split.query).items()}


def read_request(token: str, client_id: str, nonce: str) -> Asked:
    """Verify a request object as HAIP wants it, with another library."""
    header = json.loads(base64.urlsafe_b64decode(token.partition(".")[0] + "=="))
    der = base64.b64decode(header["x5c"][0])
    prefix, _, named = client_id.partition(":")
    certificate = x509.load_der_x509_certificate(der)
    if prefix == "x509_hash":
        assert named == b64(hashlib.sha256(der).digest())
    else:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert named in names.get_values_for_type(x509.DNSName)
    assert header["typ"] == "oauth-authz-req+jwt"
    public = certificate.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    registry = jws.JWSRegistry(algorithms=["ES256"])
    registry.max_header_length = 8192
    read = jws.deserialize_compact(token, ECKey.import_key(public), registry=registry)
    claims = json.loads(read.payload or b"")
    assert claims["client_id"] == client_id
    assert claims["aud"] == "https://self-issued.me/v2"
    assert claims.get("wallet_nonce") == (nonce or None)
    return Asked(claims)


def present_sdjwt(
    credential: str, asked: Asked, holder: ec.EllipticCurvePrivateKey, now: float, **claims: Any
) -> str:
    """Bind a credential with its disclosures to a request."""
    made = {
        "aud": asked.claims["client_id"],
        "nonce": asked.claims["nonce"],
        "iat": int(now),
        "sd_hash": b64(hashlib.sha256(credential.encode()).digest()),
        **claims,
    }
    return credential + sign({"typ": "kb+jwt", "alg": "ES256"}, made, holder)


def present_mdoc(
    issued: dict[str, Any], asked: Asked, holder: ec.EllipticCurvePrivateKey, type_: str
) -> str:
    """Sign the transcript of a request (OpenID4VP 1.0 B.2.6)."""
    key = ECKey.import_key({name: asked.key[name] for name in ("kty", "crv", "x", "y")})
    digest = key.thumbprint()
    info = cbor2.dumps([
        asked.claims["client_id"], asked.claims["nonce"],
        base64.urlsafe_b64decode(digest + "="), asked.claims["response_uri"],
    ])  # fmt: skip
    transcript = [None, None, ["OpenID4VPHandover", hashlib.sha256(info).digest()]]
    own = cbor2.CBORTag(24, cbor2.dumps({}))
    signed = cbor2.dumps(["DeviceAuthentication", transcript, type_, own])
    payload = cbor2.dumps(cbor2.CBORTag(24, signed))
    document = {
        "docType": type_,
        "issuerSigned": issued,
        "deviceSigned": {
            "nameSpaces": own,
            "deviceAuth": {"deviceSignature": cose({1: -7}, {}, None, holder, payload)},
        },
    }
    return b64(cbor2.dumps({"version": "1.0", "documents": [document], "status": 0}))


def encrypt(answer: Any, asked: Asked, **header: Any) -> str:
    """Encrypt an answer to the key of a request."""
    key = ECKey.import_key({name: asked.key[name] for name in ("kty", "crv", "x", "y")})
    head = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": asked.key["kid"], **header}
    algorithms = ["ECDH-ES", "A128GCM", "A256GCM", "A128CBC-HS256", "DEF"]
    return jwe.encrypt_compact(head, json.dumps(answer).encode(), key, algorithms=algorithms)


@dataclass
class Holder:
    """Somebody with a wallet; `now` is what her wallet's clock says."""

    now: float
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: new_key(number=20))

    async def fetch(self, method: Wallet, attempt: Session, nonce: str = "mine") -> Asked:
        """Open the link of an attempt and fetch its request."""
        told = read_link((await self.look(method, attempt))["links"][0])
        assert told["request_uri"] == f"{attempt.address}/request"
        assert told["request_uri_method"] == "post"
        step = await method.hear(
            attempt, Arrival("request", browser=False, fields={"wallet_nonce": nonce})
        )
        assert isinstance(step, Reply)
        assert step.content_type == "application/oauth-authz-req+jwt"
        return read_request(step.body.decode(), told["client_id"], nonce)

    async def look(self, method: Wallet, attempt: Session) -> Any:
        """Look at the page as the browser that began."""
        return (await method.hear(attempt, Arrival("look", browser=True))).data  # type: ignore[union-attr]  # a page

    async def show(self, method: Wallet, attempt: Session, credential: SdJwt, *places: int) -> str:
        """Present a PID, with the nationalities at these places; return the code of the address."""
        asked = await self.fetch(method, attempt)
        shown = present_sdjwt(credential.shown(*places), asked, self.key, self.now)
        return await self.send(method, attempt, asked, {"pid": [shown]})

    async def send(self, method: Wallet, attempt: Session, asked: Asked, token: Any) -> str:
        """Send an answer; return the code of the address that the wallet is given."""
        answer = encrypt({"vp_token": token, "state": asked.claims["state"]}, asked)
        step = await method.hear(
            attempt, Arrival("response", browser=False, fields={"response": answer})
        )
        assert isinstance(step, Reply)
        assert (200, "application/json") == (step.status, step.content_type)
        address = json.loads(step.body)["redirect_uri"]
        assert address.startswith(f"{attempt.address}/return?")
        return read_link(address)["code"]
