"""Packages that the node needs beside the base installation."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

from mammocalc.vocabulary.errors import UsageError

PACKAGES: Final = {"pynetdicom": "pynetdicom", "dicomweb_client": "dicomweb-client"}


def require_extra() -> None:
    """Raise UsageError, with what to install, where a package of the extra is missing."""
    missing = [package for module, package in PACKAGES.items() if find_spec(module) is None]
    if missing:
        message = f"mammocalc listen needs {' and '.join(missing)}: pip install 'mammocalc[listen]'."
        raise UsageError(message)
