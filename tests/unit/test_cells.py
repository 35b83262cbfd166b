"""No cell is a formula, and what was written can be read again."""

from itertools import product

import pytest

from writ.cells import cell, read_cell


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\uff1d", "\t", "\r", "\n"])
def test_what_a_spreadsheet_takes_for_a_formula_begins_with_an_apostrophe(first: str) -> None:
    """A line feed before the sign too: some programs pass over it."""
    assert f"'{first}=1+1" == cell(f"{first}=1+1")
    assert f"a{first}1" == cell(f"a{first}1")


def test_what_was_written_is_read_again() -> None:
    """One apostrophe taken away: also where somebody's id has some of its own, whatever follows."""
    texts = ["".join(parts) for size in range(5) for parts in product("'=a\t", repeat=size)]
    assert texts == [read_cell(cell(text)) for text in texts]
    assert len(texts) == len(set(map(cell, texts)))


@pytest.mark.parametrize("text", ["'tis", "", "c1", "\u2019"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    """Nothing but a formula is changed."""
    assert (text, text) == (cell(text), read_cell(text))
