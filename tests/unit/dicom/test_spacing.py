"""Where a pixel spacing comes from, as a decision table."""

# ruff: noqa: E501 - a table is read along its lines

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError
from pydicom.dataset import Dataset

from mammocalc.dicom.reader.header import Header
from mammocalc.dicom.reader.settings import AssumedSpacing, SpacingSettings
from mammocalc.dicom.reader.spacing import decide_spacing, is_magnified
from mammocalc.vocabulary.geometry import PixelSpacing
from mammocalc.vocabulary.lexicon import Flag, SpacingSource

PIXEL, IMAGER, NOMINAL = "PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing"
MAGNIFICATION, CALIBRATION = "EstimatedRadiographicMagnificationFactor", "PixelSpacingCalibrationType"
TO_DETECTOR, TO_PATIENT = "DistanceSourceToDetector", "DistanceSourceToPatient"
AT_DETECTOR, UNCALIBRATED = Flag.SPACING_AT_DETECTOR, Flag.UNCALIBRATED
IMPLAUSIBLE, CONTRADICTORY = Flag.IMPLAUSIBLE_SPACING, Flag.CONTRADICTORY_SPACING
UNCALIBRATED_PIXEL = Flag.UNCALIBRATED_PIXEL_SPACING


def header(**attributes: Any) -> Header:
    dataset = Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return Header(dataset)


def square(side: float) -> list[float]:
    return [side, side]


# fmt: off
TABLE: list[tuple[str, dict[str, Any], float | None, SpacingSource, set[Flag]]] = [
    ("imager over magnification", {IMAGER: square(0.07), MAGNIFICATION: 1.05}, 0.07 / 1.05, SpacingSource.IMAGER_OVER_MAGNIFICATION, set()),
    ("magnification of one", {IMAGER: square(0.1), MAGNIFICATION: 1}, 0.1, SpacingSource.IMAGER_OVER_MAGNIFICATION, set()),
    ("magnification stand", {IMAGER: square(0.1), MAGNIFICATION: 1.8}, 0.1 / 1.8, SpacingSource.IMAGER_OVER_MAGNIFICATION, set()),
    ("smallest magnification", {IMAGER: square(0.09), MAGNIFICATION: 0.9}, 0.1, SpacingSource.IMAGER_OVER_MAGNIFICATION, set()),
    ("largest magnification", {IMAGER: square(0.1), MAGNIFICATION: 2.5}, 0.04, SpacingSource.IMAGER_OVER_MAGNIFICATION, set()),
    ("magnification below", {IMAGER: square(0.1), MAGNIFICATION: 0.899}, 0.1, SpacingSource.IMAGER, {AT_DETECTOR, IMPLAUSIBLE}),
    ("magnification above", {IMAGER: square(0.1), MAGNIFICATION: 2.501}, 0.1, SpacingSource.IMAGER, {AT_DETECTOR, IMPLAUSIBLE}),
    ("magnification from distances", {IMAGER: square(0.07), TO_DETECTOR: 660, TO_PATIENT: 600}, 0.07 / 1.1, SpacingSource.IMAGER_OVER_MAGNIFICATION, set()),
    ("factor before distances", {IMAGER: square(0.07), MAGNIFICATION: 1.05, TO_DETECTOR: 660, TO_PATIENT: 600}, 0.07 / 1.05, SpacingSource.IMAGER_OVER_MAGNIFICATION, set()),
    ("unbelievable factor, distances do not repair it", {IMAGER: square(0.07), MAGNIFICATION: 0.1, TO_DETECTOR: 660, TO_PATIENT: 600}, 0.07, SpacingSource.IMAGER, {AT_DETECTOR, IMPLAUSIBLE}),
    ("the same distance twice says nothing", {IMAGER: square(0.07), TO_DETECTOR: 660, TO_PATIENT: 660}, 0.07, SpacingSource.IMAGER, {AT_DETECTOR}),
    ("a patient behind the detector says nothing", {IMAGER: square(0.07), TO_DETECTOR: 600, TO_PATIENT: 660}, 0.07, SpacingSource.IMAGER, {AT_DETECTOR}),
    ("distance of nothing", {IMAGER: square(0.07), TO_DETECTOR: 660, TO_PATIENT: 0}, 0.07, SpacingSource.IMAGER, {AT_DETECTOR}),
    ("imager alone", {IMAGER: square(0.07)}, 0.07, SpacingSource.IMAGER, {AT_DETECTOR}),
    ("calibrated by geometry", {IMAGER: square(0.07), MAGNIFICATION: 1.05, PIXEL: square(0.0667), CALIBRATION: "GEOMETRY"}, 0.0667, SpacingSource.CALIBRATED, set()),
    ("calibrated by a fiducial", {PIXEL: square(0.065), CALIBRATION: "FIDUCIAL"}, 0.065, SpacingSource.CALIBRATED, set()),
    ("calibrated in no known way", {PIXEL: square(0.065), CALIBRATION: "GUESSED"}, 0.065, SpacingSource.PIXEL_SPACING, {UNCALIBRATED_PIXEL}),
    ("pixel spacing alone", {PIXEL: square(0.065)}, 0.065, SpacingSource.PIXEL_SPACING, {UNCALIBRATED_PIXEL}),
    ("imager before uncalibrated pixel spacing", {IMAGER: square(0.07), PIXEL: square(0.07)}, 0.07, SpacingSource.IMAGER, {AT_DETECTOR}),
    ("film", {NOMINAL: square(0.05)}, 0.05, SpacingSource.NOMINAL_SCANNED, {AT_DETECTOR}),
    ("film before uncalibrated pixel spacing", {NOMINAL: square(0.05), PIXEL: square(0.05)}, 0.05, SpacingSource.NOMINAL_SCANNED, {AT_DETECTOR}),
    ("film, calibrated", {NOMINAL: square(0.05), PIXEL: square(0.048), CALIBRATION: "FIDUCIAL"}, 0.048, SpacingSource.CALIBRATED, set()),
    ("smallest spacing", {IMAGER: square(0.03)}, 0.03, SpacingSource.IMAGER, {AT_DETECTOR}),
    ("largest spacing", {IMAGER: square(0.25)}, 0.25, SpacingSource.IMAGER, {AT_DETECTOR}),
    ("spacing below", {IMAGER: square(0.0299)}, None, SpacingSource.NONE, {IMPLAUSIBLE, UNCALIBRATED}),
    ("spacing above", {PIXEL: square(0.2501)}, None, SpacingSource.NONE, {IMPLAUSIBLE, UNCALIBRATED}),
    ("spacing of nothing", {IMAGER: square(0)}, None, SpacingSource.NONE, {IMPLAUSIBLE, UNCALIBRATED}),
    ("one number only", {IMAGER: 0.07}, None, SpacingSource.NONE, {IMPLAUSIBLE, UNCALIBRATED}),
    ("three numbers", {IMAGER: [0.07, 0.07, 0.07]}, None, SpacingSource.NONE, {IMPLAUSIBLE, UNCALIBRATED}),
    ("unbelievable calibration, believable imager", {PIXEL: square(1.0), CALIBRATION: "GEOMETRY", IMAGER: square(0.07)}, 0.07, SpacingSource.IMAGER, {AT_DETECTOR, IMPLAUSIBLE}),
    ("a scout as one vendor writes it", {PIXEL: square(0.975039), IMAGER: square(0.1), MAGNIFICATION: 0.10256}, 0.1, SpacingSource.IMAGER, {AT_DETECTOR, IMPLAUSIBLE}),
    ("pixel spacing that repeats the detector's", {PIXEL: square(0.1), IMAGER: square(0.1), MAGNIFICATION: 1.8}, 0.1 / 1.8, SpacingSource.IMAGER_OVER_MAGNIFICATION, set()),
    ("a tenth apart agrees", {PIXEL: square(0.063), IMAGER: square(0.07)}, 0.07, SpacingSource.IMAGER, {AT_DETECTOR}),
    ("more than a tenth apart contradicts", {PIXEL: square(0.0629), IMAGER: square(0.07)}, None, SpacingSource.NONE, {CONTRADICTORY, UNCALIBRATED}),
    ("resampled, and only half of the header knows", {PIXEL: square(0.14), IMAGER: square(0.07), MAGNIFICATION: 1}, None, SpacingSource.NONE, {CONTRADICTORY, UNCALIBRATED}),
    ("calibration that contradicts the geometry", {PIXEL: square(0.2), CALIBRATION: "FIDUCIAL", IMAGER: square(0.07), MAGNIFICATION: 1.05}, None, SpacingSource.NONE, {CONTRADICTORY, UNCALIBRATED}),
    ("film that contradicts pixel spacing", {NOMINAL: square(0.05), PIXEL: square(0.1)}, None, SpacingSource.NONE, {CONTRADICTORY, UNCALIBRATED}),
    ("nothing", {}, None, SpacingSource.NONE, {UNCALIBRATED}),
    ("nothing but a magnification", {MAGNIFICATION: 1.05}, None, SpacingSource.NONE, {UNCALIBRATED}),
]
# fmt: on


@pytest.mark.parametrize(
    ("attributes", "side", "source", "flags"), [row[1:] for row in TABLE], ids=[r[0] for r in TABLE]
)
def test_spacing_follows_the_table(
    attributes: dict[str, Any], side: float | None, source: SpacingSource, flags: set[Flag]
) -> None:
    call = decide_spacing(header(**attributes), SpacingSettings())
    assert call.source == source
    assert call.flags == flags
    if side is None:
        assert call.spacing is None
    else:
        assert call.spacing is not None
        assert (call.spacing.row_mm, call.spacing.column_mm) == pytest.approx((side, side))


def test_rows_come_before_columns_and_stay_two_numbers() -> None:
    call = decide_spacing(header(ImagerPixelSpacing=[0.05, 0.1]), SpacingSettings())
    assert call.spacing == PixelSpacing(0.05, 0.1)
    assert Flag.NON_SQUARE_PIXELS in call.flags


def test_rounding_does_not_make_pixels_oblong() -> None:
    call = decide_spacing(header(ImagerPixelSpacing=[0.0941, 0.09409]), SpacingSettings())
    assert Flag.NON_SQUARE_PIXELS not in call.flags


ASSUMED = SpacingSettings(
    assume=(
        AssumedSpacing(manufacturer="acme", model="two", row_mm=0.05, column_mm=0.05),
        AssumedSpacing(manufacturer="ACME", row_mm=0.1, column_mm=0.1),
        AssumedSpacing(manufacturer="", row_mm=0.2, column_mm=0.2),
    )
)


@pytest.mark.parametrize(
    ("manufacturer", "model", "side"), [("ACME", "Two ", 0.05), ("Acme", "Three", 0.1), ("", "", 0.2)]
)
def test_a_configured_spacing_holds_for_its_source(manufacturer: str, model: str, side: float) -> None:
    call = decide_spacing(header(Manufacturer=manufacturer, ManufacturerModelName=model), ASSUMED)
    assert call.spacing == PixelSpacing(side, side)
    assert call.source == SpacingSource.CONFIGURED
    assert call.flags == {Flag.ASSUMED_SPACING}


def test_a_configured_spacing_does_not_hold_for_others() -> None:
    assert decide_spacing(header(Manufacturer="Other"), ASSUMED).spacing is None


@pytest.mark.parametrize("side", [0.07, 7.0])
def test_a_configured_spacing_never_replaces_one_in_the_file(side: float) -> None:
    call = decide_spacing(header(Manufacturer="ACME", ImagerPixelSpacing=[side, side]), ASSUMED)
    assert call.source != SpacingSource.CONFIGURED


@pytest.mark.parametrize(("factor", "expected"), [(1.4, False), (1.5, True), (3.0, False)])
def test_a_magnification_view_is_known_by_a_believable_factor(factor: float, expected: bool) -> None:
    assert is_magnified(header(EstimatedRadiographicMagnificationFactor=factor), SpacingSettings()) is expected


@pytest.mark.parametrize("limits", [{"min_magnification": 1.9}, {"max_magnification": 1.7}])
def test_a_factor_outside_of_the_limits_that_were_set_is_not_believed(limits: dict[str, Any]) -> None:
    seen = header(ImagerPixelSpacing=[0.1, 0.1], EstimatedRadiographicMagnificationFactor=1.8)
    assert Flag.IMPLAUSIBLE_SPACING not in decide_spacing(seen, SpacingSettings()).flags
    assert Flag.IMPLAUSIBLE_SPACING in decide_spacing(seen, SpacingSettings(**limits)).flags


@pytest.mark.parametrize(
    "changes", [{"min_mm": 0.3}, {"max_magnification": 0.9}, {"assume": [{"manufacturer": "a", "row_mm": 0.1}]}]
)
def test_settings_that_make_no_sense_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SpacingSettings(**changes)


def test_a_list_as_yaml_has_it_is_taken_for_assumed_spacings() -> None:
    entry = {"manufacturer": "ACME", "row_mm": 0.1, "column_mm": 0.1}
    [assumed] = SpacingSettings.model_validate({"assume": [entry]}).assume
    assert assumed.row_mm == 0.1
