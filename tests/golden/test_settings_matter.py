"""A setting is a promise: another value of it gives another result, or its own test says when."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from golden import SAMPLES

from mammocalc.analysis.image import analyse
from mammocalc.analysis.search import Search, search
from mammocalc.config import Config, load
from mammocalc.config.loading import setting_paths
from mammocalc.dicom import read_mammogram
from mammocalc.execution.process import dicom_settings
from mammocalc.files.yaml_text import read_yaml
from mammocalc.vocabulary.errors import ImageUnreadableError
from mammocalc.vocabulary.lexicon import Flag

if TYPE_CHECKING:
    from mammocalc.model import Mammogram, Report

STAGES: Final = frozenset(
    {
        "normalise", "breast", "enhance", "detect", "classify", "foreign", "measure", "landmarks", "vessels",
        "morphology", "group", "pattern", "distribution",
    }
)  # fmt: skip
BEFORE_THE_CLASSIFIER: Final = frozenset({"normalise", "breast", "enhance", "detect"})
ALLOWED: Final = ("classify.on_other_settings=flag", "distribution.on_other_settings=flag")
"""Classifiers judge under settings that they were not trained under, which they refuse otherwise."""
VALUES: Final[dict[str, Any]] = read_yaml(Path(__file__).with_name("settings.yaml"), "settings.yaml")[0]

SEEN_ELSEWHERE: Final = frozenset(
    {
        "normalise.uncalibrated_pixel_mm",  # the samples have a spacing: test_analyse
        "classify.medium", "classify.file", "classify.on_other_settings", "distribution.file",
        "vessels.file",
        "distribution.on_other_settings",  # files and media: test_upstream, test_train
        "classify.strength_half_sigma",  # without trees: test_classify
        "foreign.leave_out_metal", "foreign.leave_out_drawn",  # no sample holds any: test_foreign, test_drawn
        "distribution.vascular_min_count", "distribution.vascular_min_share", "distribution.benign_min_count",
        "distribution.benign_min_share", "distribution.region_min_count",
        "distribution.scattered_min_count",  # the words of images: test_image_word
    }
)  # fmt: skip
NOT_SEEN: Final = frozenset(
    {
        "vessels.sure",  # the rules flag the artery of 07_arterial as well: test_vessels
        "classify.presence_circle_mm",
    }
)  # fmt: skip
"""Those whose effect no sample shows."""


@functools.cache
def mammogram_of(name: str) -> Mammogram:
    path = next(path for path in SAMPLES if path.stem == name)
    return read_mammogram(path, dicom_settings(load(None, []).config))


@functools.cache
def searched(name: str) -> Search:
    return search(mammogram_of(name), load(None, []).config)


@functools.cache
def by_default(name: str) -> Report:
    return analyse(mammogram_of(name), load(None, []).config)


@pytest.mark.parametrize("path", VALUES)
def test_another_value_gives_another_result(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    value, sample = VALUES[path]
    expected = by_default(sample)
    config = load(None, [f"{path}={value}", *ALLOWED]).config
    if path.partition(".")[0] not in BEFORE_THE_CLASSIFIER:  # then the search, which takes longest, is the same
        found = searched(sample)
        monkeypatch.setattr("mammocalc.analysis.image.search", lambda *_: found)
    try:
        report = analyse(mammogram_of(sample), config)
    except ImageUnreadableError:  # a breast as small as that is none
        return
    assert replace(report, flags=report.flags - {Flag.CLASSIFIER_UNTRAINED}) != expected


def test_every_setting_of_a_stage_is_tried_or_has_its_reason() -> None:
    settings = {path for path in setting_paths(Config) if path.split(".")[0] in STAGES}
    assert settings == VALUES.keys() | SEEN_ELSEWHERE | NOT_SEEN
    assert not VALUES.keys() & (SEEN_ELSEWHERE | NOT_SEEN)
