"""`writ vendor check`: what we have from vendors, where they tell us, and what they have to forget."""

from typing import TYPE_CHECKING

from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile

if TYPE_CHECKING:
    from pathlib import Path

    from writ.people.vendors.access import Access

_HEAD = ("vendor", "api", "notices to", "level", "secrets", "to forget", "refused")


def check(config: ConfigFile = DEFAULT_CONFIG, *, as_json: AsJson = False) -> None:
    """Read what we have from vendors; say where notices go, and what they have yet to forget.

    Example: writ vendor check

    No vendor is called.
    """
    from writ.cli.output import show_table
    from writ.errors import InvalidInput
    from writ.model.config import read_config
    from writ.people.vendors.access import read_access

    read = read_config(config)
    if read.vendors is None or read.portal is None:
        raise InvalidInput(f"`{config}` has no [vendors]; docs/vendors.md says what goes in it")
    found = read_access(read.vendors, drill=read.drill_clock is not None)
    vendors = [_plain(access, read.portal.address, read.erasures) for access in found]
    rows = [tuple(item.values()) for item in vendors]
    show_table({"vendors": vendors}, _HEAD, rows, as_json=as_json)


def _plain(access: "Access", portal: str, folder: "Path") -> dict[str, object]:
    from writ.people.vendors.opened import erasures

    waiting = erasures(folder, access).count()
    return {
        "vendor": access.vendor,
        "api": access.address,
        "notices": f"{portal}/verify/notices/{access.vendor}",
        "assurance": f"A{access.assurance}",
        "secrets": len(access.secrets),
        "to_forget": waiting.sessions,
        "refused": waiting.refused,
    }
