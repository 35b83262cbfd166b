"""An identity provider that is told: it proves each SET by the keys that are published."""

import json
from dataclasses import dataclass, field
from typing import Any

from joserfc import jws
from joserfc.jwk import KeySet

from writ.errors import Failed
from writ.people.fetch import Answer, Outgoing


@dataclass
class Told:
    """Answers with `status`; keeps what it has proved, in order, and what it bore."""

    keys: bytes
    status: int = 202
    down: bool = False
    asked: int = 0
    claims: list[dict[str, Any]] = field(default_factory=list)
    bore: list[str] = field(default_factory=list)

    async def send(self, outgoing: Outgoing, limit: int) -> Answer:
        """Take a SET (RFC 8935)."""
        assert ("application/secevent+jwt", "application/json", "POST") == (
            outgoing.content_type, outgoing.accept, outgoing.verb,
        )  # fmt: skip
        self.asked += 1
        if self.down:
            raise Failed("`idp.example` does not answer; try again later")
        keys = KeySet.import_key_set(json.loads(self.keys))
        read = jws.deserialize_compact(outgoing.body, keys, algorithms=["RS256"])
        assert "secevent+jwt" == read.headers()["typ"]
        self.bore.append(outgoing.headers.get("Authorization", ""))
        if self.status == 202:
            self.claims.append(json.loads(read.payload))
        return Answer(self.status, b""[:limit])

    def heard(self) -> list[tuple[str, dict[str, str]]]:
        """Say whom it was told of, and what."""
        events = [(item["sub_id"]["id"], *item["events"].values()) for item in self.claims]
        return [(who, event["claims"]["writ_models"]) for who, event in events]
