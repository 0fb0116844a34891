from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mammocalc.evaluation import ScoringSettings, evaluate, read_run, read_truth
from mammocalc.evaluation.bootstrap import Bootstrap
from mammocalc.evaluation.evaluate_run import evaluate_run
from mammocalc.evaluation.evaluation_cases import pair
from mammocalc.evaluation.readers import score_readers
from mammocalc.evaluation.truth import TruthError

if TYPE_CHECKING:
    from pathlib import Path

    from mammocalc.evaluation.truth import TruthSet


def mark(number: int, verdict: str | None, row: float = 0.0, **more: Any) -> dict[str, Any]:
    place = {"row": row or 100.0 * number, "column": 50.0, "diameter_mm": 0.3}
    return {"id": number, "source": "program", "verdict": verdict, **place, "cluster": None, **more}


def added(row: float, column: float = 50.0, diameter_mm: float = 0.4) -> dict[str, Any]:
    place = {"row": row, "column": column, "diameter_mm": diameter_mm, "diameter_by": "reader"}
    return {"id": f"a{row:g}", "source": "reader", "verdict": "accept", **place}


def answer(reader: str, *marks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"reader": reader, "read": True, "calcifications": list(marks), "clusters": [], **more}


@pytest.fixture
def truth_of(tmp_path: Path) -> Any:
    def truth_of(*images: list[dict[str, Any]]) -> TruthSet:
        document = {
            "kind": "mammocalc-answers",
            "images": [
                {"sop_instance_uid": f"1.2.{number}", "pixel_spacing_mm": [0.1, 0.1], "answers": answers}
                for number, answers in enumerate(images)
            ],
        }
        (tmp_path / "answers.json").write_text(json.dumps(document))
        return read_truth(tmp_path / "answers.json", {})

    return truth_of


def places(truth: TruthSet, uid: str = "1.2.0") -> list[float]:
    points = truth.images[uid].points
    assert points is not None
    return sorted(point.row_px for point in points)


def test_accepted_and_added_ones_are_true_and_rejected_ones_are_not(truth_of: Any) -> None:
    truth = truth_of([answer("Ada", mark(1, "accept"), mark(2, "reject"), added(700), distribution="linear")])
    assert places(truth) == [100, 700]
    assert truth.images["1.2.0"].label == "linear"
    assert truth.images["1.2.0"].has_calcifications is True


def test_only_a_measured_diameter_is_known(truth_of: Any) -> None:
    truth = truth_of([answer("Ada", mark(1, "accept"), mark(2, "accept", diameter_by="reader"), added(700))])
    assert [point.diameter_mm for point in truth.images["1.2.0"].points] == [None, 0.3, 0.4]


@pytest.mark.parametrize(
    ("verdicts", "is_true"),
    [("a", True), ("ar", False), ("aar", True), ("aarr", False), ("arr", False), ("rr", False)],
)
def test_more_than_half_decide(truth_of: Any, verdicts: str, is_true: bool) -> None:
    words = {"a": "accept", "r": "reject"}
    truth = truth_of([answer(f"r{n}", mark(1, words[letter])) for n, letter in enumerate(verdicts)])
    assert places(truth) == ([100] if is_true else [])


def test_what_two_added_at_one_place_is_one_and_what_lies_farther_is_two(truth_of: Any) -> None:
    near = truth_of([answer("Ada", added(100)), answer("Grace", added(104))])
    assert places(near) == [102]
    far = truth_of([answer("Ada", added(100)), answer("Grace", added(106))])
    assert places(far) == []
    own = truth_of([answer("Ada", added(100), added(102))])
    assert places(own) == [100, 102]


def test_a_blinded_reader_who_added_it_supports_the_programs_mark(truth_of: Any) -> None:
    blinded = answer(
        "Ada", mark(1, None), mark(2, None), added(102), blinded={"distribution": "linear", "calcifications": []}
    )
    truth = truth_of([blinded, answer("Grace", mark(1, "accept"), mark(2, "accept"))])
    assert places(truth) == [100]
    alone = truth_of([blinded])
    assert places(alone) == [102]


def test_marks_that_nobody_judged_are_unknown_and_said(truth_of: Any) -> None:
    truth = truth_of([answer("Ada", mark(1, None), distribution="diffuse")], [answer("Ada")])
    assert truth.images["1.2.0"].points is None
    assert truth.images["1.2.0"].has_calcifications is None
    assert truth.images["1.2.0"].label == "diffuse"
    assert truth.images["1.2.1"].points == ()
    assert truth.images["1.2.1"].has_calcifications is False
    assert any("marks of 1 images were not all judged" in note for note in truth.notes)


def test_images_that_are_not_read_are_left_out(truth_of: Any) -> None:
    unfinished = {**answer("Ada", mark(1, "accept")), "read": False}
    truth = truth_of([unfinished], [answer("Ada")])
    assert list(truth.images) == ["1.2.1"]
    with pytest.raises(TruthError, match="marked as read"):
        truth_of([unfinished])


def test_a_cluster_holds_its_true_members_and_the_label_of_most(truth_of: Any) -> None:
    marks = [mark(number, "accept", cluster=4) for number in range(1, 5)]
    cluster = {"id": 4, "verdict": "accept", "distribution": "segmental", "morphology": None}
    rejected = [*marks[:3], {**marks[3], "verdict": "reject"}]
    truth = truth_of([answer("Ada", *rejected, clusters=[cluster])])
    (found,) = truth.images["1.2.0"].clusters
    assert (found.members, found.label) == ((0, 1, 2), "segmental")
    refused = truth_of([answer("Ada", *marks, clusters=[{**cluster, "verdict": "reject"}])])
    assert refused.images["1.2.0"].clusters == ()


@pytest.mark.parametrize(
    ("labels", "label"),
    [(["linear", "linear", "grouped"], "linear"), (["linear", "grouped"], None), ([None, "linear"], "linear")],
)
def test_a_label_needs_more_than_half_of_those_who_named_one(
    truth_of: Any, labels: list[str | None], label: str | None
) -> None:
    truth = truth_of([answer(f"r{n}", distribution=own) for n, own in enumerate(labels)])
    assert truth.images["1.2.0"].label == label


@pytest.mark.parametrize("change", [{"answers": [{}]}, {"pixel_spacing_mm": [0, 1]}, {"sop_instance_uid": ""}])
def test_a_damaged_document_is_refused_with_its_place(tmp_path: Path, change: dict[str, Any]) -> None:
    image = {"sop_instance_uid": "1.2", "pixel_spacing_mm": [0.1, 0.1], "answers": [answer("Ada")], **change}
    (tmp_path / "a.json").write_text(json.dumps({"kind": "mammocalc-answers", "images": [image]}))
    with pytest.raises(TruthError):
        read_truth(tmp_path / "a.json", {})


def test_kappa_is_that_of_the_textbook(truth_of: Any, write_run: Any, image: Any, settings: ScoringSettings) -> None:
    """Cohen 1960, with 20 and 15 agreements, 5 and 10 disagreements: 0.4."""
    pairs = [("linear", "linear")] * 20 + [("linear", "grouped")] * 5 + [("grouped", "linear")] * 10
    pairs += [("grouped", "grouped")] * 15
    truth = truth_of(*([answer("Ada", distribution=one), answer("Grace", distribution=two)] for one, two in pairs))
    run = read_run(write_run([image(f"1.2.{number}") for number in range(50)]))
    paired = pair(truth, run)
    bootstrap = Bootstrap([case.unit for case in paired.cases], settings)
    section, tables = score_readers(truth.readings, paired.cases, bootstrap)
    assert section is not None
    kappa = section["between"][0]["distribution"]["kappa"]
    assert kappa["value"] == 0.4
    assert kappa["low"] < 0.4 < kappa["high"]
    assert section["between"][0]["marks"] is None
    assert [entry["reader"] for entry in section["with_program"]] == ["Ada", "Grace"]
    assert {row[:3] for row in tables["readers"].rows} >= {("Ada", "Grace", "distribution")}


def test_agreement_with_the_program_counts_the_blinded_label(
    truth_of: Any, write_run: Any, image: Any, settings: ScoringSettings
) -> None:
    run = read_run(write_run([image("1.2.0")]))
    label = run.images["1.2.0"].label
    other = "linear" if label != "linear" else "grouped"
    blinded = {"distribution": other, "calcifications": []}
    document = evaluate(run, truth_of([answer("Ada", distribution=label, blinded=blinded)]), settings).document
    ours = document["readers"]["with_program"][0]
    assert ours["distribution"]["agreement"]["value"] == 0
    assert ours["blinded"] == 1
    assert document["readers"]["between"] == []


def pair_of(uid: str, relation: str, claim: str | None, **answers: str) -> dict[str, Any]:
    said = [{"reader": reader, "answer": word} for reader, word in answers.items()]
    names = {"sop_instance_uid": uid, "id": 1, "other_sop_instance_uid": "1.2.9", "other_id": 1}
    return {"relation": relation, "of": "cluster", "claim": claim, "patient_key": "one", **names, "answers": said}


def write_pairs(folder: Path, *pairs: dict[str, Any], images: list[dict[str, Any]] | None = None) -> Path:
    path = folder / "answers.json"
    path.write_text(json.dumps({"kind": "mammocalc-answers", "images": images or [], "pairs": pairs}))
    return path


def test_answers_to_links_and_changes_alone_count(tmp_path: Path, write_run: Any, image: Any) -> None:
    """Links that the program made, links that readers made themselves, a change, and one of another run."""
    uid = "1.1"
    run = write_run([image(uid, [(10, 10, 0.9)])])
    unread = {"sop_instance_uid": uid, "answers": [answer("Ada", mark(1, None)) | {"read": False}]}
    path = write_pairs(
        tmp_path,
        pair_of(uid, "link", "linked", Ada="same", Ben="not_the_same"),
        pair_of(uid, "link", None, Ada="same"),
        pair_of(uid, "link", None, Ada="not_the_same"),
        pair_of(uid, "change", "matched", Ada="same"),
        pair_of("1.2.8", "link", "linked", Ada="not_the_same"),
        images=[unread],
    )
    document = evaluate_run(run, path, tmp_path / "scores").document
    page = (tmp_path / "scores" / "evaluation.html").read_text()
    assert "Links and changes" in page
    assert "missed by the program" in page
    shares = {(row["reader"], row["claim"]): row["share"]["value"] for row in document["pairs"]["confirmed"]}
    assert shares == {
        ("all", "links"): 0.5, ("all", "matches"): 1, ("Ada", "links"): 1, ("Ada", "matches"): 1, ("Ben", "links"): 0,
    }  # fmt: skip
    found = [
        (row["reader"], row["of"], row["share"]["value"], row["missed"]) for row in document["pairs"]["found_links"]
    ]
    assert found == [("all", "cluster", 0.5, 1), ("Ada", "cluster", 0.5, 1)]
    assert document["pairs"]["without_claim"] == 2
    assert (document["presence"], document["calcifications"], document["distribution"]) == (None, None, None)
    assert document["bootstrap"]["unit"] == "patient"
    notes = " ".join(document["truth"]["notes"])
    assert "nobody has marked any of the 1 images as read" in notes
    assert "1 answers to links and changes are of images that the run has not" in notes


def test_answers_to_links_of_another_run_are_no_truth(tmp_path: Path, write_run: Any, image: Any) -> None:
    truth = read_truth(write_pairs(tmp_path, pair_of("1.2.8", "link", "linked", Ada="same")), {})
    with pytest.raises(TruthError, match="the truth is of 1 image, and the run analysed"):
        evaluate(read_run(write_run([image("1.1")])), truth, ScoringSettings())


def test_answers_of_nobody_are_no_truth(tmp_path: Path) -> None:
    with pytest.raises(TruthError, match="no image that a reader has marked as read, and no answer to a link"):
        read_truth(write_pairs(tmp_path), {})
