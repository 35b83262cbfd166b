"""A snapshot: everything that was decided on, in canonical bytes, for signing and for gateways.

1. `orders` and `definitions` say what is ordered; `rules` say what is in force when, and what an
   enforcement point may tell of it; `segments` have the digest of the rules between two changes.
   Annexes appear by digest, never by row; scenarios, which decide nothing and may name whom an
   annex lists, stay with the sources.
2. A hold denies all, and tells nothing but `held_notice`.
3. The same sources, epoch and predecessor give the same bytes on every machine, in the form asked
   for: what was signed in an earlier form is written in that again (docs/decisions/0025, 0065).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from writ.canonical import Plain, digest_bytes, encode
from writ.clock import FOREVER, format_instant
from writ.law.digest import Digests, predicate_plain
from writ.law.snapshot_first import HELD_NOTICE, rule_plain, segments_of_rules, start_of
from writ.model.catalogue import Catalogue
from writ.model.expression import Predicate
from writ.model.order import ActiveRule, Hold, Lawbook, OrderVersion

FIRST, FORMAT = "writ-snapshot-1", "writ-snapshot-2"


def snapshot(
    book: Lawbook, epoch: int, previous: str | None, trust_version: int, form: str = FORMAT
) -> bytes:
    """Write the snapshot of a lawbook; `previous` is the digest of the snapshot before it."""
    told = _first(book) if form == FIRST else _rules(book)
    return encode(
        {
            "format": form,
            "epoch": epoch,
            "previous": previous,
            "trust": trust_version,
            "catalogue": _catalogue(book.catalogue),
            "orders": [_version(version) for version in _sorted(book)],
            "definitions": dict(_definitions(book)),
            "annexes": {
                f"{version.order}/{version.version}/{name}": group.digest
                for version in _sorted(book)
                for name, group in version.annexes.items()
            },
            "holds": [_hold(hold) for hold in _holds(book)],
            **told,
        }
    )


def law_digest(book: Lawbook) -> str:
    """Digest of what orders say, wherever in the chain they stand, holds left out.

    What a report on a folder of orders speaks of: the desk compares it with what is proposed.
    """
    return digest_bytes(snapshot(replace(book, holds=()), 0, None, 0))


def _first(book: Lawbook) -> dict[str, Plain]:
    return {"segments": segments_of_rules(book)}


def _rules(book: Lawbook) -> dict[str, Plain]:
    digests = Digests(book)
    return {
        "held_notice": dict(HELD_NOTICE),
        "rules": [_rule(active) for active in book.standing],
        "segments": [
            {
                "from": start,
                "starts": None if start is None else format_instant(start),
                "rules_digest": digests.at(start_of(start)),
            }
            for start in (None, *book.boundaries())
        ],
    }


def _rule(active: ActiveRule) -> Plain:
    effects = (active.rule.barred, active.rule.undetermined)
    substitutes = [effect.substitute for effect in effects if effect.substitute is not None]
    return {
        **rule_plain(active),
        "spans": [[since, None if until >= FOREVER else until] for since, until in active.spans],
        "substitute": substitutes[0] if substitutes else None,
    }


def _sorted(book: Lawbook) -> list[OrderVersion]:
    return sorted(book.versions, key=lambda version: (version.order, version.version))


def _holds(book: Lawbook) -> list[Hold]:
    return sorted(book.holds, key=lambda hold: (hold.model, hold.since, hold.by))


def _catalogue(catalogue: Catalogue) -> Plain:
    return _deployments(catalogue) | {
        "provider": catalogue.provider,
        "models": {
            name: {
                "aliases": sorted(model.aliases),
                "family": model.family,
                "capabilities": sorted(model.capabilities),
                "dialects": sorted(model.dialects),
                "controlled": model.controlled,
            }
            for name, model in catalogue.models.items()
        },
    }


def _deployments(catalogue: Catalogue) -> dict[str, Plain]:
    """Write where models are served; a catalogue that says nothing of it keeps its form."""
    if not catalogue.deployments:
        return {}
    return {
        "deployments": {
            item.name: {
                "entity": item.entity,
                "region": item.region,
                "points": sorted(item.points),
            }
            for item in catalogue.deployments.values()
        }
    }


def _version(version: OrderVersion) -> Plain:
    source = {key: _plain(item) for key, item in version.source.items() if key != "scenarios"}
    return {
        "order": version.order,
        "version": version.version,
        "kind": version.kind,
        "effective": version.effective,
        "until": version.until,
        "file": source,
    }


def _plain(value: object) -> Plain:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, str | bool | int):
        return value
    return str(value)


def _definitions(book: Lawbook) -> Iterator[tuple[str, Plain]]:
    for version in book.versions:
        for predicate in _predicates(version):
            if predicate.name is not None:
                yield predicate.name, predicate_plain(predicate)


def _predicates(version: OrderVersion) -> Iterator[Predicate]:
    for rule in version.rules:
        yield rule.predicate
    for required in version.requirements:
        yield required.who
    for item in version.exemptions:
        yield item.who
        if item.unless is not None:
            yield item.unless


def _hold(hold: Hold) -> Plain:
    return {
        "model": hold.model,
        "by": hold.by,
        "since": hold.since,
        "until": None if hold.until >= FOREVER else hold.until,
    }
