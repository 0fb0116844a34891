"""Whatever a classifier says of whatever pattern: no label, probability or reason leaves the definitions."""

import re
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from mammocalc.model import Spread
from mammocalc.stages.distribution import DistributionSettings, classify_image, classify_pattern, withhold
from mammocalc.stages.distribution.learned import CLASSES
from mammocalc.stages.distribution.reasons import breaks_definition
from mammocalc.vocabulary.lexicon import DESCRIPTORS, IMAGE_WORDS, Distribution
from tests.unit.stages.test_distribution import GROUP, _trees

SETTINGS = DistributionSettings()
SHARES = st.floats(0.0, 1.0)
D = Distribution


@st.composite
def patterns(draw):
    count = draw(st.integers(2, 150))
    in_circle = draw(st.integers(1, count))
    image_count = draw(st.integers(count, 200))
    cells = draw(st.integers(1, 60))
    known = draw(st.booleans())
    seen = {
        "axis_to_nipple_degrees": draw(st.floats(0, 90)),
        "angular_span_degrees": draw(st.floats(0, 180)),
        "radial_over_transverse": draw(st.floats(0.05, 20)),
        "widening": draw(st.floats(0, 10)),
        "axis_miss_mm": draw(st.floats(0, 120)),
        "span_over_disc": draw(st.floats(0, 5)),
    }
    return replace(
        GROUP,
        count=count,
        most_in_circle=in_circle,
        most_within_10_mm=in_circle,
        extent_mm=draw(st.floats(0.5, 200) | st.sampled_from([9.99, 10.0, 19.99, 20.0, 20.01])),
        length_mm=draw(st.floats(0.5, 200)),
        width_mm=draw(st.floats(0.0, 60)),
        elongation=draw(st.floats(1, 60)),
        line_share=draw(SHARES),
        path_width_mm=draw(st.floats(0, 30)),
        hull_share=draw(SHARES),
        image_count=image_count,
        image_share=count / image_count,
        cells_with=draw(st.integers(0, cells)),
        cells_of_breast=cells,
        **(seen if known else dict.fromkeys(seen)),
    )


@st.composite
def classifiers(draw):
    if draw(st.booleans()):
        return None
    shares = [draw(st.floats(1e-6, 1.0)) for _ in CLASSES]
    return _trees(**{name: share / sum(shares) for name, share in zip(CLASSES, shares, strict=True)})


@given(patterns(), classifiers())
def test_no_label_and_no_probability_breaks_a_definition(pattern, trees):
    call = classify_pattern(pattern, trees, SETTINGS)
    excluded = [label for label in DESCRIPTORS if breaks_definition(label, pattern, SETTINGS)]
    assert call.label not in excluded
    assert all(call.probabilities.get(label, 0.0) == 0.0 for label in excluded)
    assert not call.probabilities or abs(sum(call.probabilities.values()) - 1) < 1e-9
    assert (call.margin is None) == (not call.probabilities)
    assert (len(call.between) == 2) == (call.label is D.INDETERMINATE)


@given(patterns(), classifiers())
def test_the_numbers_of_bi_rads_hold_for_every_label(pattern, trees):
    label = classify_pattern(pattern, trees, SETTINGS).label
    if label is D.GROUPED:
        assert pattern.extent_mm <= 20
        assert pattern.most_in_circle >= 5 or pattern.count >= 10
    if label is D.REGIONAL:
        assert pattern.extent_mm > 20
    if label in {D.REGIONAL, D.SEGMENTAL}:
        assert pattern.axis_to_nipple_degrees is not None
        assert pattern.count >= 10
    if label is D.SEGMENTAL:
        assert pattern.axis_to_nipple_degrees <= 45
        assert pattern.radial_over_transverse >= 1
    if label is D.DIFFUSE:
        assert pattern.count >= 15


@given(patterns(), classifiers())
def test_without_a_nipple_a_region_and_a_segment_are_equally_probable(pattern, trees):
    assume(pattern.axis_to_nipple_degrees is None)
    call = classify_pattern(pattern, trees, SETTINGS)
    if call.probabilities:
        assert call.probabilities[D.REGIONAL] == call.probabilities[D.SEGMENTAL]


@given(patterns(), classifiers())
def test_no_reason_contradicts_its_label(pattern, trees):
    call = classify_pattern(pattern, trees, SETTINGS)
    assume(call.label is not D.INDETERMINATE)
    [reason] = call.reasons
    assert not [other for other in DESCRIPTORS if other is not call.label and f"{other.value}:" in reason]
    assert not re.search(r"too few|not known|would say|by chance", reason)
    if limit := re.search(r"linear: at most ([\d.]+) mm wide", reason):
        wide = re.search(r"([\d.]+) mm wide \(|within ([\d.]+) mm of it", reason)
        assert wide is not None
        assert float(wide[1] or 2 * float(wide[2])) <= float(limit[1]) + 0.1


@st.composite
def spreads(draw):
    counting = draw(st.integers(0, 200))
    wide = draw(st.integers(min(counting, 1), counting))
    cells = draw(st.integers(1, 60))
    return Spread(
        arterial=draw(st.integers(0, 60)),
        possibly_arterial=0,
        benign=draw(st.integers(0, 60)),
        counting=counting,
        unsure=0,
        microcalcifications=counting,
        circle_mm=10.0,
        most_in_circle=draw(st.integers(min(wide, 1), wide)),
        most_in_wide_circle=wide,
        dense_patch_mm=draw(st.floats(0, 100)),
        cells_with=draw(st.integers(0, min(cells, counting))),
        cells_of_breast=cells,
    )


@given(spreads(), st.none() | patterns(), st.lists(patterns(), max_size=3), classifiers())
def test_every_image_has_one_word_and_a_reason_and_nothing_certain(spread, whole, clusters, trees):
    calls = [classify_pattern(pattern, trees, SETTINGS) for pattern in clusters]
    image = classify_image(spread, whole, calls, trees, SETTINGS)
    assert image.label is not D.NOT_APPLICABLE
    assert image.reasons[0]
    if image.label in IMAGE_WORDS:
        assert not image.probabilities
    if image.label in {D.LINEAR, D.SEGMENTAL}:
        assert image.evidence["axis_to_nipple_degrees"] >= 0
        assert image.evidence["image_share"] >= 0.5
    if image.label is D.REGIONAL and image.probabilities:
        assert image.evidence["axis_to_nipple_degrees"] >= 0
    if image.label is D.VASCULAR:
        assert spread.arterial >= 4
        assert spread.arterial >= spread.counting
    assert (len(image.between) == 2) == (image.label is D.INDETERMINATE)
    assert (image.calibrated_on is None) or bool(image.probabilities)


@given(patterns(), classifiers())
def test_what_is_taken_back_is_no_label(pattern, trees):
    assert withhold(classify_pattern(pattern, trees, SETTINGS), "because").label is D.INDETERMINATE
