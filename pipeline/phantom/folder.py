"""A folder of synthetic mammograms with their truth."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pipeline.errors import OutputError
from pipeline.phantom.header import make_dataset
from pipeline.phantom.identity import sop_instance_uid
from pipeline.phantom.rendering import render
from pipeline.phantom.truth import truth_record

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.phantom.recipe import Recipe


def simulate(folder: Path, recipe: Recipe) -> tuple[Path, ...]:
    """
    Write synthetic mammograms and their truth.

    Parameters
    ----------
    folder : Path
        Made if it does not exist. Files of the same names are replaced,
        others are left alone.
    recipe : Recipe

    Returns
    -------
    tuple of Path
        ``<name>.dcm`` of each scene, in the recipe's order; the truth of each
        lies in ``truth/<SOPInstanceUID>.json``.

    Raises
    ------
    OutputError
        If the folder cannot be written to.
    """
    written = []
    try:
        (folder / "truth").mkdir(parents=True, exist_ok=True)
        for scene in recipe.scenes:
            phantom = render(scene)
            path = folder / f"{scene.name}.dcm"
            make_dataset(phantom).save_as(path, enforce_file_format=True)
            text = json.dumps(truth_record(phantom.truth, scene), indent=1, ensure_ascii=False, allow_nan=False)
            (folder / "truth" / f"{sop_instance_uid(scene)}.json").write_text(text + "\n", encoding="utf-8")
            written.append(path)
    except OSError as error:
        raise OutputError(folder, f"cannot be written to ({error.strerror or type(error).__name__})") from error
    return tuple(written)
