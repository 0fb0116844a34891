"""
The weights of a link of two views: python tests/benchmarks/link_weights.py [--patients 500 --seed 100].

Fits the terms of `mammocalc.analysis.link_odds` by logistic regression on pairs of clusters of simulated patients
without pixels (point_reports.py). Of the pairs that are not the same one half, by weight, is of one breast and the
other of two patients; together they count as much as those that are. Each pair is there three times: with the place
known wholly, without the direction of the muscle, and not at all.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Final

import numpy as np
from links import RECIPE, breasts_of, true_pairs
from point_reports import patient_reports

from mammocalc.analysis.image_pairs import ImagePairs
from mammocalc.analysis.link_odds import LOOKS, PLACES, differences
from mammocalc.classifiers.logistic import fit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mammocalc.vocabulary.lexicon import Laterality

OF_TWO_PATIENTS, OF_ONE_BREAST, SAME = range(3)
KNOWN: Final = (("arc_mm", "straight_mm"), ("arc_mm",), ())
NAMES: Final = (*LOOKS, "has arc_mm", "arc_mm", "has straight_mm", "straight_mm")


def main() -> None:
    """Print the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, default=500)
    parser.add_argument("--seed", type=int, default=100)
    arguments = parser.parse_args()
    pairs = list(examples(arguments.seed, arguments.patients))
    kinds = np.array([kind for kind, _ in pairs])
    counts = np.bincount(kinds, minlength=3)
    share = np.array([counts[SAME] / 2 / counts[OF_TWO_PATIENTS], counts[SAME] / 2 / counts[OF_ONE_BREAST], 1.0])
    model = fit(
        np.array([columns(found, known) for _, found in pairs for known in KNOWN]),
        np.repeat(kinds == SAME, len(KNOWN)),
        np.repeat(share[kinds], len(KNOWN)),
        NAMES,
        1.0,
        {},
    )
    weights = model.weight / model.spread
    print(f"{counts[SAME]} pairs that are the same, {counts[:SAME].sum()} that are not")
    print(f"intercept {model.intercept - weights @ model.mean:.3f}")
    for name, weight in zip(NAMES, weights, strict=True):
        print(f"{name}: {weight:.4f}")
    for name in (*LOOKS, "arc_mm", "straight_mm"):
        apart = [abs(found[name]) for kind, found in pairs if kind == SAME and name in found]
        print(f"{name}, median of true pairs: {np.median(apart):.2f}")


def examples(seed: int, patients: int) -> Iterator[tuple[int, Mapping[str, float]]]:
    """Give what each pair is, and its differences."""
    earlier: dict[Laterality, ImagePairs] = {}
    for number in range(patients):
        reports, members = patient_reports(seed, number + 1, RECIPE)
        for first, second in breasts_of(reports):
            pairs = ImagePairs([first, second], ["CC", "MLO"])
            true = true_pairs(first, second, members)
            uids = first.identity.sop_instance_uid, second.identity.sop_instance_uid
            before = earlier.get(first.identity.laterality)
            for other in pairs.places[1]:
                for one in pairs.places[0]:
                    names = [
                        (uid, pairs.clusters[place.image][place.cluster].number)
                        for uid, place in zip(uids, (one, other), strict=True)
                    ]
                    kind = SAME if (names[0], names[1]) in true else OF_ONE_BREAST
                    yield kind, differences(pairs.traits[one], pairs.traits[other])
                if before is not None:
                    for one in before.places[0]:
                        yield OF_TWO_PATIENTS, differences(before.traits[one], pairs.traits[other])
            earlier[first.identity.laterality] = pairs


def columns(found: Mapping[str, float], known: tuple[str, ...]) -> list[float]:
    """Give a pair's differences as the terms take them."""
    values = [min(abs(found[name]), term.most) for name, term in LOOKS.items()]
    for name in ("arc_mm", "straight_mm"):
        values += [1.0, min(abs(found[name]), PLACES[name].most)] if name in found and name in known else [0.0, 0.0]
    return values


if __name__ == "__main__":
    main()
