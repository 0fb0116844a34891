"""Export of answers about pairs of findings in two views or dates, each pair once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mammocalc.review.server.replay import compute_state

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mammocalc.review.server.answers import Taken
    from mammocalc.review.server.reader_state import PairName
    from mammocalc.review.server.run_index import RunIndex


def collect_pairs(index: RunIndex, by_image: Mapping[str, Mapping[str, Sequence[Taken]]]) -> list[dict[str, Any]]:
    """
    Put together what was said of pairs.

    Parameters
    ----------
    index : RunIndex
    by_image : mapping
        Actions on the present results, by image and reader.

    Returns
    -------
    list of dict
        By images and ids. A link may be answered in either of its views: the
        last word counts. Words on a result of the other image that is not there
        any more are left out, as its ids mean other marks; of a prior in another
        run nobody knows better.
    """
    said: dict[tuple[Any, ...], dict[str, dict[str, Any]]] = {}
    for uid, readers in by_image.items():
        for reader, taken in readers.items():
            times = {item.number: item.time for item in taken}
            for name, word in compute_state((item.number, item.action) for item in taken).pairs.items():
                if not _is_present(index, name, word):
                    continue
                before = said.setdefault(_whole(uid, name), {}).get(reader)
                if before is None or before["number"] < word["number"]:
                    said[_whole(uid, name)][reader] = {**word, "saved_at": times[word["number"]]}
    return [pair for key in sorted(said, key=_order) if (pair := _pair(index, key, said[key]))["answers"]]


def _is_present(index: RunIndex, name: PairName, word: Mapping[str, Any]) -> bool:
    if name.other not in index.images:
        return name.relation == "change" and bool(word["other_digest"])
    return bool(word["other_digest"] == index.result_digest(name.other))


def _whole(uid: str, name: PairName) -> tuple[Any, ...]:
    """Name a pair with both its images: a link by the order of their UIDs, a change from now to before."""
    ends = [(uid, name.id), (name.other, name.other_id)]
    if name.relation == "link":
        ends.sort(key=lambda end: end[0])
    return name.relation, name.of, *ends[0], *ends[1]


def _order(key: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple((part is None, part or 0) if not isinstance(part, str) else (False, part) for part in key)


def _pair(index: RunIndex, key: tuple[Any, ...], readers: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    relation, of, uid, number, other, other_number = key
    last = max(readers.values(), key=lambda word: word["number"])
    return {
        "relation": relation,
        "of": of,
        "sop_instance_uid": uid,
        "id": number,
        "other_sop_instance_uid": other,
        "other_id": other_number,
        "patient_key": index.images[uid].identity.patient_key,
        "claim": last["claim"],
        "answers": [
            {"reader": reader, "answer": word["answer"], "saved_at": word["saved_at"]}
            for reader, word in sorted(readers.items())
            if word["answer"] is not None
        ],
    }
