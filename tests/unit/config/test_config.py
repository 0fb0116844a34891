from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from mammocalc.config import REDACTED, Config, describe, digest, json_schema, load, to_commented_yaml, without_secrets
from mammocalc.config.loading import setting_paths
from mammocalc.config.now_constant import NOW_CONSTANT
from mammocalc.vocabulary.errors import ConfigurationError

CONFIGS = sorted((Path(__file__).parents[3] / "configs").glob("*.yaml"))


def write(folder: Path, text: str) -> Path:
    file = folder / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def problems_of(file: Path | None, *overrides: str) -> dict[str, str]:
    with pytest.raises(ConfigurationError) as caught:
        load(file, overrides)
    return {problem.path: problem.message for problem in caught.value.problems}


def test_without_a_file_everything_is_a_default() -> None:
    resolved = load(None, ())
    assert resolved.config == Config()
    assert resolved.origins == {}


def test_an_empty_file_and_empty_sections_change_nothing(tmp_path: Path) -> None:
    assert load(write(tmp_path, "")).config == Config()
    assert load(write(tmp_path, "outputs:\n  # overlays: none\n")).config == Config()


def test_a_byte_order_mark_is_not_part_of_the_first_key(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_bytes(b"\xef\xbb\xbfname: mine\n")
    assert load(file).config.name == "mine"


def test_options_win_over_the_file_and_the_last_option_over_the_first(tmp_path: Path) -> None:
    file = write(tmp_path, "name: mine\noutputs: {overlays: none, candidates: true}\n")
    resolved = load(file, ["outputs.overlays=all", "outputs.overlays=findings"])
    assert resolved.config.outputs.overlays == "findings"
    assert resolved.config.outputs.candidates
    assert resolved.origins["outputs.overlays"] == "--set"
    assert resolved.origins["outputs.candidates"] == "mine.yaml"
    assert "outputs.thumbnails" not in resolved.origins


def test_all_mistakes_come_at_once_with_path_and_value(tmp_path: Path) -> None:
    text = "detekt: {threshold: 4}\nspacing:\n  min_mm: -1\noutputs:\n  overlays: some\n  thumbnails: 'yes'\n"
    found = problems_of(write(tmp_path, text))
    assert set(found) == {"detekt", "spacing.min_mm", "outputs.overlays", "outputs.thumbnails"}
    assert "greater than 0" in found["spacing.min_mm"]
    assert "got -1" in found["spacing.min_mm"]
    assert "'all', 'findings' or 'none'" in found["outputs.overlays"]
    assert 'got "yes"' in found["outputs.thumbnails"]


@pytest.mark.parametrize(
    ("text", "path", "suggestion"),
    [
        ("spacing: {minn_mm: 0.04}", "spacing.minn_mm", "spacing.min_mm"),
        ("outputz: {overlays: all}", "outputz", "outputs"),
        ("read: {overlays: all}", "read.overlays", "outputs.overlays"),
        ("overlays: all", "overlays", "outputs.overlays"),
        ("outputs.overlays: all", "outputs.overlays", "inside the section 'outputs:'"),
    ],
)
def test_misspelt_and_misplaced_keys_name_the_one_that_was_meant(
    tmp_path: Path, text: str, path: str, suggestion: str
) -> None:
    assert suggestion in problems_of(write(tmp_path, text))[path]


def test_a_key_that_resembles_nothing_gets_no_suggestion(tmp_path: Path) -> None:
    assert problems_of(write(tmp_path, "zzzzqqqq: 1"))["zzzzqqqq"] == "unknown key"


@pytest.mark.parametrize(
    ("text", "path", "sentence"),
    [
        ("detect: 3", "detect", "holds keys of its own, and is no single value (got 3)"),
        ("detect: {threshold_sigma: high}", "detect.threshold_sigma", 'must be a number (got "high")'),
        ("detect: {report_limit: 2.5}", "detect.report_limit", "must be a whole number (got 2.5)"),
        ("outputs: {thumbnails: 1}", "outputs.thumbnails", "must be true or false (got 1)"),
        ("name: [a]", "name", 'must be a text (got ["a"])'),
    ],
)
def test_a_wrong_type_is_told_without_words_of_the_validator(
    tmp_path: Path, text: str, path: str, sentence: str
) -> None:
    assert problems_of(write(tmp_path, text))[path] == sentence


def test_keys_given_twice_are_mistakes_at_any_depth(tmp_path: Path) -> None:
    text = (
        "outputs: {overlays: all}\nspacing:\n  assume:\n    - {row_mm: 0.1, row_mm: 0.2}\noutputs: {overlays: none}\n"
    )
    found = problems_of(write(tmp_path, text))
    assert found["outputs"] == "given twice, on lines 1 and 5"
    assert found["spacing.assume.0.row_mm"] == "given twice, on lines 4 and 4"


def test_a_key_given_twice_hides_no_other_mistake(tmp_path: Path) -> None:
    text = "detect: {threshold_sigma: 7, threshold_sigma: 8}\ngroup: {reach: 3}\nbreast: {min_area_mm2: many}\n"
    assert problems_of(write(tmp_path, text)).keys() == {"detect.threshold_sigma", "group.reach", "breast.min_area_mm2"}
    with pytest.raises(ConfigurationError, match=r"group\.a\.reach: given twice"):
        load(None, ["group.a={reach: 1, reach: 2}"])


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        ("outputs: [", "line 1", "not valid YAML"),
        ("- outputs", "file", "must hold sections"),
        ("a: &x 1\nb: *x\n", "line 2", "aliases"),
        ("a: !!python/object/apply:os.getcwd []", "line 1", "not valid YAML"),
        ("a: " + "[" * 5000, "file", "nested too deeply"),
        ("read: {max_pixels: " + "9" * 5000 + "}", "file", "too long"),
    ],
)
def test_what_is_not_a_configuration_is_told_with_its_place(tmp_path: Path, text: str, path: str, message: str) -> None:
    ((where, what),) = problems_of(write(tmp_path, text)).items()
    assert where.startswith(path)
    assert message in what


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    missing = problems_of(tmp_path / "missing.yaml")["file"]
    assert missing.startswith("does not exist")
    assert all(file.stem in missing for file in CONFIGS)
    assert "cannot be read" in problems_of(tmp_path)["file"]
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"name: \xe9t\xe9\n")
    assert problems_of(latin) == {"file": "is not a text in UTF-8"}


@pytest.mark.parametrize(
    ("override", "path"), [("outputs.overlays", "outputs.overlays"), ("=3", "(empty)"), ("a..b=1", "a..b")]
)
def test_options_that_are_not_assignments_are_told(override: str, path: str) -> None:
    assert problems_of(None, override) == {path: "write it as section.key=value"}


def test_a_wrong_value_of_an_option_names_the_option() -> None:
    assert "from --set" in problems_of(None, "outputs.overlays=some")["outputs.overlays"]
    assert "from --set" in problems_of(None, "outputs.overlay=all")["outputs.overlay"]
    assert "not valid YAML" in problems_of(None, "outputs.overlays=[")["outputs.overlays"]


def test_words_stay_words_and_numbers_are_numbers(tmp_path: Path) -> None:
    """YAML 1.1 would read these as False, 90 and a text."""
    assert load(None, ["name=no"]).config.name == "no"
    assert 'got "1:30"' in problems_of(write(tmp_path, "spacing: {min_mm: 1:30}"))["spacing.min_mm"]
    assert load(None, ["spacing.min_mm=4e-2"]).config.spacing.min_mm == 0.04
    assert load(None, ["read.max_pixels=010"]).config.read.max_pixels == 10


def test_nothing_is_converted_behind_the_users_back(tmp_path: Path) -> None:
    found = problems_of(write(tmp_path, "read: {max_pixels: '7'}\nspacing: {min_mm: true}\nname: 7\n"))
    assert set(found) == {"read.max_pixels", "spacing.min_mm", "name"}
    assert "finite" in problems_of(None, "spacing.max_mm=1e999")["spacing.max_mm"]


def test_lists_of_sections_are_read(tmp_path: Path) -> None:
    text = "spacing:\n  assume:\n    - {manufacturer: LUMISYS, row_mm: 0.05, column_mm: 0.05}\n"
    (assumed,) = load(write(tmp_path, text)).config.spacing.assume
    assert (assumed.manufacturer, assumed.model, assumed.row_mm) == ("LUMISYS", None, 0.05)


def test_the_name_of_an_operating_point_is_honest(tmp_path: Path) -> None:
    named = write(tmp_path, "name: mine\noutputs: {overlays: none}\n")
    assert load(named).config.name == "mine"
    assert load(named, ["outputs.overlays=findings"]).config.name == "mine (changed)"
    assert load(named, ["outputs.overlays=findings", "name=other"]).config.name == "other"
    assert load(None, ["outputs.overlays=findings"]).config.name == "custom"
    assert load(None, ["outputs.overlays=all"]).config.name == "default"
    edited = write(tmp_path, to_commented_yaml(Config()).replace("overlays: all", "overlays: none"))
    assert load(edited).config.name == "custom"


def test_every_value_counts_in_the_digest_secrets_too() -> None:
    digests = {
        digest(load(None, [override]).config)
        for override in (
            "outputs.overlays=none",
            "spacing.min_mm=0.04",
            "privacy.patient_key_salt=secret",
            "name=other",
        )
    }
    assert len(digests | {digest(Config())}) == 5
    assert all(len(item) == 16 and int(item, 16) >= 0 for item in digests)


@pytest.mark.parametrize("given", ["privacy=quillfeather", "privacy.patient_key_salt=[quillfeather]"])
def test_a_secret_that_stands_in_the_wrong_place_is_not_quoted(given: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load(None, [given])
    assert "quillfeather" not in str(refused.value)
    assert REDACTED in str(refused.value)


def test_a_secret_is_written_nowhere(tmp_path: Path) -> None:
    resolved = load(None, ["privacy.patient_key_salt=hunter2"])
    shown = [json.dumps(without_secrets(resolved.config)), to_commented_yaml(resolved.config), str(describe(resolved))]
    assert not any("hunter2" in text for text in shown)
    assert without_secrets(resolved.config)["privacy"]["patient_key_salt"] == REDACTED
    text = "privacy: {patient_key_salt: [hunter2]}"
    assert "hunter2" not in problems_of(write(tmp_path, text))["privacy.patient_key_salt"]


def test_every_setting_has_a_meaning_and_a_number_its_reason() -> None:
    rows = describe(load())
    assert [row.path for row in rows] == list(setting_paths(Config))
    for row in rows:
        assert len(row.meaning) > 20, row.path
        assert row.origin == "default"


def test_the_unit_stands_beside_the_value() -> None:
    rows = {row.path: row for row in describe(load(None, ["spacing.min_mm=0.04"]))}
    assert (rows["spacing.min_mm"].value, rows["spacing.min_mm"].unit) == ("0.04", "mm")
    assert rows["spacing.min_mm"].origin == "--set"
    assert rows["outputs.overlays"].unit == ""


def test_the_commented_file_is_read_back_to_the_same_configuration(tmp_path: Path) -> None:
    config = load(None, ["spacing.assume=[{manufacturer: 'no', row_mm: 1e-1, column_mm: 0.1}]", "name=mine"]).config
    assert load(write(tmp_path, to_commented_yaml(config))).config == config


def test_the_schema_accepts_what_load_accepts_and_refuses_what_it_refuses() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid({})
    assert validator.is_valid(Config().model_dump(mode="json"))
    assert not validator.is_valid({"outputs": {"overlays": "some"}})
    assert not validator.is_valid({"detekt": {}})


def test_the_schema_carries_the_meanings_into_editors() -> None:
    described = json_schema()["$defs"]["SpacingSettings"]["properties"]["min_mm"]["description"]
    assert "believable pixel spacing" in described


@pytest.mark.parametrize("file", CONFIGS, ids=lambda file: file.stem)
def test_every_configuration_that_is_shipped_is_valid_and_named_like_its_file(file: Path) -> None:
    assert load(file).config.name == file.stem


@pytest.mark.parametrize("file", [file for file in CONFIGS if file.stem != "default"], ids=lambda file: file.stem)
def test_a_shipped_profile_holds_only_what_differs_and_says_why(file: Path) -> None:
    resolved = load(file)
    defaults = {row.path: row.value for row in describe(load())}
    given = {row.path: row.value for row in describe(resolved) if row.path in resolved.origins}
    assert len(given) > 1
    assert [path for path, value in given.items() if value == defaults[path]] == []
    text = file.read_text(encoding="utf-8")
    assert text.count("#") >= len(given), "every key needs its reason"


def test_the_default_file_is_what_the_defaults_are() -> None:
    text = (Path(__file__).parents[3] / "configs" / "default.yaml").read_text(encoding="utf-8")
    assert text == to_commented_yaml(Config()), "renew it with: mammocalc config show --yaml > configs/default.yaml"
    assert yaml.safe_load(text) == Config().model_dump(mode="json")


@pytest.mark.parametrize("section", ["classify", "distribution"])
def test_another_classifier_in_the_same_file_is_another_configuration(tmp_path: Path, section: str) -> None:
    file = tmp_path / "classifier.json"
    config = load(None, [f"{section}.file={file}"]).config
    digests = [digest(config)]
    for text in ("one", "other"):
        file.write_text(text, encoding="utf-8")
        digests.append(digest(config))
    assert len(set(digests)) == 3


def test_a_setting_that_is_a_constant_now_says_so_wherever_it_is_named(tmp_path: Path) -> None:
    text = "landmarks: {nipple_disc_mm: 20, nipple_bump_mm: 1}\nmeasure: {level: 0.4}\nvessels:\n  reach: 3\n"
    found = problems_of(write(tmp_path, text))
    assert found.keys() == {"landmarks.nipple_disc_mm", "landmarks.nipple_bump_mm", "measure.level", "vessels.reach"}
    assert "a constant of the program now; take it out" in found["landmarks.nipple_disc_mm"]
    assert "a constant of the program now" in found["measure.level"]
    assert "constant" not in found["vessels.reach"]
    assert "from --set" in problems_of(None, "landmarks.nipple_disc_mm=20")["landmarks.nipple_disc_mm"]
    load(write(tmp_path, "landmarks:\n"), [])  # all its keys are commented out


def test_no_setting_is_called_a_constant() -> None:
    gone = {f"{section}.{name}" for section, names in NOW_CONSTANT.items() for name in names}
    assert gone.isdisjoint(setting_paths(Config))
