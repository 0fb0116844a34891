"""
What DICOM objects are worth: python tests/benchmarks/dicom_results.py RUN IMAGES.

A finished run is exported, and what other programs make of the objects is
compared with its results: how far points read back from the reports and the
presentation states lie from the results, and from the middle of the particle's
brightness in the pixels; how large the masks of segmentations are; how long
the export of a study takes (CPU seconds of a process of its own, imports
included); what validators find; and which of 33 planted faults they find
beside our checker of templates. The goals: 0.01 pixel, 0.15 pixel, 3 seconds
for a study of four views, no error, all faults.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pydicom

from mammocalc.api.configuration import resolve
from mammocalc.dicom import read_mammogram
from mammocalc.dicom.writer import KINDS
from mammocalc.execution.process import dicom_settings
from mammocalc.results.from_json import read_result
from mammocalc.results.layout import result_files
from mammocalc.vocabulary.geometry import fill_polygon

sys.path.insert(0, str(Path(__file__).parents[1] / "templates"))

from object_points import Points, points_of
from planted_faults import FAULTS
from template_checker import check_report

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

    from mammocalc.model import Calcification, Report, StoredPixels

ROOM_PX = 2
"""Around the outline of a particle, from which its brightness is taken."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("images", type=Path)
    parser.add_argument("--kinds", default=",".join(KINDS))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        out = Path(name)
        seconds = export(arguments.run, arguments.images, out, arguments.kinds)
        objects = sorted(out.glob("*/*/*.dcm"))
        studies = len({path.parents[1] for path in objects})
        print(f"{len(objects)} objects of {studies} studies, {seconds:.2f} s of CPU, {seconds / studies:.2f} s a study")
        for kind, count in sorted(Counter(path.parent.name for path in objects).items()):
            size = sum(path.stat().st_size for path in objects if path.parent.name == kind)
            print(f"  {kind:9} {count:4} objects, {size / count / 1000:8.0f} kB each")
        headers = read_headers(arguments.images)
        compare_points(arguments.run, headers, objects)
        validate(objects, headers, arguments.images)
        reports = [path for path in objects if path.parent.name == "cad-sr"]
        plant(reports, headers)


def export(run: Path, images: Path, out: Path, kinds: str) -> float:
    """Export in a process of its own, and give its CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "mammocalc", "export", str(run), "--images", str(images), "--out", str(out)]
    done = subprocess.run([*command, "--to", kinds], check=False, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(done.stdout.strip(), done.stderr.strip(), sep="\n")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def read_headers(images: Path) -> dict[str, Dataset]:
    headers: dict[str, Dataset] = {}
    for path in images.rglob("*.dcm"):
        header = pydicom.dcmread(path, stop_before_pixels=True, force=True)
        if "SOPInstanceUID" in header:
            headers[str(header.SOPInstanceUID)] = header
    return headers


def compare_points(run: Path, headers: Mapping[str, Dataset], objects: Sequence[Path]) -> None:
    """Hold points that were read back against results, and against the pixels."""
    reports = {path.stem: read_result(run / path).report for path in result_files(run)}
    centres = {uid: dict(centres_in(Path(str(headers[uid].filename)), report)) for uid, report in reports.items()}
    for kind in ("cad-sr", "gsps", "sr-1500"):
        points: Points = defaultdict(dict)
        for path in objects:
            if path.parent.name == kind:
                for uid, found in points_of(pydicom.dcmread(path)).items():
                    points[uid].update(found)
        pairs = [
            (points[uid][item.number], place_in(item, kind)) for uid, r in reports.items() for item in r.calcifications
        ]
        if not points or not pairs:
            continue
        off = np.abs(np.subtract(*np.array(pairs).transpose(1, 0, 2)))
        print(f"{kind:9} {len(pairs)} points read back, at most {off.max():.5f} px from the result")
        if kind != "sr-1500":  # which has outlines alone
            away = np.array(
                [
                    np.subtract(points[uid][number], centre)
                    for uid, found in centres.items()
                    for number, centre in found.items()
                ]
            )
            row, column = np.median(away, axis=0)
            print(
                f"{kind:9} from the middle of the particle's brightness: median distance "
                f"{np.median(np.hypot(*away.T)):.3f} px, median shift {row:+.3f} rows and {column:+.3f} columns"
            )
    compare_masks(objects, list(reports.items()))


def place_in(item: Calcification, kind: str) -> tuple[float, float]:
    """Give the place of a calcification that an object holds: its middle, or the mean of its outline's corners."""
    corners = item.outline_px
    if kind != "sr-1500" or len(set(corners)) < 3:
        return item.row_px, item.column_px
    rows, columns = zip(*(corners[:-1] if corners[0] == corners[-1] else corners), strict=True)
    return float(np.mean(rows)), float(np.mean(columns))


def centres_in(path: Path, report: Report) -> Iterator[tuple[int, tuple[float, float]]]:
    """Give the middle of each particle's brightness."""
    if report.calcifications:
        settings = dicom_settings(resolve("default", {}).config)
        yield from brightness_centres(read_mammogram(path, settings).pixels, report)


def compare_masks(objects: Sequence[Path], reports: Sequence[tuple[str, Report]]) -> None:
    """Hold the areas of masks against those of the results."""
    wanted = {uid: sum(item.area_mm2 or 0 for item in report.calcifications) for uid, report in reports}
    for kind in ("seg", "labelmap"):
        found: dict[str, float] = {}
        for path in objects:
            if path.parent.name == kind:
                dataset = pydicom.dcmread(path)
                [uid] = {str(item.ReferencedSOPInstanceUID) for item in referenced(dataset)}
                found[uid] = float((dataset.pixel_array > 0).sum())
        pairs = [
            (found[uid] * report.spacing.row_mm * report.spacing.column_mm, wanted[uid])
            for uid, report in reports
            if uid in found and report.spacing is not None and wanted[uid]
        ]
        if pairs:
            masks, results = map(sum, zip(*pairs, strict=True))
            print(f"{kind:9} area of the masks {masks:.2f} mm2, of the results {results:.2f} mm2")


def referenced(dataset: Dataset) -> Iterator[Dataset]:
    for series in dataset.ReferencedSeriesSequence:
        yield from series.ReferencedInstanceSequence


def brightness_centres(pixels: StoredPixels, report: Report) -> Iterator[tuple[int, tuple[float, float]]]:
    """Give the middle of each particle's brightness: of its pixels, weighted with their height above its rim."""
    density = pixels.densities[pixels.codes]
    for item in report.calcifications:
        corners = np.array(item.outline_px or [(item.row_px, item.column_px)])
        first = np.maximum(np.floor(corners.min(axis=0)).astype(int) - ROOM_PX, 0)
        last = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + ROOM_PX + 1, density.shape)
        patch: NDArray[np.float64] = density[first[0] : last[0], first[1] : last[1]]
        is_inside = fill_polygon(corners - first, patch.shape) > 0
        weight = np.where(is_inside, np.maximum(patch - np.median(patch[~is_inside]), 0), 0)
        if weight.sum() > 0:
            rows, columns = np.mgrid[first[0] : last[0], first[1] : last[1]]
            total = weight.sum()
            yield item.number, (float((rows * weight).sum() / total), float((columns * weight).sum() / total))


def validate(objects: Sequence[Path], headers: Mapping[str, Dataset], images: Path) -> None:
    """Say what other people's validators, and our checker of templates, find."""
    for tool, kinds in (("dciodvfy", None), ("dsrdump", {"cad-sr", "sr-1500"}), ("dcmpschk", {"gsps"})):
        if shutil.which(tool) is None:
            print(f"{tool} is not installed")
            continue
        asked = [
            path for path in objects if path.parent.name != "labelmap" and (not kinds or path.parent.name in kinds)
        ]
        failed = Counter(path.parent.name for path in asked if finds(tool, path))
        print(f"{tool:9} {len(asked)} objects, with errors: {dict(failed) or 0}")
    if shutil.which("dcentvfy"):
        compared = [str(path) for path in (*sorted(images.rglob("*.dcm")), *objects) if path.parent.name != "labelmap"]
        said = subprocess.run(["dcentvfy", *compared], check=False, capture_output=True, encoding="latin-1")
        lines = [line for line in said.stderr.splitlines() if "Different information entities" not in line]
        print(f"dcentvfy  {sum('Patient' in line or 'Study' in line for line in lines)} lines on patient and study")
    checked = [check_report(pydicom.dcmread(path), headers) for path in objects if path.parent.name == "cad-sr"]
    print(f"templates {len(checked)} reports, {sum(len(one.problems) for one in checked)} problems")
    for problem, count in Counter(problem.split(": ", 1)[1] for one in checked for problem in one.problems).items():
        print(f"    {count} x {problem}")


def finds(tool: str, path: Path) -> bool:
    """Whether a validator finds fault with an object."""
    command = [tool, "-new", str(path)] if tool == "dciodvfy" else [tool, str(path)]
    done = subprocess.run(command, check=False, capture_output=True, encoding="latin-1")
    said = done.stdout + done.stderr
    if tool == "dciodvfy":
        return any(line.startswith("Error") for line in said.splitlines())
    if tool == "dcmpschk":
        return "Test passed." not in said
    words = [line for line in done.stderr.splitlines() if "template constraints not yet supported" not in line]
    return done.returncode != 0 or bool(words)


def plant(reports: Sequence[Path], headers: Mapping[str, Dataset]) -> None:
    """Plant each fault in a report with a cluster, and say who finds it."""
    for path in reports:
        right = pydicom.dcmread(path)
        try:
            for change in FAULTS.values():
                change(deepcopy(right))
        except (StopIteration, IndexError):  # no cluster in it, or one without a word
            continue
        break
    else:
        print("no report holds a cluster with a word, so no fault was planted")
        return
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        for number, change in enumerate(FAULTS.values()):
            report = deepcopy(right)
            change(report)
            target = Path(name) / f"{number}.dcm"
            report.save_as(target)
            found["template checker"] += bool(check_report(report, headers).problems)
            found["dsrdump"] += shutil.which("dsrdump") is not None and finds("dsrdump", target)
            found["dciodvfy"] += shutil.which("dciodvfy") is not None and finds("dciodvfy", target)
    print(f"of {len(FAULTS)} planted faults:", ", ".join(f"{who} {count}" for who, count in found.items()))


if __name__ == "__main__":
    main()
