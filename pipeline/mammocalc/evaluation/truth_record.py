"""Records of truth files: their fields, the image they name, and messages about documents that are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from mammocalc.evaluation.truth import TruthError
from mammocalc.model.mistakes import sentence_of
from mammocalc.vocabulary.image_key import MAX_FRAMES, image_key
from mammocalc.vocabulary.lexicon import CalcificationSize, Distribution, Morphology
from mammocalc.vocabulary.uid import as_uid

if TYPE_CHECKING:
    from enum import StrEnum
    from pathlib import Path

    from mammocalc.files.csv_rows import CsvRow


MOST: Final = 1e6
"""Pixels or millimetres, of which no image has as many."""
Place = Annotated[float, Field(ge=-MOST, le=MOST)]
Length = Annotated[float | None, Field(gt=0, le=MOST)]


def _one_of(words: type[StrEnum]) -> AfterValidator:
    """Refuse a word that is not known: nothing would ever equal it, and it would count as wrong without a sound."""

    def check(written: str) -> str:
        if written not in {*words}:
            values = {"written": repr(written), "known": ", ".join(words)}
            raise PydanticCustomError("unknown_word", "{written} is not one of {known}", values)
        return written

    return AfterValidator(check)


DistributionWord = Annotated[str, _one_of(Distribution)]
MorphologyWord = Annotated[str, _one_of(Morphology)]
SizeWord = Annotated[str, _one_of(CalcificationSize)]


class Record(BaseModel):
    """A part of a truth file: types are strict, and unknown keys are ignored."""

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
        message = f"{path} {claim}: {place}: {sentence_of(first)}."
        raise TruthError(message) from None


def key_in(row: CsvRow) -> str:
    """
    Give the key of the image that a row of a truth names by ``sop_instance_uid``, and ``frame`` if there is one.

    Frames are counted from 0, as in the tables of a run. Empty where no image is named.

    Raises
    ------
    TruthError
        If the frame is none.
    """
    uid, frame = row["sop_instance_uid"], row.whole("frame", MAX_FRAMES - 1) if "frame" in row else None
    return key_of(uid, frame) if uid else uid


def key_of(written: str, frame: int | None) -> str:
    """Give the key of an image by what is written as its UID, which is as it is where no frame is named."""
    return written if frame is None else image_key(as_uid(written), frame)
