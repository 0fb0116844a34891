"""Actions on two findings: whether they are the same, in two views or on two dates."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field

from mammocalc.review.server.action import ActionError, Before, ReaderAction
from mammocalc.review.server.reader_state import PairName, State

PairAnswer = Literal["same", "not_the_same", "new", "gone"]
Relation = Literal["link", "change"]

SAID: Final[dict[Relation, dict[tuple[bool, bool], tuple[PairAnswer, ...]]]] = {
    "link": {(True, True): ("same", "not_the_same")},
    "change": {
        (True, True): ("same", "not_the_same", "new"),
        (True, False): ("new", "same"),
        (False, True): ("gone", "same"),
    },
}
"""What can be said of a pair, by whether there is a finding in this image and in the other one."""


class JudgePair(ReaderAction):
    """
    Say of a finding of this image and one of another whether they are the same; None takes the word back.

    ``link`` joins two views of one day, ``change`` this image and its prior:
    ``other_id`` is None for what is on this date alone, ``id`` for what is on
    the prior alone. ``other_digest`` is that of the other image's result, and
    ``claim`` what the program says of the pair, ``linked`` or the word of the
    comparison; the server knows both.
    """

    type: Literal["judge_pair"]
    relation: Relation
    of: Literal["cluster", "calcification"]
    id: int | None
    other: Annotated[str, Field(min_length=1, max_length=64)]
    other_id: int | None
    answer: PairAnswer | None
    other_digest: Annotated[str, Field(max_length=64)] = ""
    claim: Annotated[str, Field(max_length=64)] | None = None

    speaks_of_marks = True

    def check(self, before: Before) -> None:
        """Refuse what is not there, and words that do not fit."""
        words = SAID[self.relation].get((self.id is not None, self.other_id is not None), ())
        if not words or (self.answer is not None and self.answer not in words):
            message = f"Of such a pair can be said: {', '.join(words) or 'nothing'}. Reload the image."
            raise ActionError(message)
        if self.id is not None:
            before.require(self.id, self.of)
        other = Before(before.state, before.other(self.other)[0])
        if not before.is_pair(self.pair):
            what = "another view of this breast and day" if self.relation == "link" else "the prior of this image"
            message = f"The other image is not {what}. Reload the image."
            raise ActionError(message)
        if self.other_id is not None:
            other.require(self.other_id, self.of)

    def sealed(self, before: Before) -> JudgePair:
        """Note which result of the other image was judged, and what the program says."""
        return self.model_copy(update={"other_digest": before.other(self.other)[1], "claim": before.claim(self.pair)})

    @property
    def pair(self) -> PairName:
        """The name of the pair."""
        return PairName(self.relation, self.of, self.id, self.other, self.other_id)

    def apply(self, state: State) -> None:
        """Note the word, with the number of the action: of both sides of a link the last word counts."""
        said: dict[str, Any] = {"answer": self.answer, "number": state.number}
        state.pairs[self.pair] = {**said, "other_digest": self.other_digest, "claim": self.claim}
