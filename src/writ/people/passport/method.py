"""The method `passport`: a reader takes the files off a chip, and the browser that began comes for it.

1. `begin` makes a challenge, and shows a link for a reader app on this device, and a square for one
   on another with a form for the code that it will show.
2. `chip`: the app asks what to read and which challenge the chip should sign, then sends the files.
   They are proved, facts are taken out of them, and the rest is forgotten.
3. Where it came from is found as with a wallet: by a code in the address that the app opens, or one
   that a person types (`writ.people.devices.waiting`).
4. Grades: the issuer, a state that saw its citizen, is 3, and 1 where the proof rests on SHA-1 or a
   short key. A protection is 1: the chip says who the state thinks its holder is, not the decision.
   The binding is 2 where the chip answered, so that the document was there, and 1 where its files
   alone came: nobody saw a face, and files can be copied. Freshness is 2: which documents were lost
   or taken back, states tell each other, and not us; which signers, a list may tell (CRL).
5. A document is known by who issued it and its number; a fact ends when it does.
"""

import secrets
from collections.abc import Callable
from urllib.parse import quote

import msgspec

from writ.canonical import encode
from writ.clock import SECOND, Clock, wall
from writ.errors import InvalidInput
from writ.people.devices.qr import qr_outline
from writ.people.devices.waiting import SAME_BROWSER, Waiting
from writ.people.document_names import document_name
from writ.people.methods import (
    Arrival,
    Finding,
    Grade,
    Offer,
    Proof,
    Question,
    Reply,
    Session,
    Show,
    Step,
    shown_by,
)
from writ.people.passport.document import Authorities, Document, Files, verify_document
from writ.people.passport.nationality import Shown, country_of, shown
from writ.people.passport.rechecks import write_reference
from writ.signing.form import to_base64

MINUTES = 4
_CHALLENGE_BYTES = 8
"""As many as a chip signs (ICAO Doc 9303 part 11, 6.1)."""

_STATE, _DOUBTFUL = 3, 1
_PRESENT, _COPIED = 2, 1
_FRESHNESS = 2


class _Sent(msgspec.Struct, forbid_unknown_fields=True):
    """What a reader app sends, each file in base64."""

    sod: bytes
    dg1: bytes
    dg15: bytes | None = None
    answer: bytes | None = None


class Passport:
    """ICAO Doc 9303; `reader` opens the app, `now` tells seconds since the epoch."""

    name = "passport"
    budget = 64 * 1024
    lasts = 600

    def __init__(
        self,
        authorities: Authorities,
        reader: str,
        clock: Clock,
        now: Callable[[], float] = wall,
    ) -> None:
        self._authorities = authorities
        self._reader = reader
        self._clock = clock
        self._now = now
        self._waiting = Waiting()

    def offer(self, question: Question) -> Offer | None:
        """Offer what a chip that answers could show."""
        citizenships = shown_by(question, ["citizenships"], _PRESENT)
        protections = shown_by(question, ["protection"], _DOUBTFUL)
        shows = tuple(sorted({*citizenships, *protections}))
        return Offer(_PRESENT, MINUTES, "smartphone", shows) if shows else None

    async def begin(self, session: Session, language: str) -> Step:  # noqa: ARG002 - pages speak
        """Show the link and the square (rule 1)."""
        session.state["challenge"] = secrets.token_hex(_CHALLENGE_BYTES)
        return self._page(session)

    async def hear(self, session: Session, arrival: Arrival) -> Step:
        """Take what arrived at a leg."""
        match arrival.leg:
            case "chip" if not arrival.browser:
                return self._chip(session, arrival.body)
            case "return":
                return self._waiting.returned(session, arrival)
            case "look" if arrival.browser:
                return self._page(session)
        raise InvalidInput("this address is for the app that reads the chip; open it with that")

    def _page(self, session: Session) -> Show:
        link = f"{self._reader}?at={quote(f'{session.address}/chip', safe='')}"
        width, outline = qr_outline(link)
        return Show("link", {"link": link, "width": width, "outline": outline})

    def _chip(self, session: Session, body: bytes) -> Reply:
        """Say what to read, or take what was read (rule 2)."""
        challenge = bytes.fromhex(str(session.state["challenge"]))
        if not body:
            wanted = {"challenge": to_base64(challenge), "files": ["sod", "dg1", "dg15"]}
            return Reply(encode(wanted), "application/json")
        try:
            sent = msgspec.json.decode(body, type=_Sent)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise InvalidInput(
                "send JSON with `sod` and `dg1`, and `dg15` with the chip's `answer`, in base64"
            ) from None
        now = self._now()
        files = Files(sent.sod, sent.dg1, sent.dg15, sent.answer)
        document = verify_document(files, self._authorities, challenge, now)
        proof = _proof(document, now, self._clock)
        found = Finding((proof,), _named(document))
        return self._waiting.lead_back(session, found, now, self.lasts)


def grade(document: Document, said: Shown) -> Grade:
    """Say how good a proof is (rule 4)."""
    doubtful = document.weak or said.attribute == "protection"
    return Grade(
        issuer=_DOUBTFUL if doubtful else _STATE,
        binding=_PRESENT if document.present else _COPIED,
        transport=SAME_BROWSER,
        freshness=_FRESHNESS,
        scheme="icao-9303",
        value=_words(document),
    )


def _words(document: Document) -> str:
    """Say what was done, in the words of the standard."""
    done = "active authentication" if document.present else "passive authentication"
    return f"{done}, CRL" if document.current else done


def _proof(document: Document, now: float, clock: Clock) -> Proof:
    zone, at = document.zone, clock.now()
    said = shown(zone.issuer, zone.nationality)
    return Proof(
        attribute=said.attribute,
        values=(said.value,),
        completeness="at_least",
        grade=grade(document, said),
        issuer=f"{country_of(zone.issuer)} (ICAO 9303)",
        verified_at=at,
        expires_at=at + int((zone.ends - now) * SECOND),
        revocation=write_reference(document),
    )


def _named(document: Document) -> bytes:
    """Name the document (rule 5)."""
    return document_name(country_of(document.zone.issuer), document.zone.number)
