"""
How often the distribution of an image is named rightly: python tests/benchmarks/distribution.py [--breasts 60].

Points of simulated images that no classifier was trained on go through the
grouping, the description and both classifiers: the table of definitions alone,
the trees alone (whatever the definitions' numbers say), and both together, as
is the default. With --images N, so do N times eight rendered images, from
pixels to label; arteries are among these.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from command import call

from mammocalc.analysis.classifiers import distribution_classifier_of
from mammocalc.config import Config
from mammocalc.evaluation.agreement import calibration_error
from mammocalc.model import Spread, Tally
from mammocalc.simulation.point_scenes import Disturbance, draw_breast, usual_scene, wide_scene
from mammocalc.simulation.vocabulary import Kind
from mammocalc.stages.cluster_features import measure_spread
from mammocalc.stages.distribution import classify_image, classify_pattern
from mammocalc.stages.distribution.learned import Learned, ask
from mammocalc.training.distribution import SPACING, breast_record, patterns_of
from mammocalc.vocabulary.errors import ConfigurationError
from mammocalc.vocabulary.lexicon import DESCRIPTORS, Distribution

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mammocalc.classifiers.trees import BoostedClasses
    from mammocalc.model import Breast, Pattern
    from mammocalc.simulation.point_scenes import PointBreast, PointScene

KINDS = [kind for kind in Kind if kind is not Kind.ARTERIAL]
FIRST_SEED = 4_000_000
"""Of the breasts, far from those of any training."""


@dataclass(frozen=True, slots=True)
class Example:
    """One disturbed scene: what it is, and the shape of all its points and of its clusters."""

    truth: Distribution
    spread: Spread
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What an image is, what it was called, and how probable each descriptor was said to be."""

    truth: Distribution
    label: Distribution
    probabilities: dict[Distribution, float]


def _as_rendered(home: PointBreast, kind: Kind, disturbance: Disturbance, seed: list[int]) -> PointScene:
    return usual_scene(home, kind, disturbance, np.random.default_rng(seed))


def _a_fifth_lost_a_fifth_false(home: PointBreast, kind: Kind, seed: list[int]) -> PointScene:
    count = len(_as_rendered(home, kind, Disturbance(), seed).points_mm)
    return _as_rendered(home, kind, Disturbance(lost=0.2, false=round(0.2 * count), jitter_mm=0.1), seed)


CASES: dict[str, Callable[[PointBreast, Kind, list[int]], PointScene]] = {
    "the true points": lambda home, kind, seed: _as_rendered(home, kind, Disturbance(), seed),
    "20 % lost, 20 % false": _a_fifth_lost_a_fifth_false,
    "20 false points": lambda home, kind, seed: _as_rendered(home, kind, Disturbance(false=20), seed),
    "nipple 8 mm off": lambda home, kind, seed: _as_rendered(home, kind, Disturbance(nipple_mm=8 / 2**0.5), seed),
    "nipple unknown": lambda home, kind, seed: _as_rendered(home, kind, Disturbance(nipple_mm=None), seed),
}


def examples(breasts: int, config: Config) -> dict[str, list[Example]]:
    """Draw scenes of every kind in every breast, and describe them."""
    found: dict[str, list[Example]] = {name: [] for name in (*CASES, "wider patterns, all at once")}
    for number in range(breasts):
        home = draw_breast(np.random.default_rng([FIRST_SEED + number]))
        for name, scene in _scenes(home, number):
            breast = breast_record(home)
            patterns = tuple(pattern for _, pattern in patterns_of(scene, breast, config))
            found[name].append(Example(scene.label, _spread(scene, breast, config), patterns))
    return found


def _spread(scene: PointScene, breast: Breast, config: Config) -> Spread:
    circles_mm = (config.pattern.circle_mm, config.distribution.grouped_max_extent_mm)
    return measure_spread(scene.points_mm, Tally(), circles_mm, breast, SPACING)


def _scenes(home: PointBreast, number: int) -> Iterator[tuple[str, PointScene]]:
    for index, kind in enumerate(KINDS):
        for name, draw in CASES.items():
            try:
                yield name, draw(home, kind, [FIRST_SEED + number, index])
            except ConfigurationError:  # the breast is too small for this one
                continue
    for index, label in enumerate((*DESCRIPTORS, Distribution.NOT_APPLICABLE)):
        try:
            rng = np.random.default_rng([FIRST_SEED + number, 100 + index])
            yield "wider patterns, all at once", wide_scene(home, label, rng)
        except ConfigurationError:
            continue


def answer(example: Example, trees: BoostedClasses | None, config: Config, *, frame: bool) -> Answer:
    """Name the distribution of one scene; without the frame the trees alone decide."""
    settings = config.distribution
    if not frame and trees is not None:
        return Answer(example.truth, *_by_trees_alone([ask(trees, pattern) for pattern in example.patterns]))
    calls = [classify_pattern(pattern, trees, settings) for pattern in example.patterns]
    whole = example.patterns[0] if example.patterns else None
    call = classify_image(example.spread, whole, calls[1:], trees, settings)
    return Answer(example.truth, _LIKE.get(call.label, call.label), dict(call.probabilities))


_LIKE = dict.fromkeys((Distribution.NONE, Distribution.SCATTERED), Distribution.NOT_APPLICABLE)
"""Points by themselves show no forms: what has no pattern is right where it is called none or scattered."""


def _by_trees_alone(asked: Sequence[Learned]) -> tuple[Distribution, dict[Distribution, float]]:
    """Take the largest cluster that is not there by chance, or all points if they are diffuse; ask no definition."""
    for one in (*(o for o in asked[:1] if _first(o) is Distribution.DIFFUSE), *asked[1:]):
        if one.chance < 0.5:
            return _first(one), dict(one.probabilities)
    return Distribution.NOT_APPLICABLE, {}


def _first(one: Learned) -> Distribution:
    return max(one.probabilities, key=lambda label: one.probabilities[label])


def report(name: str, answers: Sequence[Answer]) -> str:
    """Give one row: right, macro-F1, abstentions, calibration error, and what each kind was called rightly."""
    right = np.mean([a.label is a.truth for a in answers])
    abstained = np.mean([a.label is Distribution.INDETERMINATE for a in answers])
    labels = [label for label in Distribution if any(a.truth is label for a in answers)]
    recalls = [np.mean([a.label is a.truth for a in answers if a.truth is label]) for label in labels]
    each = ", ".join(f"{label.value} {recall:.0%}" for label, recall in zip(labels, recalls, strict=True))
    figures = f"{right:.1%} | {_macro_f1(answers, labels):.3f} | {abstained:.1%} | {_calibration_error(answers):.3f}"
    return f"| {name} | {len(answers)} | {figures} | {each} |"


def _macro_f1(answers: Sequence[Answer], labels: Sequence[Distribution]) -> float:
    scores = []
    for label in labels:
        hit = sum(a.truth is label and a.label is label for a in answers)
        scores.append(2 * hit / (sum(a.truth is label for a in answers) + sum(a.label is label for a in answers)))
    return float(np.mean(scores))


def _calibration_error(answers: Sequence[Answer]) -> float:
    """Mean gap between how probable the first descriptor was and how often it was right, in ten bins."""
    pairs = [
        (max(a.probabilities.values()), max(a.probabilities, key=lambda d: a.probabilities[d]) is a.truth)
        for a in answers
        if a.probabilities and a.truth in DESCRIPTORS
    ]
    return calibration_error(*(np.array(column) for column in zip(*pairs, strict=True)))


def from_pixels(count: int, first_seed: int, *overrides: str) -> list[Answer]:
    """Simulate images, judge them from the command line, and take the labels of the images."""
    answers = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first_seed, first_seed + count):
            images, out = Path(folder) / f"images{seed}", Path(folder) / f"run{seed}"
            call("simulate", images, "--seed", seed)
            sets = [word for change in ("outputs.overlays=none", *overrides) for word in ("--set", change)]
            call("run", images, "--out", out, "--quiet", "--workers", 1, *sets)
            truths = {file.stem: json.loads(file.read_text())["distribution"] for file in images.glob("truth/*.json")}
            for file in out.glob("results/**/*.json"):
                said = json.loads(file.read_text())["distribution"]
                shares = {Distribution(name): share for name, share in (said["probabilities"] or {}).items()}
                answers.append(Answer(Distribution(truths[file.stem]), Distribution(said["label"]), shares))
    return answers


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--breasts", type=int, default=60, help="breasts, with every kind of scene in each")
    parser.add_argument("--images", type=int, default=0, help="also so many times eight rendered images")
    parser.add_argument("--seed", type=int, default=9300, help="of the first rendered images")
    arguments = parser.parse_args()
    config = Config()
    trees = distribution_classifier_of(config)
    print("| points | images | right | macro-F1 | indeterminate | calibration error | right of each |")
    print("|---|---|---|---|---|---|---|")
    for name, scenes in examples(arguments.breasts, config).items() if arguments.breasts else ():
        print(report(f"{name}: table", [answer(one, None, config, frame=True) for one in scenes]))
        print(report(f"{name}: trees", [answer(one, trees, config, frame=False) for one in scenes]))
        print(report(f"{name}: both", [answer(one, trees, config, frame=True) for one in scenes]), flush=True)
    if arguments.images:
        answers = from_pixels(arguments.images, arguments.seed)
        print(report("from pixels: both", answers))
        confused = Counter((a.truth.value, a.label.value) for a in answers if a.label is not a.truth)
        for (truth, label), number in confused.most_common():
            print(f"{truth} called {label}: {number}")


if __name__ == "__main__":
    main()
