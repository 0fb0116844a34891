"""Pixels that are the mask of a region, not a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.imaging.histogram import count_levels
from mammocalc.vocabulary.errors import ImageSkippedError
from mammocalc.vocabulary.lexicon import Reason

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_LEVELS: Final = 64
"""How many grey levels a mask has at most, where a lossy compression rang along its edges; a dark picture has more."""
END_SHARE: Final = 0.02
"""How far from the two ends the levels of such ringing lie."""
BETWEEN_SHARE: Final = 0.002
"""How many pixels may lie between, on the smoothed edge of a region."""
SAMPLED_PX: Final = 16
"""One pixel of so many, along each side, shows more levels than a mask has in any mammogram."""


def refuse_mask(codes: NDArray[np.uint16]) -> None:
    """
    Skip an image of two values: outside and inside of a region.

    Parameters
    ----------
    codes : ndarray of uint16, shape (rows, columns)
        Stored values. One value alone is another matter: an empty picture.

    Raises
    ------
    ImageSkippedError
        ``mask``.
    """
    if np.unique(codes[::SAMPLED_PX, ::SAMPLED_PX]).size > MOST_LEVELS:
        return
    counts = count_levels(codes)
    levels = np.flatnonzero(counts)
    if not 2 <= levels.size <= MOST_LEVELS:
        return
    reach = END_SHARE * (levels[-1] - levels[0])
    is_between = (levels > levels[0] + reach) & (levels < levels[-1] - reach)
    if counts[levels[is_between]].sum() <= BETWEEN_SHARE * codes.size:
        message = (
            "This is a mask: its pixels have two values only, and no mammogram has. "
            "Only mammograms are analysed: use the one that it was made from."
        )
        raise ImageSkippedError(Reason.MASK, message)
