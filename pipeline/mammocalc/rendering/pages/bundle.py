"""Scripts of a page as one, for pages that open from disk: each module in a scope of its own."""

from __future__ import annotations

import posixpath
import re
from importlib import resources
from typing import Final

_IMPORT: Final = re.compile(r'^import\s*\{(?P<names>[^}]*)\}\s*from\s*"(?P<path>\.[^"]*)";[^\n]*\n', re.MULTILINE)
_EXPORT: Final = re.compile(r"^export (?=(?:async )?(?:function|const|class)\b)", re.MULTILINE)
_EXPORTED: Final = re.compile(r"^export (?:async )?(?:function|const|class) (?P<name>\w+)", re.MULTILINE)
_LEFT: Final = re.compile(r"^(?:import|export)\b.*|.*</script.*|.*<!--.*", re.MULTILINE | re.IGNORECASE)


class BundleError(Exception):
    """A script says what a page cannot hold: a fault of this program."""


def bundle(path: str) -> str:
    """
    Put a module and all that it imports into one script.

    Browsers fetch no module for a page that lies on the disk, and the page's
    policy admits the one script whose digest it names. Modules keep their
    names apart: each is a function that gives what it exports, and it is
    called once, after those that it imports.

    Parameters
    ----------
    path : str
        Of the module in the package, such as ``rendering/index/page.js``.

    Returns
    -------
    str
        A classic script; equal modules give equal text.

    Raises
    ------
    BundleError
        If a module imports itself through others, or says what is not understood here: only ``import { names } from
        "./path.js"`` and ``export`` before a function, a constant or a class are.
    """
    bodies: dict[str, str] = {}
    _add(path, bodies, ())
    return "(() => {\n" + "".join(bodies.values()) + "})();\n"


def _add(path: str, bodies: dict[str, str], above: tuple[str, ...]) -> None:
    """Add a module behind those that it imports."""
    if path in above:
        message = f"{' imports '.join([*above, path])}."
        raise BundleError(message)
    if path in bodies:
        return
    text = resources.files("mammocalc").joinpath(path).read_text(encoding="utf-8")
    for found in _IMPORT.finditer(text):
        _add(_resolved(path, found["path"]), bodies, (*above, path))
    bodies[path] = _wrapped(path, text)


def _wrapped(path: str, text: str) -> str:
    body = _EXPORT.sub("", _IMPORT.sub(lambda found: _taken(path, found), text))
    if left := _LEFT.search(body):
        message = f"{path} has a line that no page can hold: {left[0].strip()}"
        raise BundleError(message)
    names = ", ".join(sorted(_EXPORTED.findall(text)))
    return f'const {_variable(path)} = (() => {{\n"use strict";\n{body}return {{ {names} }};\n}})();\n'


def _taken(path: str, found: re.Match[str]) -> str:
    names = re.sub(r"\s+as\s+", ": ", " ".join(found["names"].split()))
    return f"const {{ {names} }} = {_variable(_resolved(path, found['path']))};\n"


def _resolved(path: str, relative: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), relative))


def _variable(path: str) -> str:
    return "module_" + re.sub(r"\W", "_", path.removesuffix(".js"))
