"""What notices say, in every language there is a catalogue for (`data/notices`).

1. Under `disclosure: none` a notice is the order's own neutral notice, or a neutral sentence about
   the account: no order, no instant of it, no reason. Nothing is announced before it takes effect.
   When something ends that an account showed is its own, and told.
2. From `existence` up it says when, and that a legal order requires it; under `full` which.
3. Nothing in it is about a person but what this account may use.
4. Where the portal is, is told whoever has something to show there, or may appeal there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, TypeAlias, get_args

import msgspec

from writ.canonical import Plain, encode
from writ.clock import Instant, format_instant
from writ.model.order import Disclosure, OrderVersion

Phase: TypeAlias = Literal["before_effect", "in_force", "amended", "withdrawn", "ending"]
Audience: TypeAlias = Literal[
    "barred", "must_verify", "substituted", "restored", "organisation_admin", "staff", "renew"
]
LANGUAGES = ("de", "en", "es", "fr", "ja")
AUDIENCES: tuple[Audience, ...] = get_args(Audience)

_RESTRICTS = frozenset[Audience]({"barred", "must_verify"})
_LIFTS = frozenset[Audience]({"restored"})
"""Whom the notice of a version with rules speaks to, and whom that of one without."""

_ASKED = frozenset[Audience]({"must_verify", "renew"})
"""Who has something to show."""


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One language's sentences, with `{models}` and so on to be filled in."""

    subject: dict[Phase | Literal["sealed"], str]
    lead: dict[Phase, str]
    text: dict[Audience, str]
    why: dict[Literal["existence", "full"], str]
    sealed: dict[Audience, str]
    portal: dict[Audience, str]


@dataclass(frozen=True, slots=True)
class Telling:
    """What is to be told: of which version, when it takes effect or what it tells of ends, to whom, about which models.

    `version` None: the order is no longer there, and nothing may be said of it.
    """

    version: OrderVersion | None
    phase: Phase
    audience: Audience
    models: tuple[str, ...]
    effective: Instant = 0
    by: str | None = None
    portal: str = ""

    @property
    def disclosure(self) -> Disclosure:
        """How much of the order may be told."""
        return "none" if self.version is None else self.version.disclosure


@cache
def catalogue(language: str) -> Catalogue:
    """Read one language."""
    data = files("writ.desk").joinpath(f"data/notices/{language}.json").read_bytes()
    return msgspec.json.decode(data, type=Catalogue)


def write_telling(telling: Telling) -> bytes:
    """Write what leaves the house, in canonical JSON."""
    version, sealed = telling.version, telling.disclosure == "none"
    said: dict[str, Plain] = {
        "audience": telling.audience,
        "models": list(telling.models),
        "texts": {language: _text(telling, language) for language in LANGUAGES},
    }
    if not sealed:
        said["phase"] = telling.phase
    if version is not None and telling.disclosure == "full":
        said["order"] = {"order": version.order, "version": version.version}
    return encode(said)


def _text(telling: Telling, language: str) -> Plain:
    words, version = catalogue(language), telling.version
    values = {
        "models": ", ".join(telling.models),
        "substitute": telling.by or "",
        "portal": telling.portal,
        "effective": format_instant(telling.effective),
    }
    portal = words.portal.get(telling.audience, "") if telling.portal else ""
    notice = _notice(telling, language)
    if version is None or telling.disclosure == "none":  # rule 1
        sentences = [notice, words.sealed[telling.audience]]
        if notice and telling.audience != "must_verify":
            sentences = [f"{values['models']}: {notice}"]
        sentences += [portal] if telling.audience in _ASKED else []
        return {"subject": words.subject["sealed"], "body": _joined(sentences, values)}
    values |= {
        "title": version.title,
        "order": version.order,
        "version": str(version.version),
        "authority": _authority(version),
    }
    sentences = [words.lead[telling.phase], notice, words.text[telling.audience], portal]
    if telling.disclosure == "full" or telling.audience != "restored":
        sentences.append(words.why[telling.disclosure])
    return {"subject": words.subject[telling.phase], "body": _joined(sentences, values)}


def _notice(telling: Telling, language: str) -> str:
    version = telling.version
    if version is None or telling.audience not in (_RESTRICTS if version.rules else _LIFTS):
        return ""
    if "notice" not in version.source:  # what stands in for it speaks of a restriction, in English
        return ""
    return version.notice.get(language, "").replace("{", "{{").replace("}", "}}")


def _joined(sentences: list[str], values: dict[str, str]) -> str:
    return "\n\n".join(sentence for sentence in sentences if sentence).format_map(values)


def _authority(version: OrderVersion) -> str:
    authority = version.source["authority"]
    return str(authority["name"]) if isinstance(authority, Mapping) else ""
