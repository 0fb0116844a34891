"""Zip archives of a job's input: what is read, what is not and why, and that nothing leaves its folder or stays."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from mammocalc.node import unpacking
from mammocalc.node.packing import pack
from mammocalc.node.unpacking import JobInput, unpacked
from mammocalc.vocabulary.errors import StoppedError
from mammocalc.vocabulary.lexicon import Reason, Status

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DICOM = bytes(128) + b"DICM" + bytes(100)


def zipped(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


@pytest.fixture
def look(inputs: Path, tmp_path: Path) -> Callable[[], tuple[dict[str, bytes], list[Any]]]:
    """Unpack, and give what is there meanwhile, and what is told; afterwards nothing is left."""

    def look() -> tuple[dict[str, bytes], list[Any]]:
        space = tmp_path / "out" / ".unpacked"
        space.parent.mkdir(exist_ok=True)
        with unpacked(inputs, space, lambda: False) as given:
            found = {
                path.relative_to(given.folder).as_posix(): path.read_bytes()
                for path in sorted(given.folder.rglob("*"))
                if path.is_file()
            }
            assert given.is_empty == (not found)
        assert not space.exists()
        return found, list(given.not_unpacked)

    return look


def test_archives_lie_beside_loose_files_under_their_names(inputs: Path, look: Callable[[], Any]) -> None:
    (inputs / "dicom").mkdir()
    (inputs / "loose.dcm").write_bytes(DICOM)
    zipped(inputs / "dicom" / "a.dicom.zip", **{"x/1.dcm": DICOM, "x/": b"", "2": b"else"})
    zipped(inputs / "UPPER.ZIP", **{"1.dcm": DICOM + b"b"})
    found, told = look()
    assert found == {
        "loose.dcm": DICOM,
        "dicom/a.dicom.zip/x/1.dcm": DICOM,
        "dicom/a.dicom.zip/2": b"else",
        "UPPER.ZIP/1.dcm": DICOM + b"b",
    }
    assert told == []


def test_an_input_without_archives_is_the_folder_itself(inputs: Path, tmp_path: Path) -> None:
    (inputs / "loose.dcm").write_bytes(DICOM)
    with unpacked(inputs, tmp_path / ".unpacked", lambda: False) as given:
        assert given == JobInput(inputs)


def test_names_lead_nowhere_and_links_are_told(inputs: Path, tmp_path: Path, look: Callable[[], Any]) -> None:
    names = [
        "../../escaped",
        "/etc/absolute",
        "C:\\..\\drive",
        "a/../b",
        ".",
        "same",
        "same/below",
        "n" * 500,
        "SAME\n",
    ]
    with zipfile.ZipFile(inputs / "evil.zip", "w") as archive:
        for name in names:
            archive.writestr(name, name.encode())
        link = zipfile.ZipInfo("link")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    found, [told] = look()
    assert (told.status, told.reason) == (Status.SKIPPED, Reason.NOT_DICOM)
    assert told.message == "1 file in it: links to other places, which are not followed. Pack the images themselves."
    assert sorted(found.values()) == sorted(name.encode() for name in names)
    assert all(name.startswith("evil.zip/") for name in found)
    assert {path.name for path in tmp_path.iterdir()} == {"in", "out"}
    assert not (inputs / "escaped").exists()


def test_two_files_of_one_name_are_both_there(inputs: Path, look: Callable[[], Any]) -> None:
    with zipfile.ZipFile(inputs / "a.zip", "w") as archive:
        archive.writestr("x.dcm", b"1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("x.dcm", b"2")
    assert look()[0] == {"a.zip/x.dcm": b"1", "a.zip/x.dcm~2": b"2"}


def test_a_bomb_is_not_used_and_leaves_no_room_taken(
    inputs: Path, look: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "MOST_BYTES", 1 << 22)
    zipped(inputs / "bomb.zip", small=b"1", zeros=bytes(1 << 23))
    zipped(inputs / "good.zip", **{"1.dcm": DICOM})
    found, [told] = look()
    assert list(found) == ["good.zip/1.dcm"]
    assert (told.path, told.status, told.reason) == ("archive 1", "failed", "too_large")
    monkeypatch.setattr(unpacking, "MOST_FILES", 1)
    assert {item.reason for item in look()[1]} == {"too_large"}
    monkeypatch.undo()
    monkeypatch.setattr(unpacking, "ALWAYS_BYTES", 1 << 20)  # a thousand times its size, as no images are
    assert [(item.path, item.reason) for item in look()[1]] == [("archive 1", "too_large")]


def test_sizes_that_an_archive_states_are_not_believed(
    inputs: Path, look: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "MOST_BYTES", 1 << 22)
    content = zipped(inputs / "liar.zip", zeros=bytes(1 << 23)).read_bytes()
    lie = content.replace((1 << 23).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lie != content
    (inputs / "liar.zip").write_bytes(lie)
    found, [told] = look()
    assert not found
    assert told.status == "failed"


def damaged() -> bytes:
    """Give an archive whose second file has another byte than its check sum says."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("1.dcm", DICOM)
        archive.writestr("2.dcm", b"unlike its sum")
    return out.getvalue().replace(b"unlike its sum", b"unlike its som")


def encrypted() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("1.dcm", DICOM)
        archive.writestr("2.dcm", b"closed")
    content = bytearray(out.getvalue())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flags of the last file, in both of its headers
        content[content.rindex(mark) + place] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"PK\x03\x04 and then nothing", "damaged"), (b"", "damaged"), (damaged(), "1 file in it cannot be unpacked"),
     (encrypted(), "1 file in it need"), (zipfile.ZipFile, "is empty")],
)  # fmt: skip
def test_what_cannot_be_read_is_told_and_the_rest_is_used(
    inputs: Path, look: Callable[[], Any], content: Any, why: str
) -> None:
    if isinstance(content, bytes):
        (inputs / "Doe^Jane.zip").write_bytes(content)
    else:
        zipped(inputs / "Doe^Jane.zip")
    found, [told] = look()
    assert why in told.message
    assert "Doe" not in f"{told.path}{told.message}"
    assert found == ({"Doe^Jane.zip/1.dcm": DICOM} if "1 file" in why else {})


def test_other_archives_and_folders_that_cannot_be_read_are_told(inputs: Path, look: Callable[[], Any]) -> None:
    (inputs / "b.tar").write_bytes(b"?")
    (inputs / "gone.dcm").symlink_to("nowhere")
    found, told = look()
    assert [item.message.startswith("An archive that is no zip") for item in told] == [True]
    zipped(inputs / "a.zip", **{"1.dcm": DICOM, "inner.zip": b"PK\x03\x04"})
    found, told = look()
    assert set(found) == {"a.zip/1.dcm"}
    assert [item.path for item in told] == ["other archive 1", "archive 1", "entry 1"]
    assert told[1].message.startswith("1 file in it: archives")


def test_what_lies_in_the_output_is_not_read(inputs: Path) -> None:
    out = inputs / "out"
    out.mkdir()
    zipped(out / "mammocalc.run.zip", **{"1.dcm": DICOM})
    with unpacked(inputs, out / ".unpacked", lambda: False, [out / "mammocalc.run.zip"]) as given:
        assert given == JobInput(inputs)


def test_it_stops_when_asked_and_cleans_up(inputs: Path, tmp_path: Path) -> None:
    zipped(inputs / "a.zip", **{"1.dcm": DICOM})
    space = tmp_path / ".unpacked"
    (space / "left").mkdir(parents=True)
    with pytest.raises(KeyboardInterrupt), unpacked(inputs, space, lambda: True):
        pytest.fail("it went on")
    assert not space.exists()


def test_a_disk_that_takes_no_more_stops_it(inputs: Path, tmp_path: Path) -> None:
    zipped(inputs / "a.zip", **{"1.dcm": DICOM})
    with pytest.raises(StoppedError, match="does not take"), unpacked(inputs, tmp_path / "no" / "x", lambda: False):
        pytest.fail("it went on")


def test_a_packed_folder_has_equal_bytes_for_equal_content(tmp_path: Path) -> None:
    archives = []
    for number in (1, 2):
        folder = tmp_path / str(number) / "dicom"
        (folder / "a").mkdir(parents=True)
        (folder / "a" / "1.dcm").write_bytes(DICOM)
        (folder / "2").write_bytes(b"2")
        os.utime(folder / "2", (number * 1e8, number * 1e8))
        pack(folder, tmp_path / f"{number}.zip")
        assert not folder.exists()
        archives.append((tmp_path / f"{number}.zip").read_bytes())
    assert archives[0] == archives[1]
    assert zipfile.ZipFile(tmp_path / "1.zip").namelist() == ["dicom/2", "dicom/a/1.dcm"]
