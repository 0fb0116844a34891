"""Form of the document of a comparison: every key, in order."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final, Self

from mammocalc.model import (
    CalcificationChange,
    ClusterChange,
    ComparedImage,
    Comparison,
    PairedBy,
    Registration,
    RegistrationKind,
)
from mammocalc.results.form import (
    COUNT,
    COUNTED,
    POINT,
    TEXT,
    TEXTS,
    TRUTH,
    UID,
    Form,
    Schema,
    document_schema,
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
from mammocalc.results.image_form import SPACING
from mammocalc.results.rounding import EVIDENCE_DECIMALS, MILLIMETRE_DECIMALS, PROBABILITY_DECIMALS
from mammocalc.results.schema_version import COMPARISON_SCHEMA_VERSION
from mammocalc.vocabulary.changes import CHANGE_SENTENCES, STABILITY_NOTICE, Change
from mammocalc.vocabulary.lexicon import NOTICE, Laterality, View, ViewModifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.results.field import Field


@dataclass(frozen=True, slots=True)
class ComparisonProvenance:
    """
    What made a comparison, and from what.

    ``inputs_digest`` is the beginning of a hash of everything that it depends on: equal digests stand for equal
    comparisons.
    """

    software: str
    version: str
    inputs_digest: str = ""


@dataclass(frozen=True, slots=True)
class LookedAt:
    """Whether the pixels of the current image and of the prior were looked at again."""

    current: bool
    prior: bool


@dataclass(frozen=True, slots=True)
class ComparisonDocument:
    """A comparison as its document has it, key by key."""

    schema_version: str
    current: ComparedImage
    prior: ComparedImage
    paired_by: PairedBy
    interval_days: int | None
    registration: Registration
    looked_at: LookedAt
    diameter_ratio: float | None
    diameter_spread: float | None
    counts: Mapping[Change, int]
    clusters: tuple[ClusterChange, ...]
    calcifications: tuple[CalcificationChange, ...]
    notes: tuple[str, ...]
    provenance: ComparisonProvenance
    stability_notice: str
    notice: str

    @classmethod
    def of(cls, comparison: Comparison, provenance: ComparisonProvenance) -> Self:
        """Lay a comparison out."""
        own = {field.name for field in fields(Comparison)} - {"looked_at"}
        return cls(
            schema_version=COMPARISON_SCHEMA_VERSION,
            interval_days=comparison.interval_days,
            looked_at=LookedAt(*comparison.looked_at),
            counts=comparison.counts,
            provenance=provenance,
            stability_notice=STABILITY_NOTICE,
            notice=NOTICE,
            **{name: getattr(comparison, name) for name in own},
        )

    def comparison(self) -> Comparison:
        """Put the comparison together again."""
        own = {field.name for field in fields(Comparison)} - {"looked_at"}
        looked_at = (self.looked_at.current, self.looked_at.prior)
        return Comparison(looked_at=looked_at, **{name: getattr(self, name) for name in own})


def _read_counts(field: Field) -> dict[Change, int]:
    return {change: field.at(change).count() for change in Change}


_DAYS: Final = Form(int, lambda field: int(field.number()), lambda _definitions: {"type": "integer"})
_COUNTS: Final = Form(
    lambda counts: {str(change): counts[change] for change in Change},
    _read_counts,
    lambda _definitions: {
        "type": "object",
        "properties": {str(change): {"type": "integer", "minimum": 0} for change in Change},
        "required": [str(change) for change in Change],
        "additionalProperties": False,
    },
)
_WORD: Final = named(
    "change",
    " ".join(f"{change}: {sentence}" for change, sentence in CHANGE_SENTENCES.items()),
    word(Change),
)
_MM: Final = or_none(length(MILLIMETRE_DECIMALS))
_RATIO: Final = or_none(length(EVIDENCE_DECIMALS))
_CORRELATION: Final = or_none(number(EVIDENCE_DECIMALS))
_SHARE: Final = or_none(share(PROBABILITY_DECIMALS))
_ID: Final = or_none(COUNT)

_IMAGE: Final = named(
    "image",
    "An image, by what its result says of it.",
    record(
        ComparedImage,
        Key("sop_instance_uid", UID),
        Key("study_instance_uid", UID),
        Key("patient_key", or_none(TEXT), "Salted hash that groups the images of one patient under one salt."),
        Key("study_day", or_none(COUNT), "Day of the examination, shifted for each patient: intervals are true."),
        Key("laterality", word(Laterality)),
        Key("view", word(View)),
        Key("view_modifiers", listed(word(ViewModifier))),
        Key("manufacturer", TEXT),
        Key("manufacturer_model_name", TEXT),
        Key("rows", COUNTED),
        Key("columns", COUNTED),
        Key(
            "pixel_spacing_mm",
            or_none(SPACING),
            "[row spacing, column spacing]; null where none is believed.",
            "spacing",
        ),
        Key("calcifications", COUNT, "How many are reported."),
        Key("result", TEXT, "Where its result lies, relative to the folder of its run; empty where there is none."),
        Key("version", TEXT, "Of the program that made the result."),
        Key("configuration_digest", TEXT, "Of the configuration that made the result."),
    ),
)

_REGISTRATION: Final = record(
    Registration,
    Key(
        "kind",
        word(RegistrationKind),
        "neighbours: by the calcifications themselves, votes for a shift and then a coherent drift. tissue: the same, "
        "from where vessels, fibres and lobes were laid over each other. landmarks: by nipple and chest wall alone, to "
        "about a centimetre. none: not at all.",
    ),
    Key("axis", or_none(TEXT), "What gave the direction of the chest wall: muscle or image_edge."),
    Key("origin", or_none(TEXT), "What was laid onto what: nipple or outermost_point."),
    Key("stretch", _RATIO, "By how much distances from the chest wall were stretched first."),
    Key("joined", COUNT, "Pairs of calcifications that were joined."),
    Key("residual_mm", _MM, "Median distance of joined pairs after the drift."),
    Key("matched_share", _SHARE, "Joined, of the smaller of the two sets; null where one is empty."),
    Key(
        "mirrored_share",
        _SHARE,
        "The same with the prior mirrored along the chest wall: what chance alone joins.",
    ),
    Key(
        "tissue_correlation",
        _CORRELATION,
        "Mean correlation of blocks of the tissue where the others expect them, -1 to 1; null without pixels.",
    ),
    Key("mirrored_correlation", _CORRELATION, "The same with the prior mirrored along the chest wall."),
    Key(
        "is_comparable",
        TRUTH,
        "Whether the tissue is the same, or at least three were joined (five where the tissue was looked at and is not "
        "seen to be the same), with 1.5 times the evidence of the prior mirrored in any way.",
    ),
    Key("reasons", TEXTS, "Sentences on the above."),
    description="How the two were laid over each other, and how far that is to be believed.",
)

_CLUSTER: Final = record(
    ClusterChange,
    Key("cluster", _ID, "Its id in the current image; null for one of the prior alone."),
    Key("prior_clusters", listed(COUNT), "Clusters of the prior in which its joined members are, most first."),
    Key("change", _WORD),
    Key("members", COUNT, "How many it has; 0 for one of the prior alone."),
    Key(
        "prior_members",
        COUNT,
        "Calcifications of the prior that are joined to it or lie among its members; 0 where not compared. Of one "
        "of the prior alone, its members.",
    ),
    Key("joined", COUNT, "Members that are joined."),
    Key("extent_mm", _MM, "Largest distance of two members."),
    Key("prior_extent_mm", _MM, "The same of what was seen before."),
    Key("extent_ratio", _RATIO, "Of the two extents."),
    Key(
        "diameter_ratio",
        _RATIO,
        "Median over its joined members of their diameters, current over prior, over that of all joined pairs.",
    ),
    Key("reasons", TEXTS, "Sentences with the numbers, and the limits of what positioning alone does."),
    description="What became of one cluster.",
)

_CALCIFICATION: Final = record(
    CalcificationChange,
    Key("calcification", _ID, "Its id in the current image; null where only the prior has it."),
    Key("prior_calcification", _ID, "Its id in the prior; null where only the current image has it."),
    Key("change", _WORD),
    Key("diameter_mm", _MM, "In the current image."),
    Key("prior_diameter_mm", _MM, "In the prior."),
    Key("cluster", _ID, "Its cluster in the current image."),
    Key("prior_cluster", _ID, "Its cluster in the prior."),
    Key(
        "place",
        or_none(POINT, "A joined one, or one whose place is not known."),
        "Where it should lie in the image in which it was not found.",
        "place_px",
    ),
    Key("reason", TEXT, "Why this word."),
    description="What became of one calcification.",
)

COMPARISON: Final = record(
    ComparisonDocument,
    Key("schema_version", TEXT),
    Key("current", _IMAGE),
    Key("prior", _IMAGE),
    Key(
        "paired_by",
        word(PairedBy),
        "Why these two: the nearest earlier day, the order of two runs where a date is missing, or named by the user.",
    ),
    Key("interval_days", or_none(_DAYS), "Days between the two; null where that is not known."),
    Key("registration", _REGISTRATION),
    Key(
        "looked_at",
        record(LookedAt, Key("current", TRUTH), Key("prior", TRUTH)),
        "Whether pixels were looked at again. Without those of the prior nothing is called new, and without those of "
        "the current image nothing gone.",
    ),
    Key("diameter_ratio", _RATIO, "Median over all joined pairs of the diameters, current over prior; null for few."),
    Key("diameter_spread", _RATIO, "Standard deviation of their logarithms: growth is held against it; null for few."),
    Key("counts", _COUNTS, "Of how many calcifications each word is said."),
    Key("clusters", listed(_CLUSTER), "Those of the current image by id, then those of the prior alone."),
    Key("calcifications", listed(_CALCIFICATION), "Those of the current image by id, then those of the prior alone."),
    Key("notes", TEXTS, "Sentences on what makes the comparison less than it seems."),
    Key(
        "provenance",
        record(
            ComparisonProvenance,
            Key("software", TEXT, "Name of the program."),
            Key("version", TEXT, "Its version."),
            Key("inputs_digest", TEXT, "The beginning of a hash of everything that the comparison depends on."),
        ),
        "How it came to be.",
    ),
    Key("stability_notice", TEXT, "Stands wherever something is said to be unchanged."),
    Key("notice", TEXT, "What a comparison must not be used for."),
)


def make_comparison_schema() -> Schema:
    """Give the JSON Schema of a comparison."""
    return document_schema(
        COMPARISON,
        version=COMPARISON_SCHEMA_VERSION,
        title="Comparison of two mammograms",
        description="Which calcifications of one view of one breast on two dates are the same, and what may be said "
        "of the others. Positions are [row, column] in pixels of the stored image, lengths millimetres in the breast.",
    )
