"""Sections of `writ.toml` as they are handed on: where a process listens, and which files it reads there."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from writ.errors import InvalidInput

_LAST_PORT = 65535
_ADDRESS = re.compile(r"\[?([0-9A-Za-z.:-]+?)\]?:([0-9]{1,5})")


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
class Certificates:
    """Where browsers are asked for a certificate, and whose certificates count.

    `listen` is reached by nothing but the proxy at `address`, whose word it believes. `crls` is the
    folder of lists of revoked certificates, `crl_from` the addresses where they are fetched.
    """

    listen: Address
    address: str
    issuers: Path
    crls: Path
    crl_from: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Portal:
    """Where people prove who they are: the listener, and its address as the world sees it.

    `proxies` are the addresses of reverse proxies whose `X-Forwarded-For` is believed; `contact`
    is how somebody reaches a person (empty: not said); in a rush `per_second` are let in, up to
    `places` at once. What has ended is erased `ended_days` later.
    """

    listen: Address
    address: str
    proxies: frozenset[str]
    contact: str
    per_second: int = 40
    places: int = 10_000
    certificates: Certificates | None = None
    ended_days: int = 90


@dataclass(frozen=True, slots=True)
class WalletFiles:
    """What wallets are asked with: whose credentials count, our certificate for asking, its key.

    `client` is the prefix of the client id (OpenID4VP 1.0 section 5.9.3). `crls` is the folder of
    lists of revoked certificates, `crl_from` the addresses where they are fetched.
    """

    issuers: Path
    certificate: Path
    key: Path
    client: Literal["x509_hash", "x509_san_dns"]
    crls: Path
    crl_from: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PassportFiles:
    """What passports are proved against: master lists, and whose word they count on.

    `signed_under` are the digests of certificates that may stand above a list's signer; `reader`
    is the address that opens the app that reads chips. `crl_within` are the microseconds within
    which a state has to have said whom it revoked (None: that is not asked for), `crl_from` the
    addresses where that is fetched.
    """

    lists: Path
    signed_under: frozenset[str]
    reader: str
    crl_within: int | None = None
    crl_from: frozenset[str] = frozenset()


def read_address(text: str) -> Address:
    """Read `HOST:PORT`; anything else is InvalidInput."""
    match = _ADDRESS.fullmatch(text)
    if match is None or int(match[2]) > _LAST_PORT:
        raise InvalidInput(f"`{text}` is not an address such as 127.0.0.1:8080")
    return Address(match[1], int(match[2]))
