"""Long thin paths that pass the nipple: arteries, even if no vessel is visible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial import KDTree

from mammocalc.stages.vessels.chains import STEP_MM, find_chains
from mammocalc.stages.vessels.evidence import describe_chain
from mammocalc.stages.vessels.limits import GROW_MM, MAX_SHARE_BESIDE, MIN_TUBE_LENGTH_MM
from mammocalc.vocabulary.geometry import path_length

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.stages.vessels.evidence import Chain, Points

_FEWEST_ON_PATH: Final = 8
"""Fewest calcifications of a long thin one, through gaps as between stretches of an artery."""

_MAX_OFF_PATH_MM: Final = 0.7
"""Largest distance from its smoothed line, in the median of those within the next millimetres of any place on it.
Most real arteries that are longer than a duct keep below, chains through scattered and diffuse calcifications do not,
and have 0.1 to 0.8 of their number beside them (docs/evidence/arteries.md)."""

_AROUND_MM: Final = 10.0

_MAX_RADIAL_SHARE: Final = 0.75
"""Largest share of its length that leads to the nipple or away from it. Two ducts that part, or meet at the
nipple, make one path as well, and have 0.8 and more; a straight line that passes at half of its length has 0.4."""

_LEAST_ON_PATH: Final = -0.1
"""Smallest alignment of what lies on it: round specks have 0, rods in ducts that lie side by side less."""


def find_long_paths(points: Points, nipple_mm: NDArray[np.float64] | None) -> list[frozenset[int]]:
    """
    Find what lies along one thin line that is longer than a duct and nowhere runs to the nipple for long.

    Nothing but a vessel goes so far across the ducts, whether it is seen or not.

    Parameters
    ----------
    points : Points
    nipple_mm : ndarray of float64, shape (2,), or None
        To which ducts run.

    Returns
    -------
    list of frozenset of int
        Indices into ``points``, one set for each path; empty without a nipple.
    """
    if nipple_mm is None:
        return []
    thin = (_thin_stretch(line, points) for line in find_chains(points.at_mm, GROW_MM, MIN_TUBE_LENGTH_MM))
    chains = (describe_chain(line, points) for line in thin if path_length(line) >= MIN_TUBE_LENGTH_MM)
    return [frozenset(chain.members.tolist()) for chain in chains if _is_long_path(chain, nipple_mm)]


def _thin_stretch(line_mm: NDArray[np.float64], points: Points) -> NDArray[np.float64]:
    """Give the longest stretch of a line on which its members lie: a path may go on through a group."""
    members = points.at_mm[describe_chain(line_mm, points).members]
    off_mm, place = KDTree(line_mm).query(members)
    apart_mm = STEP_MM * np.abs(np.arange(len(line_mm))[:, None] - place)
    near = apart_mm <= _AROUND_MM
    is_thin = _medians(off_mm, near) <= _MAX_OFF_PATH_MM
    stretches = np.split(np.arange(len(line_mm)), np.flatnonzero(np.diff(is_thin)) + 1)
    return line_mm[max((stretch for stretch in stretches if is_thin[stretch[0]]), key=len, default=stretches[0][:0])]


def _medians(values: NDArray[np.float64], chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Give the median of those that each row chooses, 0 where it chooses none."""
    ranked = np.sort(np.where(chosen, values, np.inf), axis=1)
    count, row = chosen.sum(axis=1), np.arange(len(chosen))
    lower, upper = np.maximum(count - 1, 0) // 2, np.minimum(count // 2, len(values) - 1)
    return np.where(count > 0, (ranked[row, lower] + ranked[row, upper]) / 2, 0.0)


def _is_long_path(chain: Chain, nipple_mm: NDArray[np.float64]) -> bool:
    return (
        len(chain.members) >= _FEWEST_ON_PATH
        and chain.beside_share <= MAX_SHARE_BESIDE
        and chain.alignment >= _LEAST_ON_PATH
        and _radial_share(chain.line_mm, nipple_mm) <= _MAX_RADIAL_SHARE
    )


def _radial_share(line_mm: NDArray[np.float64], nipple_mm: NDArray[np.float64]) -> float:
    """Give how much of a line's length leads to the nipple or away from it, 0 to 1: 1 of ducts, branching as well."""
    away_mm = np.hypot(*(line_mm - nipple_mm).T)
    return float(np.abs(np.diff(away_mm)).sum()) / path_length(line_mm)
