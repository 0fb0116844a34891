"""Results for the review; damaged ones give a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mammocalc.results.from_json import from_json, image_from_json
from mammocalc.review.server.run_files import WrongFileError
from mammocalc.vocabulary.errors import ResultError
from mammocalc.vocabulary.uid import is_uid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mammocalc.model import ImageIdentity
    from mammocalc.model.point import Point
    from mammocalc.results.image_form import StoredImage
    from mammocalc.results.result import Result
    from mammocalc.vocabulary.geometry import PixelSpacing

LONGEST_SIDE_PX: Final = 1_000_000
FARTHEST_PX: Final = 1e9
LARGEST_MM: Final = 1e6
"""What a page can still draw; no detector comes near."""


def check_result(document: Any) -> Result:
    """Read a result; raises `WrongFileError` that names the first place where something is wrong."""
    try:
        result = from_json(document)
    except ResultError as error:
        raise WrongFileError(str(error)) from None
    report = result.report
    _check_image(report.identity, report.spacing)
    for mark in report.calcifications:
        _check_points("calcifications", [(mark.row_px, mark.column_px), *mark.outline_px])
        if mark.diameter_mm is not None and mark.diameter_mm > LARGEST_MM:
            message = f"calcifications: a diameter of {mark.diameter_mm:.3g} mm"
            raise WrongFileError(message)
    for cluster in report.clusters:
        _check_points("clusters", cluster.hull_px)
    return result


def check_head(image: Any, version: Any) -> StoredImage:
    """Read the image of a result of a version; raises as `check_result`."""
    try:
        stored = image_from_json(image, version)
    except ResultError as error:
        raise WrongFileError(str(error)) from None
    if not is_uid(stored.identity.sop_instance_uid):
        message = "sop_instance_uid is not a UID"
        raise WrongFileError(message)
    _check_image(stored.identity, stored.spacing)
    return stored


def _check_image(identity: ImageIdentity, spacing: PixelSpacing | None) -> None:
    is_huge = spacing is not None and max(spacing.row_mm, spacing.column_mm) > LARGEST_MM
    if is_huge or max(identity.rows, identity.columns) > LONGEST_SIDE_PX:
        message = "image: no detector has such rows, columns or pixels"
        raise WrongFileError(message)


def _check_points(where: str, points: Iterable[Point]) -> None:
    if any(abs(row) > FARTHEST_PX or abs(column) > FARTHEST_PX for row, column in points):
        message = f"{where}: a place that no image has"
        raise WrongFileError(message)
