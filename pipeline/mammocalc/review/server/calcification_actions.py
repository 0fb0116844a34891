"""Actions on single calcifications: judged, added, removed, resized."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mammocalc.review.server.action import ActionError, AddedKey, Before, Diameter, ReaderAction, Verdict
from mammocalc.review.server.reader_state import State, note


class JudgeCalcification(ReaderAction):
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


class JudgeCalcifications(ReaderAction):
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


class AddCalcification(ReaderAction):
    """Add a calcification that the program missed; without a pixel spacing it has no diameter."""

    type: Literal["add_calcification"]
    row: float
    column: float
    diameter_mm: Diameter | None

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


class RemoveAdded(ReaderAction):
    """Take back a calcification that was added."""

    type: Literal["remove_added"]
    key: AddedKey

    def check(self, before: Before) -> None:
        """Refuse one that was not added."""
        before.require_added(self.key)

    def apply(self, state: State) -> None:
        """Remove it."""
        state.added.pop(self.key, None)


class ResizeCalcification(ReaderAction):
    """Correct the diameter of a mark (``id``) or of an added one (``key``)."""

    type: Literal["resize_calcification"]
    id: int | None = None
    key: AddedKey | None = None
    diameter_mm: Diameter

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
