"""Answers of readers as truth: marks that most readers of an image accepted or added."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mammocalc.evaluation.reader_document import _Answer, _Cluster, _Document, _Image, _Mark
from mammocalc.evaluation.truth import (
    PairWord,
    Reading,
    TrueCluster,
    TrueImage,
    TruePoint,
    TruthError,
    TruthSet,
    hull_of,
)
from mammocalc.evaluation.truth_record import read_record
from mammocalc.vocabulary.geometry import PixelSpacing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

READERS: Final = "readers"

ANSWERS_KIND: Final = "mammocalc-answers"

_BOUND: Final = (
    "what neither the readers nor the program saw is in no figure, so shares of found calcifications are upper bounds."
)

SAME_PLACE_MM: Final = 0.5
"""Calcifications that two readers added are one within this distance: that within which a mark counts as found."""

SAME_PLACE_PX: Final = 7.0
"""The same where no spacing is known: 0.5 mm on common detectors."""


@dataclass(frozen=True, slots=True)
class _Read:
    """One reader's finished answer; ``is_complete`` where every mark of the program has a verdict."""

    reader: str
    label: str | None
    first_label: str | None
    marks: dict[int | str, _Mark]
    clusters: dict[int, _Cluster]
    added: tuple[_Mark, ...]
    is_complete: bool
    is_blinded: bool

    @property
    def has(self) -> bool | None:
        """Whether the reader holds that there is any calcification; None where marks are left that may be one."""
        if self.added or any(mark.verdict == "accept" for mark in self.marks.values()):
            return True
        return False if self.is_complete else None


def are_answers(document: Any) -> bool:
    """Tell whether a JSON document is what ``mammocalc review --export`` writes."""
    return isinstance(document, dict) and document.get("kind") == ANSWERS_KIND


def read_answers(path: Path, document: Any) -> TruthSet:
    """
    Take the answers of readers as truth.

    Only images that a reader said to have read count; answers to links and changes
    do so without that. A mark of the program is
    true if more than half of the readers who judged all marks of the image
    accepted it; an added calcification if more than half of them added it; a
    label if more than half of those who named one named it.

    Parameters
    ----------
    path : Path
        For messages.
    document : JSON value
        As `are_answers` accepts it.

    Returns
    -------
    TruthSet
        With every single reading, for the agreement between readers. Where
        nobody judged all marks of an image its points are unknown.

    Raises
    ------
    TruthError
        If the document is not as written, or nobody has read any image or answered to any pair.
    """
    answers = read_record(_Document, document, path, "holds no answers as mammocalc review --export writes them")
    images: dict[str, TrueImage] = {}
    readings: list[Reading] = []
    unread = undecided = 0
    for image in answers.images:
        if image.key in images:
            message = f"{path} holds the image {image.key} twice; there must be one of each."
            raise TruthError(message)
        reads = [_read(answer) for answer in image.answers if answer.read]
        if not reads:
            unread += 1
            continue
        readings += [_reading(image.key, read) for read in reads]
        truth = _agreed(image, reads)
        undecided += truth.points is None
        images[image.key] = truth
    pairs = tuple(
        PairWord(
            pair.sop_instance_uid,
            pair.patient_key or pair.sop_instance_uid,
            pair.relation,
            pair.of,
            pair.claim,
            said.reader,
            said.answer,
        )
        for pair in answers.pairs
        for said in pair.answers
    )
    if not images and not pairs:
        message = (
            f"{path} holds no image that a reader has marked as read, and no answer to a link or a change; answers to "
            f"{unread} images are not finished."
        )
        raise TruthError(message)
    notes = _notes(readings, unread, undecided) if images else _notes_of_pairs(pairs, unread)
    return TruthSet(READERS, images, notes, tuple(readings), pairs)


def _notes(readings: Sequence[Reading], unread: int, undecided: int) -> tuple[str, ...]:
    people = len({reading.reader for reading in readings})
    notes = [
        f"answers of {people} reader{'' if people == 1 else 's'}; what most of them accepted or added is the truth.",
        _BOUND,
    ]
    if unread:
        notes.append(f"answers to {unread} images are in no figure: nobody has marked them as read.")
    if undecided:
        notes.append(f"the marks of {undecided} images were not all judged by any reader: they are in no figure.")
    return tuple(notes)


def _notes_of_pairs(pairs: Sequence[PairWord], unread: int) -> tuple[str, ...]:
    people = len({word.reader for word in pairs})
    said = f"answers of {people} reader{'' if people == 1 else 's'} to links and changes alone"
    if unread:
        return (f"{said}: nobody has marked any of the {unread} images as read.",)
    return (f"{said}.",)


def _read(answer: _Answer) -> _Read:
    marks = {mark.id: mark for mark in answer.calcifications if mark.source == "program"}
    added = tuple(mark for mark in answer.calcifications if mark.source == "reader")
    judged = [mark.verdict is not None for mark in marks.values()]
    if answer.blinded is not None and not any(judged):
        # The reader listed what there is before any mark was shown, and judged none of them: that list is whole.
        marks, judged = {}, []
    first = answer.distribution if answer.blinded is None else answer.blinded.distribution or answer.distribution
    return _Read(
        reader=answer.reader,
        label=answer.distribution,
        first_label=first,
        marks=marks,
        clusters={cluster.id: cluster for cluster in answer.clusters},
        added=added,
        is_complete=all(judged),
        is_blinded=answer.blinded is not None,
    )


def _reading(uid: str, read: _Read) -> Reading:
    verdicts = {
        int(number): mark.verdict == "accept" for number, mark in read.marks.items() if mark.verdict is not None
    }
    return Reading(uid, read.reader, read.first_label, read.has, verdicts, len(read.added), read.is_blinded)


@dataclass(slots=True)
class _Candidate:
    """A place that may hold a calcification, and the marks of the readers who hold that it does."""

    first: _Mark
    votes: list[_Mark]

    def point(self) -> TruePoint:
        """Give the place of the program's mark, else the mean of those added; and what the readers measured."""
        marks = [self.first] if self.first.source == "program" else self.votes
        measured = [mark.measured_mm for mark in self.votes if mark.measured_mm is not None]
        return TruePoint(
            row_px=sum(mark.row for mark in marks) / len(marks),
            column_px=sum(mark.column for mark in marks) / len(marks),
            diameter_mm=sum(measured) / len(measured) if measured else None,
        )


def _agreed(image: _Image, reads: Sequence[_Read]) -> TrueImage:
    spacing = _spacing(image)
    complete = [read for read in reads if read.is_complete]
    true = [place for place in _candidates(complete, spacing) if 2 * len(place.votes) > len(complete)]
    points = tuple(place.point() for place in true)
    votes = [has for read in reads if (has := read.has) is not None]
    return TrueImage(
        uid=image.key,
        has_calcifications=None if 2 * sum(votes) == len(votes) else 2 * sum(votes) > len(votes),
        points=points if complete else None,
        clusters=_clusters(complete, true, points) if complete else None,
        label=majority([read.label for read in reads]),
        spacing=spacing,
    )


def _spacing(image: _Image) -> PixelSpacing | None:
    try:
        return None if image.pixel_spacing_mm is None else PixelSpacing(*image.pixel_spacing_mm)
    except ValueError as error:
        message = f"the answers to the image {image.key} cannot be used: {error}."
        raise TruthError(message) from None


def _candidates(complete: Sequence[_Read], spacing: PixelSpacing | None) -> list[_Candidate]:
    """
    Bring together what the readers mean by the same place.

    What one added supports the program's mark there, if that reader did not
    judge it (blinded), or else what another reader added there.
    """
    of_program = {number: _Candidate(mark, []) for read in complete for number, mark in read.marks.items()}
    candidates = list(of_program.values())
    for read in complete:
        judged = [of_program[number] for number in read.marks]
        for place, mark in zip(judged, read.marks.values(), strict=True):
            if mark.verdict == "accept":
                place.votes.append(mark)
        still_open = [place for place in candidates if not any(place is other for other in judged)]
        for mark in read.added:
            near = _nearest(mark, still_open, spacing)
            if near is None:
                candidates.append(_Candidate(mark, [mark]))
            else:
                still_open.pop(near).votes.append(mark)
    return candidates


def _nearest(mark: _Mark, places: Sequence[_Candidate], spacing: PixelSpacing | None) -> int | None:
    """Find the place that a mark belongs to; None where each is too far."""
    row_unit, column_unit = (1.0, 1.0) if spacing is None else (spacing.row_mm, spacing.column_mm)
    least = SAME_PLACE_PX if spacing is None else SAME_PLACE_MM
    best, least_away = None, math.inf
    for number, place in enumerate(places):
        first = place.first
        away = math.hypot((mark.row - first.row) * row_unit, (mark.column - first.column) * column_unit)
        if away < least_away and away <= max(least, (first.diameter_mm or 0) / 2):
            best, least_away = number, away
    return best


def _clusters(
    complete: Sequence[_Read], true: Sequence[_Candidate], points: Sequence[TruePoint]
) -> tuple[TrueCluster, ...]:
    """Take the clusters that most accepted, with their true members."""
    members: dict[int, list[int]] = {}
    for index, place in enumerate(true):
        if place.first.cluster is not None:
            members.setdefault(place.first.cluster, []).append(index)
    clusters = []
    for number, own in sorted(members.items()):
        said = [read.clusters[number] for read in complete if number in read.clusters]
        accepted = [cluster for cluster in said if cluster.verdict == "accept"]
        if 2 * len(accepted) <= len(complete):
            continue
        label = majority([cluster.distribution for cluster in accepted])
        morphology = majority([cluster.morphology for cluster in accepted])
        clusters.append(TrueCluster(tuple(own), hull_of(points, own), label, morphology))
    return tuple(clusters)


def majority(labels: Sequence[str | None]) -> str | None:
    """Give the label that more than half of those who named one named."""
    named = Counter(label for label in labels if label is not None)
    if not named:
        return None
    label, count = named.most_common(1)[0]
    return label if 2 * count > named.total() else None
