"""Second phase of a run, from the results of its images: tables, and studies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mammocalc.analysis.study import join_study
from mammocalc.execution.up_to_date import Made
from mammocalc.model.study import study_of
from mammocalc.rendering.study import render_study
from mammocalc.results.columns import RESULT_TABLES, STUDY_TABLES
from mammocalc.results.from_json import read_result
from mammocalc.results.layout import STUDIES, TABLE_ENDINGS, table_path
from mammocalc.results.open_tables import open_tables
from mammocalc.results.parse import parse_json
from mammocalc.results.study import Study
from mammocalc.results.study_from_json import study_from_json
from mammocalc.results.study_tables import finding_rows, study_row
from mammocalc.results.study_to_json import study_to_json
from mammocalc.results.tables import key_of_row, read_image_rows, write_tables
from mammocalc.results.to_json import encode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from mammocalc.execution.run_folder import RunFolder

_NOT_JOINED: Final = ("outline", "morphology", "memberships")
"""Of calcifications no study looks at these."""


def write_tables_and_studies(folder: RunFolder, paths: Mapping[str, str], *, parquet: bool = False) -> int:
    """
    Write all tables and studies of a run that are not what its results make.

    Parameters
    ----------
    folder : RunFolder
    paths : mapping of str to str
        Of the analysed files, as they may be shown, by the keys of their images.
    parquet : bool
        Write the tables as Parquet as well.

    Returns
    -------
    int
        How many studies there are.

    Raises
    ------
    OSError
        If something cannot be written.
    ResultError
        If a result cannot be read.
    """
    made = Made(folder)
    sources = [f"{name} {value}" for known in (made.results, paths) for name, value in sorted(known.items())]
    places = [str(table_path(name, end)) for name in RESULT_TABLES for end in TABLE_ENDINGS[: 1 + parquet]]
    if not made.still_holds("tables", sources, places):
        write_tables(folder.root, paths, parquet=parquet)
        made.note("tables", sources, places)
    studies = write_studies(folder, paths.keys(), made, parquet=parquet)
    made.write()
    return studies


def write_studies(folder: RunFolder, keys: AbstractSet[str], made: Made, *, parquet: bool = False) -> int:
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
    made : Made
        Tells what was joined before, and is told what is joined now.
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
    kept: set[str] = set()
    with open_tables(folder.root, STUDY_TABLES, parquet=parquet) as tables:
        for uid in sorted(members):
            document, page = (folder.place(STUDIES, uid, ending).as_posix() for ending in (".json", ".html"))
            kept |= {document, page}
            sources = [f"{path} {made.results[path]}" for path in members[uid].values()]
            if made.still_holds(uid, sources, (document, page)):
                study = study_from_json(parse_json(folder.read(document)))
            else:
                study = _join(folder, members[uid], document, page)
                made.note(uid, sources, (document, page))
            tables["studies"].add(study_row(study))
            for finding in finding_rows(study):
                tables["findings"].add(finding)
    for old in tuple(folder.names(STUDIES)):
        if old not in kept:
            folder.remove(old)
    return len(members)


def _join(folder: RunFolder, paths: Mapping[str, str], document: str, page: str) -> Study:
    """Join a study, and write those of its files that are not what its results make."""
    results = {uid: read_result(folder.root / path, leave_out=_NOT_JOINED) for uid, path in paths.items()}
    reports = {uid: result.report for uid, result in results.items()}
    study = Study.of(join_study(reports.values()), results, paths)
    contents = {document: encode(study_to_json(study)), page: render_study(study, reports, page)}
    for place, content in contents.items():
        if not _holds(folder, place, content):
            folder.write(place, content, is_synced=False)
    return study


def _holds(folder: RunFolder, place: str, content: bytes) -> bool:
    try:
        return folder.read(place) == content
    except OSError:
        return False


def _study_of(row: Mapping[str, str]) -> str:
    day = int(row["study_day"]) if row["study_day"] else None
    uid, _ = study_of(row["sop_instance_uid"], row["study_instance_uid"], row["patient_key"] or None, day)
    return uid
