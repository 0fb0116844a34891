"""Single calcifications: irregular bodies grown in three dimensions, and their projections."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from mammocalc.simulation.vocabulary import Shape
from mammocalc.vocabulary.geometry import feret_diameters

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ACROSS = 40
"""Voxels across a body's longest axis; half-maximum areas are then good to about two per cent."""
_ACROSS_WIDTH = 8
"""Fewest voxels across a body's width. Of three, one more or less halves the thickness: the outline at half the maximum
then held one end of a long rod, and the rod was made several times as large to give that end its diameter."""
_THINNING = 3.0
"""A cloud's mineral falls to a twentieth from its middle to its border."""
_FORK_ANGLE = 0.55
"""Each arm of a fork leaves the trunk's direction by 32 degrees; ducts part at acute angles."""


@dataclass(frozen=True, slots=True, eq=False)
class Particle:
    """
    The projection of one calcification.

    Attributes
    ----------
    thickness : ndarray of float64, shape (n, m)
        Calcified thickness in mm on square cells of ``cell_mm``; its middle is
        the area centroid of its half-maximum outline.
    cell_mm : float
    centre : tuple of float
        That centroid, in cells from the corner of the array (row, column).
    diameter_mm : float
        Of the circle with the area inside the half-maximum outline of this
        projection, holes filled.
    length_mm, width_mm : float
        Largest and smallest Feret diameter of that outline.
    """

    thickness: NDArray[np.float64]
    cell_mm: float
    centre: tuple[float, float]
    diameter_mm: float
    length_mm: float
    width_mm: float


def _rough(
    shape: tuple[int, ...], waves: int, turns: tuple[float, float], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Give a smooth random function over a box of edge 2, made of plane waves; standard deviation about 1."""
    axes = [np.linspace(-1.0, 1.0, n) for n in shape]
    total = np.zeros(shape)
    for _ in range(waves):
        direction = rng.normal(size=3)
        direction *= rng.uniform(*turns) * math.pi / np.linalg.norm(direction)
        phase = rng.uniform(0, 2 * math.pi)
        # exp(i(a + b + c)) factorises, so each wave costs one outer product.
        a, b, c = (np.exp(1j * k * axis) for k, axis in zip(direction, axes, strict=True))
        total += (np.exp(1j * phase) * a[:, None, None] * b[None, :, None] * c[None, None, :]).real
    return total * math.sqrt(2 / waves)


def _body(shape: Shape, aspect: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Grow one body in a box of voxels; values are the local share of mineral, 0 to 1."""
    across = max(_ACROSS, math.ceil(_ACROSS_WIDTH * aspect))
    n = across + 16
    edge = n / across
    z, y, x = np.meshgrid(*(np.linspace(-edge, edge, n),) * 3, indexing="ij")
    roughness = {Shape.ROUND: 0.06, Shape.ROD: 0.1, Shape.RIM: 0.06, Shape.DERMAL: 0.06}.get(shape, 0.22)
    coarse = _rough(x.shape, 10, (0.6, 1.5), rng)
    fine = _rough(x.shape, 12, (1.5, 3.5), rng)
    surface = roughness * (coarse + 0.5 * fine)
    narrow = 1.0 / aspect
    deep = narrow if aspect > 1.6 else rng.uniform(0.7, 1.0)
    body = (x**2 + (y / narrow) ** 2 + (z / deep) ** 2) ** 0.5
    if shape in {Shape.IRREGULAR, Shape.POPCORN}:
        lobes = rng.integers(4, 8) if shape is Shape.POPCORN else rng.integers(1, 4)
        for _ in range(int(lobes)):
            at = rng.normal(size=3)
            at *= rng.uniform(0.25, 0.5) / np.linalg.norm(at)
            size = rng.uniform(0.35, 0.6)
            body = np.minimum(body, np.sqrt((x - at[0]) ** 2 + (y - at[1]) ** 2 + (z - at[2]) ** 2) / size)
        body *= 1.25
    if shape in {Shape.ROD, Shape.CAST, Shape.PLAQUE}:
        straight = np.maximum(np.abs(x) - (1 - narrow), 0.0)
        body = np.sqrt(straight**2 + y**2 + z**2) / narrow
    if shape is Shape.FORK:
        body = _fork(x, y, z, narrow) / narrow
    inside = body + surface < 1.0
    # What is long or hollow stays in one piece only if its mineral is even.
    is_hollow = shape in {Shape.RIM, Shape.DERMAL}
    uneven = 0.06 if aspect > 1.6 or is_hollow else 0.25
    mineral = np.clip(0.8 + uneven * _rough(x.shape, 8, (1.0, 3.0), rng), 0.15, 1.0)
    if is_hollow:
        wall = rng.uniform(0.18, 0.32)
        mineral = np.where(body + surface > 1.0 - wall, mineral, 0.06)
    if shape is Shape.POPCORN:
        mineral = np.clip(0.55 + 0.45 * fine, 0.05, 1.0)
    if shape is Shape.CLOUD:  # dust that thins out, so that there is no edge
        mineral = mineral * np.exp(-_THINNING * body**2)
    return np.where(inside, mineral, 0.0)


def _fork(x: NDArray[np.float64], y: NDArray[np.float64], z: NDArray[np.float64], narrow: float) -> NDArray[np.float64]:
    """Give the distance to a duct that parts: a trunk along x, and two arms that leave its end."""
    nearest = np.full(x.shape, np.inf)
    for angle in (math.pi, _FORK_ANGLE, -_FORK_ANGLE):
        along = x * math.cos(angle) + y * math.sin(angle)
        across = y * math.cos(angle) - x * math.sin(angle)
        beyond = along - np.clip(along, 0.0, 1 - narrow)
        nearest = np.minimum(nearest, np.sqrt(beyond**2 + across**2 + z**2))
    return nearest


def half_maximum_mask(thickness: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Give the largest connected area at or above half the maximum, holes filled."""
    labels, count = ndimage.label(thickness >= 0.5 * thickness.max(), structure=np.ones((3, 3)))
    if count > 1:
        sizes = np.bincount(labels.ravel())[1:]
        labels = np.where(labels == 1 + int(sizes.argmax()), 1, 0)
    return np.asarray(ndimage.binary_fill_holes(labels > 0), dtype=np.bool_)


def grow(shape: Shape, diameter_mm: float, aspect: float, angle: float, rng: np.random.Generator) -> Particle:
    """
    Grow a calcification of a given diameter.

    Parameters
    ----------
    shape : Shape
    diameter_mm : float
        Diameter of the circle with the area inside the half-maximum outline
        of the unblurred, noiseless projection (holes filled). The body is
        scaled so that this is exact on its own cells.
    aspect : float
        Length over width before roughness, 1 or more.
    angle : float
        Direction of the long axis in radians; 0 lies along the columns' axis x.
    rng : Generator
    """
    projection = _body(shape, aspect, rng).sum(axis=0)
    turned = ndimage.rotate(projection, -math.degrees(angle), reshape=True, order=1)
    turned[turned < 1e-6 * turned.max()] = 0.0  # what the interpolation left
    area = float(half_maximum_mask(turned).sum())
    return replace(_particle(turned, diameter_mm / (2 * math.sqrt(area / math.pi))), diameter_mm=diameter_mm)


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """A calcification in three dimensions: its mineral on voxels (z, y, x), the long axis along x, an empty rim."""

    mineral: NDArray[np.float32]
    voxels_across: float
    """Diameter in voxels of the circle with the area inside the half-maximum outline of its projection along z."""


def grow_body(shape: Shape, aspect: float, rng: np.random.Generator) -> Body:
    """Grow a calcification that can be seen from any side; see `grow`."""
    mineral = _body(shape, aspect, rng)
    area = float(half_maximum_mask(mineral.sum(axis=0)).sum())
    (box,) = ndimage.find_objects((mineral > 0).astype(np.int8))
    return Body(np.pad(mineral[box], 1).astype(np.float32), 2 * math.sqrt(area / math.pi))


def project(body: Body, diameter_mm: float, axes: NDArray[np.float64]) -> Particle:
    """
    Project a body along a direction.

    Parameters
    ----------
    body : Body
    diameter_mm : float
        Of its projection along its own z; from another side it may be another.
    axes : ndarray of float64, shape (3, 3)
        The image's unit vectors, one in a row: down the rows, along the
        columns, and along the beam, in the body's (x, y, z).
    """
    down, inward, beam = axes
    # Arrays are indexed (z, y, x); the output's first axis is the beam.
    turn = np.stack([beam[::-1], down[::-1], inward[::-1]], axis=1)
    side = math.ceil(float(np.linalg.norm(body.mineral.shape)))
    start = (np.array(body.mineral.shape) - 1) / 2 - turn @ np.full(3, (side - 1) / 2)
    turned = ndimage.affine_transform(body.mineral, turn, start, (side,) * 3, order=1)
    seen = turned.sum(axis=0, dtype=np.float64)
    seen[seen < 1e-6 * seen.max()] = 0.0
    return _particle(seen, diameter_mm / body.voxels_across)


def _particle(turned: NDArray[np.float64], cell: float) -> Particle:
    """Measure a projection on cells of some mm, and cut it out."""
    mask = half_maximum_mask(turned)
    rows, columns = np.nonzero(mask)
    corners = np.stack([rows, columns], axis=1)[:, None, :] + np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    length, width = feret_diameters(corners.reshape(-1, 2).astype(np.float64))
    # Voxels count their depth in cells; the smallest box around what is calcified is enough.
    used_rows, used_columns = (np.flatnonzero(turned.any(axis=axis)) for axis in (1, 0))
    box = turned[used_rows[0] : used_rows[-1] + 1, used_columns[0] : used_columns[-1] + 1]
    centre = float(rows.mean() + 0.5 - used_rows[0]), float(columns.mean() + 0.5 - used_columns[0])
    diameter = 2 * math.sqrt(float(mask.sum()) / math.pi) * cell
    return Particle(box * cell, cell, centre, diameter, length * cell, width * cell)


def _overlap(cells: int, cell_mm: float, start_mm: float, pixel_mm: float) -> tuple[int, NDArray[np.float64]]:
    """First pixel, and the share of each pixel (rows) that each cell (columns) covers along one axis."""
    edges = start_mm + cell_mm * np.arange(cells + 1)
    first = math.floor(edges[0] / pixel_mm)
    last = math.floor(edges[-1] / pixel_mm)
    lower = pixel_mm * np.arange(first, last + 1)[:, None]
    shared = np.minimum(edges[1:][None, :], lower + pixel_mm) - np.maximum(edges[:-1][None, :], lower)
    return first, np.maximum(shared, 0.0) / pixel_mm


def rasterise(particle: Particle, y_mm: float, x_mm: float, pixel_mm: float) -> tuple[int, int, NDArray[np.float64]]:
    """
    Average a particle over the pixels that it covers, wherever between them it lies.

    Parameters
    ----------
    particle : Particle
    y_mm, x_mm : float
        Where its centre is, from the outer corner of the image.
    pixel_mm : float

    Returns
    -------
    row, column : int
        The first pixel; it may lie outside the image.
    thickness : ndarray of float64
        Mean calcified thickness in mm in each pixel. Its integral over the
        area is that of the particle, exactly.
    """
    rows, columns = particle.thickness.shape
    row, down = _overlap(rows, particle.cell_mm, y_mm - particle.centre[0] * particle.cell_mm, pixel_mm)
    column, across = _overlap(columns, particle.cell_mm, x_mm - particle.centre[1] * particle.cell_mm, pixel_mm)
    return row, column, down @ particle.thickness @ across.T
