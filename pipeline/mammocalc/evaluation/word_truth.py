"""Words of readers as truth: the first and second word of each for an image."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from mammocalc.evaluation.reader_truth import majority
from mammocalc.evaluation.truth import Reading, TrueImage, TruthError, TruthSet
from mammocalc.evaluation.truth_record import key_in
from mammocalc.vocabulary.lexicon import DESCRIPTORS, IMAGE_WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mammocalc.files.csv_rows import CsvRow

WORDS: Final = "words"
WORD_COLUMNS: Final = frozenset({"sop_instance_uid", "reader", "label"})
"""What a table of words has; ``second_label`` and ``file`` may stand beside them."""

READERS_WORDS: Final = tuple(str(word) for word in (*IMAGE_WORDS, *DESCRIPTORS))
"""What a reader may call an image."""

_OTHER_NAMES: Final = {"vascular_only": "vascular", "benign_only": "typically_benign"}
_UNREAD: Final = frozenset({"", "cannot_say", "indeterminate", "not_applicable"})
"""A reader who says so has no word for the image."""


def read_words(path: Path, rows: Sequence[CsvRow]) -> TruthSet:
    """
    Take a table of words as truth.

    Parameters
    ----------
    path : Path
        For messages.
    rows : sequence of CsvRow
        One for each image and reader, with the columns of `WORD_COLUMNS`.

    Returns
    -------
    TruthSet
        With every single reading; the label of an image is the word of more
        than half of its readers. Images that nobody has a word for are left
        out, and counted in the notes.

    Raises
    ------
    TruthError
        With the line, where a word is not one of `READERS_WORDS`, a reader has
        no name, or one has read an image twice; or if nobody has any word.
    """
    readings: dict[tuple[str, str], Reading] = {}
    files: dict[str, str | None] = {}
    unread = 0
    for row in rows:
        uid, reader = key_in(row), row["reader"]
        if not uid or not reader:
            raise row.wrong("a UID and the name of a reader are needed")
        if (uid, reader) in readings:
            raise row.wrong(f"{reader} has read this image further up; there must be one row of each")
        first, second = (_word(row, name) for name in ("label", "second_label"))
        files[uid] = files.get(uid) or row.get("file") or None
        unread += first is None
        readings[uid, reader] = Reading(
            uid,
            reader,
            first,
            has_calcifications=None,
            verdicts={},
            added=0,
            is_blinded=False,
            second_label=None if first is None or second == first else second,
        )
    of_image: dict[str, list[str | None]] = {}
    for (uid, _), reading in readings.items():
        of_image.setdefault(uid, []).append(reading.label)
    images = {
        uid: TrueImage(uid, files[uid], label=majority(labels)) for uid, labels in of_image.items() if any(labels)
    }
    if not images:
        message = f"{path} holds no word of any reader: all rows under label are empty or cannot_say."
        raise TruthError(message)
    given = tuple(readings.values())
    return TruthSet(WORDS, images, _notes(given, len(of_image) - len(images), unread), given)


def _word(row: CsvRow, column: str) -> str | None:
    """Give the word that is meant; None for none."""
    written = row.get(column, "")
    word = written.lower().replace(" ", "_").replace("-", "_")
    word = _OTHER_NAMES.get(word, word)
    if word in _UNREAD:
        return None
    if word not in READERS_WORDS:
        known = ", ".join((*READERS_WORDS, *_OTHER_NAMES))
        raise row.wrong(f"{column} is {written!r}; it must be one of {known}, or cannot_say")
    return word


def _notes(readings: Sequence[Reading], without: int, unread: int) -> tuple[str, ...]:
    counts = Counter(reading.reader for reading in readings if reading.label is not None)
    names = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    notes = [f"words of {len(counts)} reader{'' if len(counts) == 1 else 's'} (images: {names})."]
    if unread:
        notes.append(f"{unread} readings hold no word (cannot_say) and are in no figure.")
    if without:
        notes.append(f"{without} images have no word of any reader and are in no figure.")
    return tuple(notes)
