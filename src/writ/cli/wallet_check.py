"""`writ wallet check`: what wallets will be shown, and whose credentials count until when."""

from typing import TYPE_CHECKING

import msgspec

from writ.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile

if TYPE_CHECKING:
    from writ.people.credentials.trustlist import Issuer

_HEAD = ("issuer", "country", "shows", "level", "trusted until", "first certificate ends")


def check(config: ConfigFile = DEFAULT_CONFIG, *, as_json: AsJson = False) -> None:
    """Read the files of [wallet]; say who asks, and whose credentials count.

    Example: writ wallet check

    A wallet says nothing when it does not like a certificate; this says it beforehand.
    """
    from writ.cli.output import show_table
    from writ.clock import SECOND, format_instant
    from writ.errors import InvalidInput
    from writ.model.config import read_config
    from writ.people.openid4vp.opened import open_party, open_trust_list

    read = read_config(config)
    if read.wallet is None or read.portal is None:
        raise InvalidInput(f"`{config}` has no [wallet]; docs/wallets.md says what goes in it")
    party = open_party(read.wallet, read.portal.address)
    trust = open_trust_list(read.wallet)
    value = {
        "client_id": party.client_id,
        "certificate_ends": format_instant(int(party.chain[0].span[1]) * SECOND),
        "trust_list": trust.digest,
        "issuers": [_plain(issuer) for issuer in trust.issuers],
    }
    if as_json:
        print(msgspec.json.encode(value).decode())
        return
    print(f"client id {value['client_id']}, until {value['certificate_ends']}")
    rows = [tuple(_plain(issuer).values()) for issuer in trust.issuers]
    show_table(value, _HEAD, rows, as_json=False)


def _plain(issuer: "Issuer") -> dict[str, object]:
    from writ.clock import SECOND, format_instant

    ends = min(certificate.span[1] for certificate in issuer.certificates)
    return {
        "name": issuer.name,
        "country": issuer.country,
        "types": sorted(issuer.types),
        "assurance": f"A{issuer.assurance}",
        "trusted_until": format_instant(int(issuer.until) * SECOND),
        "certificate_ends": format_instant(int(ends) * SECOND),
    }
