"""The two members of a body that decide: `model` and `stream`, found by a real parser.

1. The body is one JSON object in UTF-8, and said to be JSON: a byte order mark, a list or null is
   refused, and so is another content type, for one body may be JSON and a form at once.
2. A decisive member written twice is refused, whatever the escapes or the case of its name: one
   parser would take the first, another the last, and some ignore case (RFC 8259 section 4).
3. Members by which some servers choose another model, or call one besides (a tool's `model`), are
   refused: the decision is about one.
4. Nothing is rewritten, except that a substitute's name may be spliced in where the model's was.
"""

import json
from dataclasses import dataclass

import msgspec

from writ.gateway.request import Malformed, Request

_ELSEWHERE = (
    "models",
    "fallbacks",
    "context_window_fallbacks",
    "content_policy_fallbacks",
    "model_list",
    "user_config",
    "preset",
)
_ONCE = ("model", "stream", "tools")


class _Tool(msgspec.Struct):
    model: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class _Body(msgspec.Struct):
    model: str
    stream: bool | None = None
    tools: list[_Tool] | None = None
    models: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    fallbacks: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    context_window_fallbacks: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    content_policy_fallbacks: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    model_list: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    user_config: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    preset: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


@dataclass(frozen=True, slots=True)
class Peek:
    """The model's name as written, and whether a stream is asked for."""

    model: str
    stream: bool


_decoder = msgspec.json.Decoder(_Body)
_text = json.JSONDecoder()


def peek(request: Request) -> Peek:
    """Return what decides, or raise Malformed with 400 or 415."""
    _check_encoding(request)
    read = _read(request.body)
    for name in _ELSEWHERE:
        if getattr(read, name) is not msgspec.UNSET:
            raise _other_models(name)
    if any(tool.model is not msgspec.UNSET for tool in read.tools or ()):
        raise _other_models("tools")
    if _suspicious(request.body):
        _check_names(request.body)
    return Peek(read.model, bool(read.stream))


def _other_models(name: str) -> Malformed:
    return Malformed(400, "other_models", f"`{name}` names other models; send one `model`")


def _read(body: bytes) -> _Body:
    try:
        if not body.isascii():
            str(body, "utf-8")
        return _decoder.decode(body)
    except UnicodeDecodeError:
        raise Malformed(400, "bad_json", "the body is not UTF-8") from None
    except RecursionError:
        raise Malformed(400, "bad_json", "the body is nested too deeply") from None
    except msgspec.ValidationError as error:
        raise Malformed(400, "bad_body", f"the body is not usable: {error}") from None
    except msgspec.DecodeError as error:
        raise Malformed(400, "bad_json", f"the body is not JSON: {error}") from None


def splice(body: bytes, name: str) -> bytes:
    """Return `body` with the value of its `model` replaced, every other byte as it was.

    Malformed with 400 where the body is not for every parser.
    """
    text = body.decode()
    begin, end = next((begin, end) for key, begin, end in _members(text) if key == "model")
    head, tail = text[:begin].encode(), text[end:].encode()
    return head + msgspec.json.encode(name) + tail


def _check_encoding(request: Request) -> None:
    for coding in request.values(b"content-encoding"):
        if coding.strip().lower() != b"identity":
            raise Malformed(415, "content_coding", "send the body without a content coding")
    for kind in request.values(b"content-type"):
        if kind.partition(b";")[0].strip().lower() != b"application/json":
            raise Malformed(415, "content_type", "send the body as application/json")
        _, mark, charset = kind.lower().replace(b" ", b"").partition(b"charset=")
        # An upstream that obeyed another charset would read other names than we do.
        if mark and charset.strip(b'"; ') not in {b"utf-8", b"utf8", b"us-ascii"}:
            raise Malformed(415, "charset", "send the body in UTF-8")


def _suspicious(body: bytes) -> bool:
    r"""Whether a decisive name may be there twice; never False when it is.

    A second spelling of a name shows as the plain name (any case), as an escaped letter of it
    (\\u004x to \\u007x), or as a letter outside ASCII that folds into one (U+017F, U+212A).
    """
    lower = body.lower()
    return (
        any(lower.count(b'"%b"' % name.encode()) > 1 for name in _ONCE)
        or any(b'"%b"' % name.encode() in lower for name in _ELSEWHERE)
        or (b"\\u" in lower and any(mark in lower for mark in _ESCAPES))
        or any(letter in lower for letter in _FOLDING)
    )


_ESCAPES = (b"\\u004", b"\\u005", b"\\u006", b"\\u007", b"\\u017f", b"\\u212a")
_FOLDING = ("\u017f".encode(), "\u212a".encode().lower())


def _check_names(body: bytes) -> None:
    names = [key.casefold() for key, _, _ in _members(body.decode())]
    for name in _ONCE:
        if names.count(name) > 1:
            raise Malformed(400, "doubled_key", f"`{name}` is in the body more than once")
    for name in _ELSEWHERE:
        if name in names:
            raise _other_models(name)


def _members(text: str) -> list[tuple[str, int, int]]:
    """List the top level's keys with the span of each value; `text` is known to be an object."""
    try:
        return _walked(text)
    except (RecursionError, ValueError):  # deep nesting, or digits without end
        raise Malformed(400, "bad_json", "the body is not JSON that every parser takes") from None


def _walked(text: str) -> list[tuple[str, int, int]]:
    members: list[tuple[str, int, int]] = []
    at = _skip(text, text.index("{") + 1)
    while text[at] != "}":
        key, at = _text.raw_decode(text, at)
        begin = _skip(text, _skip(text, at) + 1)  # over the colon
        _, end = _text.raw_decode(text, begin)
        members.append((key, begin, end))
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return members


def _skip(text: str, at: int) -> int:
    while text[at] in " \t\r\n":
        at += 1
    return at
