"""`mc.evaluate`: a run against a truth."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from mammocalc.api.finished_run import Run, open_run
from mammocalc.api.paths import path_or_none, require_folder_path
from mammocalc.evaluation import require_apart, score_run, summarise, write_evaluation
from mammocalc.evaluation.folder import PAGE
from mammocalc.files.claim import FolderClaim
from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, KeysView
    from pathlib import Path

    from mammocalc.evaluation import Evaluation as Scored


class Evaluation:
    """
    Scores of a run against a truth.

    Attributes
    ----------
    document : dict
        All figures with their intervals, as evaluation.json holds them. Sections that the truth says nothing about
        are None.
    """

    def __init__(self, scored: Scored, run: Path, truth: Path) -> None:
        self.document: dict[str, Any] = scored.document
        self._scored = scored
        self._run, self._truth = run, truth

    def __getitem__(self, section: str) -> Any:
        """Give a section of the document."""
        if section not in self.document:
            message = f"there is no section {section!r}; there are {', '.join(self.document)}"
            raise KeyError(message)
        return self.document[section]

    def __iter__(self) -> Iterator[str]:
        """Give the names of the sections."""
        return iter(self.document)

    def __contains__(self, section: object) -> bool:
        """Tell whether there is a section of this name."""
        return section in self.document

    def keys(self) -> KeysView[str]:
        """Return the names of the sections, so that ``dict(evaluation)`` is the document."""
        return self.document.keys()

    def save(self, out: str | os.PathLike[str]) -> Path:
        """
        Write the page, the figures and their tables.

        Parameters
        ----------
        out : str or Path
            A folder; made where it is not there.

        Returns
        -------
        Path
            Its ``evaluation.html``.

        Raises
        ------
        UsageError
            If it lies where results or truth are read.
        OutputError
            If it cannot be written to.
        """
        folder = require_folder_path(out, "out")
        require_apart(folder, self._run, self._truth)
        with FolderClaim(folder, "folder of the evaluation") as claim:
            claim.check()
            write_evaluation(folder, self._scored)
            claim.check()
        return folder / PAGE

    def __str__(self) -> str:
        """Give the figures in a few lines."""
        return summarise(self.document)

    def __repr__(self) -> str:
        """One line: the first of these lines."""
        return f"<Evaluation {next(iter(str(self).splitlines()), '')}>"

    def _repr_html_(self) -> str:
        """Show these lines in a notebook."""
        return f"<pre style='white-space:pre-wrap'>{escape(str(self))}</pre>"


def evaluate(
    run: Run | str | os.PathLike[str],
    truth: str | os.PathLike[str],
    *,
    others: Iterable[Run | str | os.PathLike[str]] = (),
    salt_file: str | os.PathLike[str] | None = None,
) -> Evaluation:
    """
    Score a run against a truth.

    Parameters
    ----------
    run : Run, str or Path
        A run, or its folder.
    truth : str or Path
        A folder of truths as `simulate` writes them, or a CSV: presence, regions, readings. docs/evaluate.md lists all.
    others : iterable of Run, str or Path
        Runs of the same images at other operating points, to be marked on the curves.
    salt_file : str, Path or None
        File with the secret salt of the run, if it hashed its UIDs.

    Returns
    -------
    Evaluation
        ``print`` shows its figures, ``save`` writes its page.

    Raises
    ------
    UsageError
        If there is no such run or truth, or the truth is of other images.
    """
    folder = _folder_of(run)
    place = require_folder_path(truth, "truth", "a folder of truths or a CSV")
    if not place.exists():
        message = f"the truth {place} does not exist"
        raise UsageError(message)
    marked = [_folder_of(other) for other in others]
    scored = score_run(folder, place, marked, path_or_none(salt_file, "salt_file", "a file"))
    return Evaluation(scored, folder, place)


def _folder_of(run: Run | str | os.PathLike[str]) -> Path:
    """Give the folder of a run."""
    return run.root if isinstance(run, Run) else open_run(run).root
