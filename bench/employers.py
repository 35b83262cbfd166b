"""What determinations cost: `./dev bench employers [--json] [--people N]`.

The same people, each a US citizen and an employee: by the facts alone, as `writ facts import` takes
them in; by a file that their employer signed; and by SCIM, one call each, through the portal and
the control process without a network.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.worlds.door import Door, opened_door
from writ.clock import DAY, WallClock, format_instant
from writ.model.subject import Fact, Subject, Value
from writ.people.employers.credentials import Wanted
from writ.people.employers.roster import read_roster, sign_roster, signed_by
from writ.people.end_users import EndUser
from writ.people.statement import attest
from writ.signing.keys import KeyPair

URN = "urn:writ:params:scim:schemas:extension:determination:1.0:User"
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"


def timed(work: Callable[[], object], people: int) -> float:
    """How many people a second."""
    begun = time.perf_counter()
    work()
    return people / (time.perf_counter() - begun)


def imported(door: Door, names: list[str], at: int) -> None:
    """Take the facts in, signed by a method that the operator trusts."""
    span = ("at_least", 2, "idv", "idv", at)
    lines = []
    for name in names:
        for attribute, value in (("citizenships", ("US", "")), ("employer", ("acme", "employee"))):
            fact = Fact(attribute, (Value(value),), *span)  # type: ignore[arg-type]  # in order
            lines.append(attest(name, fact, door.office.idv).json())
    door.site.registry.facts.take_in(b"\n".join(lines), None, skip_bad=False)


def filed(door: Door, users: list[str], at: int) -> None:
    """Sign a file, and take it in."""
    pair = KeyPair.generate()
    made, _ = door.site.employers().add(Wanted("acme", 2, public=pair.public))
    rows = [f"{user},US,employee,document,hr-7,{format_instant(at)}" for user in users]
    header = "user,citizenships,employment,basis,determined_by,determined_at"
    data = "\n".join([header, *rows]).encode()
    signed_by(sign_roster(data, "acme", pair), [pair.public])
    door.site.personnel().take_in(made, read_roster(data, "acme", door.site.clock.now()))


def spoken(door: Door, users: list[str], at: int) -> None:
    """Say it of each over SCIM."""
    _, token = door.site.employers().add(Wanted("acme", 2))
    said = {
        "declaration": "no-employment-eligibility-data",
        "determinedBy": "hr-7",
        "determinedAt": format_instant(at),
        "basis": "document",
        "citizenships": ["US"],
        "employment": "employee",
    }
    for number, user in enumerate(users):
        headers = {"x-forwarded-for": f"192.0.2.{number % 250}"}
        body = {"schemas": [CORE, URN], "userName": user, URN: {"determination": said}}
        answer = door.scim("POST", "/Users", str(token), headers=headers, json=body)
        while answer.status_code == 429:  # it is asked faster than an employer may
            time.sleep(float(answer.headers["retry-after"]))
            answer = door.scim("POST", "/Users", str(token), headers=headers, json=body)
        if answer.status_code != 201:
            sys.exit(f"{answer.status_code}: {answer.text}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--people", type=int, default=300)
    wish = parser.parse_args()
    at = WallClock().now() - DAY
    with tempfile.TemporaryDirectory() as name, opened_door(Path(name)) as door:
        registry = door.site.registry
        groups = [[f"{kind}-{n}" for n in range(wish.people)] for kind in ("a", "b", "c")]
        every = [user for group in groups for user in group]
        registry.subjects.add([Subject(user, "person") for user in every])
        registry.end_users.add([EndUser("acme", user, user) for user in every])
        facts = timed(lambda: imported(door, groups[0], at), wish.people)
        file = timed(lambda: filed(door, groups[1], at), wish.people)
        scim = timed(lambda: spoken(door, groups[2], at), wish.people)
    figures = {
        "facts_per_second": round(facts, 1),
        "file_per_second": round(file, 1),
        "scim_per_second": round(scim, 1),
        "file_to_facts": round(file / facts, 3),
        "scim_to_facts": round(scim / facts, 3),
    }
    if wish.json:
        sys.stdout.write(json.dumps(figures) + "\n")
        return
    print(f"people a second: {facts:.0f} as facts, {file:.0f} in a file, {scim:.0f} over SCIM")
    print(
        f"a file takes {facts / file:.1f} times as long as its facts alone, SCIM {facts / scim:.1f}"
    )


if __name__ == "__main__":
    main()
