"""The one configuration file, `writ.toml`: listeners, paths, upstream addresses and the trust pin.

1. Relative paths are relative to the file's own folder.
2. A key that is not known is a fault; all faults of the file are reported at once, with lines.
3. The administration listener is loopback only: it has no authentication of its own.
4. Nothing here says who may submit, sign or serve; that is in the signed trust document.
"""

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path

from writ.clock import DAY
from writ.errors import Failed, InvalidInput
from writ.model.listeners import (
    Address,
    Certificates,
    PassportFiles,
    Portal,
    Upstream,
    WalletFiles,
    read_address,
)
from writ.model.record import Record, Security
from writ.model.toml_file import TomlFile

DIALECTS = ("openai", "anthropic")
SOCKET_PATH_LIMIT = 107
"""Bytes of a Unix socket's path that Linux takes (unix(7))."""

_BUDGET = 1024 * 1024
_PIN = re.compile(r"(sha256:[0-9a-f]{64})?")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_ORIGIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._/-]{0,199})?")
_WEB_ADDRESS = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?")
_FETCHED = re.compile(r"https://[^\s/?#@]+/[^\s#]*")
_APP_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s?#]+")


@dataclass(frozen=True, slots=True)
class Config:
    """`writ.toml`, read; paths are absolute.

    `portal`, `wallet`, `passport`, `record`, `oidc`, `signals`, `receivers` and `vendors` (the files of
    where people sign in, who sends signals, who is told by them, and who looks at documents) are None
    where there is none, `pin` the digest of the first trust document (empty until there is one),
    `log_origin` what the log's checkpoints are named after (empty: after the pin), `log_folder` where
    it is published, `log_cover` microseconds between two commitments of the cover log,
    `coverage_file` the register of every path to the models, `drill_clock` the shared clock file of
    a drill; `receipts_bytes` is how large a file of receipts gets before the next is begun,
    `keep_ended` for how many microseconds a fact that has ended stays on the books.
    """

    file: Path
    folder: Path
    gateway_listen: Address
    gateway_name: str
    receipts_bytes: int
    admin_listen: Address
    keep_ended: int
    portal: Portal | None
    wallet: WalletFiles | None
    oidc: Path | None
    signals: Path | None
    receivers: Path | None
    vendors: Path | None
    passport: PassportFiles | None
    pin: str
    trust_file: Path
    upstreams: tuple[Upstream, ...]
    record: Record | None
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
    return _Reader(path.absolute(), data, _SECTIONS).config()


class _Reader(TomlFile):
    """Takes the file apart."""

    def config(self) -> Config:
        """Return the configuration, or raise with every fault found."""
        self._known(self.document, "", self.sections)
        data = self._section("data")
        gateway = self._section("gateway")
        admin = self._section("admin")
        trust = self._section("trust")
        drill = self._section("drill")
        log = self._section("log")
        coverage = self._section("coverage")
        keep_ended = self._span(
            self._section("facts"), "facts", "keep_ended", ("90d", "1h", "3660d")
        )
        config = Config(
            file=self.path,
            folder=self._path(data, "data", "folder", "data"),
            gateway_listen=self._address(gateway, "gateway", "127.0.0.1:8080"),
            gateway_name=self._matching(gateway, "gateway", "name", ("gateway-1", _NAME)),
            receipts_bytes=self._whole(gateway, "gateway", "receipts_mib", (64, 1024)) << 20,
            admin_listen=self._address(admin, "admin", "127.0.0.1:8081"),
            keep_ended=keep_ended,
            portal=self._portal(keep_ended),
            wallet=self._wallet(),
            oidc=self._file_of(
                "oidc", "sign-ins need a [portal], where people come from and back to"
            ),
            signals=self._file_of("signals", "signals need a [portal], where they arrive"),
            receivers=self._file_of("receivers", "receivers need a [portal], where your keys are"),
            vendors=self._file_of("vendors", "vendors need a [portal], which leads there"),
            passport=self._passport(),
            pin=self._matching(trust, "trust", "pin", ("", _PIN)),
            trust_file=self._path(trust, "trust", "file", "trust.json"),
            upstreams=self._upstreams(),
            record=self._record(),
            log_origin=self._matching(log, "log", "origin", ("", _ORIGIN)),
            log_folder=self._path(log, "log", "folder", "log"),
            log_post_quantum=self._flag(log, "log", "post_quantum"),
            log_cover=self._span(log, "log", "cover", ("1h", "1m", "1d")),
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

    def _portal(self, keep_ended: int) -> Portal | None:
        if "portal" not in self.document:
            if "certificates" in self.document:
                self._fault("certificates", "certificates need a [portal]; its visitors have them")
            return None
        section = self._section("portal")
        listen, certificates = self._address(section, "portal", "127.0.0.1:8082"), None
        if "certificates" in self.document:
            certificates = self._certificates(listen)
        return Portal(
            listen,
            self._found_at(section, "portal"),
            self._texts(section, "portal", "proxies", ("127.0.0.1",)),
            self._text(section, "portal", "contact", ""),
            self._whole(section, "portal", "per_second", (40, 1000)),
            self._whole(section, "portal", "places", (10_000, 20_000)),
            certificates,
            -(-keep_ended // DAY),
        )

    def _found_at(self, section: dict[str, object], name: str) -> str:
        """Return where people find something."""
        address = self._text(section, name, "address", "")
        if not _WEB_ADDRESS.fullmatch(address):
            self._fault(
                f"{name}.address",
                f"`{address}` is not where people find it, such as https://verify.example.org",
            )
        return address.rstrip("/")

    def _fetched(self, section: dict[str, object], name: str, key: str) -> frozenset[str]:
        """Return the addresses from which something is fetched."""
        if key not in section:
            return frozenset()
        found = self._texts(section, name, key, ())
        for address in sorted(found):
            if not _FETCHED.fullmatch(address):
                self._fault(f"{name}.{key}", f"`{address}` is not an https address")
        return found

    def _certificates(self, beside: Address) -> Certificates:
        section = self._section("certificates")
        listen = self._address(section, "certificates", "127.0.0.1:8083")
        if listen.port == beside.port != 0:
            self._fault("certificates.listen", "certificates need a port that is not the portal's")
        return Certificates(
            listen,
            self._found_at(section, "certificates"),
            self._path(section, "certificates", "issuers", "certificate-issuers.toml"),
            self._path(section, "certificates", "crls", "certificate-crls"),
            self._fetched(section, "certificates", "crl_from"),
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
            self._path(section, "wallet", "crls", "wallet-crls"),
            self._fetched(section, "wallet", "crl_from"),
        )

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
            self._path(section, "passport", "lists", "passport-lists"),
            pins,
            reader,
            self._within(section, "passport", "crl_within"),
            self._fetched(section, "passport", "crl_from"),
        )

    def _record(self) -> Record | None:
        if "record" not in self.document:
            return None
        section = self._section("record")
        address, security = self._found_at(section, "record"), None
        if "security_contacts" in section or "security_expires" in section:
            contacts = sorted(self._texts(section, "record", "security_contacts", ()))
            expires = self._text(section, "record", "security_expires", "")
            security = Security(tuple(contacts), expires)
        operator = self._text(section, "record", "operator", "") or address.partition("://")[2]
        folder = self._path(section, "record", "folder", "record")
        there = "listen" in section
        listen = self._address(section, "record", "127.0.0.1:8084") if there else None
        found = Record(address, folder, operator, security, listen)
        for key, message in found.faults():
            self._fault(key, message)
        return found

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

    def _address(self, table: dict[str, object], at: str, default: str) -> Address:
        text = self._text(table, at, "listen", default)
        try:
            return read_address(text)
        except InvalidInput:
            self._fault(f"{at}.listen", f"`{text}` is not an address such as {default}")
            return Address("127.0.0.1", 0)


_SECTIONS = {
    "data": frozenset({"folder"}),
    "gateway": frozenset({"listen", "name", "receipts_mib"}),
    "admin": frozenset({"listen"}),
    "facts": frozenset({"keep_ended"}),
    "portal": frozenset({"listen", "address", "proxies", "contact", "per_second", "places"}),
    "wallet": frozenset({"issuers", "certificate", "key", "client", "crls", "crl_from"}),
    **dict.fromkeys(("oidc", "signals", "receivers", "vendors"), frozenset({"file"})),
    "passport": frozenset({"lists", "signed_under", "reader", "crl_within", "crl_from"}),
    "certificates": frozenset({"listen", "address", "issuers", "crls", "crl_from"}),
    "trust": frozenset({"pin", "file"}),
    "upstream": frozenset({"name", "address", "dialects", "models", "key_file"}),
    "record": frozenset(
        {"address", "folder", "listen", "operator", "security_contacts", "security_expires"}
    ),
    "log": frozenset({"origin", "folder", "post_quantum", "cover"}),
    "coverage": frozenset({"file"}),
    "drill": frozenset({"clock"}),
}


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
