"""The people of a drill: one submits orders, two others review and sign them on their own machines.

What is signed is compiled anew here from the bytes of the orders, as `writ sign` does it; the
control process is not believed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from writ.clock import elapsed
from writ.desk.force import read_force
from writ.desk.proposal import read_docket
from writ.desk.review import review, sign, submit
from writ.drill.deployment import SIGNERS, SUBMITTER, Deployment
from writ.errors import Failed


@dataclass(frozen=True, slots=True)
class Activated:
    """An activation: elapsed seconds when it was called and when the last gateway acknowledged."""

    called: float
    acknowledged: float
    epoch: int
    rules_digest: str
    streams_cut: int


async def propose(site: Deployment, changes: Mapping[str, bytes]) -> str:
    """Submit files and have them signed by two; return the proposal, ready to be activated."""
    force = read_force(await site.control.get("/in-force"), site.trust)
    submission = submit(force, changes, (), site.trust, site.people[SUBMITTER])
    await site.control.post("/proposals", submission.plain())
    proposal = ""
    for signer in SIGNERS:
        docket = read_docket(await site.control.get("/proposals/open"), site.trust)
        reviewed = review(docket, site.trust)
        proposal = reviewed.proposal
        envelope = sign(reviewed, site.trust, site.people[signer])
        await site.control.post(f"/proposals/{proposal}/signatures", {"envelope": envelope.plain()})
    return proposal


async def activate(site: Deployment, proposal: str) -> Activated:
    """Put a signed proposal in force; return once every gateway has acknowledged it."""
    called = elapsed()
    answer = await site.control.post(f"/proposals/{proposal}/activate")
    acknowledged = elapsed()
    epoch, digest, cut = (answer.get(key) for key in ("epoch", "rules_digest", "streams_cut"))
    if not (isinstance(epoch, int) and isinstance(digest, str) and isinstance(cut, int)):
        raise Failed("the control process does not say what it put in force")
    return Activated(called, acknowledged, epoch, digest, cut)


async def digest_in_force(site: Deployment) -> str:
    """Return the digest of the rules in force, as the control process reports it."""
    digest = (await site.control.get("/status")).get("rules_digest")
    if not isinstance(digest, str):
        raise Failed("the control process reports no digest of the rules in force")
    return digest
