"""Destination of a classifier: whether it can be written, checked before and after the work."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mammocalc.files.replacing import require_no_special_file
from mammocalc.vocabulary.errors import StoppedError, UsageError

if TYPE_CHECKING:
    from pathlib import Path


def prepare_place_for(classifier: Path) -> None:
    """Make the folder of a classifier before hours of work, and raise UsageError where its file is something else."""
    require_no_special_file(classifier, "--out")  # to look into a pipe would be to wait for ever
    try:
        classifier.parent.mkdir(parents=True, exist_ok=True)
        if classifier.exists() and not {"trees", "classes", "terms"} & set(
            json.loads(classifier.read_text(encoding="utf-8"))
        ):
            raise ValueError  # noqa: TRY301 - as any other file that is none
    except OSError as error:
        message = f"--out {classifier} cannot be written ({error.strerror or type(error).__name__}). Choose another."
        raise UsageError(message) from None
    except (ValueError, TypeError):
        message = f"--out {classifier} is there already, and is no classifier. Choose another name."
        raise UsageError(message) from None


def require_folder_of(classifier: Path) -> None:
    """Raise StoppedError where the folder of a classifier went away during the work: it is not made anew."""
    if not classifier.parent.is_dir():
        message = f"the folder of {classifier} is gone: it was renamed or removed, or its disk was unmounted"
        raise StoppedError(message)
