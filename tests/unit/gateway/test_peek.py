import json

import pytest

from writ.gateway.peek import peek, splice
from writ.gateway.request import Malformed, Request


def read(body: bytes, *fields: tuple[bytes, bytes]) -> tuple[str, bool]:
    """Peek into a body."""
    found = peek(Request("POST", b"/v1/messages", "1.1", list(fields), body))
    return found.model, found.stream


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"model":"a"}', ("a", False)),
        (b' {"stream":true,\n"model" : "a"} ', ("a", True)),
        (b'{"model":"a","stream":null}', ("a", False)),
        (b'{"\\u006dodel":"\\u0061"}', ("a", False)),
        (
            b'{"messages":[{"model":"b","stream":1,"x":"\\"model\\":\\"c\\""}],"model":"a"}',
            ("a", False),
        ),
        ('{"model":"é","x":"😀"}'.encode(), ("é", False)),
        (b'{"model":"a","x":"\\u0065\\ud83d\\ude00","y":[1e9,-0.5,null,{}]}', ("a", False)),
    ],
)
def test_what_decides_is_found(body: bytes, expected: tuple[str, bool]) -> None:
    """The model and the stream flag are those of the top level, escapes read."""
    assert expected == read(body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"model":"a","model":"b"}',
        b'{"model":"a","\\u006dodel":"b"}',
        b'{"\\u006Dodel":"a","mod\\u0065l":"b"}',
        b'{"model":"a","Model":"b"}',
        b'{"model":"a","\\u004dODEL":"b"}',
        b'{"model":"a","stream":true,"stream":false}',
        b'{"model":"a","stream":true,"STREAM":false}',
        '{"model":"a","stream":true,"\u017ftream":false}'.encode(),
        b'{"model":"a","stream":true,"\\u017ftream":false}',
        b'{"x":{"model":"c"},"model":"a","stream":true,"s\\u0074ream":true}',
    ],
)
def test_doubled_keys_are_refused(body: bytes) -> None:
    """No spelling of a decisive name may come twice."""
    with pytest.raises(Malformed, match="more than once") as caught:
        read(body)
    assert (400, "doubled_key") == (caught.value.status, caught.value.code)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"model"',
        b"{}",
        b'{"model":null}',
        b'{"model":["a"]}',
        b'{"model":1}',
        b'{"Model":"a"}',
        b'{"model":"a","stream":"yes"}',
        b'\xef\xbb\xbf{"model":"a"}',
        b'{"model":"a"}{"model":"b"}',
        b'{"model":"a"',
        b"{'model':'a'}",
        b'{"model":"a","x":NaN}',
        b'{"model":"a","x":"\xff"}',
        b'{"model":"a","mod\xffel":"b"}',
        '{"model":"a"}'.encode("utf-16"),
        b'{"model":"a","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"model":"a","x":{"model":' + b"9" * 5000 + b"}}",
    ],
)
def test_what_is_not_a_usable_object_is_refused(body: bytes) -> None:
    """Anything a careless parser might take otherwise is a 400."""
    with pytest.raises(Malformed) as caught:
        read(body)
    assert 400 == caught.value.status


@pytest.mark.parametrize(
    "name",
    [
        "models",
        "Models",
        "fallbacks",
        "FALLBACKS",
        "fallbac\u212as",
        "context_window_fallbacks",
        "content_policy_fallbacks",
        "model_list",
        "user_config",
        "preset",
    ],
)
def test_other_models_are_refused(name: str) -> None:
    """A member by which some servers choose another model is refused."""
    with pytest.raises(Malformed, match="names other models"):
        read(json.dumps({"model": "a", name: ["b"]}).encode())
    with pytest.raises(Malformed, match="names other models"):
        read(json.dumps({"model": "a", name: ["b"]}, ensure_ascii=False).encode())


@pytest.mark.parametrize(
    ("tools", "code"),
    [
        (b'"tools":[{"type":"advisor","model":"b"}]', "other_models"),
        (b'"tools":[{"type":"advisor","mod\\u0065l":"b"}]', "other_models"),
        (b'"tools":[{"type":"advisor","model":"b"}],"tools":[]', "doubled_key"),
        (b'"tools":["advisor"]', "bad_body"),
    ],
)
def test_a_tool_that_calls_another_model_is_refused(tools: bytes, code: str) -> None:
    """A server that lets one model ask another would answer with one nobody decided about."""
    with pytest.raises(Malformed) as caught:
        read(b'{"model":"a",' + tools + b"}")
    assert (400, code) == (caught.value.status, caught.value.code)


def test_tools_that_call_no_model_are_fine() -> None:
    """What a function takes is its own affair, a model's name among it."""
    schema = {"type": "object", "properties": {"model": {"type": "string"}}}
    tools = [{"type": "function", "function": {"name": "rent", "parameters": schema}}]
    assert ("a", False) == read(json.dumps({"model": "a", "tools": tools}).encode())
    assert ("a", False) == read(b'{"model":"a","tools":null}')


@pytest.mark.parametrize(
    "field",
    [
        (b"content-encoding", b"gzip"),
        (b"content-type", b"application/x-www-form-urlencoded"),
        (b"content-type", b"multipart/form-data; boundary=x"),
        (b"content-type", b"application/json, text/plain"),
        (b"content-type", b"application/json; charset=utf-7"),
        (b"content-type", b'application/json;charset = "UTF-16"'),
    ],
)
def test_bodies_in_other_encodings_are_refused(field: tuple[bytes, bytes]) -> None:
    """An upstream that obeys an encoding would read another body than we do."""
    with pytest.raises(Malformed) as caught:
        read(b'{"model":"a"}', field)
    assert 415 == caught.value.status


def test_utf8_said_in_so_many_words_is_fine() -> None:
    """A charset that changes nothing is no reason to refuse."""
    fields = (
        (b"content-type", b"application/json; charset=UTF-8"),
        (b"content-encoding", b"identity"),
    )
    assert ("a", False) == read(b'{"model":"a"}', *fields)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"model":"a","x":1}', b'{"model":"opus","x":1}'),
        (
            b'{ "x" : {"model":"b"} ,\t"model" :\n"a" }',
            b'{ "x" : {"model":"b"} ,\t"model" :\n"opus" }',
        ),
        ('{"é":"😀","mod\\u0065l":"\\u0061"}'.encode(), '{"é":"😀","mod\\u0065l":"opus"}'.encode()),
    ],
)
def test_only_the_models_name_is_spliced(body: bytes, expected: bytes) -> None:
    """Every other byte of the body stays."""
    assert expected == splice(body, "opus")
