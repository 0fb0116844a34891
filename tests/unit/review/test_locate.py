from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from mammocalc.dicom import read_sop_instance_uid
from mammocalc.review.server.locate import ImageFinder, look_beside

if TYPE_CHECKING:
    from pathlib import Path

    Sample = tuple[Path, str]


@pytest.fixture(scope="module")
def sample(request: pytest.FixtureRequest) -> Sample:
    path = min((request.config.rootpath / "sample_data").glob("*.dcm"))
    return path, read_sop_instance_uid(path) or ""


@pytest.mark.parametrize("recorded", ["a/b.dcm", "elsewhere.dcm", "../../etc/passwd", "/etc/passwd", "a\0b", None])
def test_an_image_is_found_whatever_the_record_says(tmp_path: Path, sample: Sample, recorded: str | None) -> None:
    path, uid = sample
    (tmp_path / "a").mkdir()
    shutil.copy(path, tmp_path / "a" / "b.dcm")
    assert ImageFinder(tmp_path, {uid: recorded}).find(uid, 30) == (tmp_path / "a" / "b.dcm", "")


def test_a_record_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path, sample: Sample) -> None:
    path, uid = sample
    shutil.copy(path, tmp_path / "secret.dcm")
    (tmp_path / "images").mkdir()
    for recorded in ("../secret.dcm", str(tmp_path / "secret.dcm"), "x/../../secret.dcm"):
        found, why = ImageFinder(tmp_path / "images", {uid: recorded}).find(uid, 30)
        assert found is None
        assert "--images" in why
        assert str(tmp_path) not in why


def test_another_image_under_the_recorded_name_does_not_count(tmp_path: Path, sample: Sample) -> None:
    path, uid = sample
    other = sorted(path.parent.glob("*.dcm"))[1]
    shutil.copy(other, tmp_path / "1.dcm")
    assert ImageFinder(tmp_path, {uid: "1.dcm"}).find(uid, 30)[0] is None
    shutil.copy(path, tmp_path / "2.dcm")
    assert ImageFinder(tmp_path, {uid: "1.dcm"}).find(uid, 30)[0] == tmp_path / "2.dcm"


def test_an_image_that_is_moved_while_the_server_runs_is_found_again(tmp_path: Path, sample: Sample) -> None:
    path, uid = sample
    shutil.copy(path, tmp_path / "1.dcm")
    finder = ImageFinder(tmp_path, {uid: "1.dcm"})
    assert finder.find(uid, 30)[0] == tmp_path / "1.dcm"
    for name in ("moved", "again.dcm"):
        present = next(path for path in tmp_path.iterdir() if path.is_file())
        present.rename(tmp_path / name)
        assert finder.find(uid, 30)[0] == tmp_path / name
    (tmp_path / "again.dcm").unlink()
    assert finder.find(uid, 30)[0] is None


def test_the_input_is_looked_for_beside_the_run(tmp_path: Path, sample: Sample) -> None:
    path, uid = sample
    (tmp_path / "images" / "deep").mkdir(parents=True)
    assert look_beside((tmp_path,), {uid: "deep/1.dcm"}) is None
    shutil.copy(path, tmp_path / "images" / "deep" / "1.dcm")
    assert look_beside((tmp_path / "nowhere", tmp_path), {uid: "deep/1.dcm"}) == tmp_path / "images"
    assert look_beside((tmp_path,), {"1.2.3": "deep/1.dcm"}) is None


def test_a_part_of_the_images_does_not_win_over_the_whole(tmp_path: Path, sample: Sample) -> None:
    """Folders are looked into by name, and a few files copied elsewhere may come first."""
    folder = sample[0].parent
    names = [path.name for path in sorted(folder.glob("*.dcm"))]
    recorded: dict[str, str | None] = {read_sop_instance_uid(folder / name) or "": name for name in names}
    for place, held in (("part", names[:2]), ("whole", names)):
        (tmp_path / place).mkdir()
        for name in held:
            shutil.copy(folder / name, tmp_path / place)
    assert look_beside((tmp_path,), recorded) == tmp_path / "whole"
    shutil.rmtree(tmp_path / "whole")
    assert look_beside((tmp_path,), recorded) == tmp_path / "part"
