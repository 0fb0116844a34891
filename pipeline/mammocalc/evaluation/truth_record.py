"""Records of truth files: what they admit, and what is said where a document is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from mammocalc.evaluation.truth import TruthError

if TYPE_CHECKING:
    from pathlib import Path


class Record(BaseModel):
    """A part of a truth file: numbers are numbers, and unknown keys are left alone."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", allow_inf_nan=False)


Document = TypeVar("Document", bound=Record)


def read_record(kind: type[Document], document: Any, path: Path, claim: str) -> Document:
    """
    Read a document, or say what in it is wrong.

    Parameters
    ----------
    kind : type of Record
    document : JSON value
    path : Path
        For messages.
    claim : str
        What the file is not, as "is no truth as mammocalc simulate writes it".

    Raises
    ------
    TruthError
    """
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the document"
        message = f"{path} {claim}: {place}: {first['msg'].lower()}."
        raise TruthError(message) from None
