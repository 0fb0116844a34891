"""Pictures in memory: each image is decoded once, whoever asks first, and the oldest make room."""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import Future
from typing import TYPE_CHECKING

from pipeline.dicom import DicomSettings, read_for_display
from pipeline.dicom.settings import AdmitSettings
from pipeline.errors import CallError, ImageError
from pipeline.review.pixels import make_picture, make_thumbnail

if TYPE_CHECKING:
    from pipeline.dicom import Window
    from pipeline.model import Mammogram
    from pipeline.review.locate import ImageFinder
    from pipeline.review.pixels import Picture
    from pipeline.review.settings import ReviewSettings

_ADMIT_ALL = AdmitSettings(
    quality_control=True, specimens=True, contrast_recombined=True, screenshots=True, not_mammography=True
)
"""The run has decided what was judged; whatever that was is shown."""


class NoPixelsError(CallError):
    """The pixels of an image cannot be shown; the message says why and what to do."""


class PictureStore:
    """
    Pictures by UID, kept within a limit of memory.

    Threads that ask for the same image wait for one decoding.

    Parameters
    ----------
    finder : ImageFinder
    settings : ReviewSettings
    """

    def __init__(self, finder: ImageFinder, settings: ReviewSettings) -> None:
        self._finder = finder
        self._settings = settings
        self._dicom = DicomSettings(admit=_ADMIT_ALL)
        self._lock = threading.Lock()
        self._pictures: OrderedDict[str, Future[Picture]] = OrderedDict()
        self._one_thumbnail = threading.Lock()  # a worklist must not take the decoders from who reads
        self._thumbnails: OrderedDict[str, bytes] = OrderedDict()

    def thumbnail(self, uid: str) -> bytes:
        """
        Give a small JPEG of an image as its file asks to be shown, without any mark.

        Images are decoded one after the other for this, and not kept.

        Raises
        ------
        NoPixelsError
            If its file is not found, or cannot be read.
        """
        with self._one_thumbnail:
            if uid not in self._thumbnails:
                pixels = self._read(uid)[0].pixels
                self._thumbnails[uid] = make_thumbnail(pixels, self._settings.thumbnail_px)
                if len(self._thumbnails) > self._settings.thumbnails_kept:
                    self._thumbnails.popitem(last=False)
            return self._thumbnails[uid]

    def get(self, uid: str) -> Picture:
        """
        Give the picture of an image of the run.

        Raises
        ------
        NoPixelsError
            If its file is not found, or cannot be read.
        """
        with self._lock:
            future = self._pictures.get(uid)
            is_mine = future is None
            if future is None:
                future = self._pictures[uid] = Future()
            self._pictures.move_to_end(uid)
        if is_mine:
            try:
                future.set_result(self._decode(uid))
            except BaseException as error:  # noqa: BLE001 - whoever waits is told as well
                future.set_exception(error)
                with self._lock:
                    self._pictures.pop(uid, None)  # asked again, it is looked for again: it may have come back
            self._make_room()
        return future.result()

    def _decode(self, uid: str) -> Picture:
        mammogram, windows = self._read(uid)
        return make_picture(mammogram, windows, self._settings.smallest_level_px)

    def _read(self, uid: str) -> tuple[Mammogram, tuple[Window, ...]]:
        path, why = self._finder.find(uid, self._settings.search_wait_s)
        if path is None:
            raise NoPixelsError(why)
        try:
            mammogram, windows = read_for_display(path, self._dicom)
        except ImageError as error:
            raise NoPixelsError(error.message) from None
        if mammogram.identity.sop_instance_uid != uid:  # exchanged since it was found
            message = "The file of this image was replaced by another one. Start mammocalc review again."
            raise NoPixelsError(message)
        return mammogram, windows

    def _make_room(self) -> None:
        """Drop what was not asked for the longest; the last one stays, however large."""
        with self._lock:
            sizes = {uid: future.result().n_bytes for uid, future in self._pictures.items() if _is_there(future)}
            total = sum(sizes.values())
            for uid in list(sizes)[:-1]:
                if total <= self._settings.cache_bytes:
                    break
                total -= sizes[uid]
                del self._pictures[uid]


def _is_there(future: Future[Picture]) -> bool:
    return future.done() and future.exception() is None
