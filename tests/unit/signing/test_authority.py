import pytest

from tests.worlds.issuers import DAY, NOW
from writ.errors import Refused
from writ.signing.authority import Authority
from writ.signing.certificates import check_chain, read_certificate, read_pem
from writ.signing.signer import Signer


def test_what_it_certifies_leads_to_its_root_for_so_many_days() -> None:
    """A signer's certificate is for its key, and good from yesterday for as long as was said."""
    authority, signer = Authority("drill", "DE", NOW, 3), Signer.generate()
    [anchor] = read_pem(authority.pem)
    made = read_certificate(authority.issue("issuer", signer))
    assert anchor == check_chain([made], [anchor], frozenset({""}), NOW)
    assert ("DE", signer.public.jwk()) == (made.country, made.key.jwk())
    assert (NOW - DAY, NOW + 2 * DAY) == made.span
    with pytest.raises(Refused, match="on no trust list here"):
        check_chain([made], read_pem(Authority("drill", "DE", NOW, 3).pem), frozenset({""}), NOW)
