"""Form of a finding in a study: where it is seen, where it lies, and why its clusters are linked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from mammocalc.model import ClusterReference, Finding, Link, LinkBasis, Location, Sighting, Unseen
from mammocalc.results.form import (
    COUNT,
    TEXT,
    TEXTS,
    UID,
    figures,
    length,
    listed,
    named,
    number,
    or_none,
    record,
    share,
    word,
)
from mammocalc.results.form import Member as Key
from mammocalc.results.rounding import EVIDENCE_DECIMALS, MILLIMETRE_DECIMALS, PROBABILITY_DECIMALS
from mammocalc.vocabulary.lexicon import Distribution, Laterality
from mammocalc.vocabulary.location import Depth, OuterInner, Quadrant, Region, UpperLower

if TYPE_CHECKING:
    from mammocalc.results.field import Field

SIDE: Final = word(Laterality)
WORD: Final = named("word", "A descriptor of BI-RADS, or a word for what none fits.", word(Distribution))
_MM: Final = or_none(length(MILLIMETRE_DECIMALS))

_SIGHTING: Final = record(
    Sighting,
    Key("sop_instance_uid", UID),
    Key("cluster", COUNT, "Its id in the result of the image."),
    Key("letter", TEXT, "Its letter in the image."),
    Key("view", TEXT, "Side, view and modifiers; with the end of the UID where several images have the same."),
    Key("label", WORD),
    Key("arc_mm", _MM, "Straight distance of its middle from the nipple; null where that is not known."),
    Key(
        "straight_mm",
        or_none(number(MILLIMETRE_DECIMALS)),
        "The part of it along the normal of the muscle (MLO) or of the image's edge (CC), positive towards the chest "
        "wall; null in other views and where one of these is not known.",
    ),
    description="One cluster.",
)


def _make_location(*, quadrant: Quadrant | None, **own: Any) -> Location:  # noqa: ARG001 - follows from the halves
    return Location(**own)


def _read_location(field: Field) -> Location:
    """Read a location; its quadrant follows from the halves, and has to be theirs."""
    location = _STATED_LOCATION.read(field)
    quadrant = field.at("quadrant")
    if _QUADRANT.read(quadrant) is not location.quadrant:
        raise quadrant.error("the quadrant is another one than its halves make")
    return location


_QUADRANT: Final = or_none(word(Quadrant))
_STATED_LOCATION: Final = record(
    _make_location,
    Key("quadrant", _QUADRANT, "DICOM CID 6020, where both halves are known; null behind the nipple."),
    Key("upper_lower", or_none(word(UpperLower)), "From a view from the side."),
    Key("outer_inner", or_none(word(OuterInner)), "From a view from above."),
    Key("region", or_none(word(Region)), "Of DICOM CID 6018: behind the nipple, or upper outer over the muscle."),
    Key(
        "clock",
        or_none(COUNT.also(minimum=1, maximum=12)),
        "The nearest hour, with the observer facing the patient: 3 is outer in a left breast, 9 in a right one. Needs "
        "both views.",
    ),
    Key(
        "depth",
        or_none(word(Depth)),
        "DICOM CID 6024: third of the way from the nipple to the muscle (MLO) or to the edge of the image (CC).",
    ),
    Key("from_nipple_mm", _MM, "Straight distance in the image, the mean of those of its views."),
    Key("views", TEXTS, "From which views this is taken."),
    Key("reasons", TEXTS, "Why something is null, and what to be wary of."),
)
_LOCATION: Final = replace(_STATED_LOCATION, read=_read_location)

_CLUSTER: Final = named(
    "cluster",
    "A cluster of an image of the study.",
    record(ClusterReference, Key("sop_instance_uid", UID), Key("cluster", COUNT)),
)

_LINK: Final = record(
    Link,
    Key("first", _CLUSTER),
    Key("second", _CLUSTER),
    Key(
        "probability",
        or_none(share(PROBABILITY_DECIMALS)),
        "That they are the same, with the other clusters of both images as the choice; null where basis is "
        "same_exposure.",
    ),
    Key("basis", word(LinkBasis), "By what they were compared."),
    Key("reasons", TEXTS.also(minItems=1), "The numbers of both, and what is doubtful."),
    Key(
        "evidence",
        figures(EVIDENCE_DECIMALS, has_counts=False),
        "Differences, the second against the first: mm where the name ends so, shared a share, else natural logarithms "
        "of ratios.",
    ),
    Key("calibrated_on", or_none(TEXT), "On what the probability was calibrated; null where there is none."),
    description="That two clusters are taken for one finding.",
)

_UNSEEN: Final = record(
    Unseen,
    Key("sop_instance_uid", UID),
    Key("view", TEXT),
    Key(
        "arc_mm",
        _MM,
        "It would lie at this distance from the nipple; null where the images cannot be compared in place.",
    ),
    Key("band_mm", _MM, "Give or take this."),
    description="One image.",
)

FINDING: Final = record(
    Finding,
    Key(
        "name",
        TEXT.also(pattern="^(R|L|B|U)[1-9][0-9]*$"),
        "Side and number, the same in all views; U where the side is not known.",
    ),
    Key("laterality", SIDE),
    Key("label", WORD, "The word of most concern among those of its clusters."),
    Key(
        "sightings",
        listed(_SIGHTING).also(minItems=1),
        "The clusters in which it is seen, in the order of the images; two of one image where it is split there. One "
        "alone is a fact, not a fault.",
    ),
    Key("location", _LOCATION, "Where in the breast it lies, as far as its views tell."),
    Key("links", listed(_LINK), "One for each two sightings in different images."),
    Key(
        "unseen",
        listed(_UNSEEN),
        "The images of this breast, patient and day in which no cluster was linked to it.",
    ),
    description="One place in a breast, by the clusters in which it is seen. Every cluster that is shown belongs to "
    "one finding.",
)
