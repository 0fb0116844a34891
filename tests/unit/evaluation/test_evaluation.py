from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from mammocalc.evaluation import (
    Evaluation,
    ScoringSettings,
    evaluate,
    evaluate_run,
    read_run,
    read_truth,
    summarise,
    write_evaluation,
)
from mammocalc.evaluation.truth import TruthError
from mammocalc.results.schema_version import SCHEMA_VERSION
from mammocalc.vocabulary.errors import OutputError, UsageError
from mammocalc.vocabulary.uid import as_uid

Image = Callable[..., dict[str, Any]]
Write = Callable[..., Path]
Score = Callable[..., Evaluation]


def all_in_one(points_mm: Any) -> Sequence[Sequence[int]]:
    return [range(len(points_mm))] if len(points_mm) >= 3 else []


@pytest.fixture
def score(settings: ScoringSettings) -> Score:
    def score(run: Path, truth: Path, others: Sequence[Path] = ()) -> Evaluation:
        finished = read_run(run)
        known = read_truth(truth, finished.uid_of_file)
        return evaluate(finished, known, settings, all_in_one, [read_run(other) for other in others])

    return score


def point(row: float, column: float, diameter_mm: float = 0.3, **more: Any) -> dict[str, Any]:
    return {"row": row, "column": column, "diameter_mm": diameter_mm, "width_mm": diameter_mm, **more}


def values(section: dict[str, Any]) -> dict[str, Any]:
    return {name: entry["value"] for name, entry in section.items() if isinstance(entry, dict)}


@pytest.fixture
def small_files(image: Image, write_run: Write, write_truth: Write) -> tuple[Image, Write, Write]:
    return image, write_run, write_truth


@pytest.fixture
def small(image: Image, write_run: Write, write_truth: Write) -> tuple[Path, Path]:
    """
    One image with four calcifications, one without, and one with two that failed.

    In the first, one is found well, one 0.4 mm off (not by the strict rule)
    and once more, a large one far from its centre, and one by a candidate.
    """
    marks = [(10, 10, 0.9, 0.35), (54, 50, 0.8, 0.2), (50, 51, 0.7, 0.3), (110, 100, 0.6, 2.5), (200, 200, 0.55, 0.3)]
    run = write_run(
        [
            image("1.1", marks, below=[(150, 150, 0.4), (300, 300, 0.3)], patient="a", presence=0.9),
            image("1.2", [(20, 20, 0.65)], patient="b", presence=0.2),
        ],
        [{"path": "x/~00.dcm", "sop_instance_uid": "1.3", "status": "failed", "reason": "truncated"}],
    )
    points = [
        point(10, 10, matched_filter_snr=9.0),
        point(50, 50, matched_filter_snr=6.0),
        point(100, 100, 2.4),
        point(150, 152),
    ]
    truth = write_truth(
        {"sop_instance_uid": "1.1", "points": points, "distribution": "grouped"},
        {"sop_instance_uid": "1.2"},
        {"sop_instance_uid": "1.3", "points": [point(1, 1), point(9, 9)], "distribution": "linear"},
        {"sop_instance_uid": "1.4", "points": [point(1, 1)]},
    )
    return run, truth


def test_calcifications_are_counted_as_by_hand(small: tuple[Path, Path], score: Score) -> None:
    section = score(*small).document["calcifications"]
    assert section["true"] == 6
    assert section["images"] == 3
    got = values(section["at_operating_point"])
    assert got["found"] == 0.5  # three of six, the two of the failed image among them
    assert got["found_strict"] == pytest.approx(2 / 6, abs=1e-5)
    assert got["false_per_image"] == 1.0  # two marks on two judged images
    assert got["false_per_image_duplicates_false"] == 1.5
    assert got["false_per_image_strict"] == 1.5  # and the mark at 0.4 mm; that at 1 mm is on the body of one of 2.4 mm
    assert got["false_per_normal_image"] == 1.0
    assert got["false_per_cm2"] == pytest.approx(2 / 20)
    at = {entry["rate"]: entry for entry in section["at_rates"]["per_image"]}
    assert [at[rate]["found"]["value"] for rate in (0.1, 0.5, 1.0)] == pytest.approx([2 / 6, 3 / 6, 4 / 6], abs=1e-5)
    assert at[1.0]["threshold"] == 0.4
    assert not at[2.0]["is_reached"]


def test_groups_are_those_of_the_truth(small: tuple[Path, Path], score: Score) -> None:
    by = score(*small).document["calcifications"]["by"]
    diameters = {
        group["group"]: (group["n"], group["at_operating_point"]["found"]["value"]) for group in by["diameter"]
    }
    assert diameters == {"0.3 to 0.5 mm": (5, 0.4), "1 mm and more": (1, 1.0)}
    detectability = {group["group"]: group for group in by["detectability"]}
    assert {name: group["n"] for name, group in detectability.items()} == {
        "5 to 8": 1,
        "8 to 12": 1,
        "8 and more, all": 1,
    }
    assert 0.5 < detectability["5 to 8"]["at_operating_point"]["ideal"] < 1


def test_shares_are_given_by_effective_ratio_where_the_truth_has_it(
    score: Score, image: Image, write_run: Write, write_truth: Write
) -> None:
    run = write_run([image("1.1", [(10, 10, 0.9), (50, 50, 0.8)])])
    ratios = [9.0, 7.0, 3.0, 7.9, None]
    points = [point(row, row, effective_snr=ratio) for row, ratio in zip((10, 50, 90, 130, 170), ratios, strict=True)]
    by = score(run, write_truth({"sop_instance_uid": "1.1", "points": points})).document["calcifications"]["by"]
    assert {g["group"]: (g["n"], g["at_operating_point"]["found"]["value"]) for g in by["effective"]} == {
        "below 4": (1, 0.0),
        "6 to 8": (2, 0.5),
        "8 to 12": (1, 1.0),
        "8 and more, all": (1, 1.0),
        "8 and more, 0.15 to 0.6 mm": (1, 1.0),
    }
    ideal = {g["group"]: g["at_operating_point"]["ideal"] for g in by["effective"]}
    assert ideal["below 4"] < 0.3  # that of this ratio: no other is in the truth
    assert 0.99 < ideal["6 to 8"] < ideal["8 to 12"]


@pytest.mark.parametrize(
    ("column", "length", "counted"),
    [
        (10 + 31, {"length_mm": 6.0}, (0, 1)),  # on the end of a rod of 6 mm: not found by it, and no false mark
        (10 + 32, {"length_mm": 6.0}, (1, 1)),  # 0.05 mm beyond
        (10 + 31, {}, (1, 1)),  # as thick as it is long
        (10 + 6, {}, (0, 1)),  # 0.6 mm from the middle of one of 1 mm
    ],
)
def test_a_mark_on_the_body_of_a_long_calcification_is_no_false_one(
    column: int,
    length: dict[str, float],
    counted: tuple[int, int],
    small_files: tuple[Image, Write, Write],
    score: Score,
) -> None:
    image, write_run, write_truth = small_files
    run = write_run([image("1.1", [(10, column, 0.9)])])
    truth = write_truth({"sop_instance_uid": "1.1", "points": [point(10, 10, 1.0, **length)]})
    got = values(score(run, truth).document["calcifications"]["at_operating_point"])
    assert got["found"] == 0
    assert (got["false_per_image"], got["false_per_image_duplicates_false"]) == counted
    assert got["false_per_image_strict"] == counted[0]


def test_sizes_are_those_of_the_pairs(small: tuple[Path, Path], score: Score) -> None:
    evaluation = score(*small)
    # 0.35 for 0.3; of the two marks on the second the nearer one, 0.3 for 0.3; 2.5 for 2.4
    assert evaluation.document["sizes"]["all"]["bias_mm"]["value"] == pytest.approx(0.05)
    assert evaluation.document["sizes"]["all"]["n"] == 3
    assert evaluation.document["macro_or_micro"]["confusion"] == [[2, 0], [0, 1]]
    assert len(evaluation.tables["sizes"].rows) == 3


def test_what_was_not_analysed_is_listed_and_never_pays(small: tuple[Path, Path], score: Score) -> None:
    document = score(*small).document
    truth = document["truth"]
    assert truth["not_analysed"] == [{"sop_instance_uid": "1.3", "status": "failed", "reason": "truncated"}]
    assert truth["not_in_the_run"] == ["1.4"]
    # The failed image has calcifications and ranks last: one pair is right, one is not.
    assert document["presence"]["as_labelled"]["area"]["value"] == 0.5
    assert document["distribution"]["of_images"]["accuracy"]["value"] == 0.0
    assert document["distribution"]["of_images"]["abstained"]["value"] == 0.5


def test_another_run_is_marked(small: tuple[Path, Path], score: Score, image: Image, write_run: Write) -> None:
    other = write_run([image("1.1", [(10, 10, 0.9)]), image("1.2")], name="careful")
    points = score(*small, [other]).document["calcifications"]["other_operating_points"]
    assert [(p["name"], p["found"]["value"], p["false_per_image"]["value"]) for p in points] == [("careful", 0.25, 0.0)]


def test_a_file_whose_identity_could_not_be_read_is_known_by_its_name(
    image: Image, write_run: Write, write_truth: Write, score: Score
) -> None:
    row = {"path": "in/bad.dcm", "sop_instance_uid": None, "status": "failed", "reason": "not_dicom"}
    truth = write_truth(
        {"sop_instance_uid": "1"}, {"sop_instance_uid": "2", "file": "bad.dcm", "points": [point(1, 1)]}
    )
    document = score(write_run([image("1")], [row]), truth).document
    assert [entry["sop_instance_uid"] for entry in document["truth"]["not_analysed"]] == ["2"]
    assert document["calcifications"]["at_operating_point"]["found"]["value"] == 0.0


def test_clusters_are_found_missed_and_false(image: Image, write_run: Write, write_truth: Write, score: Score) -> None:
    places = [(50, 50), (50, 70), (70, 50), (70, 70)]
    marks = [(*place, 0.8, 0.3) for place in places[:3]]
    stray = [(row + 300, column + 300, 0.6, 0.3) for row, column in places[:3]]
    shares = dict.fromkeys(("diffuse", "regional", "segmental"), 0.0) | {"grouped": 0.8, "linear": 0.2}
    call = {"label": "grouped", "probabilities": shares}
    run = write_run(
        [
            image("1", [*marks, *stray], clusters=[(0, 1, 2), (3, 4, 5)], **call),
            image("2", stray, clusters=[(0, 1, 2)]),
            image("3"),
        ]
    )
    cluster = {"clusters": [{"id": 5, "label": "grouped"}], "points": [point(*place, cluster=5) for place in places]}
    truth = write_truth(
        {"sop_instance_uid": "1", "distribution": "grouped", **cluster},
        {"sop_instance_uid": "2"},
        {"sop_instance_uid": "3", "distribution": "linear", **cluster},
    )
    document = score(run, truth).document
    assert values(document["clusters"]["at_operating_point"]) == {
        "found": 0.5,
        "found_kallergi": 0.5,
        "false_per_image": pytest.approx(2 / 3, abs=1e-5),
        "false_per_image_of_false_marks": pytest.approx(2 / 3, abs=1e-5),
        "false_per_normal_image": 1.0,
        "false_per_cm2": pytest.approx(2 / 30, abs=1e-5),
        "found_by_shown": 0.5,
        "false_shown_per_image": pytest.approx(2 / 3, abs=1e-5),
    }
    assert document["clusters"]["at_rates"]["per_image"][0]["found"]["value"] == 0.5  # from the marks above 0.6 alone
    of_clusters = document["distribution"]["of_clusters"]
    assert (of_clusters["n"], of_clusters["accuracy"]["value"]) == (1, 1.0)
    assert of_clusters["calibration"]["expected_error"]["value"] == pytest.approx(0.2)
    assert document["morphology"] is None


def test_what_only_loose_chains_hit_stands_beside_what_is_shown(
    image: Image, write_run: Write, score: Score, tmp_path: Path
) -> None:
    """A chain that no picture shows is counted as one of the list, and not as one that is shown."""
    marks = [(20.0, 10.0, 0.9), (26.0, 10.0, 0.8), (23.0, 14.0, 0.7)]
    results = [image(uid, marks, clusters=[(0, 1, 2)]) for uid in ("1", "2", "3")]
    for result in results[1:]:
        result["clusters"][0]["loose"] = True
        result["counts"] |= {"clusters": 0, "loose_chains": 1}
    truth = tmp_path / "regions.csv"
    rows = ["1,CALC,23,11,3", "2,CALC,23,11,3", "3,NORM,,,"]
    truth.write_text("\n".join(["sop_instance_uid,kind,row,column,radius_px", *rows]))
    at = score(write_run(results), truth).document["regions"]["at_operating_point"]
    assert values(at["cluster_member"]) == {"found": 1.0, "false_per_normal_image": 1.0}
    assert values(at["shown_cluster_member"]) == {"found": 0.5, "false_per_normal_image": 0.0}


def test_regions_count_in_pixels_without_a_spacing(
    image: Image, write_run: Write, score: Score, tmp_path: Path
) -> None:
    marks = [(20.0, 10.0, 0.9), (26.0, 10.0, 0.8), (23.0, 14.0, 0.7)]
    run = write_run(
        [image("1", marks, clusters=[(0, 1, 2)]), image("2", marks[:1], spacing=None), image("3", marks[:2])]
    )
    truth = tmp_path / "regions.csv"
    rows = ["1,CALC,23,11,3", "1,CALC,80,80,9", "2,CALC,20,12,2", "3,NORM,,,", "4,NORM,,,"]
    truth.write_text("\n".join(["sop_instance_uid,kind,row,column,radius_px", *rows]))
    evaluation = score(run, truth)
    document, section = evaluation.document, evaluation.document["regions"]
    write_evaluation(tmp_path / "out", evaluation)
    page = (tmp_path / "out" / "evaluation.html").read_text(encoding="utf-8")
    assert "3 circles in 2 images, 1 normal image." in page
    assert "4: not in the run" in page
    third = pytest.approx(1 / 3, abs=1e-5)
    at = {name: values(entry) for name, entry in section["at_operating_point"].items()}
    assert at["cluster_centroid"] == {"found": third, "false_per_normal_image": 0.0}
    assert at["calcification"] == {"found": pytest.approx(2 / 3, abs=1e-5), "false_per_normal_image": 2.0}
    rates = {entry["rate"]: entry["found"]["value"] for entry in section["at_rates"]["calcification"]}
    assert "regions hit by cluster centroid: 0.333" in summarise(document)
    assert rates[1.0] == third  # with the threshold at 0.9; the next one lets in two


def test_labels_rank_images_as_labelled_and_as_they_look(
    image: Image, write_run: Write, score: Score, tmp_path: Path
) -> None:
    mark = (10.0, 10.0, 0.7)
    run = write_run(
        [
            image("1", [mark], presence=0.9),
            image("2", [mark, mark], presence=0.8),
            image("3", presence=0.3),
            image("4", below=[mark], presence=0.4),
        ]
    )
    labels = tmp_path / "labels.csv"
    labels.write_text("sop_instance_uid,has_calcifications,seen\n1,0,ring\n2,1,\n3,0,\n4,0,\n")
    evaluation = score(run, labels)
    document = evaluation.document
    write_evaluation(tmp_path / "out", evaluation)
    page = (tmp_path / "out" / "evaluation.html").read_text(encoding="utf-8")
    assert "Marks on the 2 images without calcifications" in page
    area = "presence, as they look: area under the ROC curve 1.000, 2 images with calcifications, 2 without"
    assert area in summarise(document)
    assert document["presence"]["as_labelled"]["area"]["value"] == pytest.approx(2 / 3, abs=1e-5)
    assert document["presence"]["as_they_look"]["area"]["value"] == 1.0
    assert document["marks"]["marks_on_without_mean"] == {"value": 0.0, "low": None, "high": None, "n": 2}
    assert document["marks"]["with_marked"]["value"] == 1.0
    assert document["marks"]["at_shares"][1]["marks_on_without_mean"]["value"] == 0.5
    assert document["bootstrap"]["unit"] == "image"
    assert any("No result names a patient" in sentence for sentence in document["shows"])
    assert document["calcifications"] is None


def test_inserted_specks_are_grouped_by_their_peak(
    image: Image, write_run: Write, write_truth: Write, score: Score
) -> None:
    run = write_run([image("1", [(10, 10, 0.9, 0.3), (50, 50, 0.8, 0.3)])])
    peaks = [(10, 12.0, 0.3), (30, 30.0, 0.5), (50, 11.0, 0.9), (70, 3.0, 0.3)]
    points = [point(place, place, diameter, peak_grey_levels=peak) for place, peak, diameter in peaks]
    document = score(run, write_truth({"sop_instance_uid": "1", "inserted": True, "points": points})).document
    groups = document["calcifications"]["by"]["peak"]
    found = {group["group"]: (group["n"], group["at_operating_point"]["found"]["value"]) for group in groups}
    assert found == {
        "below 5": (1, 0.0),
        "10 to 20": (2, 1.0),
        "20 to 40": (1, 0.0),
        "10 and more, all": (3, pytest.approx(2 / 3, abs=1e-5)),
        "10 and more, 0.15 to 0.6 mm": (2, 0.5),
    }
    assert document["shows"][0].startswith("Inserted calcifications")


def test_drawings_need_a_spacing_only_where_something_was_found(
    image: Image, write_run: Write, write_truth: Write, score: Score
) -> None:
    row = {"path": "a.dcm", "sop_instance_uid": "3", "status": "skipped", "reason": "duplicate"}
    run = write_run([image("1", [(10, 10, 0.9, 0.3)]), image("2", [(10, 10, 0.9)], spacing=None)], [row])
    points = {"pixel_spacing_mm": None, "points": [point(10, 10)]}
    document = score(run, write_truth(*({"sop_instance_uid": uid, **points} for uid in "123"))).document
    assert document["truth"]["without_a_spacing"] == ["2"]
    assert document["calcifications"]["true"] == 2  # of the image without a spacing none
    assert document["calcifications"]["at_operating_point"]["found"]["value"] == 0.5
    assert any("no pixel spacing" in sentence for sentence in document["shows"])


def test_a_truth_of_other_images_is_refused(image: Image, write_run: Write, write_truth: Write, score: Score) -> None:
    with pytest.raises(TruthError, match="the truth is of 1 image, and the run analysed"):
        score(write_run([image("1")]), write_truth({"sop_instance_uid": "2"}))


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no run"):
        read_run(tmp_path)
    (tmp_path / "run.json").write_text("{}")
    with pytest.raises(UsageError, match="no document of a mammocalc run"):
        read_run(tmp_path)
    (tmp_path / "run.json").write_text(f'{{"schema_version": "{SCHEMA_VERSION}"}}')
    with pytest.raises(UsageError, match="is not what a run of mammocalc writes: repeat the run"):
        read_run(tmp_path)


def test_the_files_hold_no_markup_from_outside(
    image: Image, write_run: Write, write_truth: Write, score: Score, tmp_path: Path
) -> None:
    name = "<script>alert(1)</script>&"
    run = write_run([image("1", [(10, 10, 0.9, 0.3)])])
    record = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps({**record, "operating_point": name}))
    evaluation = score(run, write_truth({"sop_instance_uid": "1", "points": [point(10, 10, kind=name)]}))
    write_evaluation(tmp_path / "out", evaluation)
    page = (tmp_path / "out" / "evaluation.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "://" not in page  # nothing is fetched from anywhere
    assert json.loads((tmp_path / "out" / "evaluation.json").read_text()) == evaluation.document
    assert {path.suffix for path in (tmp_path / "out").iterdir()} == {".csv", ".json", ".html"}
    assert "calcifications: found 1.000 of 1" in summarise(evaluation.document)


def test_a_folder_that_takes_no_files_is_an_error(small: tuple[Path, Path], score: Score, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(OutputError, match="cannot be written to"):
        write_evaluation(tmp_path / "out", score(*small))


def test_equal_input_gives_equal_files(small: tuple[Path, Path], score: Score, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_evaluation(tmp_path / name, score(*small))
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_a_truth_may_name_an_image_by_the_text_that_its_file_has_for_a_uid(
    image: Image, write_run: Write, tmp_path: Path, score: Score
) -> None:
    hashed = "9f86d081884c7d65"
    run = write_run([image(as_uid(hashed), [(10, 10, 0.9, 0.3)], patient="a", presence=0.9)], [])
    truth = tmp_path / "labels.csv"
    truth.write_text(f"sop_instance_uid,has_calcifications\n{hashed},1\nabc,0\n")
    coverage = score(run, truth).document["truth"]
    assert (coverage["analysed"], coverage["analysed_without_truth"]) == (1, 0)
    assert coverage["not_in_the_run"] == ["abc"]


def test_a_run_of_a_newer_version_is_told_and_nothing_untrue_beside(image: Image, write_run: Write) -> None:
    run = write_run([image("1")])
    record = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps({**record, "schema_version": "99.0"}))
    with pytest.raises(UsageError, match=r"99\.0 is newer .*install a newer mammocalc to read it\)\.$"):
        read_run(run)
    (run / "run.json").write_text("[")
    with pytest.raises(UsageError, match=r"run\.json cannot be read, or is not what a run of mammocalc writes"):
        read_run(run)


def test_results_that_were_lost_are_told_and_not_left_out(image: Image, write_run: Write) -> None:
    row = {"path": "b.dcm", "sop_instance_uid": "2", "status": "analysed", "reason": None}
    with pytest.raises(UsageError, match="lacks the results of 1 analysed images: repeat the run"):
        read_run(write_run([image("1")], [row]))


@pytest.mark.parametrize("group", [{"min_members": "x"}, 5])
def test_settings_that_somebody_has_changed_are_told(
    image: Image, write_run: Write, write_truth: Write, tmp_path: Path, group: object
) -> None:
    run = write_run([image("1", [(10, 10, 0.9, 0.3)])])
    record = json.loads((run / "run.json").read_text())
    record["configuration"]["group"] = group
    (run / "run.json").write_text(json.dumps(record))
    with pytest.raises(UsageError, match=r"settings in run\.json are not what a run"):
        evaluate_run(run, write_truth({"sop_instance_uid": "1"}), tmp_path / "scores")


def test_a_name_of_two_files_names_no_image(image: Image, write_run: Write) -> None:
    rows = [
        {"path": path, "sop_instance_uid": uid, "status": "skipped", "reason": "multiframe"}
        for path, uid in (("b/a.dcm", "2"), ("c/a.dcm", "3"), ("b/e.dcm", "4"), ("c/e.dcm", "4"))
    ]
    assert read_run(write_run([image("1")], rows)).uid_of_file == {"image_0.dcm": "1", "e.dcm": "4"}
