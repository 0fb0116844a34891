"""Name map: the files behind the names in the outputs, for their owner only."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final

from mammocalc.files.replacing import FOR_OWNER, replacing, require_no_special_file
from mammocalc.vocabulary.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mammocalc.execution.plan import PlannedImage

COLUMNS: Final = ("path", "real_path", "sop_instance_uid", "original_sop_instance_uid")


class NameMap:
    """
    The files behind the names in the outputs.

    Parameters
    ----------
    file : Path or None
        Where that is written; None for nowhere.

    Attributes
    ----------
    hidden : dict of str to str
        Where the files are whose paths are hidden, by their paths in the outputs.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self.hidden: dict[str, str] = {}

    def take(self, images: Iterable[PlannedImage]) -> None:
        """
        Take the files of all images that are known, and write them.

        Raises
        ------
        OutputError
            If the file cannot be written. The message names it as the user did.
        """
        lines = [COLUMNS]
        for image in images:
            for file in image.files:
                if "~" in file.public_path:
                    self.hidden[file.public_path] = str(file.path)
                original = "" if file.pseudonyms is None else file.pseudonyms.original_uid
                lines.append((file.public_path, str(file.path), file.sop_instance_uid or "", original))
        if self._file is not None:
            self._write(self._file, lines)

    def _write(self, target: Path, lines: Iterable[tuple[str, ...]]) -> None:
        require_no_special_file(target, "--name-map")
        try:
            with (
                replacing(target, mode=FOR_OWNER) as part,
                part.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file,
            ):
                csv.writer(file).writerows(lines)
        except OSError as error:
            raise OutputError(target, f"cannot be written to ({error.strerror}). Choose another --name-map.") from None
