"""What a drill writes down, one JSON line each: enough to compute its scorecard anew.

1. Elapsed instants are milliseconds since the drill began; legal ones are RFC 3339 in UTC.
2. A `change` is a span in which the rules, the clock or somebody's facts moved: from the moment it
   was begun to the last acknowledgement. Legal time is `from_at` before it and `to_at` after it;
   both are the same where nothing may come of it yet. `party` is whose facts moved, else None.
3. A `request` is written when its answer is complete (for a stream that is held open: when its
   first piece has come). `at` is legal time when it was sent.
4. A `watch` says what became of one stream that was held open over a change.
5. A `receipt` is what the gateway itself put down for a refusal, found by its decision id.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

Answer: TypeAlias = Literal["permit", "substitute", "deny", "verify", "refused", "error"]
"""`refused` is the uniform refusal, which does not tell deny from verify."""

Fate: TypeAlias = Literal["spared", "cut", "lost"]
"""`cut` ended in the dialect's own error; `lost` ended or went silent in any other way."""


Source: TypeAlias = Literal["case", "crowd", "stream", "returning", "pressing"]
"""Why a request was made: a row asked by its case, the crowd, a stream to hold, somebody whose facts
arrive, somebody about to be turned away."""

What: TypeAlias = Literal["activated", "activated_ahead", "clock", "fact"]

How: TypeAlias = Literal["lent", "told", "stolen", "half"]
"""`lent`: somebody else's wallet answered a link; `told`: and told the code as well. `stolen`: with the
link of somebody else's refusal. `half`: one of two citizenships was shown, and not the one that counts."""

Way: TypeAlias = Literal["facts", "wallet", "employer"]
"""How a fact arrived: signed by its method and imported, shown at the portal, or over SCIM."""


class _Line(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True
):
    pass


class Change(_Line, frozen=True, kw_only=True, tag="change"):
    """A span of change; `what` says which."""

    number: int
    what: What
    name: str
    from_at: str
    to_at: str
    from_ms: float
    to_ms: float
    phase: str
    party: int | None = None


class Signed(_Line, frozen=True, kw_only=True, tag="signed"):
    """Versions submitted by one, compiled anew and signed by two others: ready to be activated."""

    name: str
    from_ms: float
    to_ms: float


class Report(_Line, frozen=True, kw_only=True, tag="report"):
    """A proof or a simulation of what was proposed; not `met`: two people did without it."""

    kind: Literal["proof", "simulation"]
    name: str
    verdict: str
    met: bool
    from_ms: float
    to_ms: float


class Request(_Line, frozen=True, kw_only=True, tag="request"):
    """One request and its answer."""

    number: int
    party: int
    case: str
    source: Source
    model: str
    asked_as: str
    dialect: Literal["openai", "anthropic"]
    api: Literal["chat", "responses", "messages"]
    stream: bool
    at: str
    phase: str
    sent_ms: float
    ended_ms: float
    expected: list[str]
    answer: Answer
    status: int | None
    code: str | None
    served_by: str | None
    decision: str | None
    in_transition: bool
    touched: bool
    note: str = ""


class Watch(_Line, frozen=True, kw_only=True, tag="watch"):
    """A stream over the change numbered `change`."""

    party: int
    case: str
    model: str
    dialect: Literal["openai", "anthropic"]
    change: int
    expected: Literal["spared", "cut"]
    fate: Fate
    ended_ms: float | None
    touched: bool
    note: str = ""


class Return(_Line, frozen=True, kw_only=True, tag="return"):
    """Somebody's fact arrived (`from_ms`) and the same key was served again (`served_ms`)."""

    party: int
    case: str
    model: str
    way: Way
    from_ms: float
    served_ms: float


ATTEMPTS: Mapping[How, str] = {
    "lent": "a wallet link that somebody else's wallet answered",
    "told": "a wallet link that somebody else's wallet answered, with the code told",
    "stolen": "the link of somebody else's refusal",
    "half": "one of two citizenships",
}


class Attempt(_Line, frozen=True, kw_only=True, tag="attempt"):
    """Somebody at the portal who is not to be served by what they do there (`How`).

    `answer` is what their own key then got.
    """

    party: int
    case: str
    model: str
    how: How
    answer: Answer


class Receipt(_Line, frozen=True, kw_only=True, tag="receipt"):
    """The gateway's own word on the request numbered `request`; `outcome` None: there is none."""

    request: int
    outcome: str | None


class Digest(_Line, frozen=True, kw_only=True, tag="digest"):
    """The digest of the rules in force before or after, or of those remaining, by their files."""

    when: Literal["before", "after", "remaining"]
    rules_digest: str


class Population(_Line, frozen=True, kw_only=True, tag="population"):
    """How many there were."""

    parties: int
    subjects: int
    keys: int


class Coverage(_Line, frozen=True, kw_only=True, tag="coverage"):
    """What the coverage register said at the end, as every claim of "in force" has it."""

    sentence: str


class Pack(_Line, frozen=True, kw_only=True, tag="pack"):
    """A pack of evidence, checked with the server gone; `note` says what was wrong."""

    name: str
    size: int
    proved: bool
    note: str = ""


Line: TypeAlias = (
    Change
    | Signed
    | Report
    | Request
    | Watch
    | Return
    | Attempt
    | Receipt
    | Digest
    | Population
    | Coverage
    | Pack
)

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Line)


class Journal:
    """A drill's lines, kept and written as they come."""

    def __init__(self, path: Path) -> None:
        self.lines: list[Line] = []
        self._file = path.open("wb")

    def write(self, line: Line) -> None:
        """Put one line down."""
        self.lines.append(line)
        self._file.write(_encoder.encode(line) + b"\n")

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


def read_lines(path: Path) -> list[Line]:
    """Read a journal back."""
    return [_decoder.decode(line) for line in path.read_bytes().splitlines()]


def requests(lines: Iterable[Line]) -> list[Request]:
    """Return the requests among some lines."""
    return [line for line in lines if isinstance(line, Request)]
