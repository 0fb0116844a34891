"""Arguments that several calls share, and messages of the command line reworded for a call."""

from __future__ import annotations

import numbers
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from mammocalc.execution.workers.resources import default_workers
from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

_CALLED: Final = {
    "--out": "out",
    "--force": "force=True",
    "--images": "images",
    "--pairs": "pairs",
    "--comparison": "comparison",
    "--prior-run": "prior_run",
    "--salt-file": "salt_file",
    "INPUT": "the input",
}
"""What sentences for the command line name, and what it is called here."""


def as_whole(value: object) -> int | None:
    """Give a whole number, of Python or of NumPy; None for all else, True and False among it."""
    return int(value) if isinstance(value, numbers.Integral) and not isinstance(value, bool) else None


def require_workers(workers: object) -> int:
    """Give the number of processes; None is that of the processors."""
    if workers is None:
        return default_workers()
    number = as_whole(workers)
    if number is None or number < 1:
        message = f"workers={workers!r}: give a whole number from 1 on, or None"
        raise UsageError(message)
    return number


def require_force(force: object, what: str) -> bool:
    """Give whether ``what`` may be replaced: a text such as "no" would count as yes."""
    if not isinstance(force, bool):
        message = f"force={force!r}: give True to replace {what}, or False"
        raise UsageError(message)
    return force


@contextmanager
def worded_as_called() -> Iterator[None]:
    """Word what the command line would say as the call does, and keep warnings of libraries: they quote headers."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except UsageError as error:
        sentence = str(error)
        for option, argument in _CALLED.items():
            sentence = sentence.replace(option, argument)
        raise type(error)(sentence) from None
