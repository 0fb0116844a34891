"""The form of a file of readers' answers."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mammocalc.evaluation.truth_record import DistributionWord, Length, MorphologyWord, Place, Record
from mammocalc.vocabulary.image_key import image_key


class _Mark(Record):
    id: int | str
    source: Literal["program", "reader"]
    verdict: Literal["accept", "reject"] | None
    row: Place
    column: Place
    diameter_mm: Length = None
    diameter_by: Literal["program", "reader"] = "program"
    cluster: int | None = None

    @property
    def measured_mm(self) -> float | None:
        """The diameter, if the reader measured it; the program's own is no truth about the program."""
        return self.diameter_mm if self.diameter_by == "reader" else None


class _Cluster(Record):
    id: int
    verdict: Literal["accept", "reject"] | None
    distribution: DistributionWord | None = None
    morphology: MorphologyWord | None = None


class _Blinded(Record):
    distribution: DistributionWord | None = None
    calcifications: list[_Mark] = Field(default_factory=list)


class _Answer(Record):
    reader: str = Field(min_length=1)
    read: bool
    distribution: DistributionWord | None = None
    calcifications: list[_Mark]
    clusters: list[_Cluster] = Field(default_factory=list)
    blinded: _Blinded | None = None


class _Image(Record):
    sop_instance_uid: str = Field(min_length=1)
    frame: int | None = Field(default=None, ge=0)
    pixel_spacing_mm: tuple[float, float] | None = Field(default=None, strict=False)
    answers: list[_Answer]

    @property
    def key(self) -> str:
        """The key of the image (`mammocalc.vocabulary.image_key`)."""
        return image_key(self.sop_instance_uid, self.frame)


class _PairAnswer(Record):
    reader: str = Field(min_length=1)
    answer: Literal["same", "not_the_same", "new", "gone"]


class _Pair(Record):
    relation: Literal["link", "change"]
    of: Literal["cluster", "calcification"]
    sop_instance_uid: str = Field(min_length=1)
    patient_key: str | None = None
    claim: str | None = None
    answers: list[_PairAnswer]


class _Document(Record):
    images: list[_Image]
    pairs: list[_Pair] = Field(default_factory=list)
