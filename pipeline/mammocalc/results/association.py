"""Published associations of a distribution with malignancy: evidence beside a descriptor, not a judgement."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib import resources
from typing import Final

from pydantic import Field

from mammocalc.model.settings import Settings
from mammocalc.vocabulary.lexicon import DESCRIPTORS, Distribution
from mammocalc.vocabulary.numbers import say_percent

SHIPPED: Final = "published_associations.json"
MEANING: Final = (
    "Shares of malignant findings among those that these studies examined; they depend on how the patients "
    "were chosen. Not a probability for this patient, not an assessment, not advice."
)


class Share(Settings):
    """The share of malignant ones among the findings of one distribution in one study."""

    described_as: str
    """The distribution in the study's own words."""

    malignant_share: float = Field(ge=0, le=1)
    """As printed in the study's abstract."""

    n: int | None = Field(gt=0)
    """Findings of this distribution; None where the abstract does not say."""


class Study(Settings):
    """One published series, or one cohort of it."""

    study: str
    """A short name."""

    source: str
    """Where it was published."""

    population: str
    """Whose findings they were, and how it is known what they were."""

    n: int = Field(gt=0)
    """All findings (or patients, or breasts) of the series, whatever their distribution."""

    malignant_share: float = Field(ge=0, le=1)
    """The share of malignant ones among all of them."""

    distributions: dict[Distribution, Share]
    """By descriptor; those it says nothing about are missing."""


class Count(Settings):
    """Lesions of a collection."""

    lesions: int = Field(ge=0)
    """How many."""

    patients: int = Field(ge=0)
    """In how many patients."""

    malignant: int = Field(ge=0)
    """How many of them were malignant."""

    malignant_share: float | None = Field(ge=0, le=1)
    """The quotient of the two; None where there are no lesions."""

    interval: tuple[float, float] | None
    """95 % bootstrap interval by patient; None where the draws agree."""


class Counts(Settings):
    """What tests/benchmarks/associations.py counts."""

    meaning: str
    """What the shares are, and what they are not."""

    views: int = Field(ge=0)
    """Views of the lesions: the rows of the tables."""

    patients_with_malignant: int = Field(ge=0)
    """Patients with at least one malignant lesion."""

    all: Count
    """All lesions."""

    distributions: dict[Distribution, Count]
    """Those whose labels name just this descriptor."""

    named_at_all: dict[Distribution, Count]
    """Those whose labels name this descriptor, alone or with others."""

    several: dict[str, Count]
    """Those whose labels name several, by what they name."""

    unnamed: Count
    """Those without a label."""


class Collection(Settings):
    """A public collection that was counted for this project."""

    name: str
    """Its name."""

    source: str
    """Where it was published, and how it was counted."""

    counts: Counts
    """The outcome."""


class Evidence(Settings):
    """All published evidence that comes with the program."""

    studies: tuple[Study, ...]
    """Published series, the oldest first."""

    collection: Collection
    """The collection that can be counted anew."""


@functools.cache
def published_evidence() -> Evidence:
    """
    Read the published figures from the package.

    Returns
    -------
    Evidence
        Every figure with its study, population and number.
    """
    text = resources.files("mammocalc.results").joinpath(SHIPPED).read_text(encoding="utf-8")
    return Evidence.model_validate_json(text)


@dataclass(frozen=True, slots=True)
class StudyShare:
    """
    The findings of one distribution in one published series.

    ``n`` are all findings of the series, ``n_described`` those of this
    distribution, None where the abstract does not say.
    """

    study: str
    population: str
    n: int
    described_as: str
    n_described: int | None
    malignant_share: float


@dataclass(frozen=True, slots=True)
class CollectionShare:
    """The lesions of one distribution in a public collection, one lesion once."""

    name: str
    lesions: int
    patients: int
    malignant: int
    malignant_share: float | None
    interval: tuple[float, float] | None
    meaning: str
    source: str


@dataclass(frozen=True, slots=True)
class Association:
    """
    What publications found among findings of one distribution.

    ``malignant_share_range`` spans all studies; the collection is no part of
    it. ``n`` is the size of the studies together, whatever the distribution.
    """

    descriptor: Distribution
    malignant_share_range: tuple[float, float]
    population: str
    n: int
    source: str
    meaning: str
    studies: tuple[StudyShare, ...]
    collection: CollectionShare


def association_of(label: Distribution) -> Association | None:
    """
    Give the published association of a cluster's descriptor.

    Parameters
    ----------
    label : Distribution
        What the cluster was called.

    Returns
    -------
    Association or None
        None where no descriptor was given.

    Examples
    --------
    >>> association_of(Distribution.SEGMENTAL).malignant_share_range
    (0.42, 0.765)
    >>> association_of(Distribution.INDETERMINATE) is None
    True
    """
    if label not in DESCRIPTORS:
        return None
    evidence = published_evidence()
    told = [(study, study.distributions[label]) for study in evidence.studies if label in study.distributions]
    shares = [share.malignant_share for _, share in told]
    whole = [study.malignant_share for study, _ in told]
    return Association(
        descriptor=label,
        malignant_share_range=(min(shares), max(shares)),
        population=f"findings of {len(told)} series that were biopsied, operated on or followed up; "
        f"{say_percent(min(whole))} to {say_percent(max(whole))} of a series were malignant, whatever their "
        "distribution; "
        f"there called {', '.join(dict.fromkeys(repr(share.described_as) for _, share in told))}",
        n=sum(study.n for study, _ in told),
        source="; ".join(dict.fromkeys(study.source for study, _ in told)),
        meaning=MEANING,
        studies=tuple(
            StudyShare(study.study, study.population, study.n, share.described_as, share.n, share.malignant_share)
            for study, share in told
        ),
        collection=_collection(label, evidence.collection),
    )


def _collection(label: Distribution, collection: Collection) -> CollectionShare:
    count = collection.counts.distributions[label]
    return CollectionShare(
        name=collection.name,
        lesions=count.lesions,
        patients=count.patients,
        malignant=count.malignant,
        malignant_share=count.malignant_share,
        interval=count.interval,
        meaning=collection.counts.meaning,
        source=collection.source,
    )
