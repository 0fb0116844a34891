"""From what a run's studies were joined, and what was written of them: one of which all is still the same stays."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from mammocalc import __version__
from mammocalc.execution.content import DIGEST_DIGITS
from mammocalc.files.json_lines import read_json_lines
from mammocalc.results.layout import JOINED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mammocalc.execution.run_folder import RunFolder


class JoinedStudies:
    """
    The lines of ``studies.jsonl``: for each study a hash of the results that were joined, and one of its own files.

    Hashes of whole contents: equal runs have equal lines however they came to be, and no date can hide a change. A
    line that is damaged or missing only means that its study is joined once more.

    Parameters
    ----------
    folder : RunFolder
        Of which earlier lines are read.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._before = {line.get("study_instance_uid"): line for line in read_json_lines(folder.root / JOINED)}
        self._now: list[dict[str, str]] = []

    def take(self, uid: str, results: Mapping[str, bytes], files: Mapping[str, bytes]) -> bool:
        """
        Take a study over as it is, if it was joined from these results by this version, and its files are as written.

        Parameters
        ----------
        uid : str
        results, files : mapping of str to bytes
            Contents by place: of its images' results, and of what lies there of the study.

        Returns
        -------
        bool
            False where it has to be joined.
        """
        line = _line(uid, results, files)
        if self._before.get(uid) != line:
            return False
        self._now.append(line)
        return True

    def note(self, uid: str, results: Mapping[str, bytes], files: Mapping[str, bytes]) -> None:
        """Note what a study was joined from now, and what is written of it."""
        self._now.append(_line(uid, results, files))

    def write(self) -> None:
        """Write the lines of all that were taken over or noted, in that order; OSError if that cannot be done."""
        self._folder.write(JOINED, "".join(f"{json.dumps(line)}\n" for line in self._now).encode(), is_synced=False)


def _line(uid: str, results: Mapping[str, bytes], files: Mapping[str, bytes]) -> dict[str, str]:
    return {
        "version": __version__,
        "study_instance_uid": uid,
        "inputs_digest": _digest_of(results),
        "outputs_digest": _digest_of(files),
    }


def _digest_of(contents: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for place in sorted(contents):
        digest.update(f"{place} {len(contents[place])} ".encode())
        digest.update(contents[place])
    return digest.hexdigest()[:DIGEST_DIGITS]
