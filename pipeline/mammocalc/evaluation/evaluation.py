"""Evaluation of a run: every figure that its truth allows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mammocalc.evaluation.bootstrap import Bootstrap
from mammocalc.evaluation.calcification_metrics import score_points
from mammocalc.evaluation.caveats import what_it_shows
from mammocalc.evaluation.cluster_metrics import score_clusters
from mammocalc.evaluation.evaluation_cases import pair
from mammocalc.evaluation.label_metrics import cluster_answers, confusion_table, image_answers, score_labels
from mammocalc.evaluation.matched_points import point_cases
from mammocalc.evaluation.pair_metrics import score_pairs
from mammocalc.evaluation.point_scores import PointScores
from mammocalc.evaluation.presence_metrics import score_presence
from mammocalc.evaluation.readers import score_readers
from mammocalc.evaluation.regions import score_regions
from mammocalc.evaluation.size_metrics import score_sizes
from mammocalc.evaluation.truth import TruthError
from mammocalc.evaluation.word_metrics import score_words
from mammocalc.rendering.wording import many
from mammocalc.vocabulary.lexicon import NOTICE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mammocalc.evaluation.cluster_metrics import FindClusters
    from mammocalc.evaluation.evaluation_cases import Cases
    from mammocalc.evaluation.evaluation_report import Section, Table
    from mammocalc.evaluation.run_folder import FinishedRun
    from mammocalc.evaluation.settings import ScoringSettings
    from mammocalc.evaluation.truth import Reading, TruthSet

SCHEMA_VERSION: Final = "2.0"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """``document`` is evaluation.json; ``tables`` are the CSV files, by name."""

    document: dict[str, Any]
    tables: Mapping[str, Table]


def evaluate(
    run: FinishedRun,
    truth: TruthSet,
    settings: ScoringSettings,
    find_clusters: FindClusters | None = None,
    others: Sequence[FinishedRun] = (),
) -> Evaluation:
    """
    Score a run.

    Parameters
    ----------
    run : FinishedRun
    truth : TruthSet
    settings : ScoringSettings
    find_clusters : callable or None
        Draws clusters as the run did, for curves over clusters.
    others : sequence of FinishedRun
        Runs of the same images, or of more, at other operating points, marked on the curves.

    Returns
    -------
    Evaluation
        Sections that the truth says nothing about are null.

    Raises
    ------
    TruthError
        If the run came across none of the images of the truth.
    """
    paired = pair(truth, run)
    words = [word for word in truth.pairs if word.uid in run.images]
    if not paired.cases and not words:
        named = many(len(truth.images) or len({word.uid for word in truth.pairs}), "image")
        message = (
            f"the truth is of {named}, and the run analysed {len(run.images)}, but none is in both: is it the truth of "
            "these images?"
        )
        raise TruthError(message)
    bootstrap = Bootstrap([case.unit for case in paired.cases] or [word.patient for word in words], settings)
    sections, tables = _sections(paired, run, bootstrap, settings, find_clusters, truth.readings)
    if sections["calcifications"] is not None:
        sections["calcifications"]["other_operating_points"] = [
            _other_point(other, run, truth, settings) for other in others
        ]
    document: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "run": dict(run.facts),
        "truth": _coverage(truth, paired, run),
        "bootstrap": {
            "unit": "patient" if paired.by_patient or any(word.patient != word.uid for word in words) else "image",
            "units": bootstrap.count,
            "replicates": settings.replicates,
            "seed": settings.seed,
            "confidence": settings.confidence,
        },
        "settings": settings.model_dump(mode="json"),
        **sections,
    }
    document["pairs"], more = score_pairs(words, settings)
    document["shows"] = what_it_shows(document)
    document["notice"] = NOTICE
    return Evaluation(document, {**tables, **more})


def _sections(
    paired: Cases,
    run: FinishedRun,
    bootstrap: Bootstrap,
    settings: ScoringSettings,
    find_clusters: FindClusters | None,
    readings: Sequence[Reading],
) -> tuple[dict[str, Section | None], dict[str, Table]]:
    names = ("presence", "marks", "calcifications", "sizes", "macro_or_micro", "clusters", "regions")
    sections: dict[str, Section | None] = dict.fromkeys((*names, "distribution", "morphology", "words", "readers"))
    if not paired.cases:  # answers to links and changes alone
        return sections, {}
    sections["presence"], sections["marks"], tables = score_presence(paired.cases, bootstrap)
    answers = {"distribution_of_images": image_answers(paired.cases)}
    points = point_cases(paired.cases)
    if points:
        sections["calcifications"], more = score_points(points, run, bootstrap, settings)
        tables |= more
        sections["sizes"], sections["macro_or_micro"], more = score_sizes(points, run, bootstrap, settings)
        tables |= more
        with_clusters = [case for case in points if case.case.truth.clusters is not None]
        if any(case.case.truth.clusters for case in with_clusters):
            sections["clusters"], more = score_clusters(with_clusters, find_clusters, bootstrap, settings)
            tables |= more
        of_clusters = cluster_answers(points, settings)
        answers["distribution_of_clusters"] = of_clusters["distribution"]
        answers["morphology_of_clusters"] = of_clusters["morphology"]
    circles = [(number, case) for number, case in enumerate(paired.cases) if case.truth.regions is not None]
    if any(case.truth.regions for _, case in circles):
        sections["regions"], more = score_regions(circles, find_clusters, bootstrap, settings)
        tables |= more
    pairs: dict[str, Sequence[tuple[str, str, int]]] = {}
    scored: dict[str, Section] = {}
    for name, given in answers.items():
        if given:
            scored[name], pairs[name] = score_labels(given, bootstrap)
    sections["words"], more, confused = score_words(readings, paired.cases, bootstrap)
    tables |= more
    if confused:
        pairs["words_of_readers"] = confused
    if pairs:
        tables["confusion"] = confusion_table(pairs)
    of_distribution = {
        "of_images": scored.get("distribution_of_images"),
        "of_clusters": scored.get("distribution_of_clusters"),
    }
    sections["distribution"] = of_distribution if any(of_distribution.values()) else None
    sections["morphology"] = scored.get("morphology_of_clusters")
    sections["readers"], more = score_readers(readings, paired.cases, bootstrap)
    return sections, {**tables, **more}


def _coverage(truth: TruthSet, paired: Cases, run: FinishedRun) -> Section:
    """Say which images are in the figures, and list those that are not."""
    without_spacing = [
        case.truth.uid
        for case in paired.cases
        if case.truth.points is not None and case.found is not None and case.spacing is None
    ]
    outcomes = Counter(f"{outcome.status}: {outcome.reason}" for outcome in paired.not_analysed.values())
    return {
        "kind": truth.kind,
        "images": len(truth.images),
        "inserted": any(image.is_inserted for image in truth.images.values()),
        "in_the_run": len(paired.cases),
        "analysed": len(paired.cases) - len(paired.not_analysed),
        "not_analysed": [
            {"sop_instance_uid": uid, "status": outcome.status, "reason": outcome.reason}
            for uid, outcome in paired.not_analysed.items()
        ],
        "not_analysed_by_reason": dict(sorted(outcomes.items())),
        "not_in_the_run": list(paired.missing),
        "without_a_spacing": without_spacing,
        "analysed_without_truth": paired.without_truth,
        "with_presence": sum(run.images[c.truth.uid].presence is not None for c in paired.cases if c.found),
        "notes": [*truth.notes, *_say_other_pairs(truth, run)],
    }


def _say_other_pairs(truth: TruthSet, run: FinishedRun) -> Iterator[str]:
    """Say how many answers to links and changes are of another run."""
    others = sum(word.uid not in run.images for word in truth.pairs)
    if others:
        yield f"{others} answers to links and changes are of images that the run has not: they are in no figure."


def _other_point(other: FinishedRun, run: FinishedRun, truth: TruthSet, settings: ScoringSettings) -> Section:
    """Score what another run reported on the same images; where both have one name, its digest tells them apart."""
    ours = {case.truth.uid for case in pair(truth, run).cases}
    cases = [case for case in pair(truth, other).cases if case.truth.uid in ours]
    scores = PointScores(point_cases(cases), Bootstrap([case.unit for case in cases], settings), settings)
    name = str(other.facts.get("operating_point"))
    if name == run.facts.get("operating_point"):
        name = f"{name} {other.facts.get('configuration_digest')}"
    return {"name": name, **scores.operating_point()}
