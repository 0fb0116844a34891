"""Images from a DICOMweb server: studies of the last days, whenever they have grown."""

from __future__ import annotations

import datetime as dt
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydicom.uid import UID
from requests import RequestException

from mammocalc.node.arrivals import OUT_OF_RESOURCES, SUCCESS
from mammocalc.node.journal import end_of
from mammocalc.node.retry_delays import wait_seconds
from mammocalc.vocabulary.uid import is_uid

if TYPE_CHECKING:
    from collections.abc import Callable

    from dicomweb_client import DICOMwebClient
    from pydicom.dataset import Dataset

    from mammocalc.node.arrivals import Arrivals
    from mammocalc.node.spool import Spool
    from mammocalc.node.web_server import WebServer

POLL_S: Final = 30.0
AS_STORED: Final = (("application/dicom", "*"),)
"""In the transfer syntax in which the server has them: nothing is decompressed and sent at three times the size."""
STUDY, SERIES, INSTANCE, MODALITY = "0020000D", "0020000E", "00080018", "00080060"


class WebSource:
    """
    Asks a server again and again, and hands what is new to the arrivals.

    Parameters
    ----------
    server : WebServer
    days : int
        Studies of today and of so many days before, by Study Date.
    spool : Spool
    arrivals : Arrivals
    say : callable
    """

    def __init__(
        self, server: WebServer, days: int, spool: Spool, arrivals: Arrivals, say: Callable[[str], None]
    ) -> None:
        self._client: DICOMwebClient = server.connect()
        self._host, self._days = server.host, days
        self._spool, self._arrivals, self._say = spool, arrivals, say
        self._end = threading.Event()
        self._seen: dict[str, frozenset[str]] = {}
        self._thread = threading.Thread(target=self._poll, daemon=True)

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def close(self) -> None:
        """Stop to ask."""
        self._end.set()

    def _poll(self) -> None:
        tries = 0
        while not self._end.is_set():
            try:
                self._look()
                tries, seconds = 0, POLL_S
            except (RequestException, ValueError, KeyError, TypeError, OSError) as error:
                tries += 1
                seconds = max(wait_seconds(tries), 2.0)
                self._say(f"{self._host} gives no images now ({type(error).__name__}); asked again in {seconds:g} s")
            self._end.wait(seconds)

    def _look(self) -> None:
        """Ask for studies with mammograms, and fetch those that have instances which are not known."""
        first = dt.datetime.now().astimezone().date() - dt.timedelta(days=self._days)
        filters = {"ModalitiesInStudy": "MG", "StudyDate": f"{first:%Y%m%d}-"}
        studies = [_uid(study, STUDY) for study in self._client.search_for_studies(search_filters=filters)]
        self._seen = {uid: seen for uid, seen in self._seen.items() if uid in studies}
        for study in studies:
            if self._end.is_set():
                return
            if is_uid(study):
                self._look_into(study)

    def _look_into(self, study: str) -> None:
        series = [_uid(one, SERIES) for one in self._client.search_for_series(study) if _uid(one, MODALITY) == "MG"]
        there = {uid: self._instances(study, uid) for uid in series}
        instances = frozenset().union(*there.values())
        if instances <= self._seen.get(study, frozenset()):
            return
        if not instances <= self._spool.analysed(study).keys():
            try:
                codes = [code for uid in series for code in self._fetch(study, uid)]
            finally:
                self._arrivals.leave(id(self), self._host, is_aborted=False)
            came = codes.count(SUCCESS)
            self._say(f"study {end_of(study)}: {came} of {len(instances)} images fetched from {self._host}")
            if OUT_OF_RESOURCES in codes:  # they are fetched again
                return
        self._seen[study] = instances

    def _instances(self, study: str, series: str) -> frozenset[str]:
        return frozenset(_uid(one, INSTANCE) for one in self._client.search_for_instances(study, series))

    def _fetch(self, study: str, series: str) -> list[int]:
        """Fetch a series, and give what became of each image, as a status of C-STORE."""
        codes = []
        for dataset in self._client.iter_series(study, series, media_types=AS_STORED):
            with tempfile.NamedTemporaryFile(suffix=".dcm", delete=False) as file:
                path = Path(file.name)
            try:
                _save(dataset, path)
                codes.append(self._arrivals.store(path, "", "", id(self), self._host).code)
            finally:
                path.unlink(missing_ok=True)
        return codes


def _save(dataset: Dataset, path: Path) -> None:
    meta = dataset.file_meta
    meta.MediaStorageSOPClassUID = UID(dataset.SOPClassUID)
    meta.MediaStorageSOPInstanceUID = UID(dataset.SOPInstanceUID)
    dataset.save_as(path, enforce_file_format=True)


def _uid(values: dict[str, dict[str, Any]], tag: str) -> str:
    return str((values.get(tag, {}).get("Value") or [""])[0])
