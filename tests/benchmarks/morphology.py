"""
How often a calcification's kind is named rightly, and an artery is told: python tests/benchmarks/morphology.py.

Simulated images, written as DICOM and read again, are judged with the default
settings: one of each kind for every seed, and more with coarse calcifications
alone and with arteries. A reported calcification takes the kind of the planted
one that it lies on; what lies on none has no true kind and is left aside. The
tables say how often each kind is named, what is left out of the distribution,
and what becomes of arteries. No image of these seeds set a limit.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from patterns import SAME_MM, judge

from mammocalc.config import Config
from mammocalc.evaluation.agreement import agreement_figures, calibration_error, confusion
from mammocalc.simulation import default_recipe
from mammocalc.simulation.ground_truth_morphology import kind_of, kind_of_cluster
from mammocalc.simulation.vocabulary import Kind
from mammocalc.stages.morphology.morphology import MIN_ACROSS_PX
from mammocalc.vocabulary.lexicon import Distribution, Flag, Morphology

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from patterns import Judged

    from mammocalc.model import Calcification
    from mammocalc.simulation import Scene
    from mammocalc.simulation.truth import PlantedCalcification

FIRST_SEED = 9600
"""Of the images that are neither looked at nor used for a limit or a training."""
COARSE = (Morphology.POPCORN, Morphology.ROD, Morphology.RIM, Morphology.DYSTROPHIC)
WIDE_PX = MIN_ACROSS_PX
_BROADLY: dict[str, str] = {
    Morphology.PUNCTATE: "fine",
    Morphology.FINE_PLEOMORPHIC: "fine",
    Morphology.ROUND: "larger",
    Morphology.COARSE_HETEROGENEOUS: "larger",
}
"""Round and irregular ones of one size."""


@dataclass(frozen=True, slots=True)
class Found:
    """One reported calcification: the kind planted there, empty where nothing was, and what was made of it."""

    planted: str
    called: str
    probability: float
    pixel_mm: float
    width_px: float
    is_left_out: bool
    flags: frozenset[Flag]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was made of one image."""

    kind: Kind
    plaques: int
    label: Distribution
    found: tuple[Found, ...]
    clusters: tuple[tuple[str, str], ...]


def scenes(seeds: int, coarse: int, arteries: int, first_seed: int) -> Iterator[Scene]:
    """Give one scene of each kind for every seed, then the scenes with coarse calcifications and arteries alone."""
    for seed in range(first_seed, first_seed + seeds):
        yield from default_recipe(seed).scenes
    extra = [Kind.MACRO_ONLY] * coarse + [Kind.ARTERIAL] * arteries
    for number, kind in enumerate(extra):
        # Views, sides, detectors, pixel sizes and codings change from one to the next, as in the recipe.
        scene = default_recipe(first_seed + 50 + number // len(Kind)).scenes[number % len(Kind)]
        yield scene.model_copy(update={"kind": kind, "name": f"{kind.value}{number}"})


def outcome_of(judged: Judged) -> Outcome:
    """Hold the report of one image against what was planted."""
    points, report = judged.truth.calcifications, judged.report
    return Outcome(
        kind=judged.scene.kind,
        plaques=sum(kind_of(p) is Morphology.VASCULAR for p in points),
        label=report.distribution.label,
        found=tuple(_found(one, judged) for one in report.calcifications),
        clusters=tuple(_clusters(judged)),
    )


def _found(one: Calcification, judged: Judged) -> Found:
    points, pixel_mm = judged.truth.calcifications, judged.scene.pixel_spacing_mm
    planted = ""
    if points:
        away_mm = _away_mm(one, points, judged)
        nearest = int(away_mm.argmin())
        if away_mm[nearest] <= max(SAME_MM, points[nearest].length_mm / 2):
            planted = str(kind_of(points[nearest]))
    call = one.morphology
    if call is None or one.width_mm is None:
        raise SystemExit("a simulated image has no spacing")
    shares = [share for kind, share in call.probabilities.items() if _plain(kind) is _plain(call.label)]
    width_px, left_out = one.width_mm / pixel_mm, one.left_out is not None
    return Found(planted, str(_plain(call.label)), sum(shares), pixel_mm, width_px, left_out, one.flags)


def _plain(kind: Morphology) -> Morphology:
    """BI-RADS calls a thin shell a rim as well."""
    return Morphology.RIM if kind is Morphology.EGGSHELL else kind


def _away_mm(one: Calcification, points: Sequence[PlantedCalcification], judged: Judged) -> NDArray[np.float64]:
    places = np.array([(p.row_px, p.column_px) for p in points])
    return np.asarray(np.hypot(*(places - (one.row_px, one.column_px)).T) * judged.scene.pixel_spacing_mm)


def _clusters(judged: Judged) -> Iterator[tuple[str, str]]:
    """Give planted kind and name of every planted cluster, by the reported cluster that holds most of its members."""
    points = {p.number: p for p in judged.truth.calcifications}
    by_number = {cluster.number: cluster for cluster in judged.report.clusters}
    for planted in judged.truth.clusters:
        members = [points[number] for number in planted.members]
        held = Counter(
            one.cluster
            for one in judged.report.calcifications
            if one.cluster is not None and _away_mm(one, members, judged).min() <= SAME_MM
        )
        if held and (look := by_number[held.most_common(1)[0][0]].morphology) is not None:
            yield str(kind_of_cluster(members)), str(_plain(look.label))


def row(name: str, pairs: Sequence[tuple[str, str]]) -> str:
    """Give one row: how many, accuracy, macro F1, kappa."""
    if not pairs:
        return f"| {name} | 0 | | | |"
    true, called = zip(*pairs, strict=True)
    table = confusion(true, called, sorted({*true, *called}))
    accuracy, macro_f1, kappa = agreement_figures(table)[:3]
    return f"| {name} | {len(pairs)} | {accuracy:.2f} | {macro_f1:.2f} | {kappa:.2f} |"


def kind_tables(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Give the tables of kinds, and the sentences under them; arteries are left aside."""
    named = [one for outcome in outcomes for one in outcome.found if one.planted not in {"", Morphology.VASCULAR}]
    coarse = [one for one in named if one.planted in COARSE]
    assessed = [one for one in named if one.called != Morphology.NOT_ASSESSABLE]
    yield "| | n | accuracy | macro F1 | kappa |"
    yield "|---|---|---|---|---|"
    yield row("coarse: popcorn, rod, rim or eggshell, dystrophic", [(n.planted, n.called) for n in coarse])
    for pixel_mm in sorted({n.pixel_mm for n in coarse}):
        yield row(f"... at {pixel_mm:g} mm", [(n.planted, n.called) for n in coarse if n.pixel_mm == pixel_mm])
    yield row("all with a kind", [(n.planted, n.called) for n in assessed])
    broad = [(_BROADLY.get(n.planted, n.planted), _BROADLY.get(n.called, n.called)) for n in assessed]
    yield row("the same, round with irregular taken together", broad)
    clusters = [pair for outcome in outcomes for pair in outcome.clusters]
    yield row("clusters", clusters)
    yield ""
    yield "| planted | called |"
    yield "|---|---|"
    for kind in sorted({n.planted for n in named}):
        called = Counter(n.called for n in named if n.planted == kind)
        yield f"| {called.total()} {kind} | {_counted(called)} |"
    yield f"Clusters: {_counted(Counter(f'{planted} called {called}' for planted, called in clusters))}"
    for name, some in (("all", named), ("4 pixels across and wider", [n for n in named if n.width_px >= WIDE_PX])):
        share = np.mean([n.called == Morphology.NOT_ASSESSABLE for n in some])
        yield f"Not assessable: {share:.1%} of {len(some)} ({name})."
    said, right = (np.array(c) for c in zip(*((n.probability, n.planted == n.called) for n in assessed), strict=True))
    yield f"Calibration error {calibration_error(said, right):.3f}: said {said.mean():.2f}, right {right.mean():.2f}."
    for name, some in (("coarse ones", coarse), ("others", [n for n in named if n.planted not in COARSE])):
        yield f"Left out of the distribution: {sum(n.is_left_out for n in some)} of {len(some)} {name}."


def _counted(what: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in what.most_common())


def artery_lines(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Say how many arterial calcifications are flagged, how many others, and what images of arteries are called."""
    images = [o for o in outcomes if o.kind is Kind.ARTERIAL]
    others = [o for o in outcomes if o.kind is not Kind.ARTERIAL]
    arterial = [one for o in images for one in o.found if one.planted == Morphology.VASCULAR]
    rest = [one for o in others for one in o.found if one.planted]
    plaques = sum(o.plaques for o in images)
    flagged = sum(Flag.VASCULAR in one.flags for one in arterial)
    yield f"Arteries, {len(images)} images: of {plaques} planted {len(arterial)} found, {flagged} of them flagged."
    wrongly = sum(Flag.VASCULAR in one.flags for one in rest)
    yield f"Others, {len(others)} images: {len(rest)} found, {wrongly} of them flagged."
    for name, some in (("arteries", images), ("others", others)):
        doubtful = sum(any(Flag.POSSIBLY_VASCULAR in one.flags for one in o.found) for o in some)
        yield f"Possibly vascular: in {doubtful} of {len(some)} images of {name}."
    yield f"Images of arteries are called: {_counted(Counter(str(o.label) for o in images))}."


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=4, help="so many times eight images, one of each kind")
    parser.add_argument("--coarse", type=int, default=24, help="images with coarse calcifications alone, besides")
    parser.add_argument("--arteries", type=int, default=20, help="images with an artery alone, besides")
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED, help="of the recipes")
    arguments = parser.parse_args()
    config = Config()
    chosen = scenes(arguments.seeds, arguments.coarse, arguments.arteries, arguments.first_seed)
    with tempfile.TemporaryDirectory() as folder:
        outcomes = [outcome_of(judge(scene, Path(folder), config)) for scene in chosen]
    print("\n".join([*kind_tables(outcomes), "", *artery_lines(outcomes)]))


if __name__ == "__main__":
    main()
