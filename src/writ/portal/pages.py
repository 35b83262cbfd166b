"""Pages: templates filled in the visitor's language, with headers that leave no room for scripts.

1. Nothing is escaped by hand: every value goes through the template's own escaping.
2. A page may not be stored, framed, or send its address on; it loads one style sheet of ours, and
   works without JavaScript because there is none.
"""

from dataclasses import dataclass
from functools import cache

import jinja2
from starlette.responses import Response

from writ.pages import style
from writ.pages.words import LANGUAGES
from writ.portal.words import words_in

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page has: language, the path before `/verify`, how to reach a person, its form.

    `query` is what the page was asked for with, and is asked for with in another language;
    `ended_days` how long what has ended is kept.
    """

    language: str
    base: str
    contact: str
    form: str = ""
    query: str = ""
    ended_days: int = 0


def page(name: str, frame: Frame, status: int = 200, **values: object) -> Response:
    """Fill a template in."""
    words = words_in(frame.language)
    text = (
        _templates()
        .get_template(f"{name}.html")
        .render(
            words=words,
            language=frame.language,
            languages=LANGUAGES,
            base=f"{frame.base}/verify",
            contact=frame.contact or words("contact.none"),
            form=frame.form,
            query=frame.query,
            ended_days=frame.ended_days,
            **values,
        )
    )
    return Response(text, status, HEADERS, "text/html; charset=utf-8")


def sheet() -> Response:
    """Return the style sheet."""
    headers = HEADERS | {"cache-control": "public, max-age=300"}
    return Response(style.sheet("writ.portal"), 200, headers, "text/css; charset=utf-8")


def redirect(address: str, cookie: str = "") -> Response:
    """Send the browser to a page of ours (RFC 9110 15.4.4), with a cookie if there is one."""
    cookies = {"set-cookie": cookie} if cookie else {}
    return Response(b"", 303, HEADERS | {"location": address} | cookies)


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("writ.portal", "pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
