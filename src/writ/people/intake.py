"""Facts as they arrive: JSON Lines, each an attestation already signed or a fact to be signed.

1. A line is a DSSE envelope (it has `payloadType`), or `{"subject": id, ...}` with a fact's keys.
2. A fact that came unsigned is signed by the operator's key, where there is one to sign with.
3. Every line is read; what is wrong is reported with its line number, and nothing is guessed.
4. Empty lines count as lines and mean nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from writ.canonical import encode
from writ.errors import Fault, InvalidInput, WritError
from writ.law.subjects import read_fact
from writ.model.subject import Fact
from writ.people.json_lines import read_json_line
from writ.people.statement import Attestation, Methods, attest
from writ.signing.keys import KeyPair


@dataclass(frozen=True, slots=True)
class Arrived:
    """One good line."""

    line: int
    attestation: Attestation


class Intake:
    """Reads lines; `faults` gathers what is wrong with them."""

    def __init__(self, methods: Methods, operator: KeyPair | None) -> None:
        self._methods = methods
        self._operator = operator
        self.faults: list[Fault] = []

    def read(self, data: bytes) -> Iterator[Arrived]:
        """Give the good lines, in order."""
        for number, line in enumerate(data.split(b"\n"), 1):
            if not line.strip():
                continue
            try:
                yield Arrived(number, self._attestation(line))
            except InvalidInput as error:
                self.faults += [Fault("", number, 1, fault.message) for fault in error.faults]
            except WritError as error:
                self.faults.append(Fault("", number, 1, str(error)))

    def _attestation(self, line: bytes) -> Attestation:
        value = read_json_line(line)
        if "payloadType" in value:
            return self._methods.prove(encode(value))
        subject, fact = _read_line(value)
        if self._operator is None:
            raise InvalidInput("the fact is not signed, and nobody here signs it")
        return self._methods.prove(attest(subject, fact, self._operator).json())


def sign_line(value: Mapping[str, object], pair: KeyPair) -> bytes:
    """Sign a line `{"subject": id, ...}` with a method's key; a wrong one is InvalidInput."""
    subject, fact = _read_line(value)
    return attest(subject, fact, pair).json()


def _read_line(value: Mapping[str, object]) -> tuple[str, Fact]:
    fact = read_fact({key: item for key, item in value.items() if key != "subject"})
    subject = value.get("subject")
    if not isinstance(subject, str):
        raise InvalidInput("`subject` is missing; it names whom the fact is about")
    return subject, fact
