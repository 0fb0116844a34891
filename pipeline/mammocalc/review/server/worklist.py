"""Worklist of a reader: the images of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mammocalc.review.server.examinations import Examinations
    from mammocalc.review.server.run_index import Image, RunIndex

_HIDDEN: dict[str, Any] = {
    **dict.fromkeys(("distribution", "presence_level", "counts", "seconds")),
    "flags": [],
    "thumbnail": False,
    "overlay": False,
    "file": None,
}
"""
What stands in the worklist in place of the result, until the reader has read all images of the patient. Files are often
named after what they show, so their names are kept back as well.
"""


def make_worklist(
    index: RunIndex,
    examinations: Examinations,
    marks: Mapping[str, Mapping[str, bool]],
    is_hidden: Callable[[str], bool],
) -> dict[str, Any]:
    """
    List the images of a run, and the files that were not analysed.

    Parameters
    ----------
    index : RunIndex
    examinations : Examinations
    marks : mapping
        By UID, what this reader has read, agreed with and answered.
    is_hidden : callable
        Whether this reader may not see the result of an image yet, by UID.

    Returns
    -------
    dict
        ``images`` and ``failed``, as the page reads them.
    """
    images, is_any_hidden = [], False
    for image in index.images.values():
        own = marks.get(image.uid, {"read": False, "agreed": False, "answered": False})
        shown = {
            **image.found,
            "thumbnail": image.thumbnail is not None,
            "overlay": image.overlay is not None,
            "file": image.input_path,
        }
        hides = is_hidden(image.uid)
        is_any_hidden |= hides
        if hides:
            shown = _HIDDEN
        taken = {
            "name": examinations.name(image.uid),
            "patient": examinations.patient(image.uid),
            "examination": examinations.describe(image.uid),
        }
        images.append(
            {**_identity(image), **taken, **shown, "read": own["read"], "agreed": own["agreed"] and not hides}
        )
    told = ("status", "reason") if is_any_hidden else ("path", "status", "reason", "message")
    # A copy that was passed over, or another file of the folder, is named after what it shows as images are.
    failed = [dict.fromkeys(("path", "message")) | {name: row.get(name) for name in told} for row in index.not_analysed]
    return {"images": images, "failed": failed}


def _identity(image: Image) -> dict[str, Any]:
    identity = image.identity
    return {
        "uid": image.uid,
        "patient_key": identity.patient_key,
        "study_uid": identity.study_instance_uid,
        "series_uid": identity.series_instance_uid,
        "laterality": identity.laterality,
        "view": identity.view,
        "rows": identity.rows,
        "columns": identity.columns,
        "frame": identity.frame,
        "number_of_frames": identity.number_of_frames,
        "spacing_mm": list(image.spacing_mm) if image.spacing_mm else None,
    }
