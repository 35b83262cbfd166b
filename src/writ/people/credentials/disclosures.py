"""The disclosures of an SD-JWT (RFC 9901 section 7.1): what the holder chose to show.

1. A disclosure is base64url of `[salt, name, value]`, or `[salt, value]` for an element of a list.
   It is found by the digest of that text as it came.
2. Every digest stands once in the whole, every disclosure is used once; one that nothing asks for,
   one that stands twice, one of the wrong shape, a name that is there already: each refuses.
3. What is not disclosed is dropped, and elements of a list that are not are counted, by their path.
4. At most 100 disclosures, 16 levels deep, whatever disclosures lead to other disclosures.
"""

import hashlib
from collections.abc import Sequence

from writ.errors import Refused
from writ.people.credentials.kinds import Path
from writ.signing.jose import MAX_DEPTH, from_base64url, read_json, to_base64url

MOST = 100
_SD, _ELEMENT = "_sd", "..."
_NAMED, _BARE = 3, 2


class Disclosures:
    """The disclosures of one presentation, to be opened once; `hidden` is rule 3's count."""

    def __init__(self, encoded: Sequence[str]) -> None:
        if len(encoded) > MOST:
            raise Refused(f"the presentation has more than {MOST} disclosures")
        self._unused = {
            to_base64url(hashlib.sha256(item.encode()).digest()): item for item in encoded
        }
        if len(self._unused) != len(encoded):
            raise Refused("a disclosure stands twice in the presentation")
        self._seen: set[str] = set()
        self.hidden: dict[Path, int] = {}

    def open(self, claims: dict[str, object]) -> dict[str, object]:
        """Return the claims with what was disclosed in its place."""
        opened = self._object(claims, ())
        if self._unused:
            raise Refused("a disclosure belongs to nothing in the credential")
        return opened

    def _value(self, value: object, path: Path) -> object:
        if len(path) > MAX_DEPTH:
            raise Refused(f"disclosures lead deeper than {MAX_DEPTH} levels")
        if isinstance(value, dict):
            return self._object(value, path)
        return self._list(value, path) if isinstance(value, list) else value

    def _object(self, value: dict[str, object], path: Path) -> dict[str, object]:
        digests = value.get(_SD, [])
        if _ELEMENT in value or not isinstance(digests, list):
            raise Refused("the credential has `_sd` or `...` where it may not stand")
        opened = {
            name: self._value(item, (*path, name)) for name, item in value.items() if name != _SD
        }
        for digest in digests:
            parts = self._take(digest, _NAMED)
            if not parts:
                continue
            name = parts[1]
            if not isinstance(name, str) or name in {_SD, _ELEMENT} or name in opened:
                raise Refused("a disclosure has a name that is taken, or that no claim may have")
            opened[name] = self._value(parts[2], (*path, name))
        return opened

    def _list(self, items: list[object], path: Path) -> list[object]:
        opened: list[object] = []
        for item in items:
            if not isinstance(item, dict) or set(item) != {_ELEMENT}:
                opened.append(self._value(item, (*path, "[]")))
            elif parts := self._take(item[_ELEMENT], _BARE):
                opened.append(self._value(parts[1], (*path, "[]")))
            else:
                self.hidden[path] = self.hidden.get(path, 0) + 1  # 3
        return opened

    def _take(self, digest: object, length: int) -> list[object]:
        """Return the disclosure of a digest (empty: it is not disclosed)."""
        if not isinstance(digest, str) or digest in self._seen:
            raise Refused("a digest in the credential stands twice, or is no text")
        self._seen.add(digest)
        encoded = self._unused.pop(digest, None)
        if encoded is None:
            return []
        parts = read_json(from_base64url(encoded, "a disclosure"), "a disclosure")
        if not isinstance(parts, list) or len(parts) != length or not isinstance(parts[0], str):
            raise Refused("a disclosure is not salt, name and value, or salt and value in a list")
        return parts
