from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from mammocalc.review.server.network_share import is_network_share

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows is asked in another way")


@pytest.mark.parametrize(
    ("kind", "is_share"),
    [("ext4", False), ("nfs4", True), ("cifs", True), ("fuse.sshfs", True), ("overlay", False), ("tmpfs", False)],
)
def test_the_innermost_mount_decides(tmp_path: Path, kind: str, is_share: bool) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    mounts = tmp_path / "mounts"
    place = str(folder).replace(" ", "\\040")
    mounts.write_text(
        f"/dev/a / ext4 rw 0 0\nserver:/x {place} {kind} rw 0 0\nserver:/y {place}else nfs rw 0 0\nbroken\n"
    )
    assert is_network_share(folder, mounts) is is_share
    assert not is_network_share(tmp_path, mounts)


def test_without_a_table_of_mounts_the_place_decides(tmp_path: Path) -> None:
    assert not is_network_share(tmp_path, tmp_path / "none")
