"""Feeds of the record: an entry for every edition, the last one first (RFC 4287, JSON Feed 1.1)."""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from writ.clock import format_instant
from writ.ledger.record.pages import render
from writ.ledger.record.places import page_of
from writ.ledger.record.view import Record
from writ.ledger.record.words import words_in


@dataclass(frozen=True, slots=True)
class Item:
    """One edition."""

    at: str
    order: str
    number: int
    title: str
    summary: str
    page: str

    @property
    def id(self) -> str:
        """Its name in feeds, which never changes."""
        return f"{self.page}#edition-{self.number}"


def atom(record: Record) -> bytes:
    """Write the feed as Atom."""
    items = _items(record)
    updated = items[0].at if items else format_instant(record.signed)
    return render("feed.atom", record=record, items=items, updated=updated)


def json_feed(record: Record) -> bytes:
    """Write the feed as JSON."""
    items = [
        {
            "id": item.id,
            "url": item.page,
            "title": item.title,
            "content_text": item.summary,
            "date_published": item.at,
        }
        for item in _items(record)
    ]
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"{record.operator}: record of legal orders",
        "home_page_url": f"{record.address}/",
        "feed_url": f"{record.address}/feed.json",
        "authors": [{"name": record.operator}],
        "language": "en",
        "items": items,
    }
    return msgspec.json.format(msgspec.json.encode(told)) + b"\n"


def _items(record: Record) -> list[Item]:
    found = sorted(_editions(record), key=lambda item: (item.order, item.number))
    return sorted(found, key=lambda item: item.at, reverse=True)


def _editions(record: Record) -> Iterator[Item]:
    for order in record.orders:
        page = f"{record.address}/{page_of(order.id)}"
        for edition in order.editions:
            title, summary = str(order.last["title"]), words_in("en").changes(edition.changes)
            yield Item(edition.published, order.id, edition.number, title, summary, page)
