"""`mc.analyse`: one image becomes its result."""

from __future__ import annotations

import weakref
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mammocalc import __version__
from mammocalc.analysis.image import analyse as analyse_mammogram
from mammocalc.api.configuration import DEFAULT, resolve, with_reading_of
from mammocalc.api.image import Image, admitting, read_file
from mammocalc.api.result import Result
from mammocalc.config import digest
from mammocalc.execution.run_manifest import SOFTWARE
from mammocalc.rendering.overlay import render_overlay
from mammocalc.results.result import Provenance
from mammocalc.results.result import Result as StoredResult
from mammocalc.results.to_json import to_json
from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from PIL.Image import Image as Picture

    from mammocalc.config import Config
    from mammocalc.results.result import Result as Stored


def analyse(
    image: Image | str | os.PathLike[str], config: object = DEFAULT, *, frame: object = None, **settings: Any
) -> Result:
    """
    Find the calcifications of one image, measure them, and name their distribution.

    Parameters
    ----------
    image : Image, str or Path
        An image from `read` or `from_array`, or the path of a DICOM file.
    config : str, Path or Config
        The name of a configuration that comes with the program, a YAML file, or a `Config`.
    frame : int or None
        For a path: the 0-based frame of a multi-frame file, as in `read`.
    **settings
        Single settings by their paths, such as ``**{"detect.threshold_sigma": 7}``. They override ``config``.

    Returns
    -------
    Result

    Raises
    ------
    UsageError
        If there is no such file or frame, or a setting of reading is given for an image that was read before.
    ConfigurationError
        If the configuration has mistakes, or does not fit the classifier.
    ImageSkippedError, ImageUnreadableError
        If the image cannot or must not be analysed, such as one without a breast. ``reason`` says why in one word.
    """
    resolved = resolve(config, {**admitting(frame), **settings})
    if isinstance(image, Image):
        if frame is not None:
            message = f"frame={frame!r}: an image is one frame already. Give it to read, or give analyse the path"
            raise UsageError(message)
        used = with_reading_of(resolved, image.settings)
    elif hasattr(type(image), "__array__"):
        message = "an array does not say how large its pixels are: analyse(from_array(pixels, spacing_mm=...))"
        raise UsageError(message)
    else:
        used = resolved.config
        image = read_file(image, used, frame)
    report = analyse_mammogram(image.mammogram, used)
    provenance = Provenance(SOFTWARE, __version__, digest(used), used.name, image.source_digest)
    document = to_json(StoredResult.of(report, provenance))
    drawing = _Drawing(
        report.presence, used, None if image.path else image, image.path, image.source_digest, image.frame
    )
    drawing.remember(image)
    return Result(document, drawing, None if image.path is None else image.path.name)


@dataclass
class _Drawing:
    """
    Draws what was found in an image.

    An image that came from a file is not kept in memory for it, but read again: thousands of results fit where a
    dozen of images do. ``presence`` is that of the analysis: rounded, its level would be another near 0 and 1.
    """

    presence: float | None
    config: Config
    image: Image | None
    path: Path | None
    source_digest: str | None
    frame: int | None
    _seen: weakref.ref[Image] | None = None

    def remember(self, image: Image) -> None:
        """Remember an image for as long as its caller keeps it."""
        self._seen = weakref.ref(image)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out, for another process, what is in the memory of this one."""
        return {**self.__dict__, "_seen": None}

    def __call__(self, stored: Stored) -> Picture:
        """Draw it; UsageError if its file cannot be had any more."""
        from PIL.Image import fromarray  # noqa: PLC0415 - only those who look need it

        image = self.image or (self._seen() if self._seen is not None else None) or self._read_again()
        drawn = replace(stored.report, presence=self.presence)
        return fromarray(render_overlay(image.mammogram, drawn, self.config.overlay).image)

    def _read_again(self) -> Image:
        image = read_file(self.path, self.config, self.frame)
        if image.source_digest != self.source_digest:
            message = f"{self.path} was changed since it was analysed, so it cannot be drawn. Analyse it again"
            raise UsageError(message)
        return image
