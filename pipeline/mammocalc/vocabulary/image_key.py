"""Key of an image: one word that names it in files, pages, addresses and answers."""

from __future__ import annotations

import re
from typing import Final

from mammocalc.vocabulary.uid import UID, UID_CHARACTERS, as_uid

MAX_FRAMES: Final = 9999
"""Frames of one object that can be named; the largest tomosynthesis volumes have some hundreds."""
IMAGE_KEY: Final = re.compile(rf"(?P<uid>{UID.pattern})(-frame(?P<number>[0-9]{{4}}))?")


def image_key(sop_instance_uid: str, frame: int | None = None) -> str:
    """
    Name an image by its SOP Instance UID, and a frame by its number as well.

    Parameters
    ----------
    sop_instance_uid : str
    frame : int or None
        0-based; None for an object that is analysed as a single image. In the key it is counted from 1, as in DICOM's
        Referenced Frame Number, in four digits, so that keys sort by frame.

    Examples
    --------
    >>> image_key("1.2.3"), image_key("1.2.3", 2)
    ('1.2.3', '1.2.3-frame0003')
    """
    return sop_instance_uid if frame is None else f"{sop_instance_uid}-frame{frame + 1:04}"


def place_in_run(path: str, frame: int | None) -> tuple[str, int]:
    """
    Return the place of an image in the order of a run: its path, and its frame from 1, or 0 for a whole file.

    Examples
    --------
    >>> place_in_run("a.dcm", None), place_in_run("a.dcm", 2)
    (('a.dcm', 0), ('a.dcm', 3))
    """
    return path, 0 if frame is None else frame + 1


def split_key(key: str) -> tuple[str, int | None]:
    """
    Split a key into SOP Instance UID and frame; other texts are returned unchanged.

    Examples
    --------
    >>> split_key("1.2.3"), split_key("1.2.3-frame0003")
    (('1.2.3', None), ('1.2.3', 2))
    """
    found = IMAGE_KEY.fullmatch(key)
    if found is None or found["number"] is None or len(found["uid"]) > UID_CHARACTERS:
        return key, None
    return found["uid"], int(found["number"]) - 1


def as_key(text: str) -> str:
    """
    Return the key of an image named in a truth or a list; an invalid UID becomes the derived one.

    Examples
    --------
    >>> as_key(" 1.2.3"), as_key("1.2.3-frame0003")
    ('1.2.3', '1.2.3-frame0003')
    """
    uid, frame = split_key(text.strip(" \0"))
    return image_key(as_uid(uid), frame)


def frame_in_words(frame: int | None, number_of_frames: int) -> str:
    """
    Name the frame of an image; empty if it is the only one.

    Examples
    --------
    >>> frame_in_words(2, 10), frame_in_words(None, 1)
    ('frame 3 of 10', '')
    """
    return "" if frame is None else f"frame {frame + 1} of {number_of_frames}"
