"""Bytes of a file, read at a cost that the file cannot choose."""

from __future__ import annotations

import io
import sys
from typing import Final

MAX_READS: Final = 100_000
"""Reads of a header, two or three for an element, and of the fragments of an image, two for each: enough for ten times
those of the largest mammography objects in use, and done within a second."""
MAX_BYTES: Final = 32 << 20
"""What a header may hold in all, beside elements that are passed over: thirty times that of the largest in use."""
BELIEVED_BYTES: Final = 1 << 16
"""Lengths up to this may be asked for at once; greater ones are first held against what is left of the file."""


class Stream(io.BufferedReader):
    """
    A stream that neither a length nor a number of elements in a hostile file can make costly.

    pydicom asks for whatever length a header claims, and Python takes memory
    for what is asked for; and a megabyte of empty elements becomes half a
    gigabyte of objects.
    """

    def __init__(self, raw: io.RawIOBase, size: int) -> None:
        super().__init__(raw)
        self.size = size
        self.reads_left = MAX_READS
        self.bytes_left = MAX_BYTES
        self._passes_over = False

    def pass_over(self) -> None:
        """Skip the bytes of the next read, which then returns nothing."""
        self._passes_over = True

    def open_pixels(self) -> None:
        """Lift the limits of a header; what pixels may take is known by then."""
        self.reads_left, self.bytes_left = MAX_READS, sys.maxsize

    def read(self, size: int | None = -1, /) -> bytes:
        """Read as `io.BufferedReader` does, but for what is not there, and not for ever."""
        self.reads_left -= 1
        if self.reads_left < 0:
            message = "too many reads"
            raise ValueError(message)
        if size is not None and size > BELIEVED_BYTES:
            size = max(min(size, self.size - self.tell()), 0)
        if self._passes_over and size is not None:
            self._passes_over = False
            self.seek(self.tell() + size)
            return b""
        content = super().read(size)
        self.bytes_left -= len(content)
        if self.bytes_left < 0:
            self.reads_left = -1
            message = "too many bytes"
            raise ValueError(message)
        return content
