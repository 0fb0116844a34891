"""What a reader can do to an image: whether it can be done to this one, and what it changes."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from mammocalc.review.server.reader_state import State, note
from mammocalc.vocabulary.errors import CallError
from mammocalc.vocabulary.lexicon import IMAGE_WORDS, Distribution, Morphology

if TYPE_CHECKING:
    from collections.abc import Mapping

READER_CHARACTERS: Final = 64
COMMENT_CHARACTERS: Final = 8000
Verdict = Literal["accept", "reject"]
_Diameter = Annotated[float, Field(gt=0, le=100)]
_Key = Annotated[str, Field(pattern=r"^a[0-9]{1,18}$")]


class ActionError(CallError):
    """An action cannot be taken; nothing was saved."""


@dataclass(frozen=True, slots=True)
class Before:
    """What an action meets: the reader's answer so far, and the result that is judged."""

    state: State
    result: Mapping[str, Any]

    def require(self, number: int, kind: Literal["calcification", "cluster"]) -> None:
        """Raise an `ActionError` where the result holds no such thing."""
        if all(item["id"] != number for item in self.result[f"{kind}s"]):
            message = f"The result of this image has no {kind} {number}. Reload the image."
            raise ActionError(message)

    def require_added(self, key: str) -> None:
        """Raise an `ActionError` where the reader has not added it."""
        if key not in self.state.added:
            message = "This calcification was not added by this reader, or was removed. Reload the image."
            raise ActionError(message)


class _Action(BaseModel):
    """Numbers are numbers, and unknown keys are errors."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)

    speaks_of_marks: ClassVar[bool] = False
    """Whether it always speaks of what the program found, which a blinded reader has not seen yet."""

    @property
    def needs_marks(self) -> bool:
        """Whether this very action speaks of what the program found."""
        return self.speaks_of_marks

    def check(self, before: Before) -> None:
        """Raise an `ActionError` where the action cannot be taken."""

    def apply(self, state: State) -> None:
        """Change the answer."""


class JudgeCalcification(_Action):
    """Accept or reject a mark of the program; None takes the verdict back."""

    type: Literal["judge_calcification"]
    id: int
    verdict: Verdict | None

    speaks_of_marks = True

    def check(self, before: Before) -> None:
        """Refuse a mark that is not there."""
        before.require(self.id, "calcification")

    def apply(self, state: State) -> None:
        """Note the verdict."""
        note(state.calcifications, self.id, "verdict", self.verdict)


class JudgeCalcifications(_Action):
    """Accept or reject several marks of the program at once, such as an artery; None takes the verdicts back."""

    type: Literal["judge_calcifications"]
    ids: Annotated[list[int], Field(min_length=1, max_length=5000)]
    verdict: Verdict | None

    speaks_of_marks = True

    def check(self, before: Before) -> None:
        """Refuse marks that are not there."""
        for number in self.ids:
            before.require(number, "calcification")

    def apply(self, state: State) -> None:
        """Note the verdict of each."""
        for number in self.ids:
            note(state.calcifications, number, "verdict", self.verdict)


class JudgeCluster(_Action):
    """Accept or reject a cluster of the program, and with it the members that have no verdict of their own."""

    type: Literal["judge_cluster"]
    id: int
    verdict: Verdict | None

    speaks_of_marks = True

    def check(self, before: Before) -> None:
        """Refuse a cluster that is not there."""
        before.require(self.id, "cluster")

    def apply(self, state: State) -> None:
        """Note the verdict."""
        note(state.clusters, self.id, "verdict", self.verdict)


class AddCalcification(_Action):
    """Add a calcification that the program missed; without a pixel spacing it has no diameter."""

    type: Literal["add_calcification"]
    row: float
    column: float
    diameter_mm: _Diameter | None

    def check(self, before: Before) -> None:
        """Refuse a place outside of the image, and millimetres where there are none."""
        image = before.result["image"]
        rows, columns = image["rows"], image["columns"]
        if not (-0.5 <= self.row <= rows - 0.5 and -0.5 <= self.column <= columns - 0.5):
            message = f"The place lies outside of the image, which has {rows} rows and {columns} columns."
            raise ActionError(message)
        if (self.diameter_mm is None) != (image["pixel_spacing_mm"] is None):
            message = "A diameter in millimetres is needed where the image has a pixel spacing, and only there."
            raise ActionError(message)

    def apply(self, state: State) -> None:
        """Add it under a key that no other one ever had."""
        place = {"row": self.row, "column": self.column, "diameter_mm": self.diameter_mm}
        state.added[f"a{state.number}"] = place


class RemoveAdded(_Action):
    """Take back a calcification that was added."""

    type: Literal["remove_added"]
    key: _Key

    def check(self, before: Before) -> None:
        """Refuse one that was not added."""
        before.require_added(self.key)

    def apply(self, state: State) -> None:
        """Remove it."""
        state.added.pop(self.key, None)


class ResizeCalcification(_Action):
    """Correct the diameter of a mark (``id``) or of an added one (``key``)."""

    type: Literal["resize_calcification"]
    id: int | None = None
    key: _Key | None = None
    diameter_mm: _Diameter

    @property
    def needs_marks(self) -> bool:
        """Whether a mark of the program is meant."""
        return self.id is not None

    def check(self, before: Before) -> None:
        """Refuse what is not there, and an image without millimetres."""
        if (self.id is None) == (self.key is None):
            message = "Name one calcification to resize, by id or by key."
            raise ActionError(message)
        if self.id is not None:
            before.require(self.id, "calcification")
        if self.key is not None:
            before.require_added(self.key)
        if before.result["image"]["pixel_spacing_mm"] is None:
            message = "This image has no pixel spacing, so nothing in it can be given in millimetres."
            raise ActionError(message)

    def apply(self, state: State) -> None:
        """Note the diameter."""
        if self.id is not None:
            note(state.calcifications, self.id, "diameter_mm", self.diameter_mm)
        elif self.key in state.added:
            state.added[self.key]["diameter_mm"] = self.diameter_mm


class SetDistribution(_Action):
    """Name the distribution of a cluster, or of the image where ``cluster`` is None; None takes the label back."""

    type: Literal["set_distribution"]
    cluster: int | None
    label: Annotated[Distribution, Field(strict=False)] | None

    @property
    def needs_marks(self) -> bool:
        """Whether a cluster is meant."""
        return self.cluster is not None

    def check(self, before: Before) -> None:
        """Refuse a cluster that is not there."""
        if self.cluster is not None:
            before.require(self.cluster, "cluster")
            if self.label in IMAGE_WORDS:
                message = f"{self.label} is said of an image, not of a cluster."
                raise ActionError(message)

    def apply(self, state: State) -> None:
        """Note the label."""
        label = None if self.label is None else str(self.label)
        if self.cluster is None:
            state.distribution = label
        else:
            note(state.clusters, self.cluster, "distribution", label)


class SetMorphology(_Action):
    """Name what a cluster or a calcification looks like; None takes the label back."""

    type: Literal["set_morphology"]
    cluster: int | None = None
    calcification: int | None = None
    label: Annotated[Morphology, Field(strict=False)] | None

    speaks_of_marks = True

    def check(self, before: Before) -> None:
        """Refuse what is not there."""
        if (self.cluster is None) == (self.calcification is None):
            message = "A morphology is set for a cluster or for a calcification: name one of them."
            raise ActionError(message)
        if self.cluster is not None:
            before.require(self.cluster, "cluster")
        if self.calcification is not None:
            before.require(self.calcification, "calcification")

    def apply(self, state: State) -> None:
        """Note the label."""
        label = None if self.label is None else str(self.label)
        if self.cluster is not None:
            note(state.clusters, self.cluster, "morphology", label)
        elif self.calcification is not None:
            note(state.calcifications, self.calcification, "morphology", label)


class Comment(_Action):
    """Replace the comment."""

    type: Literal["comment"]
    text: Annotated[str, Field(max_length=COMMENT_CHARACTERS)]

    def apply(self, state: State) -> None:
        """Note the text."""
        state.comment = self.text


class AgreeImage(_Action):
    """Agree with the whole image: what has no verdict of its own is accepted, and the image is read."""

    type: Literal["agree_image"]
    agreed: bool = True

    speaks_of_marks = True

    def apply(self, state: State) -> None:
        """Accept the rest; an image once read stays so."""
        state.rest_accepted = self.agreed
        state.is_read = state.is_read or self.agreed


class MarkRead(_Action):
    """Say whether the image is read."""

    type: Literal["mark_read"]
    read: bool

    def apply(self, state: State) -> None:
        """Note it."""
        state.is_read = self.read


class Undo(_Action):
    """Take back the last action that was not taken back."""

    type: Literal["undo"]

    def check(self, before: Before) -> None:
        """Refuse where nothing is left."""
        if not before.state.can_undo:
            message = "There is nothing to undo."
            raise ActionError(message)


class Redo(_Action):
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
        message = f"The action cannot be read: {place}: {first['msg'].lower()}. Reload the page."
        raise ActionError(message) from None


def check_reader(name: Any) -> str:
    """
    Check a reader's name.

    Returns
    -------
    str
        Without blanks around it, and composed: equal names are one reader whatever keyboard wrote them.

    Raises
    ------
    ActionError
        If it is no printable text of 1 to 64 characters.
    """
    text = unicodedata.normalize("NFC", name.strip()) if isinstance(name, str) else ""
    if not 0 < len(text) <= READER_CHARACTERS or not text.isprintable():
        message = f"A reader's name is 1 to {READER_CHARACTERS} printable characters. Give one."
        raise ActionError(message)
    return text
