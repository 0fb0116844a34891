"""Reader of results: the inverse of `to_json`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mammocalc.results.consistency import check_counts, check_ids
from mammocalc.results.field import Field
from mammocalc.results.finding_forms import CANDIDATE, COUNTS
from mammocalc.results.form import listed
from mammocalc.results.image_form import IMAGE, OVERLAY, PROVENANCE, StoredImage
from mammocalc.results.parse import parse_json
from mammocalc.results.result_form import RESULT
from mammocalc.results.schema_version import check_version, upgraded

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from mammocalc.model import Candidate, Counts
    from mammocalc.results.result import OverlayPlacement, Provenance, Result


_NOTHING: Final[Mapping[str, Any]] = {"outline": [], "morphology": None, "memberships": []}
"""What stands for what is left out of a calcification."""


def from_json(document: Any, *, leave_out: Collection[str] = ()) -> Result:
    """
    Read a result.

    ``to_json(from_json(document)) == document`` for every document that
    `to_json` gives. Keys that no result has are left alone.

    Parameters
    ----------
    document : JSON value
        As `json.loads` gives it.
    leave_out : collection of str
        What is not read of calcifications: outline, morphology or memberships. All three are half of the time, for
        those who look at thousands of images.

    Returns
    -------
    Result
        ``report.candidates`` is empty: they have a document of their own
        (`candidates_from_json`).

    Raises
    ------
    ResultError
        If it is of a version that is not known, or not what a run writes: a
        field is missing or something else than it should be, an id is used
        twice or names nothing, or the counts are not those of what is listed.
        The sentence begins with the path of the field.

    See Also
    --------
    mammocalc.results.to_json.to_json : The inverse.
    """
    root = Field(document)
    known = upgraded(document, check_version(root.at("schema_version").value))
    root = Field(_without(leave_out, known) if leave_out else known)
    result = RESULT.read(root).result()
    check_ids(result.report)
    check_counts(root.at("counts"), result.report)
    return result


def read_result(path: Path, *, leave_out: Collection[str] = ()) -> Result:
    """
    Read the result of an image from its file.

    Parameters
    ----------
    path : Path
        ``<SOPInstanceUID>.json`` of a run.
    leave_out : collection of str
        As of `from_json`.

    Raises
    ------
    ResultError
        If it is not what a run writes, as `from_json`.
    OSError
        If it cannot be read.
    """
    document = parse_json(path.read_bytes(), checks_floats=not leave_out)
    return from_json(document, leave_out=leave_out)


def _without(left_out: Collection[str], document: Mapping[str, Any]) -> Mapping[str, Any]:
    found = document.get("calcifications")
    if not isinstance(found, list):
        return document
    bare = {key: _NOTHING[key] for key in left_out}
    return {**document, "calcifications": [{**item, **bare} if isinstance(item, dict) else item for item in found]}


@dataclass(frozen=True, slots=True)
class Head:
    """What a result says of itself, without what was found."""

    image: StoredImage
    counts: Counts
    overlay: OverlayPlacement | None
    provenance: Provenance

    @property
    def has_findings(self) -> bool:
        """Whether any calcification is reported."""
        return self.counts.calcifications > 0


def head_from_json(document: Any) -> Head:
    """
    Read what a result says of itself, and leave the many things that were found unread.

    Parameters
    ----------
    document : JSON value
        Of a result.

    Raises
    ------
    ResultError
        As `from_json`.
    """
    root = Field(document)
    root = Field(upgraded(document, check_version(root.at("schema_version").value)))
    return Head(
        IMAGE.read(root.at("image")),
        COUNTS.read(root.at("counts")),
        OVERLAY.read(root.at("overlay")),
        PROVENANCE.read(root.at("provenance")).made,
    )


def image_from_json(image: Any, version: Any) -> StoredImage:
    """
    Read of a result which image it is of, and nothing else.

    Parameters
    ----------
    image : JSON value
        What stands under ``image``.
    version : JSON value
        What stands under ``schema_version``.

    Raises
    ------
    ResultError
        As `from_json`.
    """
    document = upgraded({"image": image}, check_version(version))
    return IMAGE.read(Field(document).at("image"))


def candidates_from_json(document: Any) -> tuple[Candidate, ...]:
    """
    Read what scored below the reporting threshold.

    Parameters
    ----------
    document : JSON value
        As `mammocalc.results.to_json.candidates_to_json` gives it.

    Returns
    -------
    tuple of Candidate
        In the order of the document.

    Raises
    ------
    ResultError
        As `from_json`.
    """
    root = Field(document)
    check_version(root.at("schema_version").value)
    return listed(CANDIDATE).read(root.at("candidates"))
