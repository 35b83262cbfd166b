"""People decide about people: papers, appeals, credentials shown twice."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.worlds.stores import store_at
from writ.canonical import Plain
from writ.clock import DAY, DrillClock
from writ.errors import InvalidInput, Refused
from writ.model.subject import Subject
from writ.people.backing import Source
from writ.people.decided import Decided
from writ.people.registry import Registry
from writ.people.retention import Retention
from writ.people.reviews import OPINION, Opinion, Review, Wanted, sign_opinion
from writ.signing.keys import KeyPair
from writ.signing.trust import Method, Person, Role, Trust
from writ.signing.word import sign_word

NOW = 1_780_000_000_000_000
GREEN_CARD: list[Plain] = [
    {"attribute": "permanent_residences", "value": ["US"], "completeness": "at_least"}
]

US_PASSPORT: list[Plain] = [
    {"attribute": "citizenships", "value": ["US"], "completeness": "at_least"}
]


@dataclass
class Office:
    """A registry with Alice and Bob, and reviewers rae, sam, tia, uma; ned signs and reviews not."""

    folder: Path
    clock: DrillClock
    registry: Registry
    trust: Trust
    keys: dict[str, KeyPair]
    decided: Decided

    def papers(self, subject: str = "alice", model: str | None = None) -> Review:
        """A permanent resident card to be looked at."""
        wanted = Wanted(subject, "papers", "us-card", GREEN_CARD, model=model)
        return self.registry.reviews.open(wanted)

    def says(self, by: str, review: str, *, accept: bool, **more: object) -> Review:
        """A reviewer's opinion, and what comes of it."""
        said = Opinion(review, accept, **{"reason": "the card is genuine", **more})  # type: ignore[arg-type]  # as a test has it
        self.registry.reviews.give(sign_opinion(said, self.trust, self.keys[by]))
        return self.decided.settle(review)

    def facts(self, subject: str) -> list[tuple[str, int, int | None]]:
        """What is known of somebody: attribute, level, end."""
        known = self.registry.those([subject])[subject].subject.facts
        return [(fact.attribute, fact.assurance, fact.expires_at) for fact in known]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office of the test's."""
    keys = {name: KeyPair.generate() for name in ("rae", "sam", "tia", "uma", "ned", "review")}
    roles: dict[str, set[Role]] = {name: {"review"} for name in ("rae", "sam", "tia", "uma")}
    roles["ned"] = {"sign"}
    people = {
        name: Person(name, name, (keys[name].public,), frozenset(may))
        for name, may in roles.items()
    }
    trust = Trust(
        people,
        {"review": Method("review", keys["review"].public, 3)},
        KeyPair.generate().public,
        digest="sha256:" + "0" * 64,
    )
    store = store_at(tmp_path / "writ.sqlite")
    clock = DrillClock(tmp_path / "clock", NOW)
    registry = Registry(store, trust, clock, tmp_path)
    registry.subjects.add([Subject("alice", "person"), Subject("bob", "person")])
    yield Office(tmp_path, clock, registry, trust, keys, Decided(registry, keys["review"]))
    store.close()


def test_two_people_make_a_fact_as_good_as_the_weaker_look(office: Office) -> None:
    """One opinion decides nothing; the second does, at the weaker way of seeing, until the paper ends."""
    name = office.papers().id
    first = office.says("rae", name, accept=True, seen="person", expires=NOW + 9 * DAY)
    assert ("open", []) == (first.state, office.facts("alice"))
    second = office.says("sam", name, accept=True, seen="video")

    assert "accepted" == second.state
    assert [("permanent_residences", 2, NOW + 9 * DAY)] == office.facts("alice")
    [carried] = office.registry.facts.carried("alice")
    assert carried.grade is not None
    assert ("writ-review", "video") == (carried.grade["scheme"], carried.grade["value"])


def test_a_third_settles_a_difference(office: Office) -> None:
    """One for, one against, and whoever comes third; a paper rejected attests nothing."""
    name = office.papers().id
    office.says("rae", name, accept=True, seen="copy")
    assert "open" == office.says("sam", name, accept=False).state
    assert "rejected" == office.says("tia", name, accept=False).state
    assert [] == office.facts("alice")
    with pytest.raises(Refused, match="was decided before"):
        office.says("uma", name, accept=True, seen="copy")


def test_an_appeal_goes_to_others_and_stands_in_for_the_first(office: Office) -> None:
    """Neither who rejected may judge; two others accept, and what was claimed is attested."""
    first = office.papers(model="fable-5")
    for by in ("rae", "sam"):
        office.says(by, first.id, accept=False)
    appeal = office.registry.reviews.appeal("alice", first.id, "", None)
    with pytest.raises(Refused, match="another person decides"):
        office.says("rae", appeal.id, accept=True, seen="person")
    for by in ("tia", "uma"):
        office.says(by, appeal.id, accept=True, seen="person")

    assert NOW + 14 * DAY == appeal.due_at
    shown_for = office.registry.backing.shown_for
    assert (True, False) == (shown_for("alice", "fable-5"), shown_for("alice", "mythos-5"))
    assert [("permanent_residences", 3, NOW + 365 * DAY)] == office.facts("alice")
    [rate] = office.registry.reviews.rates()
    assert (0, 0, 0, 1, 1, 1) == (
        rate.open, rate.overdue, rate.accepted, rate.rejected, rate.appealed, rate.reversed,
    )  # fmt: skip


def test_an_appeal_against_what_is_known_revokes_what_both_name(office: Office) -> None:
    """A fact that is wrong is taken back, and its subject asked anew; one name alone is not enough."""
    name = office.papers().id
    for by in ("rae", "sam"):
        office.says(by, name, accept=True, seen="video")
    wanted = Wanted("alice", "papers", "passport", US_PASSPORT)
    name = office.registry.reviews.open(wanted).id
    for by in ("rae", "sam"):
        office.says(by, name, accept=True, seen="video")
    carried = {item.fact.attribute: item.id for item in office.registry.facts.carried("alice")}
    card, passport = carried["permanent_residences"].hex(), carried["citizenships"].hex()
    appeal = office.registry.reviews.appeal("alice", "", "facts", None)
    office.says("tia", appeal.id, accept=True, revoke=(card, passport))
    assert 2 == len(office.facts("alice"))
    office.says("uma", appeal.id, accept=True, revoke=(card,))

    assert ["citizenships"] == [attribute for attribute, _, _ in office.facts("alice")]


def test_whoever_made_what_is_known_does_not_judge_an_appeal_against_it(office: Office) -> None:
    """Two who accepted papers have had their part; those of another person's papers have not."""
    name = office.papers().id
    for by in ("rae", "sam"):
        office.says(by, name, accept=True, seen="video")
    for subject in ("alice", "bob"):
        appeal = office.registry.reviews.appeal(subject, "", "facts", None)
        if subject == "bob":
            assert "open" == office.says("rae", appeal.id, accept=False).state
            continue
        with pytest.raises(Refused, match="another person decides"):
            office.says("rae", appeal.id, accept=False)


def test_an_appeal_against_what_is_known_is_answered_once(office: Office) -> None:
    """Sent again it is the answer that was given, until a fact comes or goes, or the law changes."""
    reviews = office.registry.reviews

    def appeal(law: str = "old") -> str:
        found = reviews.appeal("alice", "", "facts", law)
        if found.state == "open":
            for by in ("rae", "sam", "tia", "uma"):
                with contextlib.suppress(Refused):
                    office.says(by, found.id, accept=False, reason="it is right")
        return found.id

    first = appeal()
    again = reviews.appeal("alice", "", "facts", "old")
    assert (first, "rejected", ["it is right"] * 2) == (
        again.id, again.state, [item.said.reason for item in again.agreed],
    )  # fmt: skip
    assert [True, False] == [reviews.answered("alice", law) for law in ("old", "new")]
    assert not reviews.answered("bob", "old")
    assert "open" == reviews.appeal("bob", "", "facts", "old").state

    name = office.papers().id
    for by in ("rae", "sam"):
        office.says(by, name, accept=True, seen="video", expires=NOW + 9 * DAY)
    shown = appeal()
    assert shown == appeal()
    newer = appeal("new")
    assert 3 == len({first, shown, newer})
    office.clock.step(NOW + 9 * DAY)  # the fact ends: what is known is what it was at first
    assert first == appeal()


def test_what_is_known_of_an_organisation_is_known_of_who_acts_for_it(office: Office) -> None:
    """An appeal of theirs is taken again once a fact of the organisation's was revoked."""
    registry = office.registry
    registry.subjects.add([Subject("acme", "organisation"), Subject("carl", "person", ("acme",))])
    place: list[Plain] = [{**GREEN_CARD[0], "attribute": "incorporated_in"}]  # type: ignore[dict-item]  # it is a mapping
    name = registry.reviews.open(Wanted("acme", "papers", "register", place)).id
    for by in ("rae", "sam"):
        office.says(by, name, accept=True, seen="video")
    appeal = registry.reviews.appeal("carl", "", "facts", None)
    for by in ("tia", "uma"):
        office.says(by, appeal.id, accept=False)
    assert registry.reviews.answered("carl", None)
    [fact] = registry.facts.carried("acme")
    registry.facts.revoke(fact.id)
    assert not registry.reviews.answered("carl", None)


def test_who_turned_an_appeal_down_does_not_judge_the_next_one(office: Office) -> None:
    """Others do; where those cannot agree, whoever judged before settles it."""
    reviews = office.registry.reviews
    first = reviews.appeal("alice", "", "facts", "old")
    for by in ("rae", "sam"):
        office.says(by, first.id, accept=False)
    second = reviews.appeal("alice", "", "facts", "new")
    office.says("tia", second.id, accept=True)
    with pytest.raises(Refused, match="`rae` had a part"):
        office.says("rae", second.id, accept=False)
    assert "open" == office.says("uma", second.id, accept=False).state
    assert "rejected" == office.says("rae", second.id, accept=False).state


def test_who_made_what_is_known_judges_no_appeal_however_few_are_left(office: Office) -> None:
    """Two accepted papers after two others turned an appeal down: those two judge, and not the first."""
    first = office.registry.reviews.appeal("alice", "", "facts", None)
    for by in ("rae", "sam"):
        office.says(by, first.id, accept=False)
    papers = office.papers().id
    for by in ("tia", "uma"):
        office.says(by, papers, accept=True, seen="video")
    second = office.registry.reviews.appeal("alice", "", "facts", None)
    with pytest.raises(Refused, match="`tia` had a part"):
        office.says("tia", second.id, accept=False)
    for by in ("rae", "sam"):
        office.says(by, second.id, accept=False)
    assert "rejected" == office.registry.reviews.find(second.id).state


def test_an_appeal_against_papers_turned_down_is_answered_once(office: Office) -> None:
    """Sent again it is the answer that was given; other papers turned down are another matter."""
    names = []
    for _ in range(2):
        name = office.papers().id
        for by in ("rae", "sam"):
            office.says(by, name, accept=False)
        names.append(name)
    appeal = office.registry.reviews.appeal("alice", names[0], "", None)
    for by in ("tia", "uma"):
        office.says(by, appeal.id, accept=False)

    assert appeal.id == office.registry.reviews.appeal("alice", names[0], "", None).id
    assert "open" == office.registry.reviews.appeal("alice", names[1], "", None).state


def test_an_appeal_takes_back_what_is_its_subjects_alone(office: Office) -> None:
    """Not another person's, nor what is nothing; their organisation's is, and what is gone is done."""
    registry = office.registry
    registry.subjects.add([Subject("acme", "organisation"), Subject("carl", "person", ("acme",))])
    place: list[Plain] = [{**GREEN_CARD[0], "attribute": "incorporated_in"}]  # type: ignore[dict-item]  # it is a mapping
    for review in (
        office.papers("bob"),
        registry.reviews.open(Wanted("acme", "papers", "register", place)),
    ):
        for by in ("rae", "sam"):
            office.says(by, review.id, accept=True, seen="video")
    [bobs], [acmes] = (
        [item.id.hex() for item in registry.facts.carried(who)] for who in ("bob", "acme")
    )
    appeal = registry.reviews.appeal("alice", "", "facts", None)
    for wrong in (bobs, acmes, "zz", "00"):
        with pytest.raises(Refused, match="nothing that"):
            office.says("tia", appeal.id, accept=True, revoke=(wrong,))
    appeal = registry.reviews.appeal("carl", "", "facts", None)
    for by in ("tia", "uma"):
        office.says(by, appeal.id, accept=True, revoke=(acmes,))
    assert [] == office.facts("acme")


def test_only_what_was_decided_against_oneself_can_be_appealed(office: Office) -> None:
    """Nobody appeals an open review, another's, or an appeal."""
    name = office.papers().id
    for subject in ("alice", "bob"):
        with pytest.raises(Refused, match="not yours to appeal"):
            office.registry.reviews.appeal(subject, name, "", None)


@pytest.mark.parametrize("accept", [True, False])
def test_a_credential_shown_twice_is_decided_by_people(office: Office, *, accept: bool) -> None:
    """One person's second account is backed too; a lent credential takes every fact down with it."""
    backing = office.registry.backing
    name = backing.nullifier(b"passport")
    review = office.papers().id
    for by in ("rae", "sam"):
        office.says(by, review, accept=True, seen="video")
    [fact] = office.registry.facts.carried("alice")
    backing.claim("alice", name)
    backing.attach([Source(fact.id, name, None)])
    backing.claim("bob", name)
    reuse = office.registry.reviews.open(Wanted("bob", "reuse", "credential", nullifier=name))
    for by in ("tia", "uma"):
        office.says(by, reuse.id, accept=accept)

    assert accept == (office.facts("alice") != [])
    if accept:
        assert "stands" == backing.claim("bob", name)
    else:
        with pytest.raises(Refused, match="lent to others"):
            backing.claim("bob", name)


def test_a_fact_found_rented_takes_its_credential_along(office: Office) -> None:
    """The fact is revoked, the credential never taken again; without one, plain revoking is said."""
    review = office.papers().id
    for by in ("rae", "sam"):
        office.says(by, review, accept=True, seen="video")
    [fact] = office.registry.facts.carried("alice")
    with pytest.raises(Refused, match="without `--rented`"):
        office.decided.rented(fact.id)
    backing = office.registry.backing
    backing.attach([Source(b"x", None, None), Source(fact.id, backing.nullifier(b"p"), None)])

    assert 1 == office.decided.rented(fact.id)
    assert [] == office.facts("alice")


@pytest.mark.parametrize(
    ("by", "more", "why"),
    [
        ("ned", {"seen": "copy"}, "may not review"),
        ("rae", {}, "say how you saw"),
        ("rae", {"seen": "copy", "reason": " "}, "give a reason"),
        ("rae", {"seen": "copy", "reason": "x" * 2001}, "give a reason"),
        ("sam", {"seen": "copy"}, "has given an opinion"),
    ],
)
def test_an_opinion_that_is_not_in_order_is_refused(
    office: Office, by: str, more: dict[str, object], why: str
) -> None:
    """Whose role, how seen, why, and once each."""
    name = office.papers().id
    office.says("sam", name, accept=True, seen="copy")
    with pytest.raises(Refused, match=why):
        office.says(by, name, accept=True, **more)


def test_a_word_about_another_review_is_refused(office: Office) -> None:
    """What is signed about one review is not taken for another."""
    name = office.papers().id
    said: dict[str, Plain] = {"review": name, "accept": True, "reason": "ok", "seen": "copy"}
    said |= {"expires": None, "revoke": []}
    word = sign_word(OPINION, "sha256:" + "1" * 64, said, office.trust, office.keys["rae"])
    with pytest.raises(Refused, match="about another review"):
        office.registry.reviews.give(word)


def test_the_same_question_is_one_review_and_there_are_not_many(office: Office) -> None:
    """Handing in again finds the first; five open at once are enough; an unknown one is said."""
    assert office.papers().id == office.papers().id
    for number in range(4):
        office.registry.reviews.open(Wanted("alice", "papers", f"p{number}", GREEN_CARD))
    with pytest.raises(Refused, match="enough of yours"):
        office.registry.reviews.open(Wanted("alice", "papers", "more", GREEN_CARD))
    with pytest.raises(InvalidInput, match="no review `x`"):
        office.registry.reviews.find("x")
    assert 5 == len(office.registry.reviews.all("alice"))
    assert [] == list(office.registry.reviews.all("bob"))


def test_what_was_cut_short_is_finished(office: Office) -> None:
    """Two opinions were taken and the process died: the fact comes with the next start, once."""
    name = office.papers().id
    for by in ("rae", "sam"):
        said = Opinion(name, accept=True, reason="genuine", seen="video")
        office.registry.reviews.give(sign_opinion(said, office.trust, office.keys[by]))
    assert [] == office.decided.settle_all()
    assert [] == office.decided.settle_all()

    assert 1 == len(office.facts("alice"))


def test_what_cannot_be_finished_keeps_up_nothing_else(office: Office) -> None:
    """Papers that nobody can attest here wait, and are told; a credential found lent falls."""
    nullifier = office.registry.backing.nullifier(b"passport")
    office.registry.backing.claim("bob", nullifier)
    lent = Wanted("bob", "reuse", "credential", nullifier=nullifier)
    made = [(office.papers().id, True), (office.registry.reviews.open(lent).id, False)]
    for name, accept in made:
        for by in ("rae", "sam"):
            said = Opinion(name, accept, reason="looked at", seen="video")
            office.registry.reviews.give(sign_opinion(said, office.trust, office.keys[by]))

    [why] = Decided(office.registry, None).settle_all()
    assert why.startswith(f"{made[0][0]}: there is no key of the method `review`")
    states = [office.registry.reviews.find(name).state for name, _ in made]
    assert ["open", "rejected"] == states
    with pytest.raises(Refused, match="was lent"):
        office.registry.backing.claim("alice", nullifier)


def test_an_expired_paper_shows_nothing(office: Office) -> None:
    """Not when the first looks, and not when it ends before the second does."""
    name = office.papers().id
    with pytest.raises(Refused, match="have expired"):
        office.says("rae", name, accept=True, seen="copy", expires=NOW)
    office.says("rae", name, accept=True, seen="copy", expires=NOW + 1)
    office.clock.step(NOW + 1)

    assert "rejected" == office.says("sam", name, accept=True, seen="copy").state
    assert [] == office.facts("alice")


def test_nothing_is_attested_without_a_key(office: Office) -> None:
    """The review stays open, and says why."""
    name = office.papers().id
    for by in ("rae", "sam"):
        said = Opinion(name, accept=True, reason="genuine", seen="video")
        office.registry.reviews.give(sign_opinion(said, office.trust, office.keys[by]))
    with pytest.raises(Refused, match="no key of the method `review`"):
        Decided(office.registry, None).settle(name)
    assert "open" == office.registry.reviews.find(name).state


def test_reasons_and_names_are_not_in_event_rows(office: Office) -> None:
    """Events name reviews and digests; the reason is in its own row, which can be erased."""
    name = office.papers().id
    office.says("rae", name, accept=False, reason="smudged beyond reading")
    with office.registry.books.store.view() as connection:
        rows = b"".join(
            bytes(row[0]) for row in connection.exec_driver_sql("SELECT bytes FROM event")
        )

    assert [] == [word for word in (b"alice", b"smudged", b"permanent") if word in rows]


def test_reviews_go_with_what_came_of_them(office: Office) -> None:
    """Reasons and claims stay as long as the fact counts and some time after, and then go with it."""
    name = office.papers().id
    for by in ("rae", "sam"):
        office.says(by, name, accept=True, seen="person", expires=NOW + 9 * DAY)
    reuse = office.registry.reviews.open(Wanted("bob", "reuse", "credential", nullifier=b"n"))
    for by in ("rae", "sam"):
        office.says(by, reuse.id, accept=True)
    retention = Retention(office.registry, 2 * DAY)

    gone = []
    for days in (1, 2, 10, 11):
        office.clock.step(NOW + days * DAY)
        erased = retention.erase()
        gone.append((days, erased.facts, erased.reviews))
    assert [(1, 0, 0), (2, 0, 1), (10, 0, 0), (11, 1, 1)] == gone
    assert ([], ()) == (office.facts("alice"), office.registry.reviews.all())
