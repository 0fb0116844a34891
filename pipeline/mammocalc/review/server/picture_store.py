"""Cache of pictures: each image is decoded once, and the oldest make room."""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, Protocol

from mammocalc.review.server.decoding import NoPixelsError
from mammocalc.vocabulary.image_key import split_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mammocalc.review.server.decoders import Decoders
    from mammocalc.review.server.pixels import Picture
    from mammocalc.review.server.settings import ReviewSettings

ASKING: Final = 32
"""Threads that wait for a search or a decoder, one for each image in question: eight readers with a case each."""


class Finds(Protocol):
    """What finds the file of an image, as `ImageFinder` does."""

    def find(self, uid: str, wait_s: float) -> tuple[Path | None, str]:
        """Give the file, or why there is none."""


class PictureStore:
    """
    Pictures by UID, kept within a limit of memory.

    Whoever asks for the same image waits for one decoding; nobody who asks for
    another waits in a thread of the server.

    Parameters
    ----------
    finder : Finds
    settings : ReviewSettings
    decoders : Decoders
        Outlive the store.
    shapes : mapping of str to tuple of int
        Rows and columns of each image of the run.
    """

    def __init__(
        self, finder: Finds, settings: ReviewSettings, decoders: Decoders, shapes: Mapping[str, tuple[int, int]]
    ) -> None:
        self._finder = finder
        self._settings = settings
        self._decoders = decoders
        self._shapes = shapes
        self._lock = threading.RLock()  # a future that is done at once settles in the thread that asked
        self._pictures: OrderedDict[str, Future[Picture]] = OrderedDict()
        self._thumbnails: OrderedDict[str, Future[bytes]] = OrderedDict()
        self._asking = ThreadPoolExecutor(ASKING, "picture")
        self._drawing = ThreadPoolExecutor(1, "thumbnail")  # a worklist must not take the decoders from who reads

    def begin_thumbnail(self, uid: str) -> Future[bytes]:
        """
        Begin a small JPEG of an image as its file asks to be shown, without any mark.

        Images are decoded one after the other for this, and not kept.

        Returns
        -------
        Future of bytes
            Raises NoPixelsError if the file is not found, or cannot be read.
        """
        with self._lock:
            future = self._thumbnails.get(uid)
            if future is None:
                future = self._thumbnails[uid] = self._drawing.submit(self._small, uid)
                future.add_done_callback(lambda done: self._forget_failed(self._thumbnails, uid, done))
                if len(self._thumbnails) > self._settings.thumbnails_kept:
                    self._thumbnails.popitem(last=False)
            return future

    def begin(self, uid: str) -> Future[Picture]:
        """
        Begin the picture of an image of the run.

        Returns
        -------
        Future of Picture
            Raises NoPixelsError if the file is not found, or cannot be read.
        """
        with self._lock:
            future = self._pictures.get(uid)
            if future is None:
                future = self._pictures[uid] = self._asking.submit(self._picture, uid)
                future.add_done_callback(lambda done: self._settle(uid, done))
            if uid in self._pictures:
                self._pictures.move_to_end(uid)
        return future

    def get(self, uid: str) -> Picture:
        """Wait for a picture; raises as `begin` says."""
        return self.begin(uid).result()

    def thumbnail(self, uid: str) -> bytes:
        """Wait for a thumbnail; raises as `begin_thumbnail` says."""
        return self.begin_thumbnail(uid).result()

    def close(self) -> None:
        """Begin nothing more."""
        for threads in (self._asking, self._drawing):
            threads.shutdown(wait=False, cancel_futures=True)

    def _picture(self, uid: str) -> Picture:
        return self._decoders.draw(self._find(uid), uid, self._shapes[uid], self._settings.smallest_level_px)

    def _small(self, uid: str) -> bytes:
        return self._decoders.draw_small(self._find(uid), uid, self._shapes[uid], self._settings.thumbnail_px)

    def _find(self, uid: str) -> Path:
        path, why = self._finder.find(split_key(uid)[0], self._settings.search_wait_s)
        if path is None:
            raise NoPixelsError(why)
        return path

    def _settle(self, uid: str, done: Future[Picture]) -> None:
        self._forget_failed(self._pictures, uid, done)
        self._make_room()

    def _forget_failed(self, kept: OrderedDict[str, Future[Any]], uid: str, done: Future[Any]) -> None:
        """Let what failed be asked for again: the file may have come back."""
        with self._lock:
            if not _is_there(done) and kept.get(uid) is done:
                del kept[uid]

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


def _is_there(future: Future[Any]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None
