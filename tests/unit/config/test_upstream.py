"""A classifier knows the settings that it was trained under, and the medium of an image decides which ones hold."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mammocalc.analysis.classifiers import check_classifiers
from mammocalc.analysis.image import analyse
from mammocalc.config import (
    Config,
    before_distributions,
    before_particles,
    differences,
    load,
    medium_of,
    origin_of,
    ready_made,
    settings_for,
)
from mammocalc.config.film import HOMES, FilmSettings
from mammocalc.stages import clustering, detect, enhance, normalise
from mammocalc.vocabulary.errors import ConfigurationError
from mammocalc.vocabulary.lexicon import Flag, Medium

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[3]
DATA = ROOT / "pipeline" / "mammocalc" / "classifiers" / "data"
GROUP = [(34 + 2 * (i % 3), 18 + 2 * (i // 3), 0.4) for i in range(9)]


def refused(*overrides: str, file: str | None = None) -> str:
    with pytest.raises(ConfigurationError) as caught:
        check_classifiers(load(file, overrides).config)
    return str(caught.value)


@pytest.mark.parametrize("name", sorted(ready_made()))
def test_every_ready_made_configuration_is_one_that_its_classifiers_know(name: str) -> None:
    check_classifiers(load(name).config)
    check_classifiers(load(name, ["detect.threshold_sigma=6"]).config)  # stricter than any, and so allowed


def test_a_setting_that_a_classifier_does_not_know_is_refused_by_name() -> None:
    message = refused("detect.threshold_sigma=2")
    assert "detect.threshold_sigma is 2.0, trained with 3.5" in message
    assert "candidate_sigma" not in message, "that is a constant, which follows the setting"
    assert "on_other_settings=flag" in message


@pytest.mark.parametrize(
    ("stage", "constant", "value", "said"),
    [
        (normalise, "NOISE_FLOOR", 0.0, "normalise.noise_floor is 0.0, trained with 1.0"),
        (enhance, "ANGLES", 4, "enhance.angles is 4, trained with 8"),
        (enhance, "LENGTHS_MM", (0.6, 1.4, 3.5, 9.0), "enhance.lengths_mm is [0.6, 1.4, 3.5, 9.0], trained with"),
        (detect, "SEPARATION_MM", 0.6, "detect.separation_mm is 0.6, trained with 0.3"),
        (normalise, "BLUR_MM", {Medium.DIGITAL: 0.2, Medium.FILM: 0.1}, "normalise.blur_mm is 0.2, trained with 0.055"),
    ],
)
def test_a_constant_of_the_search_that_was_changed_asks_for_another_training(
    monkeypatch: pytest.MonkeyPatch, stage: ModuleType, constant: str, value: object, said: str
) -> None:
    monkeypatch.setattr(stage, constant, value)
    assert said in refused()


def trained_otherwise(tmp_path: Path, shipped: str, **changes: float) -> Path:
    """Write a classifier as it would be if it had been trained under other numbers."""
    document = json.loads((DATA / shipped).read_text(encoding="utf-8"))
    document["origin"] |= origin_of({**document["origin"]["settings"], **changes})
    path = tmp_path / shipped
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_a_file_that_was_trained_under_other_constants_is_refused_by_their_names(tmp_path: Path) -> None:
    changes = {"group.longest_reach_mm": 5.0, "pattern.cover_mm": 4.0}
    message = refused(f"distribution.file={trained_otherwise(tmp_path, 'distribution_classifier.json', **changes)}")
    assert "group.longest_reach_mm is 20.0, trained with 5.0" in message
    assert "pattern.cover_mm is 10.0, trained with 4.0" in message
    assert "distribution.on_other_settings=flag" in message


def test_a_constant_that_was_changed_asks_for_another_training(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clustering, "LONGEST_REACH_MM", 25.0)
    assert "group.longest_reach_mm is 25.0, trained with 20.0" in refused()


@pytest.mark.parametrize("section", ["classify", "distribution"])
def test_what_is_allowed_is_flagged_on_every_image(make_mammogram, tmp_path: Path, section: str) -> None:
    option = "detect.threshold_sigma=2"
    if section == "distribution":
        changes = {"pattern.cover_mm": 4.0}
        option = f"distribution.file={trained_otherwise(tmp_path, 'distribution_classifier.json', **changes)}"
    allowed = ["classify.on_other_settings=flag", "distribution.on_other_settings=flag"]
    config = load(None, [option, *allowed]).config
    check_classifiers(config)
    assert Flag.CLASSIFIER_UNTRAINED in analyse(make_mammogram(GROUP), config).flags
    assert Flag.CLASSIFIER_UNTRAINED not in analyse(make_mammogram(GROUP), load(None, allowed).config).flags


def test_rules_without_training_know_all_settings(make_mammogram, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clustering, "LONGEST_REACH_MM", 8.0)
    config = load(None, ["detect.threshold_sigma=2", "classify.by=strength"]).config
    with pytest.raises(ConfigurationError, match=r"group\.longest_reach_mm"):
        check_classifiers(config)
    config = load(None, ["detect.threshold_sigma=2", "classify.by=strength", "distribution.by=table"]).config
    check_classifiers(config)
    assert Flag.CLASSIFIER_UNTRAINED not in analyse(make_mammogram(GROUP), config).flags


def test_the_refused_settings_are_refused_for_one_image_too(make_mammogram) -> None:
    with pytest.raises(ConfigurationError, match=r"detect\.threshold_sigma is 2"):
        analyse(make_mammogram(GROUP), load(None, ["detect.threshold_sigma=2"]).config)


def test_a_file_that_was_changed_or_says_nothing_is_not_believed() -> None:
    upstream = before_particles(Config())
    origin = origin_of(upstream)
    assert differences(origin, upstream) == ()
    other = {**upstream, "enhance.angles": 4}
    assert differences({**origin, "settings": other}, other) != ()
    assert differences({}, upstream) != ()


def test_a_file_of_ones_own_judges_the_medium_that_it_was_trained_on(tmp_path: Path) -> None:
    shipped = json.loads((DATA / "particle_classifier.json").read_text(encoding="utf-8"))
    own = tmp_path / "own.json"
    own.write_text(json.dumps(shipped), encoding="utf-8")
    check_classifiers(load(None, [f"classify.file={own}"]).config)
    assert "normalise.blur_mm" in refused(f"classify.file={own}", file="digitised_film")
    shipped["origin"].pop("settings_digest")
    old = tmp_path / "old.json"
    old.write_text(json.dumps(shipped), encoding="utf-8")
    assert "does not say under which settings" in refused(f"classify.file={old}")


def test_the_settings_before_the_distributions_are_those_of_groups_and_patterns() -> None:
    assert {path.partition(".")[0] for path in before_distributions()} == {"group", "pattern"}


def test_a_film_is_judged_as_film_and_the_report_says_so(make_mammogram) -> None:
    mammogram = make_mammogram(GROUP)
    film = dataclasses.replace(mammogram, flags=mammogram.flags | {Flag.DIGITISED_FILM})
    assert analyse(mammogram, Config()).medium is Medium.DIGITAL
    by_itself, by_name = analyse(film, Config()), analyse(mammogram, load("digitised_film").config)
    assert by_itself.medium is by_name.medium is Medium.FILM
    assert by_itself.calcifications == by_name.calcifications
    assert by_itself.presence == by_name.presence
    as_digital = analyse(film, load(None, ["classify.medium=digital"]).config)
    assert as_digital.calcifications == analyse(mammogram, Config()).calcifications
    assert as_digital.medium is Medium.DIGITAL


def test_every_setting_of_the_film_takes_the_place_of_its_namesake() -> None:
    film = settings_for(Config(), Medium.FILM)
    assert set(HOMES) == set(FilmSettings.model_fields)
    for name, section in HOMES.items():
        own: Any = getattr(getattr(Config(), section), name)
        assert getattr(getattr(film, section), name) == getattr(Config().film, name) != own
    assert settings_for(film, medium_of(film, is_film=False)) == film


def test_a_setting_that_was_given_holds_for_films_unless_theirs_was_given_too() -> None:
    def threshold(*overrides: str) -> float:
        return settings_for(load(None, overrides).config, Medium.FILM).classify.threshold

    assert threshold() == 0.8
    assert threshold("classify.threshold=0.99") == 0.99
    assert threshold("classify.threshold=0.99", "film.threshold=0.7") == 0.7
    assert load(None, ["classify.threshold=0.99"]).origins["film.threshold"] == "--set"
