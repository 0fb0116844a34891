from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pydicom
import pytest

from mammocalc.dicom import read_sop_instance_uid
from mammocalc.review.server.decoders import Decoders
from mammocalc.review.server.decoding import NoPixelsError
from mammocalc.review.server.locate import ImageFinder
from mammocalc.review.server.picture_store import PictureStore
from mammocalc.review.server.settings import ReviewSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def images(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, Path]:
    """Three images by their UIDs, in a folder of one's own."""
    found = {}
    for path in sorted((request.config.rootpath / "sample_data").glob("*.dcm"))[:3]:
        shutil.copy(path, tmp_path)
        found[read_sop_instance_uid(path) or ""] = tmp_path / path.name
    return found


@pytest.fixture(scope="module")
def decoders() -> Iterator[Decoders]:
    with Decoders() as decoders:
        yield decoders


@pytest.fixture
def store_of(images: dict[str, Path], decoders: Decoders) -> Iterator[Callable[..., PictureStore]]:
    """Make a store of the images."""
    folder = next(iter(images.values())).parent
    shapes = {}
    for uid, path in images.items():
        header = pydicom.dcmread(path, stop_before_pixels=True)
        shapes[uid] = (header.Rows, header.Columns)
    stores = []

    def make(cache_bytes: int = 10**9) -> PictureStore:
        finder = ImageFinder(folder, {uid: path.name for uid, path in images.items()}, decoders.read_uid)
        stores.append(PictureStore(finder, ReviewSettings(cache_bytes=cache_bytes), decoders, shapes))
        return stores[-1]

    yield make
    for store in stores:
        store.close()


def test_threads_that_ask_for_one_image_get_one_decoding(images: dict[str, Path], store_of: Any) -> None:
    store = store_of()
    uid = next(iter(images))
    with ThreadPoolExecutor(8) as threads:
        pictures = list(threads.map(store.get, [uid] * 16))
    assert all(picture is pictures[0] for picture in pictures)


def test_what_was_not_asked_for_the_longest_makes_room(images: dict[str, Path], store_of: Any) -> None:
    first, second, third = images
    whole = store_of()
    sizes = [whole.get(uid).n_bytes for uid in images]
    store = store_of(cache_bytes=sum(sizes) - 1)
    pictures = {uid: store.get(uid) for uid in (first, second)}
    assert store.get(first) is pictures[first]
    store.get(third)
    assert store.get(first) is pictures[first]
    assert store.get(second) is not pictures[second]


def test_an_image_larger_than_the_memory_is_still_served(images: dict[str, Path], store_of: Any) -> None:
    store = store_of(cache_bytes=1)
    assert [store.get(uid).levels[0].size > 0 for uid in images] == [True] * 3


def test_a_thumbnail_takes_no_place_among_the_pictures_and_is_drawn_once(
    images: dict[str, Path], store_of: Any
) -> None:
    first, second, _ = images
    store = store_of(cache_bytes=1)
    picture = store.get(first)
    thumbnail = store.thumbnail(second)
    assert thumbnail.startswith(b"\xff\xd8")
    assert store.get(first) is picture
    images[second].unlink()
    assert store.thumbnail(second) is thumbnail


def test_a_damaged_file_says_why_and_is_read_again_when_it_was_mended(images: dict[str, Path], store_of: Any) -> None:
    uid, path = next(iter(images.items()))
    whole = path.read_bytes()
    path.write_bytes(whole[:-5000])
    store = store_of()
    with pytest.raises(NoPixelsError, match=r"truncated|too early"):
        store.get(uid)
    path.write_bytes(whole)
    assert store.get(uid).bits == 12
