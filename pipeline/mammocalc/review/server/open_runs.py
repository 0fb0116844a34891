"""Runs open in a review: the one that is read, and images of the prior one that a comparison names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mammocalc.review.server.refusals import NotAllowedError, NotKnownError
from mammocalc.review.server.run_files import WrongFileError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mammocalc.review.server.locate import ImageFinder
    from mammocalc.review.server.run_index import Image, RunIndex


class OpenRuns:
    """
    The images that can be asked for.

    Parameters
    ----------
    own : RunIndex
        The run that is read and answered.
    prior : RunIndex or None
        The run of the earlier date, where that is another one.
    prior_of : mapping of str to str
        The prior of each image that a comparison names. Of the prior run those alone are shown.

    Attributes
    ----------
    priors : mapping of str to Image
        The images of the prior run that are shown, by UID.
    """

    def __init__(self, own: RunIndex, prior: RunIndex | None, prior_of: Mapping[str, str]) -> None:
        self.own = own
        self._prior = prior
        self._home = {other: uid for uid, other in sorted(prior_of.items(), reverse=True)}
        there = {} if prior is None else prior.images
        self.priors: dict[str, Image] = {
            uid: there[uid] for uid in sorted(self._home) if uid in there and uid not in own.images
        }

    def home(self, uid: str) -> str:
        """Give the image of the own run as whose prior an image is shown, or itself."""
        return self._home[uid] if uid in self.priors else uid

    def index_of(self, uid: str) -> RunIndex:
        """Give the run that an image is in."""
        return self._prior if self._prior is not None and uid in self.priors else self.own

    def has(self, uid: str) -> bool:
        """Whether an image can be shown."""
        return uid in self.own.images or uid in self.priors

    def find(self, uid: str) -> Image:
        """Give an image; raise `NotKnownError` where there is none."""
        image = self.own.images.get(uid) or self.priors.get(uid)
        if image is None:
            message = "The run has no image of this UID."
            raise NotKnownError(message)
        return image

    def require_own(self, uid: str) -> None:
        """Raise `NotAllowedError` for an image of the prior run, which is shown and not answered."""
        if uid in self.priors:
            message = "This image is of the prior run, which is shown here and not answered. Review that run to answer."
            raise NotAllowedError(message)

    def result(self, uid: str) -> tuple[dict[str, Any], str]:
        """Read the result of an image, and its fingerprint; raise `NotKnownError` where it cannot be read."""
        try:
            return self.index_of(uid).document(uid)
        except OSError:
            message = "The result of this image cannot be read any more. Look whether the run's folder is complete."
            raise NotKnownError(message) from None
        except WrongFileError as error:
            message = f"The result of this image cannot be shown: {error}. Analyse the image again."
            raise NotKnownError(message) from None

    def result_digest(self, uid: str) -> str:
        """Fingerprint the bytes of a result; empty where there is none."""
        return self.index_of(uid).result_digest(uid) if self.has(uid) else ""


class FinderOfBoth:
    """
    Finds the files of the images of both runs.

    Parameters
    ----------
    own, prior : ImageFinder
    priors : collection of str
        The images that the second one is asked for.
    """

    def __init__(self, own: ImageFinder, prior: ImageFinder, priors: Mapping[str, Image]) -> None:
        self._own, self._prior, self._priors = own, prior, priors

    def find(self, uid: str, wait_s: float) -> tuple[Path | None, str]:
        """Find a file as `ImageFinder.find` does."""
        return (self._prior if uid in self._priors else self._own).find(uid, wait_s)
