"""Many images: plan, run, resume, collect."""

from pipeline.engine.batch import Progress, RunRequest, RunSummary, run
from pipeline.engine.limits import Limits
from pipeline.engine.machine import default_workers
from pipeline.engine.process import describe_fault

__all__ = ["Limits", "Progress", "RunRequest", "RunSummary", "default_workers", "describe_fault", "run"]
