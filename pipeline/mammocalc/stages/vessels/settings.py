"""Settings of arteries."""

from pydantic import Field

from mammocalc.model.settings import Settings


class VesselSettings(Settings):
    """
    When calcifications are taken for the wall of an artery.

    A logistic regression on fifteen measurements says how probably each mark
    lies in the wall of an artery, and marks that one ridge of the image joins
    are judged together. Besides, a chain of marks is an artery by rules: its
    particles lie along it and nothing lies beside it, and either they form two
    parallel tracks, or a tube of the image goes along it and on
    (docs/evidence/arteries.md). Calcifications in a duct must not be taken for it, so
    every number leaves room to what simulated linear and segmental patterns
    reach.
    """

    leave_out: bool = True
    """Whether calcifications of arteries are looked for, flagged ``vascular`` and left out of clusters and of the
    distribution. They are listed and drawn in any case."""

    file: str | None = None
    """A model made by ``mammocalc train --vessels``; null for the one that comes with the program."""

    sure: float = Field(default=0.65, gt=0, lt=1)
    """How probable the marks that are joined to an artery have to be in the mean. A row that may point to the nipple
    needs 0.7 or this, whichever is more; of two marks one needs 0.9 or this; one alone is no artery. Lower values find
    more arteries, and flag more of what is none."""
