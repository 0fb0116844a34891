"""Comparison of one pair of images, from results and, if found, pixels; called in a worker process."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from mammocalc import __version__
from mammocalc.analysis.comparison import Sight, compare_images, look_at, withhold_changes
from mammocalc.config import Config
from mammocalc.dicom import AdmitSettings, DicomSettings, read_mammogram
from mammocalc.execution.comparing.drawing import draw_pair, overlay_of, source_of
from mammocalc.execution.run_manifest import SOFTWARE
from mammocalc.results.comparison_form import ComparisonProvenance
from mammocalc.results.comparison_to_json import comparison_to_json
from mammocalc.results.from_json import read_result
from mammocalc.results.to_json import encode
from mammocalc.vocabulary.errors import ImageError, MammocalcError, ResultError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from mammocalc.analysis.comparison import Pairing
    from mammocalc.execution.comparing.image_files import ImageFile
    from mammocalc.model import ComparedImage, Comparison, Mammogram, Report
    from mammocalc.rendering.comparison import Source
    from mammocalc.results.result import Result

ADMIT_ALL: Final = AdmitSettings(
    quality_control=True, specimens=True, contrast_recombined=True, screenshots=True, not_mammography=True
)
"""The run has decided what was analysed; whatever that was is looked at."""


@dataclass(frozen=True, slots=True)
class ImageTask:
    """An image of a pair: its result, and its file, where that was found."""

    run: Path
    result: str
    file: ImageFile | None = None


@dataclass(frozen=True, slots=True)
class PairTask:
    """
    A pair that is to be compared, and what is to be said of it beforehand.

    ``pictures`` are the places of the pictures of current and prior, and of their thumbnails. ``settings_differ`` tells
    that the two were analysed with different settings, so that no change is believed. ``rivals`` are images of the
    prior's date with which it may have been exchanged.
    """

    pairing: Pairing
    current: ImageTask
    prior: ImageTask
    notes: tuple[str, ...]
    inputs_digest: str
    pictures: tuple[str, str, str, str]
    settings_differ: bool = False
    rivals: tuple[ImageTask, ...] = ()

    @property
    def uids(self) -> tuple[str, str]:
        """Of the current image and of the prior."""
        return self.pairing.current.uid, self.pairing.prior.uid


@dataclass(frozen=True, slots=True)
class PairOutcome:
    """
    What became of a pair.

    ``content`` is the document of its comparison; None where it failed, and then ``failure`` says why. ``pictures`` are
    files by their places.
    """

    uids: tuple[str, str]
    content: bytes | None
    failure: str | None = None
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def digest_of(images: Sequence[ImageTask], notes: tuple[str, ...]) -> str:
    """Give a hash of what is compared but the pixels, of which its document tells; empty where a result is missing."""
    digest = hashlib.sha256("\0".join((__version__, *notes)).encode())
    for image in images:
        try:
            digest.update((image.run / image.result).read_bytes())
        except OSError:
            return ""
    return digest.hexdigest()[:32]


def compare_pair(task: PairTask) -> PairOutcome:
    """
    Compare two images.

    Parameters
    ----------
    task : PairTask

    Returns
    -------
    PairOutcome
        One that failed says why; what cannot be read of the pixels is a note.
    """
    try:
        results = read_pair(task)
    except (MammocalcError, OSError) as error:
        return PairOutcome(task.uids, None, _why(error))
    sight, source, doubts = _look("current image", task.current, results[0])
    prior_sight, prior_source, prior_doubts = _look("prior", task.prior, results[1])
    notes = [*task.pairing.notes, *task.notes, *doubts, *prior_doubts]
    current, prior = (result.report for result in results)
    others = tuple(_rivals(task))
    comparison = compare_images(current, prior, task.pairing.paired_by, notes, (sight, prior_sight), others)
    if task.settings_differ:
        comparison = withhold_changes(comparison)
    comparison = replace(
        comparison,
        current=_with_origin(comparison.current, task.current, results[0]),
        prior=_with_origin(comparison.prior, task.prior, results[1]),
    )
    pictures = draw_pair(comparison, results, (source, prior_source), task.pictures)
    return PairOutcome(task.uids, encode(_document(comparison, task.inputs_digest)), pictures=pictures)


def read_pair(task: PairTask) -> tuple[Result, Result]:
    """Read the results of both images; raises MammocalcError or OSError where one cannot be read."""
    return _read(task.current), _read(task.prior)


def _look(name: str, image: ImageTask, result: Result) -> tuple[Sight | None, Source | None, tuple[str, ...]]:
    """Look at the pixels of an image, if they can be had; give its picture, if there is one, and what is doubtful."""
    doubts: tuple[str, ...] = ()
    if image.file is not None and image.file.is_another:
        doubts = (f"the file of the {name} is not the one that was analysed, so its pixels were not looked at",)
    else:
        try:
            mammogram = _pixels(image, result)
            if mammogram is not None:
                return look_at(mammogram, result.report, Config()), source_of(mammogram), ()
        except ImageError as error:
            doubts = (f"the pixels of the {name} could not be looked at: {error.message}",)
    return None, overlay_of(image.run, result), doubts


def _rivals(task: PairTask) -> Iterator[Report]:
    for image in task.rivals:
        with suppress(MammocalcError, OSError):  # its own pair says that it cannot be read
            yield _read(image).report


def _document(comparison: Comparison, inputs_digest: str) -> dict[str, Any]:
    return comparison_to_json(comparison, ComparisonProvenance(SOFTWARE, __version__, inputs_digest))


def _read(image: ImageTask) -> Result:
    return read_result(image.run / image.result)


def _with_origin(compared: ComparedImage, image: ImageTask, result: Result) -> ComparedImage:
    made = result.provenance
    return replace(compared, result=image.result, version=made.version, configuration_digest=made.configuration_digest)


def _pixels(image: ImageTask, result: Result) -> Mammogram | None:
    """Read an image again, with the spacing that its result has; None where nobody knows its file."""
    if image.file is None:
        return None
    mammogram = read_mammogram(image.file.path, DicomSettings(admit=ADMIT_ALL))
    identity = result.report.identity
    if mammogram.identity.sop_instance_uid != image.file.original_uid:
        return None
    if mammogram.pixels.codes.shape != (identity.rows, identity.columns):
        return None
    return replace(mammogram, spacing=result.report.spacing)


def _why(error: MammocalcError | OSError) -> str:
    if isinstance(error, ResultError):
        return f"a result cannot be read ({error}): repeat the run"
    return f"a result cannot be read ({getattr(error, 'strerror', None) or type(error).__name__}): repeat the run"
