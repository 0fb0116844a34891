"""Scores of points: operating point, curves and groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mammocalc.evaluation.evaluation_report import bin_names, figure_to_json
from mammocalc.evaluation.froc import Events, collect, draw_froc
from mammocalc.evaluation.ideal_observer import ideal_share
from mammocalc.evaluation.matching import Outcome, match_ranked, neighbours

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from mammocalc.evaluation.bootstrap import Bootstrap
    from mammocalc.evaluation.evaluation_report import Section
    from mammocalc.evaluation.froc import Froc
    from mammocalc.evaluation.matched_points import PointCase
    from mammocalc.evaluation.settings import ScoringSettings


def _events(
    cases: Sequence[PointCase],
    count: int,
    radius: Callable[[PointCase], NDArray[np.float64]],
    on_body: Callable[[PointCase], NDArray[np.bool_]],
    *,
    reported: bool,
) -> Events:
    """
    Match all cases; the events of case i carry its number among all ``count`` cases.

    A mark on the body of a calcification whose middle is too far to be found by it is like a second mark on it.
    """
    matches = [(np.zeros(0), match_ranked([], np.zeros(0), 0)) for _ in range(count)]
    for case in cases:
        end = case.reported if reported else len(case.scores)
        near = neighbours(case.marks_mm[:end], case.truths_mm, radius(case))
        match = match_ranked(near, case.scores[:end], len(case.truths))
        match.outcome[(match.outcome == Outcome.FALSE) & on_body(case)[:end]] = Outcome.DUPLICATE
        matches[case.number] = (case.scores[:end], match)
    return collect(matches)


class PointScores:
    """
    All scores of single calcifications.

    Parameters
    ----------
    cases : sequence of PointCase
    bootstrap : Bootstrap
        Of all cases of the evaluation.
    settings : ScoringSettings
    """

    def __init__(self, cases: Sequence[PointCase], bootstrap: Bootstrap, settings: ScoringSettings) -> None:
        self.cases, self.bootstrap, self.settings = cases, bootstrap, settings
        count = len(bootstrap.unit_of_case)
        self.events = _events(cases, count, self._wide, self._on_body, reported=False)
        self.strict = _events(cases, count, self._strict, self._on_body, reported=False)
        self.reported = _events(cases, count, self._wide, self._on_body, reported=True)
        self.reported_strict = _events(cases, count, self._strict, self._on_body, reported=True)
        is_case = np.zeros(count)
        is_normal = np.zeros(count, dtype=bool)
        area_cm2 = np.zeros(count)
        for case in cases:
            is_normal[case.number] = not case.truths
            if case.case.found is not None:  # an image that was not analysed must not thin out the false marks
                is_case[case.number] = 1
                area_cm2[case.number] = (case.case.found.breast_area_mm2 or 0) / 100
        self.is_normal = is_normal
        self.images = bootstrap.sums(is_case)
        self.normal_images = bootstrap.sums(is_case * is_normal)
        self.area_cm2 = bootstrap.sums(area_cm2)
        self.truths = [truth for case in cases for truth in case.truths]
        self.diameter_mm = np.concatenate([case.diameter_mm for case in cases])

    def _wide(self, case: PointCase) -> NDArray[np.float64]:
        return case.radius_mm(self.settings)

    def _strict(self, case: PointCase) -> NDArray[np.float64]:
        return np.full(len(case.truths), self.settings.strict_radius_mm)

    def _on_body(self, case: PointCase) -> NDArray[np.bool_]:
        return case.on_body(self.settings)

    def operating_point(self) -> Section:
        """Give what the run reported: found, and false ones per image, normal image and cm2."""
        ratio, truths = self.bootstrap.ratio, self._per_unit_true(self.reported)
        false = self._per_unit(self.reported, Outcome.FALSE)
        twice = self._per_unit(self.reported, Outcome.DUPLICATE)
        normal = self._per_unit(self.reported, Outcome.FALSE, self.is_normal)
        return {
            "found": figure_to_json(ratio(self._found(self.reported), truths)),
            "found_strict": figure_to_json(ratio(self._found(self.reported_strict), truths)),
            "false_per_image": figure_to_json(ratio(false, self.images)),
            "false_per_image_duplicates_false": figure_to_json(ratio(false + twice, self.images)),
            "false_per_image_strict": figure_to_json(
                ratio(self._per_unit(self.reported_strict, Outcome.FALSE), self.images)
            ),
            "false_per_normal_image": figure_to_json(ratio(normal, self.normal_images)),
            "false_per_cm2": figure_to_json(ratio(false, self.area_cm2)),
            "marks": len(self.reported.score),
            "duplicates": int((self.reported.outcome == Outcome.DUPLICATE).sum()),
        }

    def _found(self, events: Events) -> NDArray[np.float64]:
        return self.bootstrap.sums(np.isfinite(events.hit_score), events.true_case)

    def _per_unit_true(self, events: Events) -> NDArray[np.float64]:
        return self.bootstrap.sums(np.ones(len(events.hit_score)), events.true_case)

    def _per_unit(
        self, events: Events, outcome: Outcome, among: NDArray[np.bool_] | None = None
    ) -> NDArray[np.float64]:
        counts = events.outcome == outcome
        if among is not None:
            counts &= among[events.mark_case]
        return self.bootstrap.sums(counts, events.mark_case)

    def curves(self) -> dict[str, Froc]:
        """Prepare the curves, by what their false marks are divided by and how hits are matched."""
        draw = draw_froc
        return {
            "per_image": draw(self.events, self.bootstrap, self.images),
            "per_image_strict": draw(self.strict, self.bootstrap, self.images),
            "per_image_duplicates_false": draw(self.events, self.bootstrap, self.images, duplicates_are_false=True),
            "per_normal_image": draw(self.events, self.bootstrap, self.normal_images, among=self.is_normal),
            "per_cm2": draw(self.events, self.bootstrap, self.area_cm2),
        }

    def groups(self) -> dict[str, list[tuple[str, NDArray[np.bool_]]]]:
        """Group the true ones by diameter, both ratios, peak and kind, if the truth has them."""
        effective = self._values("effective_snr")
        snr = self._values("matched_filter_snr")
        peak = self._values("peak_grey_levels")
        kinds = [truth.kind for truth in self.truths]
        groups: dict[str, list[tuple[str, NDArray[np.bool_]]]] = {}
        if np.isfinite(self.diameter_mm).any():
            groups["diameter"] = _bins(self.diameter_mm, self.settings.diameter_edges_mm, " mm")
        if np.isfinite(snr).any():
            groups["detectability"] = _bins(snr, self.settings.detectability_edges)
            sure = self.settings.sure_detectability
            groups["detectability"].append((f"{sure:g} and more, all", snr >= sure))
        if np.isfinite(effective).any():
            groups["effective"] = _bins(effective, self.settings.effective_edges)
            sure, (low, high) = self.settings.sure_effective, self.settings.speck_mm
            is_sure = effective >= sure
            is_speck = is_sure & (self.diameter_mm >= low) & (self.diameter_mm <= high)
            groups["effective"] += [
                (f"{sure:g} and more, all", is_sure),
                (f"{sure:g} and more, {low:g} to {high:g} mm", is_speck),
            ]
        if np.isfinite(peak).any():
            groups["peak"] = _bins(peak, self.settings.peak_edges)
            is_clear, (low, high) = peak >= self.settings.clear_peak, self.settings.speck_mm
            is_speck = is_clear & (self.diameter_mm >= low) & (self.diameter_mm <= high)
            clear = f"{self.settings.clear_peak:g} and more"
            groups["peak"] += [(f"{clear}, all", is_clear), (f"{clear}, {low:g} to {high:g} mm", is_speck)]
        if any(kinds):
            groups["kind"] = [
                (kind, np.array([own == kind for own in kinds])) for kind in sorted({kind for kind in kinds if kind})
            ]
        return groups

    def _values(self, name: str) -> NDArray[np.float64]:
        values = [getattr(truth, name) for truth in self.truths]
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)

    def ideal(self, of: NDArray[np.bool_], false_per_image: float, ratio: str) -> float | None:
        """Give what an ideal observer of one of the ratios would find of some at the same rate of false marks."""
        snr = self._values(ratio)
        known = np.isfinite(snr)
        analysed = [case.case.found.breast_area_mm2 or 0 for case in self.cases if case.case.found is not None]
        if not (known & of).any() or not analysed or not np.isfinite(self.diameter_mm[known]).any():
            return None
        rate = max(false_per_image, 1 / float(self.images.sum()))  # no false mark in all images is not a rate of 0
        return ideal_share(
            snr[known & of], rate, float(np.mean(analysed)), float(np.nanmedian(self.diameter_mm[known]))
        )


def _bins(values: NDArray[np.float64], edges: Sequence[float], unit: str = "") -> list[tuple[str, NDArray[np.bool_]]]:
    place = np.searchsorted(np.asarray(edges), values, side="right")
    known = np.isfinite(values)
    return [(name, known & (place == index)) for index, name in enumerate(bin_names(edges, unit))]
