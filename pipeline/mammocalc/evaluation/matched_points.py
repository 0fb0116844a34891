"""Marks and true calcifications of an image, paired, in millimetres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mammocalc.evaluation.matching import match_nearest, neighbours

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mammocalc.evaluation.evaluation_cases import Case
    from mammocalc.evaluation.settings import ScoringSettings
    from mammocalc.evaluation.truth import TruePoint


@dataclass(frozen=True, slots=True, eq=False)
class PointCase:
    """
    Marks and true calcifications of one case, in millimetres.

    ``number`` is that of the case; arrays are empty where it was not analysed.
    """

    number: int
    case: Case
    truths: tuple[TruePoint, ...]
    truths_mm: NDArray[np.float64]
    diameter_mm: NDArray[np.float64]
    length_mm: NDArray[np.float64]
    marks_mm: NDArray[np.float64]
    scores: NDArray[np.float64]
    reported: int

    def radius_mm(self, settings: ScoringSettings) -> NDArray[np.float64]:
        """Give the largest distance at which a mark finds each true calcification."""
        return np.fmax(settings.hit_radius_mm, self.diameter_mm / 2)

    def on_body(self, settings: ScoringSettings) -> NDArray[np.bool_]:
        """Tell which marks lie on the body of a true one, however long it is; shape (marks,)."""
        length_mm = np.where(np.isfinite(self.length_mm), self.length_mm, self.diameter_mm)
        near = neighbours(self.marks_mm, self.truths_mm, np.nan_to_num(length_mm / 2 + settings.body_rim_mm))
        return np.array([bool(truths) for truths in near], dtype=bool)

    def pairs(self, settings: ScoringSettings) -> list[tuple[int, int]]:
        """Pair reported marks and true ones, (mark, truth)."""
        return match_nearest(self.marks_mm[: self.reported], self.truths_mm, self.radius_mm(settings))


def point_cases(cases: Sequence[Case]) -> list[PointCase]:
    """
    Select the cases with a truth for each calcification.

    Judged ones need a spacing, for no distance is known without. Those that
    were not analysed need none: all in them is missed.
    """
    taken = []
    for number, case in enumerate(cases):
        truths, spacing = case.truth.points, case.spacing
        if truths is None or (spacing is None and case.found is not None):
            continue
        marks_px = np.zeros((0, 2)) if case.found is None else case.found.marks.points_px
        places = np.array([(t.row_px, t.column_px) for t in truths], dtype=np.float64).reshape(-1, 2)
        taken.append(
            PointCase(
                number=number,
                case=case,
                truths=truths,
                truths_mm=places if spacing is None else spacing.to_mm(places),
                diameter_mm=np.array([_diameter_mm(t, case) for t in truths], dtype=np.float64),
                length_mm=np.array([np.nan if t.length_mm is None else t.length_mm for t in truths], dtype=np.float64),
                marks_mm=marks_px if spacing is None else spacing.to_mm(marks_px),
                scores=np.zeros(0) if case.found is None else case.found.marks.scores,
                reported=0 if case.found is None else case.found.marks.reported,
            )
        )
    return taken


def _diameter_mm(point: TruePoint, case: Case) -> float:
    if point.diameter_mm is not None:
        return point.diameter_mm
    if point.diameter_px is not None and case.spacing is not None:
        return point.diameter_px * case.spacing.mean_mm
    return np.nan
