"""The kinds of credential that a wallet can show us, and where each says what orders ask.

1. An EUDI PID comes as SD-JWT VC and as mdoc; in the one `nationalities` is a list of which the
   holder shows what he likes, in the other `nationality` is shown whole. Older ones hold one text.
2. A member state may have a type of its own under the PID's (`urn:eudi:pid:de:1`).
3. An mDL and a Photo ID hold one nationality at most, and need not hold any.
4. Who signs an mDL has a certificate for that purpose (ISO/IEC 18013-5 B.1.4); the others may.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Format: TypeAlias = Literal["dc+sd-jwt", "mso_mdoc"]
Path: TypeAlias = tuple[str, ...]

MDL_SIGNER = "1.0.18013.5.1.2"
ANY_SIGNER = frozenset({"", MDL_SIGNER})
_DOMESTIC = re.compile(r"urn:eudi:pid:[a-z]{2}(-[a-z0-9]{1,3})?:1")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of credential; `paths` says for an attribute where its values are."""

    id: str
    name: str
    format: Format
    type: str
    paths: Mapping[str, Path]
    purposes: frozenset[str] = ANY_SIGNER


PID = "eu.europa.ec.eudi.pid.1"
MDL = "org.iso.18013.5.1"
PHOTO_ID = "org.iso.23220.1"

KINDS = (
    Kind(
        "pid",
        "European digital identity (PID)",
        "dc+sd-jwt",
        "urn:eudi:pid:1",
        {"citizenships": ("nationalities",), "residence": ("address", "country")},
    ),
    Kind(
        "pid_mdoc",
        "European digital identity (PID)",
        "mso_mdoc",
        PID,
        {"citizenships": (PID, "nationality"), "residence": (PID, "resident_country")},
    ),
    Kind(
        "photo_id",
        "digital ID made from a passport (Photo ID)",
        "mso_mdoc",
        "org.iso.23220.photoid.1",
        {"citizenships": (PHOTO_ID, "nationality"), "residence": (PHOTO_ID, "resident_country")},
    ),
    Kind(
        "mdl",
        "mobile driving licence",
        "mso_mdoc",
        "org.iso.18013.5.1.mDL",
        {"citizenships": (MDL, "nationality"), "residence": (MDL, "resident_country")},
        frozenset({MDL_SIGNER}),
    ),
)


def kind_of(type_: str) -> Kind | None:
    """Return the kind that a `vct` or document type is of (None: none that we know)."""
    if _DOMESTIC.fullmatch(type_):
        return KINDS[0]
    return next((kind for kind in KINDS if kind.type == type_), None)
