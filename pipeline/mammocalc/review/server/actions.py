"""All actions of readers on an image."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field, TypeAdapter, ValidationError

from mammocalc.model.mistakes import sentence_of
from mammocalc.review.server.action import ActionError, Before, ReaderAction
from mammocalc.review.server.calcification_actions import (
    AddCalcification,
    JudgeCalcification,
    JudgeCalcifications,
    RemoveAdded,
    ResizeCalcification,
)
from mammocalc.review.server.image_actions import (
    AgreeImage,
    Comment,
    JudgeCluster,
    MarkRead,
    SetDistribution,
    SetMorphology,
)
from mammocalc.review.server.pair_actions import JudgePair


class Undo(ReaderAction):
    """Take back the last action that was not taken back."""

    type: Literal["undo"]

    def check(self, before: Before) -> None:
        """Refuse where nothing is left."""
        if not before.state.can_undo:
            message = "There is nothing to undo."
            raise ActionError(message)


class Redo(ReaderAction):
    """Take the last undo back."""

    type: Literal["redo"]

    def check(self, before: Before) -> None:
        """Refuse where nothing was undone since the last action."""
        if not before.state.can_redo:
            message = "There is nothing to redo."
            raise ActionError(message)


Action = (
    JudgeCalcification
    | JudgeCalcifications
    | JudgeCluster
    | AddCalcification
    | RemoveAdded
    | ResizeCalcification
    | SetDistribution
    | SetMorphology
    | Comment
    | AgreeImage
    | MarkRead
    | JudgePair
    | Undo
    | Redo
)

_ACTION: Final[TypeAdapter[Action]] = TypeAdapter(Annotated[Action, Field(discriminator="type")])


def parse_action(document: Any) -> Action:
    """
    Read an action as a browser sends it, or as it was kept.

    Raises
    ------
    ActionError
        With the place and what is wrong there.
    """
    try:
        return _ACTION.validate_python(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "action"
        message = f"The action cannot be read: {place}: {sentence_of(first)}. Reload the page."
        raise ActionError(message) from None
