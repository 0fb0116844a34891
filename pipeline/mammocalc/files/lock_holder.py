"""Holder of a folder: the process and machine, written into the locked file."""

from __future__ import annotations

import json
import os
import secrets
import socket
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import psutil

from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

SAME_PROCESS_SECONDS: Final = 1.0  # a process with this number that began at another time is another one


@dataclass(frozen=True, slots=True)
class Holder:
    """Who writes into a folder; ``began`` is when the process did, in seconds since 1970, and ``beat`` a count."""

    token: str
    pid: int
    host: str
    since: str
    began: float
    beat: int = 0

    def named(self) -> str:
        """Name the holder for people."""
        return f"process {self.pid} on {self.host}, since {self.since.replace('+00:00', ' UTC')}"

    def encode(self) -> bytes:
        """Write it as JSON."""
        return (json.dumps({"software": "mammocalc", **asdict(self)}) + "\n").encode()

    def has_died(self) -> bool | None:
        """Whether its process is gone; None where that cannot be known, on another machine."""
        if self.host != socket.gethostname():
            return None
        try:
            began = float(psutil.Process(self.pid).create_time())
        except psutil.NoSuchProcess:
            return True
        except psutil.Error:
            return False
        return abs(began - self.began) > SAME_PROCESS_SECONDS


def this_process() -> Holder:
    """Describe this process as a holder, with a unique token."""
    return Holder(
        token=secrets.token_hex(8),
        pid=os.getpid(),
        host=socket.gethostname(),
        since=datetime.now(UTC).isoformat(timespec="seconds"),
        began=psutil.Process().create_time(),
    )


def decode_holder(content: bytes) -> Holder | None:
    """Read a holder; None if the content is incomplete, as after a process was killed."""
    try:
        values: dict[str, Any] = json.loads(content)
        del values["software"]
        return Holder(**values)
    except (ValueError, KeyError, TypeError):
        return None


def held_by_another(place: Path | str, holder: Holder | None) -> UsageError:
    """Make the error for a folder that another process writes to."""
    who = "another process" if holder is None else holder.named()
    message = f"{place} is being written to by {who}. Wait until that has ended, or choose another folder."
    return UsageError(message)
