"""The pictures of a pair: from the DICOM files where they were found, else from the overlays of the runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from mammocalc.analysis.comparison import orientation_of
from mammocalc.rendering.comparison import Source, canvas_of, draw_crops, draw_picture
from mammocalc.rendering.comparison.build import places_of

if TYPE_CHECKING:
    from pathlib import Path

    from mammocalc.model import Comparison, Mammogram
    from mammocalc.rendering.comparison import Canvas
    from mammocalc.results.result import Result


def source_of(mammogram: Mammogram) -> Source:
    """Give an image as its file asks to be shown."""
    pixels = mammogram.pixels
    return Source(pixels.look_up(pixels.display_grey))


def overlay_of(run: Path, result: Result) -> Source | None:
    """Give the overlay that the run has drawn of an image, with its marks; None where there is none."""
    overlay = result.overlay
    path = None if overlay is None else overlay.file_in(run)
    if overlay is None or path is None:
        return None
    try:
        image = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    except (OSError, cv2.error):
        return None
    if image is None:
        return None
    return Source(np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8), overlay.scale, overlay.offset)


def canvases_of(results: tuple[Result, Result]) -> tuple[Canvas, Canvas]:
    """Choose what is shown of both images: the current one as it is stored, the prior turned like it."""
    (ours, ours_down), (theirs, theirs_down) = (orientation_of(result.report) for result in results)
    current, prior = (result.report for result in results)
    return canvas_of(current), canvas_of(prior, is_mirrored=ours != theirs, is_upside_down=ours_down != theirs_down)


def draw_pair(
    comparison: Comparison,
    results: tuple[Result, Result],
    sources: tuple[Source | None, Source | None],
    places: tuple[str, str, str, str],
) -> dict[str, bytes]:
    """
    Draw the pictures of a pair.

    Parameters
    ----------
    comparison : Comparison
    results : tuple of Result
        Of the current image and of the prior.
    sources : tuple of Source or None
    places : tuple of str
        Of the two pictures, then of the two sheets of thumbnails.

    Returns
    -------
    dict of str to bytes
        JPEG by its place; an image without a source has none.
    """
    drawn = {}
    canvases, where = canvases_of(results), places_of(comparison, results)
    for side, (source, canvas) in enumerate(zip(sources, canvases, strict=True)):
        if source is not None:
            drawn[places[side]] = draw_picture(source, canvas)
            drawn[places[2 + side]] = draw_crops(source, canvas, where[side])
    return drawn
