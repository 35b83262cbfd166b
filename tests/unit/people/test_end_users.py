import pytest

from tests.unit.people.conftest import Deployment
from writ.errors import InvalidInput
from writ.model.subject import Subject
from writ.people.books import Change
from writ.people.end_users import EndUser
from writ.people.registry import Registry


def test_an_end_user_is_a_person_of_an_organisation(
    deployment: Deployment, registry: Registry
) -> None:
    """What was registered is there after a restart, and is announced once."""
    heard: list[Change] = []
    registry.books.listeners.append(heard.append)
    user = EndUser("acme", "u-1", "alice")

    assert (1, 0) == (registry.end_users.add([user]), registry.end_users.add([user]))
    assert (user,) == deployment.opened().end_users.all()
    assert [Change(end_users=frozenset({("acme", "u-1")}))] == heard


def test_all_faults_come_at_once(registry: Registry) -> None:
    """Wrong kinds, unknown subjects and doubles are reported together, and nothing is kept."""
    registry.subjects.add([Subject("bob", "person")])
    with pytest.raises(InvalidInput) as caught:
        registry.end_users.add(
            [
                EndUser("acme", "u-1", "alice"),
                EndUser("alice", "u-2", "acme"),
                EndUser("acme", "u-3", "zoe"),
                EndUser("acme", "u-1", "bob"),
                EndUser("acme", "", "bob"),
            ]
        )

    expected = [
        ":2:0: `acme` is of kind organisation; person is wanted here",
        ":2:0: `alice` is of kind person; organisation is wanted here",
        ":3:0: unknown subject `zoe`; add it with `writ subject add`",
        ":4:0: `u-1` of `acme` already means another subject",
        ":5:0: `` cannot be an end user; use up to 255 printable characters",
    ]
    assert expected == str(caught.value).splitlines()
    assert registry.end_users.all() == ()
