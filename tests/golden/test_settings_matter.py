"""A setting is a promise: another value of it changes what is written, here or in the test that is named."""

from __future__ import annotations

import functools
import re
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest
from golden import ROOT, SAMPLES

from mammocalc.analysis import search
from mammocalc.analysis.image import analyse
from mammocalc.cli import main
from mammocalc.config import Config, load
from mammocalc.config.loading import setting_paths
from mammocalc.dicom import read_mammogram
from mammocalc.execution.process import dicom_settings
from mammocalc.files.yaml_text import read_yaml
from mammocalc.model import Report
from mammocalc.rendering.overlay import encode_overlay, render_overlay
from mammocalc.vocabulary.errors import ImageError

if TYPE_CHECKING:
    from mammocalc.model import Mammogram

MOST: Final = 70
"""So many settings a program of this kind may have: each is shown, checked, explained and kept for years."""
BEFORE_THE_SEARCH: Final = frozenset({"spacing", "read", "privacy", "detect"})
ALLOWED: Final = ("classify.on_other_settings=flag", "distribution.on_other_settings=flag")
"""Classifiers judge under settings that they were not trained under, which they refuse otherwise."""


class Row(NamedTuple):
    """A value of a setting, the sample, the part of its report that must change, and what is set besides."""

    value: Any
    sample: str
    changes: str
    besides: tuple[str, ...] = ()


VALUES: Final = {
    path: Row(value, sample, changes, tuple(besides))
    for path, (value, sample, changes, *besides) in read_yaml(
        Path(__file__).with_name("settings.yaml"), "settings.yaml"
    )[0].items()
}
PICTURES: Final = {"overlay.format": "png", "overlay.max_side_px": 900, "overlay.insets": 0}
FILES: Final = {
    "outputs.overlays": "none",
    "outputs.thumbnails": "false",
    "outputs.candidates": "true",
    "outputs.parquet": "true",
}
UPSTREAM, ADMISSION = "tests/unit/config/test_upstream.py", "tests/unit/dicom/test_admission.py"
ELSEWHERE: Final = {
    "name": "tests/unit/config/test_config.py",
    "admit.quality_control": ADMISSION,
    "admit.specimens": ADMISSION,
    "admit.contrast_recombined": ADMISSION,
    "admit.screenshots": ADMISSION,
    "admit.multiframe": "tests/unit/dicom/test_frames.py",
    "admit.not_mammography": ADMISSION,
    "admit.film_min_side_px": ADMISSION,
    "spacing.min_magnification": "tests/unit/dicom/test_spacing.py",
    "spacing.max_magnification": "tests/unit/dicom/test_spacing.py",
    "spacing.assume": "tests/unit/dicom/test_spacing.py",
    "privacy.uids": "tests/unit/dicom/test_uids.py",
    "privacy.file_names": "tests/system/test_pseudonyms.py",
    "classify.file": UPSTREAM,
    "classify.on_other_settings": UPSTREAM,
    "distribution.file": UPSTREAM,
    "distribution.on_other_settings": UPSTREAM,
    "foreign.leave_out_metal": "tests/unit/stages/test_foreign_objects.py",
    "foreign.leave_out_drawn": "tests/unit/stages/test_foreign_objects_drawn.py",
    "vessels.file": "tests/system/test_train.py",
    "vessels.sure": "tests/unit/stages/test_vessels.py",
    "distribution.vascular_min_count": "tests/unit/stages/test_image_word.py",
    "distribution.vascular_min_share": "tests/unit/stages/test_image_word.py",
    "distribution.benign_min_count": "tests/unit/stages/test_image_word.py",
    "distribution.benign_min_share": "tests/unit/stages/test_image_word.py",
    "distribution.region_min_count": "tests/unit/stages/test_image_word.py",
    "distribution.scattered_min_count": "tests/unit/stages/test_image_word.py",
}
"""Files, headers and findings that no sample has: the tests that set these."""


def mammogram_of(name: str, config: Config) -> Mammogram:
    path = next(path for path in SAMPLES if path.stem == name)
    return read_mammogram(path, dicom_settings(config))


@functools.cache
def searched(name: str, besides: tuple[str, ...]) -> search.Search:
    config = load(None, besides).config
    return search.search(mammogram_of(name, config), config)


@functools.cache
def before(name: str, besides: tuple[str, ...]) -> Report:
    config = load(None, besides).config
    return analyse(mammogram_of(name, config), config)


@pytest.mark.parametrize("path", VALUES)
def test_another_value_gives_another_result(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    row = VALUES[path]
    expected = before(row.sample, row.besides)
    config = load(None, [*row.besides, f"{path}={row.value}", *ALLOWED]).config
    section, _, name = path.partition(".")
    if not {section, name} & {*BEFORE_THE_SEARCH, "medium", "threshold_sigma"}:  # then the search is the same
        found = searched(row.sample, row.besides)
        monkeypatch.setattr("mammocalc.analysis.image.search", lambda *_: found)
    try:
        report = analyse(mammogram_of(row.sample, config), config)
    except ImageError:
        assert row.changes == "refused"
        return
    assert getattr(report, row.changes) != getattr(expected, row.changes)


@pytest.mark.parametrize("path", PICTURES)
def test_another_value_gives_another_picture(path: str) -> None:
    usual, changed = (load(None, sets).config for sets in ([], [f"{path}={PICTURES[path]}"]))
    mammogram, report = mammogram_of("03_grouped", usual), before("03_grouped", ())
    pictures = [encode_overlay(render_overlay(mammogram, report, one.overlay), one.overlay) for one in (usual, changed)]
    assert pictures[0] != pictures[1]


def test_another_value_writes_other_files(tmp_path: Path) -> None:
    def files(*sets: str) -> set[str]:
        out = tmp_path / f"run{len(list(tmp_path.iterdir()))}"
        options = [word for change in sets for word in ("--set", change)]
        sample = str(ROOT / "sample_data" / "08_none.dcm")
        assert main(["run", sample, "--out", str(out), "--workers", "1", "--quiet", *options]) == 0
        return {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}

    usual = files()
    for path, value in FILES.items():
        assert files(f"{path}={value}") != usual, path


@pytest.mark.parametrize("path", ELSEWHERE)
def test_what_no_sample_shows_is_set_by_the_test_that_is_named(path: str) -> None:
    text = (ROOT / ELSEWHERE[path]).read_text(encoding="utf-8")
    assert re.search(rf"\b{path.rpartition('.')[2]}\b", text), f"{ELSEWHERE[path]} does not set {path}"


def test_every_setting_has_its_row_and_there_are_few() -> None:
    settings = list(setting_paths(Config))
    rows = [*VALUES, *PICTURES, *FILES, *ELSEWHERE]
    assert sorted(rows) == sorted(settings), "a setting without a row has no test that it matters"
    assert len(settings) <= MOST


def test_what_must_change_is_a_part_of_a_report() -> None:
    assert {row.changes for row in VALUES.values()} <= {field.name for field in fields(Report)} | {"refused"}
