"""`writ provider check`: where people sign in, what each provider has to know, and what it can do."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from writ.people.oidc.providers import Provider

_HEAD = ("provider", "issuer", "client", "level", "returns to")


def check(
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    ask: Annotated[
        bool, typer.Option("--ask", help="fetch what each provider publishes, and hold it to it")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read the file of [oidc] and the secrets it names; say which addresses each provider must know.

    Example: writ provider check --ask

    No provider is called without --ask. Nobody can sign in where an address is not registered there.
    """
    from writ.cli.output import show_table
    from writ.errors import InvalidInput
    from writ.model.config import read_config
    from writ.people.oidc.client import open_client
    from writ.people.oidc.opened import open_providers

    read = read_config(config)
    if read.oidc is None or read.portal is None:
        raise InvalidInput(f"`{config}` has no [oidc]; docs/oidc.md says what goes in it")
    providers = open_providers(read.oidc)
    for provider in providers:
        open_client(provider)
    if ask:
        asyncio.run(_ask(providers))
    told = [_plain(item, read.portal.address) for item in providers]
    show_table({"providers": told}, _HEAD, [tuple(item.values()) for item in told], as_json=as_json)


def _plain(provider: "Provider", portal: str) -> dict[str, object]:
    legs = {"with": bool(provider.levels), "sign-in": provider.login is not None}
    return {
        "id": provider.id,
        "issuer": provider.issuer,
        "client": provider.client,
        "assurance": f"A{provider.level}" if provider.levels else None,
        "returns_to": [f"{portal}/verify/{leg}/{provider.id}" for leg, on in legs.items() if on],
    }


async def _ask(providers: "Sequence[Provider]") -> None:
    """Hold each provider to what it publishes; everything wrong is told at once."""
    from writ.clock import wall
    from writ.errors import Failed, WritError
    from writ.people.oidc.opened import open_fetch
    from writ.people.oidc.published import Published

    wrong: list[str] = []
    for provider in providers:
        try:
            await Published(provider, open_fetch(provider)).ask(wall())
        except WritError as error:
            wrong.append(f"`{provider.id}`: {error}")
    if wrong:
        raise Failed("\n".join(wrong))
