"""Paths and addresses: whether a text is a place on this machine or an address, and whether it is misspelt."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

from mammocalc.files.possible_path import why_impossible
from mammocalc.vocabulary.errors import UsageError

SCHEME: Final = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.\-]*)\s*:(/*)(.*)", re.DOTALL)
BUCKETS: Final = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oci", "oss"})
"""Stores whose addresses begin with a bucket or container; the others with a host or a path."""
HOSTS: Final = frozenset({"ftp", "sftp", "ssh", "smb", "hdfs", "webhdfs"})
OTHERS: Final = frozenset({"memory"})
READ_ONLY: Final = frozenset({"http", "https"})
LOCAL: Final = frozenset({"file", "local"})
KNOWN: Final = BUCKETS | HOSTS | OTHERS | READ_ONLY | LOCAL


def parse_output(text: str) -> Path | str:
    """
    Tell a folder of this machine from an address.

    Parameters
    ----------
    text : str
        What was given as ``--out``.

    Returns
    -------
    Path or str
        A folder, also of a ``file://`` address; else the address, its scheme in small letters.

    Raises
    ------
    UsageError
        Where the text looks like an address and is none that can be written to; it says what to write instead.

    Examples
    --------
    >>> parse_output("S3://bucket/run"), parse_output("out/run").as_posix(), parse_output("file:///data/run").as_posix()
    ('s3://bucket/run', 'out/run', '/data/run')
    >>> parse_output("s3://")
    Traceback (most recent call last):
    mammocalc.vocabulary.errors.UsageError: --out: s3:// names no bucket. Write s3://bucket/folder; is a variable empty?
    """
    _require_expanded(text)
    if why := why_impossible(Path(text)):
        raise _wrong(why)
    found = SCHEME.fullmatch(text)
    if found is None:
        return Path(text)
    scheme, slashes, rest = found[1].lower(), found[2], found[3]
    if len(scheme) == 1:
        return _drive(text)
    if len(slashes) < 2 and scheme not in KNOWN:
        if slashes:
            raise _wrong(
                f"{text} looks like an address with one slash. Two belong after the colon; ./{text} is a folder"
            )
        return Path(text)
    if text != text.strip() or not text.startswith(found[1] + ":"):
        raise _wrong(f"{text.strip()} is an address with spaces in it. Take them out")
    if len(slashes) < 2:
        first = "/" if scheme in LOCAL else ""
        meant = f"{scheme}://{first}{rest or 'bucket/folder'}"
        raise _wrong(f"{text} is no address: write {meant}, or ./{text} for a folder of that name")
    rest = slashes[2:] + rest
    if scheme in LOCAL:
        return _local(text, rest)
    if scheme in READ_ONLY:
        raise _wrong(f"nothing can be written to {scheme}://. Choose a folder, or a store such as s3://bucket/folder")
    return _address(text, scheme, rest)


def parse_path(text: str) -> Path:
    """
    Take a path of this machine; ValueError, with a sentence, where the text is an address.

    Examples
    --------
    >>> parse_path("a/b").as_posix()
    'a/b'
    """
    if why := why_impossible(Path(text)):
        raise ValueError(why)
    found = SCHEME.fullmatch(text)
    if found is None or len(found[1]) == 1:
        return Path(text)
    scheme, slashes = found[1].lower(), found[2]
    if len(slashes) >= 2 or scheme in KNOWN:
        message = f"{text} is an address, and only --out of mammocalc run takes one: name a file or folder"
        raise ValueError(message)
    return Path(text)


def _require_expanded(text: str) -> None:
    """Raise UsageError where a shell has put nothing, or not what was meant, in place of a variable or of the home."""
    if not text.strip():
        raise _wrong("it is blank; is a variable empty?")
    if text.startswith("://"):
        raise _wrong(f"{text} names no kind of address. Write s3://bucket/folder; is a variable empty?")
    if text.startswith(("~", "$")):
        raise _wrong(
            f"the shell has left {text[0]} as it is. Write --out, a space, and the folder without quotes; "
            f"./{text} is a folder of that name"
        )


def _address(text: str, scheme: str, rest: str) -> str:
    """Look at what stands behind the scheme."""
    what = "bucket" if scheme in BUCKETS else "host"
    first, _, path = rest.partition("/")
    if scheme in BUCKETS | HOSTS and not first.strip():
        raise _wrong(f"{text} names no {what}. Write {scheme}://{what}/folder; is a variable empty?")
    if not rest.strip("/ "):
        raise _wrong(f"{text} names no folder. Write {scheme}://folder; is a variable empty?")
    user, at, _ = first.rpartition("@")
    if at and ":" in user:
        message = "an address holds no password: it would be printed. Keys belong where the store's own tools look"
        raise _wrong(message)
    if any(part in {"", ".", ".."} for part in path.rstrip("/").split("/")) and path.rstrip("/"):
        raise _wrong(f"{text} has an empty part, or . or .. in it: a store has no such folders")
    if scheme not in KNOWN and scheme not in _installed():
        raise _wrong(
            f"{scheme}:// is no kind of address that is known here. Folders need none; stores are s3://, gs:// and abfs://"
        )
    return f"{scheme}://{rest}"


def _local(text: str, rest: str) -> Path:
    """Give the folder of a ``file://`` address, which has no host and an absolute path."""
    path = rest.removeprefix("localhost") if rest.startswith("localhost/") else rest
    if sys.platform == "win32":
        path = path.removeprefix("/")  # file:///C:/run
    if not path.strip("/") or not Path(path).is_absolute():
        raise _wrong(f"{text} is not a folder of this machine. Write file:///data/run, or the path alone")
    return Path(path)


def _drive(text: str) -> Path:
    """Take a path that begins with the letter of a drive, where there are such."""
    if sys.platform == "win32":
        return Path(text)
    raise _wrong(f"{text} is a path of Windows, and this is none. ./{text} is a folder of that name")


def _installed() -> frozenset[str]:
    """Name the kinds of address that fsspec has been taught."""
    try:
        from fsspec import available_protocols  # noqa: PLC0415 - an extra
    except ImportError:
        return frozenset()
    return frozenset(available_protocols())


def _wrong(sentence: str) -> UsageError:
    return UsageError(f"--out: {sentence.rstrip('.')}{'' if sentence.endswith('?') else '.'}")
