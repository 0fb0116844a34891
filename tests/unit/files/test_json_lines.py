"""Lines of JSON are read as far as they were written, whatever their texts hold."""

import json
from pathlib import Path

import pytest

from mammocalc.files.json_lines import read_json_lines
from mammocalc.vocabulary.errors import UsageError


@pytest.mark.parametrize(
    "name", ["a\u2028b", "a\u2029b", "a\x85b", "a\x0bb", "a\x0cb", "a\x1cb", "a\rb", "a\nb", "ä", "\ud7ff"]
)
def test_no_character_of_a_name_breaks_its_line(tmp_path: Path, name: str) -> None:
    file = tmp_path / "files.jsonl"
    rows = [{"path": name}, {"path": "next"}]
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8", newline="")
    assert list(read_json_lines(file)) == rows


@pytest.mark.parametrize("cut", range(1, 14))
def test_a_line_that_was_left_unfinished_is_passed_over(tmp_path: Path, cut: int) -> None:
    file = tmp_path / "files.jsonl"
    whole = '{"path": "a"}\n{"path": "ü"}'.encode()
    file.write_bytes(whole[:-cut])
    assert list(read_json_lines(file)) == [{"path": "a"}]


def test_what_is_no_object_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "files.jsonl"
    file.write_text('[1]\n\n3\n{"path": "a"}\n"b"\n')
    assert list(read_json_lines(file)) == [{"path": "a"}]


def test_a_file_that_is_not_there_has_no_lines(tmp_path: Path) -> None:
    assert list(read_json_lines(tmp_path / "files.jsonl")) == []
    with pytest.raises(UsageError, match=r"cannot be read \(.+\)"):
        list(read_json_lines(tmp_path))
