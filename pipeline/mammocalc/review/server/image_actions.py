"""Actions on clusters and on the image as a whole."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from mammocalc.review.server.action import ActionError, Before, ReaderAction, Verdict
from mammocalc.review.server.reader_state import State, note
from mammocalc.vocabulary.lexicon import IMAGE_WORDS, Distribution, Morphology

COMMENT_CHARACTERS: Final = 8000


class JudgeCluster(ReaderAction):
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


class SetDistribution(ReaderAction):
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


class SetMorphology(ReaderAction):
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


class Comment(ReaderAction):
    """Replace the comment."""

    type: Literal["comment"]
    text: Annotated[str, Field(max_length=COMMENT_CHARACTERS)]

    def apply(self, state: State) -> None:
        """Note the text."""
        state.comment = self.text


class AgreeImage(ReaderAction):
    """Agree with the whole image: what has no verdict of its own is accepted, and the image is read."""

    type: Literal["agree_image"]
    agreed: bool = True

    speaks_of_marks = True

    def apply(self, state: State) -> None:
        """Accept the rest; an image once read stays so."""
        state.rest_accepted = self.agreed
        state.is_read = state.is_read or self.agreed


class MarkRead(ReaderAction):
    """Say whether the image is read."""

    type: Literal["mark_read"]
    read: bool

    def apply(self, state: State) -> None:
        """Note it."""
        state.is_read = self.read
