"""Export of answers, as JSON for `mammocalc evaluate` and as a table."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from mammocalc.files.plain_text import escaped
from mammocalc.files.replacing import replacing, require_no_special_file
from mammocalc.results.csv_table import CsvTable
from mammocalc.review.server.answers import ANSWERS, Answers
from mammocalc.review.server.export_pairs import collect_pairs
from mammocalc.review.server.export_rows import COLUMNS, rows_of
from mammocalc.review.server.reader_state import ACCEPT, verdict_of
from mammocalc.review.server.replay import compute_state
from mammocalc.review.server.run_files import WrongFileError, say_why
from mammocalc.review.server.run_index import read_index
from mammocalc.vocabulary.errors import OutputError, UsageError
from mammocalc.vocabulary.image_key import split_key
from mammocalc.vocabulary.lexicon import NOTICE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from mammocalc.model import Cluster
    from mammocalc.results.result import Result
    from mammocalc.review.server.answers import Damaged, Taken
    from mammocalc.review.server.reader_state import State
    from mammocalc.review.server.run_index import RunIndex

KIND: Final = "mammocalc-answers"
SCHEMA_VERSION: Final = "1.1"
"""1.1 added ``pairs``."""


def write_answers(run: Path, answers: Path | None, target: Path) -> tuple[int, list[str]]:
    """
    Write all answers to the images of a run.

    Parameters
    ----------
    run : Path
        The folder of the run.
    answers : Path or None
        The file of the answers; None for the one in the run's folder.
    target : Path
        Ends with ``.json`` or ``.csv``; is replaced whole.

    Returns
    -------
    int
        How many images have an answer. Equal answers give equal bytes.
    list of str
        What could not be written, a sentence for each.

    Raises
    ------
    UsageError
        If there is no run, there are no answers, or the ending is another.
    OutputError
        If the file cannot be written.
    """
    if target.suffix.lower() not in {".json", ".csv"}:
        raise UsageError(f"--export {target}: give a name that ends with .json or .csv.")
    index = read_index(run)
    file = run / ANSWERS if answers is None else answers
    if not file.is_file():
        message = f"{file} does not exist: nobody has answered yet, or the answers lie elsewhere (--answers FILE)."
        raise UsageError(message)
    store = Answers(file)
    try:
        document = collect(index, store.since(-1), store.damaged())
    finally:
        store.close()
    require_no_special_file(target, "--export")
    try:
        with replacing(target) as part:
            if target.suffix.lower() == ".json":
                text = escaped(json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False))
                part.write_text(f"{text}\n", encoding="utf-8", newline="\n")
            else:
                with CsvTable(part, COLUMNS) as table:
                    for row in rows_of(document):
                        table.add(row)
    except OSError as error:
        raise OutputError(target, f"cannot be written ({error.strerror}). Choose another --export.") from None
    return len(document["images"]), [_complaint(row) for row in document["damaged"]]


def _complaint(row: Mapping[str, Any]) -> str:
    """Say what is left out."""
    if row["row"] is None:
        return f"The answers to {row['sop_instance_uid']} are left out: {row['why']}."
    why = row["why"].removesuffix("Reload the page.").strip().removesuffix(".")
    return f"Row {row['row']} of the answers is damaged and left out (reader {row['reader']}): {why}."


def collect(index: RunIndex, taken: Sequence[Taken], damaged: Sequence[Damaged] = ()) -> dict[str, Any]:
    """
    Put answers beside what they judge.

    Parameters
    ----------
    index : RunIndex
    taken : sequence of Taken
        All actions, in their order.
    damaged : sequence of Damaged
        Rows that are none; they are named under ``damaged``.

    Returns
    -------
    dict
        JSON values. Images by UID, answers by reader. Actions on another
        result of an image, whose ids mean other marks, are counted under
        ``superseded``, those on images of other runs under ``elsewhere``.
    """
    by_image: dict[str, dict[str, list[Taken]]] = {}
    superseded: Counter[tuple[str, str, str]] = Counter()
    elsewhere: set[str] = set()
    unreadable: dict[str, str] = {}
    results: dict[str, Result] = {}
    digests: dict[str, str] = {}
    for item in taken:
        if item.uid not in index.images:
            elsewhere.add(item.uid)
            continue
        if item.uid not in digests:
            try:
                results[item.uid], digests[item.uid] = index.result(item.uid)
            except (OSError, WrongFileError) as error:
                digests[item.uid] = ""
                unreadable[item.uid] = say_why(error)
        if item.uid in unreadable:
            continue
        if item.result_digest != digests[item.uid]:
            superseded[item.uid, item.reader, item.configuration_digest] += 1
            continue
        by_image.setdefault(item.uid, {}).setdefault(item.reader, []).append(item)
    return {
        "kind": KIND,
        "schema_version": SCHEMA_VERSION,
        "run": {
            name: index.record.get(name) for name in ("software", "version", "configuration_digest", "operating_point")
        },
        "images": [_image(uid, results[uid], by_image[uid]) for uid in sorted(by_image)],
        "pairs": collect_pairs(index, by_image),
        "superseded": [
            {**_named(uid), "reader": reader, "configuration_digest": digest, "actions": count}
            for (uid, reader, digest), count in sorted(superseded.items())
        ],
        "elsewhere": sorted(elsewhere),
        "damaged": [
            *({"row": row.number, **_named(row.uid), "reader": row.reader, "why": row.why} for row in damaged),
            *(
                {"row": None, **_named(uid), "reader": None, "why": f"the result cannot be read: {why}"}
                for uid, why in sorted(unreadable.items())
            ),
        ],
        "notice": NOTICE,
    }


def _named(key: str) -> dict[str, Any]:
    """Name an image by its SOP Instance UID, and by its frame where it is one of several."""
    uid, frame = split_key(key)
    return {"sop_instance_uid": uid} if frame is None else {"sop_instance_uid": uid, "frame": frame}


def _image(uid: str, result: Result, readers: Mapping[str, list[Taken]]) -> dict[str, Any]:
    report, spacing = result.report, result.report.spacing
    return {
        **_named(uid),
        "patient_key": report.identity.patient_key,
        "pixel_spacing_mm": None if spacing is None else [spacing.row_mm, spacing.column_mm],
        "configuration_digest": result.provenance.configuration_digest,
        "program": {
            "distribution": str(report.distribution.label),
            "calcifications": len(report.calcifications),
            "clusters": [
                {"id": item.number, "members": list(item.members), "distribution": str(item.distribution.label)}
                for item in _shown(result)
            ],
        },
        "answers": [_answer(reader, taken, result) for reader, taken in sorted(readers.items())],
    }


def _answer(reader: str, taken: Sequence[Taken], result: Result) -> dict[str, Any]:
    state = _state(taken)
    label = str(result.report.distribution.label)
    before = [item for item in taken if item.is_blinded]
    blinded = _state(before)
    return {
        "reader": reader,
        "read": state.is_read,
        "agreed": state.is_agreed(label),
        "distribution": state.distribution or (label if state.rest_accepted else None),
        "comment": state.comment,
        "calcifications": [*_marks(state, result), *_added(state)],
        "clusters": [_cluster(state, cluster) for cluster in _shown(result)],
        "blinded": {"distribution": blinded.distribution, "calcifications": _added(blinded)} if before else None,
        "actions": len(taken),
        "saved_at": taken[-1].time,
    }


def _shown(result: Result) -> list[Cluster]:
    """Leave out loose chains: the review shows none, so nobody agrees with one by agreeing with the image."""
    return [cluster for cluster in result.report.clusters if not cluster.distribution.loose]


def _state(taken: Sequence[Taken]) -> State:
    return compute_state((item.number, item.action) for item in taken)


def _marks(state: State, result: Result) -> Iterator[dict[str, Any]]:
    for mark in result.report.calcifications:
        said = state.calcifications.get(mark.number, {})
        yield {
            "id": mark.number,
            "source": "program",
            "verdict": verdict_of(state, mark),
            "row": mark.row_px,
            "column": mark.column_px,
            "diameter_mm": said.get("diameter_mm", mark.diameter_mm),
            "diameter_by": "reader" if "diameter_mm" in said else "program",
            "cluster": mark.cluster,
            "morphology": said.get("morphology"),
        }


def _added(state: State) -> list[dict[str, Any]]:
    return [
        {
            "id": key,
            "source": "reader",
            "verdict": ACCEPT,
            **place,
            "diameter_by": "reader",
            "cluster": None,
            "morphology": None,
        }
        for key, place in state.added.items()
    ]


def _cluster(state: State, cluster: Cluster) -> dict[str, Any]:
    said = state.clusters.get(cluster.number, {})
    verdict = said.get("verdict") or (ACCEPT if state.rest_accepted else None)
    is_theirs = verdict == ACCEPT
    return {
        "id": cluster.number,
        "verdict": verdict,
        "distribution": said.get("distribution") or (str(cluster.distribution.label) if is_theirs else None),
        "morphology": said.get("morphology"),
    }
