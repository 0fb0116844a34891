"""Cases of an evaluation: the images of a truth with their results, and those without."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mammocalc.vocabulary.image_key import as_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.evaluation.run_folder import FinishedRun, FoundImage, NotAnalysed
    from mammocalc.evaluation.truth import TrueImage, TruthSet
    from mammocalc.vocabulary.geometry import PixelSpacing


@dataclass(frozen=True, slots=True)
class Case:
    """
    One image with truth that the run came across.

    ``found`` is None where it was not analysed; then everything in it is missed.
    ``unit`` is the patient, or the image where the run does not know the patient.
    """

    truth: TrueImage
    found: FoundImage | None
    unit: str

    @property
    def spacing(self) -> PixelSpacing | None:
        """The spacing that the truth names, else the one that the run used."""
        return self.truth.spacing or (self.found.spacing if self.found else None)


@dataclass(frozen=True, slots=True)
class Cases:
    """
    All cases of an evaluation.

    Attributes
    ----------
    cases : tuple of Case
        By UID.
    not_analysed : mapping of str to NotAnalysed
        Those of them that the run skipped or failed on, by UID.
    missing : tuple of str
        UIDs with truth that the run never came across; they are in no figure.
    without_truth : int
        Analysed images that the truth says nothing about; they are in no figure.
    by_patient : bool
        False where no result names a patient, and images are drawn instead.
    """

    cases: tuple[Case, ...]
    not_analysed: Mapping[str, NotAnalysed]
    missing: tuple[str, ...]
    without_truth: int
    by_patient: bool


def pair(truth: TruthSet, run: FinishedRun) -> Cases:
    """
    Bring truth and run together, by UID, and by file name where a UID could not be read.

    A truth may name an image by what stands in its file for a UID; a run has
    the one that was derived from it.

    Returns
    -------
    Cases
        Every image of the truth is in ``cases`` or in ``missing``.
    """
    cases: list[Case] = []
    not_analysed: dict[str, NotAnalysed] = {}
    missing: list[str] = []
    for written, named in sorted(truth.images.items()):
        names = (written, as_key(written))
        uid = next((name for name in names if name in run.images or name in run.not_analysed), written)
        image = replace(named, uid=uid)
        found = run.images.get(uid)
        outcome = run.not_analysed.get(uid) or run.unnamed.get(image.file or "")
        if found is not None:
            cases.append(Case(image, found, found.patient_key or uid))
        elif outcome is not None:
            not_analysed[uid] = outcome
            cases.append(Case(image, None, uid))
        else:
            missing.append(written)
    return Cases(
        cases=tuple(cases),
        not_analysed=not_analysed,
        missing=tuple(missing),
        without_truth=len(run.images.keys() - {case.truth.uid for case in cases}),
        by_patient=any(case.found is not None and case.found.patient_key for case in cases),
    )
