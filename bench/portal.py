"""What the portal costs: `./dev bench portal [--json] [--quick]`.

1. A link for a refusal, minted and read back, beside a JWS of the same claims by joserfc.
2. What a visitor costs the portal and the control process together, in one process and without a
   network, beside 100,000 visitors in the first hour: 28 a second.
3. What it costs from a link to the model that is open: key, question, a sworn declaration, the fact on the
   books. It is the way that proves least, so what it costs is what every way costs besides its own proof.
4. What a signal of an identity provider costs the two together, beside one proof by joserfc.
"""

import argparse
import json
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from itertools import count, cycle
from pathlib import Path

from joserfc import jws
from joserfc.jwk import OctKey

from tests.worlds.door import Door, opened_door
from tests.worlds.transmitter import DIGEST, RSA, TOKEN, registered
from tests.worlds.transmitter import signed as set_token
from writ.model.subject import Subject
from writ.people.keys import Wanted
from writ.signing.invitation import Invitation, read_invitation

SECRET = b"s" * 32
SURGE = 100_000 / 3600
"""Visitors a second."""


def rate(work: Callable[[], object], seconds: float) -> float:
    """How often a second."""
    work()
    done, begun = 0, time.perf_counter()
    while (spent := time.perf_counter() - begun) < seconds:
        work()
        done += 1
    return done / spent


def link() -> None:
    """Mint a link and read it."""
    ends = int(time.time()) + 3600
    token = Invitation(b"a" * 16, b"q" * 16, uuid.UUID(int=7), ends).sealed(SECRET)
    read_invitation(token, SECRET, time.time())


def signed() -> None:
    """Do the same as a JWS."""
    key = OctKey.import_key(SECRET)
    said = json.dumps({"sub": "a" * 22, "q": "q" * 22, "jti": str(uuid.UUID(int=7)), "exp": 1})
    made = jws.serialize_compact({"alg": "HS256"}, said.encode(), key)
    jws.deserialize_compact(made, key)


def visit(door: Door, key: str, number: int) -> None:
    """Show a key and see the question, from an address of one's own: tries are limited by it."""
    door.cookies.clear()
    headers = {"x-forwarded-for": f"192.0.2.{number % 250}.{number}"}
    entered = door.ask("POST", "/account", data={"key": key}, headers=headers)
    page = door.ask("GET", "/question?model=fable-5", headers=headers)
    if (entered.status_code, page.status_code) != (303, 200):
        raise RuntimeError(page.text)


def declare(door: Door, key: str, number: int) -> None:
    """Come with a key, swear what is asked, and be let through."""
    door.cookies.clear()
    headers = {"x-forwarded-for": f"192.0.3.{number % 250}.{number}"}
    door.ask("POST", "/account", data={"key": key}, headers=headers)
    page = door.ask("GET", "/question?model=saga-5", headers=headers).text
    form = {"form": page.partition('name="form" value="')[2].partition('"')[0]}
    for path, fields in (
        ("/begin", {"method": "declaration", "question": "0"}),
        ("/with", {"choice": "0.0", "sworn": "yes"}),
    ):
        page = door.ask("POST", path, data={**form, **fields}, headers=headers).text
    if "is open to this account" not in page:
        raise RuntimeError(page)


def strangers(door: Door, people: int) -> Iterator[str]:
    """Make people of whom nothing is known, and give their keys."""
    names = [f"p{number}" for number in range(people)]
    door.site.registry.subjects.add([Subject(name, "person") for name in names])
    return iter([text for _, text in door.site.registry.keys.create([Wanted(n) for n in names])])


def signal(door: Door, token: str) -> None:
    """Push a SET of which nothing falls: proved by the portal, and again by who would act on it."""
    headers = {"authorization": f"Bearer {TOKEN}", "content-type": "application/secevent+jwt"}
    answer = door.send("POST", "/signals/idp", content=token, headers=headers)
    if answer.status_code != 202:
        raise RuntimeError(answer.text)


def proof(token: str) -> Callable[[], object]:
    """Prove the signature of one as joserfc does, and nothing else of it."""
    return lambda: jws.deserialize_compact(token, RSA, algorithms=["RS256"])


def measure(seconds: float) -> list[dict[str, object]]:
    """Take every measure once."""
    ours, theirs = rate(link, seconds), rate(signed, seconds)
    with (
        tempfile.TemporaryDirectory() as folder,
        opened_door(Path(folder), registered(token=DIGEST), portal="per_second = 1000\n") as door,
    ):
        keys, numbers = cycle([door.key("alice") for _ in range(200)]), count()
        visits = rate(lambda: visit(door, next(keys), next(numbers)), seconds)
        fresh = strangers(door, round(100 * seconds) + 10)
        declared = rate(lambda: declare(door, next(fresh), next(numbers)), seconds)
        tokens = iter([set_token(jti=str(number)) for number in range(round(1000 * seconds) + 10)])
        signals = rate(lambda: signal(door, next(tokens)), seconds)
        proofs = rate(proof(set_token()), seconds)
    return [
        {"what": "link", "per_second": ours, "beside": "joserfc", "ratio": ours / theirs},
        {"what": "visit", "per_second": visits, "beside": "surge", "ratio": visits / SURGE},
        {
            "what": "declared",
            "per_second": declared,
            "beside": "surge",
            "ratio": declared / SURGE,
        },
        {"what": "signal", "per_second": signals, "beside": "joserfc", "ratio": signals / proofs},
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--quick", action="store_true", help="a tenth of a second each")
    options = parser.parse_args()
    rows = measure(0.1 if options.quick else 2.0)
    if options.json:
        json.dump({"rows": rows}, sys.stdout, indent=2)
        return
    for row in rows:
        print(
            f"{row['what']:8} {row['per_second']:10,.0f} a second,"
            f" {row['ratio']:.1f} times {row['beside']}"
        )


if __name__ == "__main__":
    main()
