"""A house that checks documents, with the two front doors of Persona and of Veriff.

It is written from their public API references and from none of our code: what we send and what we
take is read a second time. It speaks TLS on loopback, as localhost. Names, birth dates and numbers
that stand in its answers and notices are there to be looked for afterwards.
"""

import hashlib
import hmac
import http.server
import json
import ssl
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives import serialization

from tests.worlds.issuers import DAY, root
from writ.clock import wall

PERSONA_KEY, VERIFF_KEY = "persona_production_0123456789", "veriff-key-0123456789"
SECRET = b"wbhsec_0123456789"
TEMPLATE = "itmpl_0123456789"
PERSONAL = {
    "name-last": "Kowalczyk-Unforgettable",
    "birthdate": "1987-03-14",
    "photo-urls": [{"url": "https://files.withpersona.com/front.jpg?access-token=Unforgettable"}],
}
US_PASSPORT: dict[str, Any] = {
    "id-class": "pp",
    "country-code": "US",
    "nationality": "USA",
    "identification-number": "X97531864",
    "expiration-date": "2031-04-01",
}
GREEN_CARD = US_PASSPORT | {"id-class": "pr", "nationality": "FRA", "identification-number": "A42"}


@dataclass
class Sitting:
    """One person before the camera."""

    id: str
    door: str
    back: str
    status: str = "created"
    papers: list[dict[str, Any]] = field(default_factory=list)
    selfie: bool = True


@dataclass
class House:
    """What stands in its books; `down` answers 503, `keeps` refuses to erase."""

    address: str
    context: ssl.SSLContext
    sittings: dict[str, Sitting] = field(default_factory=dict)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    down: bool = False
    keeps: bool = False
    odd: bytes | None = None

    @property
    def last(self) -> Sitting:
        """Whoever sat down last."""
        return list(self.sittings.values())[-1]

    def show(self, status: str, *papers: dict[str, Any], selfie: bool = True) -> Sitting:
        """Have whoever sat down last show papers, and be decided about."""
        sitting = self.last
        sitting.papers = [{"status": "passed", **paper} for paper in papers]
        sitting.status, sitting.selfie = status, selfie
        return sitting

    def persona_event(self, sitting: Sitting, now: float, *, secret: bytes = SECRET) -> Any:
        """Return the headers and the body of an event, as Persona sends it."""
        payload = self.inquiry(sitting, {})
        attributes = {"name": f"inquiry.{sitting.status}", "payload": payload}
        event = {"type": "event", "id": f"evt_{uuid.uuid4().hex}", "attributes": attributes}
        body = json.dumps({"data": event}, indent=1).encode()
        self.sent.append(body)
        return {"persona-signature": timed(secret, int(now), body)}, body

    def veriff_event(self, sitting: Sitting, *, secret: bytes = SECRET) -> Any:
        """Return the headers and the body of a decision, as Veriff sends it."""
        body = json.dumps(self.decision(sitting)).encode()
        self.sent.append(body)
        return {"x-auth-client": VERIFF_KEY, "x-hmac-signature": mac(secret, body)}, body

    # -- what is answered --------------------------------------------------------------------

    def answer(self, verb: str, path: str, headers: Any, body: bytes) -> tuple[int, Any]:
        """Answer an API call, as documented."""
        split = urlsplit(path)
        self.asked.append((verb, path, json.loads(body) if body else None))
        if self.down:
            return 503, {}
        if split.path.startswith("/api/v1/"):
            if (
                headers["Authorization"] != f"Bearer {PERSONA_KEY}"
                or not headers["Persona-Version"]
            ):
                return 401, {"errors": [{"title": "Unauthorized"}]}
            return self._persona(verb, split.path.split("/")[3:], split.query, body)
        return self._veriff(verb, split.path.split("/")[2:], headers, body)

    def _persona(self, verb: str, parts: list[str], query: str, body: bytes) -> tuple[int, Any]:
        match verb, parts:
            case "POST", ["inquiries"]:
                asked = json.loads(body)
                attributes = asked["data"]["attributes"]
                assert attributes["inquiry-template-id"] == TEMPLATE
                assert asked["meta"]["auto-create-account"] is False
                made = self._sit("persona", f"inq_{uuid.uuid4().hex}", attributes["redirect-uri"])
                return 201, self.inquiry(made, {})
            case "POST", ["inquiries", id_, "generate-one-time-link"]:
                link = f"{self.address}/verify?code={id_}"
                return 200, {
                    **self.inquiry(self.sittings[id_], {}),
                    "meta": {"one-time-link": link},
                }
            case "GET", ["inquiries", id_] if id_ in self.sittings:
                fields = {
                    name[7:-1]: set(texts[0].split(","))
                    for name, texts in parse_qs(query).items()
                    if name.startswith("fields[")
                }
                assert parse_qs(query)["include"] == ["verifications"]
                return 200, self.inquiry(self.sittings[id_], fields)
            case "DELETE", ["inquiries", id_]:
                return self._erase(id_)
            case _:
                pass
        return 404, {"errors": [{"title": "Record not found"}]}

    def _veriff(self, verb: str, parts: list[str], headers: Any, body: bytes) -> tuple[int, Any]:
        if headers["X-AUTH-CLIENT"] != VERIFF_KEY:
            return 401, {"status": "fail", "code": "1801"}
        if verb == "POST" and parts == ["sessions"]:
            back = json.loads(body)["verification"]["callback"]
            made = self._sit("veriff", str(uuid.uuid4()), back)
            url = f"{self.address}/verify?code={made.id}"
            return 201, {"status": "success", "verification": {"id": made.id, "url": url}}
        if headers["X-HMAC-SIGNATURE"] != mac(SECRET, parts[1].encode()):
            return 401, {"status": "fail", "code": "1812"}
        if verb == "DELETE":
            return self._erase(parts[1])
        if parts[1] not in self.sittings:
            return 404, {"status": "fail", "code": "1301"}
        return 200, self.decision(self.sittings[parts[1]])

    def _sit(self, door: str, id_: str, back: str) -> Sitting:
        self.sittings[id_] = Sitting(id_, door, back)
        return self.sittings[id_]

    def _erase(self, id_: str) -> tuple[int, Any]:
        if self.keeps:
            return 403, {"errors": []}
        self.erased.append(id_)
        return (200, {}) if self.sittings.pop(id_, None) else (404, {})

    def inquiry(self, sitting: Sitting, fields: dict[str, set[str]]) -> Any:
        """Write an inquiry with its verifications, of each only the fields that were asked for."""
        included = [
            {
                "type": "verification/government-id",
                "id": f"ver_{at}",
                "attributes": paper | PERSONAL,
            }
            for at, paper in enumerate(sitting.papers)
        ]
        if sitting.selfie and sitting.papers:
            face = {"status": "passed", "center-photo-url": "https://files.withpersona.com/u.jpg"}
            included.append({"type": "verification/selfie", "id": "ver_s", "attributes": face})
        own: dict[str, Any] = {"status": sitting.status, "reference-id": None, "fields": {}}
        data = {"type": "inquiry", "id": sitting.id, "attributes": own}
        for item in (data, *included):
            wanted = fields.get(str(item["type"]))
            told: Any = item["attributes"]
            if wanted is not None:
                item["attributes"] = {name: told[name] for name in told if name in wanted}
        return {"data": data, "included": included}

    def decision(self, sitting: Sitting) -> Any:
        """Write a decision; there is none until somebody decided."""
        codes = {
            "approved": 9001, "declined": 9102, "resubmission_requested": 9103,
            "expired": 9104, "abandoned": 9104, "review": 9121,
        }  # fmt: skip
        if sitting.status not in codes:
            return {"status": "success", "verification": None}
        paper = sitting.papers[0] if sitting.papers else {}
        types = {"pp": "PASSPORT", "id": "ID_CARD", "pr": "RESIDENCE_PERMIT"}
        insights = [
            {"label": "documentNotExpired", "result": "yes", "category": "document"},
            {"label": "faceSimilarToPortrait", "result": "yes" if sitting.selfie else "no"},
        ]
        verification = {
            "id": sitting.id,
            "attemptId": str(uuid.uuid4()),
            "status": sitting.status,
            "code": codes[sitting.status],
            "reason": None,
            "vendorData": None,
            "person": {
                "lastName": PERSONAL["name-last"],
                "dateOfBirth": PERSONAL["birthdate"],
                "nationality": paper.get("nationality"),
            },
            "document": {
                "type": types.get(paper.get("id-class", "")),
                "country": paper.get("country-code"),
                "number": paper.get("identification-number"),
                "validUntil": paper.get("expiration-date"),
            },
            "insights": insights,
        }
        return {"status": "success", "verification": verification}


def mac(secret: bytes, data: bytes) -> str:
    """HMAC-SHA256 in hex."""
    return hmac.new(secret, data, hashlib.sha256).hexdigest()


def timed(secret: bytes, at: int, body: bytes) -> str:
    """A signature that names its instant."""
    return f"t={at},v1={mac(secret, f'{at}.'.encode() + body)}"


@contextmanager
def house(folder: Path) -> Iterator[House]:
    """Open the house until the test is over."""
    span: dict[str, Any] = {"since": wall() - DAY, "until": wall() + DAY}
    authority = root(**span)
    server = authority.issue("localhost", number=3, dns=["localhost"], **span)
    pem = folder / "house.pem"
    pem.write_bytes(
        server.pem.encode()
        + server.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _door(found := []))
    listener.socket = context.wrap_socket(listener.socket, server_side=True)
    trusting = ssl.create_default_context(cadata=authority.pem)
    found.append(House(f"https://localhost:{listener.server_address[1]}", trusting))
    thread = threading.Thread(target=listener.serve_forever)
    thread.start()
    try:
        yield found[0]
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()


def _door(found: list[House]) -> type[http.server.BaseHTTPRequestHandler]:
    class Door(http.server.BaseHTTPRequestHandler):
        def _api(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if found[0].odd is not None:
                self._send(200, "application/json", found[0].odd)
                return
            status, told = found[0].answer(self.command, self.path, self.headers, body)
            self._send(status, "application/json", json.dumps(told).encode())

        do_POST = do_DELETE = _api  # noqa: N815  the names that the standard library calls

        def do_GET(self) -> None:
            """Answer the API; or be the page where somebody sits before the camera."""
            split = urlsplit(self.path)
            if split.path not in {"/verify", "/done"}:
                self._api()
                return
            sitting = found[0].sittings[parse_qs(split.query)["code"][0]]
            if split.path == "/verify":
                page = f'<!doctype html><h1>Camera</h1><a href="/done?code={sitting.id}">Smile</a>'
                self._send(200, "text/html", page.encode())
                return
            extra = {"inquiry-id": sitting.id, "status": "completed"}
            told = f"&{urlencode(extra)}" if sitting.door == "persona" else ""
            self.send_response(302)
            self.send_header("Location", sitting.back + told)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _send(self, status: int, kind: str, data: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Door
