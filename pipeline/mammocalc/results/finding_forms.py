"""Form of the findings in a result: calcifications, clusters and arteries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from mammocalc.model import (
    Calcification,
    Candidate,
    Cluster,
    Counts,
    DistributionCall,
    Vessel,
)
from mammocalc.results.association_form import ASSOCIATION
from mammocalc.results.call_forms import DISTRIBUTION, MORPHOLOGY
from mammocalc.results.form import (
    COUNT,
    COUNTED,
    POINTS,
    POLYGON,
    SCORE,
    TEXT,
    TRUTH,
    Form,
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
from mammocalc.results.rounding import (
    CONTRAST_DECIMALS,
    MILLIMETRE_DECIMALS,
    POSITION_DECIMALS,
    PROBABILITY_DECIMALS,
)
from mammocalc.vocabulary.lexicon import (
    CLUSTER_WORDS,
    CalcificationSize,
    Flag,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from mammocalc.results.association import Association

Item = TypeVar("Item")
_POSITION, _MM = number(POSITION_DECIMALS), length(MILLIMETRE_DECIMALS)
_SHARE = share(PROBABILITY_DECIMALS)


@dataclass(frozen=True, slots=True)
class Called(Generic[Item]):
    """A finding with its letter, and the published associations of a cluster."""

    item: Item
    letter: str | None
    published_association: Association | None = None


def _calling(make: Callable[..., Item]) -> Callable[..., Called[Item]]:
    def call(letter: str | None, published_association: Association | None = None, **item: Any) -> Called[Item]:
        values = {name[len("item_") :]: value for name, value in item.items()}
        return Called(make(**values), letter, published_association)

    return call


def _item(key: str, form: Form[Any], description: str = "", name: str = "") -> Key:
    return Key(key, form, description, f"item.{name or key}")


FLAGS: Final = named(
    "flags",
    "Doubts, sorted; the vocabulary has one sentence for each.",
    Form(
        lambda flags: sorted(map(str, flags)),
        lambda field: frozenset(field.words(Flag)),
        listed(word(Flag)).also(uniqueItems=True).schema,
    ),
)


_MEMBERSHIP: Final[Form[tuple[int, float]]] = replace(
    record(
        lambda cluster, share: (cluster, share),
        Key("cluster", COUNT, "id of the cluster."),
        Key("share", _SHARE, "0 to 1."),
        description="One cluster.",
    ),
    write=lambda pair: {"cluster": COUNT.write(pair[0]), "share": _SHARE.write(pair[1])},
)
_MEMBERS: Final = listed(COUNT).also(uniqueItems=True)
_STABLE: Final = "Stable for equal input."
_LETTERED: Final = "By which overlay, tables and pages call it"

CALCIFICATION: Final = named(
    "calcification",
    "One reported calcification.",
    record(
        _calling(Calcification),
        _item("id", COUNT, _STABLE, "number"),
        Key(
            "letter",
            or_none(TEXT).also(pattern="^[A-Z]+$"),
            f"{_LETTERED}; null in a cluster or vessel, which has its own.",
        ),
        _item("frame", COUNT, "0-based frame of a multi-frame image."),
        _item("row", _POSITION, "Row of the centre, in pixels.", "row_px"),
        _item("column", _POSITION, "Column of the centre, in pixels.", "column_px"),
        _item("outline", POLYGON, name="outline_px"),
        _item(
            "diameter_mm",
            or_none(_MM),
            "Diameter of the circle of equal area in mm; null where the image has no spacing.",
        ),
        _item("length_mm", or_none(_MM), "Largest Feret diameter in mm; null where the image has no spacing."),
        _item("width_mm", or_none(_MM), "Smallest Feret diameter in mm; null where the image has no spacing."),
        _item("area_mm2", or_none(_MM), "Area in mm2; null where the image has no spacing."),
        _item("diameter_px", length(POSITION_DECIMALS), "Diameter of the circle of equal area, in pixels."),
        _item(
            "size",
            or_none(word(CalcificationSize)),
            "Macro where the width reaches the limit; null where the image has no spacing.",
        ),
        _item("score", SCORE, "How sure it is that this is a calcification; larger is surer. Not a probability."),
        _item(
            "contrast_to_noise",
            number(CONTRAST_DECIMALS),
            "Height above the surroundings in standard deviations of the noise at that grey level.",
        ),
        _item("cluster", or_none(COUNT), "id of its cluster; null where it stands alone."),
        _item("vessel", or_none(COUNTED), "id of the artery in whose wall it lies; null where it lies in none."),
        _item(
            "memberships",
            listed(_MEMBERSHIP),
            "How firmly it belongs to each cluster, the firmest first: one half to the power of the distance to the "
            "nearest member over the reach within which the two are joined. 0.5 and more in its own cluster, less in "
            "others; below 0.05 left out.",
        ),
        _item("morphology", MORPHOLOGY),
        _item(
            "left_out",
            or_none(TEXT),
            "Why it is listed and not counted for the distribution; null where it is counted.",
        ),
        _item("flags", FLAGS),
    ),
)


def _cluster(*, distribution: DistributionCall, distribution_loose: bool, **values: Any) -> Cluster:
    return Cluster(distribution=replace(distribution, loose=distribution_loose), **values)


CLUSTER: Final = named(
    "cluster",
    "Neighbouring calcifications.",
    record(
        _calling(_cluster),
        _item("id", COUNT, _STABLE, "number"),
        Key("letter", TEXT.also(pattern="^[A-Z]+$"), f"{_LETTERED}."),
        _item(
            "loose",
            TRUTH,
            "A chain of specks without a descriptor, no five of which lie within 1 cm: listed here, and on no overlay "
            "or page.",
            "distribution.loose",
        ),
        _item("members", _MEMBERS, "ids of its calcifications."),
        _item("extent_mm", _MM, "Largest distance between two members, in mm."),
        _item("area_mm2", _MM, "Area of the convex hull, in mm2."),
        _item("density_per_cm2", _MM, "Members per cm2."),
        _item("hull", POLYGON, name="hull_px"),
        _item(
            "distribution",
            replace(
                DISTRIBUTION,
                schema=lambda definitions: {
                    "allOf": [
                        DISTRIBUTION.schema(definitions),
                        {"properties": {"label": {"enum": [str(label) for label in CLUSTER_WORDS]}}},
                    ]
                },
            ),
        ),
        _item("morphology", MORPHOLOGY),
        Key("published_association", or_none(ASSOCIATION)),
    ),
)

VESSEL: Final = named(
    "vessel",
    "An artery, or a stretch of one.",
    record(
        _calling(Vessel),
        _item("id", COUNTED, _STABLE, "number"),
        Key("letter", TEXT.also(pattern="^V[0-9]+$"), f"{_LETTERED}."),
        _item("members", _MEMBERS.also(minItems=1), "ids of its calcifications."),
        _item("length_mm", _MM, "Length along its course, in mm; 0 for one member."),
        _item(
            "course",
            POINTS.also(minItems=1),
            "Corners of its course in order, from its first calcification to its last along the clearest ridge; "
            "branches are left out.",
            "course_px",
        ),
    ),
)

COUNTS: Final = record(
    Counts,
    Key("calcifications", COUNT, "All that are listed."),
    Key("micro", COUNT, "Narrower than the limit."),
    Key("macro", COUNT, "At least as wide as the limit."),
    Key("size_unknown", COUNT, "Without a size, for the image has no believable spacing."),
    Key("vascular", COUNT, "Those that lie on a chain that looks like an artery."),
    Key("left_out", COUNT, "Those that do not count for the distribution."),
    Key("clusters", COUNT, "Clusters that overlays, pages and the review show: all but loose chains."),
    Key("loose_chains", COUNT, "Loose chains: listed under clusters, and shown nowhere."),
    Key("vessels", COUNT, "Arteries with calcifications in their walls."),
    description="How many are listed. micro, macro and size_unknown sum to calcifications; vascular and left_out are "
    "of these, whatever their size.",
)

CANDIDATE: Final = record(
    Candidate,
    Key("frame", COUNT, "0-based frame of a multi-frame image."),
    Key("row", _POSITION, "Row of the centre, in pixels.", "row_px"),
    Key("column", _POSITION, "Column of the centre, in pixels.", "column_px"),
    Key("diameter_mm", or_none(_MM), "Diameter of the circle of equal area; null where it was not measured."),
    Key("score", SCORE, "As that of a calcification."),
    description="What scored below the reporting threshold.",
)
