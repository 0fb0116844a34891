"""From what was named on the command line to an ordered list of files, each once."""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
import zlib
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian

from mammocalc.dicom.discover import Discovery, discover
from mammocalc.vocabulary.errors import UsageError
from mammocalc.vocabulary.lexicon import Reason, Status

DICOM = bytes(128) + b"DICM"
IS_SUPERUSER = hasattr(os, "geteuid") and os.geteuid() == 0


def put(path: Path, content: bytes = DICOM) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def names(discovery: Discovery) -> list[str]:
    return [file.relative for file in discovery.files]


def put_dicomdir(folder: Path, *file_ids: list[str] | str) -> Path:
    records = []
    for file_id in file_ids:
        record = Dataset()
        record.DirectoryRecordType = "IMAGE"
        record.ReferencedFileID = file_id
        records.append(record)
    dataset = Dataset()
    dataset.FileSetID = "SET"
    dataset.DirectoryRecordSequence = records
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = UID("1.2.840.10008.1.3.10")
    dataset.file_meta.MediaStorageSOPInstanceUID = UID("1.2.3")
    folder.mkdir(parents=True, exist_ok=True)
    dataset.save_as(folder / "DICOMDIR", enforce_file_format=True)
    return folder / "DICOMDIR"


def test_a_folder_is_searched_to_any_depth_in_the_order_of_names(tmp_path: Path) -> None:
    for name in ("b/2.dcm", "b/10.dcm", "a/z/deep.dcm", "c.dcm", "B/1.dcm"):
        put(tmp_path / name)
    discovery = discover([tmp_path])
    assert names(discovery) == ["c.dcm", "B/1.dcm", "a/z/deep.dcm", "b/10.dcm", "b/2.dcm"]
    assert [file.path for file in discovery.files] == [tmp_path / name for name in names(discovery)]
    assert discover([tmp_path]) == discovery


def test_a_folder_deeper_than_pythons_stack_is_searched(tmp_path: Path) -> None:
    depth = sys.getrecursionlimit() + 50
    deepest = tmp_path.joinpath(*["d"] * depth)
    folder = tmp_path
    for _ in range(depth):
        folder /= "d"
        folder.mkdir()
    put(deepest / "x.dcm")
    try:
        assert names(discover([tmp_path])) == ["d/" * depth + "x.dcm"]
    finally:  # what removes temporary folders is recursive itself
        (deepest / "x.dcm").unlink()
        for _ in range(depth):
            folder.rmdir()
            folder = folder.parent


@pytest.mark.parametrize(
    ("name", "content", "is_found"),
    [
        ("IM0001", DICOM, True),
        ("image.txt", DICOM, True),
        ("letter.dcm", b"hello", True),
        ("empty.dcm", b"", True),
        ("UPPER.DCM", b"hello", True),
        ("image.dicom", b"", True),
        ("image.ima", b"", True),
        ("implicit", b"\x08\x00\x05\x00\x0a\x00\x00\x00ISO_IR 100", True),
        ("explicit", b"\x08\x00\x05\x00CS\x0a\x00ISO_IR 100", True),
        ("big", b"\x00\x08\x00\x05CS\x00\x0aISO_IR 100", True),
        ("meta", b"\x02\x00\x00\x00UL\x04\x00\x00\x00\x00\x00", True),
        ("README.txt", b"Read me, please, before anything else.", False),
        ("nothing", b"", False),
        ("short", b"\x08\x00", False),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(200), False),
        ("archive", b"\x08\x00\x05\x00\xff\xff\xff\xff", False),
        ("._image.dcm", b"\x00\x05\x16\x07 what macOS leaves behind", False),
        ("._real.dcm", DICOM, True),
    ],
)
def test_dicom_is_known_by_its_beginning_or_its_ending(
    tmp_path: Path, name: str, content: bytes, is_found: bool
) -> None:
    put(tmp_path / name, content)
    discovery = discover([tmp_path])
    assert names(discovery) == ([name] if is_found else [])
    assert discovery.passed_over == (not is_found)
    assert discovery.problems == ()


def test_a_file_that_was_named_is_taken_whatever_it_holds(tmp_path: Path) -> None:
    letter = put(tmp_path / "letter.txt", b"hello")
    assert names(discover([letter])) == ["letter.txt"]


def test_what_is_neither_file_nor_folder_is_reported_and_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.dcm")
    (tmp_path / "dangling.dcm").symlink_to(tmp_path / "nowhere")
    both = [("dangling.dcm", Reason.MISSING_FILE), ("pipe.dcm", Reason.UNREADABLE)]
    assert [(problem.relative, problem.reason) for problem in discover([tmp_path]).problems] == both
    for name, reason in both:
        found = discover([tmp_path / name])
        assert [(problem.relative, problem.reason) for problem in found.problems] == [(name, reason)]
        assert (found.files, found.passed_over) == ((), 0)


def test_an_input_that_does_not_exist_is_a_wrong_call(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        discover([tmp_path / "missing"])


def test_no_file_is_taken_twice(tmp_path: Path) -> None:
    put(tmp_path / "a/1.dcm")
    (tmp_path / "a/again.dcm").symlink_to(tmp_path / "a/1.dcm")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    inputs = [tmp_path, tmp_path / "a", tmp_path / "a" / "1.dcm", tmp_path / "b", tmp_path / "a/../a/1.dcm"]
    discovery = discover(inputs)
    assert len(discovery.files) == 1
    assert discovery.passed_over == 0


def test_a_circle_of_links_comes_to_an_end(tmp_path: Path) -> None:
    put(tmp_path / "a/1.dcm")
    (tmp_path / "a/up").symlink_to(tmp_path)
    (tmp_path / "a/self").symlink_to(tmp_path / "a/self")
    discovery = discover([tmp_path])
    assert names(discovery) == ["a/1.dcm"]
    assert [(problem.relative, problem.reason, problem.status) for problem in discovery.problems] == [
        ("a/self", Reason.SYMLINK_LOOP, Status.SKIPPED),
        ("a/up", Reason.SYMLINK_LOOP, Status.SKIPPED),
    ]


@pytest.mark.skipif(not Path("/proc/self/exe").is_symlink(), reason="this system has no links that nobody can read")
def test_a_link_that_cannot_be_read_ends_nothing(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        links = Path(f"/proc/{process.pid}")
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # ended, and not yet gone: its links lead nowhere
        with pytest.raises(OSError):  # noqa: PT011 - which one depends on the kernel
            (links / "exe").readlink()
        (tmp_path / "a.dcm").write_bytes(b"x")
        found = discover([links, tmp_path])
    assert [file.path for file in found.files if file.path.suffix == ".dcm"] == [tmp_path / "a.dcm"]


def test_a_link_out_of_the_folder_is_followed(tmp_path: Path) -> None:
    put(tmp_path / "elsewhere/1.dcm")
    (tmp_path / "in").mkdir()
    (tmp_path / "in/link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "in/file.dcm").symlink_to(put(tmp_path / "other.dcm"))
    assert names(discover([tmp_path / "in"])) == ["file.dcm", "link/1.dcm"]


def test_names_from_several_inputs_begin_with_what_tells_them_apart(tmp_path: Path) -> None:
    for name in ("x/images/1.dcm", "y/images/1.dcm", "z/1.dcm"):
        put(tmp_path / name)
    inputs = [tmp_path / "x/images", tmp_path / "y/images", tmp_path / "z", tmp_path / "z"]
    assert names(discover(inputs)) == ["x/images/1.dcm", "y/images/1.dcm", "z/1.dcm"]


def test_several_files_keep_their_names_where_these_differ(tmp_path: Path) -> None:
    files = [put(tmp_path / name) for name in ("a/1.dcm", "b/2.dcm", "c/2.dcm")]
    assert names(discover(files)) == ["1.dcm", "b/2.dcm", "c/2.dcm"]


def test_a_name_does_not_depend_on_how_an_input_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "a/1.dcm")
    put(tmp_path / "b/1.dcm")
    expected = names(discover([tmp_path / "a", tmp_path / "b"]))
    monkeypatch.chdir(tmp_path)
    assert names(discover([Path("a"), Path("a/../b")])) == expected
    assert names(discover([Path("a")])) == ["1.dcm"]


def test_no_name_is_given_twice(tmp_path: Path) -> None:
    for name in ("p/a/b/1.dcm", "q/a/b/1.dcm", "r/b/1.dcm"):
        put(tmp_path / name)
    found = names(discover([tmp_path / "p/a", tmp_path / "q/a/b", tmp_path / "r/b"]))
    assert len(set(found)) == len(found) == 3


def test_names_that_are_no_unicode_can_be_written(tmp_path: Path) -> None:
    put(Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.dcm")))
    [name] = names(discover([tmp_path]))
    assert name == "caf\\xe9.dcm"
    name.encode()


def test_a_dicomdir_adds_the_files_that_it_refers_to(tmp_path: Path) -> None:
    put(tmp_path / "cd/DATA/IM1")
    put(tmp_path / "cd/lower/im2")
    index = put_dicomdir(tmp_path / "cd", ["DATA", "IM1"], ["LOWER", "IM2"], "GONE")
    discovery = discover([index])
    assert names(discovery) == ["DATA/IM1", "LOWER/IM2"]
    [problem] = discovery.problems
    assert (problem.relative, problem.reason) == ("GONE", Reason.MISSING_FILE)


def test_a_folder_with_a_dicomdir_yields_each_file_once(tmp_path: Path) -> None:
    put(tmp_path / "cd/DATA/IM1")
    put(tmp_path / "cd/DATA/IM2")
    put_dicomdir(tmp_path / "cd", ["DATA", "IM2"], ["DATA", "GONE"])
    discovery = discover([tmp_path])
    assert names(discovery) == ["cd/DATA/IM2", "cd/DATA/IM1"]
    assert [problem.relative for problem in discovery.problems] == ["cd/DATA/GONE"]


@pytest.mark.filterwarnings("ignore::UserWarning")  # pydicom warns of what this test writes
@pytest.mark.parametrize("file_id", [["..", "secret.dcm"], ["", "secret.dcm"], ["..\\secret.dcm"], ["/etc", "passwd"]])
def test_a_dicomdir_cannot_lead_out_of_its_folder(tmp_path: Path, file_id: list[str]) -> None:
    put(tmp_path / "secret.dcm")
    discovery = discover([put_dicomdir(tmp_path / "cd", file_id)])
    assert discovery.files == ()
    assert [problem.reason for problem in discovery.problems] == [Reason.MISSING_FILE]


def test_a_damaged_dicomdir_is_a_problem_and_the_folder_is_searched_all_the_same(tmp_path: Path) -> None:
    put(tmp_path / "DICOMDIR", DICOM + b"\x02\x00\x00\x00UL\x04")
    put(tmp_path / "IM1")
    discovery = discover([tmp_path])
    assert names(discovery) == ["IM1"]
    assert [(problem.relative, problem.reason) for problem in discovery.problems] == [("DICOMDIR", Reason.UNREADABLE)]


@pytest.mark.parametrize("is_deflated", [True, False], ids=["deflated", "lying"])
def test_a_dicomdir_takes_no_more_memory_than_it_is_long(tmp_path: Path, is_deflated: bool) -> None:
    syntax = b"1.2.840.10008.1.2.1.99" if is_deflated else b"1.2.840.10008.1.2.1\0"
    meta = DICOM + b"\x02\x00\x10\x00UI" + len(syntax).to_bytes(2, "little") + syntax
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    records = deflate.compress(bytes(64 << 20)) + deflate.flush()
    put(tmp_path / "DICOMDIR", meta + (records if is_deflated else b"\x08\0\0\1UT\0\0\xfe\xff\xff\xff"))
    tracemalloc.start()
    discovery = discover([tmp_path])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [problem.reason for problem in discovery.problems] == [Reason.UNREADABLE]
    assert peak < 8 << 20


def test_a_text_called_dicomdir_is_passed_over(tmp_path: Path) -> None:
    put(tmp_path / "DICOMDIR", b"hello")
    assert discover([tmp_path]) == Discovery((), 1, ())


@pytest.mark.skipif(IS_SUPERUSER, reason="permissions do not bind the superuser")
def test_a_folder_without_permission_is_a_problem(tmp_path: Path) -> None:
    put(tmp_path / "ok.dcm")
    locked = tmp_path / "locked"
    locked.mkdir(mode=0)
    discovery = discover([tmp_path])
    locked.chmod(0o700)
    assert names(discovery) == ["ok.dcm"]
    assert [(problem.relative, problem.reason) for problem in discovery.problems] == [("locked", Reason.UNREADABLE)]


def test_a_file_that_cannot_be_looked_into_is_believed_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("IM0001", "1.dcm", "notes.txt"):
        put(tmp_path / name, b"hello")

    def refuse(*_arguments: object, **_named: object) -> None:
        raise PermissionError

    monkeypatch.setattr("builtins.open", refuse)
    assert names(discover([tmp_path])) == ["1.dcm", "IM0001"]


def test_a_folder_whose_path_is_too_long_is_a_problem(tmp_path: Path) -> None:
    start = Path.cwd()
    os.chdir(tmp_path)
    try:
        for _ in range(30):
            Path("d" * 200).mkdir()
            os.chdir("d" * 200)
    finally:
        os.chdir(start)
    discovery = discover([tmp_path])
    [problem] = discovery.problems
    assert problem.reason == Reason.UNREADABLE
    assert "too long" in problem.message


def test_a_dicomdir_of_thousands_costs_the_memory_of_one_record_and_not_a_row_for_each_missing_file(
    tmp_path: Path,
) -> None:
    put_dicomdir(tmp_path / "cd", *[["GONE", f"IM{number}"] for number in range(5000)])
    tracemalloc.start()
    discovery = discover([tmp_path / "cd"])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20, "all records at once take eighteen megabytes"
    assert len(discovery.problems) == 1001
    assert {problem.reason for problem in discovery.problems} == {Reason.MISSING_FILE}
    assert "5000 files" in discovery.problems[-1].message


def test_a_dicomdir_that_names_one_missing_file_often_is_read_at_once(tmp_path: Path) -> None:
    put_dicomdir(tmp_path / "cd", *["GONE"] * 4)
    found = [problem.relative for problem in discover([tmp_path / "cd"]).problems]
    assert found == ["GONE", "GONE~2", "GONE~3", "GONE~4"]


def test_what_a_dicomdir_says_of_its_patient_goes_with_the_files_that_are_missing(tmp_path: Path) -> None:
    put_dicomdir(tmp_path / "cd", ["MUELLERA", "IM1"])
    index = dcmread(tmp_path / "cd" / "DICOMDIR")
    patient = Dataset()
    patient.DirectoryRecordType, patient.PatientName, patient.PatientID = "PATIENT", "Mueller^Anna", "4711"
    index.DirectoryRecordSequence.insert(0, patient)
    index.save_as(tmp_path / "cd" / "DICOMDIR")
    (problem,) = discover([tmp_path / "cd"]).problems
    assert {"mueller", "anna", "4711"} <= problem.tokens


def test_a_record_of_a_dicomdir_that_never_ends_is_damage(tmp_path: Path) -> None:
    put_dicomdir(tmp_path / "cd", "GONE")
    content = (tmp_path / "cd" / "DICOMDIR").read_bytes()
    item = content.index(b"\xfe\xff\x00\xe0")
    endless = b"\xfe\xff\x00\xe0\xff\xff\xff\xff" + b"\x10\x00\x20\x00LO\x00\x00" * 200_000
    at = content.index(b"\x04\x00\x20\x12SQ") + 8
    (tmp_path / "cd" / "DICOMDIR").write_bytes(content[:at] + b"\xff\xff\xff\xff" + content[item:] + endless)
    reasons = [problem.reason for problem in discover([tmp_path / "cd"]).problems]
    assert reasons == [Reason.MISSING_FILE, Reason.UNREADABLE]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.zip", b"PK\3\4"), ("a.tar", b""), ("a.TAR.GZ", b""), ("a.tgz", b""), ("a.7z", b""), ("a.part1.rar", b""),
        ("a.zip.001", b""),
        ("a.r00", b""), ("image.dcm.gz", b""), ("disc.iso", b""), ("nameless", b"PK\3\4"),
        ("nameless", b"7z\xbc\xaf\x27\x1c"),
    ],
)  # fmt: skip
def test_archives_that_are_passed_over_are_named(tmp_path: Path, name: str, content: bytes) -> None:
    put(tmp_path / "sub" / name, content)
    discovery = discover([tmp_path])
    assert (discovery.passed_over, [file.relative for file in discovery.archives]) == (1, [f"sub/{name}"])


def test_an_archive_that_is_named_as_input_is_told_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04")
    discovery = discover([tmp_path / "a.zip"])
    [problem] = discovery.problems
    assert discovery.files == ()
    assert (problem.reason, "Unpack it" in problem.message) == (Reason.NOT_DICOM, True)


@pytest.mark.parametrize("name", ["notes.txt", "table.xlsx", "image.png", "archive", "gz", "zipper.csv", "model.npz"])
def test_other_files_are_no_archives(tmp_path: Path, name: str) -> None:
    put(tmp_path / name, b"PK\3\4" if "." in name else b"text")
    assert discover([tmp_path]).archives == ()
