"""Changes between two dates in a Mammography CAD SR, in words and, where they exist, codes (TID 4002)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mammocalc.dicom.writer import codes
from mammocalc.dicom.writer.codes import dcm
from mammocalc.dicom.writer.sr import items
from mammocalc.dicom.writer.sr.provenance import algorithm
from mammocalc.model.view_names import name_of
from mammocalc.vocabulary.changes import CHANGE_SENTENCES, STABILITY_NOTICE, Change

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pydicom.dataset import Dataset

    from mammocalc.dicom.writer.codes import Code
    from mammocalc.dicom.writer.records import PriorView, StudyImage
    from mammocalc.dicom.writer.sr.cad_changes import Sighting, Since
    from mammocalc.model import Calcification, CalcificationChange, ClusterChange

_CHANGE: Final = dcm(111023, "Differential Diagnosis/Impression")
_DESCRIPTION: Final = dcm(111033, "Impression Description")
_LIKE_BEFORE: Final = frozenset({Change.MATCHED, Change.SMALLER})
"""Words that sound reassuring, and must not."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a finding since its priors: codes of CID 6002, sentences, and the version that compared."""

    codes: tuple[Code, ...]
    text: str
    version: str

    def body(self, relationship: str) -> list[Dataset]:
        """Give it as items, in the order of TID 4002."""
        return [
            *(items.code(relationship, _CHANGE, code) for code in self.codes),
            items.text(relationship, _DESCRIPTION, self.text),
            *algorithm(self.version, relationship),
        ]


def say_clusters(sightings: Sequence[Sighting]) -> Said | None:
    """
    Say what became of a finding, by the clusters in which it is seen.

    Parameters
    ----------
    sightings : sequence of Sighting

    Returns
    -------
    Said or None
        None where no view of it was compared. Codes stand there only where all views that were compared have the
        same; of each view the word stands in the text, and that it was not compared.
    """
    compared = [(one, one.since) for one in sightings if one.since is not None]
    if not compared:
        return None
    found = [(one, since, since.clusters[one.cluster.number]) for one, since in compared]
    coded = {tuple(_codes_of_cluster(change, since)) for _, since, change in found}
    sentences = [_say_cluster(one, since, change) for one, since, change in found]
    sentences += [f"{_view(one.finder.image)}: no prior image was compared." for one in sightings if one.since is None]
    changes = [change.change for _, _, change in found]
    return Said(coded.pop() if len(coded) == 1 else (), _joined(sentences, changes), compared[0][1].prior.version)


def say_single(item: Calcification, since: Since | None) -> Said | None:
    """Say what became of a calcification outside of clusters; None where its word has no code."""
    change = None if since is None else since.calcifications[item.number]
    if since is None or change is None or change.change not in codes.CHANGES_OF_SIZE:
        return None
    said = f"{_sentence(_word(change.change))} {CHANGE_SENTENCES[change.change]} {_sentence(change.reason)}"
    return Said((codes.CHANGES_OF_SIZE[change.change],), _joined([said], [change.change]), since.prior.version)


def say_rest(rest: Sequence[Calcification], since: Since | None) -> Said | None:
    """Say of single calcifications together what has no code: perhaps new, or not comparable."""
    if since is None or not rest:
        return None
    changes = [since.calcifications[item.number] for item in rest]
    return Said((), " ".join(_say_counted(changes)), since.prior.version)


def say_study(images: Sequence[StudyImage], sinces: Sequence[Since | None]) -> Said | None:
    """
    Say with what the images of a study were compared, and what the priors alone have; None where none was compared.

    Parameters
    ----------
    images : sequence of StudyImage
        With results.
    sinces : sequence of Since or None
        Of each of them, in the same order.
    """
    versions = [since.prior.version for since in sinces if since is not None]
    if not versions:
        return None
    sentences = [
        f"{_view(image)}: no prior image was compared."
        if since is None
        else f"{_view(image)}: {' '.join(_say_pair(since.prior))}"
        for image, since in zip(images, sinces, strict=True)
    ]
    return Said((), " ".join([*sentences, STABILITY_NOTICE]), versions[0])


def is_told(prior: PriorView) -> bool:
    """Whether a comparison could say anything, or had nothing to speak of."""
    found = prior.comparison.calcifications
    return not found or any(item.change is not Change.NOT_COMPARABLE for item in found)


def _codes_of_cluster(change: ClusterChange, since: Since) -> Iterator[Code]:
    is_of_number = change.cluster in since.prior.changed_in_number
    of_size, of_number = codes.CHANGES_OF_SIZE.get(change.change), codes.CHANGES_OF_NUMBER.get(change.change)
    if of_size is not None:
        yield of_number if is_of_number and of_number is not None else of_size


def _say_cluster(sighting: Sighting, since: Since, change: ClusterChange) -> str:
    result = sighting.finder.image.result
    letter = "" if result is None else f" {result.letters.clusters[sighting.cluster.number]}"
    members = [since.calcifications[item.number] for item in sighting.members]
    return (
        f"{_view(sighting.finder.image)}, cluster{letter}: {_word(change.change)}. {CHANGE_SENTENCES[change.change]} "
        f"{_sentence('; '.join(change.reasons))} Its calcifications: {_counted(members)}."
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
                f"Cluster {named} of the prior alone, {change.prior_members} calcifications: {_word(change.change)}. "
                f"{_sentence('; '.join(change.reasons))}"
            )
    alone = [item for item in comparison.calcifications if item.calcification is None]
    if alone:
        yield f"Calcifications of the prior alone: {_counted(alone)}."


def _say_counted(changes: Iterable[CalcificationChange]) -> Iterator[str]:
    counted = Counter(item.change for item in changes)
    for change in Change:
        if counted[change]:
            yield f"{counted[change]} {_word(change)}: {CHANGE_SENTENCES[change]}"


def _counted(changes: Iterable[CalcificationChange]) -> str:
    counted = Counter(item.change for item in changes)
    return ", ".join(f"{counted[change]} {_word(change)}" for change in Change if counted[change])


def _joined(sentences: Sequence[str], changes: Iterable[Change]) -> str:
    """Join sentences, with what stability is worth wherever something is as it was before, or less."""
    return " ".join([*sentences, *([STABILITY_NOTICE] if _LIKE_BEFORE.intersection(changes) else [])])


def _view(image: StudyImage) -> str:
    return "unknown view" if image.result is None else name_of(image.result.report.identity)


def _word(change: Change) -> str:
    return str(change).replace("_", " ")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}" if text else ""
