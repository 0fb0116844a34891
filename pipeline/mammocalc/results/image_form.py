"""Form of the image and the provenance in a result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mammocalc.model import BreastSummary, ImageIdentity, Nipple
from mammocalc.results.form import (
    COUNT,
    COUNTED,
    POINTS,
    POLYGON,
    TEXT,
    TEXTS,
    TRUTH,
    UID,
    Form,
    length,
    listed,
    number,
    or_none,
    pair,
    record,
    share,
    word,
)
from mammocalc.results.form import Member as Key
from mammocalc.results.result import OverlayPlacement, Provenance
from mammocalc.results.rounding import MILLIMETRE_DECIMALS, POSITION_DECIMALS, PROBABILITY_DECIMALS, SPACING_DECIMALS
from mammocalc.vocabulary.geometry import PixelSpacing
from mammocalc.vocabulary.lexicon import Laterality, Medium, PresentationIntent, SpacingSource, View, ViewModifier

if TYPE_CHECKING:
    from mammocalc.results.field import Field


@dataclass(frozen=True, slots=True)
class StoredImage:
    """The part ``image`` of a result: identity and spacing."""

    identity: ImageIdentity
    spacing: PixelSpacing | None
    spacing_source: SpacingSource


@dataclass(frozen=True, slots=True)
class StoredProvenance:
    """The part ``provenance`` of a result, with the medium as which the image was analysed."""

    made: Provenance
    medium: Medium


def _image(*, spacing: PixelSpacing | None, spacing_source: SpacingSource, **identity: Any) -> StoredImage:
    of_image = {name.removeprefix("identity_"): value for name, value in identity.items()}
    return StoredImage(ImageIdentity(**of_image), spacing, spacing_source)


def _provenance(*, medium: Medium, **made: Any) -> StoredProvenance:
    return StoredProvenance(Provenance(**{name.removeprefix("made_"): value for name, value in made.items()}), medium)


def _read_spacing(field: Field) -> PixelSpacing:
    row_mm, column_mm = field.pair(type(field).length)
    try:
        return PixelSpacing(row_mm, column_mm)
    except ValueError:
        raise field.error("a spacing must be larger than 0") from None


_SIDE = number(SPACING_DECIMALS)
SPACING: Final = Form(
    lambda spacing: [_SIDE.write(spacing.row_mm), _SIDE.write(spacing.column_mm)],
    _read_spacing,
    pair(_SIDE.also(exclusiveMinimum=0)).schema,
)


def _of_image(key: str, form: Form[Any], description: str = "", *, is_left_out: bool = False) -> Key:
    return Key(key, form, description, f"identity.{key}", is_left_out)


IMAGE: Final = record(
    _image,
    _of_image("sop_instance_uid", UID),
    _of_image("sop_class_uid", UID),
    _of_image("series_instance_uid", UID),
    _of_image("study_instance_uid", UID),
    _of_image(
        "patient_key",
        or_none(TEXT),
        "Salted hash that groups the images of one patient; null where the file names no patient.",
    ),
    _of_image(
        "study_day",
        or_none(COUNT),
        "Day of the examination, shifted by a number of days of each patient's own: intervals between examinations of "
        "one patient are true, and no date is told. Null without a Patient ID or a date.",
    ),
    _of_image("laterality", word(Laterality), "Image Laterality (0020,0062)."),
    _of_image("view", word(View), "View by its abbreviation in CID 4014."),
    _of_image("view_modifiers", listed(word(ViewModifier)), "View modifiers by their abbreviations in CID 4015."),
    _of_image(
        "patient_orientation",
        TEXTS,
        "Patient Orientation (0020,0020): direction of the rows, then of the columns.",
    ),
    _of_image(
        "breast_implant_present",
        or_none(TRUTH),
        "Breast Implant Present (0028,1300); null where the file does not say.",
    ),
    _of_image("presentation_intent", word(PresentationIntent), "Presentation Intent Type (0008,0068)."),
    _of_image("manufacturer", TEXT, "Manufacturer (0008,0070), empty where missing."),
    _of_image("manufacturer_model_name", TEXT, "Manufacturer's Model Name (0008,1090), empty where missing."),
    _of_image("rows", COUNTED, "Rows of the stored image."),
    _of_image("columns", COUNTED, "Columns of the stored image."),
    _of_image("number_of_frames", COUNTED, "1 for a single-frame image."),
    _of_image(
        "frame",
        or_none(COUNT),
        "0-based frame that this result is of, where the frames of an object are analysed one by one; else not there.",
        is_left_out=True,
    ),
    _of_image("notes", TEXTS, "Sentences that name the attributes, and the words in them, that flags came from."),
    Key(
        "pixel_spacing_mm",
        or_none(SPACING),
        "[row spacing, column spacing] in mm in the breast; null where no believable one was found.",
        "spacing",
    ),
    Key("spacing_source", word(SpacingSource), "Where the spacing was taken from."),
    description="Which image this is, without anything that names a person.",
)

_POSITION = number(POSITION_DECIMALS)
BREAST: Final = record(
    BreastSummary,
    Key("area_mm2", or_none(length(MILLIMETRE_DECIMALS)), "Area in mm2; null where the image has no spacing."),
    Key("outline", POLYGON, name="outline_px"),
    Key(
        "pectoral",
        POINTS,
        "Edge of the pectoral muscle from the chest wall's top end, an open line; empty where none was found.",
        "pectoral_px",
    ),
    Key(
        "pectoral_confidence",
        or_none(share(PROBABILITY_DECIMALS)),
        "How far that edge is to be trusted; null where none was found.",
    ),
    Key(
        "nipple",
        or_none(
            record(
                Nipple,
                Key("row", _POSITION, "Row, in pixels.", "row_px"),
                Key("column", _POSITION, "Column, in pixels.", "column_px"),
                Key("confidence", share(PROBABILITY_DECIMALS), "How far the position is to be trusted."),
                description="The nipple.",
            ),
            "Not found or not looked for.",
        ),
    ),
    description="Where the breast is.",
)

_ABOVE_ZERO = length(SPACING_DECIMALS)
OVERLAY: Final = or_none(
    record(
        OverlayPlacement,
        Key("path", TEXT, "Relative to the folder of the run, with forward slashes."),
        Key(
            "scale",
            Form(_ABOVE_ZERO.write, _ABOVE_ZERO.read, number(SPACING_DECIMALS).also(exclusiveMinimum=0).schema),
            "Pixels of the overlay for each pixel of the stored image.",
        ),
        Key("offset", pair(_POSITION), "[x, y] of the stored image's top-left corner in pixels of the overlay."),
        description="The overlay: the centre of stored pixel (row, column) lies at x = offset[0] + scale * "
        "(column + 0.5), y = offset[1] + scale * (row + 0.5).",
    ),
    "No overlay was written.",
)

PROVENANCE: Final = record(
    _provenance,
    Key("software", TEXT, "Name of the program.", "made.software"),
    Key("version", TEXT, "Its version.", "made.version"),
    Key("configuration_digest", TEXT, "Digest of the resolved configuration.", "made.configuration_digest"),
    Key("operating_point", TEXT, "Name of the operating point of the detector.", "made.operating_point"),
    Key(
        "source_digest",
        or_none(TEXT).also(pattern="^[0-9a-f]{32}$"),
        "The first 32 hexadecimal digits of the SHA-256 of the file that was analysed, under a key from the salt where "
        "there is one; null where there was no file.",
        "made.source_digest",
    ),
    Key(
        "medium",
        word(Medium),
        "As what the image was analysed: film with the settings of the section film in their place.",
    ),
    description="How this result came to be.",
)
