"""How far a list of ids reaches into the registry."""

from tests.unit.people.conftest import ACME, ALICE, BOT, Deployment
from writ.model.subject import Subject
from writ.people.keys import Wanted
from writ.people.reach import Reach, reach


def test_who_is_on_the_books_and_by_which_keys_they_come(deployment: Deployment) -> None:
    """A key counts for its own requester and for whom it acts for, once, until it is revoked."""
    registry = deployment.opened()
    other = Subject("other", "organisation")
    registry.subjects.add([ACME, ALICE, BOT, other])
    made = registry.keys.create([Wanted("bot"), Wanted("bot"), Wanted("alice")])

    assert Reach(0, 0) == reach(registry.books, frozenset())
    assert Reach(0, 0) == reach(registry.books, {"nobody-we-know"})
    assert Reach(1, 0) == reach(registry.books, {"other", "nobody-we-know"})
    assert Reach(1, 2) == reach(registry.books, {"acme"})
    assert Reach(1, 1) == reach(registry.books, {"alice"})
    assert Reach(3, 3) == reach(registry.books, {"acme", "bot", "alice"})
    registry.keys.revoke(made[0][0].id)
    assert Reach(1, 1) == reach(registry.books, {"acme"})
