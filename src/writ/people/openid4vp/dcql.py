"""What a wallet is asked for, in DCQL (OpenID4VP 1.0 section 6).

1. One credential of any kind that somebody on the trust list issues, and of it only the claims that
   could settle the question. Nothing is to be kept (`intent_to_retain`).
2. No values are asked for: a filter proves nothing, and tells the wallet what we hope for.
3. A wallet's answer is not believed to fit: `dcql` is asked again when it is read.
"""

from collections.abc import Collection, Sequence

from writ.canonical import Plain
from writ.people.credentials.kinds import Kind


def dcql_query(kinds: Sequence[Kind], attributes: Collection[str]) -> dict[str, Plain]:
    """Ask for one credential of these kinds, and of it for these attributes."""
    return {
        "credentials": [_credential(kind, attributes) for kind in kinds],
        "credential_sets": [{"options": [[kind.id] for kind in kinds]}],
    }


def _credential(kind: Kind, attributes: Collection[str]) -> dict[str, Plain]:
    paths = [path for name, path in kind.paths.items() if name in attributes]
    if kind.format == "mso_mdoc":
        claims: list[Plain] = [{"path": list(path), "intent_to_retain": False} for path in paths]
        meta: dict[str, Plain] = {"doctype_value": kind.type}
    else:
        claims = [{"path": list(path)} for path in paths]
        meta = {"vct_values": [kind.type]}
    return {"id": kind.id, "format": kind.format, "meta": meta, "claims": claims}
