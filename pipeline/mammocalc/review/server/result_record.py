"""What the review needs of a result, so that one that lacks it is told by a sentence and not by a fault."""

from __future__ import annotations

from typing import Annotated, Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from mammocalc.results.schema_version import check_version
from mammocalc.review.server.run_files import WrongFileError
from mammocalc.vocabulary.errors import ResultError
from mammocalc.vocabulary.uid import is_uid

Whole = TypeVar("Whole")
Number = Annotated[float, Field(allow_inf_nan=False, ge=-1e9, le=1e9)]
Length = Annotated[float, Field(gt=0, le=1e6)]
Side = Annotated[int, Field(ge=1, le=1_000_000)]
Point = Annotated[tuple[Number, Number], Field(strict=False)]


class _Record(BaseModel):
    """A part of a result: numbers are numbers, and further keys are left alone."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", allow_inf_nan=False)


class Head(_Record):
    """The image of a result."""

    sop_instance_uid: str
    study_instance_uid: str | None = None
    series_instance_uid: str | None = None
    patient_key: str | None
    laterality: str
    view: str
    view_modifiers: list[str] = []
    study_day: int | None = None
    patient_orientation: list[str]
    rows: Side
    columns: Side
    pixel_spacing_mm: Annotated[tuple[Length, Length], Field(strict=False)] | None


class _Call(_Record):
    label: str


class _Mark(_Record):
    id: int
    row: Number
    column: Number
    diameter_mm: Annotated[float, Field(ge=0, le=1e6)] | None
    size: str | None
    cluster: int | None
    flags: list[str]
    outline: list[Point] = []


class _Cluster(_Record):
    id: int
    members: list[int]
    loose: bool = False
    hull: list[Point] = []
    distribution: _Call


class _Overlay(_Record):
    path: str


class _Provenance(_Record):
    configuration_digest: str


class Result(_Record):
    """A whole result."""

    image: Head
    presence_level: Annotated[float, Field(ge=-100, le=100)] | None
    counts: dict[str, Annotated[int, Field(ge=0, le=10**9)]]
    calcifications: list[_Mark]
    clusters: list[_Cluster]
    distribution: _Call
    overlay: _Overlay | None
    flags: list[str]
    provenance: _Provenance


_RESULT: Final = TypeAdapter(Result)
_HEAD: Final = TypeAdapter(Head)


def check_result(document: Any) -> Result:
    """Check a result; raises `WrongFileError` that names the first place where something is wrong."""
    try:
        check_version(document.get("schema_version") if isinstance(document, dict) else None)
    except ResultError as error:
        raise WrongFileError(str(error)) from None
    return _checked(_RESULT, document)


def check_head(document: Any) -> Head:
    """Check the image of a result; raises as `check_result`."""
    head = _checked(_HEAD, document)
    if not is_uid(head.sop_instance_uid):
        message = "sop_instance_uid is no UID"
        raise WrongFileError(message)
    return head


def _checked(adapter: TypeAdapter[Whole], document: Any) -> Whole:
    try:
        return adapter.validate_python(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the document"
        message = f"{place}: {first['msg'].lower()}"
        raise WrongFileError(message) from None
