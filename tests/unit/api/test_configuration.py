"""The configuration of a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from mammocalc.api.array import from_array
from mammocalc.api.configuration import reading_settings, resolve, with_reading_of
from mammocalc.config import Config, digest, load
from mammocalc.vocabulary.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_the_default_is_that_of_the_command_line() -> None:
    assert resolve("default", {}) == load()
    assert resolve(None, {}) == load()
    assert resolve("high_sensitivity", {}) == load("high_sensitivity")


def test_a_setting_does_what_it_does_after_set() -> None:
    for base in (None, "high_sensitivity"):
        called = resolve(base, {"detect.threshold_sigma": 7}).config
        assert called == load(base, ["detect.threshold_sigma=7"]).config
    film = resolve("default", {"classify.threshold": 0.9}).config
    assert film == load(None, ["classify.threshold=0.9"]).config


@pytest.mark.parametrize(
    "value", [7, 7.0, np.float32(7), np.int64(7), np.float64(7)], ids=lambda value: type(value).__name__
)
def test_numbers_of_any_library_are_numbers(value: object) -> None:
    assert resolve("default", {"detect.threshold_sigma": value}).config.detect.threshold_sigma == 7


def test_files_mappings_and_configurations_are_the_same_settings(tmp_path: Path) -> None:
    expected = load(None, ["detect.threshold_sigma=7"]).config
    file = tmp_path / "own.yaml"
    file.write_text("detect:\n  threshold_sigma: 7\n", encoding="utf-8")
    for config in (file, str(file), {"detect": {"threshold_sigma": 7}}, {"detect.threshold_sigma": 7}, expected):
        assert resolve(config, {}).config == expected
        assert digest(resolve(config, {}).config) == digest(expected)


def test_a_setting_beside_a_configuration_changes_that_alone() -> None:
    base = load("high_sensitivity").config
    changed = resolve(base, {"detect.threshold_sigma": 7}).config
    assert changed.detect == base.detect.model_copy(update={"threshold_sigma": 7})
    assert changed.classify == base.classify
    assert changed.name == f"{base.name} (changed)"
    section = resolve({"detect": {"report_limit": 50}}, {"detect": {"threshold_sigma": 7}}).config.detect
    assert (section.report_limit, section.threshold_sigma) == (50, 7)


def test_all_mistakes_come_together_and_say_what_was_meant() -> None:
    with pytest.raises(ConfigurationError) as caught:
        resolve("default", {"detect.treshold_sigma": 7, "detect.report_limit": "high"})
    said = str(caught.value)
    assert "the call: 2 problems" in said
    assert "did you mean detect.threshold_sigma?" in said
    assert "detect.report_limit" in said
    assert "--set" not in said


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1, 2}], ids=["nan", "inf", "object", "set"])
def test_what_is_no_value_is_an_error_of_its_setting(value: object) -> None:
    with pytest.raises(ConfigurationError, match=r"detect\.threshold_sigma"):
        resolve("default", {"detect.threshold_sigma": value})


@pytest.mark.parametrize("path", ["", "detect.", "detect=x.y", "detect threshold"])
def test_what_is_no_path_of_a_setting_says_how_one_is_written(path: str) -> None:
    with pytest.raises(ConfigurationError, match=r"section\.key"):
        resolve("default", {path: 1})


def test_a_wrong_name_lists_the_right_ones() -> None:
    with pytest.raises(ConfigurationError, match="high_sensitivity"):
        resolve("hihg_sensitivity", {})
    with pytest.raises(UsageError, match="type int"):
        resolve(7, {})


def test_settings_of_reading_come_with_the_image_and_are_refused_later() -> None:
    read = reading_settings(load(None, ["spacing.max_mm=0.3"]).config)
    used = with_reading_of(resolve("default", {}), read)
    assert used.spacing.max_mm == 0.3
    assert used.name == "custom"
    assert digest(used) == digest(load(None, ["spacing.max_mm=0.3"]).config)
    with pytest.raises(UsageError, match=r"spacing\.max_mm: .* read"):
        with_reading_of(resolve("default", {"spacing.max_mm": 0.2}), read)
    assert with_reading_of(resolve("default", {"spacing.max_mm": 0.3}), read) == used
    assert with_reading_of(resolve("default", {}), reading_settings(Config())) == Config()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: resolve("default", {"frame": 2}), "frame: is said of one file"),
        (lambda: resolve("default", {"spacing_mm": 0.07}), "said of an array.*spacing.assume"),
        (lambda: Config(detekt={}), "detekt: unknown key; did you mean detect"),  # type: ignore[call-arg]
        (lambda: Config(detect={"threshold_sigma": "a"}), 'detect.threshold_sigma: .*number .*"a"'),  # type: ignore[arg-type]
        (lambda: Config(7), "sections are given by name"),  # type: ignore[call-arg, arg-type]
    ],
)
def test_mistakes_of_a_config_are_told_as_those_of_a_file(make: Callable[[], Config], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        make()


def test_a_setting_that_is_given_twice_is_not_taken_silently() -> None:
    twice = {"detect.threshold_sigma": 7, "detect": {"threshold_sigma": 8}}
    with pytest.raises(ConfigurationError, match=r"detect\.threshold_sigma: given twice"):
        resolve(twice, {})
    with pytest.raises(ConfigurationError, match=r"detect\.threshold_sigma: given twice"):
        resolve("default", twice)
    assert resolve({"detect.threshold_sigma": 7}, {"detect": {"threshold_sigma": 8}}).config.detect.threshold_sigma == 8


def test_a_section_is_no_value() -> None:
    with pytest.raises(ConfigurationError, match=r"spacing: is a section of settings.*spacing\.min_mm"):
        resolve("default", {"spacing": 0.07})
    with pytest.raises(UsageError, match="is called spacing_mm"):
        from_array(np.zeros((9, 9)), spacing=(0.07, 0.07))
