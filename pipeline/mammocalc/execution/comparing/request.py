"""Request and summary of a comparison."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mammocalc.execution.workers.resource_limits import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mammocalc.vocabulary.changes import Change


@dataclass(frozen=True, slots=True)
class CompareRequest:
    """
    What is to be compared.

    ``prior_run`` is None where all dates are in one run. ``images`` is the folder with the DICOM files, in which pixels
    are looked at again. ``pairs`` is a CSV that names current and prior. ``force`` replaces another comparison that
    lies in ``out``. ``salt_file`` holds the salt of runs that hashed their UIDs.
    """

    run: Path
    out: Path
    prior_run: Path | None = None
    images: Path | None = None
    pairs: Path | None = None
    workers: int = 1
    force: bool = False
    salt_file: Path | None = None
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class CompareSummary:
    """
    How a comparison went.

    Attributes
    ----------
    pairs, comparable, resumed : int
        Pairs of images, those that could be laid over each other, and those that an earlier call had done.
    changes : mapping of Change to int
        Of how many calcifications each word is said.
    unpaired : tuple of (str, str)
        Images that were compared with none, and why: UIDs, or two with an arrow between, and a sentence.
    failed : tuple of (str, str)
        Pairs that could not be compared, and why.
    without_pixels : int
        Images that were not found under ``images``, or not readable.
    notes : tuple of str
        What is to be said of the whole.
    stopped : bool
        Whether it was asked to stop before the last pair.
    removed : int
        Pairs of an earlier call that are none any more; their files were removed.
    doubts : mapping of str to int
        Of how many pairs each sentence is said: why they are not laid over each other, or what makes them less than
        they seem.
    """

    pairs: int
    comparable: int
    resumed: int
    changes: Mapping[Change, int]
    unpaired: tuple[tuple[str, str], ...]
    failed: tuple[tuple[str, str], ...]
    without_pixels: int
    notes: tuple[str, ...]
    stopped: bool
    removed: int = 0
    doubts: Mapping[str, int] = field(default_factory=dict)
