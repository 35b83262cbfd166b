"""An employer's personnel system, as it speaks SCIM to the portal of a drill.

1. The operator registers a token for it, believed as far as the fact is that it will determine.
2. One call says what it determined of one of its people; the answer comes once every gateway knows.
"""

from dataclasses import dataclass

import httpx2

from writ.clock import format_instant
from writ.drill.deployment import Deployment
from writ.errors import Failed
from writ.model.subject import Fact

TIMEOUT = 20.0
_CREATED = 201
_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
_DETERMINATION = "urn:writ:params:scim:schemas:extension:determination:1.0:User"


@dataclass(frozen=True, slots=True)
class Employer:
    """Whoever has a token for the portal's SCIM."""

    portal: str
    token: str

    async def determine(self, user: str, fact: Fact) -> None:
        """Say what somebody is to this employer (rule 2)."""
        said = {
            "declaration": "no-employment-eligibility-data",
            "determinedBy": fact.issuer,
            "determinedAt": format_instant(fact.verified_at),
            "employment": fact.values[0].parts[1],
        }
        person = {
            "schemas": [_USER, _DETERMINATION],
            "userName": user,
            "active": True,
            _DETERMINATION: {"determination": said},
        }
        async with httpx2.AsyncClient(timeout=TIMEOUT, trust_env=False) as http:
            response = await http.post(
                f"{self.portal}/scim/v2/Users",
                json=person,
                headers={"authorization": f"Bearer {self.token}"},
            )
        if response.status_code != _CREATED:
            raise Failed(f"the portal answered {response.status_code} to an employer")


async def registered(site: Deployment, subject: str, fact: Fact) -> Employer:
    """Register whose employment a fact is of, and their employer (rule 1)."""
    organisation = fact.values[0].parts[0]
    named = {"organisation": organisation, "sub": subject, "subject": subject}
    await site.control.post("/end-users", {"end_users": [named]})
    wanted = {"organisation": organisation, "assurance": fact.assurance}
    made = await site.control.post("/employers", wanted)
    return Employer(site.portal, str(made["text"]))
