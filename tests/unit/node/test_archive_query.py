"""How many mammograms an archive has of a study: asked by C-FIND, of a real one on the loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hospital import free_port, wait_until
from pydicom.dataset import Dataset
from pynetdicom import AE, evt
from pynetdicom.sop_class import StudyRootQueryRetrieveInformationModelFind  # type: ignore[attr-defined]

from mammocalc.config import load
from mammocalc.node.archive_query import ArchiveCensus
from mammocalc.node.arrivals import LONGEST, Arrivals
from mammocalc.node.journal import Journal
from mammocalc.node.objects import ObjectsWanted
from mammocalc.node.peers import Peer
from mammocalc.node.study_queue import StudyQueue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mammocalc.node.spool import Spool

STUDY = "1.2.3"


class Finder:
    """An archive that answers what it is told to: modality and number of each series, or a status."""

    def __init__(self) -> None:
        self.series: list[tuple[str, Any]] = []
        self.status = 0x0000
        self.asked: list[Dataset] = []
        self.port = free_port()
        entity = AE("ARCHIVE")
        entity.add_supported_context(StudyRootQueryRetrieveInformationModelFind)
        entity.require_called_aet = True
        handlers: Any = [(evt.EVT_C_FIND, self._find)]
        self._server: Any = entity.start_server(("127.0.0.1", self.port), block=False, evt_handlers=handlers)

    def _find(self, event: Any) -> Iterator[tuple[int, Dataset | None]]:
        self.asked.append(event.identifier)
        for modality, number in self.series:
            answer = Dataset()
            answer.QueryRetrieveLevel, answer.StudyInstanceUID = "SERIES", event.identifier.StudyInstanceUID
            answer.Modality, answer.NumberOfSeriesRelatedInstances = modality, number
            yield 0xFF00, answer
        yield self.status, None

    def close(self) -> None:
        self._server.shutdown()


@pytest.fixture
def archive() -> Iterator[Finder]:
    finder = Finder()
    yield finder
    finder.close()


def census_of(archive: Finder, title: str = "ARCHIVE") -> ArchiveCensus:
    return ArchiveCensus(Peer(title, "127.0.0.1", archive.port), "MAMMOCALC")


def test_mammograms_are_counted_over_their_series_and_nothing_else(archive: Finder) -> None:
    archive.series = [("MG", 2), ("SR", 1), ("MG", 3), ("PR", 4)]
    assert census_of(archive).mammograms_of(STUDY) == 5
    [asked] = archive.asked
    assert (asked.QueryRetrieveLevel, asked.StudyInstanceUID) == ("SERIES", STUDY)
    assert "PatientName" not in asked


@pytest.mark.parametrize(
    ("series", "status"), [([], 0), ([("SR", 1)], 0), ([("MG", None)], 0), ([("MG", 2)], 0xC001), ([("MG", 2)], 0xA700)]
)
def test_what_an_archive_does_not_say_is_not_known(archive: Finder, series: list[tuple[str, Any]], status: int) -> None:
    archive.series, archive.status = series, status
    assert census_of(archive).mammograms_of(STUDY) is None


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # pynetdicom leaves refused sockets open
def test_an_archive_that_refuses_or_is_down_is_not_known(archive: Finder) -> None:
    assert census_of(archive, "ANOTHER").mammograms_of(STUDY) is None
    archive.port = free_port()
    assert census_of(archive).mammograms_of(STUDY) is None


@pytest.fixture
def queue_with(spool: Spool) -> Iterator[Callable[[Finder, list[str]], StudyQueue]]:
    made = []

    def queue_with(archive: Finder, said: list[str]) -> StudyQueue:
        arrivals = Arrivals(spool, 0.0, Journal(said.append))
        made.append(StudyQueue(spool, arrivals, load(), ObjectsWanted(), 1, said.append, census_of(archive)))
        return made[-1]

    yield queue_with
    for queue in made:
        queue.close()


def test_a_study_waits_for_what_the_archive_has_but_not_for_ever(
    archive: Finder, spool: Spool, write: Callable[..., Path], queue_with: Callable[[Finder, list[str]], StudyQueue]
) -> None:
    said: list[str] = []
    queue = queue_with(archive, said)
    archive.series = [("MG", 2)]
    spool.accept(write(spool.root / "receiving" / "a", Modality="MG"), STUDY, "1.2.3.4")
    for _ in range(LONGEST):
        assert not queue.work(STUDY)
    [waits] = said
    assert "1 of 2 mammograms of ARCHIVE came; it waits for the rest" in waits
    assert spool.waiting() == [STUDY]
    queue.work(STUDY)
    assert "1 of 2 mammograms of ARCHIVE came; what came is analysed" in said[1]
    assert "1 image; analysing" in said[2]


def test_nothing_waits_where_the_archive_says_nothing_or_all_came(
    archive: Finder, spool: Spool, write: Callable[..., Path], queue_with: Callable[[Finder, list[str]], StudyQueue]
) -> None:
    said: list[str] = []
    queue = queue_with(archive, said)
    spool.accept(write(spool.root / "receiving" / "a", Modality="MG"), STUDY, "1.2.3.4")
    queue.work(STUDY)
    assert "ARCHIVE does not say how many mammograms it has; what came is analysed" in said[0]
    archive.series = [("MG", 2)]
    spool.accept(write(spool.root / "receiving" / "b", Modality="MG"), STUDY, "1.2.3.5")
    said.clear()
    queue.work(STUDY)
    assert not [line for line in said if "mammograms of ARCHIVE" in line]
    wait_until(lambda: archive.asked != [])
