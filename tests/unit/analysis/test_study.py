"""Images of one examination become a study, in any order, with what each breast is called and what is missing."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from mammocalc.analysis.study import join_study
from mammocalc.model import DistributionCall, JoinedBy, Nipple
from mammocalc.model.study import study_of
from mammocalc.vocabulary.lexicon import Distribution, Laterality, View, ViewModifier
from mammocalc.vocabulary.uid import is_uid

if TYPE_CHECKING:
    from collections.abc import Callable

    from mammocalc.model import Report

R, L = Laterality.RIGHT, Laterality.LEFT
D = Distribution


@pytest.fixture
def image(make_example: Callable[..., Any]) -> Callable[..., Report]:
    """Make the report of one image of a study."""
    example: Report = make_example().report

    def make(uid: str, side: Laterality, view: View, label: Distribution = D.NONE, **identity: Any) -> Report:
        usual = {"study_instance_uid": "1.2.9", "patient_key": "k", "study_day": 7, "view_modifiers": ()}
        changes: dict[str, Any] = {**usual, **identity}
        who = replace(example.identity, sop_instance_uid=uid, laterality=side, view=view, **changes)
        call = DistributionCall(label, (f"why {label}",))
        nipple = Nipple(row_px=5.0, column_px=5.0, confidence=0.9)
        return replace(example, identity=who, distribution=call, breast=replace(example.breast, nipple=nipple))

    return make


def key(report: Report) -> tuple[str, str, str | None, int | None]:
    who = report.identity
    return who.sop_instance_uid, who.study_instance_uid, who.patient_key, who.study_day


def test_four_views_are_two_breasts_whatever_their_order(image: Callable[..., Report]) -> None:
    views = [
        image("1.4", L, View.MLO, D.SCATTERED),
        image("1.2", R, View.MLO, D.GROUPED),
        image("1.3", L, View.CC, D.SCATTERED),
        image("1.1", R, View.CC, D.NONE),
    ]
    studies = [join_study(order) for order in permutations(views)]
    assert all(study == studies[0] for study in studies)
    study = studies[0]
    assert (study.uid, study.joined_by, study.patient_key, study.study_day) == (
        "1.2.9",
        JoinedBy.STUDY_INSTANCE_UID,
        "k",
        7,
    )
    assert [report.identity.sop_instance_uid for report in study.images] == ["1.1", "1.2", "1.3", "1.4"]
    right, left = study.breasts
    assert (right.laterality, right.label, right.images) == (R, D.GROUPED, ("1.1", "1.2"))
    assert right.reasons == ("R CC: none", "R MLO: grouped", "R MLO: why grouped")
    assert (left.laterality, left.label, left.reasons) == (L, D.SCATTERED, ("L CC: scattered", "L MLO: scattered"))
    assert study.both_breasts is None
    assert study.missing == ()
    assert study.notes == ()


def test_what_both_breasts_are_called_is_said(image: Callable[..., Report]) -> None:
    study = join_study([image("1.1", R, View.CC, D.DIFFUSE), image("1.2", L, View.CC, D.DIFFUSE)])
    assert study.both_breasts is D.DIFFUSE
    assert study.missing == ("R MLO", "L MLO")
    one_sided = join_study([image("1.1", R, View.CC, D.DIFFUSE), image("1.2", R, View.MLO, D.DIFFUSE)])
    assert one_sided.both_breasts is None
    assert one_sided.missing == ("L CC", "L MLO")


@pytest.mark.parametrize(
    ("labels", "word"),
    [
        ((D.DIFFUSE, D.SEGMENTAL), D.SEGMENTAL),
        ((D.SCATTERED, D.INDETERMINATE), D.INDETERMINATE),
        ((D.VASCULAR, D.TYPICALLY_BENIGN), D.TYPICALLY_BENIGN),
        ((D.NONE, D.VASCULAR), D.VASCULAR),
        ((D.NOT_APPLICABLE, D.NONE), D.NOT_APPLICABLE),
        ((D.NOT_APPLICABLE, D.VASCULAR), D.VASCULAR),
        ((D.NOT_APPLICABLE, D.NOT_APPLICABLE), D.NOT_APPLICABLE),
    ],
)
def test_a_breast_has_the_word_of_most_concern(
    image: Callable[..., Report], labels: tuple[Distribution, Distribution], word: Distribution
) -> None:
    views = [image("1.1", R, View.CC, labels[0]), image("1.2", R, View.MLO, labels[1])]
    [breast] = join_study(views).breasts
    assert breast.label is word


def test_breasts_without_a_spacing_have_no_word_in_common(image: Callable[..., Report]) -> None:
    study = join_study([image(f"1.{number}", side, View.CC, D.NOT_APPLICABLE) for number, side in enumerate((R, L))])
    assert study.both_breasts is None


def test_two_images_of_one_view_are_told_apart(image: Callable[..., Report]) -> None:
    [breast] = join_study([image("1.2.111", R, View.CC), image("1.2.222", R, View.CC, D.GROUPED)]).breasts
    assert breast.reasons == (
        "R CC (...1.2.111): none",
        "R CC (...1.2.222): grouped",
        "R CC (...1.2.222): why grouped",
    )


def test_every_word_of_an_image_has_a_rank(image: Callable[..., Report]) -> None:
    for label in Distribution:
        [breast] = join_study([image("1.1", R, View.CC, label)]).breasts
        assert breast.label is label


def test_images_without_a_study_are_joined_by_patient_and_day(image: Callable[..., Report]) -> None:
    without = {"study_instance_uid": ""}
    uid, joined_by = study_of(*key(image("1.1", R, View.CC, **without)))
    assert joined_by is JoinedBy.PATIENT_AND_DAY
    assert is_uid(uid)
    assert study_of(*key(image("1.2", L, View.CC, **without))) == (uid, joined_by)
    for other in ({"patient_key": "other"}, {"study_day": 8}):
        assert study_of(*key(image("1.2", L, View.CC, **without, **other)))[0] != uid
    for unknown in ({"patient_key": None}, {"study_day": None}):
        alone = [study_of(*key(image(one, L, View.CC, **without, **unknown))) for one in ("1.1", "1.2")]
        assert [by for _, by in alone] == [JoinedBy.NOTHING, JoinedBy.NOTHING]
        assert alone[0][0] != alone[1][0]


def test_a_study_says_what_makes_it_less_than_it_seems(image: Callable[..., Report]) -> None:
    blind = image("1.1", R, View.CC)
    blind = replace(blind, breast=replace(blind.breast, nipple=None))
    study = join_study([blind, image("1.2", L, View.CC, patient_key="other", study_day=8)])
    assert (study.patient_key, study.study_day) == (None, None)
    assert study.notes == (
        "its images name 2 different patients, or some of them none, so findings are linked within each of them alone",
        "the nipple is not known in 1 of 2 images (R CC): links with these rest on appearance only",
    )
    two_days = join_study([image("1.1", R, View.CC), image("1.2", L, View.CC, study_day=8)])
    assert two_days.notes == (
        "its images are of 2 different days, or some of them of none, so findings are linked within each of them alone",
    )
    spot = join_study([image("1.1", L, View.MLO, view_modifiers=(ViewModifier.SPOT,))])
    assert spot.breasts[0].reasons == ("L MLO S: none",)
    unknown = join_study([image("1.1", Laterality.UNKNOWN, View.UNKNOWN)])
    assert unknown.breasts[0].reasons == ("unknown view: none",)
    assert unknown.missing == ("R CC", "R MLO", "L CC", "L MLO")


def test_several_images_of_one_view_that_name_no_day_may_be_of_different_days(image: Callable[..., Report]) -> None:
    undated = [image(f"1.{k}", L, view, study_day=None) for k, view in enumerate((View.CC, View.CC, View.MLO))]
    assert join_study(undated).notes == (
        "no image names a day, and there are several of L CC: they may be of different days",
    )
    assert join_study(undated[1:]).notes == ()
    dated = [replace(one, identity=replace(one.identity, study_day=7)) for one in undated]
    assert join_study(dated).notes == ()
