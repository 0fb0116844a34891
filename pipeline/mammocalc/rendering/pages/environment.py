"""The environment of all templates: values are escaped, and unknown names are errors."""

from __future__ import annotations

import base64
import functools
import hashlib
from dataclasses import dataclass
from importlib import resources
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from mammocalc.rendering import wording
from mammocalc.rendering.pages.bundle import bundle
from mammocalc.rendering.palette import svg_looks

_FILTERS: Final = (
    wording.fixed,
    wording.many,
    wording.name_of,
    wording.percent,
    wording.say_number,
    wording.say_range,
    wording.say_share,
)

_ON_PAPER: Final = "rendering/pages/print.css"


def fill_page(template: str, **views: object) -> str:
    """
    Fill a template with what a page shows.

    Parameters
    ----------
    template : str
        Path of the template in the package, without its ending. Its style
        lies beside it under the same name, and its script, if it has one:
        ``rendering/details/details`` for details.html, .css and .js. A script
        may import others of the package, which are put into the page with it.
    **views
        What the template names. All text is escaped where it is put into the page.

    Returns
    -------
    str
        HTML that needs nothing else; equal arguments give equal text.

    Raises
    ------
    jinja2.UndefinedError
        If the template names what it was not given: a fault of this program.
    """
    style, script = _style(f"{template}.css"), _script(f"{template}.js")
    return _environment().get_template(f"{template}.html").render(style=style, script=script, **views)


@dataclass(frozen=True, slots=True)
class _Part:
    """A style or a script of the package, and the digest by which the page's policy knows it."""

    text: str
    digest: str


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("mammocalc", ""),  # a template lies beside the room that fills it
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters |= {function.__name__: function for function in _FILTERS}
    environment.globals["looks"] = svg_looks()
    environment.policies["json.dumps_kwargs"] = {"allow_nan": False, "separators": (",", ":")}
    return environment


@functools.cache
def _style(path: str) -> _Part:
    """Give the style of a page, and behind it what all pages have on paper."""
    return _known("".join(_read(part) for part in (path, _ON_PAPER)))


@functools.cache
def _script(path: str) -> _Part | None:
    return _known(bundle(path)) if resources.files("mammocalc").joinpath(path).is_file() else None


def _read(path: str) -> str:
    return resources.files("mammocalc").joinpath(path).read_text(encoding="utf-8")


def _known(text: str) -> _Part:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return _Part(text, f"sha256-{digest}")
