"""Projection of places in a breast to its image: rotation, compression, displacement and detector."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.ndimage import gaussian_filter1d

from mammocalc.simulation.grids import smoothstep
from mammocalc.simulation.patient.positioning import half_thickness_mm
from mammocalc.vocabulary.lexicon import View

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.simulation.patient.breast import Breast
    from mammocalc.simulation.patient.positioning import Positioning

_BULGE: Final = 0.35
"""The middle of a compressed breast is squeezed out by this much more than what touches the plates."""
_MLO_WALL_MM: Final = 20.0
"""Distance of the muscle's edge from the image's border at the middle of the breast, had no tissue been lost there:
with the usual loss the muscle reaches down to the height of the nipple, as it should."""
_SKIN_PLACES: Final = 400
_BEYOND_MM: Final = 40.0
"""The skin line goes on behind the chest wall, which lies within the image where no tissue was lost."""
_ROUNDING_MM: Final = 6.0
_NIPPLE_REACH_MM: Final = 20.0
_AT_SKIN: Final = 0.6
_AT_WALL: Final = 0.4
_HELD_MM: Final = 30.0
"""Tissue at the skin and at the chest wall moves by these shares of what it does in between; around the nipple the skin
moves with it."""
_FOLD_MM: Final = 12.0
"""Room below the breast."""
_LAYER_ROUNDS: Final = 8
"""How far a layer is squeezed out depends on its height, and that on the place: so many times are enough."""
_NIPPLE_MM: Final = 8.0
"""Room before the nipple's place; the breast is laid farther back where it would not fit."""


class Projection:
    """
    From places in a breast to places in its image.

    Image places are (row, column) in mm from the upper corner at the chest
    wall, with the chest wall on the left for both sides.

    Notes
    -----
    The breast is turned, pressed to the thickness with its volume kept, and
    added up along the beam, which is parallel. In MLO views its axis points
    down by the angle of the muscle's edge, behind which it ends.
    """

    def __init__(self, breast: Breast, positioning: Positioning) -> None:
        self.breast = breast
        self.positioning = positioning
        self._half_mm = half_thickness_mm(breast, positioning.angle_degrees)
        self._is_oblique = positioning.view is View.MLO
        self._tilt = math.radians(breast.muscle_degrees) if self._is_oblique else 0.0
        self._corner_mm = np.zeros(2)
        self._corner_mm = self._laid_out()

    def places(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """
        Give the places in the image.

        Parameters
        ----------
        points_mm : ndarray of float64, shape (n, 3)
            (x, y, z) in the breast.

        Returns
        -------
        ndarray of float64, shape (n, 2)
            (row, column) in mm; they may lie outside the image.
        """
        how = self.positioning
        x, y, z = points_mm.T
        roll = math.radians(how.roll_degrees) * np.clip(y / self.breast.depth_mm, 0.0, 1.0)
        x, z = x * np.cos(roll) - z * np.sin(roll), x * np.sin(roll) + z * np.cos(roll)
        angle = math.radians(how.angle_degrees)
        # MLO compresses from above and medial to below and lateral, so that the axilla lies at the top of the image.
        across, along = z * math.cos(angle) - x * math.sin(angle), x * math.cos(angle) + z * math.sin(angle)
        return self._pressed(points_mm, across, along, y)

    def skin_places(self) -> NDArray[np.float64]:
        """Give the skin line from top to bottom, (row, column) in mm; it begins and ends outside the image."""
        angle, depth = math.radians(self.positioning.angle_degrees), self.breast.depth_mm
        wide = math.hypot(self.breast.lateral_mm * math.cos(angle), self.breast.up_mm * math.sin(angle))
        turn = np.linspace(-math.pi / 2, math.pi / 2, _SKIN_PLACES)
        along, forward = -wide * np.sin(turn), depth * np.cos(turn)
        if self._is_oblique:
            along = np.concatenate([np.linspace(2.2 * wide, wide, _SKIN_PLACES // 2, endpoint=False), along])
            forward = np.concatenate([np.zeros(_SKIN_PLACES // 2), forward])
            share = np.clip(along / wide, 0.0, 1.0)
            tail = self.breast.tail * depth * share**2 * (3 - 2 * share)
            forward = np.cbrt(forward**3 + tail**3)
        above = forward[0] if self._is_oblique else forward[0] - _BEYOND_MM
        along = np.concatenate([along[:1] + 0.05 * wide, along, along[-1:] - 0.05 * wide])
        forward = np.concatenate([[above], forward, [-_BEYOND_MM]])
        return _rounded(self._pressed(self._within(along, forward), np.zeros(len(along)), along, forward))

    def muscle_places(self) -> NDArray[np.float64]:
        """Give the edge of the pectoral muscle from the top down, (row, column) in mm; shape (0, 2) in CC views."""
        if not self._is_oblique:
            return np.zeros((0, 2))
        along = np.linspace(2.0, -1.2, 80) * self.breast.lateral_mm
        still = np.zeros(len(along))
        return self._pressed(self._within(along, still), still, along, still)

    def layer_points(self, places_mm: NDArray[np.float64], height: float = 0.0) -> NDArray[np.float64]:
        """
        Give the points of a layer of the breast that lie at some places, had nothing swung, rolled or moved.

        Parameters
        ----------
        places_mm : ndarray of float64, shape (n, 2)
            (row, column) in mm.
        height : float
            Which layer, -1 to 1: a share of half the thickness of the breast's middle; 0 is its middle plane. Layers
            draw near each other towards the skin line.

        Returns
        -------
        ndarray of float64, shape (n, 3)
            (x, y, z); of `usual_positioning` exactly those that `places` takes there.
        """
        row, column = (places_mm - self._corner_mm).T
        sine, cosine = math.sin(self._tilt), math.cos(self._tilt)
        across = np.zeros(len(places_mm))
        angle, depth = math.radians(self.positioning.angle_degrees), self.breast.depth_mm
        wide = math.hypot(self.breast.lateral_mm * math.cos(angle), self.breast.up_mm * math.sin(angle))
        for _ in range(_LAYER_ROUNDS if height else 1):
            spread = self._stretch() * (1 + _BULGE * (1 / 3 - np.clip(across / self._half_mm, -1.0, 1.0) ** 2))
            forward = (row * sine + column * cosine) / (1 + spread)
            along = (column * sine - row * cosine) / (1 + spread * np.clip(forward / depth, 0.0, 1.2))
            from_middle = (along / wide) ** 2 + (forward / depth) ** 2
            points = self._within(along, forward)
            points[:, 0] -= math.sin(angle) * across
            points[:, 2] += math.cos(angle) * across
            across = height * self._half_mm * np.exp(-from_middle)
        return points

    def nipple_place(self) -> NDArray[np.float64]:
        """Give the place (row, column) in mm of the nipple."""
        return np.asarray(self.places(np.array([[0.0, self.breast.depth_mm, 0.0]]))[0])

    def beam(self) -> NDArray[np.float64]:
        """
        Give the axes of the image in the breast: unit vectors down the rows, along the columns, and along the beam.

        Returns
        -------
        ndarray of float64, shape (3, 3)
            A row for each, in (x, y, z); of a body at the nipple's height, so with the roll of half the depth.
        """
        turn = math.radians(self.positioning.angle_degrees + 0.5 * self.positioning.roll_degrees)
        along = np.array([math.cos(turn), 0.0, math.sin(turn)])
        across = np.array([-math.sin(turn), 0.0, math.cos(turn)])
        forward = np.array([0.0, 1.0, 0.0])
        down = math.sin(self._tilt) * forward - math.cos(self._tilt) * along
        inward = math.cos(self._tilt) * forward + math.sin(self._tilt) * along
        return np.stack([down, inward, across])

    def _within(self, along: NDArray[np.float64], forward: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give points of the middle plane as (x, y, z)."""
        angle = math.radians(self.positioning.angle_degrees)
        return np.stack([along * math.cos(angle), forward, along * math.sin(angle)], axis=1)

    def _pressed(
        self,
        points_mm: NDArray[np.float64],
        across: NDArray[np.float64],
        along: NDArray[np.float64],
        forward: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Swing, compress and displace what was turned, and lay it into the image."""
        how, depth = self.positioning, self.breast.depth_mm
        bulge = 1 + _BULGE * (1 / 3 - np.clip(across / self._half_mm, -1.0, 1.0) ** 2)
        stretch = self._stretch()
        angle = math.radians(how.angle_degrees)
        aside = math.tan(math.radians(how.lateral_degrees)) * math.cos(angle)
        swing = aside + math.tan(math.radians(how.up_degrees)) * math.sin(angle)
        widening = 1 + stretch * np.clip(forward / depth, 0.0, 1.2) * bulge
        moved = sum((field.at(points_mm) for field in how.displacements), np.zeros((len(points_mm), 2)))
        moved *= self._freedom(points_mm)[:, None]
        along_mm = (along + swing * forward + moved[:, 0]) * widening
        return self._laid(along_mm, (forward + moved[:, 1]) * (1 + stretch * bulge))

    def _stretch(self) -> float:
        """Give by how much compression widens the breast, as a share."""
        return math.sqrt(2 * self._half_mm / self.positioning.thickness_mm) - 1

    def _freedom(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Tell how freely tissue moves: less at the skin, which the plates hold, and at the chest wall."""
        from_middle = ((points_mm / self.breast.half_axes_mm) ** 2).sum(axis=1)
        below_skin, off_wall = smoothstep(1 - from_middle, 0.0, 0.6), smoothstep(points_mm[:, 1], 0.0, _HELD_MM)
        from_nipple = np.linalg.norm(points_mm - (0.0, self.breast.depth_mm, 0.0), axis=1)
        at_skin = _AT_SKIN + (1 - _AT_SKIN) * np.maximum(below_skin, np.exp(-((from_nipple / _NIPPLE_REACH_MM) ** 2)))
        return np.asarray(at_skin * (_AT_WALL + (1 - _AT_WALL) * off_wall))

    def _laid(self, along_mm: NDArray[np.float64], forward_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        sine, cosine = math.sin(self._tilt), math.cos(self._tilt)
        row, column = forward_mm * sine - along_mm * cosine, forward_mm * cosine + along_mm * sine
        return np.stack([row, column], axis=1) + self._corner_mm

    def _laid_out(self) -> NDArray[np.float64]:
        """Choose where the breast lies on the detector: in its middle in CC, with the fold below in MLO."""
        height, width = field_mm(self.breast)
        line = self.skin_places()
        column = (_MLO_WALL_MM if self._is_oblique else 0.0) - self.positioning.lost_mm
        column = min(column, width - _NIPPLE_MM - float(line[:, 1].max()))
        rows = line[line[:, 1] + column > 0, 0]
        lowest, highest = float(rows.max()), float(rows.min())
        row = height - _FOLD_MM - lowest if self._is_oblique else (height - lowest - highest) / 2
        return np.array([row + self.positioning.shift_mm, column])


def _rounded(line_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round the corners of a line, as skin does, and give it every millimetre."""
    way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line_mm, axis=0).T))])
    even = np.arange(0.0, way[-1])
    return np.stack(
        [gaussian_filter1d(np.interp(even, way, one), _ROUNDING_MM, mode="nearest") for one in line_mm.T], axis=1
    )


def _mlo_fold_mm(breast: Breast) -> float:
    """Give how far below its middle a usually compressed breast reaches in MLO views."""
    wide = math.hypot(breast.lateral_mm, breast.up_mm) / math.sqrt(2)
    stretch = breast.squeeze**-0.5 - 1
    turn = np.linspace(0.0, math.pi / 2, 91)
    tilt, middle = math.radians(breast.muscle_degrees), 1 + _BULGE / 3
    forward = breast.depth_mm * np.cos(turn) * (1 + stretch * middle)
    along = -wide * np.sin(turn) * (1 + stretch * np.cos(turn) * middle)
    return float((forward * math.sin(tilt) - along * math.cos(tilt)).max())


def field_mm(breast: Breast) -> tuple[float, float]:
    """Give height and width in mm of an image that holds the breast however it lies, in steps of 5 mm."""
    stretch, middle = breast.squeeze**-0.5 - 1, 1 + _BULGE / 3
    width = 0.95 * breast.depth_mm * (1 + stretch * middle) + _MLO_WALL_MM + _NIPPLE_MM
    height = 2 * breast.lateral_mm * 1.1 + 2 * _FOLD_MM
    height = max(height, _mlo_fold_mm(breast) + 1.15 * breast.lateral_mm + 2 * _FOLD_MM)
    return 5.0 * math.ceil(height / 5), 5.0 * math.ceil(width / 5)
