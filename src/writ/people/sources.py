"""Documents that issuers publish, asked for sparingly: strangers decide when, and never how often.

1. Whoever wants a document that is being asked for waits for that answer: one asking at a time for
   each address.
2. One that could not be had, or not be read, is not asked for again at once. The pause is a second,
   doubles with each failure up to a minute, and ends with the first success; whoever comes meanwhile
   is told at once why, and in how many seconds to try again.
3. So many addresses are remembered as failing; the one that failed longest ago makes way.
"""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from writ.clock import elapsed
from writ.errors import Failed, WritError
from writ.people.fetch import Fetch

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
MOST = 1000
_LATER = "; try again later"
T = TypeVar("T")


class NotNow(Failed):
    """A source cannot be asked at present; `after` are the seconds until it is asked again."""

    def __init__(self, why: str, after: int) -> None:
        self.after = after
        unit = "second" if after == 1 else "seconds"
        super().__init__(f"{why.removesuffix(_LATER)}; try again in {after} {unit}")


class Document(NamedTuple):
    """What is published where, and by whom; at most `limit` bytes of it are read."""

    owner: str
    uri: str
    accept: str
    limit: int


@dataclass(frozen=True, slots=True)
class _Failure:
    error: WritError
    pause: float
    until: float


class Sources(Generic[T]):
    """Rules 1 to 3 for one kind of document; `since` are elapsed seconds."""

    def __init__(self, fetch: Fetch, since: Callable[[], float] = elapsed) -> None:
        self._fetch = fetch
        self._since = since
        self._asking: dict[Document, asyncio.Future[T | WritError]] = {}
        self._failures: dict[Document, _Failure] = {}

    async def get(self, document: Document, read: Callable[[bytes], T]) -> T:
        """Return what `read` makes of a document; what it raises is a failure of the source's."""
        failure = self._failures.get(document)
        if failure is not None and self._since() < failure.until:  # 2
            raise self._told(failure)
        asking = self._asking.get(document)
        if asking is None:
            asking = asyncio.ensure_future(self._ask(document, read))
            self._asking[document] = asking
        answer = await asyncio.shield(asking)  # whoever goes away leaves it to the others
        if isinstance(answer, WritError):
            raise self._told(self._failures[document])
        return answer

    async def _ask(self, document: Document, read: Callable[[bytes], T]) -> T | WritError:
        """Ask once for all who wait; what went wrong is returned, for it is theirs to raise."""
        try:
            found = read(await self._fetch.get(document.uri, document.accept, document.limit))
        except WritError as error:
            self._note(document, error)
            return error
        finally:
            del self._asking[document]
        self._failures.pop(document, None)
        return found

    def _note(self, document: Document, error: WritError) -> None:
        """Remember a failure (rules 2, 3)."""
        before = self._failures.pop(document, None)
        pause = FIRST_PAUSE if before is None else min(LONGEST_PAUSE, 2 * before.pause)
        self._failures[document] = _Failure(error, pause, self._since() + pause)
        if len(self._failures) > MOST:
            del self._failures[next(iter(self._failures))]

    def _told(self, failure: _Failure) -> WritError:
        """Return what whoever asks is told: a failure says when to try again, a refusal stays one."""
        if isinstance(failure.error, Failed):
            left = max(1, math.ceil(failure.until - self._since()))
            return NotNow(str(failure.error), left)
        return failure.error.with_traceback(None)
