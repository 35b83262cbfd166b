"""A page of HTML for people: the charts, and the figures as tables."""

from collections.abc import Mapping
from importlib.resources import files

import jinja2


def page(template: str, values: Mapping[str, object]) -> str:
    """Fill one of the templates of `data`; whatever is put in is escaped, but charts."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    text = files("writ.study").joinpath(f"data/{template}.html").read_text(encoding="utf-8")
    return environment.from_string(text).render(values)
