"""Settings of classification: how particles are scored, and the reporting threshold."""

from typing import Literal

from pydantic import Field

from mammocalc.model.settings import Settings


class ClassifySettings(Settings):
    """How particles are scored, and from which score on they are reported."""

    by: Literal["trees", "strength"] = "trees"
    """``trees`` scores particles by boosted trees that were trained on simulated mammograms; ``strength`` by their
    strength alone, a rule without any training."""

    medium: Literal["auto", "digital", "film"] = "auto"
    """The medium as which images are analysed. ``auto``: as film where the file says so (flag ``digitised_film``),
    else as digital. For films the section ``film`` takes the place of its namesakes, and a classifier of their own
    judges: there the sharpest specks are dust. The result says which it was (``provenance.medium``)."""

    file: str | None = None
    """A classifier made by ``mammocalc train``; null for those that come with the program, one for each medium. One's
    own is for the medium under whose settings it was trained."""

    on_other_settings: Literal["refuse", "flag"] = "refuse"
    """What happens where the settings of the search are not those that the classifier was trained under: the run is
    refused with their names, or every image is flagged ``classifier_untrained``."""

    threshold: float = Field(default=0.93, gt=0, lt=1)
    """Smallest score of a calcification that is reported. Chosen with a margin: on patients other than those it was
    chosen on, a threshold gave up to three times as many false marks."""

    cluster_odds: float = Field(default=9.0, ge=1)
    """Within a cluster of five reported ones and more, what looks like three of them nearby is reported (flag
    ``second_look``) where its odds are at most so many times lower than those of the threshold: from a score of 0.6 on
    instead of 0.93. There nine of ten such particles were calcifications in simulated images and in specks put into
    real ones; at 20 one of eight is false. 1 leaves the second look out."""

    crowd_score: float = Field(default=1.0, gt=0, le=1)
    """Three particles and more within 3 mm are reported from this score on (flag ``second_look``). 1 leaves it out: on
    digital images single specks are sure enough. On film they are not, and dust seldom lies three together."""
