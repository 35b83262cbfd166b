"""Questions to an authority, over the versions of an order."""

from dataclasses import replace

from tests.worlds.june import BOOK, V1
from writ.clock import DAY, format_instant
from writ.law.asked import questions_plain


def test_questions_stand_as_the_last_version_says() -> None:
    """Open, overdue and answered, until a version has the answer; other lists are none."""
    weights = {"id": "weights", "question": "Are weights meant?", "to": "the desk officer"}
    by = weights | {"answer_by": format_instant(V1 + DAY), "answer": None}
    versions = tuple(
        replace(version, order="o", version=number, source={"questions": listed})
        for number, (version, listed) in enumerate(
            zip(BOOK.versions, ([by], [weights | {"id": "who"}, "odd"], None), strict=False), 1
        )
    )
    book = replace(BOOK, versions=versions)

    def told(at: int) -> list[tuple[object, object]]:
        return [(row["name"], row["state"]) for row in questions_plain(book, at)]  # type: ignore[index, call-overload]  # JSON

    assert [("o/weights", "due"), ("o/who", "due")] == told(V1)
    assert [("o/weights", "overdue"), ("o/who", "due")] == told(V1 + DAY)
    answered = replace(versions[0], version=9, source={"questions": [by | {"answer": "No."}]})
    book = replace(book, versions=(*versions, answered))
    assert ("o/weights", "answered") == told(V1 + DAY)[0]


def test_a_question_that_is_asked_no_longer_ends() -> None:
    """With the version in effect that does not have it; what was answered stays on record."""
    open_one = {"id": "weights", "question": "Are weights meant?", "to": "the desk officer"}
    closed = {"id": "who", "question": "Who?", "to": "the desk officer", "answer": "Everybody."}
    asking, ending = (
        replace(version, order="o", version=number, effective=at, source={"questions": listed})
        for number, version, at, listed in (
            (1, BOOK.versions[0], V1, [open_one, closed]),
            (2, BOOK.versions[1], V1 + DAY, None),
        )
    )
    book = replace(BOOK, versions=(asking, ending))
    assert [["o/weights", "o/who"], ["o/who"]] == [
        [row["name"] for row in questions_plain(book, at)]  # type: ignore[index, call-overload]  # JSON
        for at in (V1 + DAY - 1, V1 + DAY)
    ]
