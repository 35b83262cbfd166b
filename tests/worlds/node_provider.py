"""The OpenID provider of npm_provider/: oidc-provider, which is certified, on Node.js over TLS."""

import json
import os
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from joserfc.jwk import RSAKey

from tests.worlds.issuers import DAY, root
from tests.worlds.npm import NODE, installed
from writ.clock import wall

HERE = Path(__file__).parent / "npm_provider"


@dataclass(frozen=True)
class NodeProvider:
    """Where it is, and whose certificate it has."""

    issuer: str
    authorities: str


def free_port() -> int:
    """A port that nobody has at present."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def node_provider(
    clients: Sequence[Mapping[str, Any]], people: Mapping[str, Mapping[str, Any]]
) -> Iterator[NodeProvider]:
    """Run it, signing with RS256 as most do, until the test is over."""
    port = free_port()
    span: dict[str, Any] = {"since": wall() - DAY, "until": wall() + DAY}
    authority = root(**span)
    server = authority.issue("localhost", number=3, dns=["localhost"], **span)
    key = server.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    told = {
        "issuer": f"https://localhost:{port}",
        "port": port,
        "key": key.decode(),
        "cert": server.pem,
        "keys": [RSAKey.generate_key(2048, {"use": "sig", "kid": "r1"}).as_dict(private=True)],
        "clients": clients,
        "people": people,
    }
    process = subprocess.Popen(
        [NODE, "provider.mjs"],
        cwd=installed(HERE),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={"PATH": os.environ["PATH"]},
    )
    with process:  # closes its input at the end, which ends it, and waits
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(told) + "\n")
        process.stdin.flush()
        for line in process.stdout:
            if line == "ready\n":
                break
        yield NodeProvider(str(told["issuer"]), authority.pem)
