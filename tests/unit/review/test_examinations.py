"""Which images are one examination, and which is the prior of which."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from mammocalc.model import ImageIdentity
from mammocalc.review.server.examinations import MOST_OF_A_CASE, Examinations
from mammocalc.review.server.run_index import Image
from mammocalc.vocabulary.lexicon import Laterality, PresentationIntent, View

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import PurePosixPath


NOBODY = ImageIdentity(
    "1", "", "", "", None, Laterality.RIGHT, View.CC, (), (), None, PresentationIntent.FOR_PRESENTATION, "", "", 1, 1, 1
)


def image(uid: str, name: str = "R CC", **facts: Any) -> Image:
    """An image of one patient, whose study is named after its day."""
    laterality, view = name.split()
    day = facts.get("study_day", 700)
    known = {"patient_key": "p", "study_day": day, "study_instance_uid": facts.pop("study", f"2.25.{day}"), **facts}
    identity = replace(NOBODY, sop_instance_uid=uid, laterality=Laterality(laterality), view=View(view), **known)
    place: PurePosixPath | None = None
    files: dict[str, Any] = {"result": place, "overlay": None, "thumbnail": None, "input_path": None}
    return Image(identity, spacing_mm=None, found={}, **files)


def examined(*images: Image) -> Examinations:
    found: Mapping[str, Image] = {one.uid: one for one in images}
    return Examinations(found)


def test_the_prior_is_the_same_view_of_the_nearest_earlier_examination_that_has_it() -> None:
    both = examined(
        image("1"),
        image("2", study_day=400),
        image("3", study_day=100),
        image("4", "R MLO"),
        image("5", "R MLO", study_day=100),
        image("6", "L CC"),
        image("7", "R CC", study_day=400, view_modifiers=("M",)),
    )
    assert [both.prior(uid) for uid in "123456"] == ["2", "3", None, "5", None, None]
    assert (both.days_before("3", "1"), both.days_before("1", "3")) == (600, -600)
    assert [one.study_day for one in both.of_patient("3")] == [700, 400, 100]
    assert both.describe("2") == {"number": 2, "of": 3, "days_earlier": 300}


def test_a_case_is_one_study_and_never_two_dates() -> None:
    one_study = {"study": "2.25.1"}
    mixed = examined(image("1", **one_study), image("2", "L CC", study_day=100, **one_study), image("3", **one_study))
    assert (mixed.case("1"), mixed.case("2")) == (["1", "3"], ["2"])
    nameless = examined(image("1", study=""), image("2", study="", study_day=100))
    assert nameless.case("1") == ["1"]  # of one patient, whose two days were one case
    assert nameless.prior("1") == "2"


def test_an_image_without_a_date_stays_with_its_study() -> None:
    one_study = {"study": "2.25.1"}
    mixed = examined(image("1", "L CC", **one_study), image("2", study_day=None, **one_study))
    assert mixed.case("1") == ["2", "1"]
    assert mixed.describe("2") == {"number": 1, "of": 1, "days_earlier": 0}


def test_without_dates_nothing_is_called_earlier() -> None:
    undated = examined(
        image("1", study_day=None, study="a"),
        image("2", study_day=None, study="b"),
        image("3"),
    )
    assert [undated.prior(uid) for uid in "123"] == [None, None, None]
    assert [undated.describe(uid)["days_earlier"] for uid in "123"] == [None, None, 0]
    assert [undated.describe(uid)["number"] for uid in "312"] == [1, 2, 3]


def test_days_of_different_patients_are_never_compared() -> None:
    two = examined(image("1"), image("2", study_day=100, patient_key="q"), image("3", patient_key=None, study_day=5))
    assert [two.prior(uid) for uid in "123"] == [None, None, None]
    assert two.days_before("2", "1") is None
    swapped = examined(image("1", study="a"), image("2", "L CC", study="a", patient_key="q", study_day=9))
    assert swapped.case("1") == ["1", "2"]  # one study all the same, as the run joins it
    assert swapped.describe("1")["days_earlier"] is None


@pytest.mark.parametrize("name", ["unknown CC", "R unknown"])
def test_what_has_no_side_or_view_has_no_prior(name: str) -> None:
    assert examined(image("1", name), image("2", name, study_day=100)).prior("1") is None


def test_a_case_has_an_end_and_holds_the_image_itself() -> None:
    many = examined(*(image(f"{number:02}", study="a") for number in range(40)))
    assert (len(many.case("00")), many.case("39")[-1]) == (MOST_OF_A_CASE, "39")


def test_a_frame_is_no_view_of_an_examination_and_stands_alone() -> None:
    frames = [image("3.3", frame=number - 1, number_of_frames=2) for number in (1, 2)]
    found = examined(image("1.1"), *frames, image("2.2", study_day=300))
    assert found.case("1.1") == ["1.1"]
    assert found.case("3.3-frame0002") == ["3.3-frame0002"]
    assert found.prior("1.1") == "2.2"
    assert found.prior("3.3-frame0001") is None


def test_no_two_images_of_an_examination_are_called_alike() -> None:
    spot = image("1.2.33333333", view_modifiers=("S",))
    found = examined(
        image("1.2.11111111"), image("1.2.22222222"), spot, image("1.2.4", "L MLO"), image("9.9", study_day=300)
    )
    names = [found.name(uid) for uid in ("1.2.11111111", "1.2.22222222", "1.2.33333333", "1.2.4", "9.9")]
    assert names == ["R CC (...11111111)", "R CC (...22222222)", "R CC S", "L MLO", "R CC"]
    frames = examined(*(image("3.3", frame=number - 1, number_of_frames=2) for number in (1, 2)))
    assert [frames.name(f"3.3-frame000{number}") for number in (1, 2)] == ["R CC, frame 1 of 2", "R CC, frame 2 of 2"]
