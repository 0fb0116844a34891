"""Limits of the review server."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mammocalc.model.settings import Settings


class ReviewSettings(Settings):
    """Limits of the review server."""

    cache_bytes: Annotated[int, Field(ge=1)] = 800_000_000
    """
    Memory for decoded images with their smaller levels.
    800 MB: about fifteen of the largest mammograms (5355 x 4915, 70 MB with levels), three cases and the next one.
    """

    tile_px: Annotated[int, Field(ge=64)] = 2048
    """Side of a tile. 2048: any WebGL2 device takes textures of this size, and most mammograms are four to six."""

    smallest_level_px: Annotated[int, Field(ge=16)] = 256
    """Halving stops when the longer side is no larger. 256: less than one of four views on a small screen."""

    thumbnail_px: Annotated[int, Field(ge=16)] = 400
    """Longer side of a thumbnail without marks. 400: a card of the worklist on a screen with twice the pixels."""

    thumbnails_kept: Annotated[int, Field(ge=1)] = 4000
    """Thumbnails without marks that stay in memory. 4000: about 40 MB, and more than a reader scrolls through."""

    search_wait_s: Annotated[float, Field(ge=0)] = 10.0
    """
    How long a request waits for the search of a moved image.
    10 s: some 5,000 headers on a local disk; later the page asks again.
    """

    max_body_bytes: Annotated[int, Field(ge=1)] = 65_536
    """Largest request that is read. 64 kB: the longest comment, as UTF-8 with every character escaped, fits."""
