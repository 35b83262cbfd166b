import asyncio
import http.server
import ipaddress
import ssl
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.worlds.secure import secure_server
from writ.errors import Failed, Refused
from writ.people.fetch import Answer, Outgoing, form, json
from writ.people.https import HttpsFetch, inside, public


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers by path."""

    def do_GET(self) -> None:
        """Answer with the host that was asked for, a status, or much."""
        code = int(self.path[1:]) if self.path[1:].isdigit() else 200
        body = b"x" * 1000 if self.path == "/much" else self.headers["Host"].encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        """Answer with what was sent, or with a status."""
        sent = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        code = int(self.path[1:]) if self.path[1:].isdigit() else 201
        names = ("Content-Type", "Accept", "Authorization")
        told = [self.command, *(self.headers.get(name, "") for name in names)]
        body = "\n".join(told).encode() + b"\n" + sent
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(body)

    do_DELETE = do_POST  # noqa: N815  the handler's word for it

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, ssl.SSLContext]]:
    """Serve for all of these tests."""
    with secure_server(tmp_path_factory.mktemp("tls"), Handler) as served:
        yield served


def get(
    source: tuple[int, ssl.SSLContext], path: str, limit: int = 100, host: str = "localhost"
) -> bytes:
    """Fetch from this machine."""
    port, context = source
    fetch = HttpsFetch(context, lambda address: address in {"127.0.0.1", "::1"})
    return asyncio.run(fetch.get(f"https://{host}:{port}{path}", "*/*", limit))


def send(source: tuple[int, ssl.SSLContext], outgoing: Outgoing, limit: int = 200) -> Answer:
    """Send something to this machine, which the operator says is inside."""
    there = replace(outgoing, uri=f"https://localhost:{source[0]}{outgoing.uri}")
    return asyncio.run(HttpsFetch(source[1], inside).send(there, limit))


def test_a_document_is_fetched_by_its_name(source: tuple[int, ssl.SSLContext]) -> None:
    """The connection goes to the address, the request and the certificate to the name."""
    assert f"localhost:{source[0]}".encode() == get(source, "/list")


@pytest.mark.parametrize(
    ("path", "limit", "why"),
    [
        ("/404", 100, "`localhost` answers 404; try again later"),
        ("/302", 100, "`localhost` answers 302; try again later"),
        ("/much", 999, "answers with more than 999 bytes; try again later"),
        ("/404", 1, "`localhost` answers 404; try again later"),
    ],
)
def test_other_answers_have_failed(
    source: tuple[int, ssl.SSLContext], path: str, limit: int, why: str
) -> None:
    """No redirect is followed, and no more is read than asked for."""
    with pytest.raises(Failed, match=why):
        get(source, path, limit)


def test_a_certificate_of_another_name_has_failed(source: tuple[int, ssl.SSLContext]) -> None:
    """The name that was asked for stands in the certificate, or nothing is read."""
    with pytest.raises(Failed, match=r"`127\.0\.0\.1` does not answer"):
        get(source, "/list", host="127.0.0.1")


def test_addresses_inside_are_not_asked(source: tuple[int, ssl.SSLContext]) -> None:
    """A name that leads to this machine or a private network is refused before anything is sent."""
    with pytest.raises(Refused, match="`localhost` is not at a public address"):
        asyncio.run(HttpsFetch(source[1]).get(f"https://localhost:{source[0]}/", "*/*", 1))
    inside = ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1", "100.64.0.1"]
    assert [] == [address for address in inside if public(address)]
    assert public("93.184.216.34")


@pytest.mark.parametrize(
    "uri",
    [
        "http://a.example/",
        "https://",
        "https://me@a.example/",
        "x",
        "https://a.example:99999/",
        "https://a.example:no/",
        "https://[::1",
        "https://a.example/\x07",
        "https://a.example/\ud800",
    ],
)
def test_other_addresses_are_refused(uri: str) -> None:
    """Only plain https is fetched."""
    with pytest.raises(Refused, match="only plain https addresses are fetched"):
        asyncio.run(HttpsFetch().get(uri, "*/*", 1))


def test_a_name_that_is_not_there_has_failed() -> None:
    """What cannot be resolved may be there later."""
    with pytest.raises(Failed, match=r"`nowhere\.invalid` is not found"):
        asyncio.run(HttpsFetch().get("https://nowhere.invalid/", "*/*", 1))


SECRET = {"Authorization": "Basic d3JpdDpzZWNyZXQ="}


def test_a_form_and_a_document_are_sent_with_headers(source: tuple[int, ssl.SSLContext]) -> None:
    """The body comes as it was written, under its type, with the caller's headers."""
    told = "POST\n{}\napplication/json\nBasic d3JpdDpzZWNyZXQ=\n{}"
    sent = form("/token", {"code": "a b", "state": "&="}, SECRET)
    wanted = told.format("application/x-www-form-urlencoded", "code=a+b&state=%26%3D")
    assert Answer(201, wanted.encode()) == send(source, sent)
    sent = json("/sessions", {"b": ["é"], "a": 1}, SECRET)
    wanted = told.format("application/json", '{"a":1,"b":["é"]}')
    assert Answer(201, wanted.encode()) == send(source, sent)
    bare = Outgoing("/sessions/1", verb="DELETE", accept="*/*")
    assert Answer(201, b"DELETE\n\n*/*\n\n") == send(source, bare)


def test_a_refusal_comes_back_with_its_reason(source: tuple[int, ssl.SSLContext]) -> None:
    """What a 4xx means stands in the other side's protocol."""
    refused = send(source, form("/400", {"code": "used"}))
    assert (400, False) == (refused.status, refused.done)
    assert refused.body.endswith(b"code=used")
    assert send(source, Outgoing("/202")).done


@pytest.mark.parametrize("code", ["302", "307", "503"])
def test_what_is_sent_is_sent_to_one_place(source: tuple[int, ssl.SSLContext], code: str) -> None:
    """A redirect would carry secrets elsewhere, and a broken server has not answered."""
    with pytest.raises(Failed, match=f"^`localhost` answers {code}; try again later$"):
        send(source, form(f"/{code}", {}))
    with pytest.raises(Failed, match="answers with more than 3 bytes"):
        send(source, form("/token", {}), 3)


@pytest.mark.parametrize(
    "headers",
    [{"Authorization": "a\r\nHost: b"}, {"Authorization": "clé"}, {"hOST": "b"}, {"Accept": "b"}],
)
def test_headers_do_not_change_whom_we_speak_to(headers: dict[str, str]) -> None:
    """No header ends early, is not ASCII, or is one of ours."""
    name = next(iter(headers))
    with pytest.raises(Refused, match=f"^the header `{name}` cannot be sent$"):
        asyncio.run(HttpsFetch().send(form("https://a.example/", {}, headers), 1))


def test_what_is_sent_is_never_shown() -> None:
    """A trace that shows a request or an answer shows neither secret nor evidence."""
    sent = form("https://a.example/token", {"code": "s3cret"}, {"Authorization": "s3cret"})
    assert "s3cret" not in repr(sent) + repr(Answer(200, b"s3cret"))


@pytest.mark.parametrize("host", [f"{'a' * 70}.example", "a..example"])
def test_a_name_that_cannot_be_is_not_found(host: str) -> None:
    """A name that DNS cannot have has failed, as one that it does not have."""
    with pytest.raises(Failed, match="is not found"):
        asyncio.run(HttpsFetch().get(f"https://{host}/", "*/*", 1))


def test_inside_is_private_but_never_this_link() -> None:
    """A host inside may be on a private network; a cloud's own address for keys is never asked."""
    asked = ["127.0.0.1", "10.1.2.3", "fd00::1", "93.184.216.34"]
    assert asked == [address for address in asked if inside(address)]
    never = ["169.254.169.254", "fe80::1", "0.0.0.0", "::", "224.0.0.1", "ff02::1"]  # noqa: S104
    never += ["::ffff:169.254.169.254", "::ffff:0.0.0.0"]
    assert [] == [address for address in never if inside(address)]


PREFIXES = {
    "mapped": "::ffff:{}",
    "compatible": "::{}",
    "NAT64": "64:ff9b::{}",
    "ISATAP": "2606:4700::5efe:{}",
    "ISATAP, global": "2606:4700::200:5efe:{}",
}


def six(name: str, four: str) -> str:
    """Write an IPv6 address that leads to an IPv4 one."""
    raw = ipaddress.IPv4Address(four).packed
    if name == "6to4":
        return str(ipaddress.IPv6Address(b"\x20\x02" + raw + bytes(10)))
    if name == "Teredo":
        turned = bytes(byte ^ 0xFF for byte in raw)
        server = ipaddress.IPv4Address("93.184.216.34").packed
        return str(ipaddress.IPv6Address(b"\x20\x01\0\0" + server + bytes(4) + turned))
    if name == "Teredo's server":
        return str(ipaddress.IPv6Address(b"\x20\x01\0\0" + raw + bytes(4) + b"\xa2\x47\x27\xdd"))
    return PREFIXES[name].format(four)


CLOTHES = [*PREFIXES, "6to4", "Teredo", "Teredo's server"]


@pytest.mark.parametrize("name", CLOTHES)
def test_an_address_is_judged_by_what_is_in_it(name: str) -> None:
    """A cloud's address for keys is never asked, a private one by no public name, in any clothes."""
    for never in ("169.254.169.254", "224.0.0.1", "0.0.0.0"):  # noqa: S104  what is refused
        assert not inside(six(name, never))
        assert not public(six(name, never))
    for private in ("10.1.2.3", "127.0.0.1", "192.168.1.1", "100.64.0.1"):
        assert inside(six(name, private))
        assert not public(six(name, private))


@pytest.mark.parametrize("name", ["mapped", "NAT64", "6to4", "ISATAP"])
def test_a_public_address_is_asked_through_a_translator(name: str) -> None:
    """A host without IPv4 of its own reaches everybody by such an address."""
    assert public(six(name, "93.184.216.34"))
    assert inside(six(name, "93.184.216.34"))


def test_what_a_network_translates_as_it_likes_is_not_asked() -> None:
    """Where the IPv4 address stands in it, is that network's to say (RFC 8215)."""
    for address in ("64:ff9b:1::93.184.216.34", "64:ff9b:1:5db8:d8:2200::"):
        assert not public(address)
        assert not inside(address)
