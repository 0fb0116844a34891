"""The salt for hashed identifiers: read from a file, and used again to find what was hashed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from mammocalc.config.composition import REDACTED
from mammocalc.dicom import PrivacySettings, public_uid
from mammocalc.vocabulary.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


def read_salt(file: Path) -> str:
    """
    Read a salt: the first line of a file.

    Parameters
    ----------
    file : Path
        UTF-8 text.

    Returns
    -------
    str
        The line without surrounding white space, never empty.

    Raises
    ------
    UsageError
        If it cannot be read, or holds nothing. The message does not quote it.
    """
    try:
        with file.open(encoding="utf-8") as opened:
            salt = opened.readline().strip()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        message = f"--salt-file {file} cannot be read ({why})."
        raise UsageError(message) from None
    if not salt:
        message = f"--salt-file {file} is empty: its first line is the salt."
        raise UsageError(message)
    return salt


def salt_of(configuration: Mapping[str, Any], salt_file: Path | None) -> str | None:
    """
    Give the salt under which a run has hashed identifiers and contents.

    Parameters
    ----------
    configuration : mapping
        Of the run, from its record.
    salt_file : Path or None
        Holds the salt, if that was a secret; else it is not needed and not read.

    Returns
    -------
    str or None
        None where the salt was a secret and no file tells it.

    Raises
    ------
    UsageError
        If the file cannot be read.
    """
    privacy = configuration.get("privacy")
    recorded = privacy.get("patient_key_salt") if isinstance(privacy, dict) else None
    if recorded != REDACTED:
        return str(recorded or "")
    return None if salt_file is None else read_salt(salt_file)


def uid_hasher(configuration: Mapping[str, Any], salt_file: Path | None) -> Callable[[str], str] | None:
    """
    Give what makes the UIDs of a run from those of files.

    Parameters
    ----------
    configuration : mapping
        Of the run, from its record.
    salt_file : Path or None
        The salt of the run, if that was a secret.

    Returns
    -------
    callable or None
        A UID to another, or the same where the run has kept them. None where they were hashed under a secret salt
        and no file names it.

    Raises
    ------
    UsageError
        If the file cannot be read.
    """
    recorded = configuration.get("privacy")
    recorded = recorded if isinstance(recorded, dict) else {}
    salt = recorded.get("patient_key_salt") if salt_file is None else read_salt(salt_file)
    try:
        settings = PrivacySettings(uids=recorded.get("uids", "keep"), patient_key_salt=salt or "")
    except ValidationError:  # a record that somebody has changed
        return None
    if settings.uids == "hash" and settings.patient_key_salt in {"", REDACTED}:
        return None
    return partial(public_uid, settings=settings)
