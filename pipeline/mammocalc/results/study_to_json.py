"""Writer of studies as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mammocalc.results.study_form import STUDY, StudyDocument

if TYPE_CHECKING:
    from mammocalc.results.study import Study


def study_to_json(study: Study) -> dict[str, Any]:
    """
    Give a study as the document that ``study.schema.json`` describes.

    Returns
    -------
    dict
        Only dict, list, str, int, float, bool and None; every key is always
        present, in a fixed order. Images keep the order of the study.

    See Also
    --------
    mammocalc.results.study_from_json.study_from_json : The inverse.
    """
    document: dict[str, Any] = STUDY.write(StudyDocument.of(study))
    return document
