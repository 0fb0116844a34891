"""Limits of time and memory for one image."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from mammocalc.model.settings import Settings


class Limits(Settings):
    """
    What a worker may take for one image.

    No part of the configuration, for no limit changes what a result says: it
    decides only whether there is one, and that depends on the machine.
    """

    time_seconds: Annotated[float, Field(gt=0, le=604_800)] = 600.0
    """Longest time for one file, by the clock on the wall, so that a network share that hangs counts as well. 600: the
    largest mammograms in use take some seconds, and the largest images that are read at all about one minute."""

    memory_mib: Annotated[int, Field(ge=64)] | None = None
    """Most memory for one worker. None shares what is free when the workers start among them: nothing is given up that
    this machine could analyse, and no file takes down its neighbours."""


class Fault(StrEnum):
    """How a worker was lost."""

    TIME = "time"
    MEMORY = "memory"
    CRASH = "crash"
    KILLED = "killed"


class Lost(Exception):  # noqa: N818 - says what happened to a task
    """
    The process that worked on a task is gone, and the task without a result.

    Parameters
    ----------
    fault : Fault
        Its limits were passed, it ended by itself (a crash), or somebody else
        killed it, as the system does when memory runs out.
    detail : str
        The limit, or the signal or exit code with which it ended.
    seconds : float
        How long it had worked on the task.
    """

    def __init__(self, fault: Fault, detail: str, seconds: float) -> None:
        super().__init__(fault, detail, seconds)
        self.fault = fault
        self.detail = detail
        self.seconds = seconds
