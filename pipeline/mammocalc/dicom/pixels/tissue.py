"""Presence of tissue, in contrast to a phantom, a flat field or noise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from skimage.filters import threshold_otsu

from mammocalc.dicom.pixels.overview import measure_texture, scale_within_borders

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

STRUCTURED: Final = 0.5
"""Coarse texture over fine texture. White noise has a third; the tissue of 139 real and simulated images 0.85 and more,
for it has structure of every size."""
SMALLEST_PART: Final = 0.05


def shows_no_tissue(picture: NDArray[np.float64], hidden: NDArray[np.bool_]) -> bool:
    """
    Whether nothing in a picture has the texture of tissue.

    A flat field is noise alone; a block of plastic and its specks are noise
    with a few small things in it, beside air that is noise as well. Tissue is
    coarse at every size. A phantom that imitates tissue is not told.

    Parameters
    ----------
    picture : ndarray of float64, shape (rows, columns)
        Modality values, averaged over cells by `shrink`.
    hidden : ndarray of bool, shape (rows, columns)
        Cells that are mostly padding.

    Returns
    -------
    bool
        False for a picture of one value, which says nothing.
    """
    inner = scale_within_borders(picture, hidden)
    if inner is None:
        return False
    shown = inner.scaled[~inner.hidden]
    if shown.size == 0 or shown.min() == shown.max():
        return False
    is_bright = inner.scaled > threshold_otsu(shown)
    parts = [part & ~inner.hidden for part in (is_bright, ~is_bright)]
    textures = [measure_texture(inner.scaled, part) for part in parts if part.mean() >= SMALLEST_PART]
    if not any(textures):  # noise alone: its bright and dark cells lie side by side everywhere
        textures = [measure_texture(inner.scaled, ~inner.hidden)]
    noisy = [texture for texture in textures if texture is not None and texture[0] > 0]
    return bool(noisy) and all(coarse <= STRUCTURED * fine for fine, coarse in noisy)
