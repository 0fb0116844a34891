"""Form of the document of a study: every key, in order."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final, Self

from mammocalc.model import BreastCall, JoinedBy
from mammocalc.results.form import (
    COUNT,
    SURE,
    TEXT,
    TEXTS,
    TRUTH,
    UID,
    Schema,
    document_schema,
    length,
    listed,
    or_none,
    record,
    word,
)
from mammocalc.results.form import Member as Key
from mammocalc.results.result import Provenance
from mammocalc.results.rounding import LEVEL_DECIMALS
from mammocalc.results.schema_version import STUDY_SCHEMA_VERSION
from mammocalc.results.study import Study, StudyImage
from mammocalc.results.study_finding_forms import FINDING, SIDE, WORD
from mammocalc.vocabulary.lexicon import Distribution, PresentationIntent, View, ViewModifier

if TYPE_CHECKING:
    from mammocalc.model import Finding


@dataclass(frozen=True, slots=True)
class WhichStudy:
    """The part ``study`` of the document: its identity."""

    uid: str
    joined_by: JoinedBy
    patient_key: str | None
    study_day: int | None


@dataclass(frozen=True, slots=True)
class StudyDocument:
    """A study as its document has it, key by key."""

    schema_version: str
    study: WhichStudy
    images: tuple[StudyImage, ...]
    breasts: tuple[BreastCall, ...]
    both_breasts: Distribution | None
    findings: tuple[Finding, ...]
    statements: tuple[str, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    provenance: Provenance
    notice: str

    @classmethod
    def of(cls, study: Study) -> Self:
        """Lay a study out."""
        which, said = _named(study, WhichStudy), _named(study, cls)
        return cls(schema_version=STUDY_SCHEMA_VERSION, study=WhichStudy(**which), **said)

    def whole(self) -> Study:
        """Put the study together again."""
        return Study(**_named(self.study, Study), **_named(self, Study))


def _named(source: Any, wanted: type[Any]) -> dict[str, Any]:
    """Give what a record has under names that another one has as well."""
    names = {field.name for field in fields(wanted)}
    return {field.name: getattr(source, field.name) for field in fields(source) if field.name in names}


_WHICH: Final = record(
    WhichStudy,
    Key(
        "study_instance_uid",
        UID,
        "Study Instance UID (0020,000D); derived from patient and day, or from the image, where the images have none.",
        "uid",
    ),
    Key("joined_by", word(JoinedBy), "By which identifiers its images were taken for one study."),
    Key("patient_key", or_none(TEXT), "As in the results; null where they differ or have none."),
    Key("study_day", or_none(COUNT), "As in the results; null where they differ or have none."),
)

_IMAGE: Final = record(
    StudyImage,
    Key("sop_instance_uid", UID),
    Key("laterality", SIDE),
    Key("view", word(View)),
    Key("view_modifiers", listed(word(ViewModifier))),
    Key("presentation_intent", word(PresentationIntent)),
    Key("distribution", WORD, "The word of the image."),
    Key("presence", or_none(SURE)),
    Key("presence_level", or_none(length(LEVEL_DECIMALS).also(maximum=10))),
    Key("calcifications", COUNT, "All that are listed."),
    Key("clusters", COUNT, "Those that are shown; loose chains are not counted."),
    Key("vessels", COUNT, "Calcified arteries."),
    Key("has_nipple", TRUTH, "Whether the nipple is known, and not in doubt."),
    Key("result", TEXT, "Path of its result, relative to the run's folder."),
    description="One analysed image.",
)

_BREAST: Final = record(
    BreastCall,
    Key("laterality", SIDE),
    Key("label", WORD, "The word of most concern among those of its images."),
    Key("images", listed(UID).also(minItems=1), "SOP Instance UIDs."),
    Key("reasons", TEXTS, "The words of its images, and why, where they differ."),
    Key(
        "places",
        or_none(COUNT),
        "How many findings there are in it: places with clustered calcifications, each counted once however many "
        "images show it. Null in documents of 1.0.",
    ),
    description="What the images of one breast say.",
)

STUDY: Final = record(
    StudyDocument,
    Key("schema_version", TEXT),
    Key("study", _WHICH, "Which study this is."),
    Key(
        "images",
        listed(_IMAGE).also(minItems=1),
        "Right before left, CC before MLO, then other views and those with modifiers.",
    ),
    Key("breasts", listed(_BREAST), "One for each side of which there is an image, right before left."),
    Key(
        "both_breasts",
        or_none(WORD),
        "The word of both breasts where they have the same, as with diffuse calcifications on both sides, and all "
        "images are of one patient and day; else null.",
    ),
    Key(
        "findings",
        listed(FINDING),
        "Places with clustered calcifications, each once: right before left, most concern first.",
    ),
    Key("statements", TEXTS, "Sentences on what the images show together."),
    Key(
        "missing_views",
        TEXTS.also(items={"enum": ["R CC", "R MLO", "L CC", "L MLO"]}),
        "Usual views that no analysed image shows.",
        "missing",
    ),
    Key("notes", TEXTS, "Sentences on what makes the study less than it seems."),
    Key(
        "provenance",
        record(
            Provenance,
            Key("software", TEXT),
            Key("version", TEXT),
            Key("configuration_digest", TEXT),
            Key("operating_point", TEXT),
        ),
        "How its results came to be.",
    ),
    Key("notice", TEXT, "What a study must not be used for."),
)


def make_study_schema() -> Schema:
    """Give the JSON Schema of a study, as ``study.schema.json`` publishes it."""
    return document_schema(
        STUDY,
        version=STUDY_SCHEMA_VERSION,
        title="One study",
        description="What the images of one examination of one patient say together. Everything in it is taken from "
        "the results of its images.",
    )
