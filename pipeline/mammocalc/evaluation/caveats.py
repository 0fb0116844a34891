"""Caveats of an evaluation, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mammocalc.evaluation.reader_truth import READERS
from mammocalc.evaluation.truth_files import POINTS, PRESENCE, REGIONS
from mammocalc.evaluation.word_truth import WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS: Final = {
    POINTS: "Simulated images: the truth is exact, and the tissue is a model. They show what is lost at which size "
    "and contrast, and errors of measurement; they do not show how often real tissue is marked.",
    PRESENCE: "Labels of whole images: they show how well images are ranked, not whether the marks lie on "
    "calcifications, and wrong labels bound what can be reached.",
    READERS: "Readers who saw the program's marks (unless blinded): they show what readers make of them. What the "
    "program and the readers both missed is unknown, and readers who see a mark tend to accept it.",
    WORDS: "Words of readers for whole images: how well readers agree among each other bounds what can be reached, and "
    "first or second word is a lenient measure where one word is nearly always among them; look at what always saying "
    "the commonest word reaches.",
    REGIONS: "Circles around calcifications: they show whether the region is marked, not which particles. Normal "
    "images may hold benign calcifications, which then count as false.",
}


def what_it_shows(document: Mapping[str, Any]) -> list[str]:
    """
    Say in sentences how far the figures reach.

    Parameters
    ----------
    document : mapping
        The evaluation so far: run, truth, bootstrap and sections.

    Returns
    -------
    list of str
        The most important first; never empty.
    """
    truth, bootstrap = document["truth"], document["bootstrap"]
    said = [_of_kind(truth)]
    if bootstrap["unit"] == "patient":
        said.append(
            f"The intervals draw patients with replacement ({bootstrap['units']}): they hold for other patients "
            "imaged and labelled in the same way, not for other machines or places."
        )
    else:
        said.append(
            "No result names a patient, so the intervals draw images: where several show the same patient, they are "
            "too narrow."
        )
    if truth["not_analysed"]:
        said.append(
            f"{len(truth['not_analysed'])} images with truth were not analysed; all that is in them counts as missed, "
            "and those without calcifications earn nothing in the ranking of images."
        )
    if truth["not_in_the_run"]:
        said.append(
            f"{len(truth['not_in_the_run'])} images of the truth are not in the run; they are in no figure, so the set "
            "is not the whole one."
        )
    if truth["without_a_spacing"]:
        said.append(
            f"{len(truth['without_a_spacing'])} images have no pixel spacing: distances in mm do not exist in them, "
            "and their calcifications are in no figure."
        )
    calcifications = document.get("calcifications")
    if calcifications is not None and not calcifications["candidates_were_kept"]:
        said.append(
            "The run kept no candidates below its threshold, so the curves end at the operating point; "
            "outputs.candidates=true keeps them."
        )
    if document["run"].get("state") != "finished":
        state = document["run"].get("state") or "unknown"
        said.append(f"The run had not finished (its state: {state}).")
    said.append("A figure without an interval is one in which all draws agree, or of which there are too few.")
    if bootstrap["units"] < 30:
        said.append("Fewer than 30 patients or images were drawn from: bootstrap intervals of so few are too narrow.")
    return [*said, "Nothing here is a clinical claim."]


def _of_kind(truth: Mapping[str, Any]) -> str:
    if truth["inserted"]:
        return (
            "Inserted calcifications: their places and sizes are known exactly, the tissue is real. What the images "
            "held before counts as false marks, so false ones are overestimated; the particles are simulated."
        )
    return _KINDS.get(
        truth["kind"],
        "Drawings by a radiologist: not every calcification was drawn, so some marks that count as false are not.",
    )
