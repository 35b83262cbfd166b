import io
import random
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import cast

import msgspec
import pytest
from cryptography.exceptions import InvalidSignature

from tests.worlds.evidence import Evidence, script
from tests.worlds.signers import Signers
from writ.canonical import decode, digest_bytes, encode
from writ.clock import format_instant
from writ.errors import Refused
from writ.ledger.evidence.archive import MOST, read_archive, write_archive
from writ.ledger.evidence.chain import ACTIVATED, HELD, Version, named_in, read_epochs
from writ.ledger.evidence.contents import Contents, _check_story
from writ.ledger.evidence.events import Event, check_beginning, write_opening
from writ.ledger.evidence.manifest import Item, check_items, read_manifest
from writ.ledger.evidence.pack import open_pack
from writ.ledger.evidence.page import index
from writ.ledger.evidence.receipts import draw, read_receipts
from writ.ledger.evidence.said import Report, read_notes, read_words
from writ.ledger.evidence.stamps import prove_stamps
from writ.ledger.evidence.story import charts, clauses, timeline, versions_of
from writ.ledger.evidence.summary import summary
from writ.ledger.log import StoredNodes
from writ.ledger.merkle import inclusion_proof
from writ.ledger.policy import read_policy
from writ.ledger.proof import Proof
from writ.ledger.stamps import record_stamp
from writ.signing.certified import CertifiedKey
from writ.signing.checkpoint import read_checkpoint
from writ.signing.form import to_base64
from writ.signing.keys import KeyPair
from writ.signing.note import PLAIN, read_note, write_vkey
from writ.signing.timestamp import request_stamp
from writ.signing.trust import write_trust

Files = dict[str, bytes]
EVENT = "log/events/{:08d}{}"


def refused(pack: bytes, world: Evidence) -> str:
    """Return what is wrong with a pack; the script in it must refuse it as well."""
    wrong = (script().Wrong, InvalidSignature, *script().NOT_IN_FORM)
    with pytest.raises(wrong):
        list(script().verify(pack, world.policy_file()))
    with pytest.raises(Refused) as found:
        open_pack(pack, world.policy)
    return str(found.value)


def test_a_pack_is_the_same_each_time_and_proves_what_happened(
    world: Evidence, pack: bytes
) -> None:
    """Two exports are one; who signed what, when it was in force, and what was done come out."""
    assert pack == world.export()
    opened = open_pack(pack, world.policy)
    found = opened.contents
    assert [(1, [1]), (2, [1, 2]), (3, [1, 2]), (4, [1, 2])] == [
        (epoch.number, [item.number for item in epoch.versions]) for epoch in found.epochs
    ]
    assert ("ana", ("ben", "eva")) == (
        found.epochs[0].approval.submitter,
        found.epochs[0].approval.signers,
    )
    assert {"encoding": "met", "proof": "skipped", "simulation": "met"} == found.epochs[0].gates
    assert (True, frozenset({"secret"})) == (found.epochs[2].held, found.epochs[3].others)
    assert (12, 1, 3) == (
        found.arrivals[0].in_force_ms,
        found.arrivals[0].lapsed,
        found.arrivals[0].streams_cut,
    )
    assert found.receipts is not None
    assert {"permit": 4, "verify": 30} == found.receipts.counts()
    assert ["drill.recorded", "duty.met", "audit.reported"] == [word.kind for word in found.words]
    assert [stamp.stamped for stamp in found.stamps] == [*prove_stamps(found, world.authority.root)]
    assert "annex-a.csv" in opened.manifest.left_out[0]
    assert not [name for name in opened.files if "annex-a.csv" in name]
    assert "beside/annex-a.csv" in open_pack(world.export(annexes=True)).files


def test_a_pack_tells_its_story(world: Evidence, pack: bytes) -> None:
    """Lines with both dates, clauses beside what carries them out, figures, and the limits."""
    opened = open_pack(pack, world.policy)
    lines = [line.what for line in timeline(opened.contents)]
    for words in (
        "version 1, restriction: effective",
        "epoch 1 activated: submitted by ana, signed by ben, eva",
        (
            "epoch 1 in force on every registered gateway after 12 ms; 1 gateways acknowledged, 1 lapsed,"
            " 3 streams cut; no coverage register: paths outside gateways unknown"
        ),
        "simulation attached by ben: complete; stricter for up to 7 of 9 subjects",
        "ben did without proof: a test",
        "encoding by ben",
        "epoch 3 held: submitted by ana, signed by ben, eva",
    ):
        assert words in lines
    found = re.search(r"ben reported on .* \(sample \d+\): (.*)", "\n".join(lines))
    assert found is not None
    assert "1 wrong and 0 unclear of 8" == found[1]
    both = next(item for item in opened.manifest.items if item.name == "order/v1.yaml")
    assert ("2026-06-12T21:21:00Z", "2026-06-12T21:00:00Z") == (both.so_at, both.recorded_at)
    told = list(clauses(versions_of(opened.contents)[0]))
    assert [("c1", "obligations: report; rules: only-us-persons")] == [
        (name, carried) for name, _, carried in told
    ]
    assert [{"permit": 2, "verify": 6, "deny": 1}] == [
        dict(chart.after) for chart in charts(opened.contents)
    ]
    page = opened.files["index.html"].decode()
    assert "This was a drill" in page
    assert format_instant(opened.contents.epochs[0].at) in page
    assert b"a path that no gateway covers" in opened.files["what-it-does-not-prove.html"]
    assert b"the script from a release" in opened.files["index.html"]
    assert opened.files["summary.pdf"].startswith(b"%PDF")


def test_any_flipped_bit_is_found(world: Evidence, pack: bytes) -> None:
    """At random places, and at the end of every file, by us and by the script."""
    chance = random.Random(1)  # noqa: S311  places to look at, no secrets
    places = {chance.randrange(len(pack)) for _ in range(60)} | {0, len(pack) - 1}
    for place in places:
        changed = bytearray(pack)
        changed[place] ^= 1 << chance.randrange(8)
        assert refused(bytes(changed), world)
    for cut in (0, 10, len(pack) // 2, len(pack) - 1):
        assert refused(pack[:cut], world)
    assert refused(pack + b"\0", world)


def test_any_file_removed_is_found(world: Evidence, pack: bytes) -> None:
    """Each by its name."""
    held = read_archive(pack)
    some = [name for name in held if not name.startswith("log/") or "0003" in name]
    for name in some[::3]:
        said = refused(write_archive({key: held[key] for key in held if key != name}), world)
        assert name in said
    assert "`index.html` is not the file that is listed" == refused(
        write_archive({**held, "index.html": b"other"}), world
    )
    assert "`new` is in the pack and is not listed" == refused(
        write_archive({**held, "new": b""}), world
    )


def gone(*names: str) -> Callable[[Files, Evidence], None]:
    """Remove files."""

    def change(files: Files, _world: Evidence) -> None:
        for name in names:
            del files[name]

    return change


def swapped(one: str, other: str) -> Callable[[Files, Evidence], None]:
    """Put each in the other's place."""

    def change(files: Files, _world: Evidence) -> None:
        files[one], files[other] = files[other], files[one]

    return change


def copied(source: str, place: str) -> Callable[[Files, Evidence], None]:
    """Put one in another's place."""

    def change(files: Files, _world: Evidence) -> None:
        files[place] = files[source]

    return change


def altered(name: str, old: bytes, new: bytes) -> Callable[[Files, Evidence], None]:
    """Write other words."""

    def change(files: Files, _world: Evidence) -> None:
        assert old in files[name]
        files[name] = files[name].replace(old, new)

    return change


def foreign_seal(files: Files, _world: Evidence) -> None:
    """Put another certificate in; it is sealed by the true one all the same."""
    files["keys/seal.pem"] = CertifiedKey.generate("example.org/writ/governance", 0).certificate


def foreign_trust(files: Files, _world: Evidence) -> None:
    """Let others be trusted."""
    files["keys/trust.json"] = write_trust(
        Signers.make(drill=True, ana=frozenset({"submit"})).trust
    )


def foreign_log(files: Files, world: Evidence) -> None:
    """Let the pack trust another key of the decision log."""
    name = world.site.ledger.log("decisions").origin
    vkey = write_vkey(name, PLAIN, KeyPair.from_seed(bytes(32)).public)
    files["log/policy"] = world.policy_file() + f"log {vkey}\n".encode()


def closed_note(files: Files, _world: Evidence) -> None:
    """Close a receipt, and leave its entry out of the proof."""
    del files["log/receipts/00000003.json"]
    proof = files["log/receipts/00000003.tlog-proof"].split(b"\n")
    files["log/receipts/00000003.tlog-proof"] = b"\n".join([proof[0], *proof[2:]])


def moved(old: str, new: str) -> Callable[[Files, Evidence], None]:
    """Give an entry another number."""

    def change(files: Files, _world: Evidence) -> None:
        for end in (".json", ".tlog-proof"):
            files[new + end] = files.pop(old + end)

    return change


def older_proof(files: Files, world: Evidence) -> None:
    """Prove an event to the checkpoint that was stamped."""
    note = next(
        data
        for name, data in files.items()
        if name.startswith("said/") and name.endswith(".checkpoint")
    )
    with world.site.store.view() as connection:
        size = read_checkpoint(read_note(note).text).size
        path = inclusion_proof(StoredNodes(connection, "governance"), 0, size)
    files[EVENT.format(1, ".tlog-proof")] = Proof(0, tuple(path), read_note(note)).write()


def without(kind: str) -> Callable[[Files, Evidence], None]:
    """Leave out every event of a kind."""

    def change(files: Files, world: Evidence) -> None:
        for event in open_pack(world.export(), world.policy).contents.events:
            if event.kind == kind:
                for end in (".json", ".tlog-proof"):
                    files.pop(EVENT.format(event.seq, end))

    return change


no_seal, no_decisions = without("evidence.seal"), without("decisions.signed")


def no_receipt(files: Files, world: Evidence) -> None:
    """Open what a gateway wrote that is no receipt."""
    opening = world.site.ledger.prove("decisions", "45").opening
    files["log/receipts/00000045.json"] = write_opening(opening)


def no_word(files: Files, _world: Evidence) -> None:
    """Leave out a signed word."""
    del files[next(name for name in sorted(files) if name.startswith("said/"))]


SEALED: dict[str, tuple[Callable[[Files, Evidence], None], str]] = {
    "no certificate": (foreign_seal, "is not signed by the key of its certificate"),
    "another trust": (foreign_trust, "signed under another trust document"),
    "another log": (foreign_log, "is signed by no key that is known here"),
    "no trust": (gone("keys/trust.json"), "lacks `keys/trust.json`"),
    "trust that is none": (altered("keys/trust.json", b"{", b"["), "is no trust document"),
    "orders swapped": (swapped("order/v1.yaml", "order/v2.yaml"), "is not version 1 of"),
    "order removed": (gone("order/v2.yaml"), "lacks `order/v2.yaml`"),
    "order altered": (altered("order/v1.yaml", b"licence", b"license"), "not among the files"),
    "an order that is none": (
        copied("beside/catalogue.yaml", "order/v1.yaml"),
        "is not version 1 of",
    ),
    "older snapshot": (
        copied("epochs/0001/bundle.json", "epochs/0002/bundle.json"),
        "lacks the bundle of epoch 2",
    ),
    "older sources": (
        copied("epochs/0001/sources.json", "epochs/0002/sources.json"),
        "lacks the list of sources",
    ),
    "event swapped": (
        swapped(EVENT.format(1, ".json"), EVENT.format(2, ".json")),
        "does not lead from entry",
    ),
    "proof swapped": (
        swapped(EVENT.format(1, ".tlog-proof"), EVENT.format(2, ".tlog-proof")),
        "does not lead from entry",
    ),
    "event moved": (moved("log/events/00000002", "log/events/00000099"), "another entry than 99"),
    "receipt moved": (
        moved("log/receipts/00000003", "log/receipts/00000099"),
        "another entry than 99",
    ),
    "proof to an older checkpoint": (older_proof, "leads to another checkpoint than the pack's"),
    "no event of the seal": (no_seal, "no event of the pack names `keys/seal.pem`"),
    "no event of the decision log": (no_decisions, "no event of the pack names the checkpoint"),
    "a line that is no receipt": (no_receipt, "`log/receipts/00000045.json` is no receipt"),
    "a word removed": (no_word, r"lacks `sha256:.*`, which event \d+ names"),
    "event misnamed": (
        copied(EVENT.format(1, ".tlog-proof"), "log/events/1.tlog-proof"),
        "proof of no entry",
    ),
    "event not opened": (gone(EVENT.format(1, ".json")), "lacks `log/events/00000001.json`"),
    "decision log removed": (gone("log/decisions.checkpoint"), "lacks `log/decisions.checkpoint`"),
    "another checkpoint": (
        copied("log/decisions.checkpoint", "log/governance.checkpoint"),
        "is not known here",
    ),
    "receipt swapped": (
        swapped("log/receipts/00000003.json", "log/receipts/00000004.json"),
        "does not lead from entry",
    ),
    "receipt that is none": (
        copied(EVENT.format(1, ".json"), "log/receipts/00000003.json"),
        "does not lead",
    ),
    "receipt without its entry": (closed_note, "does not bring its entry"),
}


@pytest.mark.parametrize("case", SEALED)
def test_what_its_operator_seals_anew_is_found(world: Evidence, pack: bytes, case: str) -> None:
    """Even with the true seal on it, what does not come from the log and from signers is refused."""
    change, why = SEALED[case]
    made = world.sealed(pack, lambda files: change(files, world))
    found = refused(made, world)
    assert re.search(why, found), found


def test_a_pack_by_another_logs_key_is_found(world: Evidence, pack: bytes) -> None:
    """Whoever has the true key is not shown another's log; the pack's own word proves less."""
    origin = world.site.ledger.governance.origin
    vkey = write_vkey(origin, PLAIN, KeyPair.from_seed(bytes(32)).public)
    other = f"log {vkey}\nquorum none\n".encode()
    with pytest.raises(Refused, match="signed by no key that is known here"):
        open_pack(pack, read_policy(other))
    with pytest.raises(script().Wrong):
        list(script().verify(pack, other))
    assert open_pack(pack).contents.seen == open_pack(pack, world.policy).contents.seen
    assert "by the log's key in the pack itself" in list(script().verify(pack, None))[1]


def test_which_receipts_are_drawn_is_nobodys_choice(world: Evidence, pack: bytes) -> None:
    """All that the root draws are there; a pack that says fewer is sealed, and one that lacks one."""
    few = open_pack(world.export(every=False, draw=9), world.policy).contents.receipts
    whole = open_pack(pack, world.policy).contents.receipts
    assert few is not None
    assert whole is not None
    assert (9, 45) == (len(few.drawn), len(whole.drawn))
    assert few.drawn == draw(few.checkpoint, 9)
    assert set(few.opened) == set(few.drawn) & set(whole.opened)
    lost = f"log/receipts/{few.drawn[4]:08d}"

    def lose(files: Files) -> None:
        for end in (".tlog-proof", ".json"):
            files.pop(lost + end, None)

    made = world.sealed(world.export(every=False, draw=9), lose)
    assert f"receipt {few.drawn[4]} was drawn and is not in the pack" == refused(made, world)


def test_epochs_follow_from_what_was_signed(world: Evidence, pack: bytes) -> None:
    """One left out, one of another snapshot, number or sources, or of another order, is named."""
    found = open_pack(pack, world.policy).contents
    activated = [event for event in found.events if event.kind in {ACTIVATED, HELD}]
    first, second, *_ = activated

    def read(*events: Event, order: str = "us-bis") -> str:
        with pytest.raises(Refused) as error:
            read_epochs(events, found.documents, found.trust, order)
        return str(error.value)

    def told(event: Event, **changes: object) -> Event:
        return replace(event, payload={**event.payload, **changes})

    older = first.payload
    assert "epoch 3 does not follow epoch 1" == read(first, activated[2])
    assert "epoch 2: the bundle is of another snapshot than the event says" == read(
        first, told(second, bundle=older["bundle"])
    )
    assert "epoch 7: the snapshot is that of epoch 1" == read(told(first, epoch=7))
    assert "epoch 2: the sources are not those that were approved" == read(
        first, told(second, sources=older["sources"])
    )
    assert "the pack has no epoch with the order `none`" == read(*activated, order="none")
    assert "the signature is not by key" in read(told(first, bundle=_forged(found, first)))


def _forged(found: Contents, event: Event) -> str:
    """Put a bundle with a signature of nobody's among the documents; return its digest."""
    bundle = decode(found.documents[str(event.payload["bundle"])])
    assert isinstance(bundle, dict)
    bundle["approval"]["signatures"][0]["sig"] = to_base64(bytes(64))
    data = encode(bundle)
    cast("dict[str, bytes]", found.documents)[digest_bytes(data)] = data
    return digest_bytes(data)


def test_what_is_no_pack_is_refused(world: Evidence, pack: bytes) -> None:
    """Another form, a file listed twice, a ZIP packed anew, or too much of everything."""
    assert "the pack is of the form `other`" in refused(
        world.sealed(pack, lambda _: None, format="other"), world
    )
    manifest = read_manifest(read_archive(pack)["manifest.json"])
    twice = msgspec.structs.replace(manifest, items=[*manifest.items, manifest.items[0]])
    with pytest.raises(Refused, match="lists a file twice"):
        check_items(twice, {})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", b"page" * 100)
    assert "somebody packed it anew" in refused(out.getvalue(), world)
    with pytest.raises(Refused, match=f"more than {MOST} files"):
        write_archive(dict.fromkeys(map(str, range(MOST + 1)), b""))


def test_pages_leave_out_what_there_is_not(world: Evidence, pack: bytes) -> None:
    """Without receipts or figures, or in earnest, a pack's pages say nothing of them."""
    opened = open_pack(pack, world.policy)
    earnest = replace(opened.contents.trust, drill=False)
    bare = replace(opened.contents, receipts=None, trust=earnest, documents={})
    assert b"Subjects" not in summary(bare, opened.manifest)
    item = Item("a", "", "what", "event 1", None, "2026")
    page = index(bare, opened.manifest, [item]).decode()
    assert ("No gateway has put down anything yet" in page, "a drill" in page) == (True, False)
    assert [] == list(charts(bare))
    story = "\n".join(line.what for line in timeline(bare))
    assert ("): the report is not in this pack" in story, "cannot be read" in story) == (True, True)
    report = next(note for note in bare.notes if note.kind == "report")
    for data in (b"{", b'{"kind":"","phases":[{"from":"","models":[{"model":"m","all":{}}]}]}'):
        told = cast("Report", report.said)
        assert [] == list(charts(replace(bare, documents={told.report: data})))
    file = {
        "clauses": {"c1": "It is lifted."},
        "lifts": ["c1"],
        "obligations": [{"clause": "c1"}],
        "why": ["x"],
    }
    assert [("c1", "It is lifted.", "lifted; obligations: ")] == list(
        clauses(Version(3, "rescission", 0, file))
    )


def test_parts_of_another_story_are_refused(world: Evidence, pack: bytes) -> None:
    """A word by somebody else, of another snapshot; a beginning of another log; no order at all."""
    opened = open_pack(pack, world.policy)
    found = opened.contents
    noted = next(event for event in found.events if event.kind == "proposal.noted")
    other = replace(noted, payload={**noted.payload, "by": "zoe"})
    with pytest.raises(Refused, match="says `zoe`, and `ben` signed"):
        read_notes([other], found.documents, found.trust)
    report = next(event for event in found.events if event.kind == "audit.reported")
    with pytest.raises(Refused, match="reports on a draw that is not in the pack"):
        read_words([report], found.documents, found.trust)
    for kind in ("duty.met", "drill.recorded"):
        word = next(event for event in found.events if event.kind == kind)
        other = replace(word, payload={**word.payload, "by": "zoe"})
        with pytest.raises(Refused, match="says `zoe`, and `ana` signed"):
            read_words([other], found.documents, found.trust)
    strange = replace(found.notes[0], about="sha256:0")
    with pytest.raises(Refused, match="about another snapshot than was put in force"):
        _check_story(found.events, found.epochs, (strange,))
    both = read_policy(opened.files["log/policy"])
    with pytest.raises(Refused, match="is no beginning of"):
        check_beginning(opened.files, found.seen, opened.files["log/decisions.checkpoint"], both)
    assert None is named_in(b"[")
    assert None is read_receipts({}, (), both, 5)


def test_an_event_that_tells_another_instant_than_its_stamp_is_found(
    world: Evidence, pack: bytes
) -> None:
    """The event is the operator's, the stamp another's."""
    found = open_pack(pack, world.policy).contents
    early = replace(found.stamps[0], stamped=0)
    with pytest.raises(Refused, match=r"was stamped 1970-01-01T00:00:00Z, and the stamp says 20"):
        list(prove_stamps(replace(found, stamps=(early,)), world.authority.root))


def test_a_stamp_on_no_checkpoint_is_not_kept(world: Evidence) -> None:
    """It must be of one that was signed, and of its very bytes."""
    log, clock = world.site.ledger.governance, world.site.clock
    with pytest.raises(Refused, match="no checkpoint of 9999 entries was signed"):
        record_stamp(log, clock, 9999, b"")
    answer = world.authority.stamp(request_stamp(b"other").written)
    last = log.last()
    assert last is not None
    with pytest.raises(Refused, match="the stamp is of other bytes"):
        record_stamp(log, clock, read_checkpoint(last.text).size, answer)
