"""How names of a list find ids of the directory, and what no row is lost to."""

import csv
import io

import pytest

from writ.errors import InvalidInput, Refused
from writ.people.annex.decisions import annex_file, draft, members, read_decisions
from writ.people.annex.listing import Directory, Listing, read_directory, read_listing
from writ.people.annex.matching import Match, Matcher
from writ.people.annex.spelling import spelling

DIRECTORY = """\
id,name,aliases,country,parent
brit-co,Brit Company Ltd,,GB,
brit-labs,Brit Labs Ltd,,GB,brit-co
brit-tools,Tools of Leeds,,,brit-labs
gallic-co,Gallic Robotics SAS,Robotique Gauloise,FR,
romashka,OOO Romashka,,RU,
huaxing,华星技术有限公司,Huaxing Technologies,CN,
twin-1,Twin Ltd,,US,
twin-2,Twin Ltd,,CA,
"""


def known() -> Directory:
    """Read the directory."""
    return read_directory(DIRECTORY.encode(), "directory.csv")


def listed(*rows: str) -> Listing:
    """Read a list with these rows."""
    return read_listing("\n".join(["name,aliases,country", *rows]).encode(), "list.csv")


def matched(row: str) -> Match:
    """Match one row."""
    return Matcher(known()).match(listed(row))[2]


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ("Brit Company Ltd,,", "brit-co"),
        ("BRIT CO. LIMITED,,United Kingdom", "brit-co"),
        ("Something else,Robotique Gauloise; x,FRA", "gallic-co"),
        ("ООО «Ромашка»,,RU", "romashka"),  # noqa: RUF001  another script is what is asked
        ("华星技术 有限公司,,", "huaxing"),
        ("Twin Limited,,CA", "twin-2"),
        ("Brit Labs Ltd,,Ruritania", "brit-labs"),
    ],
)
def test_the_same_name_otherwise_written_is_exact(row: str, name: str) -> None:
    """Case, accents, punctuation, script and the spelling of a legal form do not matter."""
    assert ("exact", [name]) == (matched(row).grade, [item.id for item in matched(row).candidates])


@pytest.mark.parametrize(
    ("row", "first", "odd"),
    [
        ("Gallic Robotics GmbH,,FR", "gallic-co", "other legal form"),
        ("Gallic Robotics SAS,,US", "gallic-co", "of FR, not US"),
        ("Robotics Gallic SAS,,FR", "gallic-co", ""),
        ("Galic Robotics SAS,,", "gallic-co", ""),
        ("Twin Ltd,,", "twin-1", ""),
    ],
)
def test_what_is_not_the_same_is_a_candidate(row: str, first: str, odd: str) -> None:
    """Another form, country, order or letter, or two of one name: for people to say."""
    found = matched(row)
    assert ("candidates", first, odd) == (
        found.grade,
        found.candidates[0].id,
        found.candidates[0].odd,
    )


@pytest.mark.parametrize("row", ["Quite Another,,", ",,US", "!!!,,"])
def test_a_row_like_nobody_stays(row: str) -> None:
    """Also one without a name, which is told as it is."""
    assert Match("nobody", ()) == matched(row)


def test_every_row_is_in_the_draft_and_formulas_are_text() -> None:
    """One line for each row, in order, and only exact ones are filled in."""
    rows = listed("Brit Co Ltd,,", "=cmd(),,", ",,FR", "Twin Ltd,,")
    text = draft(rows, Matcher(known()).match(rows)).decode()
    lines = list(csv.DictReader(io.StringIO(text)))
    assert ["brit-co", "", "", ""] == [line["ids"] for line in lines]
    assert ["Brit Co Ltd", "'=cmd()", "", "Twin Ltd"] == [line["name"] for line in lines]
    assert ["2", "3", "4", "5"] == [line["row"] for line in lines]


def test_subsidiaries_are_in_or_out() -> None:
    """In means every row whose parents lead to one that is named."""
    decisions = {2: ["brit-co"], 3: []}
    assert ["brit-co", "brit-labs", "brit-tools"] == members(decisions, known(), "in").ids
    assert ["brit-co"] == members(decisions, known(), "out").ids
    told = [b"organisation,subsidiary_of", b"brit-co,", b"brit-labs,brit-co"]
    assert told == annex_file(members(decisions, known(), "in"), "organisation").splitlines()[:3]
    alone = annex_file(members(decisions, known(), "out"), "organisation")
    assert b"organisation\nbrit-co\n" == alone
    with pytest.raises(Refused, match="an annex of nobody is no annex"):
        members({2: []}, known(), "in")


def test_a_ring_of_parents_ends() -> None:
    """Each belongs to the other, and to itself no more."""
    ring = read_directory(b"id,name,parent\na,A,b\nb,B,a\n", "d.csv")
    assert {"b"} == ring.below(["a"])


def test_decisions_read_back() -> None:
    """By row, several and nobody."""
    rows = listed("x,,", "y,,")
    data = b"row,ids\n3,none\n2,brit-co; twin-1\n"
    assert {2: ("brit-co", "twin-1"), 3: ()} == read_decisions(data, "d.csv", rows, known())


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("id\na\n", "d.csv:1:1: no column `name`"),
        ("id,name,ID\na,A,b\n", "d.csv:1:1: the column `id` stands twice"),
        ("id,name\n", "d.csv:1:1: has no rows"),
        ("id,name\na,A,B\n", "d.csv:2:1: 3 cells, but 2 columns"),
        ("id,name\n\na,A\na,B\n", "d.csv:4:1: `a` stands in row 3 already"),
        ("id,name\nnone,A\n", "d.csv:2:1: `none` cannot be an id here"),
        ("id,name\na;b,A\n", "d.csv:2:1: `a;b` cannot be an id here"),
        ("id,name\n,A\n", "d.csv:2:1: `` cannot be an id here"),
        ("id,name\na,\n", "d.csv:2:1: `a` has no name"),
        ("id,name,parent\nacme,A,\nb,B,acne\n", "d.csv:3:1: no row has the id `acne`; did you"),
        ('id,name\n"a', "not CSV"),
    ],
)
def test_a_directory_has_no_doubt_in_it(text: str, fault: str) -> None:
    """Every fault is told at its row."""
    with pytest.raises(InvalidInput) as caught:
        read_directory(text.encode(), "d.csv")
    assert fault in str(caught.value)


@pytest.mark.parametrize("data", [b"name\n\xff\n", b"name\n" + b"a\n" * 9_000_000])
def test_a_list_that_cannot_be_read(data: bytes) -> None:
    """Another encoding, or too much."""
    with pytest.raises(InvalidInput, match=r"not UTF-8|larger than"):
        read_listing(data, "list.csv")


def test_columns_nobody_asked_for_are_told() -> None:
    """They are left alone, not lost silently."""
    listing = read_listing("Name,Remarks\nA,x\n".encode("utf-8-sig"), "list.csv")
    assert (("remarks",), {2}) == (listing.left, set(listing.rows))


def test_a_name_that_is_a_legal_form_keeps_it() -> None:
    """There must be something to compare."""
    assert ("sa",) == spelling("S.A.").words
    assert ((), frozenset()) == (spelling("").words, spelling("").forms)
