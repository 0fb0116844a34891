"""The results of a run as three tables: the form that statisticians read."""

from __future__ import annotations

import csv
import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

from pipeline.lexicon import DESCRIPTORS, CalcificationSize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

Row = dict[str, Any]

# Not every reader (nor every version of the csv module) takes a line break inside of quotes well.
_ONE_LINE: Final = str.maketrans("\t\r\n", "   ")

IMAGE_COLUMNS: Final = (
    "sop_instance_uid",
    "patient_key",
    "laterality",
    "view",
    "presentation_intent",
    "manufacturer",
    "manufacturer_model_name",
    "row_spacing_mm",
    "column_spacing_mm",
    "spacing_source",
    "breast_area_mm2",
    "nipple_confidence",
    "presence",
    "n_calcifications",
    "n_micro",
    "n_macro",
    "n_left_out",
    "n_clusters",
    "distribution",
    "between",
    *(f"p_{descriptor}" for descriptor in DESCRIPTORS),
    "margin",
    "reasons",
    "flags",
    "result",
    "overlay",
)
CALCIFICATION_COLUMNS: Final = (
    "sop_instance_uid",
    "id",
    "frame",
    "row_px",
    "column_px",
    "diameter_px",
    "diameter_mm",
    "length_mm",
    "width_mm",
    "area_mm2",
    "size",
    "score",
    "contrast_to_noise",
    "cluster",
    "morphology",
    "p_morphology",
    "left_out",
    "flags",
)
CLUSTER_COLUMNS: Final = (
    "sop_instance_uid",
    "id",
    "n_members",
    "extent_mm",
    "area_mm2",
    "density_per_cm2",
    "distribution",
    "between",
    *(f"p_{descriptor}" for descriptor in DESCRIPTORS),
    "margin",
    "reasons",
    "morphology",
    "p_morphology",
    "morphology_reasons",
    "published_malignant_share_low",
    "published_malignant_share_high",
    "published_n",
    "published_population",
    "published_source",
)


def result_files(run_folder: Path) -> list[Path]:
    """List the results of a run, relative to its folder, by SOP Instance UID: the same order for any sharding."""
    found = (run_folder / "results").rglob("*.json")
    return sorted((path.relative_to(run_folder) for path in found), key=lambda path: (path.name, path.as_posix()))


def write_tables(run_folder: Path) -> None:
    """
    Write images.csv, calcifications.csv and clusters.csv of a finished run.

    One row per image, calcification and cluster, in the order of
    `result_files`, so that equal results give equal bytes. One result is held
    in memory at a time. Units stand in the names of the columns; what is null
    in a result is an empty cell.

    Parameters
    ----------
    run_folder : Path
        The folder of the run; its ``results`` are read and ``tables`` written.

    Raises
    ------
    OSError
        If a table cannot be written.
    ValueError
        If a result is not JSON.
    """
    folder = run_folder / "tables"
    folder.mkdir(exist_ok=True)
    names = {
        "images.csv": IMAGE_COLUMNS,
        "calcifications.csv": CALCIFICATION_COLUMNS,
        "clusters.csv": CLUSTER_COLUMNS,
    }
    with ExitStack() as open_files:
        images, calcifications, clusters = (
            _writer(open_files, _part(folder / name), columns) for name, columns in names.items()
        )
        for path in result_files(run_folder):
            document = json.loads((run_folder / path).read_bytes())
            images.writerow(_guarded(_image_row(document, path)))
            calcifications.writerows(_guarded(row) for row in _calcification_rows(document))
            clusters.writerows(_guarded(row) for row in _cluster_rows(document))
    for name in names:  # a table is there whole or not at all
        _part(folder / name).replace(folder / name)


def _part(path: Path) -> Path:
    return path.with_name(path.name + ".part")


def _writer(open_files: ExitStack, path: Path, columns: Iterable[str]) -> csv.DictWriter[str]:
    file = open_files.enter_context(path.open("w", encoding="utf-8", errors="replace", newline=""))
    writer = csv.DictWriter(file, list(columns), lineterminator="\n")
    writer.writeheader()
    return writer


def _image_row(document: Mapping[str, Any], path: Path) -> Row:
    image, calcifications = document["image"], document["calcifications"]
    row_spacing, column_spacing = image["pixel_spacing_mm"] or (None, None)
    nipple, overlay = document["breast"]["nipple"], document["overlay"]
    copied = (
        "sop_instance_uid",
        "patient_key",
        "laterality",
        "view",
        "presentation_intent",
        "manufacturer",
        "manufacturer_model_name",
        "spacing_source",
    )
    return {
        **{name: image[name] for name in copied},
        "row_spacing_mm": row_spacing,
        "column_spacing_mm": column_spacing,
        "breast_area_mm2": document["breast"]["area_mm2"],
        "nipple_confidence": nipple and nipple["confidence"],
        "presence": document["presence"],
        "n_calcifications": len(calcifications),
        "n_micro": sum(item["size"] == CalcificationSize.MICRO for item in calcifications),
        "n_macro": sum(item["size"] == CalcificationSize.MACRO for item in calcifications),
        "n_left_out": sum(item["left_out"] is not None for item in calcifications),
        "n_clusters": len(document["clusters"]),
        **_distribution(document["distribution"]),
        "flags": " ".join(document["flags"]),
        "result": path.as_posix(),
        "overlay": overlay and overlay["path"],
    }


def _calcification_rows(document: Mapping[str, Any]) -> Iterator[Row]:
    own = {"sop_instance_uid", "row_px", "column_px", "morphology", "p_morphology", "flags"}
    same = [name for name in CALCIFICATION_COLUMNS if name not in own]
    for item in document["calcifications"]:
        yield {
            "sop_instance_uid": document["image"]["sop_instance_uid"],
            "row_px": item["row"],
            "column_px": item["column"],
            "flags": " ".join(item["flags"]),
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
            "n_members": len(item["members"]),
            **{name: item[name] for name in ("id", "extent_mm", "area_mm2", "density_per_cm2")},
            **_distribution(item["distribution"]),
            **_morphology(item),
            "morphology_reasons": kind and "; ".join(kind["reasons"]),
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
        "between": " ".join(call["between"]),
        **{f"p_{descriptor}": probabilities.get(descriptor) for descriptor in DESCRIPTORS},
        "margin": call["margin"],
        "reasons": "; ".join(call["reasons"]),
    }


def _morphology(item: Mapping[str, Any]) -> Row:
    """Give the kind of a calcification or cluster, and its probability."""
    call = item["morphology"]
    if call is None:
        return {"morphology": None, "p_morphology": None}
    return {"morphology": call["label"], "p_morphology": call["probabilities"][call["label"]]}


def _guarded(row: Row) -> Row:
    """Keep text of a header on one line, and a spreadsheet from running it as a formula; numbers stay numbers."""
    return {name: _plain(value) if isinstance(value, str) else value for name, value in row.items()}


def _plain(text: str) -> str:
    marked = f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text
    return marked.translate(_ONE_LINE)
