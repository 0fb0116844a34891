"""Identification of the images of a run in files: the UID that the run uses, and the key for hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mammocalc.config import salt_of, uid_hasher
from mammocalc.execution.content import key_of
from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


def known_by(
    root: Path, record: Mapping[str, Any], salt_file: Path | None, otherwise: str = ""
) -> tuple[Callable[[str], str], bytes]:
    """
    Say how a run names the images of files.

    Parameters
    ----------
    root : Path
        Its folder, for the sentence of an error.
    record : mapping
        Of the run, which somebody may have changed.
    salt_file : Path or None
        Its salt, if that was a secret.
    otherwise : str
        What else the user can do without one, as the rest of a sentence.

    Returns
    -------
    public : callable
        Gives the UID that the run has for one.
    key : bytes
        Under which it has hashed contents.

    Raises
    ------
    UsageError
        If its salt is not known, or the file cannot be read.
    """
    configuration = record.get("configuration")
    configuration = configuration if isinstance(configuration, dict) else {}
    public, salt = uid_hasher(configuration, salt_file), salt_of(configuration, salt_file)
    if public is None or salt is None:
        message = (
            f"{root} was made under a secret salt, by which its images are known again: name it with --salt-file"
            f"{otherwise}."
        )
        raise UsageError(message)
    return public, key_of(salt)
