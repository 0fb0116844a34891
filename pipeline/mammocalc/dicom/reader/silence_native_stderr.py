"""Error output of native libraries, kept off the terminal and read."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

STDERR: Final = 2
MAX_HEARD_BYTES: Final = 4096
_LOCK: Final = Lock()


@dataclass(slots=True)
class Heard:
    """What was written to the error stream; known when the ``with`` block is left."""

    text: str = ""


@contextmanager
def quiet_stderr() -> Iterator[Heard]:
    """
    Keep what native code writes to the error stream from it, and give its beginning.

    Decoders in C++ and Rust report damaged streams, and 12-bit JPEG that they
    read well, straight to file descriptor 2, where it would tear a progress
    bar apart. Some say nowhere else that bytes are missing.

    Yields
    ------
    Heard
        Filled when the block is left: the first 4096 bytes.

    Notes
    -----
    The descriptor belongs to the whole process, so one thread at a time may
    be here; the decoders hold Python's lock all the while anyway.
    """
    with _LOCK:
        heard = Heard()
        reading, writing = os.pipe()
        if hasattr(os, "set_blocking"):  # what does not fit into the pipe is lost, and nobody waits
            os.set_blocking(reading, False)
            os.set_blocking(writing, False)
        try:
            saved = os.dup(STDERR)
        except OSError:  # a service without an error stream
            saved = None
        try:
            os.dup2(writing, STDERR)
            yield heard
        finally:
            if saved is None:
                os.close(STDERR)
            else:
                os.dup2(saved, STDERR)
                os.close(saved)
            os.close(writing)
            with suppress(OSError):
                heard.text = os.read(reading, MAX_HEARD_BYTES).decode(errors="replace")
            os.close(reading)
