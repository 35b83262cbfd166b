"""What a snapshot is compiled from: files by name, and the holds that stand.

1. Files are kept as they came, byte for byte; a manifest names them by digest, and each order
   version with its annexes, and the groups and definitions it names, by one digest of its own.
2. A version that was ever in force keeps its bytes: whoever wants others writes a new version.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from writ.canonical import Plain, digest, digest_bytes, encode
from writ.clock import FOREVER
from writ.errors import Fault, InvalidInput, Refused
from writ.law.annexes import annex_files
from writ.law.calendars import FILE as CALENDARS
from writ.law.catalogue import FILE as CATALOGUE
from writ.law.definitions import is_definition
from writ.law.document import read_yaml
from writ.law.folder import check_sources
from writ.law.groups import FILE as GROUPS
from writ.law.order import PlacedOrder
from writ.law.snapshot import FORMAT, snapshot
from writ.model.order import Hold, Lawbook
from writ.signing.form import Form, from_base64, read_form, to_base64

LARGEST = 64 * 1024 * 1024
MOST_FILES = 5_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")

Changes = Mapping[str, bytes | None]
"""Files to put in place, by name; None takes one away."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Files by name, and holds."""

    files: Mapping[str, bytes]
    holds: tuple[Hold, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a snapshot stands in the chain: its epoch, its predecessor's digest, the trust.

    `form` is the one it is written in.
    """

    epoch: int
    previous: str | None
    trust: int
    form: str = FORMAT


@dataclass(frozen=True, slots=True)
class Compiled:
    """Sources compiled at a place; `versions` has the digest of each `order/version`."""

    sources: Sources
    place: Place
    book: Lawbook
    versions: Mapping[str, str]
    snapshot: bytes

    @property
    def digest(self) -> str:
        """Digest of the snapshot."""
        return digest_bytes(self.snapshot)

    @property
    def manifest(self) -> bytes:
        """The sources by digest (rule 1), as canonical JSON."""
        files = {name: digest_bytes(data) for name, data in self.sources.files.items()}
        holds: list[Plain] = [hold_plain(hold) for hold in self.sources.holds]
        return encode({"files": files, "holds": holds, "versions": dict(self.versions)})


class _Hold(Form, frozen=True):
    model: str
    by: str
    since: int
    until: int | None


class Manifest(Form, frozen=True):
    """A manifest as read back."""

    files: dict[str, str]
    holds: list[_Hold]
    versions: dict[str, str]

    def held(self) -> tuple[Hold, ...]:
        """Return the holds as values."""
        return tuple(map(_hold, self.holds))


def compile_sources(sources: Sources, place: Place) -> Compiled:
    """Compile files and holds into the snapshot of `place`; InvalidInput has every fault."""
    checked = check_sources(sources.files, sources.holds)
    versions = {_name(order): _digest(order, sources.files) for order in checked.orders}
    written = snapshot(checked.book, place.epoch, place.previous, place.trust, place.form)
    return Compiled(sources, place, checked.book, versions, written)


def merge(files: Mapping[str, bytes], changes: Changes) -> dict[str, bytes]:
    """Return `files` with changes applied; odd names, sizes and absences are InvalidInput."""
    faults = [
        Fault(name, 0, 0, "is not a file name; use letters, digits, dot, dash, underscore")
        for name in changes
        if not _NAME.fullmatch(name)
    ]
    faults += [
        Fault(name, 0, 0, "is not in force, so it cannot be taken away")
        for name, data in changes.items()
        if data is None and name not in files
    ]
    merged = {**files, **{name: data for name, data in changes.items() if data is not None}}
    merged = {name: merged[name] for name in sorted(merged) if changes.get(name, b"") is not None}
    if len(merged) > MOST_FILES or sum(map(len, merged.values())) > LARGEST:
        faults.append(Fault("", 0, 0, f"more than {MOST_FILES} files or {LARGEST} bytes"))
    if faults:
        raise InvalidInput(faults)
    return merged


def withdrawal(files: Mapping[str, bytes], order: str) -> dict[str, None]:
    """Return the changes that take an order away: its versions, and annexes that only they name."""
    checked = check_sources(files)
    own = {item.place.file for item in checked.orders if item.version.order == order}
    if not own:
        raise Refused(f"there is no order `{order}` to withdraw")
    others = [item for item in checked.orders if item.place.file not in own]
    beside = {CATALOGUE, GROUPS, CALENDARS}
    kept = {name for name in files if name in beside or is_definition(name)}
    kept.update(item.place.file for item in others)
    kept.update(name for item in others for name in _annex_files(item, files))
    return dict.fromkeys(sorted(set(files) - kept))


def check_versions(compiled: Compiled, known: Mapping[str, str]) -> None:
    """Refuse a version whose bytes differ from those that were in force before (rule 2)."""
    changed = sorted(
        name for name, found in compiled.versions.items() if known.get(name, found) != found
    )
    if changed:
        raise Refused(
            "\n".join(
                f"`{name}` was in force with other bytes; write a new version" for name in changed
            )
        )


def read_manifest(data: bytes) -> Manifest:
    """Read a manifest back."""
    return read_form(data, Manifest, "the manifest")


def hold_plain(hold: Hold) -> dict[str, Plain]:
    """Write a hold as JSON values; one without an end has `until` null."""
    return {
        "model": hold.model,
        "by": hold.by,
        "since": hold.since,
        "until": None if hold.until >= FOREVER else hold.until,
    }


def sources_plain(sources: Sources) -> dict[str, Plain]:
    """Write sources as JSON values, files in base64."""
    return {
        "files": {name: to_base64(data) for name, data in sources.files.items()},
        "holds": [hold_plain(hold) for hold in sources.holds],
    }


class SourcesForm(Form, frozen=True):
    """Sources as they travel between the desk and a signer's machine."""

    files: dict[str, str]
    holds: list[_Hold]

    def read(self) -> Sources:
        """Return the sources."""
        files = {name: from_base64(text, f"`{name}`") for name, text in self.files.items()}
        return Sources(files, tuple(map(_hold, self.holds)))


def _hold(form: _Hold) -> Hold:
    return Hold(form.model, form.by, form.since, FOREVER if form.until is None else form.until)


def _name(order: PlacedOrder) -> str:
    return f"{order.version.order}/{order.version.version}"


def _digest(order: PlacedOrder, files: Mapping[str, bytes]) -> str:
    annexes = {name: group.digest for name, group in order.version.annexes.items()}
    told: dict[str, Plain] = {"file": digest_bytes(files[order.place.file]), "annexes": annexes}
    return digest(told | ({"rests_on": dict(order.rests_on)} if order.rests_on else {}))


def _annex_files(order: PlacedOrder, files: Mapping[str, bytes]) -> tuple[str, ...]:
    return tuple(annex_files(read_yaml(files[order.place.file], order.place.file)))
