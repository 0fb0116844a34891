"""`mc.read`: one image, read from a file."""

from __future__ import annotations

import os
import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mammocalc.api.arguments import as_whole
from mammocalc.api.configuration import DEFAULT, READING, reading_settings, resolve
from mammocalc.dicom import read_claim, read_mammogram
from mammocalc.execution.content import digest_of, key_of
from mammocalc.files.possible_path import why_impossible
from mammocalc.vocabulary.errors import ImageError, UsageError
from mammocalc.vocabulary.lexicon import Laterality, Reason, View

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mammocalc.config import Config
    from mammocalc.dicom import DicomSettings
    from mammocalc.model import Mammogram
    from mammocalc.vocabulary.lexicon import Flag, SpacingSource


class Image:
    """
    One mammogram that can be analysed: what `read` and `from_array` give.

    Attributes
    ----------
    mammogram : Mammogram
        The record that the analysis takes.
    settings : DicomSettings
        Under which it was read.
    path : Path or None
        Its file; None of an array.
    source_digest : str or None
        The beginning of the SHA-256 of its file.
    """

    def __init__(
        self, mammogram: Mammogram, settings: DicomSettings, path: Path | None = None, source_digest: str | None = None
    ) -> None:
        self.mammogram = mammogram
        self.settings = settings
        self.path = path
        self.source_digest = source_digest

    @property
    def sop_instance_uid(self) -> str:
        """The SOP Instance UID."""
        return self.mammogram.identity.sop_instance_uid

    @property
    def key(self) -> str:
        """Its name in a run: the SOP Instance UID, with the frame number for one of several frames."""
        return self.mammogram.identity.key

    @property
    def frame(self) -> int | None:
        """The 0-based frame of a multi-frame file; None for a file of one image."""
        return self.mammogram.identity.frame

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.mammogram.identity.rows, self.mammogram.identity.columns

    @property
    def spacing_mm(self) -> tuple[float, float] | None:
        """Row and column spacing in the breast in mm; None without a believable one."""
        spacing = self.mammogram.spacing
        return None if spacing is None else (spacing.row_mm, spacing.column_mm)

    @property
    def spacing_source(self) -> SpacingSource:
        """The source of the spacing."""
        return self.mammogram.spacing_source

    @property
    def laterality(self) -> Laterality:
        """Which breast: L, R, B or unknown."""
        return self.mammogram.identity.laterality

    @property
    def view(self) -> View:
        """Which view, as abbreviated in DICOM CID 4014, or unknown."""
        return self.mammogram.identity.view

    @property
    def flags(self) -> frozenset[Flag]:
        """Doubts about the image."""
        return self.mammogram.flags

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences with details of flags."""
        return self.mammogram.identity.notes

    def to_array(self) -> NDArray[np.float64]:
        """
        Return the modality values of all pixels.

        Returns
        -------
        ndarray of float64, shape (rows, columns)
            A new array. Numbers other than whole ones of 16 bits come back as `from_array` scaled them.
        """
        pixels = self.mammogram.pixels
        return np.asarray(pixels.modality_values[pixels.codes])

    def __repr__(self) -> str:
        """One line: side, view, size, spacing and doubts; nothing of the header that names a person."""
        rows, columns = self.shape
        row_mm, column_mm = self.spacing_mm or (None, None)
        spacing = "no spacing" if row_mm is None else f"{row_mm:g} x {column_mm:g} mm"
        doubts = f", flags: {', '.join(sorted(self.flags))}" if self.flags else ""
        return f"<Image {self.laterality} {self.view}, {rows} x {columns} pixels, {spacing}{doubts}>"


def read(path: str | os.PathLike[str], config: object = DEFAULT, *, frame: object = None, **settings: Any) -> Image:
    """
    Read a DICOM mammogram, or one frame of a multi-frame file.

    Parameters
    ----------
    path : str or Path
        A DICOM file of any name.
    config : str, Path or Config
        The name of a configuration that comes with the program, a YAML file, or a `Config`. Only the sections
        about reading are used: ``admit``, ``spacing``, ``read`` and ``privacy``.
    frame : int or None
        0-based frame; naming one admits multi-frame files (``admit.multiframe``). 0 is also the image of a file of one.
    **settings
        Single settings by their paths, such as ``**{"spacing.max_mm": 0.3}``.

    Returns
    -------
    Image

    Raises
    ------
    UsageError
        If there is no such file or frame, or a single setting is not about reading.
    ImageSkippedError
        If it is readable but not analysed, such as a tomosynthesis volume. ``reason`` says why in one word.
    ImageUnreadableError
        If it cannot be read as a mammogram.
    ConfigurationError
        If the configuration has mistakes.

    Examples
    --------
    >>> read("missing.dcm")
    Traceback (most recent call last):
        ...
    mammocalc.vocabulary.errors.UsageError: missing.dcm does not exist
    """
    unread = [name for name in settings if name.partition(".")[0] not in READING]
    if unread:
        message = f"{', '.join(unread)}: no setting of reading, so give it to analyse. Reading has {', '.join(READING)}"
        raise UsageError(message)
    return read_file(path, resolve(config, {**admitting(frame), **settings}).config, frame)


def admitting(frame: object) -> dict[str, bool]:
    """Give the setting under which a frame can be read; none where no frame is named."""
    return {} if frame is None else {"admit.multiframe": True}


def read_file(path: object, config: Config, frame: object = None) -> Image:
    """Read a DICOM file, or one frame of it, under a configuration."""
    file = require_file(path)
    settings = reading_settings(config)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of libraries quote the header
        try:
            mammogram = read_mammogram(file, settings, _which_frame(frame, file, settings))
        except ImageError as error:
            if error.reason is not Reason.NOT_DICOM:
                raise
            message = f"{error.message} Pixels that come from other formats go in by from_array."
            raise type(error)(error.reason, message) from None
        if settings.privacy.uids == "hash" and (names := read_claim(file, settings).pseudonyms) is not None:
            mammogram = replace(mammogram, identity=names.put_on(mammogram.identity))
    return Image(mammogram, settings, file, digest_of(file, key_of(settings.privacy.patient_key_salt)))


def _which_frame(frame: object, file: Path, settings: DicomSettings) -> int | None:
    """Give the frame as the reader takes it, None for an object of one image; UsageError where there is no such one."""
    if frame is None:
        return None
    number = as_whole(frame)
    if number is None or number < 0:
        message = f"frame={frame!r} is no frame: give its number, counted from 0"
        raise UsageError(message)
    count = read_claim(file, settings).number_of_frames
    if count is None:
        if number:
            read_mammogram(file, settings)  # says why no frame of the file is analysed; else it holds one image
        count = 1
    if number >= count:
        holds = "a single image" if count == 1 else f"{count} frames"
        message = f"frame={number}: the file holds {holds}, and frames are counted from 0, so the last is {count - 1}"
        raise UsageError(message)
    return None if count == 1 else number


def require_file(path: object) -> Path:
    """Return the path of a file; UsageError if it is not one."""
    if not isinstance(path, str | os.PathLike):
        where = " (the dataset's is its filename)" if hasattr(path, "pixel_array") or hasattr(path, "save_as") else ""
        message = f"the path of a DICOM file is needed{where}, not an object of the type {type(path).__name__}"
        raise UsageError(message)
    if not os.fspath(path):
        message = "the path is empty: name a DICOM file"
        raise UsageError(message)
    file = Path(path).expanduser()
    if why := why_impossible(file):
        raise UsageError(why)
    if file.is_dir():
        message = f"{file} is a folder: name a file in it, or analyse all of it with run({str(file)!r}, out=...)"
        raise UsageError(message)
    if not file.exists():
        message = f"{file} does not exist"
        raise UsageError(message)
    return file
