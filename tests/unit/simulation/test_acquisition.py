"""Noise, blur and the ideal observer, held against theory."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from mammocalc.simulation.acquisition import expose, matched_filter_snr, set_beam
from mammocalc.simulation.film import develop, scan
from mammocalc.simulation.recipe import Scene
from mammocalc.simulation.vocabulary import Detector, Kind


def scene(detector: Detector, pixel_mm: float = 0.1, electronic: float = 5.0) -> Scene:
    return Scene(
        name="a",
        kind=Kind.NONE,
        seed=1,
        detector=detector,
        pixel_spacing_mm=pixel_mm,
        electronic_noise_quanta=electronic,
    )


def test_the_exposure_control_gives_the_wanted_quanta_behind_the_median() -> None:
    beam = set_beam(scene(Detector.DIRECT, 0.07), 2.5)
    assert beam.open_quanta * math.exp(-2.5) / 0.07**2 == pytest.approx(4e5)


def test_noise_of_a_direct_detector_has_the_variance_of_its_mean_and_is_white() -> None:
    beam = set_beam(scene(Detector.DIRECT), 2.0)
    quanta = expose(np.full((400, 400), 2.0, dtype=np.float32), beam, np.random.default_rng(1)).astype(float)
    assert quanta.mean() == pytest.approx(4000.0, rel=0.002)
    assert quanta.var() == pytest.approx(4000.0 + 25.0, rel=0.02)
    centred = quanta - quanta.mean()
    assert abs((centred[:, 1:] * centred[:, :-1]).mean() / centred.var()) < 0.02


def test_noise_of_a_scintillator_is_correlated() -> None:
    beam = set_beam(scene(Detector.SCINTILLATOR), 2.0)
    quanta = expose(np.full((400, 400), 2.0, dtype=np.float32), beam, np.random.default_rng(1)).astype(float)
    centred = quanta - quanta.mean()
    assert (centred[:, 1:] * centred[:, :-1]).mean() / centred.var() > 0.2


@pytest.mark.parametrize("detector", list(Detector))
def test_the_ideal_observer_reaches_its_signal_to_noise_ratio_in_simulated_images(detector: Detector) -> None:
    """Correlate many noisy images with the prewhitened template: a second implementation of the figure."""
    beam = set_beam(scene(detector), 2.0)
    signal = np.zeros((32, 32))
    signal[14:17, 15:18] = 0.05
    rng = np.random.default_rng(2)

    def image(attenuation: NDArray[np.float32]) -> NDArray[np.float32]:
        quanta = expose(attenuation, beam, rng)
        return quanta if beam.film is None else scan(develop(quanta, beam.film, rng), beam.film, rng)

    flat = np.full((32, 32), 2.0, dtype=np.float32)
    without = np.array([image(flat) for _ in range(1500)], dtype=np.float64)
    present = np.array([image(flat + signal.astype(np.float32)) for _ in range(1500)], dtype=np.float64)
    core = np.s_[:, 9:22, 10:23]
    noise = np.concatenate([part[core] - part[core].mean(axis=0) for part in (without, present)])
    covariance = np.cov(noise.reshape(len(noise), -1).T)
    difference = (present[core].mean(axis=0) - without[core].mean(axis=0)).ravel()
    template = np.linalg.solve(covariance, difference)
    # Apply it to images that did not make it.
    fresh = [
        np.array([image(shown)[core[1:]].ravel() for _ in range(600)], dtype=np.float64) @ template
        for shown in (flat, flat + signal.astype(np.float32))
    ]
    found = abs(fresh[0].mean() - fresh[1].mean()) / math.sqrt(0.5 * (fresh[0].var() + fresh[1].var()))
    assert found == pytest.approx(matched_filter_snr(signal, 2.0, beam), rel=0.12)


def test_without_blur_the_ratio_is_contrast_times_the_root_of_the_quanta() -> None:
    sharp = set_beam(scene(Detector.DIRECT, 0.2, electronic=0.0), 2.0)
    signal = np.full((10, 10), 0.01)  # 2 mm wide, so the edges' blur hardly counts
    expected = -math.expm1(-0.01) * math.sqrt(4e5 * 4.0)
    assert matched_filter_snr(signal, 2.0, sharp) == pytest.approx(expected, rel=0.03)


def test_more_contrast_more_quanta_and_less_tissue_are_seen_better() -> None:
    beam = set_beam(scene(Detector.SCINTILLATOR), 2.0)
    signal = np.full((3, 3), 0.05)
    base = matched_filter_snr(signal, 2.0, beam)
    assert matched_filter_snr(2 * signal, 2.0, beam) > 1.8 * base
    assert matched_filter_snr(signal, 3.0, beam) < base
    assert matched_filter_snr(0 * signal, 2.0, beam) == 0.0
