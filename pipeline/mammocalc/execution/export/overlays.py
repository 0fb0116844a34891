"""Overlays of a run, as pictures for secondary captures."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PIL import Image as Pictures

from mammocalc.execution.export.images import NotThereError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mammocalc.results.result import OverlayPlacement

_NONE = "the run drew no overlay of it (outputs.overlays), so there is nothing to capture"
_BROKEN = "its overlay cannot be read as a picture. Repeat the run, which draws it again"


def find_overlay(overlay: OverlayPlacement | None, root: Path) -> Callable[[], bytes]:
    """
    Find the picture of an image.

    Parameters
    ----------
    overlay : OverlayPlacement or None
        As its result has it.
    root : Path
        Of the run.

    Returns
    -------
    callable
        Gives its bytes.

    Raises
    ------
    NotThereError
        If there is none, or none that is whole and lies in the run.
    """
    if overlay is None:
        raise NotThereError(_NONE)
    file = overlay.file_in(root)
    if file is None:
        raise NotThereError(_BROKEN)
    try:
        with Pictures.open(file) as picture:
            picture.load()
    except (
        OSError,
        ValueError,
        SyntaxError,
        Pictures.DecompressionBombError,
    ):  # what the library raises of others' files
        raise NotThereError(_BROKEN) from None
    return partial(file.read_bytes)
