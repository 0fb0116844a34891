"""Tables of users: what is forgiven, and what is said of one that cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mammocalc.evaluation.truth import TruthError
from mammocalc.files.csv_rows import read_csv
from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def test_blanks_a_mark_of_the_encoding_and_missing_or_further_cells_are_forgiven(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("\ufeffuid, note \r\n 1.2 , seen, more\r\n1.3\r\n".encode())
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
