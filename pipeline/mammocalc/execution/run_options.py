"""Options and outcome of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from mammocalc.execution.workers.resource_limits import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mammocalc.config import ResolvedConfig
    from mammocalc.execution.run_manifest import Pace, Totals
    from mammocalc.model import FileRow


@dataclass(frozen=True, slots=True)
class RunRequest:
    """
    What is to be run.

    ``workers`` is the number of worker processes, and ``limits`` what each may
    take for an image. ``force`` replaces another run that lies in ``out``.
    ``scheduler`` is None, or the address of the Dask scheduler whose workers analyse; ``workers`` does not count then.
    ``address`` is None, or where the run is written instead of ``out``, which is then a folder of this machine
    for as long as the run lasts. ``name_map`` is None, or a file for its owner that says what the paths and UIDs of
    the outputs stand for.
    """

    inputs: tuple[Path, ...]
    out: Path
    resolved: ResolvedConfig
    workers: int
    force: bool = False
    limits: Limits = field(default_factory=Limits)
    scheduler: str | None = None
    address: str | None = None
    name_map: Path | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """
    A step of a run.

    ``row`` is the file that was just settled, and None while headers are
    read or results collected. ``is_new`` is False for rows that an earlier, interrupted
    run had settled.
    """

    stage: Literal["headers", "files", "tables"]
    done: int
    total: int
    row: FileRow | None = None
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class RunSummary:
    """
    How a run ended.

    ``stopped_because`` is None where it came to its end. ``real_paths`` holds, by their paths in the outputs, where
    those files are whose names are hidden there: for the terminal of their owner alone. ``changed`` names
    files that hold something else than when they were analysed before; rows of files that are gone say so themselves.
    ``archives`` are among the files that were passed over.
    ``volumes`` are sentences on volumes of tomosynthesis, which are not analysed.
    ``notes`` are sentences about the call as a whole. ``has_page`` is False where no page could be written.
    """

    rows: tuple[FileRow, ...]
    totals: Totals
    resumed: int
    stopped_because: str | None
    pace: Pace
    real_paths: Mapping[str, str] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    archives: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    has_page: bool = True
