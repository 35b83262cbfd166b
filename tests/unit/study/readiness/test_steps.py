"""What to do next, and what it rests on: signers, the last drill, coverage, substitutes."""

from pathlib import Path

import msgspec
import pytest

from writ.clock import DAY, parse_instant
from writ.errors import Failed, InvalidInput
from writ.study.coverage import NO_REGISTER, Coverage, held_against, read_register
from writ.study.readiness.history import Entry, append, read_history
from writ.study.readiness.measure import Measured
from writ.study.readiness.standing import Drilled, Signer, Signers, later, read_drill
from writ.study.readiness.steps import Around, percent, steps

AT = parse_instant("2026-11-27T00:00:00Z")
CARD = {
    "at": "2026-11-20T00:00:00Z", "right": True, "requests": 9, "wrong_outcomes": 0,
    "signed_ms": 1.0, "in_force_ms": 2.4, "first_refusal_ms": None, "time_to_return_ms": 3.0,
}  # fmt: skip


def signers(*seen: int | None) -> Signers:
    """Ada submits, Ben and Eve sign; how many days ago each was seen, None: never."""
    roles = (("ada", ("submit",)), ("ben", ("sign",)), ("eve", ("sign", "hold")))
    people = tuple(
        Signer(name, may, None if ago is None else AT - ago * DAY, None)
        for (name, may), ago in zip(roles, seen, strict=True)
    )
    return Signers(2, people)


def told(around: Around) -> list[str]:
    """Return the steps in words, with nothing measured."""
    return [step.words for step in steps(Measured(AT, None, ()), around)]  # type: ignore[arg-type]  # no population


@pytest.mark.parametrize(
    ("seen", "enough", "away"),
    [
        ((1, 30, 2), True, []),
        ((1, 31, 2), False, ["ben"]),
        ((None, 1, 2), False, ["ada"]),
    ],
)
def test_enough_people_can_be_reached_or_not(
    seen: tuple[int | None, ...], *, enough: bool, away: list[str]
) -> None:
    """One who submits and two others who sign, each with a sign of life within thirty days."""
    found = signers(*seen)

    assert (enough, away) == (found.enough(AT), [person.id for person in found.unreachable(AT)])


def test_a_confirmation_is_a_sign_of_life() -> None:
    """The later of both counts."""
    ada = Signer("ada", ("submit",), AT - 90 * DAY, AT - DAY)

    assert (AT - DAY, True) == (ada.seen, ada.reachable(AT, 30))


def test_nothing_known_is_nothing_taken_for_granted() -> None:
    """No deployment, no register, no substitute, no drill: each is a thing to do, in this order."""
    assert [
        "name the deployment with --config: who could sign is unknown",
        "no coverage register: paths outside gateways unknown",
        "find a model that could stand in for m",
        "no drill is known: run `writ drill`",
    ] == told(Around({"m": (), "n": ("m",)}, NO_REGISTER))


def test_everything_in_order_leaves_nothing_to_do() -> None:
    """No step is made up."""
    drill = Drilled(AT - DAY, right=True, requests=9, wrong_outcomes=0, measured={})

    assert [] == told(Around({"n": ("m",)}, covered(), signers(1, 1, 1), drill))


def covered() -> Coverage:
    """A register that covers one path and says that there are no others."""
    others = (
        "other_gateway staff_tool evaluation_harness notebook direct_upstream weight_store reseller"
    )
    absent = "\n".join(
        f"  - {{kind: {kind}, says: cto, reviewed: 2026-11-20}}" for kind in others.split()
    )
    text = (
        "paths:\n  - {id: api, kind: gateway, what: the API, enforced_by: gateway-1, owner: ops,"
        f" reviewed: 2026-11-20}}\nabsent:\n{absent}\n"
    )
    return held_against(read_register(text.encode()), ["gateway-1"], AT)


def test_what_is_wanting_is_said_with_whose_it_is() -> None:
    """Signers who are away, paths with their owners, kinds not spoken of, old reviews, old drills."""
    text = (
        "paths:\n  - {id: lab, kind: notebook, what: notebooks, enforced_by: uncovered,"
        " owner: research, reviewed: 2026-01-01}\n"
    )
    coverage = held_against(read_register(text.encode()), [], AT)
    drill = Drilled(AT - 93 * DAY, right=True, requests=9, wrong_outcomes=0, measured={})
    found = told(Around({}, coverage, signers(1, None, 1), drill))

    assert (
        "nothing could be signed tonight: have ben confirm that they can be reached"
        " (`writ reachable`)"
    ) == found[0]
    assert "research: put an enforcement point on lab (uncovered)" == found[1]
    assert "say in the coverage register what there is of kind gateway" == found[2]
    assert "review in the coverage register: lab" == found[-2]
    assert "the last drill is more than 92 days old: drill again" == found[-1]


def test_a_drill_that_went_wrong_is_no_drill() -> None:
    """However new it is."""
    drill = Drilled(AT, right=False, requests=9, wrong_outcomes=1, measured={})

    assert (
        "the last drill did not come out as written: mend that, drill again"
        == told(Around({}, covered(), signers(1, 1, 1), drill))[-1]
    )


def test_the_scorecard_of_a_drill_is_read(tmp_path: Path) -> None:
    """None where there is none; what is no scorecard is refused."""
    path = tmp_path / "scorecard.json"
    assert None is read_drill(path)
    path.write_bytes(msgspec.json.encode(CARD))
    found = read_drill(path)
    assert found is not None
    assert (True, 2.4, False) == (found.right, found.measured["in_force_ms"], found.old(AT))
    path.write_text("{}")
    with pytest.raises(InvalidInput, match="is no scorecard of a drill"):
        read_drill(path)
    with pytest.raises(InvalidInput, match="cannot read"):
        read_drill(tmp_path)


def test_the_later_of_two_drills_counts() -> None:
    """Whether it left a scorecard here or somebody signed for it."""
    old = Drilled(AT - DAY, right=True, requests=9, wrong_outcomes=0, measured={})
    new = Drilled(AT, right=True, requests=9, wrong_outcomes=0, measured={})

    assert (new, new, old, None) == (
        later(old, new),
        later(new, None),
        later(None, old),
        later(None, None),
    )


def test_a_history_is_appended_to_and_read_back(tmp_path: Path) -> None:
    """In the order of the runs; a line that cannot be read is a fault with its place."""
    path = tmp_path / "deep" / "history.jsonl"
    entries = (Entry(AT, "sha256:a", 3, {"x": "0.5000"}), Entry(AT, "sha256:b", 4, {"x": None}))
    assert () == read_history(path)
    for entry in entries:
        append(path, entry)
    assert entries == read_history(path)
    path.write_text(path.read_text() + "nonsense\n")
    with pytest.raises(InvalidInput, match=r"history.jsonl:3:1: is no line of a history"):
        read_history(path)
    with pytest.raises(InvalidInput, match="cannot read"):
        read_history(tmp_path)
    with pytest.raises(Failed, match="cannot write"):
        append(tmp_path, entries[0])


@pytest.mark.parametrize(("left", "kept"), [(b'{"at": "2026', 1), (b"", 1), (b"whole", 2)])
def test_a_run_that_was_interrupted_stops_no_other(tmp_path: Path, left: bytes, kept: int) -> None:
    """Half of a last line is taken away by the next run; a whole one without an end is kept."""
    path = tmp_path / "history.jsonl"
    first, last = Entry(AT, "sha256:a", 3, {"x": "0.5000"}), Entry(AT, "sha256:b", 4, {})
    append(path, first)
    line = path.read_bytes()
    path.write_bytes(line + (line.strip() if left == b"whole" else left))

    assert (first,) * kept == read_history(path)
    append(path, last)
    assert (*(first,) * kept, last) == read_history(path)
    assert path.read_bytes().endswith(b"}\n")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            b'{"at": "2026-06-01T00:00:00Z", "law": "x", "rows": 1, "readiness": {"y": "-7"}}',
            "`-7`",
        ),
        (
            b'{"at": "2026-06-01T00:00:00Z", "law": "x", "rows": 1, "readiness": {"y": "nan"}}',
            "`nan`",
        ),
        (b'{"at": "2026-06-01T00:00:00Z", "law": "x", "rows": 1, "readiness": {"y": ""}}', "``"),
        (b'{"at": "yesterday", "law": "x", "rows": 1, "readiness": {}}', "yesterday"),
        (b'{"at": "\xff"}', "not UTF-8"),
    ],
)
def test_a_history_that_somebody_wrote_into(tmp_path: Path, written: bytes, said: str) -> None:
    """What is no instant or no share from 0 to 1 is a fault, and nothing to draw."""
    path = tmp_path / "history.jsonl"
    path.write_bytes(written + b"\n")
    with pytest.raises(
        InvalidInput, match=rf"history.jsonl:1:1: is no line of a history: .*{said}"
    ):
        read_history(path)


@pytest.mark.parametrize(
    ("share", "said"), [(0.0, "0%"), (0.001, "<1%"), (0.41, "41%"), (0.999, ">99%"), (1.0, "100%")]
)
def test_a_share_is_never_rounded_to_all_or_nothing(share: float, said: str) -> None:
    """Nearly all is not all."""
    assert said == percent(share)
