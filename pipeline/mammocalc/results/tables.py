"""The results of a run as three tables: the form that statisticians read."""

from __future__ import annotations

import csv
import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from mammocalc.results.columns import CALCIFICATION_COLUMNS, RESULT_TABLES
from mammocalc.results.layout import result_files, table_path
from mammocalc.results.open_tables import open_tables
from mammocalc.results.rounding import MILLIMETRE_DECIMALS
from mammocalc.vocabulary.lexicon import DESCRIPTORS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mammocalc.results.columns import Row

NO_PATHS: Final[Mapping[str, str]] = MappingProxyType({})


def read_image_rows(run_folder: Path) -> Iterator[dict[str, str]]:
    """Read the table of images that `write_tables` has written, row by row, each cell as its text."""
    with (run_folder / table_path("images")).open(encoding="utf-8", newline="") as file:
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
        Of the analysed files, as they may be shown, by SOP Instance UID.
    parquet : bool
        Write each table as Parquet as well, beside its CSV.

    Raises
    ------
    OSError
        If a table cannot be written.
    ValueError
        If a result is not JSON.
    """
    with open_tables(run_folder, RESULT_TABLES, parquet=parquet) as tables:
        for path in result_files(run_folder):
            document = json.loads((run_folder / path).read_bytes())
            rows = {
                "images": [_image_row(document, path, paths)],
                "calcifications": _calcification_rows(document),
                "clusters": _cluster_rows(document),
            }
            for name, found in rows.items():
                for row in found:
                    tables[name].add(row)


def _image_row(document: Mapping[str, Any], path: Path, paths: Mapping[str, str]) -> Row:
    image = document["image"]
    row_spacing, column_spacing = image["pixel_spacing_mm"] or (None, None)
    nipple, overlay = document["breast"]["nipple"], document["overlay"]
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
        "spacing_source",
    )
    return {
        **{name: image[name] for name in copied},
        "path": paths.get(image["sop_instance_uid"]),
        "row_spacing_mm": row_spacing,
        "column_spacing_mm": column_spacing,
        "breast_area_mm2": document["breast"]["area_mm2"],
        "nipple_confidence": nipple and nipple["confidence"],
        "pectoral_confidence": document["breast"]["pectoral_confidence"],
        "presence": document["presence"],
        "presence_level": document["presence_level"],
        **{f"n_{name}": count for name, count in document["counts"].items()},
        "vessels_length_mm": round(
            sum((vessel["length_mm"] for vessel in document["vessels"]), 0.0), MILLIMETRE_DECIMALS
        ),
        **_distribution(document["distribution"]),
        "flags": document["flags"],
        "result": path.as_posix(),
        "overlay": overlay and overlay["path"],
    }


def _calcification_rows(document: Mapping[str, Any]) -> Iterator[Row]:
    own = {"sop_instance_uid", "row_px", "column_px", "vessel_letter", "morphology", "p_morphology", "flags"}
    same = [name for name in CALCIFICATION_COLUMNS if name not in own]
    letters = {vessel["id"]: vessel["letter"] for vessel in document["vessels"]}
    for item in document["calcifications"]:
        yield {
            "sop_instance_uid": document["image"]["sop_instance_uid"],
            "row_px": item["row"],
            "column_px": item["column"],
            "vessel_letter": letters.get(item["vessel"]),
            "flags": item["flags"],
            **_morphology(item),
            **{name: item[name] for name in same},
        }


def _cluster_rows(document: Mapping[str, Any]) -> Iterator[Row]:
    for item in document["clusters"]:
        kind = item["morphology"]
        published = item["published_association"]
        low, high = published["malignant_share_range"] if published else (None, None)
        yield {
            "sop_instance_uid": document["image"]["sop_instance_uid"],
            "loose": int(item["loose"]),
            "n_members": len(item["members"]),
            **{name: item[name] for name in ("id", "letter", "extent_mm", "area_mm2", "density_per_cm2")},
            **_distribution(item["distribution"]),
            **_morphology(item),
            "morphology_reasons": kind and kind["reasons"],
            "published_malignant_share_low": low,
            "published_malignant_share_high": high,
            "published_n": published and published["n"],
            "published_population": published and published["population"],
            "published_source": published and published["source"],
        }


def _distribution(call: Mapping[str, Any]) -> Row:
    """Give the label of an image or cluster, what it lies between, the five probabilities, and why."""
    probabilities = call["probabilities"] or {}
    return {
        "distribution": call["label"],
        "between": call["between"],
        **{f"p_{descriptor}": probabilities.get(descriptor) for descriptor in DESCRIPTORS},
        "margin": call["margin"],
        "reasons": call["reasons"],
    }


def _morphology(item: Mapping[str, Any]) -> Row:
    """Give the kind of a calcification or cluster, and its probability."""
    call = item["morphology"]
    if call is None:
        return {"morphology": None, "p_morphology": None}
    return {"morphology": call["label"], "p_morphology": call["probabilities"][call["label"]]}
