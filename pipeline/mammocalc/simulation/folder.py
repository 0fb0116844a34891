"""A folder of synthetic mammograms with their truth."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

from mammocalc.files.claim import FolderClaim
from mammocalc.files.replacing import write_whole
from mammocalc.simulation.header import make_dataset
from mammocalc.simulation.identity import sop_instance_uid
from mammocalc.simulation.rendering import render
from mammocalc.simulation.truth import truth_record
from mammocalc.vocabulary.errors import OutputError, OutputLostError, StoppedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from mammocalc.simulation.recipe import Recipe


def simulate(folder: Path, recipe: Recipe, *, is_alone: bool = False) -> tuple[Path, ...]:
    """
    Write synthetic mammograms and their truth.

    Parameters
    ----------
    folder : Path
        Made if it does not exist. Files of the same images are replaced,
        others are left alone.
    recipe : Recipe
    is_alone : bool
        Refuse a folder that holds truths of other images.

    Returns
    -------
    tuple of Path
        ``<name>.dcm`` of each scene, in the recipe's order; the truth of each
        lies in ``truth/<SOPInstanceUID>.json``.

    Raises
    ------
    UsageError
        If another process writes there, an image is there already that was not simulated, or the folder was to be
        alone and is not. Nothing was done.
    OutputError
        If the folder cannot be written to.
    StoppedError
        If it took some files and then no more, or went away.
    """
    written: list[Path] = []
    with FolderClaim(folder, "folder of the simulation") as claim:
        truths = {f"{scene.name}.dcm": f"{sop_instance_uid(scene)}.json" for scene in recipe.scenes}
        if is_alone:
            require_own_truths(folder, set(truths.values()))
        require_no_foreign_image(folder, truths)
        for scene in recipe.scenes:
            phantom = render(scene)
            path = folder / f"{scene.name}.dcm"
            image = io.BytesIO()
            make_dataset(phantom).save_as(image, enforce_file_format=True)
            text = json.dumps(truth_record(phantom.truth, scene), indent=1, ensure_ascii=False, allow_nan=False)
            write_pair(claim, path, image.getvalue(), f"{sop_instance_uid(scene)}.json", text, is_first=not written)
            written.append(path)
        claim.check()
        missing = sum(not path.exists() for path in written)
        if missing:
            message = f"{missing} images that were written to {folder} are not there any more: something removed them"
            raise StoppedError(message)
    return tuple(written)


def require_no_foreign_image(folder: Path, truth_of: Mapping[str, str]) -> None:
    """Raise UsageError if an image would replace a file that has no truth beside it: somebody else's."""
    foreign = [
        file for file, truth in truth_of.items() if (folder / file).exists() and not (folder / "truth" / truth).exists()
    ]
    if foreign:
        message = (
            f"{folder} holds {foreign[0]}, which was not simulated there. Choose another folder, or remove the file "
            "first."
        )
        raise UsageError(message)


def require_own_truths(folder: Path, names: AbstractSet[str]) -> None:
    """Raise UsageError if a folder holds truths of other images than are to be written: no truth may be mixed."""
    others = sorted({path.name for path in (folder / "truth").glob("*.json")} - names)
    if others:
        message = (
            f"{folder} holds the truth of {len(others)} other image{'' if len(others) == 1 else 's'}, of another seed "
            f"or recipe (truth/{others[0]}). Choose another folder, or remove those files first."
        )
        raise UsageError(message)


def write_pair(claim: FolderClaim, path: Path, image: bytes, truth_name: str, truth: str, *, is_first: bool) -> None:
    """
    Write an image and its truth, each whole or not at all, the truth first.

    Raises
    ------
    OutputError
        If the folder does not take the first of them.
    StoppedError
        If it does not take a later one, or went away.
    """
    try:
        claim.check()
        if is_first:
            (claim.root / "truth").mkdir(exist_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        for target, content in ((claim.root / "truth" / truth_name, f"{truth}\n".encode()), (path, image)):
            write_whole(target, content)
        claim.check()
    except OutputLostError as lost:
        raise StoppedError(str(lost)) from None
    except OSError as error:
        why = f"cannot be written to ({error.strerror or type(error).__name__})"
        if is_first:
            raise OutputError(claim.root, why) from error
        message = f"{claim.root}: {why}"
        raise StoppedError(message) from error
