"""The method `certificate`: the visitor's browser proves a certificate that names a citizenship.

1. `begin` leads to an address where browsers are asked for a certificate. TLS ends in front of us, at
   a proxy that hands on what was proved there (RFC 9440); the portal believes it on the one listener
   that nothing but that proxy reaches.
2. `certificate`: the certificate leads to an issuer on the list, and names countries of citizenship
   or residence (RFC 3739 3.2.2). Where the cookie of the visit came along, it is the browser that
   began; else the browser is led back to the portal with a code, which only that one can use.
3. Grades: the issuer's, from the list. The binding is 2: the key was there, on a card or in a file.
   The transport is 3, for it is one browser. Freshness is 3 where current lists of revoked ones name
   no certificate of the chain, else 2.
4. A certificate is known by the names of issuer and holder, so that a renewed one is the same. A fact
   ends with the first certificate of its chain that does, and with the issuer's span.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from writ.clock import SECOND, Clock, Instant, wall
from writ.errors import InvalidInput, Refused
from writ.people.clientcert.issuers import Issuer, find_issuer
from writ.people.clientcert.rechecks import write_reference
from writ.people.credentials.nationality import citizenships, residence
from writ.people.devices.waiting import SAME_BROWSER, Waiting
from writ.people.methods import (
    Arrival,
    Finding,
    Grade,
    Offer,
    Proof,
    Question,
    Session,
    Show,
    Step,
    shown_by,
)
from writ.signing.certificates import Certificate, read_certificate
from writ.signing.directory import Told, read_directory

MINUTES = 1
_BINDING = 2
_CURRENT, _UNASKED = 3, 2
_ATTRIBUTES = ("citizenships", "residence")


class ClientCertificate:
    """TLS client certificates; `place` is where browsers are asked, `portal` where visits are."""

    name = "certificate"
    budget = 8 * 1024
    lasts = 600

    def __init__(
        self,
        issuers: Sequence[Issuer],
        places: tuple[str, str],
        clock: Clock,
        now: Callable[[], float] = wall,
    ) -> None:
        self._issuers = issuers
        self._place, self._portal = places
        self._clock = clock
        self._now = now
        self._waiting = Waiting()

    def offer(self, question: Question) -> Offer | None:
        """Offer what some issuer's certificates could show."""
        level = max(issuer.assurance for issuer in self._issuers)
        shows = shown_by(question, _ATTRIBUTES, level)
        return Offer(level, MINUTES, "document", shows) if shows else None

    async def begin(self, session: Session, language: str) -> Step:  # noqa: ARG002 - pages speak
        """Lead to where browsers are asked (rule 1)."""
        path = session.address.removeprefix(self._portal)
        return Show("form", {"address": f"{self._place}{path}/certificate"})

    async def hear(self, session: Session, arrival: Arrival) -> Step:
        """Take a certificate, or the browser that comes back with a code (rule 2)."""
        match arrival.leg:
            case "certificate":
                found = self._found(arrival.certificates)
                return found if arrival.browser else self._back(session, found)
            case "return" if arrival.browser:
                return self._waiting.take(session.handle, arrival.fields.get("code", ""))
        raise InvalidInput("there is nothing at this address; go back to the page that began")

    def _back(self, session: Session, found: Finding) -> Show:
        code = self._waiting.keep(session.handle, found, self._now(), self.lasts)
        return Show("back", {"address": f"{session.address}/return?code={code}"})

    def _found(self, ders: Sequence[bytes]) -> Finding:
        if not ders:
            raise InvalidInput(
                "your browser sent no certificate; close it, try again and choose one when it asks,"
                " or take another way"
            )
        chain = [read_certificate(der) for der in ders]
        now = self._now()
        of = find_issuer(self._issuers, chain, now)
        issuer = of.issuer
        ends = min(issuer.until, *(item.span[1] for item in chain))
        at = self._clock.now()
        span = (at, at + int((ends - now) * SECOND))
        fresh = _CURRENT if of.current else _UNASKED
        grade = Grade(issuer.assurance, _BINDING, SAME_BROWSER, fresh, issuer.scheme, issuer.level)
        proved = tuple(
            replace(proof, revocation=write_reference(issuer, chain, of.anchor))
            for proof in _proofs(read_directory(chain[0]), issuer.name, grade, span)
        )
        if not proved:
            raise Refused(
                "the certificate names no country of citizenship or residence; take another way"
            )
        return Finding(proved, _named(chain[0]))


def _proofs(
    told: Told, issuer: str, grade: Grade, span: tuple[Instant, Instant]
) -> Iterator[Proof]:
    """Take out what the certificate says; rule 3."""
    homes = (value for code in told.residence for value in residence(code))
    read = (("citizenships", citizenships(list(told.citizenships))), ("residence", tuple(homes)))
    for attribute, values in read:
        if values:
            yield Proof(attribute, values, "at_least", grade, issuer, *span)


def _named(certificate: Certificate) -> bytes:
    """Name the holder at the issuer (rule 4)."""
    names = (certificate.read.issuer, certificate.read.subject)
    return hashlib.sha256(b"certificate\0" + b"\0".join(n.public_bytes() for n in names)).digest()
