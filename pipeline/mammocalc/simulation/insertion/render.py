"""Rendering of calcifications into an existing image, with their truth."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from mammocalc.simulation.grids import blur
from mammocalc.simulation.insertion.records import InsertedCalcification, Insertion
from mammocalc.simulation.insertion.target_image import Canvas
from mammocalc.simulation.particles import Particle, grow, rasterise
from mammocalc.simulation.placement_region import Role
from mammocalc.simulation.truth import MACRO_WIDTH_MM
from mammocalc.simulation.vocabulary import Shape
from mammocalc.vocabulary.lexicon import CalcificationSize

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.model import StoredPixels
    from mammocalc.simulation.grids import Box
    from mammocalc.simulation.insertion.recipe import InsertRecipe
    from mammocalc.simulation.insertion.target_image import Surroundings

_TRIES: Final = 60
"""Places that are tried for one calcification before it is left out."""

_GROUP_TRIES: Final = 8
"""Places that are tried for one group, each with several for every member."""

_DEEPEST: Final = 3.0
"""A calcification is thickened to this many times the largest attenuation at most: some lie lengthwise in the beam."""

_FAINTEST: Final = 1e-3
"""Attenuation below this share of the peak is cut off: the image stays as it is there."""


@dataclass(frozen=True, slots=True, eq=False)
class _Made:
    """A calcification at its place, ready to be drawn."""

    particle: Particle
    shape: Shape
    role: Role
    row_px: float
    column_px: float
    per_mm: float
    attenuation: NDArray[np.float32]
    box: Box
    around: Surroundings
    peak: float
    snr: float
    effective: float | None


def insert(
    pixels: StoredPixels,
    pixel_mm: float,
    allowed: NDArray[np.bool_],
    recipe: InsertRecipe,
    rng: np.random.Generator,
) -> Insertion:
    """
    Put calcifications into an image.

    Raw images that are linear in exposure are multiplied by the transmission
    of each calcification. Other images get it added at the rate at which
    quantum noise became the noise of the place. Noise stays as it is.

    Parameters
    ----------
    pixels : StoredPixels
        Codes with the meaning of each; not changed.
    pixel_mm : float
        Side of the square pixels, in the breast.
    allowed : ndarray of bool, shape (rows, columns)
        No other pixel is changed.
    recipe : InsertRecipe
    rng : Generator
        Equal generators give equal insertions.

    Returns
    -------
    Insertion
        Fewer calcifications than the recipe asks for where there is no room
        or where they would be fainter than it allows; none at all where
        nothing is allowed.

    Raises
    ------
    ImageUnreadableError
        ``unsupported_pixels`` where several stored values mean the same.
    """
    canvas = Canvas(pixels, allowed, pixel_mm, recipe.quanta_per_mm2)
    if not canvas.has_room:
        return Insertion(canvas.codes, (), ())
    work = _Insertion(canvas, pixel_mm, recipe, rng)
    groups: list[tuple[int, ...]] = []
    for _ in range(_count(recipe.groups, rng)):
        first = len(work.made)
        if work.add_group():
            groups.append(tuple(range(first, len(work.made))))
    for _ in range(_count(recipe.macros, rng)):
        work.add_single(Role.MACRO)
    for _ in range(_count(recipe.singles, rng)):
        work.add_single(Role.MICRO)
    group_of = {member: number for number, members in enumerate(groups) for member in members}
    found = tuple(_describe(number, made, group_of.get(number)) for number, made in enumerate(work.made))
    return Insertion(canvas.codes, found, tuple(groups))


class _Insertion:
    """What has been put into one image so far, and what may still be."""

    def __init__(self, canvas: Canvas, pixel_mm: float, recipe: InsertRecipe, rng: np.random.Generator) -> None:
        self.made: list[_Made] = []
        self._canvas = canvas
        self._pixel_mm = pixel_mm
        self._recipe = recipe
        self._rng = rng

    def add_single(self, role: Role) -> None:
        """Add one calcification far from all others, if there is a place for it."""
        shape, particle, per_mm = self._grow(role)
        for _ in range(_TRIES):
            place = self._canvas.draw_place(self._rng)
            if not self._is_free(place, particle, self.made, self._recipe.gap_mm):
                continue
            made = self._make(shape, particle, per_mm, place, role)
            if made is not None:
                self._draw([made])
                return

    def add_group(self) -> bool:
        """Add a group far from all others; False, and nothing added, if there is no place for it."""
        recipe, rng = self._recipe, self._rng
        grown = [self._grow(Role.MICRO) for _ in range(_count(recipe.group_members, rng))]
        radius = recipe.group_diameter_mm / 2 / self._pixel_mm
        for _ in range(_GROUP_TRIES):
            centre = self._canvas.draw_place(rng)
            members: list[_Made] = []
            for shape, particle, per_mm in grown:
                for _ in range(_TRIES // 4):
                    # Denser in the middle, as groups are: the distance is even, not the area.
                    away, angle = radius * float(rng.uniform()), float(rng.uniform(0, 2 * math.pi))
                    place = centre[0] + away * math.sin(angle), centre[1] + away * math.cos(angle)
                    is_free = self._is_free(place, particle, self.made, recipe.gap_mm)
                    if not (is_free and self._is_free(place, particle, members, recipe.group_gap_mm)):
                        continue
                    made = self._make(shape, particle, per_mm, place, Role.MICRO)
                    if made is not None:
                        members.append(made)
                        break
            if len(members) >= max(recipe.group_members[0], 2):
                self._draw(members)
                return True
        return False

    def _grow(self, role: Role) -> tuple[Shape, Particle, float]:
        """Grow a calcification, and draw the attenuation of one mm of it."""
        recipe, rng = self._recipe, self._rng
        angle = float(rng.uniform(0, math.pi))
        if role is Role.MICRO:
            diameter = _log_even(recipe.micro_diameter_mm, rng)  # small ones are frequent
            shape = Shape.ROUND if rng.uniform() < 0.4 else Shape.IRREGULAR
            aspect = float(rng.uniform(1.0, 1.6))
            per_mm = _log_even(recipe.attenuation_per_mm, rng)
        else:
            diameter = float(rng.uniform(*recipe.macro_diameter_mm))
            is_ring = rng.uniform() < recipe.ring_share
            shape = Shape.RIM if is_ring else (Shape.POPCORN, Shape.ROD)[int(rng.integers(2))]
            aspect = float(rng.uniform(3.0, 5.0) if shape is Shape.ROD else rng.uniform(1.0, 1.35))
            per_mm = float(rng.uniform(*recipe.macro_attenuation_per_mm))
        return shape, grow(shape, diameter, aspect, angle, rng), per_mm

    def _is_free(self, place: tuple[float, float], particle: Particle, others: list[_Made], gap_mm: float) -> bool:
        """Whether a place keeps its distance, from rim to rim."""
        return all(
            math.dist(place, (other.row_px, other.column_px)) * self._pixel_mm
            >= gap_mm + (particle.length_mm + other.particle.length_mm) / 2
            for other in others
        )

    def _make(
        self, shape: Shape, particle: Particle, per_mm: float, place: tuple[float, float], role: Role
    ) -> _Made | None:
        """Give a calcification at a place; None where it does not fit there or would be too faint."""
        canvas, pixel = self._canvas, self._pixel_mm
        corner_mm = (place[0] + 0.5) * pixel, (place[1] + 0.5) * pixel
        row, column, thickness = rasterise(particle, *corner_mm, pixel)
        sigma_px = self._recipe.blur_mm / pixel
        pad = math.ceil(4 * sigma_px)
        blurred = blur(np.pad(thickness, pad).astype(np.float32), sigma_px)
        blurred[blurred < _FAINTEST * blurred.max()] = 0
        top, left = row - pad, column - pad
        box = np.s_[top : top + blurred.shape[0], left : left + blurred.shape[1]]
        if (
            min(top, left) < 0
            or canvas.allowed[box].shape != blurred.shape
            or not canvas.allowed[box][blurred > 0].all()
        ):
            return None
        around = canvas.surroundings(*place)
        low, high = self._recipe.peak_sigma
        deepest = _DEEPEST * self._recipe.attenuation_per_mm[1]
        if role is Role.MACRO:
            high, deepest = math.inf, _DEEPEST * self._recipe.macro_attenuation_per_mm[1]
        for _ in range(12):  # the shoulder of the grey scale makes the way to a brighter peak longer
            attenuation = np.float32(per_mm) * blurred
            expected = canvas.contrast(attenuation, around)
            peak = max(float(np.abs(expected).max()) / around.sigma, 1e-9)
            if 0.999 * low <= peak <= 1.001 * high:
                snr = canvas.matched_filter_snr(expected, around)
                height, effective = peak * around.sigma, canvas.effective_snr(attenuation, around)
                return _Made(particle, shape, role, *place, per_mm, attenuation, box, around, height, snr, effective)
            if peak < low and per_mm >= deepest:
                return None
            per_mm = min(per_mm * min(max(peak, low), high) / peak, deepest)
        return None

    def _draw(self, made: list[_Made]) -> None:
        for one in made:
            self._canvas.draw(one.attenuation, one.box, one.around, self._rng)
            self.made.append(one)


def _describe(number: int, made: _Made, cluster: int | None) -> InsertedCalcification:
    particle = made.particle
    return InsertedCalcification(
        number=number,
        row_px=made.row_px,
        column_px=made.column_px,
        diameter_mm=particle.diameter_mm,
        length_mm=particle.length_mm,
        width_mm=particle.width_mm,
        size=CalcificationSize.MACRO if particle.width_mm >= MACRO_WIDTH_MM else CalcificationSize.MICRO,
        role=made.role,
        shape=made.shape.value,
        contrast=made.per_mm * float(particle.thickness.max()),
        matched_filter_snr=made.snr,
        cluster=cluster,
        peak_grey_levels=made.peak / made.around.grey,
        noise_grey_levels=made.around.sigma / made.around.grey,
        local_density=made.around.density,
        effective_snr=made.effective,
    )


def _log_even(limits: tuple[float, float], rng: np.random.Generator) -> float:
    return float(limits[0] * (limits[1] / limits[0]) ** rng.uniform())


def _count(limits: tuple[int, int], rng: np.random.Generator) -> int:
    return int(rng.integers(limits[0], limits[1] + 1))
