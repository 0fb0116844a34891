"""Metrics of labels: distribution and morphology against the truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.evaluation.agreement import AGREEMENT_FIGURES, agreement_figures, calibration_error, confusion
from mammocalc.evaluation.cluster_metrics import count_clusters
from mammocalc.evaluation.evaluation_report import Table, figure_to_json
from mammocalc.vocabulary.lexicon import DESCRIPTORS, Distribution, Morphology

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mammocalc.evaluation.bootstrap import Bootstrap
    from mammocalc.evaluation.evaluation_cases import Case
    from mammocalc.evaluation.evaluation_report import Section
    from mammocalc.evaluation.matched_points import PointCase
    from mammocalc.evaluation.settings import ScoringSettings

NOT_ANALYSED: Final = "not_analysed"
_NO_ANSWER: Final = (str(Distribution.INDETERMINATE), str(Morphology.NOT_ASSESSABLE), NOT_ANALYSED)


@dataclass(frozen=True, slots=True)
class Answer:
    """A label that was given beside the true one; ``case`` is the number of the case."""

    case: int
    true: str
    found: str
    probabilities: Mapping[Distribution, float] | None = None


def image_answers(cases: Sequence[Case]) -> list[Answer]:
    """Collect the distribution of every image whose truth names one; images that were not analysed have no answer."""
    return [
        Answer(number, case.truth.label, NOT_ANALYSED)
        if case.found is None
        else Answer(number, case.truth.label, case.found.label, case.found.probabilities)
        for number, case in enumerate(cases)
        if case.truth.label is not None
    ]


def cluster_answers(cases: Sequence[PointCase], settings: ScoringSettings) -> dict[str, list[Answer]]:
    """Take distribution and morphology of every true cluster that was found."""
    answers: dict[str, list[Answer]] = {"distribution": [], "morphology": []}
    for case in cases:
        found = case.case.found
        if found is None or not case.case.truth.clusters:
            continue
        members = [cluster.members for cluster in found.clusters]
        for own, other in count_clusters(case, np.arange(case.reported), members, settings).pairs:
            cluster, truth = found.clusters[own], case.case.truth.clusters[other]
            if truth.label is not None:
                answers["distribution"].append(Answer(case.number, truth.label, cluster.label, cluster.probabilities))
            if truth.morphology is not None and cluster.morphology is not None:
                answers["morphology"].append(Answer(case.number, truth.morphology, cluster.morphology))
    return answers


def score_labels(answers: Sequence[Answer], bootstrap: Bootstrap) -> tuple[Section, list[tuple[str, str, int]]]:
    """
    Score labels.

    Parameters
    ----------
    answers : sequence of Answer
        At least one.
    bootstrap : Bootstrap

    Returns
    -------
    tuple of (dict, list of (true, found, count))
        The figures, and the confusion as rows of a table.
    """
    known = [str(label) for label in Distribution] + [NOT_ANALYSED]
    occurring = {answer.true for answer in answers} | {answer.found for answer in answers}
    labels = [label for label in known if label in occurring] + sorted(occurring - set(known))
    index = {label: number for number, label in enumerate(labels)}
    true = np.array([index[answer.true] for answer in answers])
    found = np.array([index[answer.found] for answer in answers])
    cases = np.array([answer.case for answer in answers], dtype=np.intp)
    no_answer = [index[label] for label in _NO_ANSWER if label in index]

    def statistic(items: NDArray[np.intp]) -> tuple[float, ...]:
        pairs = np.bincount(true[items] * len(labels) + found[items], minlength=len(labels) ** 2)
        return agreement_figures(pairs.reshape(len(labels), len(labels)), no_answer)

    table = confusion([answer.true for answer in answers], [answer.found for answer in answers], labels)
    figures = bootstrap.of_items(cases, AGREEMENT_FIGURES, statistic)
    commonest = int(table.sum(axis=1).argmax())
    section: Section = {
        "n": len(answers),
        "labels": labels,
        "confusion": table.tolist(),
        "commonest": labels[commonest],
        **{name: figure_to_json(figure) for name, figure in figures.items()},
        "calibration": _calibration(answers, bootstrap),
    }
    rows = [
        (labels[i], labels[j], int(table[i, j])) for i in range(len(labels)) for j in range(len(labels)) if table[i, j]
    ]
    return section, rows


def _calibration(answers: Sequence[Answer], bootstrap: Bootstrap) -> Section | None:
    """Hold the probabilities against what came true, where one of the five descriptors is true."""
    descriptors = {str(label) for label in DESCRIPTORS}
    analysed = [answer for answer in answers if answer.probabilities and answer.true in descriptors]
    if not analysed:
        return None
    best = [
        max(answer.probabilities or {}, key=lambda label: (answer.probabilities or {})[label]) for answer in analysed
    ]
    confidence = np.array([max((answer.probabilities or {}).values()) for answer in analysed])
    is_right = np.array([answer.true == label for answer, label in zip(analysed, best, strict=True)])
    cases = np.array([answer.case for answer in analysed], dtype=np.intp)

    def statistic(items: NDArray[np.intp]) -> tuple[float, float, float]:
        own, right = confidence[items], is_right[items]
        return calibration_error(own, right), float(own.mean()), float(right.mean())

    figures = bootstrap.of_items(cases, ("expected_error", "mean_confidence", "right"), statistic)
    return {name: figure_to_json(figure) for name, figure in figures.items()}


def confusion_table(rows: Mapping[str, Sequence[tuple[str, str, int]]]) -> Table:
    """Put confusions of several kinds into one table."""
    return Table(("of", "true", "found", "count"), tuple((name, *row) for name, pairs in rows.items() for row in pairs))
