"""Many images: plan, run, resume, collect."""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pipeline.engine.batch import run
    from pipeline.engine.cluster import what_is_exposed
    from pipeline.engine.limits import Limits
    from pipeline.engine.machine import default_workers
    from pipeline.engine.process import describe_fault
    from pipeline.engine.request import Progress, RunRequest, RunSummary

__all__ = [
    "Limits",
    "Progress",
    "RunRequest",
    "RunSummary",
    "default_workers",
    "describe_fault",
    "run",
    "what_is_exposed",
]

_HOMES: Final = {
    "batch": ("run",),
    "cluster": ("what_is_exposed",),
    "limits": ("Limits",),
    "machine": ("default_workers",),
    "process": ("describe_fault",),
    "request": ("Progress", "RunRequest", "RunSummary"),
}


def __getattr__(name: str) -> Any:
    """Import what is asked for: a worker process, and a review, need the smallest part of this."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"pipeline.engine.{home}"), name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
