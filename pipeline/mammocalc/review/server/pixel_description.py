"""Description of an image's pixels, which the page gets before the pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mammocalc.review.server.decoding import NoPixelsError

if TYPE_CHECKING:
    from concurrent.futures import Future

    from mammocalc.review.server.pixels import Picture
    from mammocalc.review.server.run_index import Image


def describe_pixels(image: Image, drawn: Future[Picture], tile_px: int) -> dict[str, Any]:
    """Describe the pixels of an image, or say why they are not there."""
    spacing = list(image.spacing_mm) if image.spacing_mm else None
    try:
        picture = drawn.result()
    except NoPixelsError as error:
        return {
            "available": False,
            "why": str(error),
            "rows": image.identity.rows,
            "columns": image.identity.columns,
            "spacing_mm": spacing,
        }
    return {"available": True, "why": "", **picture.describe(tile_px), "spacing_mm": spacing}
