"""Links into the portal, for refusals: minted here, with no database and nothing kept.

1. A link names the key's own account, whoever else was in the chain.
2. Where no portal is configured there are no links.
"""

import uuid
from dataclasses import dataclass

from writ.clock import wall
from writ.gateway.gate import Judgement
from writ.model.config import Config
from writ.point import seam
from writ.signing.invitation import LIFETIME, Invitation, question_named
from writ.signing.secret import read_secret


@dataclass(frozen=True, slots=True)
class Inviter:
    """Makes links to one portal; `address` is empty where there is none."""

    address: str = ""
    secret: bytes = b""

    def link(self, key: seam.Key, judgement: Judgement, decision: str) -> str:
        """Return the link that leads from a refusal to what would settle it; or nothing."""
        if not self.address:
            return ""
        question = question_named(judgement.model, judgement.rules_digest)
        ends = int(wall()) + LIFETIME
        token = Invitation(key.requester, question, uuid.UUID(decision), ends).sealed(self.secret)
        return f"{self.address}/verify?t={token}"


def inviter_of(config: Config) -> Inviter:
    """Return what makes a configuration's links (rule 2)."""
    if config.portal is None:
        return Inviter()
    return Inviter(config.portal.address, read_secret(config.invitations, may_make=True))
