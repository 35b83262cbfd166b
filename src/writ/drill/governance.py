"""The people of a drill: one submits orders, two others review and sign them on their own machines.

1. What is signed is compiled anew here from the bytes of the orders, as `writ sign` does it; the
   control process is not believed.
2. A second person hands in the first version of each order once more: in a drill, the same file.
3. What is proposed is simulated and proved. Where there is no report, two people do without, which is
   recorded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from writ.canonical import Plain
from writ.clock import elapsed
from writ.desk.encoding import firsts
from writ.desk.force import read_force
from writ.desk.notes import files_digest, make_note
from writ.desk.proposal import read_docket
from writ.desk.review import review, sign, submit
from writ.drill.deployment import SIGNERS, SUBMITTER, Deployment
from writ.drill.reports import Kind, Made, make_reports
from writ.errors import Failed
from writ.law.annexes import annex_files
from writ.law.document import read_yaml
from writ.law.folder import check_sources
from writ.model.order import OrderVersion


@dataclass(frozen=True, slots=True)
class Activated:
    """An activation: elapsed seconds when it was called and when the last gateway acknowledged."""

    called: float
    acknowledged: float
    epoch: int
    rules_digest: str
    streams_cut: int


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal that two signed, ready to be activated, and the reports made of it."""

    proposal: str
    made: Sequence[Made]


async def propose(site: Deployment, changes: Mapping[str, bytes]) -> Proposed:
    """Submit files, have reports made of them, and have them signed by two."""
    force = read_force(await site.control.get("/in-force"), site.trust)
    submission = submit(force, changes, (), site.trust, site.people[SUBMITTER])
    await site.control.post("/proposals", submission.plain())
    made = await _note(site)
    proposal = ""
    for signer in SIGNERS:
        docket = read_docket(await site.control.get("/proposals/open"), site.trust)
        reviewed = review(docket, site.trust)
        proposal = reviewed.proposal
        envelope = sign(reviewed, site.trust, site.people[signer])
        await site.control.post(f"/proposals/{proposal}/signatures", {"envelope": envelope.plain()})
    return Proposed(proposal, made)


async def _note(site: Deployment) -> Sequence[Made]:
    """Hand in what a proposal needs besides signatures (rules 2, 3)."""
    docket = read_docket(await site.control.get("/proposals/open"), site.trust)
    reviewed = review(docket, site.trust)
    signers = [(site.trust, site.people[name]) for name in SIGNERS]
    files, book = docket.proposal.sources.files, reviewed.compiled.book
    notes = []
    for version in firsts(docket.force.book, book):
        own = _files_of(files, version)
        said: dict[str, Plain] = {
            "order": version.order,
            "version": version.version,
            "file": next(iter(own)),
            "files": files_digest(own),
        }
        notes.append(make_note("encoding", reviewed.digest, said, signers[0], own))
    wanted: list[Kind] = [
        item.gate
        for item in reviewed.gates
        if item.gate != "encoding" and item.gate != "annexes"  # noqa: PLR1714  it narrows the type
    ]
    made = await make_reports(site.folder, wanted)
    for item in made:
        if item.said is not None:
            notes.append(make_note("report", reviewed.digest, item.said, signers[0]))
        if not item.met:
            said = {"gates": [item.kind], "why": f"a drill; {item.verdict}"}
            notes += [make_note("skip", reviewed.digest, said, signer) for signer in signers]
    for note in notes:
        await site.control.post(f"/proposals/{reviewed.proposal}/notes", note.plain())
    return made


def _files_of(files: Mapping[str, bytes], version: OrderVersion) -> dict[str, bytes]:
    """Return the file of a version, and then the annexes it names."""
    for placed in check_sources(files).orders:
        if (placed.version.order, placed.version.version) == (version.order, version.version):
            name = placed.place.file
            names = (name, *annex_files(read_yaml(files[name], name)))
            return {item: files[item] for item in names}
    raise Failed(f"no file has version {version.version} of `{version.order}`")


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
