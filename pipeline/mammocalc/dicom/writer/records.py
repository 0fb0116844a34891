"""Input and output of the writers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from mammocalc.dicom.writer.source import SourceImage
    from mammocalc.model import CalcificationChange, ClusterChange, Comparison, Finding
    from mammocalc.results.result import Result

SOFTWARE: Final = "mammocalc"
LONGEST_NAME: Final = 64
"""Characters of a Long String (PS3.5 section 6.2)."""


class Kind(StrEnum):
    """Kinds of objects, as the command line calls them."""

    CAD_SR = "cad-sr"
    GSPS = "gsps"
    CAPTURE = "capture"
    SR_1500 = "sr-1500"
    SEG = "seg"


KINDS: Final = tuple(Kind)
OF_STUDY: Final = frozenset({Kind.CAD_SR, Kind.SR_1500})
"""Kinds of which there is one for a study; of the others there is one for each image."""


@dataclass(frozen=True, slots=True)
class Device:
    """
    Under which names the objects go: some readers show those of the manufacturers on their list alone.

    Attributes
    ----------
    manufacturer, model : str
        Printable ASCII without a backslash, 1 to 64 characters.

    Raises
    ------
    UsageError
        If either cannot stand in a DICOM object.
    """

    manufacturer: str = SOFTWARE
    model: str = SOFTWARE

    def __post_init__(self) -> None:
        """Demand texts that every character set has."""
        for name, text in (("manufacturer", self.manufacturer), ("model", self.model)):
            is_ascii = isinstance(text, str) and text.isascii() and text.isprintable() and "\\" not in text
            if not is_ascii or not text.strip() or len(text) > LONGEST_NAME:
                message = f"{name}={text!r}: give 1 to {LONGEST_NAME} printable ASCII characters and no backslash"
                raise UsageError(message)


@dataclass(frozen=True, slots=True)
class RunFacts:
    """
    Which run the results are of.

    Attributes
    ----------
    version, configuration_digest, operating_point : str
        As in ``run.json``.
    started : datetime
        With its time zone. The one date of all objects, so that equal runs give equal bytes.
    """

    version: str
    configuration_digest: str
    operating_point: str
    started: datetime


@dataclass(frozen=True, slots=True, eq=False)
class StudyImage:
    """
    An image of a study.

    Attributes
    ----------
    source : SourceImage
        Its header as it is now.
    result : Result or None
        None for an image whose analysis failed.
    read_overlay : callable or None
        Gives the bytes of its overlay, a JPEG or PNG; None where the run drew none.
    """

    source: SourceImage
    result: Result | None
    read_overlay: Callable[[], bytes] | None = None


@dataclass(frozen=True, eq=False)
class PriorView:
    """
    The prior of an image, and what a comparison says of the two.

    Attributes
    ----------
    image : StudyImage
        The prior, with its result; of the same patient.
    facts : RunFacts
        Of the run that it was analysed in.
    comparison : Comparison
        Of the results of both, as these are now.
    version : str
        Of the program that compared them.
    changed_in_number : frozenset of int
        Clusters of the current image that have grown, or become smaller, by their number of calcifications.
    """

    image: StudyImage
    facts: RunFacts
    comparison: Comparison
    version: str
    changed_in_number: frozenset[int] = frozenset()

    @cached_property
    def clusters(self) -> Mapping[int, ClusterChange]:
        """What became of each cluster of the current image."""
        return {item.cluster: item for item in self.comparison.clusters if item.cluster is not None}

    @cached_property
    def calcifications(self) -> Mapping[int, CalcificationChange]:
        """What became of each calcification of the current image."""
        found = self.comparison.calcifications
        return {item.calcification: item for item in found if item.calcification is not None}


@dataclass(frozen=True, slots=True, eq=False)
class StudyContent:
    """
    All that objects are written of: one study, its images, and the run.

    Attributes
    ----------
    images : tuple of StudyImage
        All of one patient and one Study Instance UID, in the order in which they are listed; at least one.
    facts : RunFacts
    device : Device
    others : tuple of SourceImage
        Images of the study that were not analysed and did not fail, such as those for presentation of raw ones.
    findings : tuple of Finding
        Which clusters are one, over several views; images go by the UIDs of their results.
    is_joined : bool
        Whether clusters of different views were compared at all.
    priors : mapping of str to PriorView
        With what images were compared, by the UIDs of their results; empty where none was.
    """

    images: tuple[StudyImage, ...]
    facts: RunFacts
    device: Device = Device()
    others: tuple[SourceImage, ...] = ()
    findings: tuple[Finding, ...] = ()
    is_joined: bool = False
    priors: Mapping[str, PriorView] = field(default_factory=dict)

    def prior_of(self, image: StudyImage) -> PriorView | None:
        """Give what an image was compared with, if it was."""
        return None if image.result is None else self.priors.get(image.result.report.identity.key)

    @property
    def study_instance_uid(self) -> str:
        """Of all of its images."""
        return self.images[0].source.study_instance_uid


@dataclass(frozen=True, slots=True)
class DicomObject:
    """
    One object, as a file holds it.

    ``folder`` is the name of its kind, ``images`` are the SOP Instance UIDs that it speaks of.
    """

    folder: str
    sop_class_uid: str
    sop_instance_uid: str
    study_instance_uid: str
    images: tuple[str, ...]
    content: bytes
