"""Truth about images, from any kind of file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from mammocalc.vocabulary.errors import UsageError
from mammocalc.vocabulary.geometry import convex_hull
from mammocalc.vocabulary.image_key import as_key, image_key, split_key

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping, Sequence

    from mammocalc.model import Point
    from mammocalc.vocabulary.geometry import PixelSpacing


class TruthError(UsageError):
    """A truth cannot be used; nothing was evaluated."""


@dataclass(frozen=True, slots=True)
class TruePoint:
    """
    One true calcification; unknown values are None.

    ``diameter_px`` is given instead of ``diameter_mm`` where it was drawn on
    an image whose spacing the truth does not know.
    """

    row_px: float
    column_px: float
    diameter_mm: float | None = None
    diameter_px: float | None = None
    length_mm: float | None = None
    width_mm: float | None = None
    size: str | None = None
    kind: str | None = None
    matched_filter_snr: float | None = None
    effective_snr: float | None = None
    peak_grey_levels: float | None = None


@dataclass(frozen=True, slots=True)
class TrueCluster:
    """
    One true cluster.

    ``members`` are indices into the points of its image; ``hull_px`` holds the
    corners of its convex hull, or of its outline as it was drawn.
    """

    members: tuple[int, ...]
    hull_px: tuple[Point, ...]
    label: str | None = None
    morphology: str | None = None


@dataclass(frozen=True, slots=True)
class TrueRegion:
    """A circle that holds calcifications, in pixels."""

    row_px: float
    column_px: float
    radius_px: float


@dataclass(frozen=True, slots=True)
class TrueImage:
    """
    The truth about one image: None is unknown, an empty tuple is none.

    ``looks`` is ``has_calcifications`` corrected by who looked at the image
    again. ``file`` is its file name, for images whose UID a run could not read.
    """

    uid: str
    file: str | None = None
    has_calcifications: bool | None = None
    looks: bool | None = None
    points: tuple[TruePoint, ...] | None = None
    clusters: tuple[TrueCluster, ...] | None = None
    regions: tuple[TrueRegion, ...] | None = None
    label: str | None = None
    spacing: PixelSpacing | None = None
    is_inserted: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """
    One reader's independent reading of one image.

    ``label`` and ``has_calcifications`` are None where nothing was said;
    ``verdicts`` tells of marks of the program, by id, whether they were
    accepted; ``added`` counts what the program missed. ``is_blinded`` where the
    label was given before the program's was shown. ``second_label`` is what
    the reader holds possible beside the label, where a reader could say so.
    """

    uid: str
    reader: str
    label: str | None
    has_calcifications: bool | None
    verdicts: Mapping[int, bool]
    added: int
    is_blinded: bool
    second_label: str | None = None


@dataclass(frozen=True, slots=True)
class PairWord:
    """
    What one reader said of a pair of findings, in two views or on two dates.

    ``uid`` is that of the image it was said on, ``patient`` the patient key,
    else the same. ``relation`` is ``link`` or ``change``, ``of`` is
    ``cluster`` or ``calcification``; ``claim`` what the program says of it,
    ``linked`` or the word of a comparison, None for nothing.
    """

    uid: str
    patient: str
    relation: str
    of: str
    claim: str | None
    reader: str
    answer: str


@dataclass(frozen=True, slots=True)
class TruthSet:
    """
    All that one ``--truth`` says.

    ``kind`` names what it was recognised as. ``notes`` are sentences for the
    reader: what in the truth could not be used, and why. ``readings`` holds the
    single answers where the truth was made from those of readers, ``pairs``
    what they said of links and changes.
    """

    kind: str
    images: Mapping[str, TrueImage]
    notes: tuple[str, ...] = field(default=())
    readings: tuple[Reading, ...] = field(default=())
    pairs: tuple[PairWord, ...] = field(default=())


def renamed(truth: TruthSet, known: Container[str], rename: Callable[[str], str]) -> TruthSet:
    """
    Give a truth under the names that a run has for its images.

    The run may have replaced the UIDs of the files, and derived those that were none. Frame 0 of an object of one image
    is that image.

    Parameters
    ----------
    truth : TruthSet
    known : container of str
        Keys of the run: what is among them is left as it is, such as what readers of the run have said.
    rename : callable
        Gives the UID of the run for that of a file.

    Returns
    -------
    TruthSet

    Raises
    ------
    TruthError
        If two images of the truth are one of the run.
    """

    def uid_of(key: str) -> str:
        written, frame = split_key(as_key(key))
        uid = rename(written)
        names = (key, image_key(uid, frame), *([uid] if frame == 0 else []))
        found = next((name for name in names if name in known), None)
        return found or (key if uid == written else names[1])

    images: dict[str, TrueImage] = {}
    for written, image in truth.images.items():
        uid = uid_of(written)
        if uid in images:
            message = f"the truth speaks of one image of the run twice, as {written} the second time."
            raise TruthError(message)
        images[uid] = replace(image, uid=uid)
    return replace(
        truth,
        images=images,
        readings=tuple(replace(reading, uid=uid_of(reading.uid)) for reading in truth.readings),
    )


def hull_of(points: Sequence[TruePoint], members: Sequence[int]) -> tuple[Point, ...]:
    """Give the corners of the convex hull of some points in (row, column) pixels; empty for none."""
    places = np.array([(points[index].row_px, points[index].column_px) for index in members]).reshape(-1, 2)
    return tuple((float(row), float(column)) for row, column in convex_hull(places))
