"""Query of an archive by C-FIND: how many mammograms a study has, so that none is analysed too early."""

from __future__ import annotations

from typing import Final, Protocol

from pydicom.dataset import Dataset
from pynetdicom import build_context
from pynetdicom.sop_class import StudyRootQueryRetrieveInformationModelFind  # type: ignore[attr-defined]

from mammocalc.node.caller import Caller
from mammocalc.node.content import MAMMOGRAPHY

PENDING: Final = frozenset({0xFF00, 0xFF01})


class ArchiveQuery(Protocol):
    """An archive that can be queried."""

    name: str

    def mammograms_of(self, study: str) -> int | None:
        """Return the number of mammograms of a study; None if unknown."""


class ArchiveCensus(Caller):
    """
    An archive that answers C-FIND.

    Series are asked for and those of modality MG are counted: a study has results as well, and those of this node.
    """

    answer_s = 10.0
    """An archive that takes longer is not waited for: what came is analysed."""

    def mammograms_of(self, study: str) -> int | None:
        """
        Ask.

        Parameters
        ----------
        study : str
            Study Instance UID.

        Returns
        -------
        int or None
            None where it does not answer, does not know the study, or does not count.
        """
        self.entity.requested_contexts = [build_context(StudyRootQueryRetrieveInformationModelFind)]
        association = self.associate()
        if not association.is_established:
            return None
        try:
            answers = list(association.send_c_find(_question(study), StudyRootQueryRetrieveInformationModelFind))
        except (AttributeError, RuntimeError, ValueError, OSError):
            return None
        finally:
            if association.is_established:
                association.release()
        if not answers or answers[-1][0].get("Status") != 0:
            return None
        return _count([found for status, found in answers if status.get("Status") in PENDING])


def _question(study: str) -> Dataset:
    question = Dataset()
    question.QueryRetrieveLevel, question.StudyInstanceUID = "SERIES", study
    question.SeriesInstanceUID = question.Modality = ""
    question.NumberOfSeriesRelatedInstances = None
    return question


def _count(series: list[Dataset | None]) -> int | None:
    """Add up the mammograms; None where there is no series, or one that is not counted."""
    numbers = []
    for one in series:
        if one is None:
            return None
        if str(one.get("Modality", "")) == MAMMOGRAPHY:
            try:
                numbers.append(int(one.get("NumberOfSeriesRelatedInstances")))
            except (TypeError, ValueError):
                return None
    return sum(numbers) if numbers else None
