"""The second method asks everybody in its domain, as far as a number goes."""

from pathlib import Path

import pytest

from writ.law.compiled.book import Compiled
from writ.law.folder import read_folder
from writ.study.proof.artefact import Cells
from writ.study.proof.by_model import Law
from writ.study.proof.counted import count
from writ.study.proof.equal import Subject
from writ.study.proof.prove import AT_MOST

JUNE = Path(__file__).parents[3] / "orders" / "june-2026"


@pytest.fixture(scope="module")
def mythos() -> Subject:
    """The model of the June letters that an annex is about."""
    book = read_folder(JUNE)
    (subject,) = Law(book, (), Cells(Compiled(book)), 0).subjects("mythos-5")
    return subject


def test_everybody_of_the_june_letters_is_asked(mythos: Subject) -> None:
    """An instant with few of them leaves room for one with many, and nobody is left out."""
    found = count(mythos, AT_MOST)

    assert (None, ()) == (found.left_out, found.differing)
    assert found.asked > AT_MOST // 2


def test_what_is_left_out_is_said(mythos: Subject) -> None:
    """Some of each instant are asked, and of the rest as much as the number allows."""
    found = count(mythos, 200)

    assert 100 < found.asked <= 200
    assert found.left_out is not None
    assert found.left_out.startswith("all but one request in ")
