"""SCIM as an employer's system meets it: the portal and the counter it asks, over a real store."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from structlog.testing import capture_logs

from tests.worlds.door import ADDRESS, Door, opened_door
from writ.clock import DAY, WallClock, format_instant
from writ.model.listeners import Address, Portal
from writ.model.subject import Fact, Subject
from writ.people.employers.credentials import Wanted
from writ.people.end_users import EndUser
from writ.portal.counter import Counter
from writ.portal.scim import service

URN = "urn:writ:params:scim:schemas:extension:determination:1.0:User"
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
USERS = f"{ADDRESS}/scim/v2/Users"
PEOPLE = 40


@dataclass
class Hr:
    """Acme's personnel system, with a token; each test has a person of its own."""

    door: Door
    token: str
    other: str
    next: int = 0

    def send(self, method: str, path: str, body: object = None, **more: Any) -> httpx2.Response:
        """Send a request with acme's token."""
        sent = {"json": body, **more} if body is not None else more
        return self.door.scim(method, path, self.token, **sent)

    def name(self) -> str:
        """The name of somebody whom nobody has created yet."""
        self.next += 1
        return f"u-{self.next}"

    def facts(self, user: str) -> list[Fact]:
        """Facts that stand for one of acme's people."""
        name = f"person-{user}"
        return list(self.door.site.registry.those([name])[name].subject.facts)


@pytest.fixture(scope="module")
def hr(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hr]:
    """Acme and its people, whom it names `u-1` and so on; another company with a token."""
    with opened_door(tmp_path_factory.mktemp("scim")) as door:
        registry = door.site.registry
        users = [f"u-{number}" for number in range(1, PEOPLE)]
        registry.subjects.add([Subject(f"person-{user}", "person") for user in users])
        registry.subjects.add([Subject("other", "organisation")])
        registry.end_users.add([EndUser("acme", user, f"person-{user}") for user in users])
        tokens = [door.site.employers().add(Wanted(name, 2))[1] for name in ("acme", "other")]
        yield Hr(door, str(tokens[0]), str(tokens[1]))


def ago(days: float) -> str:
    """An instant some days ago."""
    return format_instant(WallClock().now() - int(days * DAY))


def determination(**changes: object) -> dict[str, object]:
    """A determination of yesterday, that somebody is a US citizen."""
    return {
        "declaration": "no-employment-eligibility-data",
        "determinedBy": "hr-7",
        "determinedAt": ago(1),
        "basis": "document",
        "citizenships": ["US"],
    } | changes


def user(name: str, found: object = None, **more: object) -> dict[str, object]:
    """A user as a personnel system writes one."""
    extension = {} if found is None else {URN: {"determination": found}}
    return {"schemas": [CORE, *extension], "userName": name, **more, **extension}


def patch(*operations: dict[str, object]) -> dict[str, object]:
    """A PATCH."""
    return {"schemas": [PATCH], "Operations": list(operations)}


def wrong(response: httpx2.Response) -> tuple[int, str, str]:
    """What an error says, which is an error of SCIM's."""
    said = response.json()
    assert [ERROR] == said["schemas"]
    assert str(response.status_code) == said["status"]
    assert "\n" not in said["detail"]
    return response.status_code, said.get("scimType", ""), said["detail"]


def test_a_person_is_created_with_a_determination(hr: Hr) -> None:
    """What acme says becomes a fact at what is registered, and is shown as it was said; nothing else is kept."""
    name = hr.name()
    said = determination(
        complete=["citizenships"], protection=["refugee:US"], employment="employee",
        formerCitizenships=["CA"], permanentResidences=["DE"], expiresAt=ago(-90),
    )  # fmt: skip
    more = {"name": {"familyName": "Secretname"}, "emails": [{"value": "secret@example.org"}]}
    body = {**user(name, said, externalId="x-1", active=True), **more}
    made = hr.send("POST", "/Users", body)
    assert 201 == made.status_code
    shown = made.json()
    assert said == shown[URN]["determination"]
    assert (name, "x-1", True) == (shown["userName"], shown["externalId"], shown["active"])
    assert f"{USERS}/{shown['id']}" == shown["meta"]["location"] == made.headers["location"]
    assert shown["meta"]["version"] == made.headers["etag"]
    assert {
        "citizenships",
        "former_citizenships",
        "permanent_residences",
        "protection",
        "employer",
    } == {fact.attribute for fact in hr.facts(name)}
    assert {(2, "acme")} == {(fact.assurance, fact.issuer) for fact in hr.facts(name)}
    files = [file for file in hr.door.office.folder.rglob("*") if file.is_file()]
    data = b"".join(file.read_bytes() for file in files)
    assert [True, False, False] == [
        text in data for text in (b"x-1", b"Secretname", b"secret@example.org")
    ]
    again = hr.send("GET", f"/Users/{shown['id']}")
    assert shown == again.json()


def test_only_a_token_opens_anything(hr: Hr) -> None:
    """No token, a wrong one and an API key: the same words, from every address of people."""
    key = hr.door.key("alice")
    name, secret = hr.token.rsplit("_", 1)[0], "x" * 43
    for header in (
        "",
        "Bearer",
        f"Bearer {key}",
        "Basic x",
        f"Bearer {name}_{secret}",
        "Bearer we_a_b",
    ):
        for method, path in (("GET", "/Users"), ("GET", "/Users/1"), ("DELETE", "/Users/1")):
            answer = hr.door.scim(method, path, headers={"authorization": header})
            assert (401, "", "show a token that is valid") == wrong(answer)
            assert "Bearer" == answer.headers["www-authenticate"]


def test_others_people_are_nobody(hr: Hr) -> None:
    """Whatever another company asks about acme's person, it gets the answer for nobody."""
    name = hr.name()
    found = hr.send("POST", "/Users", user(name, determination())).json()
    path = f"/Users/{found['id']}"
    for method, body in (
        ("GET", None), ("PUT", user(name)), ("DELETE", None),
        ("PATCH", patch({"op": "replace", "path": "active", "value": False})),
    ):  # fmt: skip
        for where in (path, "/Users/0123456789abcdef"):
            sent = {} if body is None else {"json": body}
            answer = hr.door.scim(method, where, hr.other, **sent)
            assert (404, "", "nobody of this id") == wrong(answer)
    for wanted in (name, "nobody", "alice"):
        answer = hr.door.scim("POST", "/Users", hr.other, json=user(wanted, determination()))
        assert (403, "", "this is nobody of yours; ask the operator to add them") == wrong(answer)
        query = {"filter": f'userName eq "{wanted}"'}
        assert 0 == hr.door.scim("GET", "/Users", hr.other, params=query).json()["totalResults"]
    assert 1 == len(hr.facts(name))


def test_a_second_one_of_a_name_is_taken(hr: Hr) -> None:
    """A name is of one person."""
    name = hr.name()
    hr.send("POST", "/Users", user(name))
    assert (409, "uniqueness") == wrong(hr.send("POST", "/Users", user(name)))[:2]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"declaration": "yes"}, "declaration: write `no-employment-eligibility-data`"),
        ({"citizenships": ["France"]}, "citizenships: "),
        ({"assurance": "A4"}, "`assurance` is no part of a determination"),
        (
            {"determinedAt": "2026-06-01T00:00:00"},
            "determined_at: `2026-06-01T00:00:00` has no time",
        ),
        ({"determinedAt": "yesterday"}, "Input should be a valid datetime"),
        ({"basis": "hearsay"}, "basis: write one of"),
        ({"i9Section2": "List A"}, "`i9Section2` looks like Form I-9 or E-Verify data"),
    ],
)
def test_a_bad_determination_is_told(hr: Hr, changes: dict[str, object], expected: str) -> None:
    """Each is an invalid value that says what to do, and nothing is kept."""
    status, kind, detail = wrong(hr.send("POST", "/Users", user("u-39", determination(**changes))))
    assert (400, "invalidValue") == (status, kind)
    assert expected in detail
    assert [] == hr.facts("u-39")


@pytest.mark.parametrize(
    "body",
    [
        {"schemas": [CORE], "userName": "u-39", "eVerifyCase": "1"},
        {"schemas": [7, CORE, "urn:acme:I9:2.0:User"], "userName": "u-39"},
        {
            "schemas": [CORE],
            "userName": "u-39",
            "urn:acme:hr:User": {"a": [{"workAuthorization": 1}]},
        },
    ],
)
def test_eligibility_data_is_refused_wherever_it_stands(hr: Hr, body: dict[str, object]) -> None:
    """Such a field is refused though its shape would have been dropped."""
    assert "looks like Form I-9" in wrong(hr.send("POST", "/Users", body))[2]
    change = patch({"op": "add", "path": "urn:acme:hr:User:i9", "value": 1})
    assert "looks like Form I-9" in wrong(hr.send("PATCH", "/Users/1", change))[2]


def test_a_request_is_json_within_a_budget(hr: Hr) -> None:
    """What is no JSON object, says a thing twice, or is too large is refused."""
    for body in (b"", b"[]", b'{"userName": "a", "userName": "b"}', b"\xff"):
        answer = hr.send("POST", "/Users", content=body)
        assert (400, "invalidSyntax") == wrong(answer)[:2]
    assert 400 == wrong(hr.send("POST", "/Users", content=b" " * 70_000))[0]
    assert (400, "invalidValue") == wrong(hr.send("POST", "/Users", {"schemas": [CORE]}))[:2]


def test_leaving_takes_back_what_was_determined(hr: Hr) -> None:
    """`active` false by PATCH, as systems send it, revokes; so does DELETE, after which there is nobody."""
    name, second = hr.name(), hr.name()
    found = hr.send("POST", "/Users", user(name, determination())).json()
    path = f"/Users/{found['id']}"
    left = hr.send("PATCH", path, patch({"op": "Replace", "path": "active", "value": "False"}))
    assert (200, False) == (left.status_code, left.json()["active"])
    assert URN not in left.json()
    assert [] == hr.facts(name)
    back = user(name, determination(), active=True)
    assert "determine anew" in wrong(hr.send("PUT", path, back))[2]
    other = hr.send("POST", "/Users", user(second, determination())).json()
    gone = hr.send("DELETE", f"/Users/{other['id']}")
    assert (204, b"") == (gone.status_code, gone.content)
    assert [] == hr.facts(second)
    assert 404 == hr.send("GET", f"/Users/{other['id']}").status_code


@pytest.mark.parametrize("active", [True, False])
def test_active_that_is_left_out_stays_as_it_was(hr: Hr, *, active: bool) -> None:
    """PUT without it, PATCH that takes it away and PATCH of anything else make nobody active again."""
    name = hr.name()
    path = f"/Users/{hr.send('POST', '/Users', user(name)).json()['id']}"
    hr.send("PATCH", path, patch({"op": "replace", "path": "active", "value": active}))
    answers = [
        hr.send("PUT", path, user(name)),
        hr.send("PUT", path, user(name, active=None)),
        hr.send("PATCH", path, patch({"op": "remove", "path": "active"})),
        hr.send("PATCH", path, patch({"op": "add", "path": "externalId", "value": "x-9"})),
        hr.send("GET", path),
    ]
    assert [(200, active)] * 5 == [(item.status_code, item.json()["active"]) for item in answers]


def test_somebody_who_left_is_not_determined_without_saying_that_they_are_back(hr: Hr) -> None:
    """A determination with `active` left out is an error, not dropped; with `active` true it is taken."""
    name = hr.name()
    path = f"/Users/{hr.send('POST', '/Users', user(name)).json()['id']}"
    hr.send("PUT", path, user(name, active=False))
    said = determination(determinedAt=ago(0))
    told = wrong(hr.send("PUT", path, user(name, said)))
    assert (400, "invalidValue", "active: this person left; set it to determine anew") == told
    assert [] == hr.facts(name)


def test_a_determination_is_changed_whole(hr: Hr) -> None:
    """PATCH with a determination takes the place of the one before, with nothing carried along; a part is refused."""
    name = hr.name()
    found = hr.send("POST", "/Users", user(name, determination(permanentResidences=["DE"]))).json()
    path = f"/Users/{found['id']}"
    part = patch({"op": "add", "path": f"{URN}:determination.citizenships", "value": ["FR"]})
    assert (400, "invalidValue") == wrong(hr.send("PATCH", path, part))[:2]
    later = determination(citizenships=["FR"], determinedAt=ago(0.5))
    whole = patch({"op": "replace", "path": f"{URN}:determination", "value": later})
    assert (
        later["citizenships"]
        == hr.send("PATCH", path, whole).json()[URN]["determination"]["citizenships"]
    )
    assert ["citizenships"] == [fact.attribute for fact in hr.facts(name)]
    older = patch(
        {"op": "replace", "value": {URN: {"determination": determination(determinedAt=ago(3))}}}
    )
    assert "no older than this" in wrong(hr.send("PATCH", path, older))[2]
    dropped = hr.send("PATCH", path, patch({"op": "remove", "path": f"{URN}:determination"}))
    assert URN not in dropped.json()
    assert [] == hr.facts(name)


def test_a_patch_of_something_else_leaves_a_determination(hr: Hr) -> None:
    """An id of the employer's, or a name that is dropped, changes nothing of what was determined."""
    name = hr.name()
    found = hr.send("POST", "/Users", user(name, determination())).json()
    path = f"/Users/{found['id']}"
    change = patch(
        {"op": "add", "path": "externalId", "value": "x-7"},
        {"op": "replace", "path": "name.givenName", "value": "Alice"},
    )
    after = hr.send("PATCH", path, change).json()
    assert ("x-7", found[URN]) == (after["externalId"], after[URN])
    assert 1 == len(hr.facts(name))
    rename = patch({"op": "replace", "path": "userName", "value": "other"})
    assert (400, "mutability") == wrong(hr.send("PATCH", path, rename))[:2]
    assert (400, "invalidValue") == wrong(hr.send("PUT", path, user("another")))[:2]
    bad = patch({"op": "increase", "path": "active"})
    assert 400 == wrong(hr.send("PATCH", path, bad))[0]


def test_versions_are_held_to(hr: Hr) -> None:
    """A version that was seen is not sent again; one that passed is not changed."""
    found = hr.send("POST", "/Users", user(hr.name())).json()
    path, version = f"/Users/{found['id']}", found["meta"]["version"]
    same = hr.send("GET", path, headers={"if-none-match": version})
    assert (304, b"", version) == (same.status_code, same.content, same.headers["etag"])
    body = user(found["userName"], externalId="x-2")
    changed = hr.send("PUT", path, body, headers={"if-match": version})
    assert 200 == changed.status_code
    for method, sent in (
        ("PUT", body),
        ("DELETE", None),
        ("PATCH", patch({"op": "remove", "path": "externalId"})),
    ):
        answer = hr.send(method, path, sent, headers={"if-match": version})
        assert 412 == wrong(answer)[0]
    assert 204 == hr.send("DELETE", path, headers={"if-match": "*"}).status_code


def test_people_are_found_and_listed(hr: Hr) -> None:
    """By name, by the employer's id, by ours, page by page, by GET and by POST."""
    name = hr.name()
    found = hr.send("POST", "/Users", user(name, externalId='a "quoted" id')).json()
    for asked in (
        f'userName eq "{name}"', 'externalId eq "a \\"quoted\\" id"', f'id eq "{found["id"]}"',
        f'{CORE}:userName eq "{name}"',
    ):  # fmt: skip
        listed = hr.send("GET", "/Users", params={"filter": asked}).json()
        assert (1, [found]) == (listed["totalResults"], listed["Resources"])
        message = {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
            "filter": asked,
        }
        assert listed == hr.send("POST", "/Users/.search", message).json()
    total = hr.send("GET", "/Users", params={"count": 0}).json()
    assert "Resources" not in total or [] == total["Resources"]
    page = hr.send("GET", "/Users", params={"startIndex": 2, "count": 1}).json()
    assert (total["totalResults"], 2, 1, 1) == (
        page["totalResults"], page["startIndex"], page["itemsPerPage"], len(page["Resources"]),
    )  # fmt: skip
    beyond = hr.send("GET", "/Users", params={"filter": f'userName eq "{name}"', "startIndex": 2})
    assert (1, 0) == (beyond.json()["totalResults"], beyond.json()["itemsPerPage"])


@pytest.mark.parametrize(
    "asked",
    [
        'userName sw "u"',
        'userName eq "a" or id eq "b"',
        "active eq true",
        "userName pr",
        "((",
        'title eq "x"',
        'meta.resourceType eq "User"',
    ],
)
def test_other_filters_are_refused(hr: Hr, asked: str) -> None:
    """A filter that is not understood is an error, and never everybody."""
    assert (400, "invalidFilter") == wrong(hr.send("GET", "/Users", params={"filter": asked}))[:2]


@pytest.mark.parametrize("token", ["", "we_0_x", "acme"])
def test_a_stranger_has_nothing_long_read(hr: Hr, token: str) -> None:
    """A long filter is not even parsed, nor are the paths of somebody who has no token."""
    long = {"filter": " and ".join(['id eq "a"'] * 1000)}
    asked = [
        hr.door.scim("GET", "/Users", token, params=long),
        hr.door.scim("POST", "/Users/.search", token, json=long),
    ]
    paths = [{"op": "remove", "path": "("}]
    body = {"schemas": [PATCH], "Operations": paths}
    changed = hr.door.scim("PATCH", "/Users/nobody", token, json=body)

    told = (400, "invalidValue", "a query has 2000 characters at most")
    assert [told, told] == [wrong(answer) for answer in asked]
    assert (401, "", "show a token that is valid") == wrong(changed)


def test_an_id_that_no_token_has_is_not_counted(hr: Hr) -> None:
    """Nobody fills our memory with names of tokens as long as a header."""
    answer = hr.door.scim("GET", "/Users", f"we_{'a' * 65}_x")
    assert (401, "", "show a token that is valid") == wrong(answer)


def test_parts_are_shown_as_asked(hr: Hr) -> None:
    """`attributes` and `excludedAttributes` choose; both at once is an error."""
    found = hr.send("POST", "/Users", user(hr.name(), determination(), externalId="x")).json()
    path = f"/Users/{found['id']}"
    some = hr.send("GET", path, params={"attributes": "userName"}).json()
    assert {"schemas", "id", "userName"} == set(some)
    rest = hr.send("GET", path, params={"excludedAttributes": f"externalId,{URN}"}).json()
    assert not {"externalId", URN} & set(rest)
    both = {"attributes": "userName", "excludedAttributes": "externalId"}
    assert 400 == wrong(hr.send("GET", path, params=both))[0]


def test_the_service_describes_itself_to_anybody(hr: Hr) -> None:
    """What it does, what there is, without a token; what there is not is an error of SCIM's."""
    config = hr.door.scim("GET", "/ServiceProviderConfig").json()
    assert [True, True, True, False] == [
        config[name]["supported"] for name in ("patch", "filter", "etag", "bulk")
    ]
    types = hr.door.scim("GET", "/ResourceTypes").json()
    assert [("/Users", CORE)] == [(item["endpoint"], item["schema"]) for item in types["Resources"]]
    assert types["Resources"][0] == hr.door.scim("GET", "/ResourceTypes/User").json()
    schemas = hr.door.scim("GET", "/Schemas").json()
    assert [CORE, URN] == [item["id"] for item in schemas["Resources"]]
    assert schemas["Resources"][1] == hr.door.scim("GET", f"/Schemas/{URN}").json()
    assert 404 == wrong(hr.door.scim("GET", "/Schemas/nothing"))[0]
    assert 403 == wrong(hr.door.scim("GET", "/Schemas", params={"filter": 'id eq "x"'}))[0]
    assert 404 == wrong(hr.door.scim("GET", "/Groups"))[0]
    assert 405 == wrong(hr.door.scim("POST", "/Schemas"))[0]


def test_a_revoked_token_ends_at_once(hr: Hr) -> None:
    """From the moment it is revoked, a token is like none."""
    employers = hr.door.site.employers()
    made, text = employers.add(Wanted("acme", 1))
    assert 200 == hr.door.scim("GET", "/Users", str(text)).status_code
    employers.revoke(made.id)
    assert 401 == hr.door.scim("GET", "/Users", str(text)).status_code


def test_too_many_tries_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token that is tried too often waits, whoever tries it; where nobody answers, that is said."""
    monkeypatch.setattr(service, "_TRIES", 2)
    monkeypatch.setattr(service, "_TRY_EVERY", 600.0)
    portal = Portal(Address("127.0.0.1", 0), ADDRESS, frozenset({"127.0.0.1"}), "")

    async def tried() -> list[httpx2.Response]:
        app = service.scim_app(portal, Counter(tmp_path / "nobody.sock"))
        http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=ADDRESS)
        async with http:
            headers = [
                {"authorization": "Bearer we_a_b", "x-forwarded-for": f"192.0.2.{number}"}
                for number in range(3)
            ]
            return [await http.get("/Users", headers=item) for item in headers]

    first, second, third = asyncio.run(tried())
    assert [503, 503, 429] == [wrong(item)[0] for item in (first, second, third)]
    assert 0 < int(third.headers["retry-after"]) <= 600


def test_what_nobody_foresaw_says_nothing(hr: Hr, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake of ours is an error of SCIM's that tells nothing."""

    def broken(*_: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(service, "person_of", broken)
    with capture_logs() as logs:
        answer = hr.send("POST", "/Users", user(hr.name()))
    assert {("internal error", "RuntimeError")} == {(row["event"], row["kind"]) for row in logs}
    assert (500, "", "something went wrong here; try again later") == wrong(answer)
