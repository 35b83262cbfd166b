"""The one configuration file, `writ.toml`: listeners, paths, upstream addresses and the trust pin.

1. Relative paths are relative to the file's own folder.
2. A key that is not known is a fault; all faults of the file are reported at once, with lines.
3. The administration listener is loopback only: it has no authentication of its own.
4. Nothing here says who may submit, sign or serve; that is in the signed trust document.
"""

import ipaddress
import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from writ.clock import DAY, HOUR, MINUTE, parse_duration
from writ.errors import Failed, Fault, InvalidInput
from writ.model.places import read_places

DIALECTS = ("openai", "anthropic")
SOCKET_PATH_LIMIT = 107
"""Bytes of a Unix socket's path that Linux takes (unix(7))."""

_BUDGET = 1024 * 1024
_LAST_PORT = 65535
_PIN = re.compile(r"(sha256:[0-9a-f]{64})?")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_ADDRESS = re.compile(r"\[?([0-9A-Za-z.:-]+?)\]?:([0-9]{1,5})")
_ORIGIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._/-]{0,199})?")
_WEB_ADDRESS = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?")
_APP_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s?#]+")
_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)|\(at end of document\)")


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen; port 0 asks the system for a free one."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Upstream:
    """A model server: the dialects it speaks, the models it serves (`*`: all), its own API key."""

    name: str
    address: str
    dialects: frozenset[str]
    models: frozenset[str]
    key_file: Path | None


@dataclass(frozen=True, slots=True)
class Portal:
    """Where people prove who they are: the listener, and its address as the world sees it.

    `proxies` are the addresses of reverse proxies whose `X-Forwarded-For` is believed; `contact`
    is how somebody reaches a person (empty: not said); in a rush `per_second` are let in, up to
    `places` at once.
    """

    listen: Address
    address: str
    proxies: frozenset[str]
    contact: str
    per_second: int = 40
    places: int = 10_000


@dataclass(frozen=True, slots=True)
class WalletFiles:
    """What wallets are asked with: whose credentials count, our certificate for asking, its key.

    `client` is the prefix of the client id (OpenID4VP 1.0 section 5.9.3).
    """

    issuers: Path
    certificate: Path
    key: Path
    client: Literal["x509_hash", "x509_san_dns"]


@dataclass(frozen=True, slots=True)
class PassportFiles:
    """What passports are proved against: a master list, and whose word it counts on.

    `signed_under` are the digests of certificates that may stand above the list's signer; `reader`
    is the address that opens the app that reads chips.
    """

    master_list: Path
    signed_under: frozenset[str]
    reader: str


@dataclass(frozen=True, slots=True)
class Config:
    """`writ.toml`, read; paths are absolute.

    `portal`, `wallet`, `passport`, `oidc`, `signals` and `vendors` (the files of where people sign in,
    who sends signals, and who looks at documents) are None where there is none, `pin` the digest of
    the first trust document (empty until there is one), `record_link` the operator's public record
    (empty: none), `log_origin` what the
    log's checkpoints are named after (empty: after the pin), `log_folder` where it is published,
    `log_cover` microseconds between two commitments of the cover log,
    `coverage_file` the register of every path to the models, `drill_clock` the shared clock file of
    a drill.
    """

    file: Path
    folder: Path
    gateway_listen: Address
    gateway_name: str
    admin_listen: Address
    portal: Portal | None
    wallet: WalletFiles | None
    oidc: Path | None
    signals: Path | None
    vendors: Path | None
    passport: PassportFiles | None
    pin: str
    trust_file: Path
    upstreams: tuple[Upstream, ...]
    record_link: str
    log_origin: str
    log_folder: Path
    log_post_quantum: bool
    log_cover: int
    coverage_file: Path
    drill_clock: Path | None

    @property
    def control_socket(self) -> Path:
        """Where the control process answers the command line."""
        return self.folder / "control.sock"

    @property
    def seam_socket(self) -> Path:
        """Where the control process feeds gateways."""
        return self.folder / "seam.sock"

    @property
    def portal_socket(self) -> Path:
        """Where the control process answers the portal, and nothing but what a portal needs."""
        return self.folder / "portal.sock"

    @property
    def invitations(self) -> Path:
        """The secret that closes the links of refusals (see `writ.signing.invitation`)."""
        return self.folder / "invitations.secret"

    @property
    def erasures(self) -> Path:
        """Where it is noted what vendors have yet to forget."""
        return self.folder / "vendors"

    def method_key(self, name: str) -> Path:
        """Where the key lies of a verification method that this deployment itself carries out."""
        return self.folder / "methods" / f"{name}.key"

    @property
    def lock(self) -> Path:
        """Held exclusively by whoever has the store open."""
        return self.folder / "lock"

    @property
    def database(self) -> Path:
        """Where the store is."""
        return self.folder / "writ.sqlite"


def read_address(text: str) -> Address:
    """Read `HOST:PORT`; anything else is InvalidInput."""
    match = _ADDRESS.fullmatch(text)
    if match is None or int(match[2]) > _LAST_PORT:
        raise InvalidInput(f"`{text}` is not an address such as 127.0.0.1:8080")
    return Address(match[1], int(match[2]))


def read_config(path: Path) -> Config:
    """Read `writ.toml`; everything wrong with it is one InvalidInput."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InvalidInput(f"no configuration at `{path}`; make one with `writ init`") from None
    except OSError as error:
        raise Failed(f"cannot read `{path}`: {error.strerror}") from None
    if len(data) > _BUDGET:
        raise InvalidInput(f"`{path}` is larger than 1 MiB; this is not a configuration")
    return _Reader(path.absolute(), data).config()


class _Reader:
    """Takes the parsed file apart, collecting faults."""

    def __init__(self, path: Path, data: bytes) -> None:
        self.path = path
        self.faults: list[Fault] = []
        try:
            self.text = data.decode()
        except UnicodeDecodeError:
            raise InvalidInput([Fault(str(path), 1, 1, "not UTF-8 text")]) from None
        try:
            self.document: dict[str, object] = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            raise InvalidInput([self._syntax(str(error))]) from None
        self.lines = read_places(self.text)

    def config(self) -> Config:
        """Return the configuration, or raise with every fault found."""
        self._known(self.document, "", _SECTIONS)
        data = self._section("data")
        gateway = self._section("gateway")
        admin = self._section("admin")
        trust = self._section("trust")
        drill = self._section("drill")
        log = self._section("log")
        coverage = self._section("coverage")
        config = Config(
            file=self.path,
            folder=self._path(data, "data", "folder", "data"),
            gateway_listen=self._address(gateway, "gateway", "127.0.0.1:8080"),
            gateway_name=self._matching(gateway, "gateway", "name", ("gateway-1", _NAME)),
            admin_listen=self._address(admin, "admin", "127.0.0.1:8081"),
            portal=self._portal(),
            wallet=self._wallet(),
            oidc=self._file_of(
                "oidc", "sign-ins need a [portal], where people come from and back to"
            ),
            signals=self._file_of("signals", "signals need a [portal], where they arrive"),
            vendors=self._file_of("vendors", "vendors need a [portal], which leads there"),
            passport=self._passport(),
            pin=self._matching(trust, "trust", "pin", ("", _PIN)),
            trust_file=self._path(trust, "trust", "file", "trust.json"),
            upstreams=self._upstreams(),
            record_link=self._text(self._section("record"), "record", "link", ""),
            log_origin=self._matching(log, "log", "origin", ("", _ORIGIN)),
            log_folder=self._path(log, "log", "folder", "log"),
            log_post_quantum=self._flag(log, "log", "post_quantum"),
            log_cover=self._pace(log, "log", "cover", "1h"),
            coverage_file=self._path(coverage, "coverage", "file", "coverage.yaml"),
            drill_clock=self._path(drill, "drill", "clock", "") if drill.get("clock") else None,
        )
        if not _loopback(config.admin_listen.host):
            self._fault(
                "admin.listen", "must be a loopback address; this listener asks nobody who they are"
            )
        if len(str(config.control_socket).encode()) > SOCKET_PATH_LIMIT:
            self._fault(
                "data.folder",
                f"path too long for the sockets in it ({SOCKET_PATH_LIMIT} bytes at most)",
            )
        if self.faults:
            raise InvalidInput(self.faults)
        return config

    def _portal(self) -> Portal | None:
        if "portal" not in self.document:
            return None
        section = self._section("portal")
        address = self._text(section, "portal", "address", "")
        if not _WEB_ADDRESS.fullmatch(address):
            self._fault(
                "portal.address",
                f"`{address}` is not where people find it, such as https://verify.example.org",
            )
        return Portal(
            self._address(section, "portal", "127.0.0.1:8082"),
            address.rstrip("/"),
            self._texts(section, "portal", "proxies", ("127.0.0.1",)),
            self._text(section, "portal", "contact", ""),
            self._whole(section, "portal", "per_second", (40, 1000)),
            self._whole(section, "portal", "places", (10_000, 20_000)),
        )

    def _wallet(self) -> WalletFiles | None:
        if "wallet" not in self.document:
            return None
        if "portal" not in self.document:
            self._fault("wallet", "wallets need a [portal], where they are shown the way")
        section = self._section("wallet")
        client = self._text(section, "wallet", "client", "x509_hash")
        if client not in {"x509_hash", "x509_san_dns"}:
            self._fault("wallet.client", f"`{client}` is neither x509_hash nor x509_san_dns")
        return WalletFiles(
            self._path(section, "wallet", "issuers", "wallet-issuers.toml"),
            self._path(section, "wallet", "certificate", "wallet.pem"),
            self._path(section, "wallet", "key", "wallet.key"),
            "x509_san_dns" if client == "x509_san_dns" else "x509_hash",
        )

    def _file_of(self, name: str, without: str) -> Path | None:
        """Return the file that a section names, which needs a portal beside it."""
        if name not in self.document:
            return None
        if "portal" not in self.document:
            self._fault(name, without)
        return self._path(self._section(name), name, "file", f"{name}.toml")

    def _passport(self) -> PassportFiles | None:
        if "passport" not in self.document:
            return None
        section = self._section("passport")
        pins: frozenset[str] = frozenset()
        if "signed_under" in section:
            pins = self._texts(section, "passport", "signed_under", ())
        for pin in sorted(pins):
            if not pin or not _PIN.fullmatch(pin):
                self._fault(
                    "passport.signed_under",
                    f"`{pin}` is no digest; write `sha256:` and 64 hex digits",
                )
        reader = self._text(section, "passport", "reader", "writ-passport://read")
        if not _APP_ADDRESS.fullmatch(reader):
            self._fault(
                "passport.reader", f"`{reader}` is not what opens an app, such as my-app://passport"
            )
        return PassportFiles(
            self._path(section, "passport", "master_list", "passport-authorities.ml"), pins, reader
        )

    def _upstreams(self) -> tuple[Upstream, ...]:
        rows = self.document.get("upstream", [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self._fault("upstream", "write each upstream under its own [[upstream]]")
            return ()
        upstreams = tuple(self._upstream(index, row) for index, row in enumerate(rows))
        names = [upstream.name for upstream in upstreams]
        for index, name in enumerate(names):
            if name in names[:index]:
                self._fault(f"upstream.{index}.name", f"`{name}` is taken by another upstream")
        return upstreams

    def _upstream(self, index: int, row: dict[str, object]) -> Upstream:
        at = f"upstream.{index}"
        self._known(row, at, _SECTIONS["upstream"])
        address = self._text(row, at, "address", "")
        if not _WEB_ADDRESS.fullmatch(address):
            self._fault(
                f"{at}.address",
                f"`{address}` is not an http(s) address such as http://127.0.0.1:9000",
            )
        dialects = self._texts(row, at, "dialects", DIALECTS)
        for dialect in sorted(dialects - set(DIALECTS)):
            self._fault(
                f"{at}.dialects", f"unknown dialect `{dialect}`; known are {', '.join(DIALECTS)}"
            )
        return Upstream(
            name=self._matching(row, at, "name", ("main", _NAME)),
            address=address.rstrip("/"),
            dialects=dialects,
            models=self._texts(row, at, "models", ("*",)),
            key_file=self._path(row, at, "key_file", "") if row.get("key_file") else None,
        )

    def _section(self, name: str) -> dict[str, object]:
        section = self.document.get(name, {})
        if not isinstance(section, dict):
            self._fault(name, f"write this as a section, [{name}]")
            return {}
        self._known(section, name, _SECTIONS[name])
        return section

    def _known(self, table: dict[str, object], at: str, known: Collection[str]) -> None:
        for key in table:
            if key not in known:
                place = f"{at}.{key}" if at else key
                self._fault(
                    place, f"unknown key `{key}`; known here are {', '.join(sorted(known))}"
                )

    def _text(self, table: dict[str, object], at: str, key: str, default: str) -> str:
        value = table.get(key, default)
        if isinstance(value, str):
            return value
        self._fault(f"{at}.{key}", "must be a text in quotes")
        return default

    def _texts(
        self, table: dict[str, object], at: str, key: str, default: tuple[str, ...]
    ) -> frozenset[str]:
        value = table.get(key, list(default))
        if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
            return frozenset(value)
        self._fault(f"{at}.{key}", "must be a list of texts with at least one entry")
        return frozenset(default)

    def _matching(
        self, table: dict[str, object], at: str, key: str, rule: tuple[str, re.Pattern[str]]
    ) -> str:
        default, pattern = rule
        text = self._text(table, at, key, default)
        if not pattern.fullmatch(text):
            wanted = (
                "`sha256:` and 64 hex digits" if key == "pin" else "letters, digits, `.`, `_`, `-`"
            )
            self._fault(f"{at}.{key}", f"`{text}` is not right here; write {wanted}")
        return text

    def _whole(self, table: dict[str, object], at: str, key: str, rule: tuple[int, int]) -> int:
        default, most = rule
        value = table.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most:
            return value
        self._fault(f"{at}.{key}", f"must be a whole number from 1 to {most}")
        return default

    def _flag(self, table: dict[str, object], at: str, key: str) -> bool:
        value = table.get(key, False)
        if not isinstance(value, bool):
            self._fault(f"{at}.{key}", "must be true or false")
        return value is True

    def _pace(self, table: dict[str, object], at: str, key: str, default: str) -> int:
        text = self._text(table, at, key, default)
        try:
            span = parse_duration(text)
        except InvalidInput:
            span = 0
        if not MINUTE <= span <= DAY:
            self._fault(f"{at}.{key}", f"`{text}` is not a pace from 1m to 1d, such as {default}")
            return HOUR
        return span

    def _path(self, table: dict[str, object], at: str, key: str, default: str) -> Path:
        text = self._text(table, at, key, default)
        if not text or "\0" in text:
            self._fault(f"{at}.{key}", "must name a path")
        return self.path.parent / text.replace("\0", "")

    def _address(self, table: dict[str, object], at: str, default: str) -> Address:
        text = self._text(table, at, "listen", default)
        try:
            return read_address(text)
        except InvalidInput:
            self._fault(f"{at}.listen", f"`{text}` is not an address such as {default}")
            return Address("127.0.0.1", 0)

    def _fault(self, key: str, message: str) -> None:
        section = key.rpartition(".")[0]
        line, column = self.lines.get(key) or self.lines.get(section, (0, 0))
        self.faults.append(Fault(str(self.path), line, column, f"{key}: {message}"))

    def _syntax(self, message: str) -> Fault:
        match = _PLACE.search(message)
        last = self.text.count("\n") + 1
        line = int(match[1]) if match and match[1] else last
        column = int(match[2]) if match and match[2] else 1
        text = _PLACE.sub("", message).strip()
        return Fault(str(self.path), line, column, text[:1].lower() + text[1:])


_SECTIONS = {
    "data": frozenset({"folder"}),
    "gateway": frozenset({"listen", "name"}),
    "admin": frozenset({"listen"}),
    "portal": frozenset({"listen", "address", "proxies", "contact", "per_second", "places"}),
    "wallet": frozenset({"issuers", "certificate", "key", "client"}),
    "oidc": frozenset({"file"}),
    "signals": frozenset({"file"}),
    "vendors": frozenset({"file"}),
    "passport": frozenset({"master_list", "signed_under", "reader"}),
    "trust": frozenset({"pin", "file"}),
    "upstream": frozenset({"name", "address", "dialects", "models", "key_file"}),
    "record": frozenset({"link"}),
    "log": frozenset({"origin", "folder", "post_quantum", "cover"}),
    "coverage": frozenset({"file"}),
    "drill": frozenset({"clock"}),
}


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
