"""The bytes of a file, read at a cost that the file cannot choose."""

from __future__ import annotations

import io
from typing import Final

MAX_READS: Final = 100_000
"""Reads of a header, two or three for an element, and of the fragments of an image, two for each: enough for ten times
those of the largest mammography objects in use, and done within a second."""
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

    def read(self, size: int | None = -1, /) -> bytes:
        """Read as `io.BufferedReader` does, but for what is not there, and not for ever."""
        self.reads_left -= 1
        if self.reads_left < 0:
            message = "too many reads"
            raise ValueError(message)
        if size is not None and size > BELIEVED_BYTES:
            size = max(min(size, self.size - self.tell()), 0)
        return super().read(size)
