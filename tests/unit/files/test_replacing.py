"""Files are written whole or not at all, and in the place of nothing but a file."""

import os
import stat
from pathlib import Path

import pytest

from mammocalc.files.replacing import FOR_OWNER, replacing, write_whole


@pytest.mark.parametrize("is_synced", [False, True])
def test_a_file_takes_the_place_of_an_older_one(tmp_path: Path, is_synced: bool) -> None:
    target = tmp_path / "a.json"
    target.write_text("old")
    write_whole(target, "neu: ä\n", is_synced=is_synced)
    assert target.read_bytes() == "neu: ä\n".encode()
    assert list(tmp_path.iterdir()) == [target]


def test_the_old_file_stays_where_the_new_one_does_not_come_to_its_end(tmp_path: Path) -> None:
    target = tmp_path / "a.json"
    target.write_text("old")

    def break_off() -> None:
        with replacing(target) as part:
            part.write_text("half")
            assert target.read_text() == "old"
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(os.name != "posix", reason="links and pipes")
def test_a_link_is_replaced_and_not_what_it_leads_to(tmp_path: Path) -> None:
    theirs, target = tmp_path / "theirs", tmp_path / "a.json"
    theirs.write_text("theirs")
    target.symlink_to(theirs)
    left = target.with_name(f".a.json.{os.getpid()}.part")
    left.symlink_to(theirs)  # somebody knew the name of the part
    write_whole(target, b"ours")
    assert theirs.read_text() == "theirs"
    assert not target.is_symlink()
    assert target.read_bytes() == b"ours"


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
def test_a_file_for_its_owner_is_never_open_to_others(tmp_path: Path) -> None:
    with replacing(tmp_path / "names.csv", mode=FOR_OWNER) as part:
        assert stat.S_IMODE(part.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "names.csv").stat().st_mode) == 0o600


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
@pytest.mark.parametrize("is_linked", [False, True])
def test_a_pipe_or_a_device_is_neither_written_to_nor_replaced(tmp_path: Path, is_linked: bool) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    target = tmp_path / "a.json" if is_linked else pipe
    if is_linked:
        target.symlink_to(pipe)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(OSError, match="no ordinary file"):
        write_whole(target, b"ours")
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert target.is_symlink() == is_linked
    assert sorted(tmp_path.iterdir()) == before


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no ordinary file"):
        write_whole(tmp_path, b"ours")
    assert not any(tmp_path.iterdir())
