"""Tables and studies that are up to date: hashes of the results they were made from."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from mammocalc import __version__
from mammocalc.execution.content import DIGEST_DIGITS
from mammocalc.files.json_lines import read_json_lines
from mammocalc.results.layout import MADE, result_files
from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mammocalc.execution.run_folder import RunFolder


class Made:
    """
    The lines of ``made.jsonl``: for the tables and each study, hashes of what they were made from, and of their files.

    Hashes of whole contents: equal runs have equal lines however they came to be, and no date can hide a change. A
    line that is damaged or missing only means that its files are made once more.

    Parameters
    ----------
    folder : RunFolder
        Of which earlier lines and all results are read.

    Attributes
    ----------
    results : dict of str to str
        The hash of each result of the run by its place, in the order of `result_files`.

    Raises
    ------
    OSError
        If a result cannot be read.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        try:
            self._before = {str(line.get("made")): line for line in read_json_lines(folder.root / MADE)}
        except UsageError:  # writing them says what is in the way
            self._before = {}
        self._now: list[dict[str, str]] = []
        places = [path.as_posix() for path in result_files(folder.root)]
        self.results = {place: _digest_of([folder.read(place)]) for place in places}

    def still_holds(self, what: str, sources: Sequence[str], places: Iterable[str]) -> bool:
        """
        Take something over as it is, if this version made it from the same, and its files are as they were.

        Parameters
        ----------
        what : str
            ``tables``, or the UID of a study.
        sources : sequence of str
            What it is made from: contents by their hashes.
        places : iterable of str
            Of its files.

        Returns
        -------
        bool
            False where it has to be made, and then noted.
        """
        if what not in self._before:
            return False
        try:
            line = self._line(what, sources, places)
        except OSError:
            return False
        if self._before[what] != line:
            return False
        self._now.append(line)
        return True

    def note(self, what: str, sources: Sequence[str], places: Iterable[str]) -> None:
        """Note what was made, and lies there now."""
        self._now.append(self._line(what, sources, places))

    def write(self) -> None:
        """Write the lines of all that was taken over or noted, in that order; OSError if that cannot be done."""
        self._folder.write(MADE, "".join(f"{json.dumps(line)}\n" for line in self._now).encode(), is_synced=False)

    def _line(self, what: str, sources: Sequence[str], places: Iterable[str]) -> dict[str, str]:
        return {
            "version": __version__,
            "made": what,
            "sources_digest": _digest_of(source.encode() for source in sources),
            "files_digest": _digest_of(part for place in places for part in (place.encode(), self._folder.read(place))),
        }


def _digest_of(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(b"%d " % len(part) + part)
    return digest.hexdigest()[:DIGEST_DIGITS]
