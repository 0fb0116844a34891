"""Folder of a comparison: its files, its owner, and what is kept of an earlier call."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from mammocalc.execution.run_folder import RunFolder, out_of_room
from mammocalc.execution.run_manifest import SOFTWARE
from mammocalc.files.replacing import replacing
from mammocalc.results.csv_table import CsvTable
from mammocalc.results.layout import RECORD as RUN_RECORD
from mammocalc.results.layout import levels_for
from mammocalc.results.schema_version import COMPARISON_SCHEMA_VERSION
from mammocalc.vocabulary.errors import StoppedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mammocalc.results.columns import Columns, Row

RECORD: Final = "comparison.json"
CHANGES: Final = "changes.csv"
PAGE: Final = "index.html"
COMPARISONS, PICTURES = "comparisons", "pictures"
WHAT: Final = "folder of the comparison"
LOOKED_AT_PIXELS: Final = "looked_at_pixels"
"""Of the identity of a comparison: one that did may follow one that did not, and never the other way round."""
PICTURE_ENDINGS: Final = (".current.jpg", ".prior.jpg", ".current_crops.jpg", ".prior_crops.jpg")
"""The two pictures, then their thumbnails."""
_OWN_FILE: Final = re.compile(r"[0-9.]+_[0-9a-f]{8}(\.json|\.(current|prior)(_crops)?\.jpg)")


@dataclass(frozen=True, slots=True)
class ComparisonFolder:
    """
    Where a comparison is written.

    Attributes
    ----------
    root : Path
    levels : int
        Of subfolders, by the number of pairs.
    token : str
        Of the claim under which it was taken.
    """

    root: Path
    levels: int
    token: str

    def place(self, kind: str, uids: tuple[str, str], ending: str) -> str:
        """Say where a file of a pair belongs, relative to the folder."""
        return place_in(self.levels, kind, uids, ending)

    def write(self, place: str, content: bytes | str) -> None:
        """Write a file whole or not at all."""
        data = content.encode() if isinstance(content, str) else content
        try:
            RunFolder(self.root, token=self.token, what=WHAT).write(place, data, is_synced=False)
        except OSError as error:
            raise StoppedError(out_of_room(error, "comparison")) from None

    def write_table(self, place: str, columns: Columns, rows: Iterable[Row]) -> None:
        """Write a table whole or not at all, a row at a time."""
        try:
            with replacing(self.root / place) as part, CsvTable(part, columns) as table:
                for row in rows:
                    table.add(row)
        except OSError as error:
            raise StoppedError(out_of_room(error, "comparison")) from None

    def read(self, place: str) -> bytes | None:
        """Read a file; None where it is not there."""
        try:
            return (self.root / place).read_bytes()
        except OSError:
            return None

    def remove_all_but(self, kept: Iterable[str]) -> None:
        """Remove what an earlier call has written of pairs that are none any more, and no foreign file."""
        wanted = set(kept)
        for place in tuple(_own_files(self.root)):
            if place not in wanted:
                (self.root / place).unlink(missing_ok=True)


def place_in(levels: int, kind: str, uids: tuple[str, str], ending: str) -> str:
    """Say where a file of a pair belongs: named by the current UID and a hash of the prior."""
    digits, of_prior = (hashlib.sha256(uid.encode("ascii")).hexdigest() for uid in uids)
    parts = (digits[2 * level : 2 * level + 2] for level in range(levels))
    return PurePosixPath(kind, *parts, f"{uids[0]}_{of_prior[:8]}{ending}").as_posix()


def levels_of(pairs: int) -> int:
    """Say how many levels of subfolders the files of so many pairs need; each has up to five."""
    return levels_for(5 * pairs)


def require_apart(out: Path, runs: Iterable[Path], images: Path | None) -> None:
    """
    Make sure that a comparison does not mix with what it reads, whatever that is called.

    Parameters
    ----------
    out : Path
    runs : iterable of Path
    images : Path or None
        Where the DICOM files are: a folder or a file.

    Raises
    ------
    UsageError
        If it is a run, lies in one or holds one, or if it is the folder of the images or holds that.
    """
    place = out.resolve()
    if images is not None and images.resolve().is_relative_to(place):
        is_same = images.resolve() == place
        message = (
            f"--out {out} is the folder of the images. Choose a folder of its own."
            if is_same
            else f"the images {images} lie in --out {out}, which needs a folder of its own. Choose another folder."
        )
        raise UsageError(message)
    for run in runs:
        root = run.resolve()
        if place.is_relative_to(root):
            message = (
                f"--out {out} {'is' if place == root else 'lies in'} the folder of the run {run}, where nothing but "
                "the run itself writes. Choose another folder."
            )
            raise UsageError(message)
        if root.is_relative_to(place):
            message = f"the run {run} lies in --out {out}, which needs a folder of its own. Choose another folder."
            raise UsageError(message)


def check_folder(root: Path, identity: Mapping[str, Any], *, force: bool) -> None:
    """
    Make sure that a folder may take a comparison.

    Parameters
    ----------
    root : Path
        Exists.
    identity : mapping
        By what the comparison is made: what of it differs must not be mixed.
    force : bool
        Replace another comparison.

    Raises
    ------
    UsageError
        If it holds another comparison, a run, or files of somebody else under the names that are needed.
    """
    if (root / RUN_RECORD).exists():
        message = f"{root} holds a run. Choose another --out."
        raise UsageError(message)
    record = read_comparison_record(root)
    if record is None:
        foreign = [name for name in (RECORD, CHANGES, PAGE, COMPARISONS, PICTURES) if (root / name).exists()]
        if foreign:
            message = f"{root} holds {', '.join(foreign)}, and not of a comparison. Choose another --out."
            raise UsageError(message)
        return
    before = record["identity"]
    differing = sorted(name for name, value in identity.items() if before.get(name) != value)
    if not differing or (differing == [LOOKED_AT_PIXELS] and identity[LOOKED_AT_PIXELS]):
        return
    if not force and differing == [LOOKED_AT_PIXELS]:
        message = (
            f"{root} holds a comparison that has looked at the pixels, and without --images nothing would be new or "
            "gone in it any more. Give --images, choose another --out, or replace it with --force."
        )
        raise UsageError(message)
    if not force:
        named = ", ".join(name.replace("_", " ") for name in differing)
        message = (
            f"{root} already holds another comparison, and they are never mixed: it differs in {named}. "
            "Choose another --out, or replace it with --force."
        )
        raise UsageError(message)
    for place in tuple(_own_files(root)):
        (root / place).unlink(missing_ok=True)


def require_related(folder: ComparisonFolder, kept: Iterable[str], *, force: bool) -> int:
    """
    Make sure that a comparison of other images is not replaced by an oversight.

    Parameters
    ----------
    folder : ComparisonFolder
    kept : iterable of str
        Places of the comparisons that this call makes.
    force : bool
        Replace it all the same.

    Returns
    -------
    int
        How many pairs of an earlier call are none any more.

    Raises
    ------
    UsageError
        If it holds comparisons, and none of them is of a pair of this call.
    """
    wanted = {PurePosixPath(place).name for place in kept}
    held = {PurePosixPath(place).name for place in comparison_files(folder.root)}
    if held and not held & wanted and not force:
        message = (
            f"{folder.root} already holds a comparison of other images ({len(held)}). Choose another --out, or replace "
            "it with --force."
        )
        raise UsageError(message)
    return len(held - wanted)


def read_comparison_record(root: Path) -> Mapping[str, Any] | None:
    """Read ``comparison.json`` of a folder; None where it holds none of this program."""
    try:
        record = json.loads((root / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    is_own = (
        isinstance(record, dict) and record.get("software") == SOFTWARE and isinstance(record.get("identity"), dict)
    )
    return record if is_own else None


def describe(identity: Mapping[str, Any], state: str, more: Mapping[str, Any]) -> str:
    """Give the text of ``comparison.json``."""
    document = {
        "schema_version": COMPARISON_SCHEMA_VERSION,
        "software": SOFTWARE,
        "identity": dict(identity),
        "state": state,
        **more,
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def comparison_files(root: Path) -> tuple[str, ...]:
    """List the documents of a folder's pairs, relative to it, in the order of its table."""
    return tuple(sorted(place for place in _own_files(root) if place.endswith(".json")))


def _own_files(root: Path) -> Iterator[str]:
    for kind in (COMPARISONS, PICTURES):
        for path in (root / kind).rglob("*"):
            if _OWN_FILE.fullmatch(path.name) and not path.is_dir():
                yield path.relative_to(root).as_posix()
