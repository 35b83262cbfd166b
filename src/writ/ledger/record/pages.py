"""The record's pages: templates filled in, with no script but on the page that checks the log.

1. Nothing is escaped by hand: every value goes through the template's own escaping.
2. A page may load our style sheet and nothing else; the one that checks also runs our script, which
   asks nobody but the server that the page is from. Each page says so itself, for servers that do not.
3. Pages that are read are there in every language; what an order says stays in its own words, and what
   was done in the English of `writ order explain`, each marked as that. The page that checks has many
   words in its script, and is in English.
"""

import importlib.resources
from functools import cache
from typing import cast

import jinja2

from writ.ledger.record.bands import NEAR
from writ.ledger.record.places import CHECKING, ENGLISH, INDEX, POLICY, page_of, place_in
from writ.ledger.record.tables import sums
from writ.ledger.record.view import Order, Record, Told
from writ.ledger.record.words import words_in
from writ.pages.words import LANGUAGES


def index_page(record: Record, language: str) -> bytes:
    """Write the page that lists the orders."""
    values = {"sums": sums(record), "existing": record.existing, "near": NEAR}
    return _page("index", INDEX, record, language, **values)


def order_page(record: Record, order: Order, language: str) -> bytes:
    """Write the page of one order."""
    versions = [{**version, "classes": _classes(version)} for version in order.versions]
    return _page("order", page_of(order.id), record, language, order=order, versions=versions)


def verify_page(record: Record) -> bytes:
    """Write the page that checks the log in the reader's browser; it is in English alone (rule 3)."""
    return _page("verify", "verify.html", record, ENGLISH)


def resource(name: str) -> bytes:
    """Return a file that stands beside the templates."""
    return (importlib.resources.files("writ.ledger.record") / "pages" / name).read_bytes()


def render(name: str, **values: object) -> bytes:
    """Fill a template in."""
    return _templates().get_template(name).render(**values).encode()


def _page(name: str, place: str, record: Record, language: str, **values: object) -> bytes:
    """Fill a page in; `root` and `up` lead from it to the record's top, and to its own language's."""
    up = "../" * place.count("/")
    shown = {
        "record": record,
        "orders": record.orders,
        "policy": CHECKING if name == "verify" else POLICY,
        "here": name,
        "words": words_in(language),
        "language": language,
        "languages": LANGUAGES,
        "places": {code: place_in(code, place) for code in LANGUAGES},
        "up": up,
        "root": up if language == ENGLISH else f"../{up}",
    }
    return render(f"{name}.html", **shown, **values)


def _classes(version: Told) -> list[Told]:
    """Return the classes of people that a version's rules name, each once."""
    rules = cast(list[Told], version["rules"])
    named = [cast(Told, rule["class"]) for rule in rules if rule["class"]]
    return [item for place, item in enumerate(named) if item not in named[:place]]


def _depth(line: str) -> int:
    return min((len(line) - len(_undashed(line))) // 2, 3)


def _undashed(line: str) -> str:
    while line.startswith("- "):
        line = line[2:]
    return line


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("writ.ledger.record", "pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"depth": _depth, "undashed": _undashed}
    return environment
