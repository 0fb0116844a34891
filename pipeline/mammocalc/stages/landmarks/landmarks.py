"""Landmarks: the pectoral muscle and the nipple."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.model import Landmarks, Nipple
from mammocalc.stages.landmarks.muscle import find_muscle, no_muscle
from mammocalc.stages.landmarks.nipple import find_nipple
from mammocalc.vocabulary.lexicon import Flag, View

if TYPE_CHECKING:
    from mammocalc.model import Breast
    from mammocalc.stages.landmarks.muscle import Muscle
    from mammocalc.vocabulary.geometry import PixelSpacing


_PECTORAL_VIEWS = frozenset({View.MLO, View.ML, View.LMO, View.UNKNOWN})

_PECTORAL_LEAST_CONFIDENCE: Final = 0.5
"""With less confidence the muscle is drawn, and passed on as unknown. Of 92 edges drawn in oblique views of INbreast
and looked at, 92 % of those with more were right along their whole length, and 18 % of those with less
(docs/evidence/landmarks.md)."""

_WITHOUT_MUSCLE: Final = frozenset({View.CC})
"""A muscle that is believed there is one of another view: of 104 images of INbreast that are called CC one has such a
muscle, and shows an oblique view; of 106 oblique ones turned upside down 59 have it at the bottom, and upright none."""

_NIPPLE_LEAST_CONFIDENCE: Final = 0.5
"""With less confidence the nipple is passed on as unknown: one that is wrong by more than about 11 mm tells less than
none."""


def find_landmarks(breast: Breast, spacing: PixelSpacing, view: View) -> Landmarks:
    """
    Find the edge of the pectoral muscle and the nipple.

    The muscle is bright and fills the upper corner at the chest wall in oblique
    and lateral views: the straight line with the largest drop of density
    across it is searched, then bent along the strongest edge near it by a path
    of least cost. The nipple is the bump on the skin line near the outermost
    point of the breast, or what stands out most from a strip along the skin
    line, or that point itself with less confidence.

    Parameters
    ----------
    breast : Breast
        Its coarse maps are all that is looked at.
    spacing : PixelSpacing
        Size of a pixel.
    view : View
        The muscle is looked for in MLO, ML, LMO and unknown views, and its edge given. Where it is seen at the bottom
        of one of these, or in CC, that is a flag, and the muscle not used.

    Returns
    -------
    Landmarks
        Without nipple where the breast has no skin line.

    Notes
    -----
    Published automatic nipple positions are 6 to 11 mm off on average, so the
    confidence decides whether the nipple is used at all.
    """
    cell_mm = breast.cell_px * spacing.mean_mm
    flags: set[Flag] = set()
    # All that follows sees the chest wall at the left.
    is_left = breast.chest_wall_is_left
    mask = breast.is_breast if is_left else breast.is_breast[:, ::-1]
    cells = breast.cell_density if is_left else breast.cell_density[:, ::-1]
    muscle = no_muscle(mask.shape)
    from_skin_mm = breast.skin_distance_px * spacing.mean_mm
    from_skin_mm = from_skin_mm if is_left else from_skin_mm[:, ::-1]
    if view in _WITHOUT_MUSCLE and breast.has_background:
        is_oblique = _is_believed(find_muscle(cells, mask, from_skin_mm, cell_mm))
        flags |= {Flag.VIEW_CONTRADICTED} if is_oblique else set()
    if view in _PECTORAL_VIEWS and breast.has_background:
        muscle = find_muscle(cells, mask, from_skin_mm, cell_mm)
        if not _is_believed(muscle):
            turned = find_muscle(cells[::-1], mask[::-1], from_skin_mm[::-1], cell_mm)
            flags |= {Flag.ORIENTATION_CONTRADICTED} if _is_believed(turned) else set()
        # Every oblique view shows it; in the others it may be missing with good reason.
        is_missing = muscle.confidence is None and view is View.MLO
        if is_missing or (muscle.confidence is not None and muscle.confidence < _PECTORAL_LEAST_CONFIDENCE):
            flags.add(Flag.PECTORAL_UNCERTAIN)
    nipple = find_nipple(cells, mask, muscle.edge, cell_mm) if breast.has_background else None
    if nipple is None or nipple[2] < _NIPPLE_LEAST_CONFIDENCE:
        flags.add(Flag.NIPPLE_UNCERTAIN)

    def to_px(row: float, column: float) -> tuple[float, float]:
        column = column if is_left else mask.shape[1] - 1 - column
        return (row + 0.5) * breast.cell_px - 0.5, (column + 0.5) * breast.cell_px - 0.5

    return Landmarks(
        is_pectoral=muscle.is_muscle if is_left else muscle.is_muscle[:, ::-1],
        pectoral_px=tuple(to_px(row, column) for row, column in muscle.edge.tolist()),
        pectoral_confidence=muscle.confidence,
        nipple=None if nipple is None else Nipple(*to_px(nipple[0], nipple[1]), confidence=nipple[2]),
        flags=frozenset(flags),
    )


def _is_believed(muscle: Muscle) -> bool:
    return muscle.confidence is not None and muscle.confidence >= _PECTORAL_LEAST_CONFIDENCE
