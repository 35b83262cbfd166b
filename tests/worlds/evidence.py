"""A deployment in this process whose order has gone through everything, for packs of evidence.

Epoch 1 has the letter with a second encoding, a simulation and a skipped proof; 2 its second version
with an annex; 3 a hold; 4 another order beside it, which may not be told. A duty was met, gateways
wrote receipts, an authority stamped a checkpoint. The clock stands still between steps.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType

import msgspec

from tests.worlds.authority import Authority
from tests.worlds.signers import NOW, Signers, letter
from writ.canonical import Plain, digest_bytes, encode
from writ.clock import DAY, HOUR, MINUTE, DrillClock, format_instant
from writ.desk import review
from writ.desk.duties import Duties, Met, sign_met
from writ.desk.fleet import InForce
from writ.desk.results import Drill, Results, sign_drill
from writ.law.snapshot import law_digest
from writ.ledger.evidence.archive import read_archive
from writ.ledger.evidence.listing import UNNAMED, WORD
from writ.ledger.evidence.manifest import MANIFEST, SIGNATURE, Item, read_manifest
from writ.ledger.evidence.pack import seal_pack
from writ.ledger.evidence.script import script as source
from writ.ledger.policy import Policy, read_policy
from writ.ledger.sampling.report import Reports, sign_report
from writ.ledger.sampling.sample import Wish as Draw
from writ.ledger.sampling.sample import draw
from writ.ledger.sampling.sheet import Mark
from writ.ledger.stamps import record_stamp
from writ.model.config import read_config
from writ.serve.arrival import record
from writ.serve.evidence import KEY, PEM, export
from writ.serve.gathering import Wish
from writ.serve.site import Site, open_site
from writ.signing.certified import CertifiedKey
from writ.signing.checkpoint import read_checkpoint
from writ.signing.cosignature import TIMED, cosign
from writ.signing.keys import KeyPair
from writ.signing.note import Note, write_vkey
from writ.signing.timestamp import request_stamp
from writ.signing.trust import write_trust

ORDER = "us-bis"
WORLD = Signers.make(drill=True, gates={"encoding", "proof", "simulation"})
CATALOGUE = b"""\
provider: provider
models: {fable-5: {aliases: [fable]}, mythos-5: {}, opus-4-8: {controlled: false}}
"""
DUTY = "obligations:\n  - {id: report, clauses: [c1], what: Report., every: 30d}\n"
ANNEX = """\
received: 2026-06-12T17:00:00-04:00
exceptions:
  - {id: listed, to: only-us-persons, clauses: [c1], models: [fable-5], who: {employee_of: annex-a}}
annexes: {annex-a: {file: annex-a.csv, key: organisation}}
"""


def simulation(digest: str) -> bytes:
    """Return a report as `writ order simulate` writes it, in the parts that packs read."""
    tally = {"before": {"permit": 9}, "after": {"permit": 2, "verify": 6, "deny": 1}}
    phase = {
        "from": format_instant(NOW),
        "models": [{"model": "fable-5", "all": {"subjects": tally}}],
    }
    return msgspec.json.encode(
        {
            "kind": "simulation", "digest": digest, "verdict": "complete",
            "summary": "stricter for up to 7 of 9 subjects", "phases": [phase],
        }
    )  # fmt: skip


@dataclass
class Evidence:
    """A deployment and the authority; `attached` is what was handed to whoever exports.

    `witness` is a policy's line for who cosigned, once somebody did.
    """

    site: Site
    folder: Path
    authority: Authority
    attached: dict[str, bytes] = field(default_factory=dict)
    witness: str = ""

    @property
    def seal(self) -> CertifiedKey:
        """The deployment's own, made by the first export."""
        return CertifiedKey.load(self.site.config.folder / KEY, self.site.config.folder / PEM)

    @property
    def policy(self) -> Policy:
        """The governance log's key, as an auditor has it."""
        return read_policy(self.policy_file())

    def policy_file(self) -> bytes:
        """Write the policy."""
        vkeys = self.site.ledger.vkeys["governance"]
        return "".join(f"log {vkey}\n" for vkey in vkeys).encode() + b"quorum none\n"

    def cosign(self, name: str, at: int) -> str:
        """Publish the governance log and have a witness cosign it; return its line for a policy."""
        note, _ = self.site.ledger.publish("governance")
        pair = KeyPair.generate()
        seen = cosign(note.text, name, pair, at)
        shown = Note(note.text, (*note.signatures, seen))
        self.site.ledger.folders["governance"].put_checkpoint(shown)
        return f"witness {name} {write_vkey(name, TIMED, pair.public)}\n"

    def export(self, **wish: object) -> bytes:
        """Export a pack."""
        asked = {"every": True, "beside": frozenset({"secret"}), "attached": self.attached} | wish
        return export(self.site, Wish(ORDER, **asked))  # type: ignore[arg-type]  # as a test says

    def sealed(
        self, pack: bytes, change: Callable[[dict[str, bytes]], None], **said: object
    ) -> bytes:
        """Change a pack's files as its operator could: listed and sealed anew, with the true seal."""
        held = read_archive(pack)
        manifest = msgspec.structs.replace(read_manifest(held[MANIFEST]), **said)
        change(held)
        told = {item.name: item for item in manifest.items}
        items = [
            msgspec.structs.replace(
                told.get(name, Item(name, "", UNNAMED, WORD, None, None)),
                digest=digest_bytes(data),
            )
            for name, data in sorted(held.items())
            if name not in {MANIFEST, SIGNATURE}
        ]
        return seal_pack(msgspec.structs.replace(manifest, items=items), held, self.seal)


@contextmanager
def evidence(folder: Path) -> Iterator[Evidence]:
    """Have everything happen."""
    document = write_trust(WORLD.trust)
    (folder / "data" / "receipts").mkdir(parents=True)
    (folder / "trust.json").write_bytes(document)
    (folder / "writ.toml").write_text(
        f'[trust]\npin = "{digest_bytes(document)}"\n[drill]\nclock = "clock"\n'
        '[log]\norigin = "example.org/writ"\n'
    )
    clock = DrillClock(folder / "clock", NOW)
    with open_site(read_config(folder / "writ.toml")) as site:
        made = Evidence(site, folder, Authority(folder / "authority"))
        _first(made)
        clock.step(NOW + HOUR)
        _receipts(folder)
        _audit(made)
        _stamp(made)
        clock.step(NOW + DAY)
        second = letter(version=2).replace(b"17:21:00", b"17:22:00") + ANNEX.encode()
        _enact(site, {"us-bis.v2.yaml": second, "annex-a.csv": b"organisation\nacme\n"})
        site.desk.hold(WORLD.stop(site.desk, "mythos-5", until=NOW + 2 * DAY))
        _enact(site, {"secret.yaml": letter("secret", model="mythos-5")})
        yield made


def _first(made: Evidence) -> None:
    """Put the letter in force, with all that its gates ask for."""
    site, first = made.site, letter() + DUTY.encode()
    WORLD.submit(site.desk, {"catalogue.yaml": CATALOGUE, "us-bis.v1.yaml": first})
    WORLD.encode(site.desk, "ben", first)
    docket = site.desk.docket()
    assert docket is not None
    law = law_digest(review.review(docket, WORLD.trust).compiled.book)
    report = simulation(law)
    said: dict[str, Plain] = {
        "kind": "simulation", "law": law, "report": digest_bytes(report),
        "verdict": "complete", "summary": "stricter for up to 7 of 9 subjects",
    }  # fmt: skip
    WORLD.note(site.desk, "ben", "report", said)
    made.attached = {"simulated/report.json": report, "drill/scorecard.json": b"{}"}
    _skip(site, ["proof"])
    _sign(site)
    record(site, InForce(1, 12.5, {"gateway-1": 12.5}, ("gateway-2",), 3))
    drill = Drill(NOW, right=True, requests=9, wrong_outcomes=0, in_force_ms=None)
    word = sign_drill(drill, digest_bytes(b"{}"), WORLD.trust, WORLD.keys["ana"])
    Results(site.store, site.trust, site.clock).record_drill(word)
    duties = Duties(site.store, site.trust, site.clock)
    name = "us-bis/1/report#1"
    duties.record_met(
        site.desk.current(),
        sign_met(Met(name, [digest_bytes(b"")]), WORLD.trust, WORLD.keys["ana"]),
    )


def _enact(site: Site, files: Mapping[str, bytes]) -> None:
    WORLD.submit(site.desk, files)
    if any(b"version: 1" in data for data in files.values()):
        _skip(site, ["encoding", "proof", "simulation"])
    else:
        _skip(site, ["proof", "simulation"])
    _sign(site)


def _skip(site: Site, gates: list[Plain]) -> None:
    for name in ("ben", "eva"):
        WORLD.note(site.desk, name, "skip", {"gates": gates, "why": "a test"})


def _sign(site: Site) -> None:
    WORLD.sign(site.desk, "ben")
    proposal = WORLD.sign(site.desk, "eva")
    site.desk.activate(proposal.id)


def _receipts(folder: Path) -> None:
    """Write what a gateway would: refusals by rules, permits, a refusal that no rule made."""
    at = format_instant(NOW + MINUTE)
    refusal: dict[str, Plain] = {
        "kind": "refusal", "model": "fable-5", "at": at, "epoch": 1, "outcome": "verify",
    }  # fmt: skip
    permit: dict[str, Plain] = {"kind": "permit", "from": at, "until": at, "begun": 4}
    lines: list[dict[str, Plain]] = [{"kind": "opened", "at": at}]
    for number in range(40):
        order = "us-bis" if number % 4 else "secret"
        rules: list[Plain] = [{"order": order, "version": 1, "rule": "only-us-persons"}]
        lines.append(refusal | {"id": f"{number:08x}", "rules": rules})
    lines += [permit | {"model": model} for model in ("fable-5", "mythos-5")]
    lines.append(refusal | {"id": "ffff", "error": "unknown_key", "rules": []})
    data = b"".join(encode(line) + b"\n" for line in lines) + b"not a receipt\n"
    (folder / "data" / "receipts" / "gateway-1.jsonl").write_bytes(data)


def _audit(made: Evidence) -> None:
    """Have somebody look at five decisions of each outcome, one of them wrong."""
    site = made.site
    number, drawn = draw(site.ledger.decisions, Draw(5), site.clock.now())
    reports = Reports(site.store, site.trust, site.clock)
    marks: dict[int, Mark] = {
        item.entry: "wrong" if item is drawn[0] else "right" for item in drawn
    }
    report = reports.report(number, marks)
    reports.record(number, marks, sign_report(report, WORLD.trust, WORLD.keys["ben"]))
    made.attached["audit/report.json"] = report.write()


def _stamp(made: Evidence) -> None:
    log = made.site.ledger.governance
    note = log.sign()
    answer = made.authority.stamp(request_stamp(note.write()).written)
    record_stamp(log, made.site.clock, read_checkpoint(note.text).size, answer)


@cache
def script() -> ModuleType:
    """Load the script that every pack has, as a module."""
    module = ModuleType("verify")
    exec(compile(source(), "verify.py", "exec"), module.__dict__)  # noqa: S102  our own
    return module
