from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest
from associations import Lesion, compare, count_associations, main, read_lesions

from mammocalc.evaluation import ScoringSettings
from mammocalc.evaluation.truth import TruthError
from mammocalc.results.association import published_evidence
from mammocalc.vocabulary.lexicon import Distribution

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Captured = pytest.CaptureFixture[str]
Row = tuple[str, str, str, str, str, str]

HEADER = (
    "patient_id", "breast density", "left or right breast", "image view", "abnormality id", "abnormality type",
    "calc type", "calc distribution", "assessment", "pathology", "cropped image file path",
)  # fmt: skip
ROWS: tuple[Row, ...] = (
    ("P_1", "LEFT", "CC", "1", "CLUSTERED", "MALIGNANT"),
    ("P_1", "LEFT", "MLO", "1", "CLUSTERED", "MALIGNANT"),
    ("P_1", "LEFT", "CC", "2", "SEGMENTAL", "BENIGN"),
    ("P_1", "RIGHT", "CC", "1", "CLUSTERED", "BENIGN_WITHOUT_CALLBACK"),
    ("P_2", "LEFT", "CC", "1", "CLUSTERED-LINEAR", "MALIGNANT"),
    ("P_3", "LEFT", "CC", "1", "CLUSTERED", "BENIGN"),
    ("P_3", "LEFT", "MLO", "1", "SEGMENTAL", "BENIGN"),
    ("P_4", "LEFT", "CC", "1", "NA", "BENIGN"),
    ("P_4", "LEFT", "MLO", "1", "REGIONAL-REGIONAL", "BENIGN_WITHOUT_CALLBACK"),
    ("P_5", "LEFT", "MLO", "1", "", "BENIGN_WITHOUT_CALLBACK"),
    ("P_6", "LEFT", "MLO", "1", "DIFFUSELY_SCATTERED", "BENIGN"),
)


@pytest.fixture
def write_table(tmp_path: Path) -> Callable[..., Path]:
    """Write a table as the collection does: some paths in it are broken over two lines, within quotes."""

    def write(rows: tuple[Row, ...] = ROWS, name: str = "calc.csv", header: tuple[str, ...] = HEADER) -> Path:
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            for patient, side, view, number, distribution, pathology in rows:
                middle = ("calcification", "PLEOMORPHIC", distribution, "4", pathology)
                writer.writerow((patient, "3", side, view, number, *middle, "folder/000001.dcm\n"))
        return tmp_path / name

    return write


@pytest.fixture
def settings() -> ScoringSettings:
    return ScoringSettings(replicates=200)


@pytest.fixture
def counts(write_table: Callable[..., Path], settings: ScoringSettings) -> dict[str, Any]:
    return count_associations(read_lesions([write_table()]), settings)


def test_the_views_of_a_lesion_count_once_and_sides_and_numbers_apart(counts: dict[str, Any]) -> None:
    assert counts["views"] == 11
    assert (counts["all"]["lesions"], counts["all"]["patients"], counts["all"]["malignant"]) == (8, 6, 2)
    assert counts["patients_with_malignant"] == 2
    grouped = counts["distributions"]["grouped"]
    assert (grouped["lesions"], grouped["patients"], grouped["malignant"], grouped["malignant_share"]) == (2, 1, 1, 0.5)


def test_labels_of_several_words_and_views_that_differ_stand_apart(counts: dict[str, Any]) -> None:
    assert {name: count["lesions"] for name, count in counts["several"].items()} == {
        "grouped and linear": 1,
        "grouped and segmental": 1,
    }
    assert counts["distributions"]["linear"]["lesions"] == 0
    assert counts["distributions"]["linear"]["malignant_share"] is None
    assert counts["named_at_all"]["linear"]["malignant_share"] == 1.0
    assert counts["named_at_all"]["grouped"]["lesions"] == 4


def test_a_missing_label_is_filled_by_the_other_view_and_is_said_where_there_is_none(counts: dict[str, Any]) -> None:
    assert counts["distributions"]["regional"]["lesions"] == 1
    assert (counts["unnamed"]["lesions"], counts["unnamed"]["malignant"]) == (1, 0)
    parts = [*counts["distributions"].values(), *counts["several"].values(), counts["unnamed"]]
    assert sum(count["lesions"] for count in parts) == counts["all"]["lesions"]


def test_benign_without_callback_is_counted_as_not_malignant(write_table: Callable[..., Path]) -> None:
    lesions = read_lesions([write_table((("P_1", "LEFT", "CC", "1", "LINEAR", "BENIGN_WITHOUT_CALLBACK"),))])
    assert lesions == (Lesion("P_1", 1, (Distribution.LINEAR,), is_malignant=False),)


def test_a_table_that_is_given_twice_changes_nothing(write_table: Callable[..., Path]) -> None:
    path = write_table()
    assert read_lesions([path, path]) == read_lesions([path])


def test_the_order_of_the_tables_changes_nothing(write_table: Callable[..., Path], settings: ScoringSettings) -> None:
    first, second = write_table(ROWS[:5], "a.csv"), write_table(ROWS[5:], "b.csv")
    there, back = (count_associations(read_lesions(paths), settings) for paths in ([first, second], [second, first]))
    assert there == back


def test_intervals_are_drawn_by_patient_not_by_lesion() -> None:
    settings = ScoringSettings(replicates=400)

    def width(patients: list[str]) -> float:
        lesions = [Lesion(patient, 1, (Distribution.GROUPED,), i % 60 < 30) for i, patient in enumerate(patients)]
        low, high = count_associations(lesions, settings)["distributions"]["grouped"]["interval"]
        return float(high - low)

    each_her_own = width([f"P_{i}" for i in range(60)])
    ten_each = width([f"P_{i // 10}" for i in range(60)])
    assert 0.2 < each_her_own < 0.3  # 1.96 * 2 * sqrt(0.25 / 60) is 0.25
    assert ten_each > 2 * each_her_own


def test_where_all_draws_agree_there_is_no_interval(counts: dict[str, Any]) -> None:
    assert counts["distributions"]["diffuse"]["interval"] is None


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (("P_77", "LEFT", "CC", "1", "CLUSTERED-STARRY", "BENIGN"), "row 2: the distribution 'STARRY' is not known"),
        (("P_77", "LEFT", "CC", "1", "CLUSTERED", "PERHAPS"), "row 2: patient, side, abnormality or pathology"),
        (("P_77", "", "CC", "1", "CLUSTERED", "BENIGN"), "row 2: patient, side, abnormality or pathology"),
    ],
)
def test_an_unknown_word_is_an_error_that_names_its_row_and_nobody(
    write_table: Callable[..., Path], row: Row, sentence: str
) -> None:
    with pytest.raises(TruthError, match=sentence) as caught:
        read_lesions([write_table((ROWS[0], row))])
    assert "P_77" not in str(caught.value)


def test_a_table_without_lesions_is_an_error(write_table: Callable[..., Path]) -> None:
    with pytest.raises(TruthError, match="no lesion"):
        read_lesions([write_table(())])


def test_the_command_says_what_the_share_is_and_that_these_are_other_tables(
    write_table: Callable[..., Path], capsys: Captured
) -> None:
    assert main([str(write_table())]) == 0
    text = capsys.readouterr().out
    assert "8 lesions in 6 patients, 11 views" in text
    assert "share within an enriched collection, 25% malignant; not a predictive value" in text
    assert "grouped and linear" in text
    assert (
        "not the counts of CBIS-DDSM that come with mammocalc: 8 lesions in 6 patients were counted, not 1045" in text
    )
    assert "P_1" not in text


def test_the_command_gives_the_same_counts_as_json_each_time(
    write_table: Callable[..., Path], capsys: Captured
) -> None:
    path = str(write_table())
    outputs = []
    for _ in range(2):
        assert main([path, "--json"]) == 0
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1]
    document = json.loads(outputs[0])
    assert document["distributions"]["segmental"]["lesions"] == 1
    assert "not a predictive value" in document["meaning"]


@pytest.mark.parametrize("kind", ["missing", "other columns", "binary"])
def test_what_is_no_table_of_the_collection_ends_with_2_and_a_sentence(
    write_table: Callable[..., Path], tmp_path: Path, capsys: Captured, kind: str
) -> None:
    path = tmp_path / "other.csv"
    if kind == "other columns":
        path = write_table(header=tuple(name.replace("calc distribution", "mass margins") for name in HEADER))
    elif kind == "binary":
        path.write_bytes(b"\xff\xfe\x00\x01")
    assert main([str(path)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    expected = "no calcification table of CBIS-DDSM" if kind == "other columns" else "cannot be read as a table"
    assert expected in captured.err


def test_the_shipped_counts_are_recognised() -> None:
    counts = published_evidence().collection.counts.model_dump(mode="json")
    assert compare(counts) == "These are the counts of CBIS-DDSM that come with mammocalc."
    counts["distributions"]["linear"]["malignant"] += 1
    assert "not the counts" in compare(counts)
