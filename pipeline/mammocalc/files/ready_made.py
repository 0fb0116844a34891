"""The configurations that come with the program, by name."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).resolve().parents[1]

_PLACES: Final = (_PACKAGE / "configs", _PACKAGE.parents[1] / "configs")
"""Inside of an installed package, to which the build copies them; and where they live in a checkout."""


@functools.cache
def ready_made() -> dict[str, Path]:
    """Give the file of every configuration that comes with the program, by its name, in the order of the names."""
    folder = next((place for place in _PLACES if (place / "default.yaml").is_file()), None)
    return {} if folder is None else {file.stem: file for file in sorted(folder.glob("*.yaml"))}


def find(name_or_file: str | Path) -> Path:
    """
    Give the file that a word on the command line means.

    Parameters
    ----------
    name_or_file : str or Path
        A bare name of `ready_made`, or any path. A file of one's own that has
        such a name and no ending is written with its folder, as in ``./NAME``.

    Returns
    -------
    Path
        That of a file which need not exist.
    """
    text = str(name_or_file)
    if isinstance(name_or_file, str) or name_or_file.name == text:
        return ready_made().get(text, Path(name_or_file))
    return Path(name_or_file)


def listed() -> str:
    """Give the names for a sentence."""
    return ", ".join(ready_made())
