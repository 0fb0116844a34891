"""Ducts run to the nipple: whether a row of marks does so too."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_DUCT_DEGREES: Final = 20.0
"""A row whose axis points to the nipple within this angle may lie in a duct."""


def may_be_duct(
    nipple_mm: NDArray[np.float64] | None,
    middle_mm: NDArray[np.float64],
    axis: NDArray[np.float64],
    *,
    where_unknown: bool,
) -> bool:
    """
    Tell whether a row of marks points to the nipple.

    Parameters
    ----------
    nipple_mm : ndarray of float64, shape (2,), or None
        The nipple; None where it is not known.
    middle_mm : ndarray of float64, shape (2,)
        The middle of the row.
    axis : ndarray of float64, shape (2,)
        Along the row; its length and sign do not matter.
    where_unknown : bool
        The answer without a nipple: True where a duct has to be excluded,
        False where the row has other evidence.

    Examples
    --------
    >>> import numpy as np
    >>> middle, nipple = np.array([0.0, 0.0]), np.array([1.0, 10.0])
    >>> may_be_duct(nipple, middle, np.array([0.0, 1.0]), where_unknown=True)
    True
    >>> may_be_duct(nipple, middle, np.array([1.0, 0.0]), where_unknown=True)
    False
    """
    if nipple_mm is None:
        return where_unknown
    way = nipple_mm - middle_mm
    cross = axis[0] * way[1] - axis[1] * way[0]
    return math.degrees(math.atan2(abs(cross), abs(float(axis @ way)))) <= _DUCT_DEGREES
