"""Patients without pixels: places that fit one breast, ids that hold in every image, fates that are what happened."""

import cv2
import numpy as np
import pytest
from pydantic import ValidationError

from mammocalc.simulation.grids import Grid
from mammocalc.simulation.patient import PatientRecipe, simulate_patient_points
from mammocalc.simulation.patient.breast import draw_breasts
from mammocalc.simulation.patient.positioning import Displacement, draw_positioning, usual_positioning
from mammocalc.simulation.patient.projection import Projection, field_mm
from mammocalc.simulation.patient.records import Fate
from mammocalc.simulation.patient.tissue import usual_places
from mammocalc.simulation.vocabulary import Beside, Kind
from mammocalc.vocabulary.lexicon import Distribution, Laterality, View

PATIENTS = 12


@pytest.fixture(scope="module")
def patients():
    return [simulate_patient_points(3, number=number + 1) for number in range(PATIENTS)]


def _breast():
    return draw_breasts(PatientRecipe(), np.random.default_rng(1))[Laterality.LEFT]


def test_equal_seeds_give_equal_patients_and_others_differ(patients):
    again = simulate_patient_points(3, number=1)
    assert [image.shown for image in again.images] != []
    for one, other in zip(patients[0].images, again.images, strict=True):
        assert [(s.id, s.row_mm, s.column_mm, s.fate) for s in one.shown] == [
            (s.id, s.row_mm, s.column_mm, s.fate) for s in other.shown
        ]
        assert one.nipple_mm == other.nipple_mm
    assert patients[1].images[0].nipple_mm != patients[0].images[0].nipple_mm
    assert simulate_patient_points(4).images[0].nipple_mm != patients[0].images[0].nipple_mm


def test_every_patient_has_both_views_of_both_breasts_on_both_dates(patients):
    for patient in patients:
        assert [(i.date, i.laterality, i.view) for i in patient.images] == [
            (date, side, view)
            for date in (0, 1)
            for side in (Laterality.RIGHT, Laterality.LEFT)
            for view in (View.CC, View.MLO)
        ]
        assert patient.study_days[0] == 0
        assert 300 < patient.study_days[1] < 800


def test_every_calcification_is_shown_gone_or_outside(patients):
    for patient in patients:
        for image in patient.images:
            own = [c for c in patient.calcifications if c.id.startswith(image.laterality.value)]
            there = {c.id for c in own if c.diameters_mm[image.date] is not None}
            shown, gone = {s.id for s in image.shown}, {s.id for s in image.gone}
            assert shown | set(image.outside) == there
            assert not shown & set(image.outside)
            assert not gone & there
            height, width = image.field_mm
            for one in (*image.shown, *image.gone):
                assert 0 < one.row_mm < height
                assert 0 < one.column_mm < width


def test_fates_say_what_happened_to_the_sizes(patients):
    seen = set()
    for patient in patients:
        by_id = {c.id: c for c in patient.calcifications}
        for image in patient.images:
            for one in (*image.shown, *image.gone):
                sizes = by_id[one.id].diameters_mm
                if image.date == 0:
                    assert one.fate is None
                    continue
                before, now = sizes[0], sizes[1]
                seen.add(one.fate)
                expected = Fate.NEW if not before else Fate.GONE if not now else Fate.SAME
                if before and now and now > before:
                    expected = Fate.GROWN
                assert one.fate == expected
                assert one.diameter_mm == (now or before)
                if expected is Fate.GROWN:
                    assert now >= 1.14 * before
    assert seen == set(Fate)


def test_nothing_changes_where_the_recipe_says_so():
    recipe = PatientRecipe(changing_share=0.0, new_finding_share=0.0, gone_finding_share=0.0, dates=3)
    for number in range(4):
        patient = simulate_patient_points(5, recipe, number=number + 1)
        fates = {s.fate for image in patient.images if image.date for s in (*image.shown, *image.gone)}
        assert fates <= {Fate.SAME}
        assert len(patient.images) == 12


def test_shares_of_fates_are_those_of_the_recipe():
    recipe = PatientRecipe(
        patterns=(Kind.REGIONAL,), beside=(), changing_share=1.0, new_finding_share=0.0, gone_finding_share=0.0
    )
    fates = [
        calcification.fate(1)
        for number in range(12)
        for calcification in simulate_patient_points(6, recipe, number=number + 1).calcifications
    ]
    before = len(fates) - fates.count(Fate.NEW)
    assert fates.count(Fate.GONE) / before == pytest.approx(recipe.gone_share, abs=0.03)
    assert fates.count(Fate.NEW) / before == pytest.approx(recipe.new_share, abs=0.08)
    assert fates.count(Fate.GROWN) / before == pytest.approx(recipe.grown_share * (1 - recipe.gone_share), abs=0.06)


@pytest.mark.parametrize("kind", [Kind.DIFFUSE, Kind.REGIONAL, Kind.GROUPED, Kind.LINEAR, Kind.SEGMENTAL])
def test_every_descriptor_can_be_drawn(kind):
    patient = simulate_patient_points(7, PatientRecipe(patterns=(kind,), beside=()))
    assert {finding.label for finding in patient.findings} == {Distribution(kind.value)}
    assert len(patient.findings) == 2
    assert all(len(finding.members) >= 5 for finding in patient.findings)


@pytest.mark.parametrize("kind", list(Beside))
def test_everything_that_can_lie_beside_can_be_drawn(kind):
    recipe = PatientRecipe(patterns=(Kind.NONE,), beside=(kind,))
    patients = [simulate_patient_points(8, recipe, number=number + 1) for number in range(3)]
    findings = [finding for patient in patients for finding in patient.findings]
    assert findings
    words = {finding.kind for finding in findings}
    assert words == {"grouped" if kind is Beside.GROUP else kind.value}


def test_points_lie_within_the_skin_line_and_before_the_muscle():
    breast = _breast()
    points = breast.draw(500, np.random.default_rng(2))
    for view in (View.CC, View.MLO):
        projection = Projection(breast, usual_positioning(breast, view, PatientRecipe()))
        places, line = projection.places(points), projection.skin_places()
        outline = np.concatenate([[[line[0, 0], -60.0]], line, [[line[-1, 0], -60.0]]]).astype(np.float32)
        gaps = [cv2.pointPolygonTest(outline, (float(row), float(column)), measureDist=True) for row, column in places]
        assert min(gaps) > 1.0
        if view is View.MLO:
            muscle = projection.muscle_places()
            assert (places[:, 1] > np.interp(places[:, 0], muscle[:, 0], muscle[:, 1])).all()


@pytest.mark.parametrize("height", [0.0, -0.6, 0.6])
@pytest.mark.parametrize("view", [View.CC, View.MLO])
def test_tissue_is_found_again_in_the_usual_image(view, height):
    """The way from an image to the usual one and forth again ends where it began."""
    recipe = PatientRecipe()
    breast = _breast()
    usual = Projection(breast, usual_positioning(breast, view, recipe))
    streams = np.random.default_rng(6), np.random.default_rng(7)
    here = Projection(breast, draw_positioning(breast, view, recipe, *streams))
    grid = Grid.covering(field_mm(breast), 1.0)
    rows, columns = usual_places(usual, here, field_mm(breast), grid, height)
    wanted = np.stack([rows, columns], axis=-1).reshape(-1, 2).astype(float)
    layer = usual.layer_points(wanted, height)
    assert np.abs(usual.places(layer) - wanted).max() < 1e-6
    again = here.places(layer)
    y, x = np.broadcast_arrays(*grid.centres_mm())
    away = np.hypot(again[:, 0] - y.ravel(), again[:, 1] - x.ravel())
    assert np.quantile(away, 0.95) < 0.1
    assert np.hypot(rows - y, columns - x).max() > 2.0


def test_the_nipple_is_in_the_image_and_on_the_skin_line(patients):
    for patient in patients:
        for image in patient.images:
            assert 0 < image.nipple_mm[1] < image.field_mm[1]
            assert np.hypot(*(image.skin_line_mm - image.nipple_mm).T).min() < 3.0


def test_compression_keeps_the_volume():
    """The area of the compressed breast times its thickness is the volume before, within what plates round off."""
    breast = _breast()
    positioning = usual_positioning(breast, View.CC, PatientRecipe())
    points = breast.draw(20000, np.random.default_rng(3))
    places = Projection(breast, positioning).places(points)
    cells = len(np.unique(np.floor(places / 4.0), axis=0)) * 16.0
    volume = 2 / 3 * np.pi * np.prod(breast.half_axes_mm)
    assert 0.6 < volume / (cells * positioning.thickness_mm) < 1.0


def test_points_of_other_depth_shift_against_each_other_when_the_breast_is_turned():
    """The reference's figure: two points 5 mm apart in depth shift by 0.6 mm when it lies 7 degrees differently."""
    breast = _breast()
    usual = usual_positioning(breast, View.CC, PatientRecipe())
    turned = draw_positioning(
        breast,
        View.CC,
        PatientRecipe(displacement_mm=0.0, date_displacement_mm=0.0, swing_degrees=0.0, thickness_spread=0.0),
        np.random.default_rng(1),
        np.random.default_rng(1),
    )
    pair = np.array([[0.0, breast.depth_mm, -2.5], [0.0, breast.depth_mm, 2.5]])
    before = np.diff(Projection(breast, usual).places(pair), axis=0)[0]
    after = np.diff(Projection(breast, turned).places(pair), axis=0)[0]
    expected = 5.0 * np.sin(np.radians(turned.roll_degrees))
    assert abs(turned.roll_degrees) > 0.5
    assert 0.9 * abs(expected) < np.hypot(*(after - before)) < 2.0 * abs(expected)


def test_a_displacement_has_its_size_and_is_smooth():
    field = Displacement.drawn(4.0, np.random.default_rng(4))
    points = np.random.default_rng(5).uniform(-100, 100, (4000, 3))
    moved = field.at(points)
    assert moved.std(axis=0) == pytest.approx([4.0, 4.0], rel=0.2)
    assert np.abs(field.at(points + np.array([1.0, 0.0, 0.0])) - moved).max() < 1.0


@pytest.mark.parametrize(
    "extreme",
    [
        {"depth_mm": (30.0, 31.0), "lost_mm": (15.0, 15.0), "patterns": (Kind.SEGMENTAL,), "dates": 4},
        {"depth_mm": (99.0, 100.0), "thickness_spread": 0.3, "roll_degrees": 30.0, "displacement_mm": 10.0},
    ],
)
def test_recipes_at_their_limits_give_patients(extreme):
    for number in range(4):
        patient = simulate_patient_points(10, PatientRecipe(**extreme), number=number + 1)
        for image in patient.images:
            assert 0 < image.nipple_mm[1] < image.field_mm[1]
            assert 15 < image.positioning.thickness_mm < 110
            assert max(image.field_mm) < 400


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"views": ["ML"]}, "views must be"),
        ({"sides": ["B"]}, "sides must be"),
        ({"sides": ["L", "L"]}, "sides must be"),
        ({"patterns": ["arterial"]}, "patterns can be"),
        ({"detectors": ["FILM"]}, "detectors can be"),
        ({"pixel_spacing_mm": [0.5]}, "pixel_spacing_mm"),
        ({"date_displacement_mm": 5.0}, "date_displacement_mm"),
        ({"depth_mm": [10.0, 20.0]}, "depth_mm"),
        ({"months_between": [0.1, 3.0]}, "months_between"),
        ({"lost_mm": [-1.0, 2.0]}, "lost_mm"),
        ({"density": [0.0, 0.5]}, "density"),
        ({"quanta_per_mm2": [1.0, 2.0]}, "quanta_per_mm2"),
        ({"dates": 0}, "greater than or equal"),
        ({"unheard_of": 1}, "extra"),
    ],
)
def test_a_recipe_that_no_patient_fits_is_refused(change, words):
    with pytest.raises(ValidationError, match=r"(?i)" + words):
        PatientRecipe.model_validate(change)
