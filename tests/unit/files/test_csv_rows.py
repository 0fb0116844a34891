"""Tables of users: what is forgiven, and what is said of one that cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mammocalc.evaluation.truth import TruthError
from mammocalc.files.csv_rows import read_csv
from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def test_blanks_a_mark_of_the_encoding_and_missing_or_empty_cells_are_forgiven(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("\ufeffuid, note \r\n 1.2 , seen,\r\n\r\n,\r\n1.3\r\n".encode())
    assert read_csv(tmp_path / "a.csv", "the table", ("uid",)) == [
        {"uid": "1.2", "note": "seen"},
        {"uid": "1.3", "note": ""},
    ]


def test_a_table_that_cannot_be_used_says_why(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"uid,\xff\n")
    with pytest.raises(TruthError, match="the truth cannot be read \\(it is not a CSV in UTF-8\\)"):
        read_csv(tmp_path / "a.csv", "the truth", error=TruthError)
    (tmp_path / "a.csv").write_text("uid\n1.2\n")
    with pytest.raises(UsageError, match="--pairs lacks prior: its first line has to name uid and prior"):
        read_csv(tmp_path / "a.csv", "--pairs", ("uid", "prior"))
    (tmp_path / "a.csv").write_text("uid,a,uid\n1.2,,3\n")
    with pytest.raises(UsageError, match="two columns uid"):
        read_csv(tmp_path / "a.csv", "the table")
    (tmp_path / "a.csv").write_text('uid,a\n\n1.2,"3\n1.3,4\n')
    with pytest.raises(UsageError, match="is not a CSV"):
        read_csv(tmp_path / "a.csv", "the table")


@pytest.mark.parametrize("delimiter", [";", "\t", ","])
def test_a_spreadsheet_of_any_country_is_read(tmp_path: Path, delimiter: str) -> None:
    lines = ("uid,diameter_mm,has", "", "1.2,0.5,yes", "1.3,,0")
    (tmp_path / "a.csv").write_text("\n".join(lines).replace(",", delimiter))
    first, second = read_csv(tmp_path / "a.csv", "the table")
    assert (first["uid"], first.number("diameter_mm"), first.is_yes("has")) == ("1.2", 0.5, True)
    assert (second.number("diameter_mm"), second.whole("diameter_mm", 9), second.is_yes("has")) == (None, None, False)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (("0,5", "", ""), r"the table, line 3: diameter_mm must be a number with a decimal point, and is '0,5'\."),
        (("nan", "", ""), "diameter_mm must be a number"),
        (("", "1.5", ""), "frame must be a whole number from 0 to 9, and is '1.5'"),
        (("", "10", ""), "frame must be a whole number"),
        (("", "", "maybe"), "has must be 1 or 0, and is 'maybe'"),
        (("", "", "1", "2"), "line 3: there are more cells than columns"),
    ],
)
def test_a_cell_that_is_none_is_named_by_line_and_column(tmp_path: Path, cells: tuple[str, ...], said: str) -> None:
    def read() -> list[object]:
        rows = read_csv(tmp_path / "a.csv", "the table")
        return [(row.number("diameter_mm"), row.whole("frame", 9), row.is_yes("has")) for row in rows]

    (tmp_path / "a.csv").write_text("diameter_mm;frame;has\n;;\n" + ";".join(cells))
    with pytest.raises(UsageError, match=said):
        read()
