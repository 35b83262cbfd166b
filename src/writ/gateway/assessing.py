"""What words about end users say besides names: asked of the control process, and kept for a while.

1. A gateway knows no law: it hands the word on as it came, and hears what it comes to (see
   `writ.point.seam`, rule 6). An answer for another epoch, none in time, or none at all: refused.
2. What it comes to is kept by who says it, of whom, and what, for words issued within a minute of
   the one that was asked about: never for earlier ones, so nothing counts as fresher than it is.
3. As many are kept as have room, the latest used; what no longer stands is asked about anew.
4. Few are asked about at once, fewer of one organisation; beyond that the word is refused. What an
   answer under way rests on is asked about in turn, as far as all of it is answered in time.
"""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

from writ.clock import elapsed
from writ.gateway.gate import Gate, Word
from writ.point import seam
from writ.point.board import Said

MOST_KEPT = 4096
MOST_OPEN = 64
MOST_OPEN_EACH = 16
FRESH_SECONDS = 60
PATIENCE = 2.0
"""Seconds the control process has to answer."""

Key = tuple[bytes, str, bytes | None, bytes]
Heard = Callable[[Said | None], None]


@dataclass(frozen=True, slots=True)
class _Kept:
    issued: int
    said: Said


@dataclass(frozen=True, slots=True)
class _Open:
    word: Word
    heard: Heard
    timer: asyncio.TimerHandle


class Assessing:
    """Rules 1 to 4; owned by the event loop."""

    def __init__(self, gate: Gate) -> None:
        self.asked = 0
        self._gate = gate
        self._say: Callable[[seam.Up], None] | None = None
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self._open: dict[int, _Open] = {}
        self._each: Counter[bytes] = Counter()
        self._queue: deque[tuple[float, Word, Heard]] = deque()

    def __len__(self) -> int:
        return len(self._kept)

    def connected(self, say: Callable[[seam.Up], None]) -> None:
        """Ask by this connection from now on."""
        self._say = say

    def lost(self, say: Callable[[seam.Up], None]) -> None:
        """A connection is lost; what was asked by it will not be answered."""
        if self._say == say:
            self._say = None
            for number in tuple(self._open):
                self._tell(number, None)

    def assess(self, word: Word, heard: Heard) -> None:
        """Have `heard` told what a word comes to, at once if that is known; None: refused."""
        said = self._find(word)
        if said is not None:
            heard(said)
        elif self._say is None or self._full(word):  # 1, 4
            heard(None)
        else:
            self._ask(word, heard, PATIENCE)

    def assess_anew(self, word: Word, heard: Heard) -> None:
        """Have `heard` told, later, what a word comes to that an answer under way rests on."""
        self._queue.append((elapsed() + PATIENCE, word, heard))
        if len(self._queue) == 1:
            asyncio.get_running_loop().call_soon(self._next)

    def _find(self, word: Word) -> Said | None:
        """Return what a word comes to, if that is kept and stands."""
        key, issued = _key(word), word.said.issued
        kept = self._kept.get(key)
        if kept is None or not 0 <= issued - kept.issued < FRESH_SECONDS:  # 2
            return None
        if not self._gate.board.stands(kept.said):
            del self._kept[key]
            return None
        self._kept.move_to_end(key)
        return kept.said

    def _full(self, word: Word) -> bool:
        return len(self._open) >= MOST_OPEN or self._each[word.organisation] >= MOST_OPEN_EACH

    def _ask(self, word: Word, heard: Heard, patience: float) -> None:
        if self._say is None:
            heard(None)
            return
        self.asked += 1
        number = self.asked
        timer = asyncio.get_running_loop().call_later(patience, self._tell, number, None)
        self._open[number] = _Open(word, heard, timer)
        self._each[word.organisation] += 1
        self._say(seam.Asserted(number, word.key.id, word.token, word.taken))

    def _next(self) -> None:
        """Ask about those in the queue for whom there is room; whose time is up is told so."""
        while self._queue:
            until, word, heard = self._queue[0]
            left, said = until - elapsed(), self._find(word)
            if said is None and left > 0 and len(self._open) >= MOST_OPEN:
                return  # an answer, or one in vain, comes back here
            self._queue.popleft()
            if said is not None or left <= 0:
                heard(said)
            else:
                self._ask(word, heard, left)

    def hear(self, message: seam.Assessed) -> None:
        """Take an answer; one that nobody waits for any more is let go."""
        asked = self._open.get(message.number)
        if asked is None:
            return
        word = asked.word
        issuer = (word.organisation, word.said.kid)
        said = self._gate.board.said(message, issuer, word.end_user)
        if said is not None:
            key = _key(word)
            self._kept[key] = _Kept(word.said.issued, said)
            self._kept.move_to_end(key)
            if len(self._kept) > MOST_KEPT:  # 3
                self._kept.popitem(last=False)
        self._tell(message.number, said)

    def _tell(self, number: int, said: Said | None) -> None:
        asked = self._open.pop(number)
        asked.timer.cancel()
        organisation = asked.word.organisation
        self._each[organisation] -= 1
        if not self._each[organisation]:
            del self._each[organisation]
        asked.heard(said)
        self._next()


def _key(word: Word) -> Key:
    return word.organisation, word.said.kid, word.end_user, word.said.says
