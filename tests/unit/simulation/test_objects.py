"""Foreign objects are where the truth says, and a scene without them is what it always was."""

from functools import cache
from typing import Any

import numpy as np
import pydicom
import pytest

from mammocalc.simulation import Scene, SimulatedImage, render, simulate
from mammocalc.simulation.identity import sop_instance_uid
from mammocalc.simulation.recipe import Recipe
from mammocalc.simulation.truth import truth_record
from mammocalc.simulation.vocabulary import Kind, ObjectKind
from mammocalc.vocabulary.lexicon import View


def scene(**changes: Any) -> Scene:
    base: dict[str, Any] = {"name": "a", "seed": 7, "field_mm": (110.0, 80.0), "pixel_spacing_mm": 0.2, "marker": False}
    return Scene(**{"kind": Kind.NONE, **base, **changes})


without = cache(render)
"""Many scenes are held against one that has nothing but its tissue."""


def with_and_without(**changes: Any) -> tuple[SimulatedImage, np.ndarray]:
    """A scene with objects, and what they add to the attenuation."""
    full = render(scene(**changes))
    return full, full.attenuation.astype(np.float64) - without(scene(**{**changes, "objects": ()})).attenuation


@pytest.mark.parametrize("kind", list(ObjectKind))
@pytest.mark.parametrize("view", [View.CC, View.MLO])
def test_each_object_adds_attenuation_within_its_circle_and_nowhere_else(kind: ObjectKind, view: View) -> None:
    simulated, added = with_and_without(objects=(kind,), view=view)
    [thing] = simulated.truth.objects
    assert thing.kind == kind.value
    row, column = np.indices(added.shape)
    away_mm = np.hypot(row - thing.row_px, column - thing.column_px) * 0.2
    reach = {ObjectKind.WIRE: 6.5, ObjectKind.IMPLANT: 25.0, ObjectKind.FOLD: 3.0}.get(kind, 0.5)
    assert np.abs(added[away_mm > thing.radius_mm + reach]).max() < 1e-4
    tissue_alone = {ObjectKind.FOLD, ObjectKind.AREOLA}
    assert added.max() > (0.03 if kind in tissue_alone else 1.5)


def test_an_object_more_leaves_the_others_as_they_are() -> None:
    first = render(scene(objects=(ObjectKind.BB, ObjectKind.CLIP))).truth.objects
    second = render(scene(objects=(ObjectKind.BB, ObjectKind.CLIP, ObjectKind.AREOLA))).truth.objects
    assert second[:2] == first


def test_small_objects_keep_away_from_each_other_and_from_calcifications() -> None:
    simulated = render(scene(kind=Kind.MACRO_ONLY, objects=(ObjectKind.CLIP, ObjectKind.MARKER, ObjectKind.BB)))
    places = [(o.row_px, o.column_px) for o in simulated.truth.objects]
    assert len(places) == 3
    others = [(c.row_px, c.column_px) for c in simulated.truth.calcifications]
    for number, place in enumerate(places):
        for other in [*places[:number], *others]:
            assert np.hypot(place[0] - other[0], place[1] - other[1]) * 0.2 >= 7.9


def test_the_same_objects_are_seen_at_every_pixel_size() -> None:
    kinds = (ObjectKind.CLIP, ObjectKind.MARKER, ObjectKind.WIRE, ObjectKind.LABEL)
    fine, coarse = (render(scene(objects=kinds, pixel_spacing_mm=size)).truth.objects for size in (0.1, 0.2))
    for one, other in zip(fine, coarse, strict=True):
        assert (one.kind, one.radius_mm) == (other.kind, other.radius_mm)
        assert (one.row_px + 0.5) * 0.1 == pytest.approx((other.row_px + 0.5) * 0.2, abs=0.01)


def test_a_scene_without_objects_is_written_as_before_they_were_known(tmp_path: Any) -> None:
    plain = scene()
    assert "objects" not in plain.model_dump()
    assert "objects" not in truth_record(render(plain).truth, plain)
    furnished = scene(objects=(ObjectKind.IMPLANT,))
    assert Scene.model_validate(furnished.model_dump(mode="json")) == furnished
    assert sop_instance_uid(furnished) != sop_instance_uid(plain)
    [path] = simulate(tmp_path, Recipe(scenes=(furnished,)))
    assert pydicom.dcmread(path, stop_before_pixels=True).BreastImplantPresent == "YES"
    assert truth_record(render(furnished).truth, furnished)["objects"][0]["kind"] == "implant"
