"""What is no path of this machine is told before anything is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mammocalc.api.paths import require_folder_path
from mammocalc.evaluation import require_apart
from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (3, "of the type int"),
        ("", "path is empty: name a file"),
        ("s3://a/b", "no file of this machine"),
        (b"a", "of the type bytes"),
        ("a\0b", "path: .* holds a character"),
        ("a" * 5000, "path: 'a{60}'... is longer than a path can be"),
    ],
)
def test_what_is_no_path_is_told(given: object, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        require_folder_path(given, "path", "a file")


def test_an_evaluation_lies_apart_from_what_it_is_made_of(tmp_path: Path) -> None:
    run, truth = tmp_path / "run", tmp_path / "truth"
    truth.mkdir()
    with pytest.raises(UsageError, match="folder of the run itself"):
        require_apart(run / ".." / "run", run, truth)
    with pytest.raises(UsageError, match="read as results or truth"):
        require_apart(run / "results" / "scores", run, truth)
    with pytest.raises(UsageError, match="read as results or truth"):
        require_apart(truth, run, truth)
    require_apart(run / "scores", run, truth)
