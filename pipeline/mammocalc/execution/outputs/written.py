"""All that a run writes of one image."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from mammocalc.execution.outputs.candidates import CANDIDATES
from mammocalc.execution.outputs.details import DETAILS
from mammocalc.execution.outputs.overlay import OVERLAY
from mammocalc.execution.outputs.result import RESULT
from mammocalc.execution.outputs.thumbnail import THUMBNAIL
from mammocalc.results.columns import TABLES as COLUMNS
from mammocalc.results.layout import STUDIES, TABLE_ENDINGS, TABLES
from mammocalc.vocabulary.image_key import IMAGE_KEY

if TYPE_CHECKING:
    from mammocalc.execution.outputs.analysed_image import AnalysedImage
    from mammocalc.execution.outputs.output import Output

OUTPUTS: tuple[Output, ...] = (RESULT, DETAILS, OVERLAY, THUMBNAIL, CANDIDATES)
"""The result is first: it is removed first and written last, and where it is not, the others count for nothing."""


def write_outputs(image: AnalysedImage) -> dict[str, bytes]:
    """Return all files of one image by place. The result is last: if it exists, all others do."""
    return {image.place(output): output.render(image) for output in reversed(OUTPUTS) if image.wants(output)}


def folders() -> tuple[str, ...]:
    """Name the folders in which a run puts its own files."""
    return (*(output.kind for output in OUTPUTS), TABLES, STUDIES)


def is_own_name(name: str) -> bool:
    """Whether a file in one of these folders has the name of a run's file; others are not the run's."""
    return _own_names(tuple(ending for output in OUTPUTS for ending in output.endings)).fullmatch(name) is not None


@functools.cache
def _own_names(endings: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(
        rf"{IMAGE_KEY.pattern}({'|'.join(map(re.escape, endings))})"  # named by the key of an image
        rf"|({'|'.join(COLUMNS)})({'|'.join(map(re.escape, TABLE_ENDINGS))})(\.part)?"
        r"|\..+\.part"  # left by a run that was killed
    )
