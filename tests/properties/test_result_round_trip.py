"""Whatever a run writes of an image is read back as it was."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mammocalc.model import (
    BreastSummary,
    Calcification,
    Candidate,
    Cluster,
    DistributionCall,
    ImageIdentity,
    MorphologyCall,
    Nipple,
    Report,
    Vessel,
)
from mammocalc.results.from_json import candidates_from_json, from_json
from mammocalc.results.result import OverlayPlacement, Provenance, Result
from mammocalc.results.schema import read_schema
from mammocalc.results.to_json import candidates_to_json, encode, to_json
from mammocalc.vocabulary.geometry import PixelSpacing
from mammocalc.vocabulary.lexicon import (
    CLUSTER_WORDS,
    DESCRIPTORS,
    CalcificationSize,
    Distribution,
    Flag,
    Laterality,
    Medium,
    Morphology,
    PresentationIntent,
    SpacingSource,
    View,
    ViewModifier,
)

VALIDATOR = jsonschema.Draft202012Validator(read_schema())

few = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
names = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
uids = st.integers(0, 10**9).map("1.2.{}".format)
positions = st.floats(-1e4, 1e4)
points = st.lists(st.tuples(positions, positions), max_size=5).map(tuple)
courses = st.lists(st.tuples(positions, positions), min_size=1, max_size=3).map(tuple)
lengths = st.floats(0, 500)
shares = st.floats(0, 1)
flags = st.frozensets(st.sampled_from(Flag), max_size=4)
reasons = st.lists(names, max_size=2).map(tuple)
measures = st.dictionaries(names, st.floats(-1e6, 1e6), max_size=3)
maybe_simulated = st.sampled_from((None, "simulated"))


@st.composite
def parts_of_one(draw: st.DrawFn, kinds: tuple[Any, ...]) -> dict[Any, float]:
    weights = [draw(st.integers(0, 1000)) for _ in kinds]
    weights[draw(st.integers(0, len(kinds) - 1))] += 1
    return {kind: weight / sum(weights) for kind, weight in zip(kinds, weights, strict=True)}


@st.composite
def morphologies(draw: st.DrawFn) -> MorphologyCall:
    kinds = tuple(draw(st.lists(st.sampled_from(Morphology), min_size=1, max_size=4, unique=True)))
    return MorphologyCall(kinds[0], draw(parts_of_one(kinds)), draw(reasons), draw(measures), draw(maybe_simulated))


@st.composite
def calls(draw: st.DrawFn, labels: tuple[Distribution, ...] = tuple(Distribution)) -> DistributionCall:
    label = draw(st.sampled_from(labels))
    is_between = label is Distribution.INDETERMINATE
    return DistributionCall(
        label,
        draw(reasons),
        draw(st.one_of(st.just({}), parts_of_one(DESCRIPTORS))),
        draw(st.none() | shares),
        tuple(draw(st.permutations(DESCRIPTORS))[:2]) if is_between else (),
        draw(st.dictionaries(names, st.floats(-1e6, 1e6) | st.integers(0, 10**6), max_size=3)),
        draw(maybe_simulated),
        loose=is_between and draw(st.booleans()),
    )


@st.composite
def reports(draw: st.DrawFn) -> Report:
    numbers = draw(st.lists(st.integers(0, 500), max_size=6, unique=True))
    own = st.lists(st.sampled_from(numbers), min_size=1, unique=True).map(tuple) if numbers else st.nothing()
    clusters = tuple(
        Cluster(
            number, draw(own), draw(lengths), draw(lengths), draw(lengths), draw(points), draw(calls(CLUSTER_WORDS)),
            draw(st.none() | morphologies()),
        )
        for number in range(1, draw(st.integers(1, 4)) if numbers else 1)
    )  # fmt: skip
    vessels = tuple(
        Vessel(number, draw(own), draw(courses), draw(lengths))
        for number in range(1, draw(st.integers(1, 3)) if numbers else 1)
    )
    spacing = draw(st.none() | st.builds(PixelSpacing, st.floats(0.03, 0.25), st.floats(0.03, 0.25)))
    in_mm = st.none() if spacing is None else lengths
    cluster = st.sampled_from((None, *(item.number for item in clusters)))
    vessel = st.sampled_from((None, *(item.number for item in vessels)))
    membership = st.tuples(st.sampled_from([item.number for item in clusters] or [0]), shares)
    calcifications = tuple(
        Calcification(
            number, 0, draw(positions), draw(positions), draw(points), draw(lengths),
            draw(in_mm), draw(in_mm), draw(in_mm), draw(in_mm),
            None if spacing is None else draw(st.sampled_from(CalcificationSize)),
            draw(shares), draw(st.floats(-10, 1e4)), draw(cluster), draw(flags), draw(st.none() | morphologies()),
            draw(st.lists(membership, max_size=2 if clusters else 0).map(tuple)), draw(st.none() | names), draw(vessel),
        )
        for number in numbers
    )  # fmt: skip
    identity = ImageIdentity(
        draw(uids), draw(uids), draw(uids), draw(uids), draw(st.none() | names), draw(st.sampled_from(Laterality)),
        draw(st.sampled_from(View)), tuple(draw(st.lists(st.sampled_from(ViewModifier), max_size=2))),
        draw(reasons), draw(st.none() | st.booleans()), draw(st.sampled_from(PresentationIntent)),
        draw(names), draw(names), draw(st.integers(1, 9999)), draw(st.integers(1, 9999)), draw(st.integers(1, 99)),
        draw(reasons), draw(st.none() | st.integers(0, 10**6)),
    )  # fmt: skip
    nipple = draw(st.none() | st.builds(Nipple, positions, positions, shares))
    breast = BreastSummary(
        None if spacing is None else draw(lengths), draw(points), draw(points), nipple, draw(st.none() | shares)
    )
    candidates = tuple(
        draw(st.lists(st.builds(Candidate, st.just(0), positions, positions, in_mm, shares), max_size=3))
    )
    return Report(
        identity, spacing, draw(st.sampled_from(SpacingSource)), breast, draw(st.none() | shares), calcifications,
        clusters, draw(calls()), draw(flags), candidates, draw(st.sampled_from(Medium)), vessels,
    )  # fmt: skip


provenances = st.builds(Provenance, names, names, names, names, st.sampled_from((None, "0123456789abcdef" * 2)))
overlays = st.none() | st.builds(
    OverlayPlacement, names, st.floats(1e-3, 10), st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4))
)
documents = st.builds(Result.of, reports(), provenances, overlays).map(to_json)


@few
@given(documents)
def test_a_result_is_read_back_as_it_was_written(document: dict[str, Any]) -> None:
    again = json.loads(encode(document))
    VALIDATOR.validate(again)
    assert to_json(from_json(again)) == again == document


@few
@given(reports())
def test_a_report_is_read_back_as_far_as_it_was_written(report: Report) -> None:
    result = Result.of(report, Provenance("mammocalc", "0", "0", "default"))
    again = from_json(to_json(result))
    assert again.letters == result.letters
    assert again.associations == result.associations
    assert again.report.flags == report.flags
    assert again.report.counts == report.counts
    assert [item.members for item in again.report.clusters] == [item.members for item in report.clusters]
    assert [item.distribution.loose for item in again.report.clusters] == [
        item.distribution.loose for item in report.clusters
    ]
    below = candidates_from_json(candidates_to_json(report))
    assert [(item.frame, item.diameter_mm is None) for item in below] == [
        (item.frame, item.diameter_mm is None) for item in report.candidates
    ]
