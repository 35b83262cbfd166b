"""Where server-sent events end, so that a stream is only ever cut between two of them.

1. An event ends with an empty line; lines end with LF, CRLF or CR, also mixed.
2. Bytes go out unchanged, and only up to the last such end; the rest waits for more.
3. A CR at the end of a piece ends its line at once; an LF that turns out to belong to it leaves
   with the next event, before which it means nothing.
"""

import re

_END = re.compile(rb"(?>\r\n|\n|\r)(?>\r\n|\n|\r)")


class Events:
    """The bytes of one stream; `count` is how many events have been handed out."""

    def __init__(self) -> None:
        self.count = 0
        self._kept = b""

    @property
    def waiting(self) -> int:
        """Bytes kept back because their event has not ended."""
        return len(self._kept)

    def feed(self, data: bytes) -> bytes:
        """Return the whole events that `data` completes, byte for byte."""
        before = max(0, len(self._kept) - 3)
        if self._kept:
            data = self._kept + data
        end, ends = 0, 0
        for match in _END.finditer(data, before):
            end, ends = match.end(), ends + 1
        self.count += ends
        self._kept = data[end:]
        return data[:end]

    def rest(self) -> bytes:
        """Return what was kept back; the stream ended without an empty line."""
        kept, self._kept = self._kept, b""
        return kept
