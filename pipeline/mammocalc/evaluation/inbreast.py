"""INbreast's own drawings: a property list in XML for each image."""

from __future__ import annotations

import plistlib
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final
from xml.parsers.expat import ExpatError

import numpy as np

from mammocalc.evaluation.truth import TrueCluster, TrueImage, TruePoint, TruthError, TruthSet
from mammocalc.evaluation.truth_record import MOST
from mammocalc.vocabulary.geometry import convex_hull, polygon_area

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

INBREAST: Final = "inbreast"
_POINT: Final = re.compile(r"\(\s*([-+.\deE]+)\s*,\s*([-+.\deE]+)")


def read_inbreast(paths: Sequence[Path], uid_of_file: Mapping[str, str]) -> TruthSet:
    """
    Read the regions of interest that OsiriX wrote for INbreast.

    Drawings called *Calcification* become calcifications: of one point with a
    place alone, of three and more with the centre and the area of the outline.
    Those called *Cluster* become clusters with the calcifications inside.
    All others (masses, asymmetries, distortions) are counted and left out.

    Parameters
    ----------
    paths : sequence of Path
        Named after the image: ``<image id>.xml`` or ``<image id>_*.xml``.
    uid_of_file : mapping of str to str
        UIDs by file name. A drawing belongs to the file whose name holds its
        image id as a word, or to the image whose UID is its name.

    Raises
    ------
    TruthError
        If a file is not such a list, or no drawing can be matched to an image.

    Notes
    -----
    ``Point_px`` holds "(x, y)"; it is taken as the 0-based position of a
    pixel's centre. Moreira et al., INbreast, Acad Radiol 19:236 (2012).
    """
    uid_of_word: dict[str, set[str]] = {}
    for name, uid in uid_of_file.items():
        for word in re.findall(r"[0-9A-Za-z]+", name.rsplit(".", 1)[0]):
            uid_of_word.setdefault(word, set()).add(uid)
    known = set(uid_of_file.values())
    images: dict[str, TrueImage] = {}
    left_out: Counter[str] = Counter()
    homeless = 0
    for path in paths:
        uids = {path.stem} if path.stem in known else uid_of_word.get(path.stem.split("_")[0], set())
        drawings = _drawings(path)
        if len(uids) != 1:
            homeless += 1
            continue
        uid = next(iter(uids))
        images[uid] = _image(uid, drawings, left_out)
    if not images:
        message = (
            f"none of the {len(paths)} INbreast drawings belongs to an image of the run. They are matched by image id "
            "with the file names in files.jsonl; where these are hidden because they hold a patient's identifier, put "
            "a CSV with the columns file and sop_instance_uid beside the XML files."
        )
        raise TruthError(message)
    notes = []
    if homeless:
        notes.append(f"{homeless} of {len(paths)} drawings belong to no image of the run.")
    if left_out:
        notes.append("left out: " + ", ".join(f"{count} {name}" for name, count in sorted(left_out.items())) + ".")
    return TruthSet(INBREAST, images, tuple(notes))


def _drawings(path: Path) -> list[tuple[str, NDArray[np.float64]]]:
    """List names and (row, column) corners of what was drawn."""
    try:
        document = plistlib.loads(path.read_bytes())
        regions: list[dict[str, Any]] = [roi for image in document["Images"] for roi in image["ROIs"]]
        found = []
        for region in regions:
            corners = [_POINT.search(text) for text in region["Point_px"]]
            points = [(float(match[2]), float(match[1])) for match in corners if match]
            if any(abs(px) > MOST for point in points for px in point):
                raise ValueError  # noqa: TRY301 - as what is no number
            found.append((str(region.get("Name", "")).strip(), np.array(points, float).reshape(-1, 2)))
    except (OSError, ValueError, KeyError, TypeError, ExpatError) as error:
        message = f"{path} is not a list of drawings as INbreast has them ({type(error).__name__})."
        raise TruthError(message) from None
    return found


def _image(uid: str, drawings: Sequence[tuple[str, NDArray[np.float64]]], left_out: Counter[str]) -> TrueImage:
    points: list[TruePoint] = []
    outlines: list[NDArray[np.float64]] = []
    for name, corners in drawings:
        word = name.lower()
        if len(corners) and word.startswith("calcification"):
            points.append(_point(corners))
        elif len(corners) and word.startswith("cluster"):
            outlines.append(corners)
        else:
            left_out[name or "without a name"] += 1
    clusters = []
    for corners in outlines:
        members = tuple(i for i, point in enumerate(points) if _is_inside(point, corners))
        hull = tuple((float(row), float(column)) for row, column in convex_hull(corners))
        clusters.append(TrueCluster(members, hull))
    return TrueImage(
        uid,
        has_calcifications=bool(points or clusters),
        points=tuple(points),
        clusters=tuple(clusters),
    )


def _point(corners: NDArray[np.float64]) -> TruePoint:
    row, column = corners.mean(axis=0)
    diameter_px = float(2 * np.sqrt(polygon_area(corners) / np.pi))  # of the circle of equal area
    return TruePoint(float(row), float(column), diameter_px=diameter_px or None)


def _is_inside(point: TruePoint, corners: NDArray[np.float64]) -> bool:
    """Tell whether a closed outline holds a point, by counting crossings to its right."""
    row, column = corners.T
    next_row, next_column = np.roll(row, -1), np.roll(column, -1)
    crosses = (row > point.row_px) != (next_row > point.row_px)
    share = (point.row_px - row[crosses]) / (next_row - row)[crosses]
    at = column[crosses] + share * (next_column - column)[crosses]
    return bool((at > point.column_px).sum() % 2)
