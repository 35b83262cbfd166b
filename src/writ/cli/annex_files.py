"""The files that commands on annexes read and write."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from writ.errors import Failed, Refused
from writ.law.request import read_file

if TYPE_CHECKING:
    from writ.people.annex.listing import Directory, Listing

DirectoryFile: TypeAlias = Annotated[
    Path,
    typer.Option("--directory", help="your subjects: CSV of id, name, aliases, country, parent"),
]
ListFile: TypeAlias = Annotated[
    Path, typer.Option("--list", help="the list as it came: CSV of name, aliases, country")
]


def read_both(listing: Path, directory: Path) -> "tuple[Listing, Directory]":
    """Read a list and the directory it is matched to."""
    from writ.people.annex.listing import read_directory, read_listing

    return (
        read_listing(read_file(listing), str(listing)),
        read_directory(read_file(directory), str(directory)),
    )


def write_new(path: Path, data: bytes, *, over: bool = False) -> None:
    """Write a file that only its owner can read; one that exists is Refused unless it goes `over`."""
    draft = path.with_name(f"{path.name}.new")
    if path.exists() and not over:
        raise Refused(f"`{path}` exists; nothing is written over")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.replace(draft, path)  # noqa: PTH105  one step, and over the old file
    except OSError as error:
        raise Failed(f"cannot write `{path}`: {error.strerror}") from None
