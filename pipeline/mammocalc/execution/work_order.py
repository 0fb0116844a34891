"""Work order of a worker, and what it returns for an image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mammocalc.config import Config
    from mammocalc.execution.run_folder import Store
    from mammocalc.model import FileRow
    from mammocalc.results.result import Provenance


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """What every image of a run has in common; ``key`` is that of `mammocalc.execution.content.key_of`."""

    config: Config
    provenance: Provenance
    folder: Store
    key: bytes = b""


@dataclass(frozen=True, slots=True)
class ImageOutcome:
    """
    What became of the files of an image: a row for each.

    ``write_problem`` is None, or a sentence that says why the run's folder did not take the
    results; then there are no rows, and the run cannot go on. ``adopted`` counts
    files that were analysed before, as their content tells.
    """

    rows: tuple[FileRow, ...]
    write_problem: str | None = None
    adopted: int = 0
