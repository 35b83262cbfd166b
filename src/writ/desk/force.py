"""What is in force, proved from the bundle and the sources it was compiled from.

1. The bundle is in order under the trust document (see `writ.signing.approval`).
2. The sources are those that were approved, byte for byte, and the holds that were stated.
3. Compiled here, they give the very snapshot that the bundle says is in force.
"""

from dataclasses import dataclass, replace

import msgspec

from writ.canonical import Plain, digest_bytes
from writ.clock import FOREVER
from writ.desk.sources import (
    Compiled,
    Place,
    Sources,
    SourcesForm,
    compile_sources,
    sources_plain,
)
from writ.errors import InvalidInput, Refused
from writ.model.order import Hold, Lawbook
from writ.signing.approval import Bundle, read_bundle
from writ.signing.form import as_form, read_form
from writ.signing.trust import Trust


@dataclass(frozen=True, slots=True)
class Force:
    """An epoch in force; epoch 0 is before the first, with no bundle, compiled None."""

    epoch: int
    bundle: bytes
    sources: Sources
    compiled: Compiled | None = None

    @property
    def digest(self) -> str | None:
        """Digest of the snapshot in force."""
        return None if self.compiled is None else self.compiled.digest

    @property
    def book(self) -> Lawbook | None:
        """The law in force."""
        return None if self.compiled is None else self.compiled.book

    def law(self) -> Compiled:
        """Return what is in force; Refused before the first epoch."""
        if self.compiled is None:
            raise Refused("nothing is in force yet")
        return self.compiled

    def next(self, trust: Trust) -> Place:
        """Return where the next snapshot stands."""
        return Place(self.epoch + 1, self.digest, trust.version)

    def next_held(self, trust: Trust) -> Place:
        """Return where this snapshot with one more hold stands: in the same form."""
        return replace(self.next(trust), form=self.law().place.form)

    def plain(self) -> dict[str, Plain]:
        """Write what is in force as JSON values, for a signer's machine."""
        return {"bundle": self.bundle.decode(), **sources_plain(self.sources)}


NOTHING = Force(0, b"", Sources({}))


class _Place(msgspec.Struct, frozen=True):
    format: str
    epoch: int
    previous: str | None
    trust: int


class _Force(SourcesForm, frozen=True):
    bundle: str


def read_force(value: object, trust: Trust) -> Force:
    """Read what `Force.plain` wrote, and prove it."""
    form = as_form(value, _Force, "what is in force")
    if not form.bundle and not form.files and not form.holds:
        return NOTHING
    return prove_force(form.bundle.encode(), form.read(), trust)


def prove_force(bundle: bytes, sources: Sources, trust: Trust) -> Force:
    """Return what is in force, proved by the rules above; otherwise Refused."""
    place = _place(read_bundle(bundle, trust))
    try:
        compiled = compile_sources(sources, place)
    except InvalidInput as error:
        raise Refused(f"the orders in force cannot be read: {error}") from None
    return prove_compiled(bundle, compiled, trust)


def prove_compiled(bundle: bytes, compiled: Compiled, trust: Trust) -> Force:
    """Return what is in force, proved by the rules above of sources that were compiled here."""
    # 1
    proved = read_bundle(bundle, trust)
    place = _place(proved)
    if place.trust != trust.version:
        raise Refused(f"the snapshot was made under version {place.trust} of the trust document")
    # 2, 3
    if _approved(compiled, proved) != proved.approval.sources:
        raise Refused("the orders are not those that were approved")
    if compiled.snapshot != proved.snapshot:
        raise Refused("the orders do not compile to the snapshot that was signed")
    return Force(place.epoch, bundle, compiled.sources, compiled)


def _place(proved: Bundle) -> Place:
    form = read_form(proved.snapshot, _Place, "the snapshot")
    return Place(form.epoch, form.previous, form.trust, form.format)


def _approved(compiled: Compiled, proved: Bundle) -> str:
    """Return the digest of the manifest as it was before the holds that were stated since."""
    stated = {
        Hold(hold.model, hold.by, hold.since, FOREVER if hold.until is None else hold.until)
        for hold in proved.holds
    }
    kept = tuple(hold for hold in compiled.sources.holds if hold not in stated)
    before = replace(compiled, sources=replace(compiled.sources, holds=kept))
    return digest_bytes(before.manifest)
