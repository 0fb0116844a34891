"""The ratio of an observer for whom texture is noise, held against what such an observer reaches."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import fft

from mammocalc.simulation.acquisition import expose, set_beam, visible_change
from mammocalc.simulation.effective_snr import effective_snrs, measure_spectrum
from mammocalc.simulation.film import develop, scan
from mammocalc.simulation.recipe import Scene
from mammocalc.simulation.rendering import render
from mammocalc.simulation.vocabulary import Detector, Kind
from mammocalc.vocabulary.lexicon import PresentationIntent

SIDE, PIXEL_MM = 512, 0.1
EVERYWHERE = np.ones((SIDE, SIDE), dtype=bool)


def texture(seed: int, strength: float = 1.0) -> NDArray[np.float64]:
    """Noise of unit variance, and texture whose power falls with the third power of frequency."""
    rng = np.random.default_rng(seed)
    per_mm = np.hypot(fft.fftfreq(SIDE)[:, None], fft.rfftfreq(SIDE)[None, :]) / PIXEL_MM
    colour = np.sqrt(1 + strength / np.maximum(per_mm, 0.02) ** 3)
    return np.asarray(fft.irfft2(fft.rfft2(rng.normal(size=(SIDE, SIDE))) * colour, s=(SIDE, SIDE)), dtype=np.float64)


def disc(radius_px: float, height: float) -> NDArray[np.float64]:
    axis = np.arange(-12, 13)
    return height / (1 + np.exp(3 * (np.hypot(axis[:, None], axis[None, :]) - radius_px)))


@pytest.mark.parametrize("radius_px", [1.0, 2.5, 5.0])
def test_the_ratio_is_what_a_prewhitening_observer_reaches(radius_px: float) -> None:
    change = disc(radius_px, 2.0)
    spectrum = measure_spectrum(texture(1), EVERYWHERE, PIXEL_MM)
    assert spectrum is not None
    per_mm = np.hypot(fft.fftfreq(SIDE)[:, None], fft.rfftfreq(SIDE)[None, :]) / PIXEL_MM
    template = fft.rfft2(change, s=(SIDE, SIDE)) / (1 + 1 / np.maximum(per_mm, 0.02) ** 3)
    answers = np.concatenate(
        [fft.irfft2(np.conj(template) * fft.rfft2(texture(seed)), s=(SIDE, SIDE)).ravel() for seed in (2, 3, 4)]
    )
    signal = fft.irfft2(np.conj(template) * fft.rfft2(change, s=(SIDE, SIDE)), s=(SIDE, SIDE))[0, 0]
    assert spectrum.ratio(change) == pytest.approx(signal / answers.std(), rel=0.06)


def test_texture_hides_large_ones_more_than_small_ones() -> None:
    plain, strong = (measure_spectrum(texture(1, strength), EVERYWHERE, PIXEL_MM) for strength in (0.0, 1.0))
    assert plain is not None
    assert strong is not None
    left = [strong.ratio(disc(r, 2.0)) / plain.ratio(disc(r, 2.0)) for r in (1.0, 2.5, 5.0)]
    assert 0.9 > left[0] > left[1] > left[2] > 0.1


def test_what_was_planted_is_no_noise_and_what_lies_outside_does_not_count() -> None:
    image, change = texture(1), disc(4.0, 30.0)
    boxes = [np.s_[row : row + 25, column : column + 25] for row in range(5, 480, 30) for column in range(5, 480, 30)]
    crowded = image.copy()
    for box in boxes:
        crowded[box] += change
    crowded[:, 490:] = 1e4
    inside = EVERYWHERE.copy()
    inside[:, 488:] = False
    spectrum = measure_spectrum(image, inside, PIXEL_MM)
    assert spectrum is not None
    ratios = effective_snrs(crowded, [(box, change) for box in boxes], inside, PIXEL_MM)
    assert ratios == pytest.approx([spectrum.ratio(change)] * len(boxes), rel=1e-3)


def test_nothing_is_said_where_no_spectrum_can_be_measured() -> None:
    inside = np.zeros((SIDE, SIDE), dtype=bool)
    inside[:, 100:120] = True
    assert measure_spectrum(texture(1), inside, PIXEL_MM) is None
    assert effective_snrs(texture(1), [(np.s_[0:25, 0:25], disc(2, 1))], inside, PIXEL_MM) == (None,)
    assert effective_snrs(texture(1), [], EVERYWHERE, PIXEL_MM) == ()
    inside[:, 100:150] = True  # room for smaller squares
    assert measure_spectrum(texture(1), inside, PIXEL_MM) is not None


@pytest.mark.parametrize("value", [0.0, 7.1, 1e5])
def test_an_image_without_noise_has_no_spectrum(value: float) -> None:
    assert measure_spectrum(np.full((SIDE, SIDE), value), EVERYWHERE, PIXEL_MM) is None


@pytest.mark.parametrize("detector", list(Detector))
def test_the_visible_change_is_the_difference_of_two_images(detector: Detector) -> None:
    beam = set_beam(Scene(name="a", kind=Kind.NONE, seed=1, detector=detector, pixel_spacing_mm=PIXEL_MM), 2.0)
    signal = disc(2.0, 0.2)
    flat = np.full(signal.shape, 2.0)
    change, margin = visible_change(signal, 2.0, beam)

    def mean_of(attenuation: NDArray[np.float64]) -> NDArray[np.float64]:
        rng = np.random.default_rng(3)
        total = np.zeros(signal.shape)
        for _ in range(300):
            quanta = expose(attenuation.astype(np.float32), beam, rng)
            if beam.film is None:
                total += np.log(quanta)
            else:
                total += (1 - scan(develop(quanta, beam.film, rng), beam.film, rng)) * beam.film.scanner_density
        return total / 300

    difference = mean_of(flat + signal) - mean_of(flat)
    inner = change[margin:-margin, margin:-margin]
    assert np.abs(difference - inner).max() < 0.03 * np.abs(inner).max()


@pytest.mark.parametrize("intent", list(PresentationIntent)[:2])
def test_in_a_simulated_breast_the_ratio_is_below_that_without_texture(intent: PresentationIntent) -> None:
    scene = Scene(name="a", kind=Kind.DIFFUSE, seed=3, field_mm=(100.0, 75.0), pixel_spacing_mm=0.1, intent=intent)
    points = render(scene).truth.calcifications
    pairs = np.array([(p.effective_snr, p.matched_filter_snr, p.diameter_mm) for p in points], dtype=np.float64)
    left = pairs[:, 0] / pairs[:, 1]
    assert np.median(left) < 0.85
    assert np.corrcoef(left, np.log(pairs[:, 2]))[0, 1] < -0.5
