"""Writes what receivers are told: security event tokens (RFC 8417) as Shared Signals 1.0 has them.

1. A change of somebody's access is a `token-claims-change` of the predicate for each model, and nothing of
   why.
2. A verification is about the stream, and carries back the `state` that was given with the request.
"""

from collections.abc import Mapping

from writ.canonical import Plain
from writ.clock import SECOND, Clock, wall
from writ.people.signals.events import CAEP, SSF
from writ.people.signals.receivers import Receiver
from writ.people.signals.sets import TYPE
from writ.signing.rsa import RsaSigner
from writ.store.streams import Stream
from writ.store.tellings import Telling

CLAIM = "writ_models"
CHANGE = f"{CAEP}token-claims-change"
VERIFICATION = f"{SSF}verification"


class SetWriter:
    """Signs as the issuer that the portal publishes."""

    def __init__(self, issuer: str, signer: RsaSigner, clock: Clock) -> None:
        self.issuer = issuer
        self._signer = signer
        self._clock = clock

    def change(self, told: Telling, receiver: Receiver) -> str:
        """Rule 1."""
        models: dict[str, Plain] = dict.fromkeys(told.models, told.access)
        age = (self._clock.now() - told.made_at) // SECOND
        event: dict[str, Plain] = {
            "claims": {CLAIM: models},
            "event_timestamp": int(wall()) - age,
            "initiating_entity": "policy",
        }
        return self._signed(receiver, told.jti, receiver.about(told.subject), {CHANGE: event})

    def verification(self, stream: Stream, receiver: Receiver) -> str:
        """Rule 2."""
        event: dict[str, Plain] = {} if stream.state is None else {"state": stream.state}
        about: dict[str, Plain] = {"format": "opaque", "id": receiver.name}
        return self._signed(receiver, stream.owed or "", about, {VERIFICATION: event})

    def _signed(
        self, receiver: Receiver, jti: str, about: Mapping[str, Plain], events: dict[str, Plain]
    ) -> str:
        claims: dict[str, Plain] = {
            "iss": self.issuer,
            "aud": receiver.audience,
            "iat": int(wall()),
            "jti": jti,
            "sub_id": about,
            "events": events,
        }
        return self._signer.sign_jws({"typ": TYPE}, claims)
