"""Form of the published associations in a result."""

from __future__ import annotations

from typing import Final

from mammocalc.results.association import Association, CollectionShare, StudyShare
from mammocalc.results.field import Field
from mammocalc.results.form import COUNT, COUNTED, TEXT, Form, listed, named, or_none, pair, record, word
from mammocalc.results.form import Member as Key
from mammocalc.vocabulary.lexicon import DESCRIPTORS, Distribution

DESCRIPTOR: Final = named("descriptor", "A BI-RADS distribution descriptor.", word(Distribution, DESCRIPTORS))
_AS_PRINTED: Final[Form[float]] = Form(
    float, Field.share, lambda _definitions: {"type": "number", "minimum": 0, "maximum": 1}
)

_STUDY: Final = record(
    StudyShare,
    Key("study", TEXT, "A short name."),
    Key("population", TEXT, "Whose findings it is about."),
    Key("n", COUNTED, "Size of the whole series."),
    Key("described_as", TEXT, "The distribution in the study's own words."),
    Key("n_described", or_none(COUNTED), "Findings of this distribution; null where the abstract does not say."),
    Key("malignant_share", _AS_PRINTED, "Malignant ones among these."),
    description="One published series.",
)
_COLLECTION: Final = record(
    CollectionShare,
    Key("name", TEXT, "The collection."),
    Key("lesions", COUNT, "Lesions whose labels name this descriptor alone."),
    Key("patients", COUNT, "Patients with such lesions.", was="women"),
    Key("malignant", COUNT, "Malignant ones of these lesions."),
    Key("malignant_share", or_none(_AS_PRINTED), "The quotient; null without lesions."),
    Key("interval", or_none(pair(_AS_PRINTED)), "95 % bootstrap interval by patient; null where the draws agree."),
    Key("meaning", TEXT, "What the share is, and what it is not."),
    Key("source", TEXT, "Where the tables were published, and how they were counted."),
    description="A count from the tables of a public collection, one lesion once: the share within an enriched "
    "collection, not a predictive value.",
)
ASSOCIATION: Final = named(
    "association",
    "What publications found among findings of this distribution; null where no descriptor was given. Evidence on "
    "groups: not a probability for this patient, not an assessment, not advice.",
    record(
        Association,
        Key("descriptor", DESCRIPTOR),
        Key(
            "malignant_share_range",
            pair(_AS_PRINTED),
            "Smallest and largest share of malignant findings in the studies; the collection is no part of it.",
        ),
        Key("population", TEXT, "Whose findings the studies are about, and what they called this distribution."),
        Key(
            "n",
            COUNTED,
            "Size of the studies together, all distributions, each in its own unit (lesions, breasts or patients).",
        ),
        Key("source", TEXT, "The publications, separated by semicolons."),
        Key("meaning", TEXT, "What these figures are, and what they are not."),
        Key("studies", listed(_STUDY).also(minItems=1), "Each study or cohort by itself."),
        Key("collection", _COLLECTION),
    ),
)
