import cv2
import numpy as np
import pytest

from mammocalc.dicom import DicomSettings, read_mammogram
from mammocalc.model import Density
from mammocalc.simulation import Scene, render
from mammocalc.simulation.header import make_dataset
from mammocalc.simulation.vocabulary import Kind
from mammocalc.stages.breast import find_breast
from mammocalc.stages.landmarks import find_landmarks, landmarks
from mammocalc.stages.landmarks.muscle import find_muscle
from mammocalc.stages.landmarks.nipple import find_nipple
from mammocalc.stages.normalise import to_density
from mammocalc.vocabulary.geometry import PixelSpacing
from mammocalc.vocabulary.lexicon import Flag, Medium, PresentationIntent, View


def _landmarks(made, view):
    return find_landmarks(made.breast(), made.spacing, view)


def test_a_nipple_in_profile_is_found_with_confidence(scene):
    made = scene()
    row, column = np.indices(made.shape) * 0.1
    nipple = (row - 40) ** 2 + (column - 44.5) ** 2 <= 4.0**2
    made.values[nipple] = 2000.0
    found = _landmarks(made, View.CC)
    assert found.nipple is not None
    assert found.nipple.confidence > 0.5
    assert found.known_nipple == found.nipple
    assert np.hypot(found.nipple.row_px / 10 - 40, found.nipple.column_px / 10 - 48.5) < 4.0
    assert Flag.NIPPLE_UNCERTAIN not in found.flags


@pytest.mark.parametrize(("width_mm", "length_mm"), [(8.0, 3.0), (12.0, 9.0), (20.0, 7.0)])
def test_a_nipple_of_any_width_is_found_at_the_middle_of_its_foot(scene, width_mm, length_mm):
    made = scene()
    row, column = np.indices(made.shape) * 0.1
    skin_mm = made.is_breast[400].sum() * 0.1
    made.values[(np.abs(row - 40) <= width_mm / 2) & (column > 10) & (column <= skin_mm + length_mm)] = 2000.0
    found = _landmarks(made, View.CC)
    assert found.nipple.confidence > 0.9
    assert np.hypot(found.nipple.row_px / 10 - 40, found.nipple.column_px / 10 - skin_mm) < 2.0


def test_what_stands_out_at_the_chest_wall_is_no_nipple(scene):
    made = scene()
    rows = np.flatnonzero(made.is_breast[:, 30])
    made.values[rows.max() : rows.max() + 60, 20:80] = 2000.0
    found = _landmarks(made, View.CC)
    assert found.nipple.confidence < 0.5
    assert found.nipple.row_px < rows.max() - 200


@pytest.mark.parametrize("border_cells", [0, 40])
@pytest.mark.parametrize("has_nipple", [True, False])
def test_the_corner_at_the_chest_wall_of_a_film_with_a_black_border_is_no_nipple(border_cells, has_nipple):
    row, column = np.indices((160, 120))
    mask = ((row - 70) / 65.0) ** 2 + (column / 50.0) ** 2 <= 1
    mask |= has_nipple & (np.abs(row - 70) < 7) & (column < 57)
    framed = np.pad(mask, ((border_cells // 2, border_cells), (border_cells, border_cells)))
    found = find_nipple(framed.astype(np.uint16) * 20000, framed, np.zeros((0, 2)), 0.6)
    assert found is not None
    row_px, column_px, confidence = found
    assert (row_px, column_px) == pytest.approx((70 + border_cells // 2, 50 + border_cells), abs=3)
    assert (confidence > 0.5) is has_nipple


def test_without_a_bump_the_outermost_point_is_given_with_little_confidence(scene):
    found = _landmarks(scene(), View.CC)
    assert found.nipple is not None
    assert found.nipple.confidence < 0.5
    assert found.known_nipple is None
    assert found.nipple.row_px == pytest.approx(350, abs=40)
    assert Flag.NIPPLE_UNCERTAIN in found.flags


def _with_muscle(made):
    muscle = np.zeros(made.shape, np.uint8)
    cv2.fillPoly(muscle, [np.array([[0, 0], [230, 0], [0, 480]])], 1)
    made.values += np.where((muscle > 0) & made.is_breast, 900.0, 0.0)
    return muscle.astype(bool) & made.is_breast


def test_the_muscle_that_was_drawn_is_found_in_an_oblique_view(scene):
    made = scene()
    muscle = _with_muscle(made)
    found = _landmarks(made, View.MLO)
    cells = made.breast()
    seen = np.kron(found.is_pectoral, np.ones((cells.cell_px, cells.cell_px), bool))[: made.shape[0], : made.shape[1]]
    assert (seen & muscle).sum() / (seen | muscle).sum() > 0.85
    assert Flag.PECTORAL_UNCERTAIN not in found.flags


def test_a_muscle_in_plain_sight_is_sure(scene):
    made = scene()
    _with_muscle(made)
    found = _landmarks(made, View.MLO)
    assert found.pectoral_confidence is not None
    assert 0.85 < found.pectoral_confidence <= 1.0


def test_an_edge_that_fades_half_way_down_is_less_sure(scene):
    whole, half = scene(), scene()
    muscle = _with_muscle(whole)
    fading = np.clip((260 - np.arange(half.shape[0])) / 40, 0, 1)[:, None]
    half.values += np.where(muscle & half.is_breast, 900.0, 0.0) * fading
    confidences = [_landmarks(made, View.MLO).pectoral_confidence for made in (whole, half)]
    assert confidences[1] < 0.75 * confidences[0]


def test_what_lies_behind_a_bright_line_alone_is_no_sure_muscle(scene):
    # A fold of skin: as steep an edge, and nothing brighter behind it.
    made = scene()
    cv2.line(made.values, (230, 0), (0, 480), 2600.0, 12)
    made.values[~made.is_breast] = scene().values[~made.is_breast]
    found = _landmarks(made, View.MLO)
    assert found.pectoral_confidence is not None
    assert found.pectoral_confidence < 0.5
    assert Flag.PECTORAL_UNCERTAIN in found.flags


def test_a_doubtful_muscle_is_drawn_and_flagged(scene, monkeypatch):
    monkeypatch.setattr(landmarks, "_PECTORAL_LEAST_CONFIDENCE", 1.0)
    made = scene()
    _with_muscle(made)
    found = find_landmarks(made.breast(), made.spacing, View.MLO)
    assert len(found.pectoral_px) > 0
    assert Flag.PECTORAL_UNCERTAIN in found.flags


@pytest.mark.parametrize("thickness_share", [1.0, 0.3])
def test_a_thin_muscle_is_less_sure_and_its_edge_as_true(thickness_share, as_mammogram):
    scene = Scene(
        name="a", kind=Kind.NONE, seed=5, view=View.MLO, field_mm=(150.0, 110.0), pixel_spacing_mm=0.2,
        muscle_share=thickness_share,
    )  # fmt: skip
    simulated = render(scene)
    mammogram = as_mammogram(simulated)
    breast = find_breast(to_density(mammogram.pixels), mammogram.spacing, Medium.DIGITAL)
    found = find_landmarks(breast, mammogram.spacing, View.MLO)
    assert found.pectoral_confidence is not None
    assert (found.pectoral_confidence > 0.6) is (thickness_share == 1.0)
    edge, truth = np.array(found.pectoral_px), np.array(simulated.truth.pectoral_px)
    gaps = np.hypot(*(edge[:, None] - truth[None]).transpose(2, 0, 1)).min(axis=1)
    assert gaps.mean() * 0.2 < 3.0


@pytest.mark.parametrize("intent", list(PresentationIntent))
def test_the_muscle_is_found_in_raw_images_whose_edge_is_darker_than_all_tissue(intent, tmp_path):
    scene = Scene(
        name="a", kind=Kind.NONE, seed=3, view=View.MLO, intent=intent, field_mm=(110.0, 82.0), pixel_spacing_mm=0.2
    )
    simulated, file = render(scene), tmp_path / "a.dcm"
    make_dataset(simulated).save_as(file, enforce_file_format=True)
    mammogram, spacing = read_mammogram(file, DicomSettings()), PixelSpacing(0.2, 0.2)
    breast = find_breast(to_density(mammogram.pixels), spacing, Medium.DIGITAL)
    found = find_landmarks(breast, spacing, View.MLO)
    assert Flag.PECTORAL_UNCERTAIN not in found.flags
    edge, truth = np.array(found.pectoral_px), np.array(simulated.truth.pectoral_px)
    gaps = np.hypot(*(edge[:, None] - truth[None]).transpose(2, 0, 1)).min(axis=1)
    assert gaps.mean() * 0.2 < 3.0


def test_no_muscle_is_looked_for_in_a_craniocaudal_view(scene):
    made = scene()
    _with_muscle(made)
    found = _landmarks(made, View.CC)
    assert found.pectoral_px == ()
    assert found.pectoral_confidence is None
    assert not found.is_pectoral.any()
    assert Flag.VIEW_CONTRADICTED in found.flags
    assert Flag.VIEW_CONTRADICTED not in _landmarks(scene(), View.CC).flags


def test_a_muscle_at_the_bottom_of_an_oblique_view_is_flagged_and_not_used(scene):
    made = scene()
    _with_muscle(made)
    made.values, made.is_breast = made.values[::-1].copy(), made.is_breast[::-1].copy()
    found = _landmarks(made, View.MLO)
    assert Flag.ORIENTATION_CONTRADICTED in found.flags
    assert not found.is_pectoral[: len(found.is_pectoral) // 2].any()
    assert Flag.ORIENTATION_CONTRADICTED not in _landmarks(scene(), View.MLO).flags


def test_a_breast_without_muscle_has_none(scene):
    found = _landmarks(scene(), View.MLO)
    assert found.pectoral_px == ()
    assert Flag.PECTORAL_UNCERTAIN in found.flags


@pytest.mark.parametrize("shape", [(4, 200), (200, 4), (1, 1), (3, 3), (12, 90)])
def test_a_breast_of_any_shape_may_have_no_muscle(shape):
    cells = np.full(shape, 30000, np.uint16)
    found = find_muscle(cells, np.ones(shape, bool), np.full(shape, 20.0, np.float32), 0.6)
    assert found.edge.shape == (0, 2)
    assert found.confidence is None
    assert not found.is_muscle.any()


def test_landmarks_mirror_with_the_image(scene):
    made = scene()
    _with_muscle(made)
    density = made.density()
    mirrored = type(density)(np.ascontiguousarray(density.image[:, ::-1]), None)
    one = find_landmarks(made.breast(), made.spacing, View.MLO)
    other = find_landmarks(find_breast(mirrored, made.spacing, Medium.DIGITAL), made.spacing, View.MLO)
    assert one.nipple is not None
    assert other.nipple is not None
    assert other.nipple.row_px == pytest.approx(one.nipple.row_px, abs=20)
    assert other.nipple.column_px == pytest.approx(made.shape[1] - 1 - one.nipple.column_px, abs=20)


def test_a_spot_view_has_no_nipple():
    values = np.random.default_rng(3).normal(30000, 4000, (300, 300)).clip(0, 65535).astype(np.uint16)
    spacing = PixelSpacing(0.1, 0.1)
    found = find_landmarks(find_breast(Density(values, None), spacing, Medium.DIGITAL), spacing, View.UNKNOWN)
    assert found.nipple is None
    assert Flag.NIPPLE_UNCERTAIN in found.flags
