import hashlib
import re

import pytest

from tests.unit.people.conftest import Deployment
from writ.errors import InvalidInput
from writ.model.subject import Subject
from writ.people.books import Change
from writ.people.keys import Wanted
from writ.people.registry import Registry
from writ.store.events import read_events


def test_a_key_is_shown_once_and_kept_as_a_digest(
    deployment: Deployment, registry: Registry
) -> None:
    """The text is given back once; what is stored is its SHA-256 and not the secret."""
    [(key, text)] = registry.keys.create([Wanted("alice")])

    assert re.fullmatch(rf"wk_{key.id}_[A-Za-z0-9_-]{{43}}", text)
    assert hashlib.sha256(text.encode()).digest() == key.digest
    assert (key,) == deployment.opened().keys.all()
    with deployment.store.view() as connection:
        events = b"".join(row.bytes for row in read_events(connection))
    secret = text.rpartition(f"wk_{key.id}_")[2].encode()
    assert secret not in deployment.store.path.read_bytes() + events


def test_a_key_acts_for_the_only_organisation(registry: Registry) -> None:
    """Without a word about it, a key acts for its requester's one organisation."""
    [(bots, _), (alices, _)] = registry.keys.create([Wanted("bot"), Wanted("alice")])

    assert ("acme", None) == (bots.organisation, alices.organisation)


def test_several_organisations_must_be_told_apart(registry: Registry) -> None:
    """With several organisations the key says which, and only one of them."""
    registry.subjects.add(
        [Subject("globex", "organisation"), Subject("dual", "service", ("acme", "globex"))]
    )
    with pytest.raises(InvalidInput, match="`dual` acts for acme, globex; say for which this key"):
        registry.keys.create([Wanted("dual")])
    with pytest.raises(InvalidInput, match="`dual` does not act for `alice`"):
        registry.keys.create([Wanted("dual", "alice")])
    [(key, _)] = registry.keys.create([Wanted("dual", "globex", refuses_substitutes=True)])

    assert ("globex", True) == (key.organisation, key.refuses_substitutes)


def test_keys_are_made_all_or_none(registry: Registry) -> None:
    """An unknown requester among several leaves no key behind."""
    with pytest.raises(InvalidInput, match="unknown subject `zoe`"):
        registry.keys.create([Wanted("alice"), Wanted("zoe")])

    assert registry.keys.all() == ()


def test_revoking_is_announced_once(registry: Registry) -> None:
    """A revoked key stays on the books as revoked; revoking again changes nothing."""
    [(key, _)] = registry.keys.create([Wanted("alice")])
    heard: list[Change] = []
    registry.books.listeners.append(heard.append)
    first = registry.keys.revoke(key.id)
    second = registry.keys.revoke(key.id)

    assert first == second
    assert first.revoked_at is not None
    assert (first,) == registry.keys.of("alice")
    assert [Change(keys=frozenset({key.id}))] == heard


def test_an_unknown_key_is_named(registry: Registry) -> None:
    """Revoking what is not there says where to look."""
    with pytest.raises(InvalidInput, match="no key `abc`; `writ key list` shows them"):
        registry.keys.revoke("abc")
