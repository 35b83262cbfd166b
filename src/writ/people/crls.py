"""Lists of revoked certificates (CRLs): they lie in a folder, and are read as they come.

1. A list is put there by the operator, by `writ passport crl`, or fetched by the control process.
   What is new or changed is read at the next question, without a restart. A file that is no list is told (Failed),
   not passed over: it may be the one that names a certificate.
2. A list counts where one of the issuers made it. What it names is revoked, also when a newer list
   is due: nothing becomes good by waiting.
3. A certificate is current where a list that speaks of it is in its time and names it not. `within`
   wants that, of a list made no longer ago; where it is None, a certificate that no list speaks of
   is taken, and whoever asks is told so.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from writ.errors import Failed, Refused

C = TypeVar("C")
A = TypeVar("A")
C_contra = TypeVar("C_contra", contravariant=True)
A_contra = TypeVar("A_contra", contravariant=True)

ENDING = ".crl"


class Revoked(Refused):
    """A list of the issuer's names the certificate."""


class Crl(Protocol[C_contra, A_contra]):
    """One list; `made` and `until` are seconds since the epoch."""

    @property
    def made(self) -> float:
        """When it was made."""
        ...

    @property
    def until(self) -> float:
        """When the next one comes at the latest."""
        ...

    def by(self, issuer: A_contra, /) -> bool:
        """Whether an issuer made it."""
        ...

    def speaks_of(self, certificate: C_contra, /) -> bool:
        """Whether a certificate would be on it, had it been revoked."""
        ...

    def names(self, certificate: C_contra, /) -> bool:
        """Whether a certificate is on it."""
        ...


@dataclass(frozen=True, slots=True)
class Stamp:
    """What changes when a file does."""

    changed: int
    size: int
    number: int


class Crls(Generic[C, A]):
    """The lists in a folder; None stands for a folder that was not given.

    A certificate is told by what lists know it by (C); issuers are certificates (A).
    """

    def __init__(self, folder: Path | None, read: Callable[[bytes], Crl[C, A]]) -> None:
        self._folder = folder
        self._read = read
        self._held: dict[Path, tuple[Stamp, Crl[C, A]]] = {}

    def check(self, certificate: C, issuers: Iterable[A], now: float, within: float | None) -> bool:
        """Return whether a certificate is current; a revoked one is Refused (rules 2 and 3)."""
        known = [item for item in self.lists() if item.speaks_of(certificate)]
        able = list(issuers) if known else []
        counting = [item for item in known if any(item.by(issuer) for issuer in able)]
        if any(item.names(certificate) for item in counting):
            raise Revoked(
                "the certificate behind it was revoked by its issuer; use a newer document or card,"
                " or take another way"
            )
        made = [item.made for item in counting if item.made <= now < item.until]
        if within is not None and not any(now - at <= within for at in made):
            raise Refused(
                "whether the certificate behind it was revoked cannot be told now, for no current"
                " list of its issuer is here; try again later, or take another way"
            )
        return bool(made)

    def lists(self) -> list[Crl[C, A]]:
        """Return the lists that are there (rule 1)."""
        found: dict[Path, tuple[Stamp, Crl[C, A]]] = {}
        for path in self._files():
            try:
                told = path.stat()
                stamp = Stamp(told.st_mtime_ns, told.st_size, told.st_ino)
                held = self._held.get(path)
                if held is None or held[0] != stamp:
                    held = (stamp, self._read(path.read_bytes()))
            except OSError as error:  # visitors read this too: no folders in it
                raise Failed(f"cannot read `{path.name}`: {error.strerror}") from None
            except Refused as error:
                raise Failed(f"`{path.name}`: {error}; the operator has to mend it") from None
            found[path] = held
        self._held = found
        return [item for _, item in found.values()]

    def _files(self) -> list[Path]:
        return [] if self._folder is None else sorted(self._folder.glob(f"*{ENDING}"))


def keep_crl(path: Path, data: bytes) -> None:
    """Put a list in its place in one step, over the last one."""
    draft = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(data)
        os.replace(draft, path)  # noqa: PTH105  one step, and over the old one
    except OSError as error:
        raise Failed(f"cannot write `{path}`: {error.strerror}") from None
