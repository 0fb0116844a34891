"""Libraries that write to the error stream on their own, kept quiet."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from threading import Lock
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

STDERR: Final = 2
_LOCK: Final = Lock()


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """
    Send what native code writes to the error stream to nowhere.

    Decoders in C++ and Rust report damaged streams, and 12-bit JPEG that they
    read well, straight to file descriptor 2, where it would tear a progress
    bar apart. What is wrong with an image is said in its row.

    The descriptor belongs to the whole process, so one thread at a time may
    be here; the decoders hold Python's lock all the while anyway.
    """
    with _LOCK:
        try:
            saved = os.dup(STDERR)
        except OSError:  # a service without an error stream
            yield
            return
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, STDERR)
            os.close(nowhere)
            yield
        finally:
            with suppress(OSError):
                os.dup2(saved, STDERR)
            os.close(saved)
