"""What the review needs of studies and comparisons, so that one that lacks it is told by a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from mammocalc.results.schema_version import COMPARISON_HISTORY, STUDY_HISTORY, check_version
from mammocalc.review.server.run_files import WrongFileError
from mammocalc.vocabulary.errors import ResultError

if TYPE_CHECKING:
    from collections.abc import Mapping

Whole = TypeVar("Whole")
Number = Annotated[float, Field(allow_inf_nan=False, ge=-1e9, le=1e9)]
Share = Annotated[float, Field(ge=0, le=1)]
Place = Annotated[tuple[Number, Number], Field(strict=False)]


class _Record(BaseModel):
    """A part of a document: numbers are numbers, and further keys are left alone."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", allow_inf_nan=False)


class ClusterName(_Record):
    """A cluster of an image."""

    sop_instance_uid: str
    cluster: int


class StudyLink(_Record):
    """That two clusters are taken for one finding."""

    first: ClusterName
    second: ClusterName
    probability: Share | None
    basis: str
    reasons: list[str]


class StudySighting(_Record):
    """A cluster in which a finding is seen."""

    sop_instance_uid: str
    cluster: int
    letter: str
    view: str


class StudyUnseen(_Record):
    """An image in which no cluster was linked to a finding."""

    sop_instance_uid: str
    view: str
    arc_mm: Number | None
    band_mm: Number | None


class StudyLocation(_Record):
    """Where in the breast a finding lies, in the words of BI-RADS; None where that cannot be told."""

    quadrant: str | None
    upper_lower: str | None
    outer_inner: str | None
    region: str | None
    clock: int | None
    depth: str | None
    from_nipple_mm: Number | None
    reasons: list[str]


class StudyFinding(_Record):
    """A place in a breast, by the clusters in which it is seen."""

    name: str
    laterality: str
    sightings: list[StudySighting]
    links: list[StudyLink]
    unseen: list[StudyUnseen]
    location: StudyLocation | None = None


class StudyRecord(_Record):
    """A study; one of the version 1.0 has no findings."""

    findings: list[StudyFinding] = []
    statements: list[str] = []
    notes: list[str] = []


class ComparedName(_Record):
    """An image that was compared."""

    sop_instance_uid: str
    calcifications: int
    configuration_digest: str


class RegistrationRecord(_Record):
    """How two images were laid over each other."""

    kind: str
    joined: int
    residual_mm: Number | None
    matched_share: Share | None
    mirrored_share: Share | None
    is_comparable: bool
    reasons: list[str]


class ClusterRow(_Record):
    """What became of a cluster."""

    cluster: int | None
    prior_clusters: list[int]
    change: str
    members: int
    prior_members: int
    joined: int
    extent_mm: Number | None
    prior_extent_mm: Number | None
    reasons: list[str]


class CalcificationRow(_Record):
    """What became of a calcification."""

    calcification: int | None
    prior_calcification: int | None
    change: str
    diameter_mm: Number | None
    prior_diameter_mm: Number | None
    cluster: int | None
    prior_cluster: int | None
    place: Place | None = None
    reason: str


class ComparisonRecord(_Record):
    """Two images of one view, current and prior."""

    current: ComparedName
    prior: ComparedName
    interval_days: int | None
    registration: RegistrationRecord
    clusters: list[ClusterRow]
    calcifications: list[CalcificationRow]
    notes: list[str]
    stability_notice: str


_STUDY: Final = TypeAdapter(StudyRecord)
_COMPARISON: Final = TypeAdapter(ComparisonRecord)


def check_study(document: Any) -> StudyRecord:
    """Check a study; raises `WrongFileError` that names the first place where something is wrong."""
    return _checked(_STUDY, document, STUDY_HISTORY)


def check_comparison(document: Any) -> ComparisonRecord:
    """Check a comparison; raises as `check_study`."""
    return _checked(_COMPARISON, document, COMPARISON_HISTORY)


def _checked(adapter: TypeAdapter[Whole], document: Any, history: Mapping[str, str]) -> Whole:
    try:
        check_version(document.get("schema_version") if isinstance(document, dict) else None, history)
    except ResultError as error:
        raise WrongFileError(str(error)) from None
    try:
        return adapter.validate_python(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the document"
        message = f"{place}: {first['msg'].lower()}"
        raise WrongFileError(message) from None
