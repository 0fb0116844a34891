"""A breast made by hand: half an ellipse at the left border, with bright particles and burned-in text beside it."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from mammocalc.model import (
    BreastSummary,
    Calcification,
    Candidate,
    Cluster,
    DistributionCall,
    ImageIdentity,
    Mammogram,
    Nipple,
    Report,
    StoredPixels,
    Vessel,
)
from mammocalc.vocabulary.geometry import PixelSpacing, convex_hull, feret_diameters, polygon_area
from mammocalc.vocabulary.lexicon import (
    DESCRIPTORS,
    IMAGE_WORDS,
    CalcificationSize,
    Distribution,
    Flag,
    Laterality,
    PresentationIntent,
    SpacingSource,
    View,
    ViewModifier,
)

if TYPE_CHECKING:
    from collections.abc import Callable

TENTH = PixelSpacing(0.1, 0.1)
UID = "1.2.826.0.1.3680043.8.498.12345678901234567890"


def with_vessel(report: Report, *numbers: int) -> Report:
    """Put some calcifications into the wall of an artery, the next one, through their centres."""
    number = len(report.vessels) + 1
    found = tuple(
        replace(item, flags=item.flags | {Flag.VASCULAR}, vessel=number) if item.number in numbers else item
        for item in report.calcifications
    )
    course = tuple((item.row_px, item.column_px) for item in found if item.vessel == number)
    length_mm = 0.1 * sum(math.dist(one, other) for one, other in itertools.pairwise(course))
    return replace(report, calcifications=found, vessels=(*report.vessels, Vessel(number, numbers, course, length_mm)))


@pytest.fixture
def put_in_vessel() -> Callable[..., Report]:
    """Give `with_vessel`."""
    return with_vessel


def call_for(label: Distribution) -> DistributionCall:
    """Give a call as a rule would word it."""
    if label in {*IMAGE_WORDS, Distribution.NOT_APPLICABLE}:
        return DistributionCall(label, ("Fewer microcalcifications than any descriptor needs.",))
    between = (Distribution.LINEAR, Distribution.SEGMENTAL) if label is Distribution.INDETERMINATE else ()
    chosen = between[0] if between else label
    others = [item for item in DESCRIPTORS if item is not chosen]
    probabilities = {chosen: 0.6} | dict.fromkeys(others, 0.1)
    reasons = (f"The members lie as {label} calcifications do.", "The largest distance between two is 8.3 mm.")
    evidence = {"clusters": 2, "largest_extent_mm": 8.30001}
    return DistributionCall(label, reasons, probabilities, 0.5, between, evidence, "simulated")


@dataclass(frozen=True)
class Example:
    """A mammogram and what was found in it."""

    mammogram: Mammogram
    report: Report


@dataclass(frozen=True)
class Maker:
    """Makes examples of any size, with any clusters."""

    def __call__(
        self,
        clusters: tuple[tuple[Distribution, tuple[tuple[float, float], ...]], ...] = (),
        singles: tuple[tuple[float, float, float], ...] = (),
        shape: tuple[int, int] = (1200, 900),
        spacing: PixelSpacing | None = TENTH,
        label: Distribution = Distribution.NOT_APPLICABLE,
        outline: bool = True,
        flags: frozenset[Flag] = frozenset(),
    ) -> Example:
        """Make one; clusters hold (row, column) in pixels, singles (row, column, diameter in pixels)."""
        rows, columns = shape
        random = np.random.default_rng(7)
        angle = np.linspace(-math.pi / 2, math.pi / 2, 90)
        border = np.stack([rows / 2 + 0.44 * rows * np.sin(angle), 0.72 * columns * np.cos(angle)], axis=1)
        breast = np.zeros(shape, dtype=np.uint8)
        cv2.fillPoly(breast, [np.round(border[:, ::-1]).astype(np.int32)], 1)
        texture = cv2.resize(random.normal(0, 1, (rows // 40 + 1, columns // 40 + 1)), (columns, rows))
        depth = np.minimum(np.asarray(cv2.distanceTransform(breast, cv2.DIST_L2, 5)) / 80, 1)
        density = breast * (900 + 900 * depth + 250 * np.asarray(texture) * depth + random.normal(0, 25, shape))
        burned_in = np.zeros_like(breast)
        cv2.putText(burned_in, "NAME^BURNED IN", (columns // 2, rows - 30), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (1,), 3)
        density[burned_in > 0] = 4000
        calcifications: list[Calcification] = []
        found: list[Cluster] = []
        for number, (distribution, points) in enumerate(clusters, start=1):
            first = len(calcifications)
            for row, column in points:
                calcifications.append(_particle(len(calcifications), row, column, 4.0, spacing, number, density))
            members = tuple(range(first, len(calcifications)))
            found.append(_cluster(number, members, np.array(points), spacing, distribution))
        calcifications += [
            _particle(len(calcifications) + index, row, column, diameter, spacing, None, density)
            for index, (row, column, diameter) in enumerate(singles)
        ]
        identity = ImageIdentity(
            UID, "1.2.840.10008.5.1.4.1.1.1.2", "1.2.3", "1.2.4", "k3y", Laterality.LEFT, View.MLO,
            (ViewModifier.SPOT,), ("A", "FR"), None, PresentationIntent.FOR_PRESENTATION,
            "=HYPERLINK(1)", "Model", rows, columns, 1,
        )  # fmt: skip
        codes = np.clip(density, 0, 4095).astype(np.uint16)
        values = np.arange(4096, dtype=np.float64)
        padding = values == 0
        grey = np.clip(values / 3000 * 255, 0, 255).astype(np.uint8)
        source = SpacingSource.NONE if spacing is None else SpacingSource.IMAGER
        pixels = StoredPixels(codes, values, padding, grey, is_exposure=False, denser_is_larger=True)
        points = tuple((float(row), float(column)) for row, column in border) if outline else ()
        summary = BreastSummary(5000.12345, points, ((0.0, 90.0), (300.0, 0.0)), Nipple(600.0, 650.0, 0.9), 0.8)
        report = Report(
            identity, spacing, source, summary,
            0.93123456 if calcifications else 0.05, tuple(calcifications), tuple(found), call_for(label), flags,
            (Candidate(0, 10.123, 20.5, None, 0.2),),
        )  # fmt: skip
        return Example(Mammogram(identity, 0, pixels, spacing, source, flags), report)


def _particle(
    number: int,
    row: float,
    column: float,
    diameter: float,
    spacing: PixelSpacing | None,
    cluster: int | None,
    density: np.ndarray,
) -> Calcification:
    cv2.circle(density, (round(column), round(row)), round(diameter / 2), 3900.0, -1)
    angles = np.linspace(0, 2 * math.pi, 12, endpoint=False)
    outline = np.stack([row + diameter / 2 * np.sin(angles), column + diameter / 2 * np.cos(angles)], axis=1)
    mm = None if spacing is None else diameter * spacing.mean_mm
    size = None if mm is None else CalcificationSize.MACRO if mm >= 1 else CalcificationSize.MICRO
    area = None if mm is None else math.pi / 4 * mm**2
    corners = tuple((float(r), float(c)) for r, c in outline)
    flags = frozenset({Flag.IN_PECTORAL, Flag.NEAR_SKIN})
    return Calcification(
        number, 0, row, column, corners, diameter, mm, mm, mm, area, size, 0.987654321, 12.345, cluster, flags
    )


def _cluster(
    number: int, members: tuple[int, ...], points: np.ndarray, spacing: PixelSpacing | None, label: Distribution
) -> Cluster:
    mm = 1.0 if spacing is None else spacing.mean_mm
    hull = convex_hull(points)
    area = polygon_area(hull) * mm**2
    extent = feret_diameters(points)[0] * mm
    density = len(members) / max(area / 100, 1e-6)
    corners = tuple((float(row), float(column)) for row, column in hull)
    return Cluster(number, members, extent, area, density, corners, call_for(label))


@pytest.fixture
def make_example() -> Maker:
    return Maker()
