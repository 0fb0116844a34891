"""What people write, and what is refused."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from mammocalc.simulation import Scene, default_recipe, load_recipe
from mammocalc.simulation.vocabulary import Beside, Kind, Photometric, Relationship, Shape
from mammocalc.vocabulary.errors import ConfigurationError
from mammocalc.vocabulary.lexicon import Laterality, PresentationIntent, View


def write(folder: Path, text: str) -> Path:
    path = folder / "recipe.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_recipe_reads_words_and_lists_as_yaml_gives_them(tmp_path: Path) -> None:
    text = "scenes:\n  - {name: a, kind: linear, seed: 3, view: MLO, laterality: R, field_mm: [120, 90]}\n"
    scene = load_recipe(write(tmp_path, text)).scenes[0]
    assert (scene.kind, scene.view, scene.laterality) == (Kind.LINEAR, View.MLO, Laterality.RIGHT)
    assert scene.field_mm == (120.0, 90.0)


def test_a_recipe_may_be_its_scenes_alone(tmp_path: Path) -> None:
    scenes = "- {name: a, kind: linear, seed: 3}\n- {name: b, kind: none, seed: 4}\n"
    assert load_recipe(write(tmp_path, scenes)) == load_recipe(write(tmp_path, f"scenes:\n{scenes}"))


def test_all_mistakes_of_a_recipe_are_named_together(tmp_path: Path) -> None:
    text = "scenes:\n  - {name: a, kind: wavy, seed: -1, sede: 4}\n"
    with pytest.raises(ConfigurationError) as caught:
        load_recipe(write(tmp_path, text))
    assert {problem.path for problem in caught.value.problems} == {"scenes.0.kind", "scenes.0.seed", "scenes.0.sede"}


def test_mistakes_of_a_recipe_are_told_as_those_of_a_configuration(tmp_path: Path) -> None:
    text = "scenes:\n  - {name: a, kind: none, seed: -1, sede: 4, film: {gama: 1}}\n  - {name: b, kind: none}\n"
    with pytest.raises(ConfigurationError) as caught:
        load_recipe(write(tmp_path, text))
    told = {problem.path: problem.message for problem in caught.value.problems}
    assert told["scenes.0.sede"] == "unknown key; did you mean seed?"
    assert told["scenes.0.film.gama"] == "unknown key; did you mean gamma?"
    assert told["scenes.0.seed"].endswith("(got -1)")
    assert told["scenes.1.seed"] == "is missing"


def test_a_recipe_is_read_by_the_yaml_of_configurations(tmp_path: Path) -> None:
    """In YAML 1.1 ``no`` is False, and 1e1 a text; a key that stands twice is a mistake in both."""
    text = "scenes:\n  - {name: no, kind: none, seed: 3, field_mm: [12e1, 90]}\n"
    scene = load_recipe(write(tmp_path, text)).scenes[0]
    assert (scene.name, scene.kind, scene.field_mm) == ("no", Kind.NONE, (120.0, 90.0))
    with pytest.raises(ConfigurationError) as caught:
        load_recipe(write(tmp_path, "scenes:\n  - {name: a, kind: wavy, seed: 1, seed: 2}\n"))
    assert {problem.path for problem in caught.value.problems} == {"scenes.0.kind", "scenes.0.seed"}


@pytest.mark.parametrize("text", ["scenes: [", "- 1", "", "scenes: []"])
def test_what_is_not_a_recipe_is_a_configuration_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError):
        load_recipe(write(tmp_path, text))


def test_a_missing_recipe_is_a_configuration_error_without_a_path(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_recipe(tmp_path / "absent.yaml")
    assert str(tmp_path) not in str(caught.value)


def test_two_scenes_of_one_name_would_overwrite_each_other(tmp_path: Path) -> None:
    text = "scenes:\n  - {name: a, kind: none, seed: 1}\n  - {name: A, kind: none, seed: 2}\n"
    with pytest.raises(ConfigurationError, match="same name"):
        load_recipe(write(tmp_path, text))


@pytest.mark.parametrize(
    "change",
    [
        {"name": "../escape"},
        {"laterality": Laterality.BOTH},
        {"view": View.FB},
        {"sign": 0},
        {"field_mm": (20.0, 90.0)},
        {"snr": (9.0, 3.0)},
        {"relationship": Relationship.LIN},
        {"seed": 1.5},
        {"bits": "12"},
        {"kind": "grouped", "shapes": ["popcorn"]},
        {"kind": "macro_only", "shapes": ["cast"]},
        {"kind": "arterial", "shapes": ["plaque"]},
        {"kind": "grouped", "shapes": ["star"]},
    ],
)
def test_what_has_no_meaning_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Scene.model_validate({"name": "a", "kind": "none", "seed": 1, **change})


def test_shapes_are_asked_for_by_name_and_written_only_where_they_are(tmp_path: Path) -> None:
    text = "scenes:\n  - {name: a, kind: linear, seed: 3, shapes: [cast, fork]}\n  - {name: b, kind: linear, seed: 3}\n"
    first, second = load_recipe(write(tmp_path, text)).scenes
    assert first.shapes == (Shape.CAST, Shape.FORK)
    assert first.model_dump(mode="json")["shapes"] == ["cast", "fork"]
    assert "shapes" not in second.model_dump(mode="json")


def test_rows_and_columns_follow_from_the_field_and_the_pixel_size() -> None:
    assert Scene(name="a", kind=Kind.NONE, seed=1, field_mm=(232.96, 179.2)).shape == (3328, 2560)


@pytest.mark.parametrize(
    ("photometric", "sign", "stored"),
    [
        (Photometric.MONOCHROME1, None, 1),
        (Photometric.MONOCHROME2, None, -1),
        (Photometric.MONOCHROME2, 1, 1),
        (Photometric.MONOCHROME1, -1, -1),
    ],
)
def test_the_sign_follows_the_polarity_unless_it_is_given(
    photometric: Photometric, sign: int | None, stored: int
) -> None:
    scene = Scene(
        name="a", kind=Kind.NONE, seed=1, intent=PresentationIntent.FOR_PROCESSING, photometric=photometric, sign=sign
    )
    assert scene.stored_sign == stored


def test_the_default_recipe_has_every_kind_and_depends_on_the_seed_alone() -> None:
    first = default_recipe(3)
    assert {scene.kind for scene in first.scenes} == set(Kind)
    assert first == default_recipe(3)
    assert not {scene.seed for scene in first.scenes} & {scene.seed for scene in default_recipe(4).scenes}
    assert len({scene.patient for scene in default_recipe(2000).scenes}) == len(first.scenes)


def test_nothing_but_the_calcifications_tells_the_kinds_of_the_default_recipe_apart() -> None:
    recipes = [default_recipe(seed).scenes for seed in range(1, 61)]
    for same in zip(*recipes, strict=True):
        assert len({scene.kind for scene in same}) == 1
        for look in ("pixel_spacing_mm", "view", "laterality", "detector", "intent", "transfer_syntax"):
            count = {"pixel_spacing_mm": 4, "transfer_syntax": 3}.get(look, 2)
            shown = [getattr(scene, look) for scene in same]
            assert len(set(shown)) == count
            assert max(shown.count(value) for value in set(shown)) <= (50 if look == "intent" else 45)
    together = {(s.pixel_spacing_mm, s.detector, s.intent, s.laterality) for scenes in recipes for s in scenes}
    assert len(together) == 4 * 2 * 2 * 2
    mixed = [scene for scenes in recipes for scene in scenes if scene.kind is Kind.SEGMENTAL]
    assert {thing for scene in mixed for thing in scene.beside} == set(Beside)
    assert 0.3 < sum(bool(scene.beside) for scene in mixed) / len(mixed) < 0.8
