"""Studies of simulated patients: headers of one patient, truth that names each calcification in every image."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest

import mammocalc as mc
from mammocalc.cli import main
from mammocalc.evaluation.truth_files import read_truth
from mammocalc.simulation.particles import project
from mammocalc.simulation.patient import PatientRecipe, simulate_patient_points, simulate_studies
from mammocalc.simulation.patient.insertion import grow_calcification
from mammocalc.simulation.patient.positioning import half_thickness_mm
from mammocalc.simulation.vocabulary import Beside, Kind
from mammocalc.vocabulary.errors import UsageError
from mammocalc.vocabulary.lexicon import Laterality

SMALL: dict[str, Any] = {
    "sides": ["L"], "patterns": ["grouped"], "beside": ["artery"], "depth_mm": [31.0, 33.0],
    "pixel_spacing_mm": [0.2], "changing_share": 1.0, "new_finding_share": 0.0, "gone_finding_share": 0.0,
}  # fmt: skip
RECIPE = PatientRecipe.model_validate(SMALL)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("studies")
    simulate_studies(folder, 1, RECIPE, seed=4)
    return folder


@pytest.fixture(scope="module")
def headers(written: Path) -> list[pydicom.Dataset]:
    return [pydicom.dcmread(path) for path in sorted(written.rglob("*.dcm"))]


@pytest.fixture(scope="module")
def truths(written: Path) -> dict[str, Any]:
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in (written / "truth").glob("*.json")]
    return {document["sop_instance_uid"]: document for document in documents}


def test_images_of_a_patient_are_studies_of_one_patient(headers: list[pydicom.Dataset]) -> None:
    assert len(headers) == 4
    assert len({ds.PatientID for ds in headers}) == 1
    assert len({ds.SOPInstanceUID for ds in headers}) == len({ds.SeriesInstanceUID for ds in headers}) == 4
    by_study: dict[str, list[pydicom.Dataset]] = {}
    for ds in headers:
        by_study.setdefault(ds.StudyInstanceUID, []).append(ds)
        assert ds.StudyDate == ds.SeriesDate == ds.AcquisitionDate == ds.ContentDate
        assert ds.ImageLaterality == "L"
        assert ds.ViewCodeSequence[0].CodeValue == {"CC": "399162004", "MLO": "399368009"}[ds.ViewPosition]
        assert abs(ds.PositionerPrimaryAngle - {"CC": 0, "MLO": 45}[ds.ViewPosition]) < 20
    assert sorted(sorted(ds.ViewPosition for ds in study) for study in by_study.values()) == [["CC", "MLO"]] * 2
    assert sorted({len({ds.StudyDate for ds in study}) for study in by_study.values()}) == [1]
    assert len({ds.StudyDate for ds in headers}) == 2
    assert max(ds.StudyDate for ds in headers) == "20200106"  # no date lies in the future


def test_truth_names_the_patient_the_day_and_the_prior(headers: list[pydicom.Dataset], truths: dict[str, Any]) -> None:
    assert set(truths) == {ds.SOPInstanceUID for ds in headers}
    by_uid = {ds.SOPInstanceUID: ds for ds in headers}
    for uid, truth in truths.items():
        ds = by_uid[uid]
        assert truth["patient"] == ds.PatientID
        assert truth["study_instance_uid"] == ds.StudyInstanceUID
        assert truth["view"] == ds.ViewPosition
        prior = truth["prior_sop_instance_uid"]
        if truth["study_day"] == 0:
            assert prior is None
            assert {point["fate"] for point in truth["points"]} == {None}
            continue
        before = by_uid[prior]
        assert (before.ViewPosition, before.ImageLaterality) == (ds.ViewPosition, ds.ImageLaterality)
        days = np.datetime64(f"{ds.StudyDate[:4]}-{ds.StudyDate[4:6]}-{ds.StudyDate[6:]}") - np.datetime64(
            f"{before.StudyDate[:4]}-{before.StudyDate[4:6]}-{before.StudyDate[6:]}"
        )
        assert days.astype(int) == truth["study_day"]
        then = {point["calcification"]: point for point in truths[prior]["points"]}
        for point in truth["points"]:
            if point["fate"] == "new":
                assert point["calcification"] not in then
            elif point["fate"] == "grown" and point["calcification"] in then:
                assert point["diameter_mm"] > 0.9 * then[point["calcification"]]["diameter_mm"]
        now = {point["calcification"] for point in truth["points"]}
        assert {one["calcification"] for one in truth["gone"]}.isdisjoint(now)
        assert {"new", "same"} <= {point["fate"] for point in truth["points"]}


def test_places_in_the_truth_are_where_the_pixels_are_bright(
    headers: list[pydicom.Dataset], truths: dict[str, Any]
) -> None:
    for ds in headers:
        pixels = ds.pixel_array.astype(float)
        bright = [
            pixels[row - 1 : row + 2, column - 1 : column + 2].max()
            - np.median(pixels[max(0, row - 8) : row + 9, max(0, column - 8) : column + 9])
            for point in truths[ds.SOPInstanceUID]["points"]
            if (point["effective_snr"] or point["matched_filter_snr"]) > 10
            for row, column in [(round(point["row"]), round(point["column"]))]
        ]
        assert len(bright) > 5
        assert np.mean(np.array(bright) > 0) > 0.9


def test_a_finding_is_one_in_every_image(truths: dict[str, Any]) -> None:
    for truth in truths.values():
        (group,) = (finding for finding in truth["findings"] if finding["kind"] == "grouped")
        assert group["label"] == "grouped"
        (cluster,) = truth["clusters"]
        assert cluster["finding"] == group["id"]
        assert truth["distribution"] == "grouped"
        assert [truth["points"][i]["calcification"] for i in cluster["members"]] == group["shown"]
        assert truth["arteries"]


def test_the_readers_of_truth_know_it(written: Path, truths: dict[str, Any]) -> None:
    read = read_truth(written / "truth", {})
    assert {uid: len(image.points or ()) for uid, image in read.images.items()} == {
        uid: len(truth["points"]) for uid, truth in truths.items()
    }


def test_equal_seeds_give_equal_bytes_from_python_too_and_more_patients_leave_the_first_alone(
    written: Path, tmp_path: Path
) -> None:
    recipe = SMALL | {"views": ["CC"], "dates": 1}
    mc.simulate(tmp_path / "one", recipe, seed=4, studies=1)
    simulate_studies(tmp_path / "two", 2, PatientRecipe.model_validate(recipe), seed=4)
    ones = {path.relative_to(tmp_path / "one"): path.read_bytes() for path in (tmp_path / "one").rglob("*.*")}
    twos = {path.relative_to(tmp_path / "two"): path.read_bytes() for path in (tmp_path / "two").rglob("*.*")}
    assert len(ones) == 2
    assert len(twos) == 4
    assert all(twos[path] == content for path, content in ones.items())
    # The first date does not know that there are others: the same breast, lying the same way.
    first = pydicom.dcmread(next((tmp_path / "one").rglob("*.dcm")))
    again = pydicom.dcmread(written / "patient_0001" / "date_1" / "L_CC.dcm")
    assert first.BodyPartThickness == again.BodyPartThickness


def test_a_calcification_looks_alike_whenever_it_is_grown() -> None:
    patient = simulate_patient_points(9, PatientRecipe(patterns=(Kind.LINEAR,), beside=()))
    breast = patient.breasts[Laterality.LEFT]
    one = next(c for c in patient.calcifications if c.id.startswith("L"))
    first, second = grow_calcification(one, breast), grow_calcification(one, breast)
    assert first.per_mm == second.per_mm
    np.testing.assert_array_equal(first.body.mineral, second.body.mineral)


def test_a_body_is_as_large_as_wanted_along_its_beam_and_shows_its_ends_from_another_side() -> None:
    patient = simulate_patient_points(9, PatientRecipe(patterns=(Kind.NONE,), beside=(Beside.RODS,)))
    one = patient.calcifications[0]
    body = grow_calcification(one, patient.breasts[Laterality(one.id[0])]).body
    flat = np.eye(3)[[1, 0, 2]]  # down along y, inward along x, the beam along z
    seen = project(body, 2.0, flat)
    assert seen.diameter_mm == pytest.approx(2.0, rel=0.03)
    assert seen.length_mm > 2.0 * seen.width_mm
    on_end = project(body, 2.0, np.eye(3)[[1, 2, 0]])
    assert on_end.length_mm < 1.6 * on_end.width_mm
    assert on_end.width_mm == pytest.approx(seen.width_mm, rel=0.35)
    mass = [p.thickness.sum() * p.cell_mm**2 for p in (seen, on_end)]
    assert mass[0] == pytest.approx(mass[1], rel=0.03)


def test_breasts_are_thinner_when_pressed() -> None:
    patient = simulate_patient_points(2)
    for image in patient.images:
        whole = 2 * half_thickness_mm(patient.breasts[image.laterality], image.positioning.angle_degrees)
        assert 0.3 * whole < image.positioning.thickness_mm < 0.75 * whole


def test_the_command_writes_studies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(
        "{sides: [R], views: [CC], dates: 1, depth_mm: [31.0, 33.0], pixel_spacing_mm: [0.2]}\n", encoding="utf-8"
    )
    out = tmp_path / "out"
    assert main(["simulate", str(out), "--studies", "--recipe", str(recipe), "--seed", "3"]) == 0
    assert "1 patient, 1 study, 1 image with" in capsys.readouterr().out
    assert (out / "patient_0001" / "date_1" / "R_CC.dcm").is_file()
    assert main(["simulate", str(out), "--studies", "--recipe", str(recipe), "--seed", "4"]) == 2
    assert "holds the truth of 1 other image" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--studies", "0"], "at least 1"),
        (["--studies", "two"], "whole number"),
        (["--studies", "--into", "in"], "leave out --into"),
        (["--studies", "--only", "a.csv"], "need --into"),
    ],
)
def test_calls_that_mean_nothing_are_refused(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = main(["simulate", str(tmp_path / "out"), *arguments])
    except SystemExit as stop:
        code = int(stop.code or 0)
    assert code == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_mistakes_of_a_recipe_are_named_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text("{dates: 0, scenes: []}\n", encoding="utf-8")
    assert main(["simulate", str(tmp_path / "out"), "--studies", "--recipe", str(recipe)]) == 2
    told = capsys.readouterr().err
    assert "dates" in told
    assert "scenes" in told


def test_python_refuses_what_means_nothing(tmp_path: Path) -> None:
    for number in (0, True, 1.5):
        with pytest.raises(UsageError, match="number of patients"):
            mc.simulate(tmp_path, studies=number)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="say how many"):
        mc.simulate(tmp_path, RECIPE)
    with pytest.raises(mc.ConfigurationError, match="dates"):
        mc.simulate(tmp_path, {"dates": 0}, studies=1)
    assert not list(tmp_path.iterdir())


def test_an_image_that_was_not_simulated_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "patient_0001" / "date_1").mkdir(parents=True)
    (tmp_path / "patient_0001" / "date_1" / "L_CC.dcm").write_bytes(b"mine")
    with pytest.raises(UsageError, match="was not simulated there"):
        simulate_studies(tmp_path, 1, RECIPE)
    assert (tmp_path / "patient_0001" / "date_1" / "L_CC.dcm").read_bytes() == b"mine"
