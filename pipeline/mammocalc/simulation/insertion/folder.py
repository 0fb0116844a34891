"""Calcifications put into the images of a folder: copies as DICOM, with their truth."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from mammocalc.config import medium_of
from mammocalc.dicom import DicomSettings, read_mammogram, read_sop_instance_uid
from mammocalc.dicom.discover import discover
from mammocalc.dicom.reader.parser import open_dicom
from mammocalc.files.claim import FolderClaim
from mammocalc.files.replacing import replacing, write_whole
from mammocalc.simulation.insertion.dicom import derive_dataset, derived_uid, insertion_record
from mammocalc.simulation.insertion.render import insert
from mammocalc.stages.breast import find_breast
from mammocalc.stages.landmarks import find_landmarks
from mammocalc.stages.normalise import to_density
from mammocalc.vocabulary.errors import ImageError, ImageSkippedError, ImageUnreadableError, OutputError, UsageError
from mammocalc.vocabulary.lexicon import Flag, Reason, Status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

    from mammocalc.config import Config
    from mammocalc.model import Mammogram, StoredPixels
    from mammocalc.simulation.insertion.recipe import InsertRecipe

BYTES_PER_PIXEL: Final = 2


@dataclass(frozen=True, slots=True)
class InsertedRow:
    """
    The outcome for one source image.

    ``status`` is analysed where a copy was written, skipped or failed with a
    reason and a sentence otherwise. ``sop_instance_uid`` is the copy's.
    """

    source_sop_instance_uid: str | None
    sop_instance_uid: str | None
    status: Status
    reason: Reason | None
    message: str | None
    calcifications: int


def insert_into_copies(
    folder: Path, into: Path, recipe: InsertRecipe, seed: int, config: Config, only: frozenset[str] | None = None
) -> Iterator[InsertedRow]:
    """
    Put calcifications into the images of a folder, one after the other.

    Parameters
    ----------
    folder : Path
        Takes ``<SOPInstanceUID>.dcm`` and ``truth/<SOPInstanceUID>.json`` of
        each copy; made if it does not exist.
    into : Path
        The images; read, never changed.
    recipe : InsertRecipe
    seed : int
        Not negative. What is put into an image follows from it, the recipe
        and the image's UID, whatever else lies in the folder.
    config : Config
        How images are read, and how breast and muscle are found.
    only : frozenset of str, optional
        SOP Instance UIDs of the images that are used; the others are passed
        over without a row.

    Yields
    ------
    InsertedRow
        One for each image that is used or cannot be, in order of the files.

    Raises
    ------
    UsageError
        If ``into`` does not exist, or one folder lies in the other.
    OutputError
        If the folder cannot be written to.
    """
    ours, theirs = folder.resolve(), into.resolve()
    if ours == theirs or theirs in ours.parents or ours in theirs.parents:
        message = "DIR and the folder of --into must lie apart, or copies would be made of copies"
        raise UsageError(message)
    found = discover([into])
    with FolderClaim(folder, "folder of the copies") as claim:
        _require_same_draw(folder, recipe, seed)
        for problem in found.problems:
            yield InsertedRow(None, None, problem.status, problem.reason, problem.message, 0)
        seen: set[str] = set()
        for file in found.files:
            uid = read_sop_instance_uid(file.path)
            if (only is not None and uid not in only) or uid in seen:
                continue
            if uid is not None:
                seen.add(uid)
            claim.check()
            try:
                if not (folder / "truth").is_dir():
                    (folder / "truth").mkdir()
            except OSError as error:
                raise _unwritable(folder, error) from error
            yield _plant_one(file.path, folder, recipe, seed, config)
        claim.check()


def _draw_of(recipe: InsertRecipe, seed: int) -> dict[str, int | str]:
    """Name what a copy was made by, as it stands in its truth."""
    return {"seed": seed, "recipe_digest": hashlib.sha256(recipe.model_dump_json().encode()).hexdigest()[:16]}


def _require_same_draw(folder: Path, recipe: InsertRecipe, seed: int) -> None:
    """Raise UsageError if a folder holds truths of another seed or recipe: no truth may be mixed."""
    draw = _draw_of(recipe, seed)
    for path in sorted((folder / "truth").glob("*.json")):
        try:
            truth = json.loads(path.read_text(encoding="utf-8"))
            is_same = {name: truth.get(name) for name in draw} == draw
        except (OSError, ValueError, AttributeError):
            is_same = False
        if not is_same:
            message = (
                f"{folder} holds truth of another seed or recipe (truth/{path.name}). "
                "Choose another folder, or remove the files of the earlier simulation first."
            )
            raise UsageError(message)


def _plant_one(path: Path, folder: Path, recipe: InsertRecipe, seed: int, config: Config) -> InsertedRow:
    """Write the copy of one image, or say why not."""
    settings_of_reader = DicomSettings(
        admit=config.admit, spacing=config.spacing, read=config.read, privacy=config.privacy
    )
    uid = None
    try:
        mammogram = read_mammogram(path, settings_of_reader)
        uid = mammogram.identity.sop_instance_uid
        if mammogram.spacing is None:
            message = (
                "There is no pixel spacing, so nothing has a size in mm. Name it with spacing.assume, if it is known."
            )
            raise ImageSkippedError(Reason.MISSING_TAG, message)
        if Flag.NON_SQUARE_PIXELS in mammogram.flags:
            message = "Its pixels are not square, and calcifications are drawn on square ones only."
            raise ImageSkippedError(Reason.UNSUPPORTED_PIXELS, message)
        insertion = insert(
            mammogram.pixels,
            mammogram.spacing.mean_mm,
            find_room(mammogram, recipe, config),
            recipe,
            _stream(uid, seed),
        )
        if not insertion.calcifications:
            message = "There is no place in the breast where a calcification would be seen."
            raise ImageSkippedError(Reason.NO_BREAST, message)
        new_uid = derived_uid(mammogram.identity, seed, recipe)
        target = folder / f"{new_uid}.dcm"
        truth = insertion_record(insertion, mammogram.identity, new_uid, mammogram.spacing, seed)
        truth |= _draw_of(recipe, seed)
        source = _header(path, config)
        try:
            with replacing(target) as part:
                copy = derive_dataset(source, mammogram.identity, insertion.codes, new_uid)
                copy.save_as(part, enforce_file_format=True)
                _check_copy(mammogram, insertion.codes, part, settings_of_reader)
            text = json.dumps(truth, indent=1, ensure_ascii=False, allow_nan=False)
            write_whole(folder / "truth" / f"{new_uid}.json", f"{text}\n")
        except OSError as error:
            raise _unwritable(folder, error) from error
    except ImageError as error:
        status = Status.FAILED if isinstance(error, ImageUnreadableError) else Status.SKIPPED
        return InsertedRow(uid, None, status, error.reason, error.message, 0)
    return InsertedRow(uid, str(new_uid), Status.ANALYSED, None, None, len(insertion.calcifications))


def find_room(mammogram: Mammogram, recipe: InsertRecipe, config: Config) -> NDArray[np.bool_]:
    """
    Find where calcifications may be inserted: the analysed breast, off the skin line, muscle and padding.

    Returns
    -------
    ndarray of bool, shape (rows, columns)

    Raises
    ------
    ImageUnreadableError
        ``no_breast`` where none is found.
    """
    spacing = mammogram.spacing
    if spacing is None:
        message = "without a spacing there are no margins in mm"
        raise ValueError(message)
    density = to_density(mammogram.pixels)
    breast = find_breast(density, spacing, medium_of(config, is_film=False))
    marks = find_landmarks(breast, spacing, mammogram.identity.view)
    room = breast.is_searched.copy()
    if breast.has_background:
        room &= breast.skin_distance_px * spacing.mean_mm > recipe.skin_margin_mm
    if marks.is_pectoral.any():
        away = cv2.distanceTransform((~marks.is_pectoral).astype(np.uint8), cv2.DIST_L2, 5)
        room &= away * breast.cell_px * spacing.mean_mm > recipe.pectoral_margin_mm
    cell, (rows, columns) = breast.cell_px, density.image.shape
    allowed = np.repeat(np.repeat(room, cell, axis=0), cell, axis=1)[:rows, :columns]
    if density.is_padding is not None:
        allowed &= ~density.is_padding
    return allowed


def summarise(rows: list[InsertedRow]) -> str:
    """
    Put what became of the images into words.

    Examples
    --------
    >>> summarise([InsertedRow("1.2", "1.3", Status.ANALYSED, None, None, 9)])
    '1 image with 9 calcifications put into it'
    """
    made = [row for row in rows if row.status is Status.ANALYSED]
    number = sum(row.calcifications for row in made)
    lines = [f"{len(made)} image{'' if len(made) == 1 else 's'} with {number} calcifications put into "]
    lines[0] += "it" if len(made) == 1 else "them"
    left_out = Counter((row.status, row.reason, row.message) for row in rows if row.status is not Status.ANALYSED)
    lines += [
        f"  {count} {status} ({reason}): {message}" for (status, reason, message), count in left_out.most_common()
    ]
    return "\n".join(lines)


def _header(path: Path, config: Config) -> Dataset:
    with open_dicom(path, config.read.max_pixels * BYTES_PER_PIXEL) as opened:
        return opened.header.dataset


def _check_copy(source: Mammogram, codes: NDArray[np.uint16], target: Path, settings_of_reader: DicomSettings) -> None:
    """Read a copy again, and refuse it if it does not mean what its source means."""
    try:
        copy = read_mammogram(target, settings_of_reader)
        is_same = (
            np.array_equal(copy.pixels.codes, codes)
            and _same_tables(copy.pixels, source.pixels)
            and copy.spacing == source.spacing
            and copy.identity.laterality == source.identity.laterality
            and copy.identity.view == source.identity.view
            and copy.identity.presentation_intent == source.identity.presentation_intent
            and (copy.identity.patient_key is None) == (source.identity.patient_key is None)
        )
    except ImageError:
        is_same = False
    if not is_same:
        message = "A copy of this image would not be read like the image itself, so none was written."
        raise ImageUnreadableError(Reason.UNREADABLE, message)


def _same_tables(copy: StoredPixels, source: StoredPixels) -> bool:
    return (
        np.array_equal(copy.modality_values, source.modality_values)
        and np.array_equal(copy.is_padding, source.is_padding)
        and copy.is_exposure == source.is_exposure
        and copy.denser_is_larger == source.denser_is_larger
    )


def _stream(uid: str, seed: int) -> np.random.Generator:
    """Give each image random numbers of its own, whatever was made before it."""
    words = np.frombuffer(hashlib.sha256(uid.encode()).digest(), dtype="<u4").tolist()
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words])))


def _unwritable(folder: Path, error: OSError) -> OutputError:
    return OutputError(folder, f"cannot be written to ({error.strerror or type(error).__name__})")
