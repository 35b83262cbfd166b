"""What the control process and a gateway say to each other, byte for byte.

1. A frame is a four-byte big-endian length and one msgpack message, 64 MiB at most.
2. Down go signed snapshots, numbered deltas and leases; up go greetings, acknowledgements and
   refusals. Nothing else crosses, no facts, no names, no annex rows, but for rule 6.
3. Subjects are named by pseudonyms of sixteen bytes. An end user's is derived from the
   organisation's, so that a gateway can find one without a list (`end_user_name`).
4. Rows, subjects, keys and issuers of one epoch are staged behind its snapshot; `Activate` swaps
   them in at once. The same messages for the epoch in force apply at once.
5. `Sync` asks for an `Applied` once everything before it has been applied.
6. A gateway knows no law, so what an organisation says of its end user in a token goes up as it
   came (`Asserted`), and what it comes to comes down (`Assessed`), for that gateway alone.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import msgspec

MAX_FRAME = 64 * 1024 * 1024
NAME_BYTES = 16

FACTLESS_PERSON = bytes(15) + b"\x01"
FACTLESS_ORGANISATION = bytes(15) + b"\x02"
UNNAMED = bytes(15) + b"\x03"
"""Reserved subject names, pushed like any other: see `writ.point.tables`."""


class _Message(msgspec.Struct, frozen=True, tag=True, array_like=True, forbid_unknown_fields=True):
    pass


class Snapshot(_Message, frozen=True):
    """Begins staging of an epoch; `envelope` is the DSSE envelope as JSON."""

    epoch: int
    envelope: bytes


class Row(_Message, frozen=True):
    """A decision table row: one code for each model and phase (see `writ.model.phases`).

    `reasons` has, for each cell that is not a plain permit, (number of the rule as
    `writ.point.view` counts them, certain, firm): the rules that do not let the link pass, whether
    each bars for certain, and whether by facts that count to serve. It stays packed, a tenth of its
    size, until a refusal is explained.
    """

    epoch: int
    profile: int
    capacity: int
    cells: bytes
    reasons: msgspec.Raw

    def against(self) -> "Reasons":
        """Unpack the reasons; ValueError where they have another form."""
        return _reasons.decode(self.reasons)


class Subject(_Message, frozen=True):
    """A subject's profiles over time: (valid until, profile, capacity), ascending, never empty.

    `capacity` is that of an organisation's people (0 for a person). `evidence` are attestation
    ids; a subject without spans is forgotten. A profile that no row has cannot be judged: refuse.
    """

    epoch: int
    name: bytes
    spans: list[tuple[int, int, int]]
    evidence: list[bytes] = []


class Key(_Message, frozen=True):
    """An API key by the SHA-256 of its text; `kind` is the requester's; revoked: forget it."""

    digest: bytes
    id: str
    requester: bytes
    kind: str
    organisation: bytes | None
    refuses_substitutes: bool = False
    revoked: bool = False

    @property
    def acts_for(self) -> bytes | None:
        """Return whom the key acts for; an organisation with a key of its own acts for itself."""
        if self.organisation is None and self.kind == "organisation":
            return self.requester
        return self.organisation


class Issuer(_Message, frozen=True):
    """An organisation's key for asserting its end users: raw Ed25519 public key by key id."""

    organisation: bytes
    kid: str
    public: bytes
    revoked: bool = False


class Activate(_Message, frozen=True):
    """Swap the staged epoch in; answered by `Applied(0, epoch, cut)`."""

    epoch: int


class Sync(_Message, frozen=True):
    """Answered by `Applied(number, 0)` once all before it is applied."""

    number: int


class Lease(_Message, frozen=True):
    """Leave to decide: a signed statement (see `writ.signing.lease`)."""

    statement: bytes
    signature: bytes


class Hello(_Message, frozen=True):
    """A gateway greets; `epoch` is what it still holds (0: nothing)."""

    gateway: str
    epoch: int


class Applied(_Message, frozen=True):
    """A `Sync` is applied (its number, epoch 0), or an `Activate` (0, its epoch, streams cut)."""

    number: int
    epoch: int
    cut: int = 0


class Declined(_Message, frozen=True):
    """A gateway would not take a snapshot or a lease, and why."""

    epoch: int
    why: str


class Asserted(_Message, frozen=True):
    """A token that says more than a name, with the id of the API key that it came with.

    `taken` is when the gateway took it (seconds, UTC): an answer may go on for longer than a token.
    """

    number: int
    key: str
    token: str
    taken: float


class Assessed(_Message, frozen=True):
    """What the `Asserted` of a number comes to, in an epoch; nothing: it is refused.

    `subjects` stand in the place of those of the same name, `rows` are all that they need.
    """

    number: int
    epoch: int
    subjects: list[Subject] = []
    rows: list[Row] = []


Reasons: TypeAlias = dict[int, list[tuple[int, bool, bool]]]
Down: TypeAlias = Snapshot | Row | Subject | Key | Issuer | Activate | Sync | Lease | Assessed
Up: TypeAlias = Hello | Applied | Declined | Asserted

_encoder = msgspec.msgpack.Encoder()
down_decoder = msgspec.msgpack.Decoder(Down)
_reasons = msgspec.msgpack.Decoder(Reasons)
up_decoder = msgspec.msgpack.Decoder(Up)


def packed(reasons: Mapping[int, Sequence[tuple[int, bool, bool]]]) -> msgspec.Raw:
    """Pack the reasons of a row."""
    return msgspec.Raw(_encoder.encode(reasons))


def frame(message: Down | Up) -> bytes:
    """Encode one message with its length; too large a message is a ValueError."""
    body = _encoder.encode(message)
    if len(body) > MAX_FRAME:
        raise ValueError("seam message too large")
    return len(body).to_bytes(4, "big") + body


def end_user_name(organisation: bytes, subject: str) -> bytes:
    """Pseudonym of an organisation's end user, from the organisation's pseudonym and the `sub`."""
    return hashlib.blake2b(subject.encode(), key=organisation, digest_size=NAME_BYTES).digest()
