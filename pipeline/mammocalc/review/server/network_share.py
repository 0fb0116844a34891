"""Detection of network shares, on which the shared memory of SQLite does not work."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

NETWORK_TYPES: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "beegfs", "gpfs", "virtiofs"}
)
MOUNTS: Final = Path("/proc/self/mounts")
DRIVE_REMOTE: Final = 4


def is_network_share(folder: Path, mounts: Path = MOUNTS) -> bool:
    """
    Tell whether a folder lies on a network share, as far as the system says.

    Parameters
    ----------
    folder : Path
        That exists.
    mounts : Path
        The system's table of mounts, as Linux writes it.

    Returns
    -------
    bool
        Where the system cannot be asked: whether the folder lies under
        ``/Volumes``, where macOS puts shares, or has the name of a share.
    """
    real = folder.resolve()
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - there alone

        return str(real).startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(real.anchor) == DRIVE_REMOTE
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return real.is_relative_to("/Volumes")
    kind, longest = "", -1
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        place = re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), fields[1])
        if real.is_relative_to(place) and len(place) >= longest:  # what was mounted last lies on top
            kind, longest = fields[2], len(place)
    return kind in NETWORK_TYPES or (kind.startswith("fuse.") and kind != "fuse.fuse-overlayfs")
