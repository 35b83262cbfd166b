"""The wallet and issuer of npm_wallet/, running on Node.js."""

import json
import os
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric import ec

from tests.worlds.issuers import Authority, b64, jwk, x5c
from tests.worlds.npm import NODE, installed

HERE = Path(__file__).parent / "npm_wallet"


def private_jwk(key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    """Write a key with its private half."""
    size = (key.curve.key_size + 7) // 8
    return jwk(key) | {"d": b64(key.private_numbers().private_value.to_bytes(size))}


class NodeWallet:
    """One process that issues and presents."""

    def __init__(self) -> None:
        folder = installed(HERE)
        self._process = subprocess.Popen(
            [NODE, "wallet.mjs"],
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
