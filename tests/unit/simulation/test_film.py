"""Scanned film: its characteristic curve and noise against theory, its blemishes, and its files."""

import dataclasses
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import ValidationError
from scipy import fft, ndimage

from mammocalc.dicom.reader.read import read_mammogram
from mammocalc.dicom.reader.settings import DicomSettings
from mammocalc.simulation import Scene, SimulatedImage, render
from mammocalc.simulation.acquisition import expose, matched_filter_snr, set_beam
from mammocalc.simulation.film import Response, develop, scan, transfer
from mammocalc.simulation.film_artefacts import soil
from mammocalc.simulation.film_recipe import Film
from mammocalc.simulation.grids import blur
from mammocalc.simulation.header import make_dataset
from mammocalc.simulation.placement_region import Role
from mammocalc.simulation.truth import truth_record
from mammocalc.simulation.vocabulary import Coding, Detector, Kind, Photometric
from mammocalc.vocabulary.lexicon import Flag, Laterality, PresentationIntent, SpacingSource


def scene(kind: Kind = Kind.NONE, film: Film | None = None, **changes: Any) -> Scene:
    base: dict[str, Any] = {"name": "a", "seed": 7, "field_mm": (60.2, 45.0), "pixel_spacing_mm": 0.2, "marker": False}
    return Scene(kind=kind, detector=Detector.FILM, film=film, **{**base, **changes})


def response(film: Film | None = None, **changes: Any) -> Response:
    return Response.of(film or Film(), scene(**changes))


def clean(**changes: Any) -> Film:
    return Film(**{"dust": 0, "scratches": 0, **changes})


def density_of(simulated: SimulatedImage) -> NDArray[np.float64]:
    """Optical densities, from the stored values."""
    largest = 2**simulated.scene.bits - 1
    return np.asarray((1 - simulated.pixels / largest) * (simulated.scene.film or Film()).scanner_density)


def test_the_characteristic_curve_rises_from_fog_to_maximum_with_the_wanted_slope() -> None:
    film = Film(fog=0.25, maximum_density=3.5, gamma=3.0, median_density=1.4)
    answer = response(film)
    quanta = np.logspace(-5, 5, 4001) * answer.middle_quanta
    density = answer.density(quanta)
    assert (np.diff(density) >= 0).all()
    assert (density[0], density[-1]) == (pytest.approx(0.25, abs=1e-3), pytest.approx(3.5, abs=1e-3))
    assert (np.diff(density) / np.diff(np.log10(quanta))).max() == pytest.approx(3.0, rel=1e-3)
    assert answer.density_of(4e5 * 0.2**2) == pytest.approx(1.4)


def test_the_slope_is_the_derivative_of_the_curve() -> None:
    answer = response()
    for quanta in (0.3, 1.0, 4.0):
        at = quanta * answer.middle_quanta
        difference = (answer.density_of(at * 1.001) - answer.density_of(at * 0.999)) / (0.002 * at)
        assert answer.slope(at) == pytest.approx(difference, rel=1e-4)


@pytest.mark.parametrize("sigma", [0.05, 0.2, 0.7, 2.0])
def test_the_transfer_function_is_that_of_the_blur(sigma: float) -> None:
    point = np.zeros((48, 40), np.float32)
    point[24, 20] = 1
    np.testing.assert_allclose(np.abs(fft.rfft2(blur(point, sigma))), np.abs(transfer(sigma, 48, 40)), atol=1e-5)


@pytest.mark.parametrize("darkness", [0.4, 1.0, 2.0])
def test_the_noise_of_a_scan_has_the_power_that_the_ideal_observer_reckons_with(darkness: float) -> None:
    """The spectrum of flat films, with quanta, grain, spot and scanner, beside the formula."""
    made = scene(film=Film(grain_mm2=3e-6, grain_size_mm=0.04), pixel_spacing_mm=0.05, bits=16)
    beam = set_beam(made, 2.0)
    assert beam.film is not None
    mean = darkness * beam.film.middle_quanta
    flat = np.full((80, 80), math.log(beam.open_quanta / mean), np.float32)
    window = np.hanning(64)[:, None] * np.hanning(64)
    rng = np.random.default_rng(3)
    power = np.zeros((64, 33))
    for _ in range(250):
        share = scan(develop(expose(flat, beam, rng), beam.film, rng), beam.film, rng)
        density = share[8:-8, 8:-8].astype(np.float64) * beam.film.scanner_density
        power += np.abs(fft.rfft2((density - density.mean()) * window)) ** 2 / (window**2).sum() / 250
    light, grain, spot = (transfer(s, 64, 64) for s in (beam.light_px, beam.film.grain_px, beam.film.scanner_px))
    expected = beam.film.scanned_noise_power(mean, mean * light**2, (grain, spot))
    radius = np.hypot(fft.fftfreq(64)[:, None], fft.rfftfreq(64)[None])
    for low in (0.03, 0.1, 0.2, 0.3, 0.4):
        ring = (radius >= low) & (radius < low + 0.1)
        assert power[ring].mean() == pytest.approx(expected[ring].mean(), rel=0.08)
    assert expected[0, 0] > 5 * expected[32, 0]


def test_grain_is_correlated_and_grows_with_the_density() -> None:
    answer = response(clean(grain_mm2=5e-6, grain_size_mm=0.05), pixel_spacing_mm=0.05)
    spread = []
    for quanta in (0.5, 3.0):
        flat = np.full((300, 300), quanta * answer.middle_quanta, np.float32)
        noise = develop(flat, answer, np.random.default_rng(1)).astype(np.float64)
        noise -= noise.mean()
        assert (noise[:, 1:] * noise[:, :-1]).mean() / noise.var() > 0.6
        spread.append(noise.var() / answer.density_of(quanta * answer.middle_quanta))
    assert spread[0] == pytest.approx(spread[1], rel=0.05)


def test_the_ideal_observer_sees_less_in_coarser_grain_in_a_toe_and_nothing_where_the_scanner_ends() -> None:
    speck = np.full((3, 3), 0.1)
    ratio = {
        name: matched_filter_snr(speck, background, set_beam(scene(film=film, pixel_spacing_mm=0.1), 2.0))
        for name, film, background in (
            ("usual", Film(), 2.0),
            ("coarse", Film(grain_mm2=1e-5), 2.0),
            ("toe", Film(), 4.0),
            ("end", Film(scanner_density=1.8), 0.5),
        )
    }
    assert ratio["coarse"] < 0.8 * ratio["usual"]
    assert 0 < ratio["toe"] < 0.3 * ratio["usual"]
    assert ratio["end"] == 0


def test_calcifications_keep_the_wanted_ratios_or_are_as_thick_as_they_may_be() -> None:
    made = scene(Kind.DIFFUSE, clean(), field_mm=(120.0, 90.0), snr=(8.0, 20.0), quanta_per_mm2=1e5)
    micro = [point for point in render(made).truth.calcifications if point.role is Role.MICRO]
    assert len(micro) >= 45
    ratios = np.array([point.matched_filter_snr for point in micro])
    assert ratios.max() <= 20.01
    assert (ratios >= 7.99).mean() > 0.9
    assert ratios.min() > 0


def test_dense_tissue_is_light_and_air_is_the_darkest() -> None:
    simulated = render(scene(film=clean(), bits=8, field_mm=(90.0, 66.0)))
    density = density_of(simulated)
    inside = simulated.attenuation > np.quantile(simulated.attenuation, 0.95)
    assert density[inside].mean() < 1.3
    assert density[simulated.attenuation == 0].mean() > 3.0
    assert simulated.pixels.max() < 256


def test_films_have_the_noise_of_film_at_their_median() -> None:
    """1e-5 mm2 at 2.4 line pairs per mm was measured on mini-MIAS, and on a film scanned at 50 µm at 3.4."""
    beam = set_beam(scene(quanta_per_mm2=1.5e5, pixel_spacing_mm=0.05), 2.0)
    assert beam.film is not None
    light, grain, spot = (transfer(s, 64, 64) for s in (beam.light_px, beam.film.grain_px, beam.film.scanner_px))
    mean = beam.open_quanta * math.exp(-2.0)
    power = beam.film.scanned_noise_power(mean, mean * light**2, (grain, spot)) * 0.05**2
    at = {round(line * 0.05 * 64): line for line in (2.5, 9.4)}
    assert [float(power[row, 0]) for row in at] == [pytest.approx(1e-5, rel=0.5), pytest.approx(0.8e-6, rel=0.5)]


@pytest.mark.parametrize("laterality", [Laterality.LEFT, Laterality.RIGHT])
def test_dust_lies_where_the_truth_says_and_nowhere_else(laterality: Laterality) -> None:
    dusty = clean(dust=25, dust_diameter_mm=(0.15, 0.3), dark_dust_share=0.3)
    with_dust = render(scene(film=dusty, laterality=laterality))
    without = render(scene(film=clean(), laterality=laterality))
    assert len(with_dust.truth.defects_px) == 25
    changed = with_dust.pixels.astype(int) - without.pixels
    changed[np.abs(changed) < 40] = 0  # of 4095; the scanner's noise is the same in both
    assert (changed > 0).any()
    assert (changed < 0).any()
    near = np.ones(changed.shape, bool)
    for row, column in with_dust.truth.defects_px:
        near[max(round(row), 0) : round(row) + 1, max(round(column), 0) : round(column) + 1] = False
    distance_mm = ndimage.distance_transform_edt(near) * 0.2
    assert distance_mm[changed != 0].max() < 2.0  # half of the longest hair
    seen = [
        np.abs(changed[max(round(r) - 1, 0) : round(r) + 2, max(round(c) - 1, 0) : round(c) + 2]).max() > 0
        for r, c in with_dust.truth.defects_px
    ]
    assert np.mean(seen) > 0.7  # bright dust in bright tissue and dark dust in air do not show


def test_dust_is_scattered_denser_at_the_borders_and_as_sharp_as_its_own_edge() -> None:
    film = clean(dust=120, dust_diameter_mm=(0.2, 0.2), dark_dust_share=0.0)
    answer = response(film, pixel_spacing_mm=0.1)
    density = np.full((1200, 900), 2.0, np.float32)
    lying = soil(density, film, answer, 0.1, np.random.default_rng(5))
    assert density.min() >= answer.fog - 1e-6
    assert lying.dust_mm.shape == (120, 2)
    assert lying.scratches_mm.shape == (0, 2, 2)
    away = np.hypot(*(lying.dust_mm[:, None] - lying.dust_mm[None]).transpose(2, 0, 1)) + 99 * np.eye(120)
    assert np.median(away.min(axis=1)) > 6
    to_border = np.minimum(lying.dust_mm, (120, 90) - lying.dust_mm).min(axis=1)
    assert (to_border < 5).mean() > 1.3 * (1 - 110 * 80 / (120 * 90))
    pieces, count = ndimage.label(density < 1.95)
    sizes = ndimage.sum(pieces > 0, pieces, range(1, count + 1))
    assert np.median(sizes) <= 9  # 0.2 mm are two pixels, and with their rim three


def test_scratches_are_thin_and_straight_between_the_ends_of_the_truth() -> None:
    scratched = render(scene(film=clean(scratches=4), laterality=Laterality.RIGHT))
    changed = np.abs(scratched.pixels.astype(int) - render(scene(film=clean(), laterality=Laterality.RIGHT)).pixels)
    ends = np.array(scratched.truth.scratches_px)
    assert ends.shape == (4, 2, 2)
    assert (ends > -0.51).all()
    assert (ends < np.array(changed.shape) - 0.49).all()
    where = np.argwhere(changed > 30)
    assert len(where) > 50
    start, along = ends[:, 0], ends[:, 1] - ends[:, 0]
    length = np.hypot(*along.T)
    cross = (where[:, None] - start) * along[:, ::-1]
    assert (np.abs(cross[..., 0] - cross[..., 1]) / length).min(axis=1).max() < 1.5


def test_the_light_box_is_white_beside_the_film_but_not_at_the_chest_wall() -> None:
    film = clean(scanner_edge_mm=5.0)
    lit = density_of(render(scene(film=film, seed=9))) < 0.05
    for border in (lit[0], lit[-1], lit[:, -1]):
        assert border.mean() > 0.5
    assert lit[30:-30, :-30].sum() == 0


def test_the_letters_on_film_are_dark_on_a_white_plate() -> None:
    plate = render(scene(film=clean(), marker=True, field_mm=(90.0, 66.0)))
    plain = render(scene(film=clean(label=False), marker=True, field_mm=(90.0, 66.0)))
    bright = density_of(plate) < 0.6
    more = bright & (plate.attenuation == 0)
    assert more.sum() > 3 * ((density_of(plain) < 0.6) & (plain.attenuation == 0)).sum() > 0


def test_a_scene_without_film_is_written_as_before_there_was_film() -> None:
    digital = Scene(name="a", kind=Kind.NONE, seed=1)
    assert "film" not in digital.model_dump(mode="json")
    film = scene(film=Film(dust=3))
    written = film.model_dump(mode="json")
    assert written["film"]["dust"] == 3
    assert Scene.model_validate(written) == film
    simulated = render(scene(film=clean(scratches=2)))
    assert len(truth_record(simulated.truth, simulated.scene)["scratches"]) == 2
    assert "scratches" not in truth_record(simulated.truth, digital)


@pytest.mark.parametrize(
    "changes",
    [
        {"intent": PresentationIntent.FOR_PROCESSING},
        {"detector": Detector.DIRECT, "film": Film()},
        {"detector": Detector.DIRECT, "bits": 8},
        {"bits": 7},
        {"film": {"median_density": 0.5, "fog": 0.4}},
        {"film": {"dust_diameter_mm": (0.3, 0.2)}},
    ],
)
def test_scenes_that_no_film_can_be_are_refused(changes: dict[str, Any]) -> None:
    base = {"name": "a", "kind": Kind.NONE, "seed": 1, "detector": Detector.FILM}
    with pytest.raises(ValidationError):
        Scene(**{**base, **changes})


@pytest.mark.parametrize("coding", list(Coding))
@pytest.mark.parametrize("bits", [8, 10])
def test_the_reader_takes_every_coding_of_a_film_for_a_film_of_known_spacing(
    tmp_path: Path, film_image: SimulatedImage, coding: Coding, bits: int
) -> None:
    made = film_image.scene.model_copy(update={"transfer_syntax": coding, "bits": bits})
    pixels = (film_image.pixels >> (12 - bits)).astype(np.uint16)
    assert pixels.size % 2 == 1
    dataset = make_dataset(dataclasses.replace(film_image, scene=made, pixels=pixels))
    dataset.save_as(tmp_path / "a.dcm", enforce_file_format=True)
    mammogram = read_mammogram(tmp_path / "a.dcm", DicomSettings())
    assert Flag.DIGITISED_FILM in mammogram.flags
    assert mammogram.spacing is not None
    assert mammogram.spacing.row_mm == pytest.approx(0.2)
    assert mammogram.spacing_source is SpacingSource.IMAGER_OVER_MAGNIFICATION
    np.testing.assert_array_equal(mammogram.pixels.codes, pixels)


@pytest.fixture(scope="module")
def film_image() -> SimulatedImage:
    return render(scene(photometric=Photometric.MONOCHROME2, field_mm=(60.2, 45.0)))
