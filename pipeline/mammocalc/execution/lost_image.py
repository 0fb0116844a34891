"""Outcome of an image whose worker was lost."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from mammocalc.execution.work_order import ImageOutcome
from mammocalc.execution.workers.resource_limits import Fault
from mammocalc.model import FileRow
from mammocalc.vocabulary.lexicon import Reason, Status

if TYPE_CHECKING:
    from mammocalc.execution.plan import PlannedImage
    from mammocalc.execution.workers.resource_limits import Lost


def failed_outcome(image: PlannedImage, lost: Lost) -> ImageOutcome:
    """Return the outcome of an image whose worker was lost for good: a row for each of its files."""
    reason, message = _ENDINGS[lost.fault]
    seconds = round(lost.seconds / len(image.files), 3)
    return ImageOutcome(
        tuple(
            FileRow(
                file.public_path,
                file.sop_instance_uid,
                Status.FAILED,
                reason,
                message.format(lost.detail),
                seconds,
                frame=file.frame,
            )
            for file in image.files
        )
    )


_ENDINGS: Final = MappingProxyType(
    {
        Fault.TIME: (
            Reason.TIMED_OUT,
            (
                "The time limit of {} passed before this file was analysed: its decoder hangs, or the disk does. "
                "Allow more with --time-limit, or export it in another transfer syntax."
            ),
        ),
        Fault.MEMORY: (
            Reason.OUT_OF_MEMORY,
            (
                "This file needed more memory than the limit of {}, also with no other file beside it. "
                "Run it on a machine with more, or allow more with --memory-limit."
            ),
        ),
        Fault.CRASH: (
            Reason.CRASHED,
            (
                "The process that worked on this file crashed ({}), most likely in a decoder. "
                "Export it in another transfer syntax, and report the crash with the version."
            ),
        ),
        Fault.KILLED: (
            Reason.CRASHED,
            (
                "The process that worked on this file was killed from outside ({}) twice, the second time alone: "
                "most likely the system ran out of memory. Run it on a machine with more."
            ),
        ),
    }
)
