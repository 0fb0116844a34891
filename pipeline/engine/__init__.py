"""Many images: plan, run, resume, collect."""

from pipeline.engine.batch import run
from pipeline.engine.cluster import what_is_exposed
from pipeline.engine.limits import Limits
from pipeline.engine.machine import default_workers
from pipeline.engine.process import describe_fault
from pipeline.engine.remote import is_address
from pipeline.engine.request import Progress, RunRequest, RunSummary
from pipeline.engine.watch import WatchSettings, watch

__all__ = [
    "Limits",
    "Progress",
    "RunRequest",
    "RunSummary",
    "WatchSettings",
    "default_workers",
    "describe_fault",
    "is_address",
    "run",
    "watch",
    "what_is_exposed",
]
