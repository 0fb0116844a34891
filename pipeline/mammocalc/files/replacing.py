"""Files that are written whole or not at all, beside their place first."""

from __future__ import annotations

import contextlib
import errno
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from mammocalc.vocabulary.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOR_ALL: Final = 0o666  # less the umask, as of any new file
FOR_OWNER: Final = 0o600


@contextmanager
def replacing(target: Path, *, mode: int = FOR_ALL, is_synced: bool = False) -> Iterator[Path]:
    """
    Give a new empty file beside a place, which it takes when all of it is written.

    Parameters
    ----------
    target : Path
        Where the file belongs; its folder is there. What lies there is
        replaced, a link itself and not what it leads to.
    mode : int
        The rights of the file.
    is_synced : bool
        Bring it onto the disk first: a power cut leaves no name without its content.

    Yields
    ------
    Path
        ``.<name>.<process>.part``, of the same folder.

    Raises
    ------
    OSError
        If the file cannot be written, or a folder, a pipe or a device lies there,
        or a link that leads to one: as root, a device would be replaced. Then, and if anything else goes wrong
        meanwhile, what lay there stays as it was, and the part is removed.
    """
    if target.exists() and not target.is_file():
        raise OSError(errno.EEXIST, "it is no ordinary file", str(target))
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)  # what was left there may be a link of somebody else
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
    try:
        yield part
        if is_synced:
            with part.open("rb+") as file:
                os.fsync(file.fileno())
        part.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def write_whole(target: Path, content: bytes | str, *, is_synced: bool = False) -> None:
    """Write a file as `replacing` does; text as UTF-8, with line feeds as they are."""
    with replacing(target, is_synced=is_synced) as part:
        part.write_bytes(content.encode() if isinstance(content, str) else content)


def require_no_special_file(target: Path, option: str) -> None:
    """
    Raise OutputError if a folder, pipe or device has the name of a file to write.

    Parameters
    ----------
    target : Path
        What was named; it need not exist.
    option : str
        Of the command line, by which it was named.
    """
    if target.exists() and not target.is_file():
        raise OutputError(target, f"is not a file. Choose another {option}.")
