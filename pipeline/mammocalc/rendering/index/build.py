"""Page of a run: its rows and its parts in one file."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from mammocalc.files.replacing import write_whole
from mammocalc.model.study import study_of
from mammocalc.rendering.pages import fill_page
from mammocalc.rendering.palette import svg_looks
from mammocalc.results.layout import PAGE, study_page_near, thumbnail_path
from mammocalc.results.tables import key_of_row, read_finding_rows, read_image_rows
from mammocalc.vocabulary.flag_sentences import FLAG_SENTENCES
from mammocalc.vocabulary.lexicon import DESCRIPTORS, SHORT_NOTICE, Status

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping
    from pathlib import Path

    from mammocalc.model import FileRow

_CODED: Final = (
    "status", "reason", "message", "laterality", "view", "frame", "distribution", "between", "probabilities", "margin",
    "maker", "flags", "result", "overlay", "thumbnail", "study", "seen",
)  # fmt: skip
_COUNTS: Final = ("calcifications", "micro", "macro", "size_unknown", "vascular", "clusters", "vessels")
_PLAIN: Final = (
    "path", "uid", "seconds", "presence_level", *_COUNTS,
)  # fmt: skip
_STEP_PERCENT: Final = 5  # a small bar shows no finer, and few distinct values keep the page of a large run small


def write_page(run_folder: Path, rows: Iterable[FileRow], facts: Mapping[str, str]) -> None:
    """
    Write index.html over a finished run.

    What was found is read from ``tables/images.csv``, which must be there
    (see ``write_tables``); thumbnails are shown where their files exist.
    The page of each image, which lies in ``details``, is opened on demand.

    Parameters
    ----------
    run_folder : Path
        The folder of the run.
    rows : iterable of FileRow
        What became of each input file; in any order.
    facts : mapping of str to str
        What the page says of the run at its top, such as version and configuration.

    Raises
    ------
    OSError
        If the table cannot be read or the page cannot be written.

    Notes
    -----
    Texts from headers, paths and messages are data to the page: they lie in a
    JSON block in which no ``<`` occurs, the script writes them as text, and
    the Content Security Policy admits no script and no style but the page's own.
    """
    images = {key_of_row(row): row for row in read_image_rows(run_folder)}
    ordered = sorted(rows, key=lambda row: (*row.place, row.sop_instance_uid or ""))
    columns = _columns(run_folder, ordered, images, _seen(run_folder))
    data = {
        "rows": len(ordered),
        "notice": SHORT_NOTICE,
        "facts": list(facts.items()),
        "appearances": svg_looks(),
        "descriptors": [str(label) for label in DESCRIPTORS],
        "sentences": {str(flag): sentence for flag, sentence in FLAG_SENTENCES.items()},
        "columns": columns,
    }
    write_whole(run_folder / PAGE, fill_page("rendering/index/page", data=data))


class _Coded:
    """A column of few distinct values: each value once, and its number for every row."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._codes: list[int] = []

    def append(self, value: Hashable) -> None:
        """Add a row; None has the number -1."""
        self._codes.append(-1 if value is None else self._numbers.setdefault(value, len(self._numbers)))

    def as_json(self) -> dict[str, Any]:
        """Give values and codes; where all rows have the same code, it is given once."""
        codes = self._codes[:1] if len(set(self._codes)) == 1 else self._codes
        return {"values": list(self._numbers), "codes": codes}


def _columns(
    run_folder: Path, rows: list[FileRow], images: Mapping[str, Mapping[str, str]], seen: Mapping[str, str]
) -> dict[str, Any]:
    coded = {name: _Coded() for name in _CODED}
    plain: dict[str, list[Any]] = {name: [] for name in _PLAIN}
    for row in rows:
        # A duplicate carries the UID of an image that another row stands for.
        image = images.get(row.key or "", {}) if row.status is Status.ANALYSED else {}
        overlay = image.get("overlay") or None
        coded["status"].append(str(row.status))
        coded["reason"].append(row.reason and str(row.reason))
        is_done = row.status is Status.ANALYSED and row.reason is None
        coded["message"].append(None if is_done else row.message)  # what is noted of a analysed image its flags say
        for name in ("laterality", "view", "distribution"):
            coded[name].append(image.get(name) or None)
        coded["maker"].append(f"{image['manufacturer']} {image['manufacturer_model_name']}".strip() if image else None)
        coded["between"].append(tuple(image["between"].split()) if image and image["between"] else None)
        coded["probabilities"].append(_percentages(image))
        # Two decimals, as the page shows it, are few distinct values.
        coded["margin"].append(round(float(image["margin"]), 2) if image and image["margin"] else None)
        coded["flags"].append(tuple(image["flags"].split()) if image and image["flags"] else None)
        for name in ("result", "overlay"):
            # All files of a folder share one pattern; the page puts the key of the image back.
            coded[name].append(_pattern(image.get(name), row.key))
        plain["path"].append(row.path)
        coded["frame"].append(None if row.frame is None else f"frame {row.frame + 1}")
        plain["uid"].append(row.key)
        plain["seconds"].append(round(row.seconds, 3))
        plain["presence_level"].append(float(image["presence_level"]) if image and image["presence_level"] else None)
        for name in _COUNTS:
            plain[name].append(int(image[f"n_{name}"]) if image else None)
        study = _study_page(image)
        coded["study"].append(study if study and (run_folder / study).exists() else None)
        coded["seen"].append(seen.get(row.key or "") if image else None)
        coded["thumbnail"].append(int(overlay is not None and (run_folder / thumbnail_path(overlay)).exists()))
    return {**plain, **{name: column.as_json() for name, column in coded.items()}}


def _percentages(image: Mapping[str, str]) -> tuple[int, ...] | None:
    """Give the five probabilities in steps of some per cent; the exact ones stand on the page of the image."""
    shares = [image.get(f"p_{label}") for label in DESCRIPTORS]
    if not all(shares):
        return None
    return tuple(_STEP_PERCENT * round(100 / _STEP_PERCENT * float(share or 0)) for share in shares)


def _pattern(path: str | None, key: str | None) -> str | None:
    if not path or not key:
        return None
    folder, name = path.rsplit("/", 1)
    return f"{folder}/{name.replace(key, '*', 1)}"


def _study_page(image: Mapping[str, str]) -> str | None:
    """Give the path of the page of an image's study."""
    if not image:
        return None
    day = int(image["study_day"]) if image["study_day"] else None
    uid, _ = study_of(image["sop_instance_uid"], image["study_instance_uid"], image["patient_key"] or None, day)
    return study_page_near(image["result"], uid)


def _seen(run_folder: Path) -> dict[str, str]:
    """Say of the clusters of each image which findings they are, and where else these are seen."""
    rows = list(read_finding_rows(run_folder))
    findings = defaultdict(list)
    for row in rows:
        findings[row["study_instance_uid"], row["finding"]].append(row)
    said = defaultdict(list)
    for row in rows:
        uid = row["sop_instance_uid"]
        others = [
            f"{other['view']} {other['letter']}"
            for other in findings[row["study_instance_uid"], row["finding"]]
            if other["sop_instance_uid"] != uid
        ]
        where = f"also {', '.join(others)}" if others else "in this image only"
        said[uid].append(f"{row['letter']} is {row['finding']}, {where}")
    return {uid: "; ".join(parts) for uid, parts in said.items()}
