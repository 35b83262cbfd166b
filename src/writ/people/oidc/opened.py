"""Sign-ins from the file that `writ.toml` names."""

import ssl
from pathlib import Path

from writ.clock import Clock
from writ.errors import Failed, Refused
from writ.people.https import HttpsFetch, inside, public
from writ.people.oidc.client import open_client
from writ.people.oidc.method import Oidc
from writ.people.oidc.providers import Provider, read_providers
from writ.people.oidc.published import Published
from writ.people.oidc.sign_in import SignIn


def open_providers(file: Path) -> tuple[Provider, ...]:
    """Read at whom people may sign in."""
    try:
        return read_providers(file.read_bytes(), file)
    except OSError as error:
        raise Failed(f"cannot read `{file}`: {error.strerror}") from None


def open_oidc(file: Path, address: str, clock: Clock) -> Oidc:
    """Put the method together; `address` is where the portal is found."""
    return Oidc(
        {
            item.id: open_sign_in(item, f"{address}/verify/with/{item.id}")
            for item in open_providers(file)
            if item.levels
        },
        clock,
    )


def open_logins(file: Path, address: str) -> dict[str, SignIn]:
    """Have visitors sign in to their accounts; `address` is where the portal is found."""
    return {
        item.id: open_sign_in(item, f"{address}/verify/sign-in/{item.id}")
        for item in open_providers(file)
        if item.login is not None
    }


def open_published(file: Path) -> list[Published]:
    """Check ID tokens of the providers at which visitors sign in to their accounts."""
    there = [item for item in open_providers(file) if item.login is not None]
    return [Published(item, open_fetch(item)) for item in there]


def open_sign_in(provider: Provider, address: str) -> SignIn:
    """Have people sign in at a provider, and come back to an address."""
    fetch = open_fetch(provider)
    return SignIn(Published(provider, fetch), open_client(provider), fetch, address)


def open_fetch(provider: Provider) -> HttpsFetch:
    """Reach a provider's hosts: in public, or inside with certificates of the operator's own."""
    try:
        context = ssl.create_default_context(cadata=provider.authorities or None)
    except ssl.SSLError:
        raise Refused(f"`authorities` of `{provider.name}` are no certificates in PEM") from None
    return HttpsFetch(context, inside if provider.inside else public)
