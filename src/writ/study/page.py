"""A page of HTML for people: the charts, and the figures as tables.

A page loads nothing and runs nothing: its policy allows its own style by digest, and that is all.
"""

import base64
import hashlib
from collections.abc import Mapping
from importlib.resources import files

import jinja2


def page(template: str, values: Mapping[str, object]) -> str:
    """Fill one of the templates of `data`; whatever is put in is escaped, but charts."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    style = _data("page.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    own = {"style": style, "style_hash": f"sha256-{digest}"}
    return environment.from_string(_data(f"{template}.html")).render({**own, **values})


def _data(name: str) -> str:
    return files("writ.study").joinpath(f"data/{name}").read_text(encoding="utf-8")
