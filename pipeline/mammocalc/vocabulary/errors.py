"""Errors that this project raises on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mammocalc.vocabulary.lexicon import Reason


class MammocalcError(Exception):
    """Base of every failure that this project raises on purpose."""


class UsageError(MammocalcError):
    """The command cannot be carried out as it was called; nothing was done."""


class Problem(NamedTuple):
    """One mistake in a configuration: its path and a message."""

    path: str
    message: str


class ConfigurationError(MammocalcError):
    """
    A configuration cannot be used as it is written.

    Parameters
    ----------
    source : str
        The file or option that holds the mistakes.
    problems : iterable of Problem
        All of them, so that one round of correction is enough.

    Examples
    --------
    >>> print(ConfigurationError("a.yaml", [Problem("detekt", "unknown key")]))
    a.yaml: 1 problem
      detekt: unknown key
    """

    def __init__(self, source: str, problems: Iterable[Problem]) -> None:
        self.source = source
        self.problems = tuple(problems)
        count = len(self.problems)
        lines = [f"{source}: {count} problem{'' if count == 1 else 's'}"]
        lines += [f"  {problem.path}: {problem.message}" for problem in self.problems]
        super().__init__("\n".join(lines))


class ImageError(MammocalcError):
    """
    One image cannot or must not be analysed; it becomes one row of the run.

    Parameters
    ----------
    reason : Reason
        The machine-readable half.
    message : str
        A sentence that says what is wrong and what to do. It never holds a
        patient's data: no name, no identifier, no path.
    """

    def __init__(self, reason: Reason, message: str) -> None:
        self.reason = reason
        self.message = message
        super().__init__(reason, message)

    def __str__(self) -> str:
        """Give the sentence alone."""
        return self.message


class ImageSkippedError(ImageError):
    """The image is readable and deliberately not analysed."""


class ImageUnreadableError(ImageError):
    """The image cannot be read or analysed."""


class ResultError(MammocalcError):
    """
    A document of a run is not what a run writes.

    Parameters
    ----------
    path : str
        Of the field that is wrong, as ``calcifications[3].row``; empty for the whole document.
    message : str
        What is wrong there, without a full stop.

    Examples
    --------
    >>> print(ResultError("clusters[0].id", "missing"))
    clusters[0].id: missing
    """

    def __init__(self, path: str, message: str) -> None:
        self.path = path
        self.message = message
        super().__init__(path, message)

    def __str__(self) -> str:
        """Give the path and the sentence."""
        return f"{self.path}: {self.message}" if self.path else self.message


class OutputError(MammocalcError):
    """The output folder cannot take the results; the run stops."""

    def __init__(self, folder: Path | str, message: str) -> None:
        self.folder = folder
        super().__init__(f"{folder}: {message}")


class OutputLostError(MammocalcError):
    """The output folder is not there any more, or another one lies in its place; the sentence has no full stop."""


class StoppedError(MammocalcError):
    """A command could not finish; what it wrote is whole, and the same command continues."""
