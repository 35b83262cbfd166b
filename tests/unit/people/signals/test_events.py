from typing import Any

import pytest

from writ.errors import Refused
from writ.people.signals.events import ALL, CAEP, RISC, SSE, SSF, Bearing, bearing

NOTHING = frozenset[str]()
LEVEL = {"namespace": "NIST-IAL", "current_level": "1"}


@pytest.mark.parametrize(
    ("name", "fields", "attributes"),
    [
        ("session-revoked", {}, ALL),
        ("session-revoked", {"initiating_entity": "policy"}, ALL),
        ("session-revoked", {"initiating_entity": "user"}, NOTHING),
        ("credential-change", {"credential_type": "x509", "change_type": "revoke"}, ALL),
        ("credential-change", {"credential_type": "x509", "change_type": "update"}, ALL),
        ("credential-change", {"credential_type": "badge", "change_type": "delete"}, ALL),
        ("credential-change", {"credential_type": "x509", "change_type": "create"}, NOTHING),
        ("credential-change", {"credential_type": "password", "change_type": "update"}, NOTHING),
        ("token-claims-change", {"claims": {"nationalities": ["FR"]}}, {"citizenships"}),
        ("token-claims-change", {"claims": {"residence": 1, "address": 2}}, {"residence"}),
        ("token-claims-change", {"claims": {"verified_claims": {}}}, ALL),
        ("token-claims-change", {"claims": {"role": "admin"}}, NOTHING),
        ("assurance-level-change", LEVEL, ALL),
        ("assurance-level-change", LEVEL | {"change_direction": "decrease"}, ALL),
        ("assurance-level-change", LEVEL | {"change_direction": "increase"}, NOTHING),
        ("assurance-level-change", LEVEL | {"namespace": "NIST-AAL"}, NOTHING),
    ],
)
def test_an_event_bears_on_what_rests_on_it(
    name: str, fields: dict[str, Any], attributes: set[str]
) -> None:
    """What casts doubt on facts asks them again; what is about signing in does not."""
    assert Bearing(name, frozenset(attributes)) == bearing(CAEP + name, fields)


@pytest.mark.parametrize(
    ("uri", "found"),
    [
        (f"{RISC}account-disabled", Bearing("account-disabled", ALL)),
        (f"{RISC}account-purged", Bearing("account-purged", ALL)),
        (f"{RISC}identifier-recycled", Bearing("identifier-recycled", ALL)),
        (f"{RISC}sessions-revoked", Bearing("sessions-revoked", ALL)),
        (f"{RISC}account-enabled", Bearing("account-enabled")),
        (f"{CAEP}session-presented", Bearing("session-presented")),
        (f"{RISC}session-revoked", Bearing(f"unknown:{RISC}session-revoked", misnamed=True)),
        (f"{CAEP}account-disabled", Bearing(f"unknown:{CAEP}account-disabled", misnamed=True)),
        (f"{SSF}new/one", Bearing(f"unknown:{SSF}new/one", misnamed=True)),
        ("session-revoked", Bearing("unknown:session-revoked")),
        (
            "https://a.example/\x1b[2J" + "x" * 300,
            Bearing(f"unknown:https://a.example/?[2J{'x' * 178}"),
        ),
        (f"{SSF}verification", Bearing("verification")),
        (f"{SSE}verification", Bearing("verification")),
        (f"{RISC}verification", Bearing("verification")),
    ],
)
def test_an_event_is_known_by_its_whole_address(uri: str, found: Bearing) -> None:
    """RISC's are RISC's; what is not known is unknown, whatever it ends in."""
    assert found == bearing(uri, {})


@pytest.mark.parametrize(
    ("kind", "attributes"),
    [("password", NOTHING), ("verifiable-credential", ALL), ("hypothetical", ALL)],
)
def test_a_compromised_credential_bears_on_facts_that_it_carries(
    kind: str, attributes: frozenset[str]
) -> None:
    """As one that was revoked."""
    found = bearing(f"{RISC}credential-compromise", {"credential_type": kind})
    assert Bearing("credential-compromise", attributes) == found


def test_a_stream_says_how_it_is() -> None:
    """The status is one of three."""
    assert Bearing("stream-updated", status="paused") == bearing(
        f"{SSF}stream-updated", {"status": "paused"}
    )


@pytest.mark.parametrize(
    ("uri", "fields", "why"),
    [
        (f"{SSF}stream-updated", {}, "`status` of the event is one of enabled, paused, disabled"),
        (f"{SSF}stream-updated", {"status": ["paused"]}, "`status` of the event is one of"),
        (f"{CAEP}credential-change", {"change_type": "revoke"}, "has no `credential_type`"),
        (f"{CAEP}credential-change", {"credential_type": "x509"}, "`change_type` of the event is"),
        (f"{CAEP}token-claims-change", {}, "names the claims that changed"),
        (f"{CAEP}token-claims-change", {"claims": {}}, "names the claims that changed"),
        (f"{CAEP}token-claims-change", {"claims": ["a"]}, "names the claims that changed"),
        (f"{CAEP}assurance-level-change", {"namespace": "NIST-IAL"}, "has no `current_level`"),
        (f"{CAEP}assurance-level-change", {"current_level": "1"}, "has no `namespace`"),
        (
            f"{CAEP}assurance-level-change",
            LEVEL | {"change_direction": "up"},
            "is one of increase, decrease",
        ),
    ],
)
def test_an_event_has_what_its_type_demands(uri: str, fields: dict[str, Any], why: str) -> None:
    """What is not in its form is refused, and says what is missing."""
    with pytest.raises(Refused, match=why):
        bearing(uri, fields)
