"""Studies and comparisons for the review; unreadable ones give a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mammocalc.results.comparison_from_json import comparison_from_json
from mammocalc.results.study_from_json import study_from_json
from mammocalc.review.server.run_files import WrongFileError
from mammocalc.vocabulary.errors import ResultError

if TYPE_CHECKING:
    from mammocalc.model import Comparison
    from mammocalc.results.study import Study


def check_study(document: Any) -> Study:
    """Read a study; raises `WrongFileError` that names the first place where something is wrong."""
    try:
        return study_from_json(document)
    except ResultError as error:
        raise WrongFileError(str(error)) from None


def check_comparison(document: Any) -> Comparison:
    """Read a comparison; raises as `check_study`."""
    try:
        return comparison_from_json(document)
    except ResultError as error:
        raise WrongFileError(str(error)) from None
