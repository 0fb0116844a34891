"""Place of a finding in one view: its distance from the nipple outwards, upwards and in depth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.analysis.cluster_traits import chest_wall_is_left
from mammocalc.analysis.view_geometry import shows_whole_breast
from mammocalc.vocabulary.lexicon import Flag, Laterality, View

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.analysis.cluster_traits import BreastFrame
    from mammocalc.model import Report

OBLIQUE: Final = frozenset({View.MLO, View.LMO})
_UPRIGHT: Final = OBLIQUE | {View.ML, View.LM}
_AT_THE_TOP: Final = 0.3
"""Confidence of a muscle's edge that tells which way is up, though not where the edge runs: it is sought at the upper
end of the image, and of 158 oblique views two have one there when they stand on their heads, 120 as they are
(docs/evidence/landmarks.md)."""
_TILTS_DEGREES: Final = (10.0, 20.0, 30.0)
"""From the image's upright to the muscle's edge: nine of ten of 100 sure ones lie between, and half on either side."""
_FROM_ABOVE: Final = frozenset({View.CC, View.FB})


@dataclass(frozen=True, slots=True)
class ViewPlace:
    """
    The place of a finding in one view.

    Attributes
    ----------
    name : str
        Of the view, such as ``R CC``.
    outer_mm, upper_mm : float or None
        From the nipple outwards, in views from above or below, and upwards in the others; negative inwards and
        downwards. In the views from the side that show the muscle upwards is along it, so that the zero is the line
        from the nipple to the muscle at a right angle.
    is_oblique : bool
        Whether upwards is that of an oblique view.
    depth_share : float or None
        Of the way from the nipple to the chest wall, or to the edge of the image.
    from_nipple_mm : float or None
    is_over_muscle : bool
        Only where the muscle's edge is sure.
    reasons : tuple of str
        Why something is None.
    """

    name: str
    outer_mm: float | None = None
    upper_mm: float | None = None
    is_oblique: bool = False
    depth_share: float | None = None
    from_nipple_mm: float | None = None
    is_over_muscle: bool = False
    reasons: tuple[str, ...] = ()


def place_in_view(report: Report, middle_mm: NDArray[np.float64], frame: BreastFrame, name: str) -> ViewPlace:
    """
    Say where a finding lies in one view.

    Parameters
    ----------
    report : Report
    middle_mm : ndarray of float64, shape (2,)
        (down, across) of the finding's middle from the image's corner.
    frame : BreastFrame
        Of the same report.
    name : str
        Of the view.

    Notes
    -----
    Which way is outer, in a view from above, is said by Patient Orientation alone: a picture of a breast from above
    looks the same when it is mirrored. Which way is up, in a view from the side, is also told by the muscle.
    """
    who = report.identity
    if not shows_whole_breast(report) or who.view not in _FROM_ABOVE | _UPRIGHT:
        return ViewPlace(name, reasons=(f"{name} shows the breast in part, turned, or in a view that is not known",))
    if Flag.VIEW_CONTRADICTED in report.flags:
        return ViewPlace(name, reasons=(f"{name} shows the muscle of an oblique view, so that its view is in doubt",))
    if frame.nipple_mm is None:
        return ViewPlace(name, reasons=(f"{name} has no nipple that is known",))
    away_mm = middle_mm - frame.nipple_mm
    outer_mm = upper_mm = None
    edge_mm = _muscle(report, frame)
    if who.view in _FROM_ABOVE:
        sign, why = _outward(report)
        outer_mm = None if sign is None else sign * float(away_mm[0])
    else:
        upper_mm, why = _upper(report, away_mm, frame, has_muscle=edge_mm is not None)
        if Flag.ORIENTATION_CONTRADICTED in report.flags:
            upper_mm, why = (
                None,
                "shows its muscle at the other end than Patient Orientation, or the usual hanging, says",
            )
    depth_share, why_no_depth = _depth(report, away_mm, frame, edge_mm)
    return ViewPlace(
        name=name,
        outer_mm=outer_mm,
        upper_mm=upper_mm,
        is_oblique=who.view in OBLIQUE,
        depth_share=depth_share,
        from_nipple_mm=float(np.hypot(*away_mm)),
        is_over_muscle=edge_mm is not None and _is_over(edge_mm, middle_mm, frame),
        reasons=tuple(f"{name} {reason}" for reason in (why, why_no_depth) if reason),
    )


def _outward(report: Report) -> tuple[float | None, str | None]:
    """Tell whether outer is down (1) or up (-1) in the image, or why that is not known."""
    who = report.identity
    if who.laterality not in {Laterality.LEFT, Laterality.RIGHT} or Flag.CONTRADICTORY_LATERALITY in report.flags:
        return None, "shows a breast whose side is not known or in doubt, and so neither outer nor inner"
    row, column = who.patient_orientation if len(who.patient_orientation) == 2 else ("", "")
    sides = {Laterality.LEFT, Laterality.RIGHT} & set(column)
    if len(sides) != 1:
        return None, "does not say by Patient Orientation which side is outer"
    is_left = chest_wall_is_left(report)
    if row not in {"A", "P"} or is_left is None or is_left is not (row == "A"):
        return None, "has its chest wall elsewhere than Patient Orientation says, and so neither outer nor inner"
    return (1.0 if who.laterality in sides else -1.0), None


def _upper(
    report: Report, away_mm: NDArray[np.float64], frame: BreastFrame, *, has_muscle: bool
) -> tuple[float | None, str | None]:
    """Give how far a place lies above the nipple, and why that is not known or what to be wary of."""
    orientation, is_oblique = report.identity.patient_orientation, report.identity.view in OBLIQUE
    down = set(orientation[1]) & {"F", "H"} if len(orientation) == 2 else set()
    is_turned = down == {"H"}
    if has_muscle and frame.inward is not None:
        if is_turned:  # the muscle is sought at the upper end alone
            return None, "has its muscle at the end that Patient Orientation calls the lower one"
        along = np.array([-frame.inward[1], frame.inward[0]])
        return float(away_mm @ (along if along[0] < 0 else -along)), None
    is_seen = is_oblique and (report.breast.pectoral_confidence or 0.0) >= _AT_THE_TOP
    if len(down) != 1 and not is_seen:
        return None, "does not say by Patient Orientation which way is up, and shows no muscle that is sure"
    up = 1.0 if is_turned else -1.0
    if not is_oblique:
        return up * float(away_mm[0]), None
    # Upwards is along the muscle, away from the chest wall, at whatever angle it may run.
    tilts = [np.radians(degrees) for degrees in _TILTS_DEGREES]
    heights = [float(away_mm @ np.array([up * np.cos(tilt), frame.mirror * np.sin(tilt)])) for tilt in tilts]
    if min(heights) < 0 < max(heights):
        return None, "shows no muscle that is sure, at a right angle to which upper and lower part"
    return heights[len(heights) // 2], "shows no muscle that is sure: that it runs as usual is enough here"


def _muscle(report: Report, frame: BreastFrame) -> NDArray[np.float64] | None:
    """Give the muscle's edge in mm from the nipple along the way to it and across, by rising place across."""
    is_sure = report.breast.pectoral_px and Flag.PECTORAL_UNCERTAIN not in report.flags
    if report.identity.view not in OBLIQUE or not is_sure or frame.inward is None or frame.nipple_mm is None:
        return None
    away_mm = np.array(report.breast.pectoral_px) * frame.spacing_mm - frame.nipple_mm
    both = np.stack([away_mm @ frame.inward, away_mm @ np.array([-frame.inward[1], frame.inward[0]])], axis=1)
    return np.asarray(both[np.argsort(both[:, 1], kind="stable")])


def _is_over(edge_mm: NDArray[np.float64], middle_mm: NDArray[np.float64], frame: BreastFrame) -> bool:
    if frame.inward is None or frame.nipple_mm is None:
        return False
    away_mm = middle_mm - frame.nipple_mm
    across = float(away_mm @ np.array([-frame.inward[1], frame.inward[0]]))
    if not edge_mm[0, 1] <= across <= edge_mm[-1, 1]:
        return False
    return float(away_mm @ frame.inward) > float(np.interp(across, edge_mm[:, 1], edge_mm[:, 0]))


def _depth(
    report: Report, away_mm: NDArray[np.float64], frame: BreastFrame, edge_mm: NDArray[np.float64] | None
) -> tuple[float | None, str | None]:
    """Give the share of the way from the nipple to the chest wall, and why there is none."""
    is_from_above = report.identity.view in _FROM_ABOVE
    inward = np.array([0.0, -frame.mirror]) if is_from_above else frame.inward
    if inward is None or frame.nipple_mm is None or not (is_from_above or edge_mm is not None):
        return None, "shows no muscle that is sure, and so no depth"
    wall_px = 0 if frame.mirror > 0 else report.identity.columns - 1
    to_edge_mm = abs(frame.nipple_mm[1] - wall_px * frame.spacing_mm[1]) / max(abs(float(inward[1])), 1e-9)
    whole_mm = float(to_edge_mm)
    if edge_mm is not None and edge_mm[0, 1] <= 0.0 <= edge_mm[-1, 1]:
        whole_mm = min(whole_mm, float(np.interp(0.0, edge_mm[:, 1], edge_mm[:, 0])))
    if whole_mm <= 0:
        return None, "has its nipple at the chest wall, and so no depth"
    return float(away_mm @ inward) / whole_mm, None
