"""The second phase of a run: images are joined to studies, from their results alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mammocalc.analysis.study import join_study
from mammocalc.model.study import study_of
from mammocalc.rendering.study import render_study
from mammocalc.results.columns import STUDY_TABLES
from mammocalc.results.from_json import read_result
from mammocalc.results.layout import STUDIES
from mammocalc.results.open_tables import open_tables
from mammocalc.results.study import Study
from mammocalc.results.study_tables import finding_rows, study_row
from mammocalc.results.study_to_json import study_to_json
from mammocalc.results.tables import read_image_rows
from mammocalc.results.to_json import encode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from mammocalc.execution.run_folder import RunFolder
    from mammocalc.model import Report


def write_studies(folder: RunFolder, uids: AbstractSet[str], *, parquet: bool = False) -> int:
    """
    Write document and page of each study of a run, and their tables, and remove those of studies that it has no more.

    All studies are joined each time: that takes some milliseconds an image,
    and then nothing has to be known of what was written before. One whose
    bytes are the same stays untouched. One study is held in memory at a time.

    Parameters
    ----------
    folder : RunFolder
        Its table of images and its results are read, its studies written.
    uids : set of str
        SOP Instance UIDs of the analysed images.
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
        if row["sop_instance_uid"] in uids:
            members.setdefault(_study_of(row), {})[row["sop_instance_uid"]] = row["result"]
    kept: set[str] = set()
    with open_tables(folder.root, STUDY_TABLES, parquet=parquet) as tables:
        for uid in sorted(members):
            study, reports = _join(folder, members[uid])
            page = folder.place(STUDIES, uid, ".html").as_posix()
            contents = {
                folder.place(STUDIES, uid, ".json").as_posix(): encode(study_to_json(study)),
                page: render_study(study, reports, page),
            }
            kept |= contents.keys()
            for place, content in contents.items():
                if not _holds(folder, place, content):
                    folder.write(place, content, is_synced=False)
            tables["studies"].add(study_row(study))
            for finding in finding_rows(study):
                tables["findings"].add(finding)
    for old in tuple(folder.names(STUDIES)):
        if old not in kept:
            folder.remove(old)
    return len(members)


def _join(folder: RunFolder, paths: Mapping[str, str]) -> tuple[Study, dict[str, Report]]:
    results = {uid: read_result(folder.root / path, with_outlines=False) for uid, path in paths.items()}
    reports = {uid: result.report for uid, result in results.items()}
    return Study.of(join_study(reports.values()), results, paths), reports


def _study_of(row: Mapping[str, str]) -> str:
    day = int(row["study_day"]) if row["study_day"] else None
    uid, _ = study_of(row["sop_instance_uid"], row["study_instance_uid"], row["patient_key"] or None, day)
    return uid


def _holds(folder: RunFolder, place: str, content: bytes) -> bool:
    try:
        return folder.read(place) == content
    except OSError:
        return False
