"""Schema versions: what each changed, and which can be read."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from mammocalc.vocabulary.errors import ResultError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

HISTORY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "1.0": "The first.",
        "2.0": "A file whose image was analysed has the status `analysed`, which was `judged`, in files.jsonl and in "
        "the totals of run.json; `pace.judged` is `pace.analysed`. A result has `image.study_day`; "
        "that of one frame of a multi-frame object has `image.frame`, and its row `frame`. "
        "`published_association.collection.women` is `patients`; evidence of morphology has `edge_width_mm` and "
        "`amorphous_share`, which were `haze_mm` and `hazy_share`.",
    }
)
"""
What each version changed in ``run.json``, ``files.jsonl``, results and candidates, the oldest first.

The last one is written, and all of them are read. The first number grows where something is renamed, dropped or means
something else, the second where something is added.
"""
SCHEMA_VERSION: Final = tuple(HISTORY)[-1]
"""The version that is written."""

STUDY_HISTORY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "1.0": "The first.",
        "1.1": "`findings` join clusters over views and have a `location`; `statements` say what the images show "
        "together; a breast has `places`. `has_nipple` is false where the nipple is in doubt.",
    }
)
"""What each version changed in the documents of studies, which have versions of their own."""
STUDY_SCHEMA_VERSION: Final = tuple(STUDY_HISTORY)[-1]
"""The version of studies that is written."""

COMPARISON_HISTORY: Final[Mapping[str, str]] = MappingProxyType({"1.0": "The first."})
"""What each version changed in the documents of comparisons."""
COMPARISON_SCHEMA_VERSION: Final = tuple(COMPARISON_HISTORY)[-1]
"""The version of comparisons that is written."""

_VERSION: Final = re.compile(r"([0-9]{1,6})\.([0-9]{1,6})")


def check_version(version: Any, history: Mapping[str, str] = HISTORY) -> str:
    """
    Demand a version that can be read.

    Parameters
    ----------
    version : JSON value
        ``schema_version`` of a document; None where it has none.
    history : mapping of str to str
        The versions of its kind of document, the oldest first.

    Returns
    -------
    str
        The version.

    Raises
    ------
    ResultError
        If it is not one of these. The sentence says what to do.

    Examples
    --------
    >>> check_version("1.0")
    '1.0'
    >>> check_version("0.1")
    Traceback (most recent call last):
        ...
    mammocalc.vocabulary.errors.ResultError: schema_version: there is no version 0.1; those that can be read are ...
    """
    if isinstance(version, str) and version in history:
        return version
    newest = tuple(history)[-1]
    known = f"{newest}, the newest that this mammocalc reads"
    found = _VERSION.fullmatch(version) if isinstance(version, str) else None
    if found is None:
        message = f"a version such as {newest} is needed; this is no document of a mammocalc run"
        raise ResultError("schema_version", message)
    if tuple(map(int, found.groups())) > tuple(map(int, newest.split("."))):
        message = f"{version} is newer than {known}: install a newer mammocalc to read it"
        raise ResultError("schema_version", message)
    message = f"there is no version {version}; those that can be read are {', '.join(history)}"
    raise ResultError("schema_version", message)


def upgraded(document: Mapping[str, Any], version: str) -> Mapping[str, Any]:
    """
    Convert a result to the present schema version.

    Parameters
    ----------
    document : mapping
        Of a version that can be read.
    version : str
        Which one that is.

    Returns
    -------
    mapping
        What an older version did not have is null.
    """
    image = document.get("image")
    if version == "1.0" and isinstance(image, dict):
        return {**document, "image": {"study_day": None, **image}}
    return document
