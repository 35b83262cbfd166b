"""The portal's pages as a browser gets them, over a real deployment."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace

import msgspec
import pytest

from tests.worlds.door import Door, opened_door
from writ.clock import WallClock, wall
from writ.model.subject import Subject, Value
from writ.people.methods import Claim, Finding, Grade, Proof, Question, attested
from writ.people.reviews import Opinion, sign_opinion
from writ.people.statement import attest
from writ.portal.attempts import question_of
from writ.portal.counter import Standing
from writ.portal.words import words_in
from writ.signing.keys import KeyPair


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """One deployment for all of these."""
    with opened_door(tmp_path_factory.mktemp("door")) as door:
        yield door


@pytest.fixture
def door(shared: Door) -> Door:
    """The shared door, to a browser that was never here; nobody has tried too often."""
    return replace(shared, cookies={})


def digest(key: str) -> str:
    """What the portal sends of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def test_nothing_is_said_before_a_key_is_shown(door: Door) -> None:
    """The first page is the same for everybody; the others send whoever has no visit back."""
    token = door.invitation("alice")
    first, plain = door.ask("GET", f"?t={token}"), door.ask("GET", "")

    assert first.text.replace(f"&amp;t={token}", "").replace(token, "") == plain.text
    for path in ("/question", "/with"):
        assert 403 == door.ask("GET", path).status_code
    for path in ("/begin", "/appeal", "/leave", "/with"):
        assert 403 == door.ask("POST", path, data={"form": ""}).status_code
    assert "alice" not in first.text


def test_a_link_leads_to_its_question(door: Door) -> None:
    """The model stands on the page, with whose account it is; without a link it can be chosen."""
    key = door.key("alice")
    entered = door.enter(key, door.invitation("alice"))
    question = door.ask("GET", "/question").text

    assert (303, "/verify/question") == (entered.status_code, entered.headers["location"])
    assert all(flag in entered.headers["set-cookie"] for flag in ("HttpOnly", "SameSite", "Secure"))
    assert "Use of fable-5" in question
    assert "<dd>alice</dd>" in question
    door.enter(key)
    assert 'question?model=mythos-5"' in door.ask("GET", "/question").text
    assert "Use of mythos-5" in door.ask("GET", "/question?model=mythos-5").text


def test_a_link_that_is_not_ones_own_or_old_is_refused(door: Door) -> None:
    """Another account's, one that has ended, one that was altered: and then the key alone works."""
    key = door.key("alice")
    old = door.invitation("alice", ends=int(wall()) - 1)
    said = [door.enter(key, token) for token in (door.invitation("bob"), old, old[:-2] + "AA")]

    assert [403, 403, 403] == [answer.status_code for answer in said]
    assert "for another account" in said[0].text
    assert "not good any more" in said[1].text
    assert [] == [name for answer in said for name in ("bob", "alice") if name in answer.text]
    assert 303 == door.enter(key).status_code


def test_rules_that_changed_leave_the_model_to_be_chosen(door: Door) -> None:
    """A link under other rules than those of now is good, and names no model."""
    door.enter(door.key("alice"), door.invitation("alice", question=bytes(16)))
    assert "Which model is it about?" in door.ask("GET", "/question").text


def test_a_wrong_key_is_told_and_not_often(door: Door) -> None:
    """Ten tries, then wait; a revoked key ends the visit that it began."""
    said = [door.enter("wk_wrong").status_code for _ in range(11)]
    key = door.key("bob")
    door.enter(key)
    door.site.registry.keys.revoke(key.split("_")[1])

    assert [403] * 10 + [429] == said
    assert 403 == door.ask("GET", "/question").status_code


def test_a_form_of_another_site_is_refused(door: Door) -> None:
    """Without the visit's own word nothing is begun, appealed or left."""
    door.enter(door.key("alice"), door.invitation("alice"))
    for path in ("/begin", "/appeal", "/leave", "/with"):
        answer = door.ask("POST", path, data={"form": "guessed"})
        assert (403, True) == (answer.status_code, "not of this visit" in answer.text)
    assert 200 == door.ask("GET", "/question").status_code


def test_a_stranger_cannot_have_a_browser_enter_the_strangers_account(door: Door) -> None:
    """A form from another site is refused, although its key is good: proofs would count for him."""
    answer = door.ask(
        "POST",
        "/account",
        data={"key": door.key("bob")},
        headers={"sec-fetch-site": "cross-site"},
    )
    assert (403, True) == (answer.status_code, "sent by another site" in answer.text)
    assert {} == door.cookies


def test_a_company_is_asked_about_itself_and_told_what_others_must_do(door: Door) -> None:
    """Its service's key shows the organisation's question; users are for it to name."""
    door.enter(door.key("bot"), door.invitation("bot"))
    page = door.ask("GET", "/question").text
    assert "About acme:" in page
    assert "Place of incorporation: United States" in page
    assert "your organisation names the people who use its key" in page
    assert "Certificate of incorporation" in door.post("/begin", method="review", question="0").text


def test_no_page_leaves_room_for_scripts_or_stores(door: Door) -> None:
    """Every page says so in its headers, and has no script in it."""
    door.enter(door.key("alice"), door.invitation("alice"))
    for path in ("", "/question", "/with", "/none"):
        answer = door.ask("GET", path)
        if path != "/none":
            policy = answer.headers["content-security-policy"]
            assert policy.startswith("default-src 'none'")
            assert ("no-store", "no-referrer") == (
                answer.headers["cache-control"],
                answer.headers["referrer-policy"],
            )
        assert "<script" not in answer.text
    assert "text/css" in door.ask("GET", "/style.css").headers["content-type"]


def test_only_ways_that_help_can_be_begun(door: Door) -> None:
    """A declaration does not settle what wants A2; a way that does not exist is none."""
    door.enter(door.key("alice"), door.invitation("alice"))
    page = door.ask("GET", "/question").text

    assert ("Show a paper to two people" in page, "Say so yourself" in page) == (True, False)
    for fields in (
        {"method": "declaration", "question": "0"},
        {"method": "review", "question": "7"},
        {"method": "magic", "question": "0"},
    ):
        assert 403 == door.post("/begin", **fields).status_code


def test_a_mistake_in_a_form_is_mended_in_the_same_attempt(door: Door) -> None:
    """The form comes back with what is wrong; then it is handed in, and waits for two people."""
    key = door.key("alice")
    door.enter(key, door.invitation("alice"))
    form = door.form()
    assert "By which paper?" in door.post("/begin", method="review", question="0").text
    wrong = door.ask("POST", "/with", data={"form": form, "choice": "0.0", "document": "soap"})
    handed = door.ask("POST", "/with", data={"form": form, "choice": "0.0", "document": "passport"})
    over = door.ask("POST", "/with", data={"form": form, "choice": "0.0", "document": "passport"})
    status = door.ask(
        "GET", "/status?model=fable-5", headers={"authorization": f"Bearer {key}"}
    ).json()

    assert (422, True) == (wrong.status_code, "choose a paper" in wrong.text)
    assert "People are looking at it" in handed.text
    assert 403 == over.status_code
    assert {"model": "fable-5", "state": "waiting"} == status
    [review] = door.site.registry.reviews.all("alice")
    assert ("papers", "passport") == (review.kind, review.document)
    for by in ("rae", "sam"):
        pair = KeyPair.load(door.office.folder / f"{by}.key")
        said = Opinion(review.id, accept=False, reason="it is a library card")
        door.site.registry.reviews.give(sign_opinion(said, door.site.trust, pair))
    door.site.decided().settle(review.id)
    assert "Reason: it is a library card" in door.ask("GET", "/question").text
    offer = f'name="about" value="{review.id}"'
    assert offer in door.ask("GET", "/question").text
    assert "Appeal" in door.post("/appeal", about=review.id).text
    assert offer not in door.ask("GET", "/question").text
    assert ["papers", "appeal"] == [item.kind for item in door.site.registry.reviews.all("alice")]


def test_an_appeal_is_answered_once(door: Door) -> None:
    """Sent again it is refused in the visitor's language, with the reasons, until something changed."""
    site, german = door.site, {"accept-language": "de"}
    said = words_in("de")("appeal.answered")
    site.registry.subjects.add([_person("gil")])
    fact = replace(proof(), attribute="residence", completeness="exhaustive").fact("idv")
    site.registry.facts.take_in(attest("gil", fact, door.office.idv).json(), None, skip_bad=False)
    door.enter(door.key("gil"), door.invitation("gil", "saga-5"))
    offered = door.ask("GET", "/question", headers=german).text
    form = {"form": door.form(), "about": ""}
    taken = door.ask("POST", "/appeal", data=form, headers=german)
    [appeal] = site.registry.reviews.all("gil")
    for by in ("rae", "sam"):
        pair = KeyPair.load(door.office.folder / f"{by}.key")
        opinion = Opinion(appeal.id, accept=False, reason="it is the passport's")
        site.registry.reviews.give(sign_opinion(opinion, site.trust, pair))
    site.decided().settle(appeal.id)
    answered = door.ask("GET", "/question", headers=german).text
    again = door.ask("POST", "/appeal", data=form, headers=german)

    assert ["/verify/appeal" in offered, "/verify/appeal" in answered] == [True, False]
    assert [(200, False), (409, True)] == [(r.status_code, said in r.text) for r in (taken, again)]
    assert said in answered
    assert "it is the passport&#39;s" in again.text
    assert [appeal.id] == [item.id for item in site.registry.reviews.all("gil")]

    site.registry.facts.revoke(site.registry.facts.carried("gil")[0].id)
    assert 200 == door.ask("POST", "/appeal", data=form, headers=german).status_code
    assert 2 == len(site.registry.reviews.all("gil"))


def english_on(page: str) -> list[str]:
    """Return what a page marks as English, but for the name of the language."""
    return [text for text in re.findall(r'<span lang="en">([^<]*)', page) if text]


def test_a_page_says_what_to_do_in_its_language(door: Door) -> None:
    """An error alone, a key that is wrong, and a mistake in a form: a sentence, then its line."""
    words = words_in("de")
    german = {"accept-language": "de"}
    bare = door.ask("GET", "/question", headers=german).text
    wrong = door.ask("POST", "/account", data={"key": "wk_strange", "t": ""}, headers=german).text
    door.enter(door.key("alice"), door.invitation("alice"))
    form = door.form()
    door.post("/begin", method="review", question="0")
    fields = {"form": form, "choice": "0.0", "document": "soap"}
    mistake = door.ask("POST", "/with", data=fields, headers=german).text
    for page, key, line in (
        (bare, "error.refused", "this visit has ended; begin again"),
        (wrong, "error.key", "this API key is not valid"),
        (mistake, "error.input", "choose a paper that shows what you chose"),
    ):
        assert [line] == english_on(page)
        assert words(key) in page
        assert words("error.detail") in page


def test_leaving_ends_the_visit(door: Door) -> None:
    """The cookie is taken back, and finds nothing any more."""
    door.enter(door.key("alice"))
    kept = dict(door.cookies)
    assert 303 == door.post("/leave").status_code
    door.cookies = kept
    assert 403 == door.ask("GET", "/question").status_code


def test_a_program_asks_with_its_key(door: Door) -> None:
    """Without a key, with a wrong one, and for no model there is one line of JSON."""
    for path, headers, status in (
        ("/status?model=fable-5", {}, 422),
        ("/status", {"authorization": "Bearer x"}, 422),
        ("/status?model=fable-5", {"authorization": "Bearer x"}, 403),
        ("/status?model=fable-5", {"authorization": "Basic x"}, 422),
    ):
        answer = door.ask("GET", path, headers=headers)
        assert status == answer.status_code
        assert {"error", "error_description"} == set(answer.json())


def test_a_handle_that_nobody_has_opens_nothing(door: Door) -> None:
    """Guessing an attempt's address is answered in one line."""
    answer = door.ask("POST", "/from/guessed/response", data={"a": "b"})
    assert (403, True) == (answer.status_code, "is over" in answer.json()["error_description"])


def test_too_much_is_too_much(door: Door) -> None:
    """A form of more than its budget, and one that cannot be read."""
    assert 422 == door.ask("POST", "/account", data={"key": "x" * 9000}).status_code
    assert 422 == door.ask("POST", "/account", content=b"{}").status_code
    twice = door.ask(
        "POST",
        "/account",
        content=b"key=a&key=b",
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert 422 == twice.status_code


def test_a_word_is_enough_where_the_order_says_so(door: Door) -> None:
    """The order is named, the quickest way comes first, and the model is open at once."""
    key = door.key("bob")
    door.enter(key, door.invitation("bob", "saga-5"))
    page = door.ask("GET", "/question").text
    assert "Residents of France only (fr-2026-06, version 1)" in page
    assert page.index("Say so yourself") < page.index("Show a paper to two people")
    form = door.form()
    door.post("/begin", method="declaration", question="0")
    unsworn = door.ask("POST", "/with", data={"form": form, "choice": "0.0"})
    sworn = door.ask("POST", "/with", data={"form": form, "choice": "0.0", "sworn": "yes"})

    assert (422, True) == (unsworn.status_code, "say that it is true" in unsworn.text)
    assert "saga-5 is open to this account" in sworn.text
    [fact] = door.site.registry.facts.carried("bob")
    assert (0, "declaration", "writ-declaration") == (
        fact.fact.assurance,
        fact.method,
        (fact.grade or {})["scheme"],
    )


WAYS = [
    ("a-citizen", (), "Citizenship", "passport"),
    ("a-green-card-holder", ("FR",), "Permanent residence", "permanent-resident-card"),
    ("a-refugee", ("SY",), "refugee", "refugee-travel-document"),
    ("an-asylee", ("SY",), "asylum", "arrival-record"),
    ("a-dual-national", ("DE",), "Citizenship", "naturalisation-certificate"),
]


@pytest.mark.parametrize(("who", "shown", "says", "paper"), WAYS)
def test_everyone_entitled_has_a_way_back_that_needs_nobody_else(
    door: Door, who: str, shown: tuple[str, ...], says: str, paper: str
) -> None:
    """Without an employer, a smartphone or a chip: a paper, two people, and the model is open."""
    door.restart()  # on a fast machine all of these come from one address within its bucket
    facts = tuple(replace(proof(), values=(Value((code, "")),)).fact("idv") for code in shown)
    registry, site = door.site.registry, door.site
    registry.subjects.add([_person(who)])
    lines = [attest(who, fact, door.office.idv).json() for fact in facts]
    registry.facts.take_in(b"\n".join(lines), None, skip_bad=False)
    key = door.key(who)
    door.enter(key, door.invitation(who))
    form = door.form()
    page = door.post("/begin", method="review", question="0").text
    choice = re.search(r'value="([0-9.]+)" required><label[^>]*>[^<]*' + says, page)
    assert choice, page
    fields = {"form": form, "choice": choice[1], "document": paper}
    assert "Your reference is" in door.ask("POST", "/with", data=fields).text
    [review] = registry.reviews.all(who)
    for by in ("rae", "sam"):
        pair = KeyPair.load(door.office.folder / f"{by}.key")
        said = Opinion(review.id, accept=True, reason="genuine", seen="video")
        registry.reviews.give(sign_opinion(said, site.trust, pair))
    site.decided().settle(review.id)

    assert "fable-5 is open to this account" in door.ask("GET", "/question").text


# -- at the counter --------------------------------------------------------------------------


def asked(door: Door, key: str) -> Question:
    """What is asked of the account of a key."""
    body = {"key": digest(key), "model": "fable-5"}
    answer = door.at_the_counter("/standing", body)
    found = msgspec.json.decode(answer.content, type=Standing)
    return question_of(found.model, found.questions[0])


def proof(attribute: str = "citizenships") -> Proof:
    """A citizenship, shown as well as can be."""
    grade = Grade(4, 4, 4, 4, "eidas", "high")
    now = WallClock().now()
    return Proof(attribute, (Value(("US", "")),), "at_least", grade, "a state", now)


def handed_in(
    door: Door, key: str, question: Question, method: str, credential: str | None = None
) -> tuple[int, str]:
    """Hand a finding in, signed by a method; what the counter says."""
    pair = KeyPair.load(door.site.config.method_key(method))
    envelopes = attested(question, Finding((proof(),), None), method, pair)
    body = {
        "key": digest(key),
        "model": "fable-5",
        "attested": [{"envelope": item.plain(), "revocation": None} for item in envelopes],
        "credential": credential,
    }
    answer = door.at_the_counter("/found", body)
    return answer.status_code, answer.json().get("detail", answer.json().get("outcome", ""))


def test_the_counter_takes_facts_about_the_accounts_own_alone(door: Door) -> None:
    """Not about somebody else, whatever the method; and only what is asked."""
    door.site.registry.subjects.add([_person("cleo"), _person("dan")])
    cleo, dan = door.key("cleo"), door.key("dan")
    other = handed_in(door, dan, asked(door, cleo), "review")
    own = handed_in(door, cleo, asked(door, cleo), "review", credential="aa")
    again = handed_in(door, cleo, replace(asked(door, dan), subject="cleo"), "review")

    assert (409, "this is not asked of this account") == other
    assert (200, "permit") == own
    assert (409, "this is not asked of this account") == again


def test_a_credential_of_another_account_waits_for_people(door: Door) -> None:
    """The second account is told, nothing is attested, and two people have a question."""
    door.site.registry.subjects.add([_person("eve"), _person("fay")])
    eve, fay = door.key("eve"), door.key("fay")
    first = handed_in(door, eve, asked(door, eve), "review", credential="bb")
    second = handed_in(door, fay, asked(door, fay), "review", credential="bb")

    assert (200, "permit") == first
    assert (409, True) == (second[0], "backs another account" in second[1])
    assert ["reuse"] == [item.kind for item in door.site.registry.reviews.all("fay")]
    assert () == door.site.registry.facts.carried("fay")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/account", {"key": "zz"}, 401),
        ("/account", {"key": "00" * 32}, 401),
        ("/standing", {"key": "00" * 32, "model": "fable-5"}, 401),
        ("/subjects", {}, 404),
        ("/facts", {}, 404),
        ("/appeal", {"key": "00" * 32, "about": "x"}, 401),
        ("/found", {"key": "00" * 32}, 422),
    ],
)
def test_the_counter_says_nothing_without_a_key(
    door: Door, path: str, body: object, status: int
) -> None:
    """Nor is anything else of the control process to be had here."""
    assert status == door.at_the_counter(path, body).status_code


def test_papers_are_taken_for_what_is_asked_alone(door: Door) -> None:
    """A claim of something else, of somebody else, or of nothing is refused."""
    key = digest(door.key("bob"))
    claim = Claim("citizenships", (Value(("US", "")),))
    good = {"attribute": claim.attribute, "value": ["US"], "completeness": "at_least"}
    for subject, claimed, status in (
        ("alice", [good], 409),
        ("bob", [], 409),
        ("bob", [good | {"attribute": "residence"}], 409),
        ("bob", [good | {"assurance": "A4"}], 422),
        ("bob", [good], 200),
    ):
        body = {"key": key, "model": "fable-5", "subject": subject, "document": "passport"}
        answer = door.at_the_counter("/papers", {**body, "claimed": claimed})
        assert status == answer.status_code, answer.text


def _person(name: str) -> Subject:
    return Subject(name, "person")
