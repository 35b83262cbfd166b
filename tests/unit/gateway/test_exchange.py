"""Outcomes as callers see them, by raw HTTP; the official clients are in tests/e2e."""

import gc
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.worlds.control import Key, citizen, order, pseudonym
from tests.worlds.gateway import ACME, CHAT, FR, NOBODY, US, World, chat, post
from writ.clock import wall
from writ.gateway.exchange import Exchange
from writ.signing.end_user import sign_end_user
from writ.signing.invitation import Invitation, read_invitation

MESSAGES = "/v1/messages"
LINK = '<https://example.org/record/orders/us-test-1.html>; rel="blocked-by"'


def decided(answer: object) -> object:
    """Drop from a refusal what is random."""
    return json.loads(json.dumps(answer, default=str).replace(str(_decision(answer)), "DECISION"))


def _decision(answer: object) -> object:
    assert isinstance(answer, dict)
    details = answer.get("details", answer)
    return details["problem"]["decision"]


def test_before_the_first_snapshot_nothing_is_served(world: World) -> None:
    """Not even exempt models, and not even a wrong key is told so."""
    for key, model in ((US, "fable-5"), (US, "tiny"), (Key("no", "x"), "tiny"), (None, "tiny")):
        answer = world.chat(key, model)
        assert (503, "undecided") == (answer.status, answer.code)
        assert int(answer.fields["retry-after"]) <= 30
    assert [] == world.upstream.seen


def test_everyone_gets_what_the_order_says(world: World) -> None:
    """Served, barred, asked to verify; and the unnamed model serves all."""
    world.enact()
    outcomes = {
        (key.text, model): world.chat(key, model).status
        for key in (US, FR, NOBODY)
        for model in ("fable-5", "opus-4-8", "tiny")
    }
    barred = {(FR.text, "fable-5"): 451, (NOBODY.text, "fable-5"): 403}
    assert {**dict.fromkeys(outcomes, 200), **barred} == outcomes


def test_an_answer_that_is_over_is_freed_at_once(world: World) -> None:
    """With the body it holds: nothing waits for Python's collector, whatever was answered."""
    world.enact()
    gc.collect()
    gc.disable()
    try:
        assert [200, 451, 403] == [world.chat(key, "fable-5").status for key in (US, FR, NOBODY)]
        world.chat(US, "tiny")  # by the time this is answered, the others are over
        left = [item for item in gc.get_objects() if isinstance(item, Exchange)]
    finally:
        gc.enable()
    assert 1 >= len(left)


def test_bytes_pass_as_they_are(world: World) -> None:
    """The caller's body and the upstream's answer are untouched; our fields come from nobody."""
    world.enact()
    body = b'{ "model" : "fable" ,"messages":[], "x": "\\u00e9" }'
    answer = world.ask(post(CHAT, body, US, fields="X-Writ-Rule: x\r\nX-Other: 1\r\n"))
    seen = world.upstream.seen[0]
    assert body == seen.body
    assert ([], ["1"]) == (seen.field("x-writ-rule"), seen.field("x-other"))
    assert ([], []) == (seen.field("authorization"), seen.field("x-api-key"))
    assert "x-writ-forged" not in answer.fields
    assert "fable" == answer.json["model"]


def test_the_upstream_gets_its_own_key(tmp_path: object, world: World) -> None:
    """Where the configuration names a key file, its key stands in for the caller's."""
    upstream = world.gateway.server.parts.upstreams[0]
    upstream.key = b"sk-upstream"
    world.enact()
    assert 200 == world.chat().status
    assert 200 == world.ask(post(MESSAGES, chat(), US)).status
    first, second = world.upstream.seen
    assert ["Bearer sk-upstream"] == first.field("authorization")
    assert ["sk-upstream"] == second.field("x-api-key")


# -- what a refusal says ---------------------------------------------------------------------


def test_full_disclosure_names_order_and_rule(world: World) -> None:
    """451 with the record, the order, the rule, its clauses; never to be stored or tried again."""
    world.enact()
    answer = world.chat(FR)
    assert (451, LINK) == (answer.status, answer.fields["link"])
    assert ("no-store", "false") == (
        answer.fields["cache-control"],
        answer.fields["x-should-retry"],
    )
    assert {
        "message": "Not for this account.",
        "type": "permission_error",
        "param": None,
        "code": "legal_order",
        "problem": {
            "type": "about:blank",
            "title": "Unavailable For Legal Reasons",
            "status": 451,
            "detail": "Not for this account.",
            "instance": "urn:uuid:DECISION",
            "decision": "DECISION",
            "record": "https://example.org/record/orders/us-test-1.html",
            "orders": [{"order": "us-test-1", "version": 1, "rule": "only-us", "clauses": ["c1"]}],
        },
    } == decided(answer.error)


def test_existence_says_that_there_is_an_order(world: World) -> None:
    """451 and the record's first page, but neither order nor rule."""
    world.enact(disclosure="existence")
    answer = world.chat(FR)
    assert (451, '<https://example.org/record/>; rel="blocked-by"') == (
        answer.status,
        answer.fields["link"],
    )
    assert "us-test-1" not in answer.body.decode()
    assert "only-us" not in answer.body.decode()


@pytest.mark.parametrize("key", [FR, NOBODY])
@pytest.mark.parametrize("path", [CHAT, "/v1/responses", MESSAGES])
def test_no_disclosure_tells_nothing(world: World, key: Key, path: str) -> None:
    """403 with the neutral notice; no outbound byte names order, rule, clause or record."""
    world.enact(disclosure="none")
    wire = world.open()
    wire.send(post(path, chat(), key, fields="Connection: close\r\n"))
    told = wire.rest()
    wire.close()
    decision = _decision(json.loads(told.partition(b"\r\n\r\n")[2])["error"])
    told = told.replace(str(decision).encode(), b"").lower()
    assert told.startswith(b"http/1.1 403 ")
    assert b"not for this account." in told
    for word in (b"us-test", b"only-us", b"c1", b"record", b"blocked", b"legal", b"451", b"order"):
        assert word not in told
    assert [] == world.upstream.seen


def test_the_strictest_disclosure_governs(world: World) -> None:
    """Two orders bar; the silent one silences the other."""
    loud = order(name="loud", disclosure="full", notice="Loud.")
    silent = order(name="silent", disclosure="none", notice="Silent.")
    world.control.enact(loud, silent)
    answer = world.chat(FR)
    assert (403, "Silent.") == (answer.status, answer.error["message"])
    assert b"loud" not in answer.body.lower()


def test_anthropic_errors_have_their_form(world: World) -> None:
    """The problem is in `details`, where Anthropic's clients look for the code."""
    world.enact()
    answer = world.ask(post(MESSAGES, chat(), FR))
    assert ("error", "permission_error") == (answer.json["type"], answer.error["type"])
    assert "legal_order" == answer.code


# -- credentials, routes, names --------------------------------------------------------------


def test_credentials(world: World) -> None:
    """None, unknown, revoked: 401. Two in one request: 400, also where they are alike."""
    world.enact()
    assert [401, 401] == [world.chat(key).status for key in (None, Key("wk_unknown", "x"))]
    for second in (FR, US):
        two = world.ask(post(CHAT, chat(), US, fields=f"X-Api-Key: {second.text}\r\n"))
        assert (400, "two_credentials") == (two.status, two.code)
    basic = world.ask(post(CHAT, chat(), None, fields="Authorization: Basic eDp5\r\n"))
    assert (401, "invalid_api_key") == (basic.status, basic.code)
    world.control.revoke(US)
    assert (401, "invalid_api_key") == (world.chat(US).status, world.chat(US).code)
    anthropic = world.ask(post(MESSAGES, chat(), US))
    assert (401, "authentication_error") == (anthropic.status, anthropic.error["type"])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/chat/completions/", 404),
        ("/v1//chat/completions", 404),
        ("/V1/chat/completions", 404),
        ("/v1/chat%2Fcompletions", 404),
        ("/v1/messages/batches", 404),
        ("/v1/embeddings", 404),
        ("/v1/responses/resp-1", 404),
        ("/", 404),
        ("/metrics", 404),
        ("/v1/models", 405),
    ],
)
def test_other_routes_are_refused(world: World, path: str, status: int) -> None:
    """What is not in the table is not served, whoever asks."""
    world.enact()
    assert status == world.ask(post(path, chat(), US)).status
    assert [] == world.upstream.seen


@pytest.mark.parametrize(
    "query",
    ["?model=fable-5", "?beta=true&model=fable-5", "?beta=true;model=fable-5", "?m%6fdel=fable-5"],
)
def test_no_model_comes_in_by_the_query(world: World, query: str) -> None:
    """Some servers take a parameter of that name over the body's member."""
    world.enact()
    answer = world.ask(post(CHAT + query, chat("opus-4-8"), FR))
    assert (400, "unknown_parameter") == (answer.status, answer.code)
    assert [] == world.upstream.seen


def test_a_body_that_is_a_form_too_is_refused(world: World) -> None:
    """Read as a form, it would name another model than it does as JSON."""
    world.enact()
    body = b'{"model":"opus-4-8","x":"&model=fable-5&y="}'
    data = post(CHAT, body, FR).replace(b"application/json", b"application/x-www-form-urlencoded")
    answer = world.ask(data)
    assert (415, "content_type") == (answer.status, answer.code)
    assert [] == world.upstream.seen


def test_other_methods_are_refused(world: World) -> None:
    """The right method is named."""
    world.enact()
    answer = world.ask(f"GET {CHAT} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert (405, "POST") == (answer.status, answer.fields["allow"])


@pytest.mark.parametrize(
    "name",
    [
        "Fable-5",
        "fable-5 ",
        " fable-5",
        "fable-5\n",
        "fable%2D5",
        "fable\u20105",
        "f\u0430ble-5",
        "fable-5\u200b",
        "fable-5[1m]",
        "openai/fable-5",
        "",
        "\u0000",
        "\ud800",
    ],
)
def test_look_alikes_are_unknown(world: World, name: str) -> None:
    """A name that is not exactly in the catalogue is a 4xx for everybody."""
    world.enact()
    for key in (US, FR):
        answer = world.chat(key, name)
        assert answer.status in {400, 404}
    assert [] == world.upstream.seen


def test_escapes_are_the_same_name(world: World) -> None:
    """What a parser reads as the model is decided as that model."""
    world.enact()
    body = b'{"\\u006dodel":"\\u0066able\\u002d5","messages":[]}'
    assert [451, 200] == [world.ask(post(CHAT, body, key)).status for key in (FR, US)]


def test_a_model_of_another_dialect_is_unknown(world: World) -> None:
    """A model that does not speak the route's API is not sent there."""
    world.enact()
    answer = world.ask(post(MESSAGES, chat("saga-5"), US))
    assert (404, "not_found_error") == (answer.status, answer.error["type"])


def test_a_head_request_is_answered_without_a_body(world: World) -> None:
    """The next answer on the connection is where it should be."""
    world.enact()
    wire = world.open()
    wire.send(f"HEAD {CHAT} HTTP/1.1\r\nHost: x\r\n\r\n".encode() + post(CHAT, chat(), FR))
    assert [405, 451] == [wire.head()[0], wire.answer().status]
    wire.close()


# -- substitutes -----------------------------------------------------------------------------


def test_a_substitute_is_spliced_in_and_told(world: World) -> None:
    """Only the name changes; the answer names the server, headers name what was asked."""
    world.enact(barred="{substitute: opus-4-8}", undetermined="{substitute: opus-4-8}")
    body = b'{"messages":[], "model" : "claude-fable-5[1m]" ,"n":1}'.replace(
        b"claude-fable-5[1m]", b"fable"
    )
    answer = world.ask(post(CHAT, body, FR))
    assert (200, "opus-4-8") == (answer.status, answer.json["model"])
    assert body.replace(b'"fable"', b'"opus-4-8"') == world.upstream.seen[0].body
    assert "fable" == answer.fields["x-writ-requested-model"]
    assert "us-test-1/only-us" == answer.fields["x-writ-rule"]
    receipt = world.await_receipt("substitution")
    assert ("substitute", "opus-4-8") == (receipt["outcome"], receipt["served_by"])


@pytest.mark.parametrize("value", [b"1" * 5000, b"[" * 1020 + b"]" * 1020])
def test_a_body_that_cannot_be_spliced_is_refused(world: World, value: bytes) -> None:
    """Digits without end and deep nesting are answered, not left hanging."""
    world.enact(barred="{substitute: opus-4-8}")
    body = b'{"model":"fable-5","messages":[],"x":' + value + b"}"
    answer = world.ask(post(CHAT, body, FR))
    assert (400, "bad_json") == (answer.status, answer.code)
    assert 200 == world.chat(FR).status


def test_a_substitutes_rule_is_told_as_disclosure_allows(world: World) -> None:
    """Under `none` the change is told, its reason is not."""
    swap = "{substitute: opus-4-8}"
    world.enact(disclosure="none", barred=swap, undetermined=swap)
    answer = world.chat(FR)
    assert "fable-5" == answer.fields["x-writ-requested-model"]
    assert "x-writ-rule" not in answer.fields


def test_a_key_may_refuse_substitutes(world: World) -> None:
    """It is denied instead."""
    swap = "{substitute: opus-4-8}"
    proud = Key("wk_proud", "eva", refuses_substitutes=True)
    world.control.enrol(proud, citizen("eva", "FR"))
    world.enact(barred=swap, undetermined=swap)
    assert [200, 451] == [world.chat(key).status for key in (FR, proud)]


# -- errors are refusals ---------------------------------------------------------------------


def test_an_unknown_subject_is_refused_for_controlled_models(world: World) -> None:
    """A key whose person the gateway was never told of gets exempt models only."""
    world.enact()
    world.control.forget("ann")
    assert [403, 403, 200] == [world.chat(US, m).status for m in ("fable-5", "opus-4-8", "tiny")]
    assert "unresolved" == world.await_receipt("refusal")["error"]


def test_without_a_lease_only_exempt_models_are_served(world: World) -> None:
    """503 with a short Retry-After for the rest, until one arrives."""
    world.control.leasing = False
    world.enact()
    answer = world.chat(US)
    assert (503, "undecided") == (answer.status, answer.code)
    assert [503, 200] == [world.chat(US, m).status for m in ("opus-4-8", "tiny")]
    world.control.renew()
    assert 200 == world.chat(US).status


def test_a_fact_that_arrives_brings_its_subject_back(world: World) -> None:
    """The same key is served once what was missing is shown."""
    world.enact()
    assert 403 == world.chat(NOBODY).status
    world.control.know(citizen("zoe", "US"))
    assert 200 == world.chat(NOBODY).status


# -- the way into the portal -----------------------------------------------------------------


@pytest.fixture
def invited(tmp_path: Path) -> Iterator[World]:
    """A gateway whose refusals lead into a portal."""
    built = World(tmp_path, extra='[portal]\naddress = "https://verify.example.org/"')
    yield built
    built.close()


def invitation(world: World, link: object) -> Invitation:
    """What a link into the portal says."""
    where, _, token = str(link).partition("?t=")
    assert "https://verify.example.org/verify" == where
    secret = (world.control.folder / "invitations.secret").read_bytes()
    return read_invitation(token, secret, wall())


def test_a_refusal_leads_its_own_account_to_the_question(invited: World) -> None:
    """Account, question and refusal are in the link; who is barred for good may only appeal."""
    invited.enact(disclosure="none")
    problem = invited.chat(NOBODY).error["problem"]
    barred = invited.chat(FR).error["problem"]
    assert isinstance(problem, dict)
    assert isinstance(barred, dict)
    read = invitation(invited, problem["verify_uri"])

    assert (pseudonym("zoe"), problem["decision"]) == (read.account, str(read.decision))
    assert "appeal_uri" not in problem
    assert ("verify_uri" in barred, "appeal_uri" in barred) == (False, True)


def test_a_uniform_refusal_leads_nowhere(invited: World) -> None:
    """Whoever asks about another person gets no link: it would be one into that person's matters."""
    invited.enact()
    token = sign_end_user("u-1", ACME.text, invited.control.issuer, wall())
    answer = invited.chat(ACME, fields=f"X-Writ-End-User: {token}\r\n")

    assert 403 == answer.status
    assert b"verify.example.org" not in answer.body


def test_a_substituted_caller_is_shown_the_way(invited: World) -> None:
    """Where more evidence would bring the model asked for, a header says where."""
    invited.enact(barred="{substitute: opus-4-8}", undetermined="{substitute: opus-4-8}")
    answer, barred = invited.chat(NOBODY), invited.chat(FR)

    assert pseudonym("zoe") == invitation(invited, answer.fields["x-writ-verify-uri"]).account
    assert "x-writ-verify-uri" not in barred.fields
