"""Tables of a run: images, calcifications and clusters."""

from __future__ import annotations

import csv
from dataclasses import asdict
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from mammocalc.results.columns import CALCIFICATION_COLUMNS, RESULT_TABLES
from mammocalc.results.from_json import read_result
from mammocalc.results.layout import result_files, table_path
from mammocalc.results.open_tables import open_tables
from mammocalc.results.rounding import MILLIMETRE_DECIMALS
from mammocalc.vocabulary.lexicon import DESCRIPTORS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mammocalc.model import DistributionCall, MorphologyCall
    from mammocalc.results.columns import Row
    from mammocalc.results.result import Result

NO_PATHS: Final[Mapping[str, str]] = MappingProxyType({})


def read_image_rows(run_folder: Path) -> Iterator[dict[str, str]]:
    """Read the table of images that `write_tables` has written, row by row; KeyError where it is another table."""
    with (run_folder / table_path("images")).open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if "result" not in (rows.fieldnames or ()):  # without rows nobody else would see that it is another table
            raise KeyError("result")
        yield from rows


def key_of_row(row: Mapping[str, str]) -> str:
    """Give the key of the image of a row of the table of images (`mammocalc.vocabulary.image_key`)."""
    return PurePosixPath(row["result"]).stem


def read_finding_rows(run_folder: Path) -> Iterator[dict[str, str]]:
    """Read the table of findings as `read_image_rows` does; nothing where a run has none yet."""
    table = run_folder / table_path("findings")
    if table.exists():
        with table.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def write_tables(run_folder: Path, paths: Mapping[str, str] = NO_PATHS, *, parquet: bool = False) -> None:
    """
    Write the tables of a finished run: images, calcifications and clusters.

    One row per image, calcification and cluster, in the order of
    `result_files`, so that equal results give equal bytes. One result is held
    in memory at a time. Units stand in the names of the columns; what is null
    in a result is an empty cell, in Parquet a null.

    Parameters
    ----------
    run_folder : Path
        The folder of the run; its ``results`` are read and ``tables`` written.
    paths : mapping of str to str
        Of the analysed files, as they may be shown, by the keys of their images.
    parquet : bool
        Write each table as Parquet as well, beside its CSV.

    Raises
    ------
    OSError
        If a table cannot be written.
    ResultError
        If a result is not what a run writes.
    """
    with open_tables(run_folder, RESULT_TABLES, parquet=parquet) as tables:
        for path in result_files(run_folder):
            result = read_result(run_folder / path, leave_out=("outline", "memberships"))
            rows = {
                "images": [_image_row(result, path, paths)],
                "calcifications": _calcification_rows(result),
                "clusters": _cluster_rows(result),
            }
            for name, found in rows.items():
                for row in found:
                    tables[name].add(row)


def _image_row(result: Result, path: Path, paths: Mapping[str, str]) -> Row:
    report, identity, breast = result.report, result.report.identity, result.report.breast
    copied = (
        "sop_instance_uid",
        "series_instance_uid",
        "study_instance_uid",
        "patient_key",
        "study_day",
        "laterality",
        "view",
        "view_modifiers",
        "rows",
        "columns",
        "presentation_intent",
        "manufacturer",
        "manufacturer_model_name",
    )
    return {
        **{name: getattr(identity, name) for name in copied},
        "path": paths.get(identity.key),
        "frame": identity.frame or 0,
        "row_spacing_mm": report.spacing and report.spacing.row_mm,
        "column_spacing_mm": report.spacing and report.spacing.column_mm,
        "spacing_source": report.spacing_source,
        "breast_area_mm2": breast.area_mm2,
        "nipple_confidence": breast.nipple and breast.nipple.confidence,
        "pectoral_confidence": breast.pectoral_confidence,
        "presence": report.presence,
        "presence_level": result.presence_level,
        **{f"n_{name}": count for name, count in asdict(report.counts).items()},
        "vessels_length_mm": round(sum((vessel.length_mm for vessel in report.vessels), 0.0), MILLIMETRE_DECIMALS),
        **_distribution(report.distribution),
        "flags": sorted(report.flags),
        "result": path.as_posix(),
        "overlay": result.overlay and result.overlay.path,
    }


def _calcification_rows(result: Result) -> Iterator[Row]:
    own = {"sop_instance_uid", "id", "letter", "vessel_letter", "morphology", "p_morphology", "flags"}
    same = [name for name in CALCIFICATION_COLUMNS if name not in own]
    for item in result.report.calcifications:
        yield {
            "sop_instance_uid": result.report.identity.sop_instance_uid,
            "id": item.number,
            "letter": result.letters.calcifications.get(item.number),
            "vessel_letter": None if item.vessel is None else result.letters.vessels[item.vessel],
            "flags": sorted(item.flags),
            **_morphology(item.morphology),
            **{name: getattr(item, name) for name in same},
        }


def _cluster_rows(result: Result) -> Iterator[Row]:
    for item in result.report.clusters:
        published = result.associations[item.number]
        low, high = published.malignant_share_range if published else (None, None)
        yield {
            "sop_instance_uid": result.report.identity.sop_instance_uid,
            "id": item.number,
            "letter": result.letters.clusters[item.number],
            "frame": result.report.identity.frame or 0,
            "loose": int(item.distribution.loose),
            "n_members": len(item.members),
            **{name: getattr(item, name) for name in ("extent_mm", "area_mm2", "density_per_cm2")},
            **_distribution(item.distribution),
            **_morphology(item.morphology),
            "morphology_reasons": item.morphology and item.morphology.reasons,
            "published_malignant_share_low": low,
            "published_malignant_share_high": high,
            "published_n": published and published.n,
            "published_population": published and published.population,
            "published_source": published and published.source,
        }


def _distribution(call: DistributionCall) -> Row:
    """Give the label of an image or cluster, what it lies between, the five probabilities, and why."""
    return {
        "distribution": call.label,
        "between": call.between,
        **{f"p_{descriptor}": call.probabilities.get(descriptor) for descriptor in DESCRIPTORS},
        "margin": call.margin,
        "reasons": call.reasons,
    }


def _morphology(call: MorphologyCall | None) -> Row:
    """Give the kind of a calcification or cluster, and its probability."""
    if call is None:
        return {"morphology": None, "p_morphology": None}
    return {"morphology": call.label, "p_morphology": call.probabilities.get(call.label)}
