"""Findings that a wallet or a reader brought, until the browser that began comes for them with a code.

1. The long code stands in the address to which the wallet sends its browser; the short one is shown
   to a person whose wallet is on another device, to be typed where it began.
2. A finding that came by the short code was carried by a person, who may have been talked into it:
   its transport is graded down.
3. A code is tried five times. Findings wait in memory only, as long as the session lasts.
"""

import secrets
from dataclasses import dataclass, replace
from hmac import compare_digest

from writ.canonical import Plain, encode
from writ.errors import Failed, InvalidInput, Refused
from writ.people.methods import Arrival, Finding, Reply, Session, Show, Step

SAME_BROWSER, CARRIED_CODE = 3, 2
"""How good a transport is that led the browser back by itself, and one that a person was."""

MOST = 10_000
MOST_TRIES = 5
_CODE_BYTES = 32
_SHORT = 10**8
_HALF = 4


@dataclass(slots=True)
class _Found:
    finding: Finding
    long: str
    short: str
    until: float
    tries: int = 0


class Waiting:
    """The findings that wait, by the session's handle."""

    def __init__(self) -> None:
        self._found: dict[str, _Found] = {}

    def keep(self, handle: str, finding: Finding, now: float, lasts: float) -> str:
        """Keep a finding; return the long code."""
        for over in [name for name, item in self._found.items() if item.until <= now]:
            del self._found[over]
        if len(self._found) >= MOST:
            raise Failed("too many people are proving themselves just now; try again in a minute")
        found = _Found(
            finding,
            secrets.token_urlsafe(_CODE_BYTES),
            f"{secrets.randbelow(_SHORT):08}",
            now + lasts,
        )
        self._found[handle] = found
        return found.long

    def short(self, handle: str, code: str) -> str:
        """Return the short code, to be shown to whoever has the long one."""
        found = self._of(handle)
        if not _same(code, found.long):
            raise InvalidInput("this address is not the one that your wallet or reader was given")
        return f"{found.short[:_HALF]} {found.short[_HALF:]}"

    def take(self, handle: str, code: str) -> Finding:
        """Give a finding to the browser that began, if it brings one of the codes."""
        found = self._of(handle)
        if _same(code, found.long):
            return self._found.pop(handle).finding
        if _same(code.replace(" ", ""), found.short):
            return _carried(self._found.pop(handle).finding)
        found.tries += 1
        if found.tries < MOST_TRIES:
            raise InvalidInput(
                "that is not the code; it is on the device that has your wallet or reader"
            )
        del self._found[handle]
        raise Refused(f"that was not the code, {MOST_TRIES} times; start again")

    def lead_back(self, session: Session, finding: Finding, now: float, lasts: float) -> Reply:
        """Keep a finding, and tell the device that brought it where to send its browser."""
        code = self.keep(session.handle, finding, now, lasts)
        answer: dict[str, Plain] = {"redirect_uri": f"{session.address}/return?code={code}"}
        return Reply(encode(answer), "application/json")

    def returned(self, session: Session, arrival: Arrival) -> Step:
        """Give the finding to the browser that began, and to another a code to type there (rule 1)."""
        code = arrival.fields.get("code", "")
        if arrival.browser:
            return self.take(session.handle, code)
        return Show("elsewhere", {"code": self.short(session.handle, code)})

    def _of(self, handle: str) -> _Found:
        found = self._found.get(handle)
        if found is None:
            raise InvalidInput("nothing has come yet; open your wallet or reader first")
        return found


def _same(code: str, wanted: str) -> bool:
    return compare_digest(code.encode(), wanted.encode())


def _carried(found: Finding) -> Finding:
    proved = tuple(
        replace(proof, grade=replace(proof.grade, transport=CARRIED_CODE)) for proof in found.proved
    )
    return replace(found, proved=proved)
