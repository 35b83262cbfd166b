"""Whose checkpoints count: a policy file (c2sp.org/tlog-policy).

1. Lines: `log VKEY [URL]`, `witness NAME VKEY [URL]`, `group NAME all|any|K NAME...`,
   `quorum NAME|none`. Empty lines and lines that begin with `#` mean nothing.
2. A name is defined once, before it is used, and is a member once, so that a witness counts once.
3. A key stands once, under whatever name: two names for one key are one witness.
4. There is one quorum line.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from writ.errors import Fault, InvalidInput, Refused
from writ.signing.checkpoint import Checkpoint, read_checkpoint
from writ.signing.cosignature import read_vkey
from writ.signing.note import PLAIN, By, Note, Verifier, split_vkey, verify_note

NONE = "none"
_WORD = re.compile(r"[^ \t]+")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_COUNT = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness, and where it takes checkpoints, if that is told."""

    name: str
    verifier: Verifier
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Of these members, at least `threshold`."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """A checkpoint, proved to be a known log's, and which known witnesses saw it."""

    checkpoint: Checkpoint
    witnesses: tuple[By, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """Logs, witnesses, groups, and the name that must have seen a checkpoint."""

    logs: tuple[Verifier, ...]
    witnesses: tuple[Witness, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str = NONE

    def see(self, note: Note) -> Seen:
        """Prove a checkpoint: signed by the log it names, and seen by the quorum; else Refused."""
        checkpoint = read_checkpoint(note.text)
        logs = [item for item in self.logs if item.name == checkpoint.origin]
        if not logs:
            raise Refused(
                f"the checkpoint is of `{checkpoint.origin}`, a log that is not known here"
            )
        verify_note(note, logs)
        seen = self._seen(note)
        keys = {(by.verifier.name, by.verifier.id) for by in seen}
        present = {
            item.name for item in self.witnesses if (item.verifier.name, item.verifier.id) in keys
        }
        for group in self.groups:  # members are defined before
            if len(present & set(group.members)) >= group.threshold:
                present.add(group.name)
        if self.quorum != NONE and self.quorum not in present:
            raise Refused(f"the checkpoint was not seen by `{self.quorum}`, as the policy asks")
        return Seen(checkpoint, seen)

    def _seen(self, note: Note) -> tuple[By, ...]:
        known = {(item.verifier.name, item.verifier.id) for item in self.witnesses}
        if not any((item.name, item.id) in known for item in note.signatures):
            return ()
        return verify_note(note, (item.verifier for item in self.witnesses))


@dataclass(slots=True)
class _Draft:
    file: str
    faults: list[Fault] = field(default_factory=list)
    logs: list[Verifier] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    quorum: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=lambda: {NONE})
    members: set[str] = field(default_factory=set)
    keys: set[bytes] = field(default_factory=set)


def read_policy(data: bytes, file: str = "") -> Policy:
    """Read a policy file; InvalidInput has every fault with its line."""
    draft = _Draft(file)
    for number, line in enumerate(data.decode("utf-8", "surrogateescape").split("\n"), 1):
        words = [(match[0], match.start() + 1) for match in _WORD.finditer(line)]
        if not words or words[0][0].startswith("#"):
            continue
        try:
            _read_line(draft, line, [word for word, _ in words])
        except Refused as error:
            draft.faults.append(Fault(file, number, words[0][1], str(error)))
    if not draft.quorum and not draft.faults:
        draft.faults.append(Fault(file, 1, 1, "there is no `quorum` line; write `quorum none`"))
    if draft.faults:
        raise InvalidInput(draft.faults)
    return Policy(tuple(draft.logs), tuple(draft.witnesses), tuple(draft.groups), draft.quorum[0])


def _read_line(draft: _Draft, line: str, words: list[str]) -> None:
    if _FORBIDDEN.search(line):
        raise Refused("control characters have no place in a policy")
    word, *rest = words
    reader = _READERS.get(word)
    if reader is None:
        raise Refused(f"`{word}` is none of log, witness, group, quorum")
    reader(draft, rest)


def _log(draft: _Draft, words: list[str]) -> None:
    if len(words) not in {1, 2}:
        raise Refused("write `log VKEY` or `log VKEY URL`")
    draft.logs.append(_key(draft, words[0]))


def _witness(draft: _Draft, words: list[str]) -> None:
    if len(words) not in {2, 3}:
        raise Refused("write `witness NAME VKEY` or `witness NAME VKEY URL`")
    if split_vkey(words[1])[1] == PLAIN:
        raise Refused("a witness cosigns with a key of type 4 or 6")
    verifier = _key(draft, words[1])
    url = words[2] if words[2:] else None
    draft.witnesses.append(Witness(_name(draft, words[0]), verifier, url))


def _group(draft: _Draft, words: list[str]) -> None:
    if len(words) < 3:  # noqa: PLR2004  name, threshold, a member
        raise Refused("write `group NAME all|any|K NAME...`")
    name, count, *members = words
    for member in members:
        _known(draft, member)
        if member == NONE or member in draft.members:
            raise Refused(f"`{member}` is a member already, or none can be")
        draft.members.add(member)
    wanted = {"all": len(members), "any": 1}.get(count)
    if wanted is None:
        if not _COUNT.fullmatch(count) or int(count) > len(members):
            raise Refused(f"`{count}` is none of all, any, 1 to {len(members)}")
        wanted = int(count)
    draft.groups.append(Group(_name(draft, name), wanted, tuple(members)))


def _quorum(draft: _Draft, words: list[str]) -> None:
    if len(words) != 1:
        raise Refused("write `quorum NAME` or `quorum none`")
    if draft.quorum:
        raise Refused("there is a `quorum` line already")
    draft.quorum.append(_known(draft, words[0]))


def _key(draft: _Draft, text: str) -> Verifier:
    verifier = read_vkey(text)
    public = split_vkey(text)[2]
    if public in draft.keys:
        raise Refused(f"the key of `{verifier.name}` stands twice")
    draft.keys.add(public)
    return verifier


def _name(draft: _Draft, name: str) -> str:
    if name in draft.names:
        raise Refused(f"the name `{name}` is taken")
    draft.names.add(name)
    return name


def _known(draft: _Draft, name: str) -> str:
    if name not in draft.names:
        raise Refused(f"`{name}` is not defined before this line")
    return name


_READERS: dict[str, Callable[[_Draft, list[str]], None]] = {
    "log": _log,
    "witness": _witness,
    "group": _group,
    "quorum": _quorum,
}
