"""Export of answers as rows of a table."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from mammocalc.results.columns import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mammocalc.results.columns import Columns

COLUMNS: Final[Columns] = MappingProxyType(
    {
        "sop_instance_uid": Kind.TEXT,
        "reader": Kind.TEXT,
        "kind": Kind.TEXT,
        "id": Kind.TEXT,
        "source": Kind.TEXT,
        "verdict": Kind.TEXT,
        "row_px": Kind.NUMBER,
        "column_px": Kind.NUMBER,
        "diameter_mm": Kind.NUMBER,
        "diameter_by": Kind.TEXT,
        "distribution": Kind.TEXT,
        "morphology": Kind.TEXT,
        "read": Kind.TEXT,
        "agreed": Kind.TEXT,
        "blinded": Kind.TEXT,
        "comment": Kind.TEXT,
        "saved_at": Kind.TEXT,
        "configuration_digest": Kind.TEXT,
        "other_sop_instance_uid": Kind.TEXT,
        "other_id": Kind.TEXT,
        "claim": Kind.TEXT,
        "answer": Kind.TEXT,
        "frame": Kind.COUNT,
    }
)
"""One row for an image, each cluster and each calcification, and each pair that was answered, of each reader."""


def rows_of(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the rows of the table of an export, under the names of `COLUMNS`."""
    empty = dict.fromkeys(COLUMNS)
    for image in document["images"]:
        for answer in image["answers"]:
            own = {
                **empty,
                "sop_instance_uid": image["sop_instance_uid"],
                "frame": image.get("frame"),
                "reader": answer["reader"],
                "configuration_digest": image["configuration_digest"],
                "saved_at": answer["saved_at"],
            }
            flags = {"read": answer["read"], "agreed": answer["agreed"], "blinded": answer["blinded"] is not None}
            yield {
                **own,
                **{name: "yes" if flag else "no" for name, flag in flags.items()},
                "kind": "image",
                "distribution": answer["distribution"],
                "comment": answer["comment"] or None,
            }
            for item in answer["clusters"]:
                yield {**own, **_shared(item), "kind": "cluster", "source": "program"}
            for item in answer["calcifications"]:
                place = {"row_px": item["row"], "column_px": item["column"], "diameter_mm": item["diameter_mm"]}
                more = {"source": item["source"], "diameter_by": item["diameter_by"]}
                yield {**own, **_shared(item), **place, **more, "kind": "calcification"}
    for pair in document["pairs"]:
        names = {name: pair[name] for name in ("sop_instance_uid", "other_sop_instance_uid", "claim")}
        ids = {name: None if pair[name] is None else f"{pair['of']} {pair[name]}" for name in ("id", "other_id")}
        for answer in pair["answers"]:
            yield {**empty, **names, **ids, **answer, "kind": pair["relation"]}


def _shared(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": str(item["id"]),
        "verdict": item["verdict"],
        "distribution": item.get("distribution"),
        "morphology": item["morphology"],
    }
