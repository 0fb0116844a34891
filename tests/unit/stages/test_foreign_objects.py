"""Metal is left out and says so, calcifications of every shape stay, and what lies at the nipple is flagged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from mammocalc.analysis.image import analyse
from mammocalc.analysis.search import search
from mammocalc.config import Config
from mammocalc.model import Breast, Calcification, Landmarks, Nipple, NoiseTable, Particle, Scale
from mammocalc.simulation import Scene, render
from mammocalc.simulation.vocabulary import Kind, ObjectKind, Photometric
from mammocalc.stages import foreign_objects
from mammocalc.stages.foreign_objects import ForeignSettings
from mammocalc.vocabulary.geometry import PixelSpacing
from mammocalc.vocabulary.lexicon import CalcificationSize, Flag, PresentationIntent

if TYPE_CHECKING:
    from collections.abc import Callable

    from mammocalc.model import Mammogram
    from mammocalc.simulation import SimulatedImage
    from mammocalc.stages.foreign_objects.search import Place

    AsMammogram = Callable[[SimulatedImage], Mammogram]

METAL = (ObjectKind.CLIP, ObjectKind.CLIP, ObjectKind.MARKER, ObjectKind.MARKER, ObjectKind.BB)
RAW: dict[str, Any] = {
    "intent": PresentationIntent.FOR_PROCESSING,
    "photometric": Photometric.MONOCHROME1,
    "bits": 14,
}


def rendered(kind: Kind = Kind.NONE, **changes: Any) -> SimulatedImage:
    base: dict[str, Any] = {"name": "a", "seed": 31, "field_mm": (110.0, 80.0), "pixel_spacing_mm": 0.1}
    return render(Scene(kind=kind, **{**base, **changes}))


def calcification_at(row_px: float, column_px: float) -> Calcification:
    return Calcification(
        number=1,
        frame=0,
        row_px=row_px,
        column_px=column_px,
        outline_px=(),
        diameter_px=4.0,
        diameter_mm=0.4,
        length_mm=0.4,
        width_mm=0.4,
        area_mm2=0.13,
        size=CalcificationSize.MICRO,
        score=1.0,
        contrast_to_noise=20.0,
    )


def near(found: Particle | Calcification, row_px: float, column_px: float, reach_px: float) -> bool:
    return bool(np.hypot(found.row_px - row_px, found.column_px - column_px) <= reach_px)


@pytest.mark.parametrize(
    "changes",
    [{}, RAW, {"seed": 32, "pixel_spacing_mm": 0.14, "density": 0.6}],
    ids=["processed", "raw", "coarse pixels"],
)
def test_metal_is_no_calcification_and_the_image_says_so(changes: dict[str, Any], as_mammogram: AsMammogram) -> None:
    simulated = rendered(objects=METAL, **changes)
    mammogram = as_mammogram(simulated)
    kept_in = Config(foreign=ForeignSettings(leave_out_metal=False))

    def marked(config: Config) -> int:
        found = analyse(mammogram, config).calcifications
        pixel_mm = simulated.scene.pixel_spacing_mm
        return sum(
            any(near(c, o.row_px, o.column_px, (o.radius_mm + 1) / pixel_mm) for c in found)
            for o in simulated.truth.objects
        )

    assert marked(kept_in) >= 3
    assert marked(Config()) == 0
    assert Flag.METAL in analyse(mammogram, Config()).flags
    assert Flag.METAL not in analyse(mammogram, kept_in).flags


@pytest.mark.parametrize("changes", [{}, RAW, {"density": 0.6}], ids=["processed", "raw", "dense"])
def test_no_particle_on_a_macrocalcification_is_taken_for_metal(
    changes: dict[str, Any], as_mammogram: AsMammogram
) -> None:
    looked_at = 0
    for seed in (41, 42):
        simulated = rendered(Kind.MACRO_ONLY, seed=seed, count=(4, 6), macro_diameter_mm=(1.2, 4.5), **changes)
        seen = search(as_mammogram(simulated), Config())
        metal = foreign_objects.find_metal(seen.particles, seen.scales, seen.breast)
        kept, flags = foreign_objects.leave_out_metal(seen.particles, metal, ForeignSettings())
        assert kept == seen.particles
        assert flags == frozenset()
        pixel_mm = simulated.scene.pixel_spacing_mm
        looked_at += sum(
            any(near(p, c.row_px, c.column_px, c.diameter_mm / 2 / pixel_mm) for p in kept)
            for c in simulated.truth.calcifications
        )
    assert looked_at >= 6


def test_a_calcification_beside_a_clip_stays(as_mammogram: AsMammogram) -> None:
    simulated = rendered(Kind.GROUPED, objects=METAL, snr=(30.0, 100.0), micro_diameter_mm=(0.3, 0.6))
    plain = analyse(as_mammogram(rendered(Kind.GROUPED, snr=(30.0, 100.0), micro_diameter_mm=(0.3, 0.6))), Config())
    report = analyse(as_mammogram(simulated), Config())
    assert Flag.METAL in report.flags

    def found(calcifications: tuple[Calcification, ...]) -> int:
        return sum(
            any(near(c, t.row_px, t.column_px, 5) for c in calcifications) for t in simulated.truth.calcifications
        )

    assert found(report.calcifications) >= found(plain.calcifications) - 1 >= 4


def test_a_calcification_at_the_nipple_is_flagged_and_stays() -> None:
    calcifications = tuple(calcification_at(row, 100.0) for row in (100.0, 290.0, 310.0))
    marks = Landmarks(np.zeros((2, 2), bool), (), Nipple(100.0, 100.0, confidence=0.8))
    spacing = PixelSpacing(0.1, 0.1)
    flagged = foreign_objects.flag_areola(calcifications, marks, spacing)
    assert [Flag.NEAR_NIPPLE in c.flags for c in flagged] == [True, True, False]
    assert [c.row_px for c in flagged] == [100.0, 290.0, 310.0]
    unsure = replace(marks, flags=frozenset({Flag.NIPPLE_UNCERTAIN}))
    assert foreign_objects.flag_areola(calcifications, unsure, spacing) == calcifications
    assert foreign_objects.flag_areola(calcifications, replace(marks, nipple=None), spacing) == (calcifications)


def test_one_bright_pixel_on_a_flat_calcification_makes_no_metal_of_it() -> None:
    tissue = np.random.default_rng(5).normal(20000, 300, (400, 400))
    rows, columns = np.indices(tissue.shape)
    plateau = np.hypot(rows - 200, columns - 200) < 15
    scale = Scale(
        image=np.rint(np.where(plateau, 20850, tissue)).astype(np.uint16),
        tophat=np.zeros(tissue.shape, np.uint16),
        noise=NoiseTable(np.array([0.0, 65535.0]), np.array([300.0, 300.0])),
        step_px=1,
        pixel_mm=0.1,
        length_mm=0.6,
        blur_mm=0.05,
    )
    cells = np.random.default_rng(6).normal(20000, 300, (50, 50)).astype(np.uint16)
    everywhere = np.ones(cells.shape, bool)
    breast = Breast(
        cell_px=8,
        cell_density=cells,
        is_breast=everywhere,
        is_searched=everywhere,
        skin_distance_px=np.full(cells.shape, 500, np.float32),
        box_px=(0, 0, 400, 400),
        outline_px=(),
        chest_wall_is_left=True,
        has_background=False,
    )
    found = Particle(200.0, 200.0, 0, 9.0, 9.0, 9.0, 1.0)

    def metal() -> frozenset[Place]:
        return foreign_objects.find_metal([found], (scale,), breast)

    scale.image[200, 200] = 21600  # tissue ends at 20,770, and metal begins a tenth of its range beyond, at 20,900
    assert not metal()
    scale.image[plateau] = 26000
    assert metal()
