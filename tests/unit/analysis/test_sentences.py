"""No sentence says another number than the setting that it speaks of."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest

from mammocalc.analysis.image import analyse
from mammocalc.config import Config, load
from mammocalc.stages.distribution.reasons import REASONS, breaks_definition
from mammocalc.stages.distribution.settings import DistributionSettings
from mammocalc.stages.morphology import MorphologySettings
from mammocalc.stages.morphology.criteria import Unless
from mammocalc.stages.morphology.table import judge, particle_table
from mammocalc.vocabulary.lexicon import DESCRIPTORS

if TYPE_CHECKING:
    from mammocalc.model import Pattern, Report

GROUP = [(30 + 3.1 * (i % 4), 14 + 3.3 * (i // 4), 0.4) for i in range(12)]
TABLE = ["distribution.by=table", "distribution.on_other_settings=flag", "classify.on_other_settings=flag"]


def sentences(report: Report) -> str:
    calls = [report.distribution, *(cluster.distribution for cluster in report.clusters)]
    return " ".join(reason for call in calls for reason in call.reasons)


@pytest.mark.parametrize("circle_mm", [2.0, 7.5])
@pytest.mark.parametrize("by", ["trees", "table"])
def test_the_circle_is_named_by_its_diameter(make_mammogram, circle_mm: float, by: str) -> None:
    said = sentences(
        analyse(make_mammogram(GROUP), load(None, [f"pattern.circle_mm={circle_mm}", f"distribution.by={by}"]).config)
    )
    assert f"within {circle_mm:g} mm" in said
    assert "within 10 mm" not in said
    assert "BI-RADS" not in said  # these are not the atlas's numbers


def test_the_circle_of_the_definitions_does_not_move_what_the_trees_are_asked(make_mammogram) -> None:
    one, other = (
        analyse(make_mammogram(GROUP), load(None, [f"pattern.circle_mm={mm}"]).config).distribution for mm in (10, 2)
    )
    assert other.probabilities == one.probabilities
    assert other.evidence["most_within_10_mm"] == one.evidence["most_within_10_mm"] == one.evidence["most_in_circle"]
    assert other.evidence["most_in_circle"] < one.evidence["most_in_circle"]
    assert other.evidence["circle_mm"] == 2


SIZES = set(MorphologySettings.model_fields) - {"apart_min_certainty", "apart_round_min_mm"}
"""The two left say what is left out, and stand in no sentence about a shape."""


def numbers(text: str) -> set[float]:
    return {float(number) for number in re.findall(r"\d+(?:\.\d+)?", text)}


def shown(value: Any, text: str) -> bool:
    """Tell whether a limit stands in a text, as a number or as a percentage."""
    return float(f"{value:g}") in numbers(text) or f"{value:.0%}" in text


def pattern_of(make_mammogram) -> Pattern:
    evidence = analyse(make_mammogram(GROUP), load(None, TABLE).config).clusters[0].distribution.evidence
    from mammocalc.model import Pattern  # noqa: PLC0415 - a record built from its own evidence

    return Pattern(**{field.name: evidence.get(field.name) for field in fields(Pattern)})  # type: ignore[arg-type]


def test_no_reason_of_a_distribution_keeps_a_number_that_was_set_anew(make_mammogram) -> None:
    """Each limit is moved by itself; where the old one was said, the new one is, and the old one is not."""
    pattern = pattern_of(make_mammogram)
    odd = {**dict.fromkeys(("axis_to_nipple_degrees", "radial_over_transverse", "angular_span_degrees"), 33.3)}
    pattern = type(pattern)(**{**{f.name: getattr(pattern, f.name) for f in fields(pattern)}, **odd})
    moved = 0
    for name, field in DistributionSettings.model_fields.items():
        old = field.default
        if isinstance(old, bool | str) or old is None:
            continue
        new = old + 1 if isinstance(old, int) else old * 1.37
        settings = DistributionSettings().model_copy(update={name: new})
        for label in DESCRIPTORS:
            for say in (REASONS[label], lambda p, s, label=label: breaks_definition(label, p, s)):
                before, after = say(pattern, DistributionSettings()), say(pattern, settings)
                if shown(old, before) and before != after:
                    assert shown(new, after) or not after, (name, label, after)
                    moved += 1
    assert moved > 6


def test_every_distance_of_a_pattern_that_is_said_is_the_one_set(make_mammogram) -> None:
    config = load(None, ["pattern.circle_mm=3.7", *TABLE]).config
    evidence = analyse(make_mammogram(GROUP), config).clusters[0].distribution.evidence
    assert evidence["circle_mm"] == 3.7
    p = pattern_of(make_mammogram)
    pattern = type(p)(**{**{f.name: getattr(p, f.name) for f in fields(p)}, "circle_mm": 3.7})
    said = " ".join(say(pattern, Config().distribution) for say in REASONS.values())
    assert "3.7 mm" in said


@pytest.mark.parametrize("name", sorted(SIZES))
def test_every_size_of_a_shape_that_is_said_is_the_one_set(name: str) -> None:
    table = particle_table(MorphologySettings(**{name: 1.73}))
    tests = [
        part for row in table.values() for one in row for part in (one.tests if isinstance(one, Unless) else (one,))
    ]
    values = {one.quantity: 0.5 for one in tests}
    said = [reason for kind in table for reason in judge({kind: table[kind]}, values).reasons]
    assert any("1.73)" in reason for reason in said)
