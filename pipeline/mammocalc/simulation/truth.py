"""The truth of a simulated image: its records, and their form in JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mammocalc.simulation.ground_truth_morphology import kind_of, kind_of_cluster
from mammocalc.simulation.identity import sop_instance_uid
from mammocalc.simulation.placement_region import Role
from mammocalc.vocabulary.lexicon import Distribution

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mammocalc.model import Point
    from mammocalc.simulation.recipe import Scene
    from mammocalc.vocabulary.lexicon import CalcificationSize

_SCATTERED_MIN: Final = 3
"""Single specks; fewer have no word of their own."""
_BENIGN_MIN: Final = 2
SCHEMA_VERSION: Final = "1.0"
MACRO_WIDTH_MM: Final = 1.0
"""Planted particles at least this wide count as macro in the truth, by the definition of HPO:0040403 and BI-RADS'
*coarse*; the width itself is stored, so the split can be made again."""


@dataclass(frozen=True, slots=True)
class PlantedCalcification:
    """
    One planted calcification.

    ``diameter_mm`` is that of the circle with the area inside the half-maximum
    outline of its noiseless, unblurred projection (holes filled),
    ``length_mm`` and ``width_mm`` the Feret diameters of that outline, all in
    the breast. ``contrast`` is the largest line integral of its attenuation
    above tissue, and ``matched_filter_snr`` what `matched_filter_snr` says.
    ``cluster`` is the number of its cluster, or None. ``effective_snr`` is the
    ratio with texture as noise (`effective_snrs`), None where it is not known.
    """

    number: int
    row_px: float
    column_px: float
    diameter_mm: float
    length_mm: float
    width_mm: float
    size: CalcificationSize
    role: Role
    shape: str
    contrast: float
    matched_filter_snr: float
    cluster: int | None
    effective_snr: float | None = None


@dataclass(frozen=True, slots=True)
class PlantedCluster:
    """The members of one planted pattern, by number, and its BI-RADS descriptor."""

    number: int
    label: Distribution
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PlantedArtery:
    """
    A calcified artery: how its wall is calcified, the mean radius of the wall, its course, and its stretches.

    ``course_px`` has a point for each mm; a stretch is given by both of its ends.
    """

    style: str
    radius_mm: float
    course_px: tuple[Point, ...]
    stretches_px: tuple[tuple[Point, Point], ...]


@dataclass(frozen=True, slots=True)
class PlantedObject:
    """An object that is not a calcification: kind, centre, and radius of its enclosing circle."""

    kind: str
    row_px: float
    column_px: float
    radius_mm: float


@dataclass(frozen=True, slots=True)
class Truth:
    """
    The truth of a scene; positions are 0-based pixel coordinates of the stored image.

    Attributes
    ----------
    distribution : Distribution
        The word of the image; see `word_of`.
    calcifications : tuple of PlantedCalcification
    clusters : tuple of PlantedCluster
    nipple_px : Point
        Where the nipple's axis crosses the skin line.
    skin_line_px : tuple of Point
        The skin line from top to bottom, where it lies in the image.
    pectoral_px : tuple of Point
        The edge of the muscle, from the top of the image; empty where the
        view shows none.
    defects_px : tuple of Point
        Hot and dead pixels; on film dust.
    knots_px : tuple of Point
        Crossings of several fibres.
    arteries : tuple of PlantedArtery
        Vessels with plaques.
    objects : tuple of PlantedObject
        Clips, markers, labels and the like.
    scratches_px : tuple of (Point, Point)
        Both ends of each scratch of a film.
    """

    distribution: Distribution
    calcifications: tuple[PlantedCalcification, ...]
    clusters: tuple[PlantedCluster, ...]
    nipple_px: Point
    skin_line_px: tuple[Point, ...]
    pectoral_px: tuple[Point, ...]
    defects_px: tuple[Point, ...]
    knots_px: tuple[Point, ...]
    arteries: tuple[PlantedArtery, ...] = ()
    objects: tuple[PlantedObject, ...] = ()
    scratches_px: tuple[tuple[Point, Point], ...] = ()


def word_of(scene: Scene, planted: Sequence[PlantedCalcification]) -> Distribution:
    """
    Give the word of an image by what was planted.

    Returns
    -------
    Distribution
        The descriptor of the pattern of the scene's kind, or of a second
        group. Without a pattern `scattered` where three or more single specks
        are planted; else `typically_benign` where two or more coarse ones
        are, `vascular` where plaques are, and `none`.
    """
    if any(one.cluster is not None for one in planted):
        is_own = any(one.cluster == 0 for one in planted)
        return Distribution(scene.kind.value) if is_own else Distribution.GROUPED
    return word_without_pattern(planted)


def word_without_pattern(planted: Sequence[PlantedCalcification]) -> Distribution:
    """Give the word of an image that shows no pattern: scattered, typically benign, vascular or none."""
    roles = Counter(one.role for one in planted)
    if roles[Role.MICRO] >= _SCATTERED_MIN:
        return Distribution.SCATTERED
    if roles[Role.MACRO] >= _BENIGN_MIN:
        return Distribution.TYPICALLY_BENIGN
    return Distribution.VASCULAR if roles[Role.ARTERIAL] else Distribution.NONE


def corners(points: Iterable[Point]) -> list[list[float]]:
    """Give points (row, column) as they are written to JSON."""
    return [[round(row, 2), round(column, 2)] for row, column in points]


def point_record(point: PlantedCalcification) -> dict[str, Any]:
    """Give what is known about a calcification, planted or inserted, as it is written to JSON."""
    return {
        "id": point.number,
        "row": round(point.row_px, 2),
        "column": round(point.column_px, 2),
        "diameter_mm": round(point.diameter_mm, 3),
        "length_mm": round(point.length_mm, 3),
        "width_mm": round(point.width_mm, 3),
        "size": point.size.value,
        "kind": point.role.value,
        "shape": point.shape,
        "morphology": kind_of(point).value,
        "cluster": point.cluster,
        "contrast": round(point.contrast, 4),
        "matched_filter_snr": round(point.matched_filter_snr, 2),
        "effective_snr": None if point.effective_snr is None else round(point.effective_snr, 2),
    }


def truth_record(truth: Truth, scene: Scene) -> dict[str, Any]:
    """
    Give what is known about a rendered scene, as it is written to JSON.

    Returns
    -------
    dict
        ``points``, ``clusters``, the image's ``distribution``, the landmarks
        and the scene itself; docs/simulator.md defines each key. Positions
        are 0-based (row, column) of the stored image, lengths mm in the breast.
    """
    rows, columns = scene.shape
    return {
        "schema_version": SCHEMA_VERSION,
        "sop_instance_uid": str(sop_instance_uid(scene)),
        "file": f"{scene.name}.dcm",
        "rows": rows,
        "columns": columns,
        "pixel_spacing_mm": [scene.pixel_spacing_mm, scene.pixel_spacing_mm],
        "laterality": scene.laterality.value,
        "view": scene.view.value,
        "has_calcifications": bool(truth.calcifications),
        "distribution": truth.distribution.value,
        "points": [point_record(point) for point in truth.calcifications],
        "clusters": [
            {
                "id": cluster.number,
                "label": cluster.label.value,
                "morphology": kind_of_cluster([p for p in truth.calcifications if p.cluster == cluster.number]).value,
                "members": list(cluster.members),
            }
            for cluster in truth.clusters
        ],
        "nipple": {"row": round(truth.nipple_px[0], 2), "column": round(truth.nipple_px[1], 2)},
        "pectoral": corners(truth.pectoral_px),
        "skin_line": corners(truth.skin_line_px),
        "defects": corners(truth.defects_px),
        "knots": corners(truth.knots_px),
        **({"arteries": [artery_record(one) for one in truth.arteries]} if truth.arteries else {}),
        **({"objects": [_object_record(thing) for thing in truth.objects]} if truth.objects else {}),
        **({"scratches": [corners(ends) for ends in truth.scratches_px]} if scene.used_film else {}),
        "scene": scene.model_dump(mode="json"),
    }


def artery_record(artery: PlantedArtery) -> dict[str, Any]:
    """Give what is known about an artery, as it is written to JSON."""
    return {
        "style": artery.style,
        "radius_mm": round(artery.radius_mm, 2),
        "course": corners(artery.course_px),
        "stretches": [corners(ends) for ends in artery.stretches_px],
    }


def _object_record(thing: PlantedObject) -> dict[str, Any]:
    return {
        "kind": thing.kind,
        "row": round(thing.row_px, 2),
        "column": round(thing.column_px, 2),
        "radius_mm": round(thing.radius_mm, 2),
    }
