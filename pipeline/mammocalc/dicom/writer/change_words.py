"""Changes between two dates in reports and marks, in words and, where they exist, codes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from mammocalc.dicom.writer import codes
from mammocalc.model.view_names import name_of
from mammocalc.vocabulary.changes import CHANGE_SENTENCES, ON_BOTH_DATES, STABILITY_NOTICE, Change

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mammocalc.dicom.writer.codes import Code
    from mammocalc.dicom.writer.records import PriorView, StudyImage
    from mammocalc.model import Calcification, CalcificationChange, Cluster, ClusterChange

LIKE_BEFORE: Final = ON_BOTH_DATES - {Change.GROWN}
"""Words that sound reassuring, and must not."""


class Seen(NamedTuple):
    """A cluster of an image, its members, and what the image is held against; None where there is no prior."""

    image: StudyImage
    cluster: Cluster
    members: tuple[Calcification, ...]
    prior: PriorView | None


class Said(NamedTuple):
    """What is said of a finding since its priors: codes of CID 6002, sentences, and the version that compared."""

    codes: tuple[Code, ...]
    text: str
    version: str


def say_clusters(seen: Sequence[Seen]) -> Said | None:
    """
    Say what became of a finding, by the clusters in which it is seen.

    Returns
    -------
    Said or None
        None where no view of it was compared. Codes stand there only where all views that were compared have the
        same; of each view the word stands in the text, and that it was not compared.
    """
    compared = [(one, one.prior) for one in seen if one.prior is not None]
    if not compared:
        return None
    found = [(one, prior, prior.clusters[one.cluster.number]) for one, prior in compared]
    coded = {tuple(_codes_of_cluster(change, prior)) for _, prior, change in found}
    sentences = [_say_cluster(one, prior, change) for one, prior, change in found]
    sentences += [f"{_view(one.image)}: no prior image was compared." for one in seen if one.prior is None]
    changes = [change.change for _, _, change in found]
    return Said(coded.pop() if len(coded) == 1 else (), _joined(sentences, changes), compared[0][1].version)


def say_calcification(item: Calcification, prior: PriorView | None) -> Said | None:
    """Say what became of a calcification; None where there is no prior. A word may have no code."""
    if prior is None:
        return None
    change = prior.calcifications[item.number]
    coded = codes.CHANGES_OF_SIZE.get(change.change)
    said = f"{_sentence(word_of(change.change))} {CHANGE_SENTENCES[change.change]} {_sentence(change.reason)}"
    return Said(() if coded is None else (coded,), _joined([said], [change.change]), prior.version)


def say_rest(rest: Sequence[Calcification], prior: PriorView | None) -> Said | None:
    """Say of single calcifications together what has no code: perhaps new, or not comparable."""
    if prior is None or not rest:
        return None
    changes = [prior.calcifications[item.number] for item in rest]
    return Said((), " ".join(_say_counted(changes)), prior.version)


def say_study(images: Sequence[StudyImage], priors: Sequence[PriorView | None]) -> Said | None:
    """
    Say with what the images of a study were compared, and what the priors alone have; None where none was compared.

    Parameters
    ----------
    images : sequence of StudyImage
        With results.
    priors : sequence of PriorView or None
        Of each of them, in the same order.
    """
    versions = [prior.version for prior in priors if prior is not None]
    if not versions:
        return None
    sentences = [
        f"{_view(image)}: no prior image was compared."
        if prior is None
        else f"{_view(image)}: {' '.join(_say_pair(prior))}"
        for image, prior in zip(images, priors, strict=True)
    ]
    return Said((), " ".join([*sentences, STABILITY_NOTICE]), versions[0])


def say_marks(prior: PriorView) -> str:
    """Say shortly what a comparison says of the image that is marked."""
    comparison = prior.comparison
    days = comparison.interval_days
    when = "the prior image" if days is None else f"the image {days} days earlier"
    if not is_told(prior):
        return f"Since {when}: nothing can be said of any calcification."
    clusters = [item.change for item in comparison.clusters]
    singles = [item.change for item in comparison.calcifications]
    told = [
        f"{what}: {_tally(found)}" for what, found in (("clusters", clusters), ("calcifications", singles)) if found
    ]
    sentences = [f"Since {when}: {'; '.join(told) or 'nothing on either date'}."]
    sentences += ["Single letters without a word: matched."] if Change.MATCHED in singles else []
    return _joined(sentences, [*clusters, *singles])


def word_of(change: Change) -> str:
    """Write a word as one reads it."""
    return str(change).replace("_", " ")


def is_told(prior: PriorView) -> bool:
    """Whether a comparison could say anything, or had nothing to speak of."""
    found = prior.comparison.calcifications
    return not found or any(item.change is not Change.NOT_COMPARABLE for item in found)


def _codes_of_cluster(change: ClusterChange, prior: PriorView) -> Iterator[Code]:
    is_of_number = change.cluster in prior.changed_in_number
    of_size, of_number = codes.CHANGES_OF_SIZE.get(change.change), codes.CHANGES_OF_NUMBER.get(change.change)
    if of_size is not None:
        yield of_number if is_of_number and of_number is not None else of_size


def _say_cluster(one: Seen, prior: PriorView, change: ClusterChange) -> str:
    result = one.image.result
    letter = "" if result is None else f" {result.letters.clusters[one.cluster.number]}"
    members = [prior.calcifications[item.number].change for item in one.members]
    return (
        f"{_view(one.image)}, cluster{letter}: {word_of(change.change)}. {CHANGE_SENTENCES[change.change]} "
        f"{_sentence('; '.join(change.reasons))} Its calcifications: {_tally(members)}."
    )


def _say_pair(prior: PriorView) -> Iterator[str]:
    comparison = prior.comparison
    days = comparison.interval_days
    when = "" if days is None else f", {days} days earlier"
    yield f"compared with the prior image{when}."
    if not is_told(prior):
        yield "Nothing can be said of any calcification."
    yield from map(_sentence, (*comparison.registration.reasons, *comparison.notes))
    letters = {} if prior.image.result is None else prior.image.result.letters.clusters
    for change in comparison.clusters:
        if change.cluster is None:
            named = ", ".join(letters.get(number, "unnamed") for number in change.prior_clusters)
            yield (
                f"Cluster {named} of the prior alone, {change.prior_members} calcifications: {word_of(change.change)}. "
                f"{_sentence('; '.join(change.reasons))}"
            )
    alone = [item.change for item in comparison.calcifications if item.calcification is None]
    if alone:
        yield f"Calcifications of the prior alone: {_tally(alone)}."


def _say_counted(changes: Iterable[CalcificationChange]) -> Iterator[str]:
    counted = Counter(item.change for item in changes)
    for change in Change:
        if counted[change]:
            yield f"{counted[change]} {word_of(change)}: {CHANGE_SENTENCES[change]}"


def _tally(changes: Iterable[Change]) -> str:
    counted = Counter(changes)
    return ", ".join(f"{counted[change]} {word_of(change)}" for change in Change if counted[change])


def _joined(sentences: Sequence[str], changes: Iterable[Change]) -> str:
    """Join sentences, with what stability is worth wherever something is as it was before, or less."""
    return " ".join([*sentences, *([STABILITY_NOTICE] if LIKE_BEFORE.intersection(changes) else [])])


def _view(image: StudyImage) -> str:
    return "unknown view" if image.result is None else name_of(image.result.report.identity)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}" if text else ""
