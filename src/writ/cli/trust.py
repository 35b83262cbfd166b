"""`writ trust init`: who may submit, sign and hold, and whose attestations count."""

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from writ.cli.output import show
from writ.errors import Failed, InvalidInput, Refused
from writ.model.config import Config, read_config

if TYPE_CHECKING:
    from writ.signing.trust import Gate, Method, Person, Trust

app = typer.Typer(no_args_is_help=True, help="The trust document: who may do what.")

_PIN = re.compile(r'^(\s*pin\s*=\s*)""', re.MULTILINE)
_CAPS = ("A0", "A1", "A2", "A3", "A4")


@app.command("init")
def trust_init(  # noqa: PLR0913  one parameter per option of the command
    person: Annotated[list[str], typer.Option(help="ID=PUBLIC:submit,sign,hold,review; repeat it")],
    method: Annotated[list[str] | None, typer.Option(help="NAME=PUBLIC:A3; repeat it")] = None,
    recovery: Annotated[
        list[str] | None, typer.Option(help="PUBLIC kept offline; repeat it")
    ] = None,
    signers: Annotated[int, typer.Option(help="how many must sign, besides who submits")] = 2,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    gates: Annotated[
        str,
        typer.Option(help="what a proposal needs besides signatures, with commas; may be empty"),
    ] = "encoding,proof,simulation",
    drill: Annotated[bool, typer.Option("--drill", help="valid in drills only")] = False,
    as_json: AsJson = False,
) -> None:
    """Write version 1 of the trust document and pin it in writ.toml.

    The machine's own two keys are put in: the one for leases, and the method `operator` for what
    is typed in here, which counts for A1 at most.

    Example: writ trust init --person ada=ed25519:...:submit --person ben=ed25519:...:sign,hold
    --person eve=ed25519:...:sign --method idv=ed25519:...:A3
    """
    from writ.canonical import digest_bytes
    from writ.signing.trust import write_trust

    settings = read_config(config)
    if settings.pin or settings.trust_file.exists():
        raise Refused(f"there is a trust document, `{settings.trust_file}`; it is not replaced")
    document = _document(settings, _people(person), _methods(method or []), recovery or [])
    data = write_trust(replace(document, signers=signers, drill=drill, gates=_gates(gates)))
    pin = digest_bytes(data)
    _write(settings, data, pin)
    value = {"file": str(settings.trust_file), "pin": pin, "config": str(settings.file)}
    show(value, f"wrote {settings.trust_file}\npinned {pin} in {settings.file}", as_json=as_json)


def _document(
    settings: Config,
    people: "Mapping[str, Person]",
    methods: "Mapping[str, Method]",
    recovery: list[str],
) -> "Trust":
    from writ.people.statement import OPERATOR, OPERATOR_CAP
    from writ.serve.site import ONLINE_KEY, OPERATOR_KEY
    from writ.signing.keys import KeyPair, read_public
    from writ.signing.trust import Method, Trust

    if OPERATOR in methods:
        raise InvalidInput(f"method `{OPERATOR}` is put in by itself; leave it out")
    operator = KeyPair.load(settings.folder / OPERATOR_KEY).public
    online = KeyPair.load(settings.folder / ONLINE_KEY).public
    own = {OPERATOR: Method(OPERATOR, operator, OPERATOR_CAP)}
    return Trust(people, {**methods, **own}, online, recovery=tuple(map(read_public, recovery)))


def _gates(text: str) -> "frozenset[Gate]":
    from writ.signing.trust import GATES

    named = {name for name in text.split(",") if name}
    if not named <= GATES:
        raise InvalidInput(f"`{text}`: gates are {', '.join(sorted(GATES))}")
    return frozenset(gate for gate in GATES if gate in named)


def _people(texts: list[str]) -> "dict[str, Person]":
    from writ.signing.keys import read_public
    from writ.signing.trust import ROLES, Person

    people: dict[str, Person] = {}
    for text in texts:
        name, public, roles = _parts(text, "ada=ed25519:...:submit,sign")
        may = set(roles.split(","))
        if not may <= ROLES:
            raise InvalidInput(f"`{text}`: roles are {', '.join(sorted(ROLES))}")
        if name in people:
            raise InvalidInput(f"person `{name}` is given twice")
        people[name] = Person(name, name, (read_public(public),), frozenset(ROLES & may))
    return people


def _methods(texts: list[str]) -> "dict[str, Method]":
    from writ.signing.keys import read_public
    from writ.signing.trust import Method

    methods: dict[str, Method] = {}
    for text in texts:
        name, public, cap = _parts(text, "idv=ed25519:...:A3")
        if cap not in _CAPS:
            raise InvalidInput(f"`{text}`: end it with one of {', '.join(_CAPS)}")
        if name in methods:
            raise InvalidInput(f"method `{name}` is given twice")
        methods[name] = Method(name, read_public(public), _CAPS.index(cap))
    return methods


def _parts(text: str, example: str) -> tuple[str, str, str]:
    match = re.fullmatch(r"([^=]+)=(.+):([^:]+)", text)
    if match is None:
        raise InvalidInput(f"`{text}` is not written like {example}")
    return match[1], match[2], match[3]


def _write(settings: Config, data: bytes, pin: str) -> None:
    """Write the document, then pin it: a pin never names what is not there."""
    text = settings.file.read_text(encoding="utf-8")
    pinned, count = _PIN.subn(rf'\g<1>"{pin}"', text, count=1)
    if count != 1:
        raise InvalidInput(f'`{settings.file}` has no line `pin = ""` under [trust] to fill in')
    try:
        settings.trust_file.write_bytes(data)
        draft = settings.file.with_suffix(".new")
        draft.write_text(pinned, encoding="utf-8")
        os.replace(draft, settings.file)  # noqa: PTH105  one step, and over the old file
    except OSError as error:
        raise Failed(f"cannot write the trust document: {error.strerror}") from None
