from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import pytest

from mammocalc.evaluation import ScoringSettings, evaluate, read_run, read_truth
from mammocalc.evaluation.page import render_page
from mammocalc.evaluation.summary import summarise
from mammocalc.evaluation.truth import TruthError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from mammocalc.evaluation.evaluation import Evaluation


@pytest.fixture
def write_words(tmp_path: Path) -> Callable[..., Path]:
    """Write a table of words: rows of UID, reader, word and second word."""

    def write_words(rows: Sequence[tuple[str, ...]]) -> Path:
        path = tmp_path / "words.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("sop_instance_uid", "reader", "label", "second_label"))
            writer.writerows((*row, "") if len(row) == 3 else row for row in rows)
        return path

    return write_words


@pytest.fixture
def scored(
    image: Callable[..., dict[str, Any]],
    write_run: Callable[..., Path],
    write_words: Callable[..., Path],
    settings: ScoringSettings,
) -> Callable[..., Evaluation]:
    """Evaluate what the program calls images against the words of readers."""

    def scored(called: dict[str, str], rows: Sequence[tuple[str, ...]], **of_patient: str) -> Evaluation:
        images = [image(uid, label=label, patient=of_patient.get(uid)) for uid, label in called.items()]
        return evaluate(read_run(write_run(images)), read_truth(write_words(rows), {}), settings)

    return scored


CALLED = {"1.1": "grouped", "1.2": "scattered", "1.3": "linear", "1.4": "diffuse"}
READ = [
    ("1.1", "Ada", "grouped", "regional"),
    ("1.1", "Grace", "scattered", "grouped"),
    ("1.2", "Ada", "diffuse", "scattered"),
    ("1.3", "Ada", "vascular_only", "linear"),
    ("1.4", "Ada", "scattered", ""),
]


def test_an_image_is_right_by_the_first_word_of_any_reader_and_nearly_by_any_word(scored: Any) -> None:
    words = scored(CALLED, READ).document["words"]
    assert words["images"] == 4
    assert words["program"]["first"]["value"] == 0.25
    assert words["program"]["first_or_second"]["value"] == 0.75


def test_mean_recall_is_over_the_words_that_readers_say_first(scored: Any) -> None:
    words = scored(CALLED, READ).document["words"]
    recall = {entry["word"]: entry["recall"]["value"] for entry in words["by_word"] if entry["read"]}
    assert recall == {"scattered": 0.0, "vascular": 0.0, "diffuse": 0.0, "grouped": 1.0}
    assert words["program"]["mean_recall"]["value"] == 0.25


def test_the_confusion_holds_an_image_once_under_each_first_word(scored: Any) -> None:
    evaluation = scored(CALLED, READ)
    rows = {row[1:] for row in evaluation.tables["confusion"].rows if row[0] == "words_of_readers"}
    assert rows == {
        ("grouped", "grouped", 1),
        ("scattered", "grouped", 1),
        ("scattered", "diffuse", 1),
        ("diffuse", "scattered", 1),
        ("vascular", "linear", 1),
    }


def test_precision_of_linear_and_segmental_is_given_together(scored: Any) -> None:
    words = scored({**CALLED, "1.5": "segmental"}, [*READ, ("1.5", "Ada", "segmental")]).document["words"]
    concern = words["linear_or_segmental"]
    assert (concern["called"], concern["first"]["value"], concern["first_or_second"]["value"]) == (2, 0.5, 1.0)


def test_readers_are_held_against_each_other_as_the_program_is(scored: Any) -> None:
    words = scored(CALLED, READ).document["words"]
    against = words["one_reader_against_the_others"]
    assert against["n"] == 2  # both readers of the one image
    assert against["first"]["value"] == 0.0
    assert against["first_or_second"]["value"] == 0.5  # Grace holds grouped possible, and Ada never says scattered
    assert words["program_on_images_read_twice"]["first"]["value"] == 1.0


def test_what_always_saying_the_commonest_word_reaches_stands_beside_it(scored: Any) -> None:
    always = scored(CALLED, READ).document["words"]["always"]
    assert always["word"] == "scattered"
    assert always["first"]["value"] == 0.5
    assert always["mean_recall"]["value"] == 0.25


def test_one_reader_alone_has_nobody_to_agree_with(scored: Any) -> None:
    words = scored(CALLED, [row for row in READ if row[1] == "Ada"]).document["words"]
    assert words["one_reader_against_the_others"] is None


def test_an_image_that_was_not_analysed_got_no_right_word(
    image: Any, write_run: Any, write_words: Any, settings: ScoringSettings
) -> None:
    row = {"path": "b.dcm", "sop_instance_uid": "1.2", "status": "failed", "reason": "no_breast"}
    run = read_run(write_run([image("1.1", label="grouped")], [row]))
    truth = read_truth(write_words([("1.1", "Ada", "grouped"), ("1.2", "Ada", "grouped")]), {})
    assert evaluate(run, truth, settings).document["words"]["program"]["first"]["value"] == 0.5


def test_who_cannot_say_has_not_read_and_the_notes_count_it(scored: Any) -> None:
    evaluation = scored(CALLED, [("1.1", "Ada", "grouped"), ("1.2", "Ada", "cannot_say"), ("1.3", "Ada", "")])
    assert evaluation.document["words"]["images"] == 1
    notes = " ".join(evaluation.document["truth"]["notes"])
    assert "2 readings hold no word" in notes
    assert "2 images have no word of any reader" in notes


def test_patients_are_drawn_and_not_images(scored: Any) -> None:
    rows = [(uid, "Ada", "scattered") for uid in CALLED]
    one = scored(CALLED, rows, **dict.fromkeys(CALLED, "w"))
    assert one.document["bootstrap"]["units"] == 1
    assert one.document["words"]["program"]["first"]["low"] is None


@pytest.mark.parametrize(("patients", "is_said"), [(29, True), (30, False)])
def test_intervals_of_few_patients_are_said_to_be_too_narrow(scored: Any, patients: int, is_said: bool) -> None:
    called = {f"1.{number + 1}": "scattered" for number in range(patients)}
    rows = [(uid, "Ada", "scattered") for uid in called]
    document = scored(called, rows, **{uid: f"patient {uid}" for uid in called}).document
    assert document["bootstrap"]["units"] == patients
    assert any("too narrow" in sentence for sentence in document["shows"]) is is_said


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("1.1", "Ada", "clustered"), r"line 2: label is 'clustered'; it must be one of none, .* vascular_only"),
        (("1.1", "Ada", "grouped", "a few"), r"line 2: second_label is 'a few'"),
        (("1.1", "", "grouped"), r"line 2: a UID and the name of a reader"),
        (("", "Ada", "grouped"), r"line 2: a UID and the name of a reader"),
        (("1.1", "Ada", "cannot_say"), r"holds no word of any reader"),
    ],
)
def test_a_table_that_cannot_be_used_says_where(write_words: Any, row: tuple[str, ...], message: str) -> None:
    with pytest.raises(TruthError, match=message):
        read_truth(write_words([row]), {})


def test_one_reader_reads_an_image_once(write_words: Any) -> None:
    with pytest.raises(TruthError, match=r"line 3: Ada has read this image further up"):
        read_truth(write_words([("1.1", "Ada", "grouped"), ("1.1", "Ada", "linear")]), {})


def test_words_are_taken_as_people_write_them(write_words: Any) -> None:
    truth = read_truth(write_words([("1.1", "Ada", "Typically benign", "Vascular-only")]), {})
    assert (truth.readings[0].label, truth.readings[0].second_label) == ("typically_benign", "vascular")


def test_page_and_summary_show_the_words(scored: Any) -> None:
    evaluation = scored(CALLED, READ)
    page, summary = render_page(evaluation), summarise(evaluation.document)
    assert "one reader against the others" in page
    assert "program (n 4): first word 0.250" in summary
    assert "called linear or segmental: 1, so by a reader 0.000, first or second 1.000" in summary
    assert any("lenient" in sentence for sentence in evaluation.document["shows"])
