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
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from mammocalc.simulation.recipe import Recipe, Scene


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
    truths = {f"{scene.name}.dcm": f"{sop_instance_uid(scene)}.json" for scene in recipe.scenes}
    return write_images(folder, truths, map(_made, recipe.scenes), is_alone=is_alone)


def _made(scene: Scene) -> tuple[str, bytes, str]:
    simulated = render(scene)
    image = io.BytesIO()
    make_dataset(simulated).save_as(image, enforce_file_format=True)
    return f"{scene.name}.dcm", image.getvalue(), as_text(truth_record(simulated.truth, scene))


def as_text(record: Mapping[str, object]) -> str:
    """Give a truth as it is written."""
    return json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False)


def write_images(
    folder: Path, truth_of: Mapping[str, str], made: Iterable[tuple[str, bytes, str]], *, is_alone: bool
) -> tuple[Path, ...]:
    """
    Write images and their truths to a folder, which is locked meanwhile.

    Parameters
    ----------
    folder : Path
    truth_of : mapping of str to str
        The name of each image's truth, by the path of the image in the folder.
    made : iterable of (str, bytes, str)
        Path, bytes and truth of each; taken one after the other, once the folder is known to be fit for them.
    is_alone : bool
        Refuse a folder that holds truths of other images.

    Returns
    -------
    tuple of Path
        The images, in the order of ``made``.

    Raises
    ------
    UsageError, OutputError, StoppedError
        As `simulate`.
    """
    written: list[Path] = []
    with FolderClaim(folder, "folder of the simulation") as claim:
        if is_alone:
            _require_own_truths(folder, set(truth_of.values()))
        _require_no_foreign_image(folder, truth_of)
        for file, image, truth in made:
            _write_pair(claim, folder / file, image, truth_of[file], truth, is_first=not written)
            written.append(folder / file)
        claim.check()
        missing = sum(not path.exists() for path in written)
        if missing:
            message = f"{missing} images that were written to {folder} are not there any more: something removed them"
            raise StoppedError(message)
    return tuple(written)


def _require_no_foreign_image(folder: Path, truth_of: Mapping[str, str]) -> None:
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


def _require_own_truths(folder: Path, names: AbstractSet[str]) -> None:
    """Raise UsageError if a folder holds truths of other images than are to be written: no truth may be mixed."""
    others = sorted({path.name for path in (folder / "truth").glob("*.json")} - names)
    if others:
        message = (
            f"{folder} holds the truth of {len(others)} other image{'' if len(others) == 1 else 's'}, of another seed "
            f"or recipe (truth/{others[0]}). Choose another folder, or remove those files first."
        )
        raise UsageError(message)


def _write_pair(claim: FolderClaim, path: Path, image: bytes, truth_name: str, truth: str, *, is_first: bool) -> None:
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
