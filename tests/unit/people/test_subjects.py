import pytest

from tests.unit.people.conftest import ACME, ALICE, BOT, Deployment
from writ.errors import InvalidInput
from writ.model.subject import Subject
from writ.people.books import Change
from writ.people.registry import Registry
from writ.store.events import read_events


def test_subjects_are_kept(deployment: Deployment, registry: Registry) -> None:
    """What was added is there after a restart, whatever the order it came in."""
    assert (ACME, ALICE, BOT) == deployment.opened().subjects.all()
    assert registry.subjects.find("bot") == BOT


def test_adding_again_changes_nothing(deployment: Deployment, registry: Registry) -> None:
    """The same subject twice is one subject, and no event."""
    with deployment.store.view() as connection:
        before = list(read_events(connection))
    assert registry.subjects.add([ALICE, ALICE]) == 0
    with deployment.store.view() as connection:
        assert before == list(read_events(connection))


def test_all_faults_come_at_once_and_nothing_is_added(registry: Registry) -> None:
    """One bad subject keeps all out, and every fault has its line."""
    with pytest.raises(InvalidInput) as caught:
        registry.subjects.add(
            [
                Subject("carol", "person"),
                Subject(" ", "person"),
                Subject("alice", "organisation"),
                Subject("dave", "person", ("nowhere", "alice")),
            ]
        )

    expected = [
        ":2:0: ` ` cannot name a subject; use up to 255 printable characters",
        ":3:0: subject `alice` is on the books differently: person acting for nobody",
        ":4:0: `dave` acts for `alice`, which is a person",
        ":4:0: `dave` acts for `nowhere`, which is not on the books",
    ]
    assert expected == str(caught.value).splitlines()
    assert "carol" not in {subject.id for subject in registry.subjects.all()}


def test_an_unknown_subject_is_named(registry: Registry) -> None:
    """Looking for somebody who is not there says how to add them."""
    with pytest.raises(InvalidInput, match="unknown subject `zoe`; add it with `writ subject add`"):
        registry.subjects.find("zoe")


def test_events_do_not_name_people(deployment: Deployment, registry: Registry) -> None:
    """An event row carries pseudonyms, never ids."""
    registry.subjects.add([Subject("mallory@example.org", "person")])
    with deployment.store.view() as connection:
        rows = b"".join(row.bytes for row in read_events(connection))

    assert b"mallory" not in rows
    assert registry.books.alias("mallory@example.org").encode() in rows


def test_listeners_hear_of_it(registry: Registry) -> None:
    """A change is announced with the ids it touches; no change, no announcement."""
    heard: list[Change] = []
    registry.books.listeners.append(heard.append)
    registry.subjects.add([Subject("carol", "person"), ALICE])
    registry.subjects.add([ALICE])

    assert [Change(subjects=frozenset({"carol"}))] == heard
