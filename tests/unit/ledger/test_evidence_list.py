"""What the list of a pack says of its files is compared with what was proved, by us and by the script."""

from collections.abc import Mapping
from dataclasses import replace
from html import escape

import msgspec
import pytest

from tests.worlds.evidence import CATALOGUE, Evidence, script
from writ.canonical import digest_bytes
from writ.errors import Refused
from writ.ledger.evidence.listing import UNNAMED, WORD, check_list, list_items
from writ.ledger.evidence.manifest import Item, Manifest
from writ.ledger.evidence.pack import open_pack
from writ.ledger.evidence.said import Report

Lie = Mapping[str, str | None]


class Packed:
    """A pack, proved once by us and by the script, whose list is then changed."""

    def __init__(self, pack: bytes, world: Evidence) -> None:
        self.world, self.pack = world, pack
        self.opened = open_pack(pack, world.policy)
        files, self.listed = script().opened(pack)
        self.proved = script().prove(files, self.listed, world.policy_file(), None)

    def manifest(self, name: str, lie: Lie) -> Manifest:
        """Return the list with another word about a file."""
        manifest = self.opened.manifest
        items = [
            msgspec.structs.replace(item, **lie) if item.name == name else item
            for item in manifest.items
        ]
        assert items != manifest.items
        return msgspec.structs.replace(manifest, items=items)

    def wrong(self, manifest: Manifest, more: Mapping[str, bytes] = {}) -> tuple[str, str]:
        """Return what we and the script say is wrong with a list, with more files in the pack."""
        files = {**self.opened.files, **more}
        with pytest.raises(Refused) as ours:
            check_list(manifest, self.opened.contents, files)
        proved = replace(self.proved, files=files)
        with pytest.raises(script().Wrong) as theirs:
            script().check_list(msgspec.json.decode(manifest.write()), proved)
        return str(ours.value), str(theirs.value)

    def first(self, pattern: str) -> str:
        """Return the first file of a name with a star in it."""
        folder, star, ending = pattern.partition("*")
        names = (name for name in sorted(self.opened.files) if name.startswith(folder))
        return next(name for name in names if name.endswith(ending)) if star else pattern


LIES: dict[str, tuple[str, Lie]] = {
    "when an order has effect": ("order/v1.yaml", {"so_at": "2026-06-01T00:00:00Z"}),
    "when an order was on record": ("order/v2.yaml", {"recorded_at": "2026-06-12T21:00:00Z"}),
    "which event put it in force": ("order/v2.yaml", {"by": "event 2"}),
    "which version it is": ("order/v1.yaml", {"what": "version 2, as it was signed for"}),
    "when an epoch was signed": ("epochs/0002/bundle.json", {"so_at": "2026-06-12T21:00:00Z"}),
    "what sources are": ("epochs/0001/sources.json", {"what": "what was signed and by whom"}),
    "which catalogue it is": ("beside/catalogue.yaml", {"recorded_at": None}),
    "what an event is": ("log/events/00000001.json", {"what": "epoch.activated"}),
    "when an event was": ("log/events/00000001.tlog-proof", {"recorded_at": None}),
    "when a stamp was given": ("said/*.tsr", {"so_at": "2020-01-01T00:00:00Z"}),
    "who named a word": ("said/*.json", {"by": "event 1"}),
    "what a beginning is of": ("log/beginnings/*", {"what": "proof that the log continues"}),
    "what a receipt is": ("log/receipts/*.json", {"what": "a receipt, not opened"}),
    "when a request was": ("log/receipts/*.json", {"so_at": "2026-06-12T21:00:00Z"}),
    "when a receipt was on record": ("log/receipts/*.json", {"recorded_at": None}),
    "that a receipt is not opened": ("log/receipts/*.tlog-proof", {"by": WORD}),
    "what vouches for receipts": ("log/decisions.checkpoint", {"by": "event 1"}),
    "what a report is": (
        "enclosed/simulated/report.json",
        {"what": "a report that was signed for: proof"},
    ),
    "that nobody named a report": ("enclosed/simulated/report.json", {"by": WORD}),
    "when a drill was": ("enclosed/drill/scorecard.json", {"so_at": None}),
    "that an event names what is enclosed": ("enclosed/letter.pdf", {"by": "event 1"}),
    "since when keys are trusted": ("keys/trust.json", {"recorded_at": "2020-01-01T00:00:00Z"}),
    "which event has the seal": ("keys/seal.pem", {"by": "event 1"}),
    "that an event names a page": ("index.html", {"by": "event 1"}),
    "when the log was signed": (
        "log/governance.checkpoint",
        {"recorded_at": "2026-06-12T21:00:00Z"},
    ),
}


@pytest.fixture(scope="module")
def packed(world: Evidence) -> Packed:
    """A pack that encloses a letter too, which no event names."""
    attached = {**world.attached, "letter.pdf": b"%PDF"}
    return Packed(world.export(attached=attached, every=False, draw=9), world)


@pytest.mark.parametrize("case", LIES)
def test_a_list_that_lies_of_a_file_is_found(packed: Packed, case: str) -> None:
    """Another date, event or role than the log has: both checks name the file."""
    pattern, lie = LIES[case]
    name = packed.first(pattern)
    ours, theirs = packed.wrong(packed.manifest(name, lie))
    assert ours.startswith(f"the list says of `{name}` that its `{next(iter(lie))}` is "), ours
    assert theirs.startswith(f"the list says of {name}: "), theirs


def test_a_lie_that_is_sealed_anew_is_found_in_the_pack(packed: Packed) -> None:
    """Whoever has the seal, and not the log's key, lists what they like: the first lie is named."""
    world = packed.world
    once = packed.manifest("order/v1.yaml", {"so_at": None})
    items = [
        msgspec.structs.replace(item, by=WORD) if item.name == "order/v2.yaml" else item
        for item in once.items
    ]
    made = world.sealed(packed.pack, lambda _: None, items=items)
    with pytest.raises(Refused, match=r"the list says of `order/v1\.yaml`"):
        open_pack(made, world.policy)
    with pytest.raises(script().Wrong, match=r"the list says of order/v1\.yaml"):
        list(script().verify(made, world.policy_file()))


PLACES = {
    "a receipt that nothing proves": ("log/receipts/00000099.json", b"{}"),
    "a word that no event names": ("said/0123456789ab.json", b"{}"),
    "another version beside": ("order/v9.yaml", b"order: us-bis"),
    "a file of sources under another name": ("beside/other.yaml", CATALOGUE),
    "a page of its own": ("read-me-first.html", b"all is well"),
}


@pytest.mark.parametrize("case", PLACES)
def test_what_no_event_names_is_enclosed_or_nothing(packed: Packed, case: str) -> None:
    """A file put where proved ones are is Refused, whatever the list calls it."""
    name, data = PLACES[case]
    manifest = packed.opened.manifest
    item = Item(name, digest_bytes(data), UNNAMED, WORD, None, None)
    listed = msgspec.structs.replace(manifest, items=[*manifest.items, item])
    assert (
        f"no event names `{name}`, and it is not under `enclosed`",
        f"no event names {name}, and it is not under enclosed",
    ) == packed.wrong(listed, {name: data})


def test_what_is_left_out_is_said(packed: Packed) -> None:
    """Annexes' rows, reports that were not handed in, receipts that were not drawn: no more, no less."""
    manifest = packed.opened.manifest
    assert ["36 of 45 receipts, whatever they tell of", "annex-a.csv"] == [
        manifest.left_out[0],
        manifest.left_out[1].partition(",")[0],
    ]
    for left in ([], [*manifest.left_out, "what hurts"]):
        lie = msgspec.structs.replace(manifest, left_out=left)
        wrong = "the list does not say what is left out"
        assert (wrong, wrong) == packed.wrong(lie)
    bare = packed.world.export(attached={}, every=False, draw=9)
    missing = open_pack(bare, packed.world.policy).manifest.left_out
    assert [True, True] == [", which event " in told for told in missing[-2:]]
    list(script().verify(bare, packed.world.policy_file()))


def test_a_pack_is_not_as_of_before_its_last_event(packed: Packed) -> None:
    """When the last checkpoint was signed is the exporter's word, and bounded by what it has."""
    early = "2026-06-12T21:00:00Z"
    manifest = packed.manifest("log/governance.checkpoint", {"so_at": early, "recorded_at": early})
    ours, theirs = packed.wrong(msgspec.structs.replace(manifest, as_of=early))
    assert f"the list is as of {early}, before its last event" == ours
    assert "the list is as of an instant before its last event" == theirs


def test_a_question_of_a_proof_is_named_through_its_report(packed: Packed) -> None:
    """The report that was signed for lists its questions; anything that is no list of them has none."""
    found, question = packed.opened.contents, b"(check-sat)"
    proof = msgspec.json.encode({"files": {"q.smt2": digest_bytes(question)}})
    note = next(note for note in found.notes if isinstance(note.said, Report))
    assert isinstance(note.said, Report)
    said = msgspec.structs.replace(note.said, report=digest_bytes(proof))
    for report, what in (
        (proof, "a question of a proof that was signed for"),
        (b"{", UNNAMED),
    ):
        told = replace(
            found,
            notes=(replace(note, said=said),),
            documents={**found.documents, digest_bytes(proof): report},
        )
        items = list_items(told, {"enclosed/q.smt2": question}, "")
        assert [what] == [item.what for item in items]
    bare = replace(found, receipts=None, documents={})  # no gateway has put down anything yet
    assert [UNNAMED] == [item.what for item in list_items(bare, {"enclosed/q.smt2": question}, "")]
    assert [[digest_bytes(question)], [], []] == [
        [*script().questions_of(report)] for report in (proof, b"{", b"[]")
    ]


def test_the_first_page_says_what_is_the_exporters_word(packed: Packed) -> None:
    """In a column of its own, as the list does."""
    page = packed.opened.files["index.html"].decode()
    row = "<td>enclosed/letter.pdf</td><td>enclosed; the log does not name it</td>"
    assert f"{row}<td>{escape(WORD)}</td>" in page
    kinds = {item.by == WORD for item in packed.opened.manifest.items}
    assert {True, False} == kinds
