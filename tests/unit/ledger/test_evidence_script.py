import ast
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature

from tests.worlds.authority import Authority
from tests.worlds.evidence import ORDER, Evidence, evidence, script
from tests.worlds.signers import NOW
from writ.clock import SECOND
from writ.errors import Refused
from writ.ledger.evidence.archive import read_archive
from writ.ledger.evidence.contents import check_contents
from writ.ledger.evidence.pack import open_pack
from writ.ledger.evidence.script import script as source
from writ.ledger.log import StoredNodes
from writ.ledger.merkle import root
from writ.ledger.policy import read_policy
from writ.serve.gathering import Wish, gather
from writ.signing.checkpoint import read_checkpoint
from writ.signing.cosignature import POST_QUANTUM, TIMED
from writ.signing.keys import KeyPair
from writ.signing.note import write_vkey
from writ.signing.timestamp import request_stamp
from writ.store.events import append

PARTS = Path(__file__).parents[3] / "src" / "writ" / "ledger" / "data" / "verify"


def test_a_pack_has_the_script_that_a_release_has(pack: bytes) -> None:
    """Byte for byte what `cat` makes of the parts; each is a whole piece of a program by itself."""
    parts = sorted(PARTS.iterdir())
    assert read_archive(pack)["verify.py"] == b"".join(part.read_bytes() for part in parts)
    for part in parts:
        ast.parse(part.read_text(), part.name)
        assert 300 > len(part.read_text().splitlines())


def test_the_script_needs_one_library() -> None:
    """It is one valid program, with no import but `cryptography` and what Python brings."""
    program = ast.parse(source())
    named = [item for item in ast.walk(program) if isinstance(item, ast.Import)]
    names = {alias.name for item in named for alias in item.names} | {
        item.module or "." for item in ast.walk(program) if isinstance(item, ast.ImportFrom)
    }
    roots = {name.partition(".")[0] for name in names}
    assert {"cryptography"} == roots - sys.stdlib_module_names
    doc = ast.get_docstring(program) or ""
    assert doc.startswith("Check an evidence pack with nothing but Python 3.11")


def told(pack: bytes, policy: bytes, roots: bytes | None = None) -> list[str]:
    """Run the script."""
    return list(script().verify(pack, policy, roots))


def wrong(pack: bytes, policy: bytes, roots: bytes | None = None) -> str:
    """Run the script on what it must refuse; return why."""
    with pytest.raises(script().Wrong) as found:
        told(pack, policy, roots)
    return str(found.value)


def asking(world: Evidence, *lines: str) -> bytes:
    """Write a policy that asks for witnesses."""
    return world.policy_file().replace(b"quorum none\n", "".join(lines).encode())


def test_the_script_counts_witnesses(world: Evidence, pack: bytes) -> None:
    """As the policy asks, and as we do: one who saw it is enough, one who did not is not."""
    other = write_vkey("example.net/v", TIMED, KeyPair.generate().public)
    post = write_vkey("example.net/q", POST_QUANTUM, bytes(1312))
    know = world.witness.replace("witness example.net/w", "witness one")
    know += f"witness two {other}\nwitness three {post}\n"
    for group, enough in (("any one two", True), ("2 one two", False), ("all one two", False)):
        policy = asking(world, know, f"group them {group}\n", "quorum them\n")
        if enough:
            assert "cosigned by one at 2026-06-12T21:00:00Z" in told(pack, policy)
            assert "three cosigns by ML-DSA-44, which is not checked here" in told(pack, policy)
            assert 1 == len(open_pack(pack, read_policy(policy)).contents.seen.witnesses)
        else:
            assert "the checkpoint was not seen by them, as the policy asks" == wrong(pack, policy)
            with pytest.raises(Refused, match="was not seen by `them`"):
                open_pack(pack, read_policy(policy))
    assert "the policy says `logs`" == wrong(pack, b"logs\n")
    key = world.witness.split()[2]
    forged = asking(world, f"witness w {key[:-4]}AAA=\n", "quorum w\n")
    assert "the key of example.net/w has another id than it says" == wrong(pack, forged)


def test_the_script_proves_stamps(world: Evidence, pack: bytes, tmp_path: Path) -> None:
    """From the authority's root as `openssl` and we do; from another's, or another's words, never."""
    policy, root = world.policy_file(), world.authority.root
    assert "not proved: give the authority's --roots" in told(pack, policy)[-1]
    assert "entries existed at 20" in told(pack, policy, root)[-1]
    other = Authority(tmp_path / "other")
    leads = "a stamp leads to none of the certificates given"
    assert leads == wrong(pack, policy, other.root)
    token = next(
        name for name in read_archive(pack) if name.startswith("said/") and name.endswith(".tsr")
    )
    data = read_archive(pack)[token]
    note = next(
        data
        for name, data in read_archive(pack).items()
        if name.startswith("said/") and name.endswith(".checkpoint")
    )
    anchors = x509.load_pem_x509_certificates(root)
    script().Stamp(data).prove(note, anchors)
    assert "a stamp is of another checkpoint" == _said(data, note + b"x", anchors)
    later = other.stamp(request_stamp(note).written)
    assert leads == _said(later, note, anchors)
    for place in range(0, len(data), 7):
        changed = bytearray(data)
        changed[place] ^= 4
        refusals = (script().Wrong, InvalidSignature, *script().NOT_IN_FORM)
        try:
            told_at = script().Stamp(bytes(changed)).at
            script().Stamp(bytes(changed)).prove(note, anchors)
        except refusals:
            continue
        assert told_at == script().Stamp(data).at  # in what the authority did not sign


def proved(world: Evidence, pack: bytes) -> Any:
    """Return what the script proves of a pack's contents."""
    files, manifest = script().opened(pack)
    return script().prove(files, manifest, world.policy_file(), None)


def test_the_script_holds_a_stamp_to_its_event(world: Evidence, pack: bytes) -> None:
    """The event is the operator's, the stamp another's: they tell one instant."""
    found = proved(world, pack)
    number = next(key for key, row in found.events.items() if row["kind"] == "log.timestamped")
    found.events[number]["payload"]["stamped"] -= SECOND
    with pytest.raises(script().Wrong, match=f"event {number} says another instant than its stamp"):
        script().stamps_of(
            found.files, found.events, found.documents, found.policy.logs, found.seen, None
        )


def test_the_script_reads_words_as_we_do(world: Evidence, pack: bytes) -> None:
    """A word of another kind, or about another snapshot than was put in force, is none of the story."""
    checks, found = script(), proved(world, pack)
    events, documents, trust = found.events, found.documents, found.trust
    met = next(number for number, row in events.items() if row["kind"] == "duty.met")
    epoch = next(number for number, row in events.items() if row["kind"] == "epoch.activated")
    report = next(number for number, row in events.items() if row["kind"] == "audit.reported")
    for number, change, why in (
        (
            checks.words_of(events, documents, trust)[report][1]["sample"],
            {"kind": "x"},
            "a draw that",
        ),
        (met, {"kind": "drill.recorded"}, f"the word of event {met} is another kind's"),
        (
            epoch,
            {"payload": {**events[epoch]["payload"], "snapshot": "sha256:0"}},
            "is about another",
        ),
    ):
        changed = {**events, number: {**events[number], **change}}
        with pytest.raises(checks.Wrong, match=why):
            checks.words_of(changed, documents, trust)


def _said(answer: bytes, note: bytes, anchors: list[x509.Certificate]) -> str:
    with pytest.raises(script().Wrong) as found:
        script().Stamp(answer).prove(note, anchors)
    return str(found.value)


def test_the_script_proves_that_a_log_continues(world: Evidence) -> None:
    """For every size up to the log's, as we do; with a hash changed, missing or more, never."""
    log = world.site.ledger.governance
    last = read_checkpoint(log.sign().text)
    continues = script().continues
    with world.site.store.view() as connection:
        nodes = StoredNodes(connection, "governance")
        olds = [(size, root(nodes, size)) for size in range(last.size + 1)]
    for size, head in olds:
        path = log.consistency(size, last.size)
        assert continues((size, head), (last.size, last.root), path)
        assert not continues((size, bytes(32)), (last.size, last.root), path)
        assert not continues((size, head), (last.size, last.root), [*path, bytes(32)])
        for place in range(len(path)):
            changed = [*path[:place], bytes(32), *path[place + 1 :]]
            assert not continues((size, head), (last.size, last.root), changed)
            assert not continues((size, head), (last.size, last.root), path[:place])


def test_a_log_that_does_not_continue_what_was_stamped_is_found(
    world: Evidence, pack: bytes
) -> None:
    """A beginning altered, by who has the true seal."""
    name = next(name for name in read_archive(pack) if name.startswith("log/beginnings/"))

    def alter(files: dict[str, bytes]) -> None:
        files[name] = b"AAAAAAAA" + files[name][8:]

    made = world.sealed(pack, alter)
    with pytest.raises(Refused):
        open_pack(made, world.policy)
    assert "the log does not continue the one of" in wrong(made, world.policy_file())


def test_what_is_signed_meanwhile_is_in_no_pack(tmp_path: Path) -> None:
    """A pack leads to the checkpoints it began with, though a timer signs others in between."""
    with evidence(tmp_path) as made:
        made.export()
        ledger = made.site.ledger
        notes = ledger.sign("governance"), ledger.sign("decisions")
        with made.site.store.unit() as connection:
            append(connection, "decisions.signed", {"size": 1, "root": "", "at": NOW})
        ledger.sign("governance")
        wish = Wish(ORDER, beside=frozenset({"secret"}))
        gathered = gather(made.site, wish, notes, made.seal)
        assert (
            notes[0].text == check_contents(gathered.files, ORDER, wish.draw).seen.checkpoint.text()
        )
