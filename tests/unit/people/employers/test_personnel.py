from dataclasses import replace

import pytest

from tests.unit.people.employers.conftest import NOW, Office, at, said
from writ.clock import DAY
from writ.errors import InvalidInput, Refused
from writ.model.subject import Fact, Value
from writ.people.books import Change
from writ.people.employers import writing
from writ.people.employers.determination import LONGEST, read_determination
from writ.people.employers.person import Changed, NotTheirs, Person, Taken, Unknown, Wanted
from writ.people.employers.personnel import MOST_AT_ONCE
from writ.people.forgetting import Forgetting
from writ.people.retention import Erased, Retention
from writ.people.statement import attest
from writ.signing.dsse import read_envelope
from writ.store.employer_tables import personnel
from writ.store.people_tables import attestation


def _attributes(office: Office, subject: str) -> set[str]:
    return {fact.attribute for fact in office.facts(subject)}


def _create(office: Office, user: str = "u-1", **changes: object) -> Person:
    return office.personnel.create(office.token(), Wanted(user, said=said(**changes)))


def test_a_determination_is_a_fact_at_what_is_registered(office: Office) -> None:
    """What acme determines of its person is attested at A2, by acme, with who said so; once heard of."""
    heard: list[Change] = []
    office.registry.books.listeners.append(heard.append)
    made = _create(office)
    [fact] = office.facts("alice")
    assert ("citizenships", 2, "employer", "acme", at("19T00:00:00")) == (
        fact.attribute, fact.assurance, fact.method, fact.issuer, fact.verified_at,
    )  # fmt: skip
    [carried] = office.registry.facts.carried("alice")
    assert {"by": "hr-7", "scheme": "employer", "value": "document"}.items() <= (
        carried.grade or {}
    ).items()
    assert [Change(subjects=frozenset({"alice"}))] == heard
    assert [made] == office.personnel.find("acme", "user", "u-1")
    [row] = office.events("determinations.made")
    assert [carried.id.hex()] == row["attestations"]


def test_an_employer_speaks_of_its_own_people_only(office: Office) -> None:
    """Nobody's name, another's person and a subject of the operator's get the same answer."""
    mine, theirs = office.token(), office.token("other")
    words = set()
    for user in ("nobody", "carol", "alice", "acme", "", "\n"):
        with pytest.raises(NotTheirs) as caught:
            office.personnel.create(mine, Wanted(user, said=said()))
        words.add(str(caught.value))
    assert {"this is nobody of yours; ask the operator to add them"} == words
    made = office.personnel.create(mine, Wanted("u-1", "x-9"))
    for by, value in (("id", made.id), ("external_id", "x-9")):
        assert [made] == office.personnel.find("acme", by, value)  # type: ignore[arg-type]  # both are
        assert [] == office.personnel.find("other", by, value)  # type: ignore[arg-type]
    assert [] == office.personnel.find("other", "user", "u-1")
    with pytest.raises(Unknown):
        office.personnel.replace(theirs, made.id, Wanted("u-1", said=said()))
    with pytest.raises(Unknown):
        office.personnel.remove(theirs, made.id)
    assert (0, []) == office.personnel.page("other", 0, 10)
    assert set() == office.facts("carol")


def test_names_of_two_employers_are_two_people(office: Office) -> None:
    """What acme says of its `u-1` says nothing of other's."""
    _create(office)
    office.personnel.create(office.token("other"), Wanted("u-1"))
    assert {"citizenships"} == _attributes(office, "alice")
    assert set() == office.facts("carol")


def test_a_person_is_created_once(office: Office) -> None:
    """A second one of the same name is refused."""
    _create(office)
    with pytest.raises(Taken):
        _create(office)


def test_an_id_of_the_employers_may_be_of_several(office: Office) -> None:
    """Whoever is of an id of the employer's is found, the oldest first."""
    token = office.token()
    first = office.personnel.create(token, Wanted("u-1", "x-1"))
    office.clock.step(NOW + 1)
    second = office.personnel.create(token, Wanted("u-2", "x-1"))
    assert [first, second] == office.personnel.find("acme", "external_id", "x-1")


def test_a_page_is_bounded(office: Office) -> None:
    """People are listed from the first, a page at a time."""
    first = _create(office)
    office.clock.step(NOW + 1)
    second = _create(office, "u-2")
    assert (2, [first, second]) == office.personnel.page("acme", 0, 10 * MOST_AT_ONCE)
    assert (2, [second]) == office.personnel.page("acme", 1, 1)
    assert (2, []) == office.personnel.page("acme", 5, 1)


def test_an_employer_has_so_many_people(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The books are not filled by one employer."""
    monkeypatch.setattr(writing, "MOST_PEOPLE", 1)
    _create(office)
    with pytest.raises(Refused, match="1 people at most"):
        _create(office, "u-2")


def test_the_same_again_changes_nothing(office: Office) -> None:
    """A determination that stands is not attested anew; nothing is announced."""
    made, token = _create(office), office.token()
    heard: list[Change] = []
    office.registry.books.listeners.append(heard.append)
    office.clock.step(NOW + DAY)
    again = office.personnel.replace(token, made.id, Wanted("u-1", said=said()))
    assert made == again
    assert [] == heard


def test_a_later_determination_takes_the_place_of_an_earlier(office: Office) -> None:
    """What was said before no longer counts; nothing of it is left beside the new."""
    made, token = _create(office, permanent_residences=("DE",)), office.token()
    later = said(citizenships=("FR",), determined_at="2026-06-19T12:00:00Z")
    after = office.personnel.replace(token, made.id, Wanted("u-1", said=later))
    assert [("FR", "")] == [value.parts for fact in office.facts("alice") for value in fact.values]
    assert made.plain()["version"] != after.plain()["version"]


@pytest.mark.parametrize("instant", ["2026-06-18T00:00:00Z", "2026-06-19T00:00:00Z"])
def test_an_older_determination_takes_nobodys_place(office: Office, instant: str) -> None:
    """Neither an older determination nor another of the same instant replaces what stands."""
    made, token = _create(office), office.token()
    other = said(citizenships=("FR",), determined_at=instant)
    with pytest.raises(InvalidInput, match="what stands is no older than this"):
        office.personnel.replace(token, made.id, Wanted("u-1", said=other))
    assert [made] == office.personnel.find("acme", "id", made.id)


def test_whoever_leaves_is_no_longer_spoken_for(office: Office) -> None:
    """Leaving revokes what the employer determined, and only that; it comes back determined anew."""
    made, token = _create(office), office.token()
    heard: list[Change] = []
    office.registry.books.listeners.append(heard.append)
    left = office.personnel.replace(token, made.id, Wanted("u-1", active=False, said=said()))
    assert (False, None) == (left.active, left.determination)
    assert set() == office.facts("alice")
    assert [Change(subjects=frozenset({"alice"}))] == heard
    with pytest.raises(InvalidInput, match="active: this person left; set it to determine anew"):
        office.personnel.replace(token, made.id, Wanted("u-1", active=None, said=said()))
    again = office.personnel.replace(token, made.id, Wanted("u-1", active=False))
    assert left == again
    assert 1 == len(office.events("personnel.left"))
    with pytest.raises(InvalidInput, match="this person left; set it to determine anew"):
        office.personnel.replace(token, made.id, Wanted("u-1", active=None, said=said()))
    office.clock.step(NOW + 2 * DAY)
    with pytest.raises(InvalidInput, match="this person left after that; determine anew"):
        office.personnel.replace(token, made.id, Wanted("u-1", said=said()))
    anew = said(determined_at="2026-06-21T00:00:00Z")
    back = office.personnel.replace(token, made.id, Wanted("u-1", said=anew))
    assert back.active
    assert {"citizenships"} == _attributes(office, "alice")


def test_what_is_withdrawn_does_not_come_back(office: Office) -> None:
    """Without a determination a person stays, and the same words are not taken again."""
    made, token = _create(office), office.token()
    bare = office.personnel.replace(token, made.id, Wanted("u-1", "x-1"))
    assert (True, None, "x-1") == (bare.active, bare.determination, bare.external_id)
    with pytest.raises(InvalidInput, match="this was revoked"):
        office.personnel.replace(token, made.id, Wanted("u-1", said=said()))


def test_a_removed_person_is_nobody(office: Office) -> None:
    """Removing revokes what was determined, and leaves nobody of that id."""
    made, token = _create(office), office.token()
    office.personnel.remove(token, made.id)
    assert set() == office.facts("alice")
    assert [] == office.personnel.find("acme", "id", made.id)
    with pytest.raises(Unknown):
        office.personnel.remove(token, made.id)


def test_removing_and_creating_again_is_no_way_back(office: Office) -> None:
    """Whoever was removed left then: what was determined before does not bring them back."""
    made, token = _create(office), office.token()
    office.clock.step(NOW + DAY)
    office.personnel.remove(token, made.id)
    assert (0, []) == office.personnel.page("acme", 0, 10)
    older = said(citizenships=("FR",), determined_at="2026-06-20T12:00:00Z")
    with pytest.raises(InvalidInput, match="this person left after that; determine anew"):
        office.personnel.create(token, Wanted("u-1", said=older))
    office.clock.step(NOW + 3 * DAY)
    anew = said(determined_at="2026-06-22T00:00:00Z")
    again = office.personnel.create(token, Wanted("u-1", said=anew))
    assert made.id != again.id
    assert {"citizenships"} == _attributes(office, "alice")


@pytest.mark.parametrize("remove", [False, True])
def test_being_there_again_does_not_make_leaving_undone(office: Office, *, remove: bool) -> None:
    """Somebody set active without a determination left then nevertheless."""
    made, token = _create(office), office.token()
    office.clock.step(NOW + DAY)
    if remove:
        office.personnel.remove(token, made.id)
        there = office.personnel.create(token, Wanted("u-1"))
    else:
        office.personnel.replace(token, made.id, Wanted("u-1", active=False))
        there = office.personnel.replace(token, made.id, Wanted("u-1"))
    assert (True, None) == (there.active, there.determination)
    older = said(citizenships=("FR",), determined_at="2026-06-20T12:00:00Z")
    with pytest.raises(InvalidInput, match="this person left after that; determine anew"):
        office.personnel.replace(token, there.id, Wanted("u-1", said=older))
    assert set() == office.facts("alice")


def test_removing_whoever_left_says_so_once(office: Office) -> None:
    """Leaving is recorded once, and counts from then."""
    made, token = _create(office), office.token()
    office.personnel.replace(token, made.id, Wanted("u-1", active=False))
    office.personnel.remove(token, made.id)
    assert 1 == len(office.events("personnel.left"))


def test_a_name_is_not_changed(office: Office) -> None:
    """Who is meant stays the same for ever."""
    made, token = _create(office), office.token()
    with pytest.raises(InvalidInput, match="a name is not changed"):
        office.personnel.replace(token, made.id, Wanted("u-2"))


def test_what_changed_meanwhile_is_told(office: Office) -> None:
    """Whoever saw another version neither replaces nor removes."""
    made, token = _create(office), office.token()
    with pytest.raises(Changed):
        office.personnel.replace(token, made.id, Wanted("u-1", expected="another"))
    with pytest.raises(Changed):
        office.personnel.remove(token, made.id, "another")
    office.personnel.remove(token, made.id, str(made.plain()["version"]))


def test_some_employers_enrol(office: Office) -> None:
    """One that may adds people of its own: subjects whom nobody else has, also where ids are taken."""
    token = office.token(enrols=True)
    heard: list[Change] = []
    office.registry.books.listeners.append(heard.append)
    office.personnel.create(token, Wanted("new", said=said()))
    expected = Change(subjects=frozenset({"acme/new"}), end_users=frozenset({("acme", "new")}))
    assert [expected] == heard
    office.personnel.create(token, Wanted("alice"))
    assert set() == office.facts("alice")
    office.personnel.create(token, Wanted("x" * 255, said=said()))
    named = {user.sub: user.subject for user in office.registry.end_users.all()}
    assert "acme/new" == named["new"]
    assert "acme/alice" == named["alice"]
    assert {"citizenships"} == _attributes(office, named["x" * 255])
    with pytest.raises(InvalidInput, match="printable characters"):
        office.personnel.create(token, Wanted("\n"))


def test_what_is_known_from_elsewhere_is_not_taken_over(office: Office) -> None:
    """A fact that somebody else brought in is not the employer's to hold or to revoke."""
    found = read_determination(said(), "acme", NOW)
    fact, grade = found.graded(found.facts[0], 2)
    lines = attest("alice", fact, office.pair, grade).json()
    office.registry.facts.take_in(lines, None, skip_bad=False)
    with pytest.raises(Refused, match="on the books already, from elsewhere"):
        _create(office)
    assert {fact} == office.facts("alice")


def test_a_stolen_token_takes_all_with_it(office: Office) -> None:
    """All that was determined with one credential is revoked; what came by another stands."""
    mine, other = office.token(), office.token()
    office.personnel.create(mine, Wanted("u-1", said=said()))
    office.personnel.create(other, Wanted("u-2", said=said()))
    assert 1 == office.personnel.take_back(mine.id)
    assert 0 == office.personnel.take_back(mine.id)
    assert set() == office.facts("alice")
    assert {"citizenships"} == _attributes(office, "bob")


def test_a_person_is_forgotten_with_their_employer(office: Office) -> None:
    """Forgetting a person leaves nothing of them; forgetting an employer takes back what it said."""
    made = _create(office)
    _create(office, "u-2")
    forgetting = Forgetting(office.registry)
    forgetting.take_back("alice")
    forgetting.erase("alice")
    assert [] == office.personnel.find("acme", "id", made.id)
    assert {"citizenships"} == _attributes(office, "bob")
    forgetting.take_back("acme")
    assert set() == office.facts("bob")
    forgetting.erase("acme")
    assert () == office.employers.all()
    assert (0, []) == office.personnel.page("acme", 0, 10)


def _said(office: Office) -> list[bytes]:
    """What attestations on the books say, standing or revoked."""
    with office.registry.books.store.view() as connection:
        return [row.envelope for row in connection.execute(attestation.select())]


def test_an_employer_that_was_forgotten_stands_in_nobody_s_revoked_facts(office: Office) -> None:
    """Neither in what it determined, before and again, nor in what others said; nothing of it comes back."""
    made, token = _create(office), office.token()
    office.personnel.replace(token, made.id, Wanted("u-1"))
    office.personnel.remove(token, made.id)
    _create(office, "u-2")
    works = Fact(
        "employer", (Value(("acme", "employee")),), "at_least", 2, "employer", "payroll", NOW
    )
    other = replace(works, values=(Value(("other", "employee")),))
    lines = [attest("carol", fact, office.pair).json() for fact in (works, other)]
    office.registry.facts.take_in(b"\n".join(lines), None, skip_bad=False)
    for item in office.registry.facts.carried("carol"):
        office.registry.facts.revoke(item.id)
    before = _said(office)

    forgetting = Forgetting(office.registry)
    forgetting.take_back("acme")
    forgetting.erase("acme")
    left = [data for data in _said(office) if data]
    assert (4, 1) == (len(before), len(left))
    assert "other" in read_envelope(left[0]).payload.decode()
    for data in before:
        with pytest.raises(InvalidInput, match="this was revoked"):
            office.registry.facts.take_in(data, None, skip_bad=False)
    forgetting.erase("other")
    assert [] == [data for data in _said(office) if data]


def test_the_word_for_somebody_removed_goes_when_nothing_older_can_come_back(
    office: Office,
) -> None:
    """A year and a day after they left: until then an older determination is refused for having left."""
    made = _create(office)
    office.personnel.remove(office.token(), made.id)
    retention = Retention(office.registry, DAY)
    office.clock.step(NOW + LONGEST - 1)
    assert Erased(1, 0, 0, 0) == retention.erase()
    with pytest.raises(InvalidInput, match="this person left after that"):
        _create(office, determined_at="2026-06-20T00:00:00Z")

    office.clock.step(NOW + LONGEST)
    assert Erased(0, 0, 0, 1) == retention.erase()
    with office.registry.books.store.view() as connection:
        assert [] == list(connection.execute(personnel.select()))
    with pytest.raises(InvalidInput, match="it has ended already"):
        _create(office, determined_at="2026-06-20T00:00:00Z")
