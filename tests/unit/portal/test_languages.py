"""The portal's pages in another language: whoever chooses one stays where they are."""

from collections.abc import Iterator

import pytest

from tests.worlds.door import Door, opened_door
from writ.portal.words import words_in


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A deployment whose portal Alice comes to."""
    with opened_door(tmp_path_factory.mktemp("languages")) as opened:
        yield opened


def test_every_page_leads_to_itself_in_another_language(door: Door) -> None:
    """Also those that a form led to: the form anew, what came of it, a key that was wrong."""

    def headings(path: str, code: str) -> str:
        answer = door.ask("GET", f"{path}?lang={code}")
        if 303 == answer.status_code:
            answer = door.ask("GET", answer.headers["location"].removeprefix("/verify"))
        assert (200, True) == (answer.status_code, f'<html lang="{code}">' in answer.text)
        return answer.text.partition("<h1>")[2].partition("</h1>")[0]

    french, german, fields = words_in("fr"), words_in("de"), {"choice": "0.0", "document": "soap"}
    door.ask("POST", "/account", data={"key": "wk_strange", "t": ""})
    assert french("start.title") == headings("/account", "fr")
    door.enter(door.key("alice"), door.invitation("alice"))
    form = door.form()
    door.ask("POST", "/begin", data={"form": form, "method": "review", "question": "0"})
    assert french("method.review.name") == headings("/begin", "fr")
    door.ask("POST", "/with", data={"form": form, **fields})
    assert german("method.review.name") == headings("/with", "de")
    door.ask("POST", "/with", data={"form": form, **fields, "document": "passport"})
    assert french("question.title", model="fable-5") == headings("/with", "fr")
    assert german("question.title", model="fable-5") == headings("/appeal", "de")


def test_a_way_that_showed_no_page_has_none_to_correct(door: Door) -> None:
    """A form nobody was given is an error by itself, and its page leads back to the question."""
    door.enter(door.key("alice"), door.invitation("alice"))
    assert 403 == door.post("/with", choice="0.0").status_code
    assert "/verify/question" == door.ask("GET", "/with?lang=fr").headers["location"]
