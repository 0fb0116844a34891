"""One kind of file of an image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mammocalc.config import Config
    from mammocalc.execution.outputs.analysed_image import AnalysedImage


def _same(content: bytes, _old: Mapping[str, str], _new: Mapping[str, str]) -> bytes:
    return content


@dataclass(frozen=True, slots=True)
class Output:
    """
    One kind of file of an image; processing, storing, resuming and clearing all walk over these.

    Attributes
    ----------
    kind : str
        The folder of the run in which they lie.
    endings : tuple of str
        Those that their names can have.
    ending : callable
        Gives the one that they have under a configuration.
    is_wanted : callable
        Whether a configuration asks for the file of an image, given whether
        anything was found in it.
    render : callable
        Gives the content of the file.
    is_whole : callable
        Whether a content is that of a file that was written to its end.
    moved : callable
        Gives the content for another place, from the places of all files of
        the image, by kind, as they were and as they will be.
    """

    kind: str
    endings: tuple[str, ...]
    ending: Callable[[Config], str]
    is_wanted: Callable[[Config, bool], bool]
    render: Callable[[AnalysedImage], bytes]
    is_whole: Callable[[bytes], bool]
    moved: Callable[[bytes, Mapping[str, str], Mapping[str, str]], bytes] = _same


def always(_config: Config, _has_findings: bool) -> bool:
    """Want the file of every image."""
    return True
