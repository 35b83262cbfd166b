"""What comes and goes with an annex, version by version; in numbers wherever it is shown."""

from dataclasses import replace

from writ.law.annex_moves import AnnexMove, annex_moves
from writ.law.folder import read_sources
from writ.model.order import OrderVersion

CATALOGUE = b"provider: acme\nmodels: {m: {}}\n"
ORDER = """\
order: {order}
version: {version}
kind: restriction
title: A title
authority: {{name: A, jurisdiction: US}}
effective: 2026-06-1{version}T00:00:00Z
clauses: {{c1: A clause.}}
rules:
  - {{id: r, clauses: [c1], models: [m], bar: {{organisation: {who}}}, standing: organisation, evidence: {{to_serve: A2, to_bar: A1}}}}
"""
LISTED = "annexes: {listed: {file: FILE, key: id}}\n"


def version(number: int, rows: str = "", order: str = "letter") -> tuple[OrderVersion, ...]:
    """Return one version whose annex has these letters as rows; no rows: no annex."""
    who = "{organisation_in: listed}" if rows else "{incorporated_in: [FR]}"
    text = ORDER.format(order=order, version=number, who=who)
    files = {"catalogue.yaml": CATALOGUE, "a.csv": "\n".join(["id", *rows]).encode()}
    if rows:
        text += LISTED.replace("FILE", "a.csv")
    else:
        del files["a.csv"]
    return read_sources({**files, "order.yaml": text.encode()}).versions


def told(old: tuple[OrderVersion, ...], new: tuple[OrderVersion, ...]) -> list[str]:
    """Say every move with its rows."""
    return [
        f"{move.order} {move.version}: +{''.join(sorted(move.come))} -{''.join(sorted(move.go))}"
        for move in annex_moves(old, new)
    ]


V1, V2, V3 = version(1, "abc"), version(2, "bcd"), version(3)


def test_a_first_annex_comes_whole_and_what_stays_is_no_move() -> None:
    """Nothing is said where nothing differs, or where only another order changes."""
    assert ["letter 1: +abc -"] == told((), V1)
    assert [] == told(V1, V1)
    assert [] == told(V1, (*V1, *version(1, order="other")))
    assert [] == told(V1, (*V1, *version(2, "cab")))


def test_a_new_version_is_compared_with_the_one_before() -> None:
    """In force or new, and whether or not that one is taken away with it."""
    assert ["letter 2: +d -a"] == told(V1, (*V1, *V2))
    assert ["letter 1: +abc -", "letter 2: +d -a"] == told((), (*V1, *V2))
    assert ["letter 1: + -abc", "letter 2: +d -a"] == told(V1, V2)


def test_an_annex_that_a_version_no_longer_has_goes_once() -> None:
    """One that comes back is compared with its last rows, as `annex_change` is."""
    assert ["letter 3: + -bcd"] == told(V2, (*V2, *V3))
    assert [] == told((*V2, *V3), (*V2, *V3, *version(4)))
    assert ["letter 4: +e -b"] == told((*V2, *V3), (*V2, *V3, *version(4, "cde")))


def test_where_a_version_goes_the_one_before_it_stands_again() -> None:
    """Its rows come back, and what only the later had goes."""
    assert ["letter 2: +a -d"] == told((*V1, *V2), V1)
    assert ["letter 1: + -abc"] == told(V1, ())


def test_a_version_that_changes_is_compared_with_itself() -> None:
    """Before anybody obeys it, a file may be corrected."""
    assert ["letter 2: +ef -d"] == told((*V1, *V2), (*V1, *version(2, "bcef")))


def test_numbers_only() -> None:
    """However a move is written, no row is."""
    [move] = annex_moves(version(1, "xyz"), (*version(1, "xyz"), *version(2, "xzqw")))
    assert "annex listed: 2 rows come, 1 goes; 4 rows, were 3" == move.line()
    assert {
        "order": "letter", "version": 2, "annex": "listed",
        "come": 2, "go": 1, "shift": 0, "rows": 4, "were": 3,
    } == move.plain()  # fmt: skip
    shift = AnnexMove("letter", 2, "listed", frozenset(), frozenset(), 3, 3, 2)
    assert (
        "annex listed: 0 rows come, 0 go, 2 become subsidiaries or cease to be; 3 rows, were 3"
    ) == shift.line()
    hidden = AnnexMove("o", 1, "a", frozenset({"secret"}), frozenset({"secret"}), 1, 1)
    assert "secret" not in repr(hidden)


def test_a_row_that_becomes_a_subsidiary_moves() -> None:
    """Although no row comes or goes; and where nothing told them apart before, all were listed."""
    (plain,), (first,) = version(1, "xyz"), version(2, "xyz")
    group = replace(first.annexes["listed"], below=frozenset("y"))
    second = replace(first, annexes={"listed": group})
    assert [1] == [move.shift for move in annex_moves((plain,), (plain, second))]
    third = replace(second, version=3)
    assert [] == list(annex_moves((plain, second), (plain, second, third)))
