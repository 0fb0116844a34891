"""Recipes of simulated patients: a `PatientRecipe`, as written in YAML."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from mammocalc.model.settings import Settings
from mammocalc.simulation.recipe import require_order
from mammocalc.simulation.vocabulary import Beside, Detector, Kind
from mammocalc.vocabulary.lexicon import Laterality, PresentationIntent, View

# YAML gives lists and words, so tuples and vocabularies are read leniently; numbers stay strict.
_Positive = Annotated[float, Field(gt=0)]
_PositivePair = Annotated[tuple[_Positive, _Positive], Field(strict=False), AfterValidator(require_order)]
_Share = Annotated[float, Field(ge=0.0, le=1.0)]

PATTERNS = (Kind.DIFFUSE, Kind.REGIONAL, Kind.GROUPED, Kind.LINEAR, Kind.SEGMENTAL, Kind.NONE)
"""What the main finding of a breast can be."""
BESIDE = (
    Beside.ARTERY, Beside.RODS, Beside.RIMS, Beside.ROUNDS, Beside.SCAR, Beside.SKIN, Beside.SINGLES, Beside.GROUP,
)  # fmt: skip


class PatientRecipe(Settings):
    """What patients, their examinations and the changes between these are like; equal recipes give equal patients."""

    dates: int = Field(default=2, ge=1, le=10)
    """Examinations of each patient; 1 gives studies without a prior."""
    months_between: _PositivePair = (10.0, 26.0)
    """Shortest and longest time between two examinations; screening is yearly or every two years."""
    sides: Annotated[tuple[Annotated[Laterality, Field(strict=False)], ...], Field(strict=False, min_length=1)] = (
        Laterality.RIGHT,
        Laterality.LEFT,
    )
    """Breasts that are imaged."""
    views: Annotated[tuple[Annotated[View, Field(strict=False)], ...], Field(strict=False, min_length=1)] = (
        View.CC,
        View.MLO,
    )
    """Views of each breast on each date: CC, MLO or both."""

    patterns: Annotated[tuple[Annotated[Kind, Field(strict=False)], ...], Field(strict=False, min_length=1)] = (
        Kind.GROUPED, Kind.GROUPED, Kind.GROUPED, Kind.NONE, Kind.NONE, Kind.REGIONAL, Kind.SEGMENTAL, Kind.LINEAR,
        Kind.DIFFUSE,
    )  # fmt: skip
    """Main findings, of which each breast gets one with equal chance; to name one twice doubles its chance."""
    beside: Annotated[tuple[Annotated[Beside, Field(strict=False)], ...] | None, Field(strict=False, max_length=8)] = (
        None
    )
    """What else lies in each breast, one for each time it is named; null draws it as patients have it."""
    changing_share: _Share = 0.5
    """Chance that a finding changes between one date and the next; 0 gives patients without any change."""
    grown_share: _Share = 0.25
    """Of a finding that changes: share of its calcifications that grow, to 1.15 to 1.8 times the diameter."""
    new_share: float = Field(default=0.3, ge=0.0, le=2.0)
    """Of a finding that changes: new calcifications as a share of those that it had."""
    gone_share: _Share = 0.1
    """Of a finding that changes: share of its calcifications that are gone."""
    new_finding_share: _Share = 0.15
    """Chance that a whole group, line, segment or region was not there on the first date and appears on a later one."""
    gone_finding_share: _Share = 0.03
    """Chance that a whole one is gone from a later date on, as after surgery."""

    displacement_mm: float = Field(default=4.0, ge=0.0, le=10.0)
    """Standard deviation, along each axis of the image, by which tissue lies elsewhere than the even compression says.
    With 4 the distances to the nipple differ between the views as they do in patients."""
    date_displacement_mm: float = Field(default=2.0, ge=0.0, le=10.0)
    """The part of it that is another on each date; the rest is the same on all dates of a view."""
    roll_degrees: float = Field(default=6.0, ge=0.0, le=30.0)
    """Standard deviation of the breast's roll about its axis, full at the nipple and none at the chest wall."""
    swing_degrees: float = Field(default=5.0, ge=0.0, le=20.0)
    """Standard deviation of the nipple's swing up or down and to the side."""
    oblique_degrees: float = Field(default=4.0, ge=0.0, le=15.0)
    """Standard deviation of the angle of MLO views about 45 degrees."""
    thickness_spread: float = Field(default=0.08, ge=0.0, le=0.3)
    """Standard deviation of the compressed thickness, as a share of it."""
    lost_mm: Annotated[tuple[float, float], Field(strict=False)] = (8.0, 6.0)
    """Mean and standard deviation of the tissue at the chest wall that the image does not show."""

    depth_mm: _PositivePair = (50.0, 80.0)
    """Distance of the nipple from the chest wall before compression; compression adds about half of it."""
    density: Annotated[tuple[_Share, _Share], Field(strict=False), AfterValidator(require_order)] = (0.15, 0.55)
    """Share of fibroglandular tissue behind the nipple, the same in both breasts and on all dates."""
    pixel_spacing_mm: Annotated[tuple[float, ...], Field(strict=False, min_length=1)] = (0.1,)
    """Pixel sizes in the breast, of which each date gets one; several stand for machines that changed."""
    detectors: Annotated[tuple[Annotated[Detector, Field(strict=False)], ...], Field(strict=False, min_length=1)] = (
        Detector.DIRECT,
        Detector.SCINTILLATOR,
    )
    """Detectors, of which each date gets one: DIRECT, SCINTILLATOR."""
    quanta_per_mm2: _PositivePair = (2.5e5, 5e5)
    """X-ray quanta registered in one mm2 behind the median of the breast; drawn for each image."""
    intent: Annotated[PresentationIntent, Field(strict=False)] = PresentationIntent.FOR_PRESENTATION
    """FOR PRESENTATION stores processed images, FOR PROCESSING exposure."""

    @model_validator(mode="after")
    def _names_what_patients_have(self) -> Self:
        """Refuse sides, views, findings and detectors that cannot be."""
        if not set(self.sides) <= {Laterality.LEFT, Laterality.RIGHT} or len(set(self.sides)) < len(self.sides):
            raise ValueError("sides must be L, R or both, each once")
        if not set(self.views) <= {View.CC, View.MLO} or len(set(self.views)) < len(self.views):
            raise ValueError("views must be CC, MLO or both, each once")
        if not set(self.patterns) <= set(PATTERNS):
            raise ValueError(f"patterns can be {', '.join(PATTERNS)}; arteries and benign ones are named under beside")
        if Detector.FILM in self.detectors:
            raise ValueError("detectors can be DIRECT or SCINTILLATOR: films of patients cannot be simulated")
        return self

    @model_validator(mode="after")
    def _has_lengths_that_can_be(self) -> Self:
        """Refuse ranges outside of what breasts and machines have."""
        ranges: tuple[tuple[str, tuple[float, ...], float, float], ...] = (
            ("pixel_spacing_mm", self.pixel_spacing_mm, 0.03, 0.2),
            ("lost_mm", self.lost_mm, 0.0, 15.0),
            ("depth_mm", self.depth_mm, 30.0, 100.0),
            ("density", self.density, 0.05, 0.95),
            ("months_between", self.months_between, 1.0, 60.0),
            ("quanta_per_mm2", self.quanta_per_mm2, 1e3, 1e7),
        )
        for name, values, low, high in ranges:
            if min(values) < low or max(values) > high:
                raise ValueError(f"{name} must lie between {low:g} and {high:g}")
        if self.date_displacement_mm > self.displacement_mm:
            raise ValueError("date_displacement_mm must not be larger than displacement_mm, of which it is a part")
        return self
