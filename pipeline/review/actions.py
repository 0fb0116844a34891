"""What a reader can do to an image, and whether it can be done to this one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from pipeline.errors import CallError
from pipeline.lexicon import Distribution, Morphology

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.review.state import State

READER_CHARACTERS: Final = 64
COMMENT_CHARACTERS: Final = 8000
Verdict = Literal["accept", "reject"]
_Diameter = Annotated[float, Field(gt=0, le=100)]
_Key = Annotated[str, Field(pattern=r"^a[0-9]{1,9}$")]


class ActionError(CallError):
    """An action cannot be taken; nothing was saved."""


class _Action(BaseModel):
    """Numbers are numbers, and unknown keys are errors."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)


class JudgeCalcification(_Action):
    """Accept or reject a mark of the program; None takes the verdict back."""

    type: Literal["judge_calcification"]
    id: int
    verdict: Verdict | None


class JudgeCluster(_Action):
    """Accept or reject a cluster of the program, and with it the members that have no verdict of their own."""

    type: Literal["judge_cluster"]
    id: int
    verdict: Verdict | None


class AddCalcification(_Action):
    """Add a calcification that the program missed; without a pixel spacing it has no diameter."""

    type: Literal["add_calcification"]
    row: float
    column: float
    diameter_mm: _Diameter | None


class RemoveAdded(_Action):
    """Take back a calcification that was added."""

    type: Literal["remove_added"]
    key: _Key


class ResizeCalcification(_Action):
    """Correct the diameter of a mark (``id``) or of an added one (``key``)."""

    type: Literal["resize_calcification"]
    id: int | None = None
    key: _Key | None = None
    diameter_mm: _Diameter


class SetDistribution(_Action):
    """Name the distribution of a cluster, or of the image where ``cluster`` is None; None takes the label back."""

    type: Literal["set_distribution"]
    cluster: int | None
    label: Annotated[Distribution, Field(strict=False)] | None


class SetMorphology(_Action):
    """Name what a cluster or a calcification looks like; None takes the label back."""

    type: Literal["set_morphology"]
    cluster: int | None = None
    calcification: int | None = None
    label: Annotated[Morphology, Field(strict=False)] | None


class Comment(_Action):
    """Replace the comment."""

    type: Literal["comment"]
    text: Annotated[str, Field(max_length=COMMENT_CHARACTERS)]


class AgreeImage(_Action):
    """Agree with the whole image: what has no verdict of its own is accepted, and the image is read."""

    type: Literal["agree_image"]
    agreed: bool = True


class MarkRead(_Action):
    """Say whether the image is read."""

    type: Literal["mark_read"]
    read: bool


class Undo(_Action):
    """Take back the last action that was not taken back."""

    type: Literal["undo"]


class Redo(_Action):
    """Take the last undo back."""

    type: Literal["redo"]


Action = Annotated[
    JudgeCalcification
    | JudgeCluster
    | AddCalcification
    | RemoveAdded
    | ResizeCalcification
    | SetDistribution
    | SetMorphology
    | Comment
    | AgreeImage
    | MarkRead
    | Undo
    | Redo,
    Field(discriminator="type"),
]
ACTION: Final[TypeAdapter[Action]] = TypeAdapter(Action)


def parse_action(document: Any) -> Action:
    """
    Read an action as a browser sends it.

    Raises
    ------
    ActionError
        With the place and what is wrong there.
    """
    try:
        return ACTION.validate_python(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "action"
        message = f"The action cannot be read: {place}: {first['msg'].lower()}. Reload the page."
        raise ActionError(message) from None


def check_reader(name: Any) -> str:
    """
    Check a reader's name.

    Raises
    ------
    ActionError
        If it is no printable text of 1 to 64 characters.
    """
    text = name.strip() if isinstance(name, str) else ""
    if not 0 < len(text) <= READER_CHARACTERS or not text.isprintable():
        message = f"A reader's name is 1 to {READER_CHARACTERS} printable characters. Give one."
        raise ActionError(message)
    return text


def check_action(action: Action, state: State, result: Mapping[str, Any]) -> None:
    """
    Make sure that an action can be taken on this image.

    Parameters
    ----------
    action : Action
    state : State
        What the reader has answered so far.
    result : mapping
        The result that is judged.

    Raises
    ------
    ActionError
        If it names something that is not there.
    """
    match action:
        case JudgeCalcification(id=number) | ResizeCalcification(id=int(number), key=None):
            _require(number, result["calcifications"], "calcification")
        case JudgeCluster(id=number):
            _require(number, result["clusters"], "cluster")
        case SetDistribution(cluster=int(number)) | SetMorphology(cluster=int(number), calcification=None):
            _require(number, result["clusters"], "cluster")
        case SetMorphology(cluster=None, calcification=int(number)):
            _require(number, result["calcifications"], "calcification")
        case SetMorphology():
            message = "A morphology is set for a cluster or for a calcification: name one of them."
            raise ActionError(message)
        case RemoveAdded(key=key) | ResizeCalcification(id=None, key=str(key)):
            if key not in state.added:
                message = "This calcification was not added by this reader, or was removed. Reload the image."
                raise ActionError(message)
        case ResizeCalcification():
            message = "Name one calcification to resize, by id or by key."
            raise ActionError(message)
        case AddCalcification():
            _check_added(action, result["image"])
        case Undo() if not state.can_undo:
            message = "There is nothing to undo."
            raise ActionError(message)
        case Redo() if not state.can_redo:
            message = "There is nothing to redo."
            raise ActionError(message)
        case _:
            pass
    if isinstance(action, ResizeCalcification) and result["image"]["pixel_spacing_mm"] is None:
        message = "This image has no pixel spacing, so nothing in it can be given in millimetres."
        raise ActionError(message)


def _require(number: int, items: list[dict[str, Any]], name: str) -> None:
    if all(item["id"] != number for item in items):
        message = f"The result of this image has no {name} {number}. Reload the image."
        raise ActionError(message)


def _check_added(action: AddCalcification, image: Mapping[str, Any]) -> None:
    if not (-0.5 <= action.row <= image["rows"] - 0.5 and -0.5 <= action.column <= image["columns"] - 0.5):
        message = f"The place lies outside of the image, which has {image['rows']} rows and {image['columns']} columns."
        raise ActionError(message)
    if (action.diameter_mm is None) != (image["pixel_spacing_mm"] is None):
        message = "A diameter in millimetres is needed where the image has a pixel spacing, and only there."
        raise ActionError(message)
