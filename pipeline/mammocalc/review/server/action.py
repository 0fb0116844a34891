"""Actions of readers: their checks, and their effect on an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mammocalc.review.server.reader_state import PairName, State

Verdict = Literal["accept", "reject"]

Diameter = Annotated[float, Field(gt=0, le=100)]

AddedKey = Annotated[str, Field(pattern=r"^a[0-9]{1,18}$")]


class ActionError(UsageError):
    """An action cannot be taken; nothing was saved."""


def _no_other(_uid: str) -> tuple[Mapping[str, Any], str]:
    message = "This image is judged by itself. Reload the page."
    raise ActionError(message)


def _no_claim(_pair: PairName) -> str | None:
    return None


def _is_any_pair(_pair: PairName) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Before:
    """What an action meets: the reader's answer so far, and the result that is judged."""

    state: State
    result: Mapping[str, Any]
    other: Callable[[str], tuple[Mapping[str, Any], str]] = _no_other
    """Gives the result of another image that the reader may see, and its fingerprint; raises an error of ours."""
    claim: Callable[[PairName], str | None] = _no_claim
    """Gives what the program says of a pair."""
    is_pair: Callable[[PairName], bool] = _is_any_pair
    """Tells whether the two images of a pair can show one finding in two views, or on two dates."""

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


class ReaderAction(BaseModel):
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

    def sealed(self, before: Before) -> ReaderAction:  # noqa: ARG002 - most actions need nothing more
        """Give the action as it is kept, with what the server knows."""
        return self

    def apply(self, state: State) -> None:
        """Change the answer."""
