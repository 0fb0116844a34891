from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from mammocalc.cli import main
from mammocalc.cli.address import parse_output, parse_path
from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("s3://", "names no bucket"),
        ("s3:///run", "names no bucket"),
        ("gs:// /run", "names no bucket"),
        ("S3://", "names no bucket"),
        ("s3:/bucket/run", "is no address: write s3://bucket/run"),
        ("s3:bucket/run", "is no address"),
        ("s3:", "is no address"),
        (" s3://bucket/run", "spaces"),
        ("s3 ://bucket/run", "spaces"),
        ("gopher://somewhere/run", "gopher:// is no kind of address"),
        ("abc:/somewhere", "one slash"),
        ("https://somewhere/run", "nothing can be written"),
        ("file://", "is not a folder of this machine"),
        ("file:///", "is not a folder of this machine"),
        ("file://run", "is not a folder of this machine"),
        ("file://otherhost/run", "is not a folder of this machine"),
        ("file:/data/run", "write file:///data/run"),
        ("://bucket/run", "names no kind of address"),
        (" ", "is a variable empty?"),
        ("~/run", "the shell has left ~ as it is"),
        ("$HOME/run", "the shell has left $ as it is"),
        ("s3://key:secret@bucket/run", "no password"),
        ("sftp://me:secret@host/run", "no password"),
        ("s3://bucket//run", "empty part"),
        ("s3://bucket/../run", "empty part"),
        ("C:\\run", "path of Windows"),
        ("C:/run", "path of Windows"),
        ("c://run", "path of Windows"),
    ],
)
def test_an_address_with_a_slip_in_it_is_refused_and_no_folder_is_made(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=re.escape(said)) as refused:
        parse_output(text)
    assert "secret" not in str(refused.value)
    assert main(["run", ".", "--out", text]) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("out", "out"),
        ("./s3:/run", "s3:/run"),
        ("run:1/out", "run:1/out"),
        ("2020-01-01T10:00", "2020-01-01T10:00"),
        ("file:///data/run", "/data/run"),
        ("FILE://localhost/data/run", "/data/run"),
    ],
)
def test_folders_are_folders(text: str, meant: str) -> None:
    out = parse_output(text)
    assert not isinstance(out, str)
    assert out.as_posix() == meant


@pytest.mark.parametrize("text", ["s3://bucket", "s3://bucket/run", "memory://run", "abfs://container/run"])
def test_addresses_are_addresses(text: str) -> None:
    assert parse_output(text) == text


@pytest.mark.parametrize(
    "command",
    [
        ["simulate", "s3://bucket/run"],
        ["evaluate", "out", "--truth", "truth", "--out", "s3://bucket/run"],
        ["train", "--out", "gs://bucket/file.json"],
        ["run", "s3://bucket/images", "--out", "out"],
    ],
)
def test_an_address_where_a_path_is_meant_is_refused(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(command) == 2
    assert "is an address" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
    assert parse_path("a:b").as_posix() == "a:b"
