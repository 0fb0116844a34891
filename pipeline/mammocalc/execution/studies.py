"""The second phase of a run: images are joined to studies, from their results alone."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from mammocalc.analysis.study import join_study
from mammocalc.execution.joined import JoinedStudies
from mammocalc.model.study import study_of
from mammocalc.rendering.study import render_study
from mammocalc.results.columns import STUDY_TABLES
from mammocalc.results.from_json import parse_result
from mammocalc.results.layout import STUDIES
from mammocalc.results.open_tables import open_tables
from mammocalc.results.parse import parse_json
from mammocalc.results.study import Study
from mammocalc.results.study_from_json import study_from_json
from mammocalc.results.study_tables import finding_rows, study_row
from mammocalc.results.study_to_json import study_to_json
from mammocalc.results.tables import key_of_row, read_image_rows
from mammocalc.results.to_json import encode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from mammocalc.execution.run_folder import RunFolder

_NOT_JOINED: Final = ("outline", "morphology", "memberships")
"""Of calcifications no study looks at these."""


def write_studies(folder: RunFolder, keys: AbstractSet[str], *, parquet: bool = False) -> int:
    """
    Write document and page of each study of a run, and their tables, and remove those of studies that it has no more.

    A study is joined where one of its results, its document or its page is not
    what it was when it was joined last, by their contents; else it is read
    back. One study is held in memory at a time.

    Parameters
    ----------
    folder : RunFolder
        Its table of images and its results are read, its studies written.
    keys : set of str
        Of the analysed images. Single frames of multi-frame objects are joined to nothing.
    parquet : bool
        Write the tables as Parquet as well.

    Returns
    -------
    int
        How many there are.

    Raises
    ------
    OSError
        If a study cannot be written.
    ResultError
        If a result cannot be read.
    """
    members: dict[str, dict[str, str]] = {}
    for row in read_image_rows(folder.root):
        if (key := key_of_row(row)) in keys and key == row["sop_instance_uid"]:  # frames are no views of a study
            members.setdefault(_study_of(row), {})[row["sop_instance_uid"]] = row["result"]
    joined = JoinedStudies(folder)
    kept: set[str] = set()
    with open_tables(folder.root, STUDY_TABLES, parquet=parquet) as tables:
        for uid in sorted(members):
            document, page = (folder.place(STUDIES, uid, ending).as_posix() for ending in (".json", ".html"))
            kept |= {document, page}
            study = _write(folder, uid, members[uid], document, page, joined)
            tables["studies"].add(study_row(study))
            for finding in finding_rows(study):
                tables["findings"].add(finding)
    joined.write()
    for old in tuple(folder.names(STUDIES)):
        if old not in kept:
            folder.remove(old)
    return len(members)


def _write(
    folder: RunFolder, uid: str, paths: Mapping[str, str], document: str, page: str, joined: JoinedStudies
) -> Study:
    """Give a study as its files have it, and write those that are not what its results make."""
    contents = {path: (folder.root / path).read_bytes() for path in paths.values()}
    there = {}
    for place in (document, page):
        with contextlib.suppress(OSError):
            there[place] = folder.read(place)
    if joined.take(uid, contents, there):
        return study_from_json(parse_json(there[document]))
    results = {image: parse_result(contents[path], leave_out=_NOT_JOINED) for image, path in paths.items()}
    reports = {image: result.report for image, result in results.items()}
    study = Study.of(join_study(reports.values()), results, paths)
    made = {document: encode(study_to_json(study)), page: render_study(study, reports, page)}
    for place, content in made.items():
        if there.get(place) != content:
            folder.write(place, content, is_synced=False)
    joined.note(uid, contents, made)
    return study


def _study_of(row: Mapping[str, str]) -> str:
    day = int(row["study_day"]) if row["study_day"] else None
    uid, _ = study_of(row["sop_instance_uid"], row["study_instance_uid"], row["patient_key"] or None, day)
    return uid
