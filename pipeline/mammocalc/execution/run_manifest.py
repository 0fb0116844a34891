"""Manifest of a run: its identity, inputs and course."""

from __future__ import annotations

import platform
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from heapq import nlargest
from importlib import metadata
from typing import TYPE_CHECKING, Any, Final

from mammocalc import __version__
from mammocalc.config import digest, without_secrets
from mammocalc.execution.workers.resources import processors
from mammocalc.results.schema_version import SCHEMA_VERSION
from mammocalc.vocabulary.lexicon import NOTICE, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mammocalc.config import ResolvedConfig
    from mammocalc.model import FileRow

SOFTWARE: Final = "mammocalc"
SLOWEST: Final = 5  # files that are named as the slowest; files.jsonl has the seconds of all
RUNNING, FINISHED, STOPPED = "running", "finished", "stopped"
_LIBRARIES: Final = (
    "numpy",
    "opencv-python-headless",
    "scikit-image",
    "scipy",
    "pydicom",
    "python-gdcm",
    "imagecodecs",
    "pydantic",
)


@dataclass(frozen=True, slots=True)
class RunIdentity:
    """What must be equal for two runs to be one and the same."""

    version: str
    configuration_digest: str
    input_digest: str


@dataclass(frozen=True, slots=True)
class Totals:
    """How many files became what; ``distribution`` counts the analysed images by their label."""

    files: int
    status: Mapping[str, int]
    reason: Mapping[str, int]
    distribution: Mapping[str, int]
    passed_over: int


def identify(resolved: ResolvedConfig, input_digest: str) -> RunIdentity:
    """Say which run this is going to be."""
    return RunIdentity(__version__, digest(resolved.config), input_digest)


def count(rows: Iterable[FileRow], distributions: Iterable[str], passed_over: int) -> Totals:
    """Count the outcomes of a run; every status is listed, of the reasons and labels those that occur."""
    rows = tuple(rows)
    statuses = Counter(row.status for row in rows)
    reasons = Counter(row.reason for row in rows if row.reason is not None)
    return Totals(
        files=len(rows),
        status={str(status): statuses[status] for status in Status},
        reason={str(reason): number for reason, number in sorted(reasons.items())},
        distribution=dict(sorted(Counter(distributions).items())),
        passed_over=passed_over,
    )


@dataclass(frozen=True, slots=True)
class Pace:
    """
    How fast a run was.

    Attributes
    ----------
    seconds : float
        From its start, or that of its last continuation.
    analysed : int
        Images analysed in that time.
    images_per_hour : float or None
        None where nothing was analysed.
    slowest : tuple of (str, float)
        Path and seconds of the files that took longest, the slowest first.
    """

    seconds: float
    analysed: int
    images_per_hour: float | None
    slowest: tuple[tuple[str, float], ...]


def measure_pace(rows: Iterable[FileRow], analysed: int, seconds: float) -> Pace:
    """
    Say how fast a run was.

    Parameters
    ----------
    rows : iterable of FileRow
        All of the run.
    analysed : int
        How many of them were analysed in this time.
    seconds : float
    """
    slowest = nlargest(SLOWEST, rows, key=lambda row: row.seconds)
    return Pace(
        seconds=round(seconds, 1),
        analysed=analysed,
        images_per_hour=round(analysed * 3600 / seconds, 1) if analysed and seconds else None,
        slowest=tuple((row.path, row.seconds) for row in slowest if row.seconds),
    )


def describe_run(
    identity: RunIdentity, resolved: ResolvedConfig, state: str, backend: Mapping[str, Any], times: Mapping[str, Any]
) -> dict[str, Any]:
    """
    Give everything that ``run.json`` says before the totals.

    Parameters
    ----------
    identity : RunIdentity
    resolved : ResolvedConfig
        Written in full, secrets excepted, with the origin of what is not a default.
    state : {"running", "finished", "stopped"}
    backend : mapping
        The number of workers and what each may take; goes in as it is.
    times : mapping
        Goes in as it is.

    Returns
    -------
    dict
        JSON values. No name of this machine, of a user or of a folder.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "software": SOFTWARE,
        **asdict(identity),
        "operating_point": resolved.config.name,
        "configuration": without_secrets(resolved.config),
        "configuration_origins": dict(resolved.origins),
        "state": state,
        **backend,
        **times,
        "platform": {
            "python": platform.python_version(),
            "system": platform.system(),
            "machine": platform.machine(),
            "byte_order": sys.byteorder,
            "processors": processors(),
            "libraries": {name: _version(name) for name in _LIBRARIES},
        },
        "notice": NOTICE,
    }


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None  # opencv-python may stand in for its headless form
